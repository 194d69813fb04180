//! Rate limits by the generic cell rate algorithm (GCRA, ITU-T I.371): one timestamp per bucket.
//!
//! The bucket's row holds the theoretical arrival time (TAT). A request is allowed when the TAT, moved on by one
//! emission interval, lies at most `burst` intervals ahead of now. Deciding and counting are one statement.

use std::time::Duration;

use chrono::{DateTime, Utc};
use sea_orm::sea_query::Expr;
use sea_orm::{EntityTrait as _, FromQueryResult, QueryFilter as _};

use super::entities::rate_limit::{COLUMN, Column, Entity};
use super::error::StoreError;
use super::transaction::Tx;

/// How much is allowed: `burst` at once, and one more every `interval`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Quota {
    interval_micros: i64,
    burst: i64,
}

impl Quota {
    /// `count` requests in any quiet `period`, all of them at once if need be; then one every `period / count`.
    /// A count of 0 counts as 1.
    #[must_use]
    pub fn per(count: u32, period: Duration) -> Self {
        let burst = i64::from(count.max(1));
        let period = i64::try_from(period.as_micros()).unwrap_or(i64::MAX / 4).min(i64::MAX / 4);
        Self { interval_micros: (period / burst).max(1), burst }
    }
}

/// Whether a request may go on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum RateDecision {
    /// Yes, and it was counted.
    Allowed,
    /// No, and it was not counted.
    Limited {
        /// Until one more is allowed.
        retry_after: Duration,
    },
}

/// `$2` is the TAT of a bucket that was idle, `$3` now, `$4` the interval, `$5` the latest TAT allowed, `$6` the end
/// of the row. A refused request changes no row.
const TAKE: &str = "
    INSERT INTO rate_limits (key_hash, tat, expires_at) VALUES ($1, $2, $6)
    ON CONFLICT (key_hash) DO UPDATE
       SET tat = CASE WHEN rate_limits.tat > $3 THEN rate_limits.tat ELSE $3 END + $4, expires_at = $6
     WHERE CASE WHEN rate_limits.tat > $3 THEN rate_limits.tat ELSE $3 END + $4 <= $5
    RETURNING tat";

#[derive(FromQueryResult)]
struct Bucket {
    tat: i64,
}

/// All buckets.
pub struct RateLimits<'t> {
    tx: &'t Tx,
}

impl<'t> RateLimits<'t> {
    pub(super) const fn new(tx: &'t Tx) -> Self {
        Self { tx }
    }

    /// Takes one from the bucket of a key (a keyed hash of whom and what it limits).
    pub async fn take(&self, key_hash: &[u8; 32], quota: Quota) -> Result<RateDecision, StoreError> {
        let now = self.tx.now().timestamp_micros();
        let idle_tat = now.saturating_add(quota.interval_micros);
        let latest_tat = now.saturating_add(quota.interval_micros.saturating_mul(quota.burst));
        let expires_at =
            DateTime::<Utc>::from_timestamp_micros(latest_tat).unwrap_or(DateTime::<Utc>::MAX_UTC);
        let values = [
            key_hash.to_vec().into(),
            idle_tat.into(),
            now.into(),
            quota.interval_micros.into(),
            latest_tat.into(),
            expires_at.into(),
        ];
        if self.tx.one::<Bucket>(TAKE, values).await?.is_some() {
            return Ok(RateDecision::Allowed);
        }
        let sql = "SELECT tat FROM rate_limits WHERE key_hash = $1";
        let bucket = self.tx.one::<Bucket>(sql, [key_hash.to_vec().into()]).await?;
        // A bucket that expired since allows one more at once.
        let wait = bucket.map_or(0, |bucket| bucket.tat + quota.interval_micros - latest_tat);
        Ok(RateDecision::Limited {
            retry_after: Duration::from_micros(u64::try_from(wait).unwrap_or_default()),
        })
    }

    /// Gives one back that was taken and does not count after all.
    pub async fn give_back(&self, key_hash: &[u8; 32], quota: Quota) -> Result<(), StoreError> {
        use sea_orm::sea_query::ExprTrait as _;
        Entity::update_many()
            .col_expr(Column::Tat, Expr::col(Column::Tat).sub(quota.interval_micros))
            .filter(COLUMN.key_hash.eq(key_hash.to_vec()))
            .exec(self.tx.connection())
            .await?;
        Ok(())
    }

    /// Empties a bucket, as if nothing had ever been taken from it.
    pub async fn clear(&self, key_hash: &[u8; 32]) -> Result<(), StoreError> {
        Entity::delete_by_id(key_hash.to_vec()).exec(self.tx.connection()).await?;
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn quotas_without_sense_still_divide() {
        assert_eq!(Quota::per(0, Duration::ZERO), Quota { interval_micros: 1, burst: 1 });
        assert_eq!(Quota::per(10, Duration::from_mins(1)).interval_micros, 6_000_000);
        assert!(Quota::per(1, Duration::MAX).interval_micros > 0);
    }
}
