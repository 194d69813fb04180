//! A user's recovery codes, hashed like passwords. The tag of a code finds its row, so that a try costs one hash; using it
//! up is a single conditional statement.

use sea_orm::sea_query::Expr;
use sea_orm::{EntityTrait as _, QueryFilter as _, QuerySelect as _, Set};
use secrecy::{ExposeSecret as _, SecretString};
use shared_types::ids::UserId;
use uuid::Uuid;

use super::entities::recovery_code::{ActiveModel, COLUMN, Column, Entity};
use super::error::StoreError;
use super::transaction::Tx;

/// One user's recovery codes.
pub struct UserRecoveryCodes<'t> {
    tx: &'t Tx,
    user: UserId,
}

impl<'t> UserRecoveryCodes<'t> {
    pub(super) const fn new(tx: &'t Tx, user: UserId) -> Self {
        Self { tx, user }
    }

    /// Stores new codes, each a tag and the PHC string of the whole; those from before are gone.
    pub async fn replace(&self, codes: &[(String, SecretString)]) -> Result<(), StoreError> {
        self.remove().await?;
        let now = self.tx.now();
        let rows = codes.iter().map(|(tag, hash)| ActiveModel {
            id: Set(self.tx.context().random.uuid(now)),
            user_id: Set(self.user.as_uuid()),
            tag: Set(tag.clone()),
            code_hash: Set(hash.expose_secret().to_owned()),
            created_at: Set(now),
            used_at: Set(None),
        });
        Entity::insert_many(rows).exec_without_returning(self.tx.connection()).await?;
        Ok(())
    }

    /// The unused code of a tag: its row and the PHC string.
    pub async fn by_tag(&self, tag: &str) -> Result<Option<(Uuid, SecretString)>, StoreError> {
        let found: Option<(Uuid, String)> = Entity::find()
            .select_only()
            .columns([Column::Id, Column::CodeHash])
            .filter(COLUMN.user_id.eq(self.user.as_uuid()))
            .filter(COLUMN.tag.eq(tag))
            .filter(COLUMN.used_at.is_null())
            .into_tuple()
            .one(self.tx.connection())
            .await?;
        Ok(found.map(|(id, hash)| (id, hash.into())))
    }

    /// Uses a code up. Of many parallel calls one gets `true`.
    pub async fn use_up(&self, id: Uuid) -> Result<bool, StoreError> {
        let result = Entity::update_many()
            .col_expr(Column::UsedAt, Expr::value(self.tx.now()))
            .filter(COLUMN.id.eq(id))
            .filter(COLUMN.user_id.eq(self.user.as_uuid()))
            .filter(COLUMN.used_at.is_null())
            .exec(self.tx.connection())
            .await?;
        Ok(result.rows_affected == 1)
    }

    /// Takes all codes away.
    pub async fn remove(&self) -> Result<(), StoreError> {
        Entity::delete_many()
            .filter(COLUMN.user_id.eq(self.user.as_uuid()))
            .exec(self.tx.connection())
            .await?;
        Ok(())
    }
}
