//! Browsers that a user has signed in from before, known by a cookie. The store sees the SHA-256 of its token.

use std::time::Duration;

use sea_orm::sea_query::{Expr, ExprTrait as _, Query};
use sea_orm::{
    ColumnTrait as _, EntityTrait as _, PaginatorTrait as _, QueryFilter as _, QuerySelect as _, Set,
};
use shared_types::ids::UserId;
use uuid::Uuid;

use super::email_address::EmailAddress;
use super::entities::known_device::{ActiveModel, COLUMN, Column, Entity};
use super::entities::user;
use super::error::StoreError;
use super::transaction::Tx;
use crate::clock::earlier;

/// A device that was not used for so long is strange again.
pub(super) const MEMORY: Duration = Duration::from_hours(365 * 24);

/// The devices of all users.
pub struct Devices<'t> {
    tx: &'t Tx,
}

impl<'t> Devices<'t> {
    pub(super) const fn new(tx: &'t Tx) -> Self {
        Self { tx }
    }

    /// The device of a token, if the account of this address knows it. For sign-ins, where the account is not proved yet: the
    /// same query whether or not there is one.
    pub async fn of_address(
        &self,
        email: &EmailAddress,
        token_hash: &[u8; 32],
    ) -> Result<Option<Uuid>, StoreError> {
        let indexes = self.tx.context().email_indexes(email);
        let owner = Query::select()
            .column(user::Column::Id)
            .from(user::Entity)
            .and_where(Expr::col(user::Column::EmailBidx).is_in(indexes))
            .to_owned();
        let query = self.known(token_hash).filter(Column::UserId.in_subquery(owner));
        Ok(query.into_tuple().one(self.tx.connection()).await?)
    }

    /// The device of a token, if the user knows it.
    pub async fn of_user(&self, user: UserId, token_hash: &[u8; 32]) -> Result<Option<Uuid>, StoreError> {
        let query = self.known(token_hash).filter(COLUMN.user_id.eq(user.as_uuid()));
        Ok(query.into_tuple().one(self.tx.connection()).await?)
    }

    /// Whether the user has signed in from any device that is still remembered.
    pub async fn any(&self, user: UserId) -> Result<bool, StoreError> {
        let query = Entity::find().filter(COLUMN.user_id.eq(user.as_uuid()));
        Ok(query.count(self.tx.connection()).await? > 0)
    }

    /// Notes that a device was used.
    pub async fn touch(&self, device: Uuid) -> Result<(), StoreError> {
        Entity::update_many()
            .col_expr(Column::LastSeen, Expr::value(self.tx.now()))
            .filter(COLUMN.id.eq(device))
            .exec(self.tx.connection())
            .await?;
        Ok(())
    }

    /// Remembers a device under a new token. Other users of the same browser, who know it by the token that it had, know it by the
    /// new one from now on: a token that somebody planted in the browser is worth nothing afterwards.
    pub async fn remember(
        &self,
        user: UserId,
        former: Option<&[u8; 32]>,
        token_hash: &[u8; 32],
    ) -> Result<Uuid, StoreError> {
        if let Some(former) = former {
            Entity::update_many()
                .col_expr(Column::TokenHash, Expr::value(token_hash.to_vec()))
                .filter(COLUMN.token_hash.eq(former.to_vec()))
                .exec(self.tx.connection())
                .await?;
        }
        let now = self.tx.now();
        let id = self.tx.context().random.uuid(now);
        let row = ActiveModel {
            id: Set(id),
            user_id: Set(user.as_uuid()),
            token_hash: Set(token_hash.to_vec()),
            created_at: Set(now),
            last_seen: Set(now),
        };
        Entity::insert(row).exec_without_returning(self.tx.connection()).await?;
        Ok(id)
    }

    /// Forgets all devices of a user: each has to prove itself again.
    pub async fn forget_all(&self, user: UserId) -> Result<u64, StoreError> {
        let query = Entity::delete_many().filter(COLUMN.user_id.eq(user.as_uuid()));
        Ok(query.exec(self.tx.connection()).await?.rows_affected)
    }

    fn known(&self, token_hash: &[u8; 32]) -> sea_orm::Select<Entity> {
        Entity::find()
            .select_only()
            .column(Column::Id)
            .filter(COLUMN.token_hash.eq(token_hash.to_vec()))
            .filter(COLUMN.last_seen.gt(earlier(self.tx.now(), MEMORY)))
    }
}
