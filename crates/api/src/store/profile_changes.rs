//! Changes of name and billing details on their way to WHMCS and Salesforce.
//!
//! A wish is stored, sealed, before anything is sent, so that nothing acknowledged is lost; a later wish is laid over an earlier one
//! that is still open. One sender at a time holds a row: a lease with a fencing number, as jobs have it.

use std::fmt;
use std::time::Duration;

use chrono::{DateTime, Utc};
use sea_orm::sea_query::{Expr, ExprTrait as _, LockType, OnConflict};
use sea_orm::{EntityTrait as _, QueryFilter as _, QueryOrder as _, QuerySelect as _, Set};
use shared_types::ids::UserId;
use uuid::Uuid;

use super::entities::profile_change::{ActiveModel, COLUMN, Column, Entity, Model};
use super::error::StoreError;
use super::sealing;
use super::transaction::Tx;
use crate::clock::later;
use crate::domain::account::BillingAccount;
use crate::domain::profile::Wish;

/// An open wish.
#[derive(Clone)]
pub struct ProfileChange {
    id: Uuid,
    /// The customer and login that it is about.
    pub account: BillingAccount,
    /// What is to be done.
    pub wish: Wish,
    /// Grows with each change that is asked for.
    pub revision: i64,
    /// Until then WHMCS may still carry out something of which there was no answer.
    pub unsettled_until: Option<DateTime<Utc>>,
    /// Until then another sender holds it.
    pub lease_until: Option<DateTime<Utc>>,
    fence: i64,
}

/// One user's changes.
pub struct ProfileChanges<'t> {
    tx: &'t Tx,
    user: UserId,
}

impl<'t> ProfileChanges<'t> {
    pub(super) const fn new(tx: &'t Tx, user: UserId) -> Self {
        Self { tx, user }
    }

    /// The open wishes, the oldest first.
    pub async fn list(&self) -> Result<Vec<ProfileChange>, StoreError> {
        let query = Entity::find().filter(COLUMN.user_id.eq(self.user.as_uuid())).order_by_asc(Column::Id);
        let rows = query.all(self.tx.connection()).await?;
        rows.into_iter().map(|row| self.opened(&row)).collect()
    }

    /// Lays a change over what is open for this customer. Returns the wish as it was before.
    pub async fn ask(
        &self,
        account: BillingAccount,
        change: impl FnOnce(&mut Wish),
    ) -> Result<Wish, StoreError> {
        let found = self.find_or_insert(account).await?;
        let before = found.wish.clone();
        let mut wish = found.wish;
        change(&mut wish);
        let sealed = self.sealed(found.id, &wish)?;
        Entity::update_many()
            .col_expr(Column::WishSealed, Expr::value(sealed))
            .col_expr(Column::Revision, Expr::col(Column::Revision).add(1))
            .col_expr(Column::UpdatedAt, Expr::value(self.tx.now()))
            .filter(COLUMN.id.eq(found.id))
            .filter(COLUMN.user_id.eq(self.user.as_uuid()))
            .exec(self.tx.connection())
            .await?;
        Ok(before)
    }

    /// Takes a customer's wish in order to send it. `None` if there is none, or another sender holds it.
    pub async fn take(
        &self,
        account: BillingAccount,
        lease: Duration,
    ) -> Result<Option<ProfileChange>, StoreError> {
        let now = self.tx.now();
        let Ok(client) = i64::try_from(account.client_id) else { return Ok(None) };
        let free = COLUMN.lease_until.is_null().or(COLUMN.lease_until.lte(now));
        let taken = Entity::update_many()
            .col_expr(Column::LeaseUntil, Expr::value(later(now, lease)))
            .col_expr(Column::Fence, Expr::col(Column::Fence).add(1))
            .filter(COLUMN.user_id.eq(self.user.as_uuid()))
            .filter(COLUMN.whmcs_client_id.eq(client))
            .filter(free)
            .exec(self.tx.connection())
            .await?;
        if taken.rows_affected == 0 {
            return Ok(None);
        }
        let row = self.locked(client).await?.ok_or_else(|| StoreError::corrupt("profile_changes"))?;
        self.opened(&row).map(Some)
    }

    /// Gives a wish back. `work` sees the wish as it stands now and says what is left of it; its second argument is whether nobody has
    /// asked for anything since it was taken. What is fulfilled goes. Returns what is left.
    pub async fn give_back(
        &self,
        taken: &ProfileChange,
        unsettled_until: Option<DateTime<Utc>>,
        work: impl FnOnce(&mut Wish, bool),
    ) -> Result<Wish, StoreError> {
        let Ok(client) = i64::try_from(taken.account.client_id) else {
            return Err(StoreError::corrupt("profile_changes.whmcs_client_id"));
        };
        let row = self.locked(client).await?.filter(|row| row.id == taken.id && row.fence == taken.fence);
        let current = self.opened(&row.ok_or(StoreError::LeaseLost)?)?;
        let mut wish = current.wish;
        work(&mut wish, current.revision == taken.revision);
        if wish.is_fulfilled() {
            Entity::delete_many()
                .filter(COLUMN.id.eq(taken.id))
                .filter(COLUMN.user_id.eq(self.user.as_uuid()))
                .exec(self.tx.connection())
                .await?;
            return Ok(wish);
        }
        let sealed = self.sealed(taken.id, &wish)?;
        Entity::update_many()
            .col_expr(Column::WishSealed, Expr::value(sealed))
            .col_expr(Column::UnsettledUntil, Expr::value(unsettled_until))
            .col_expr(Column::LeaseUntil, Expr::value(None::<DateTime<Utc>>))
            .col_expr(Column::UpdatedAt, Expr::value(self.tx.now()))
            .filter(COLUMN.id.eq(taken.id))
            .filter(COLUMN.user_id.eq(self.user.as_uuid()))
            .exec(self.tx.connection())
            .await?;
        Ok(wish)
    }

    async fn find_or_insert(&self, account: BillingAccount) -> Result<ProfileChange, StoreError> {
        let (Ok(client), Ok(login)) = (i64::try_from(account.client_id), i64::try_from(account.user_id))
        else {
            return Err(StoreError::corrupt("profile_changes.whmcs_client_id"));
        };
        let now = self.tx.now();
        let id = self.tx.context().random.uuid(now);
        let row = ActiveModel {
            id: Set(id),
            user_id: Set(self.user.as_uuid()),
            whmcs_client_id: Set(client),
            whmcs_user_id: Set(login),
            wish_sealed: Set(self.sealed(id, &Wish::default())?),
            revision: Set(0),
            fence: Set(0),
            lease_until: Set(None),
            unsettled_until: Set(None),
            created_at: Set(now),
            updated_at: Set(now),
        };
        let unique = OnConflict::new().do_nothing().to_owned();
        Entity::insert(row).on_conflict(unique).exec_without_returning(self.tx.connection()).await?;
        let row = self.locked(client).await?.ok_or_else(|| StoreError::corrupt("profile_changes"))?;
        self.opened(&row)
    }

    /// The row of a customer, held until the transaction ends.
    async fn locked(&self, client: i64) -> Result<Option<Model>, StoreError> {
        let query = Entity::find()
            .filter(COLUMN.user_id.eq(self.user.as_uuid()))
            .filter(COLUMN.whmcs_client_id.eq(client))
            .lock(LockType::Update);
        Ok(query.one(self.tx.connection()).await?)
    }

    fn sealed(&self, id: Uuid, wish: &Wish) -> Result<Vec<u8>, StoreError> {
        let bytes =
            serde_json::to_vec(wish).map_err(|_| StoreError::corrupt("profile_changes.wish_sealed"))?;
        self.tx.context().seal(sealing::Column::ProfileWish, id, &bytes)
    }

    fn opened(&self, row: &Model) -> Result<ProfileChange, StoreError> {
        let corrupt = || StoreError::corrupt("profile_changes");
        let bytes = self.tx.context().open(sealing::Column::ProfileWish, row.id, &row.wish_sealed)?;
        let number = |id: i64| u64::try_from(id).map_err(|_| corrupt());
        Ok(ProfileChange {
            id: row.id,
            account: BillingAccount {
                client_id: number(row.whmcs_client_id)?,
                user_id: number(row.whmcs_user_id)?,
            },
            wish: serde_json::from_slice(&bytes).map_err(|_| corrupt())?,
            revision: row.revision,
            unsettled_until: row.unsettled_until,
            lease_until: row.lease_until,
            fence: row.fence,
        })
    }
}

impl fmt::Debug for ProfileChange {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ProfileChange")
            .field("account", &self.account)
            .field("revision", &self.revision)
            .finish_non_exhaustive()
    }
}
