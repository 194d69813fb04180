//! The seed of a user's authenticator app, sealed, and the newest time step whose code was used. Using a step up is a
//! single conditional statement: of many parallel uses of one code one succeeds.

use std::fmt;
use std::time::Duration;

use chrono::{DateTime, Utc};
use sea_orm::sea_query::Expr;
use sea_orm::{EntityTrait as _, FromQueryResult, QueryFilter as _};
use shared_types::ids::UserId;
use uuid::Uuid;
use zeroize::Zeroizing;

use super::entities::mfa_totp::{COLUMN, Column, Entity};
use super::error::StoreError;
use super::sealing;
use super::transaction::Tx;
use crate::clock::earlier;

/// An authenticator app as it is stored.
pub struct TotpRecord {
    /// The secret shared with the app.
    pub seed: Zeroizing<Vec<u8>>,
    /// Since when it counts; `None` while no code of it was given back.
    pub confirmed_at: Option<DateTime<Utc>>,
}

/// `$1` user, `$2` sealed seed, `$3` now. One that is confirmed stays.
const OFFER: &str = "
    INSERT INTO mfa_totp (user_id, seed_sealed, last_step, created_at) VALUES ($1, $2, 0, $3)
    ON CONFLICT (user_id) DO UPDATE
       SET seed_sealed = excluded.seed_sealed, last_step = 0, created_at = excluded.created_at
     WHERE mfa_totp.confirmed_at IS NULL
    RETURNING user_id";

#[derive(FromQueryResult)]
struct Offered {
    #[expect(dead_code, reason = "that there is a row is all that counts")]
    user_id: Uuid,
}

/// One user's authenticator app.
pub struct UserTotp<'t> {
    tx: &'t Tx,
    user: UserId,
}

impl<'t> UserTotp<'t> {
    pub(super) const fn new(tx: &'t Tx, user: UserId) -> Self {
        Self { tx, user }
    }

    /// What is stored, confirmed or not.
    pub async fn get(&self) -> Result<Option<TotpRecord>, StoreError> {
        let id = self.user.as_uuid();
        let Some(row) = Entity::find_by_id(id).one(self.tx.connection()).await? else { return Ok(None) };
        let seed = self.tx.context().open(sealing::Column::TotpSeed, id, &row.seed_sealed)?;
        Ok(Some(TotpRecord { seed, confirmed_at: row.confirmed_at }))
    }

    /// Stores a seed to be confirmed, in place of one that was not. `false` if there is a confirmed one.
    pub async fn offer(&self, seed: &[u8]) -> Result<bool, StoreError> {
        let id = self.user.as_uuid();
        let sealed = self.tx.context().seal(sealing::Column::TotpSeed, id, seed)?;
        let values = [id.into(), sealed.into(), self.tx.now().into()];
        Ok(self.tx.one::<Offered>(OFFER, values).await?.is_some())
    }

    /// Lets the seed count from now on and uses up the step that proved it. `false` if it counts already or was offered
    /// longer than `within` ago.
    pub async fn confirm(&self, step: i64, within: Duration) -> Result<bool, StoreError> {
        let now = self.tx.now();
        let result = Entity::update_many()
            .col_expr(Column::ConfirmedAt, Expr::value(now))
            .col_expr(Column::LastStep, Expr::value(step))
            .filter(COLUMN.user_id.eq(self.user.as_uuid()))
            .filter(COLUMN.confirmed_at.is_null())
            .filter(COLUMN.created_at.gte(earlier(now, within)))
            .exec(self.tx.connection())
            .await?;
        Ok(result.rows_affected == 1)
    }

    /// Uses a step up. `false` if it, or a later one, was used before.
    pub async fn use_step(&self, step: i64) -> Result<bool, StoreError> {
        let result = Entity::update_many()
            .col_expr(Column::LastStep, Expr::value(step))
            .filter(COLUMN.user_id.eq(self.user.as_uuid()))
            .filter(COLUMN.confirmed_at.is_not_null())
            .filter(COLUMN.last_step.lt(step))
            .exec(self.tx.connection())
            .await?;
        Ok(result.rows_affected == 1)
    }

    /// Takes the authenticator app away. `false` if none was confirmed.
    pub async fn remove(&self) -> Result<bool, StoreError> {
        let result = Entity::delete_many()
            .filter(COLUMN.user_id.eq(self.user.as_uuid()))
            .filter(COLUMN.confirmed_at.is_not_null())
            .exec(self.tx.connection())
            .await?;
        Ok(result.rows_affected == 1)
    }
}

impl fmt::Debug for TotpRecord {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("TotpRecord").field("confirmed_at", &self.confirmed_at).finish_non_exhaustive()
    }
}
