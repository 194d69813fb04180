//! Tries to sign in to an account from devices that it does not know: some are free, then each costs a longer wait, and
//! beyond a cap the password alone is no longer what is decided upon.
//!
//! A try is counted before the password is looked at, so that parallel ones cannot get more than they should.

use std::time::Duration;

use chrono::{DateTime, Utc};
use sea_orm::sea_query::Expr;
use sea_orm::{EntityTrait as _, FromQueryResult, QueryFilter as _};

use super::entities::sign_in_try::{COLUMN, Column, Entity};
use super::error::StoreError;
use super::transaction::Tx;
use crate::clock::later;

/// How much is allowed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct TryPolicy {
    /// Tries without any wait.
    pub free: u32,
    /// Tries, refused ones included, after which the account counts as under attack.
    pub cap: u32,
    /// The wait after the last free try; each further one doubles it.
    pub first_wait: Duration,
    /// No wait is longer.
    pub longest_wait: Duration,
    /// Tries are forgotten when there was none for so long.
    pub memory: Duration,
}

impl TryPolicy {
    /// The wait after so many passwords were looked at.
    fn wait(&self, checked: i32) -> Duration {
        let free = i32::try_from(self.free).unwrap_or(i32::MAX);
        let Ok(doublings) = u32::try_from(checked.saturating_sub(free)) else { return Duration::ZERO };
        let factor = 2_u32.saturating_pow(doublings.min(16));
        self.first_wait.saturating_mul(factor).min(self.longest_wait)
    }
}

/// What becomes of a try.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum TryDecision {
    /// The password may be looked at.
    Allowed,
    /// It may, and decides nothing by itself: there were too many tries.
    UnderAttack,
    /// Not now.
    Limited {
        /// Until the next one is looked at.
        retry_after: Duration,
    },
}

/// `$1` the account, `$2` now, `$3` the end of the row. The row is locked until the transaction ends.
const COUNT: &str = "
    INSERT INTO sign_in_tries (key_hash, tries, checked, blocked_until, expires_at) VALUES ($1, 1, 0, $2, $3)
    ON CONFLICT (key_hash) DO UPDATE
       SET tries = CASE WHEN sign_in_tries.expires_at > $2 THEN sign_in_tries.tries + 1 ELSE 1 END,
           checked = CASE WHEN sign_in_tries.expires_at > $2 THEN sign_in_tries.checked ELSE 0 END,
           expires_at = $3
    RETURNING tries, checked, blocked_until";

#[derive(FromQueryResult)]
struct Row {
    tries: i32,
    checked: i32,
    blocked_until: DateTime<Utc>,
}

/// The tries of all accounts.
pub struct SignInTries<'t> {
    tx: &'t Tx,
}

impl<'t> SignInTries<'t> {
    pub(super) const fn new(tx: &'t Tx) -> Self {
        Self { tx }
    }

    /// Counts a try for an account, named by a keyed hash. Commit also when it is refused.
    pub async fn take(&self, key_hash: &[u8; 32], policy: TryPolicy) -> Result<TryDecision, StoreError> {
        let now = self.tx.now();
        let values = [key_hash.to_vec().into(), now.into(), later(now, policy.memory).into()];
        let row = self.tx.one::<Row>(COUNT, values).await?;
        let row = row.ok_or_else(|| StoreError::corrupt("sign_in_tries"))?;
        if row.tries > i32::try_from(policy.cap).unwrap_or(i32::MAX) {
            return Ok(TryDecision::UnderAttack);
        }
        if let Ok(retry_after) = (row.blocked_until - now).to_std()
            && !retry_after.is_zero()
        {
            return Ok(TryDecision::Limited { retry_after });
        }
        let checked = row.checked.saturating_add(1);
        Entity::update_many()
            .col_expr(Column::Checked, Expr::value(checked))
            .col_expr(Column::BlockedUntil, Expr::value(later(now, policy.wait(checked))))
            .filter(COLUMN.key_hash.eq(key_hash.to_vec()))
            .exec(self.tx.connection())
            .await?;
        Ok(TryDecision::Allowed)
    }

    /// Forgets the tries of an account after somebody got in, unless it is under attack.
    pub async fn forget(&self, key_hash: &[u8; 32], policy: TryPolicy) -> Result<(), StoreError> {
        Entity::delete_by_id(key_hash.to_vec())
            .filter(COLUMN.tries.lte(i32::try_from(policy.cap).unwrap_or(i32::MAX)))
            .exec(self.tx.connection())
            .await?;
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn waits_double_from_the_last_free_try_up_to_the_longest() {
        let policy = TryPolicy {
            free: 10,
            cap: 100,
            first_wait: Duration::from_mins(1),
            longest_wait: Duration::from_mins(15),
            memory: Duration::from_hours(24),
        };
        let minutes =
            [(1, 0), (9, 0), (10, 1), (11, 2), (12, 4), (13, 8), (14, 15), (99, 15), (i32::MAX, 15)];
        for (checked, wait) in minutes {
            assert_eq!(policy.wait(checked), Duration::from_mins(wait), "{checked}");
        }
    }
}
