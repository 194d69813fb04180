//! What a user has set up beside the password, as far as deciding needs it.

use chrono::{DateTime, Utc};
use sea_orm::{EntityTrait as _, PaginatorTrait as _, QueryFilter as _, QuerySelect as _};
use shared_types::ids::UserId;

use super::entities::{mfa_totp, passkey, recovery_code};
use super::error::StoreError;
use super::transaction::Tx;
use crate::domain::factor::SecondFactors;

/// One user's second factors.
pub struct UserFactors<'t> {
    tx: &'t Tx,
    user: UserId,
}

impl<'t> UserFactors<'t> {
    pub(super) const fn new(tx: &'t Tx, user: UserId) -> Self {
        Self { tx, user }
    }

    /// What there is.
    pub async fn summary(&self) -> Result<SecondFactors, StoreError> {
        let user = self.user.as_uuid();
        let connection = self.tx.connection();
        let totp_since: Option<Option<DateTime<Utc>>> = mfa_totp::Entity::find_by_id(user)
            .select_only()
            .column(mfa_totp::Column::ConfirmedAt)
            .into_tuple()
            .one(connection)
            .await?;
        let passkeys =
            passkey::Entity::find().filter(passkey::COLUMN.user_id.eq(user)).count(connection).await?;
        let recovery_codes_left = recovery_code::Entity::find()
            .filter(recovery_code::COLUMN.user_id.eq(user))
            .filter(recovery_code::COLUMN.used_at.is_null())
            .count(connection)
            .await?;
        let small = |count: u64| u32::try_from(count).unwrap_or(u32::MAX);
        Ok(SecondFactors {
            totp_since: totp_since.flatten(),
            passkeys: small(passkeys),
            recovery_codes_left: small(recovery_codes_left),
        })
    }
}
