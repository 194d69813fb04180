//! Passkeys. The credential and its owner's name for it lie sealed; it is found by the SHA-256 of the credential's id.

use std::fmt;

use chrono::{DateTime, Utc};
use sea_orm::sea_query::{Expr, LockType};
use sea_orm::{
    EntityTrait as _, PaginatorTrait as _, QueryFilter as _, QueryOrder as _, QuerySelect as _, Set,
};
use shared_types::ids::{PasskeyId, UserId};
use uuid::Uuid;
use zeroize::Zeroizing;

use super::entities::passkey::{ActiveModel, COLUMN, Column, Entity, Model};
use super::entities::user;
use super::error::StoreError;
use super::sealing;
use super::transaction::Tx;
use super::users::UserStatus;

/// A passkey to be added.
pub struct NewPasskey<'a> {
    /// Made by the caller.
    pub id: PasskeyId,
    /// SHA-256 of the credential's id.
    pub credential_hash: [u8; 32],
    /// The credential; sealed at rest.
    pub credential: &'a [u8],
    /// What its owner calls it; sealed at rest.
    pub name: &'a str,
    /// A service copies it to the owner's other devices.
    pub synced: bool,
}

/// A passkey as its owner sees it in a list.
#[derive(Clone, PartialEq, Eq)]
pub struct PasskeySummary {
    /// Which.
    pub id: PasskeyId,
    /// What its owner calls it.
    pub name: String,
    /// When it was added.
    pub created_at: DateTime<Utc>,
    /// When it was last used.
    pub last_used_at: Option<DateTime<Utc>>,
    /// A service copies it to the owner's other devices.
    pub synced: bool,
}

/// A passkey that is about to be used.
pub struct StoredPasskey {
    /// Which.
    pub id: PasskeyId,
    /// Whose.
    pub user: UserId,
    /// The credential as it was after its last use.
    pub credential: Zeroizing<Vec<u8>>,
}

/// All passkeys, for proofs that run before a user is known.
pub struct Passkeys<'t> {
    tx: &'t Tx,
}

impl<'t> Passkeys<'t> {
    pub(super) const fn new(tx: &'t Tx) -> Self {
        Self { tx }
    }

    /// The passkey of a credential, if its owner may sign in. The row is held until the transaction ends: of two answers with the same
    /// counter the second one sees what the first one left.
    pub async fn hold(&self, credential_hash: &[u8; 32]) -> Result<Option<StoredPasskey>, StoreError> {
        let query =
            Entity::find().filter(COLUMN.credential_hash.eq(credential_hash.to_vec())).lock(LockType::Update);
        let Some(row) = query.one(self.tx.connection()).await? else { return Ok(None) };
        let owner = user::Entity::find_by_id(row.user_id)
            .filter(user::COLUMN.status.eq(UserStatus::Active.as_str()))
            .count(self.tx.connection())
            .await?;
        if owner == 0 {
            return Ok(None);
        }
        let column = sealing::Column::PasskeyCredential;
        Ok(Some(StoredPasskey {
            id: PasskeyId::from_uuid(row.id),
            user: UserId::from_uuid(row.user_id),
            credential: self.tx.context().open(column, row.id, &row.credential_sealed)?,
        }))
    }

    /// Writes down a use: the credential with its new counter and flags. `false` if the passkey is gone.
    pub async fn note_use(&self, id: PasskeyId, credential: &[u8], synced: bool) -> Result<bool, StoreError> {
        let id = id.as_uuid();
        let sealed = self.tx.context().seal(sealing::Column::PasskeyCredential, id, credential)?;
        let result = Entity::update_many()
            .col_expr(Column::CredentialSealed, Expr::value(sealed))
            .col_expr(Column::Synced, Expr::value(i32::from(synced)))
            .col_expr(Column::LastUsedAt, Expr::value(self.tx.now()))
            .filter(COLUMN.id.eq(id))
            .exec(self.tx.connection())
            .await?;
        Ok(result.rows_affected == 1)
    }
}

/// One user's passkeys.
pub struct UserPasskeys<'t> {
    tx: &'t Tx,
    user: UserId,
}

impl<'t> UserPasskeys<'t> {
    pub(super) const fn new(tx: &'t Tx, user: UserId) -> Self {
        Self { tx, user }
    }

    /// Makes others who add or remove a factor of this user wait until the transaction ends, so that each counts what the others did.
    pub async fn one_at_a_time(&self) -> Result<(), StoreError> {
        let _held: Option<Uuid> = user::Entity::find_by_id(self.user.as_uuid())
            .select_only()
            .column(user::Column::Id)
            .lock(LockType::NoKeyUpdate)
            .into_tuple()
            .one(self.tx.connection())
            .await?;
        Ok(())
    }

    /// The passkeys, the oldest first.
    pub async fn list(&self) -> Result<Vec<PasskeySummary>, StoreError> {
        let context = self.tx.context();
        let summary = |row: Model| {
            Ok(PasskeySummary {
                id: PasskeyId::from_uuid(row.id),
                name: context.open_text(sealing::Column::PasskeyName, row.id, &row.name_sealed)?,
                created_at: row.created_at,
                last_used_at: row.last_used_at,
                synced: row.synced != 0,
            })
        };
        self.rows().await?.into_iter().map(summary).collect()
    }

    /// The credentials, the oldest first.
    pub async fn credentials(&self) -> Result<Vec<Zeroizing<Vec<u8>>>, StoreError> {
        let context = self.tx.context();
        let open =
            |row: Model| context.open(sealing::Column::PasskeyCredential, row.id, &row.credential_sealed);
        self.rows().await?.into_iter().map(open).collect()
    }

    /// Adds a passkey. `Conflict(Passkey)` if the credential is somebody's already.
    pub async fn insert(&self, passkey: &NewPasskey<'_>) -> Result<(), StoreError> {
        let context = self.tx.context();
        let id = passkey.id.as_uuid();
        let row = ActiveModel {
            id: Set(id),
            user_id: Set(self.user.as_uuid()),
            credential_hash: Set(passkey.credential_hash.to_vec()),
            credential_sealed: Set(context.seal(
                sealing::Column::PasskeyCredential,
                id,
                passkey.credential,
            )?),
            name_sealed: Set(context.seal(sealing::Column::PasskeyName, id, passkey.name.as_bytes())?),
            synced: Set(i32::from(passkey.synced)),
            created_at: Set(self.tx.now()),
            last_used_at: Set(None),
        };
        Entity::insert(row).exec_without_returning(self.tx.connection()).await?;
        Ok(())
    }

    /// Removes a passkey. `false` if it is not the user's.
    pub async fn remove(&self, id: PasskeyId) -> Result<bool, StoreError> {
        let result = Entity::delete_many()
            .filter(COLUMN.id.eq(id.as_uuid()))
            .filter(COLUMN.user_id.eq(self.user.as_uuid()))
            .exec(self.tx.connection())
            .await?;
        Ok(result.rows_affected == 1)
    }

    async fn rows(&self) -> Result<Vec<Model>, StoreError> {
        let query = Entity::find()
            .filter(COLUMN.user_id.eq(self.user.as_uuid()))
            .order_by_asc(Column::CreatedAt)
            .order_by_asc(Column::Id);
        Ok(query.all(self.tx.connection()).await?)
    }
}

impl fmt::Debug for NewPasskey<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("NewPasskey").field("id", &self.id).finish_non_exhaustive()
    }
}

impl fmt::Debug for PasskeySummary {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("PasskeySummary").field("id", &self.id).finish_non_exhaustive()
    }
}

impl fmt::Debug for StoredPasskey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("StoredPasskey")
            .field("id", &self.id)
            .field("user", &self.user)
            .finish_non_exhaustive()
    }
}
