//! The WHMCS clients that a user may act for, as WHMCS last said, the user's own one included.

use std::fmt;

use chrono::{DateTime, Utc};
use sea_orm::sea_query::{Expr, OnConflict};
use sea_orm::{EntityTrait as _, QueryFilter as _, QueryOrder as _, Set};
use shared_types::account::Permission;
use shared_types::ids::UserId;
use uuid::Uuid;

use super::entities::account_link::{ActiveModel, COLUMN, Column, Entity, Model};
use super::error::StoreError;
use super::mappings::CrmIds;
use super::sealing;
use super::transaction::Tx;
use crate::domain::account::{parse_permissions, permissions_text};

/// An account that a user may act for.
#[derive(Clone, PartialEq, Eq)]
pub struct AccountLink {
    /// WHMCS client.
    pub client_id: i64,
    /// Whether the user owns it.
    pub is_owner: bool,
    /// What the user may do for it; all of it for an owner.
    pub permissions: Vec<Permission>,
    /// Company, or the owner's name.
    pub name: String,
    /// Support's records of it, once they are made.
    pub crm: Option<CrmIds>,
    /// When WHMCS said so.
    pub refreshed_at: DateTime<Utc>,
}

/// An account as WHMCS has it now.
pub struct NewAccountLink {
    /// WHMCS client.
    pub client_id: i64,
    /// Whether the user owns it.
    pub is_owner: bool,
    /// What the user may do for it.
    pub permissions: Vec<Permission>,
    /// Company, or the owner's name.
    pub name: String,
}

/// One user's accounts.
pub struct AccountLinks<'t> {
    tx: &'t Tx,
    user: UserId,
}

impl<'t> AccountLinks<'t> {
    pub(super) const fn new(tx: &'t Tx, user: UserId) -> Self {
        Self { tx, user }
    }

    /// All of them, the user's own first.
    pub async fn list(&self) -> Result<Vec<AccountLink>, StoreError> {
        let query = self.own().order_by_desc(Column::IsOwner).order_by_asc(Column::WhmcsClientId);
        let rows = query.all(self.tx.connection()).await?;
        rows.into_iter().map(|row| self.opened(row)).collect()
    }

    /// Puts what WHMCS says now in the place of what it said before. What is not among it goes. A client that another user was
    /// the owner of, as far as was known, is theirs no longer.
    pub async fn replace(&self, links: &[NewAccountLink]) -> Result<(), StoreError> {
        let kept: Vec<i64> = links.iter().map(|link| link.client_id).collect();
        Entity::delete_many()
            .filter(COLUMN.user_id.eq(self.user.as_uuid()))
            .filter(COLUMN.whmcs_client_id.is_not_in(kept))
            .exec(self.tx.connection())
            .await?;
        for link in links {
            if link.is_owner {
                self.take_from_former_owner(link.client_id).await?;
            }
            self.put(link).await?;
        }
        Ok(())
    }

    /// Notes support's records of an account. `false` if the user no longer has the account.
    pub async fn set_crm(&self, client_id: i64, ids: &CrmIds) -> Result<bool, StoreError> {
        let result = Entity::update_many()
            .col_expr(Column::SfAccountId, Expr::value(ids.account.as_str()))
            .col_expr(Column::SfContactId, Expr::value(ids.contact.as_str()))
            .filter(COLUMN.user_id.eq(self.user.as_uuid()))
            .filter(COLUMN.whmcs_client_id.eq(client_id))
            .exec(self.tx.connection())
            .await?;
        Ok(result.rows_affected == 1)
    }

    async fn take_from_former_owner(&self, client_id: i64) -> Result<(), StoreError> {
        Entity::update_many()
            .col_expr(Column::IsOwner, Expr::value(0))
            .col_expr(Column::Permissions, Expr::value(""))
            .filter(COLUMN.whmcs_client_id.eq(client_id))
            .filter(COLUMN.user_id.ne(self.user.as_uuid()))
            .filter(COLUMN.is_owner.eq(1))
            .exec(self.tx.connection())
            .await?;
        Ok(())
    }

    async fn put(&self, link: &NewAccountLink) -> Result<(), StoreError> {
        let place = self.place(link.client_id);
        let name = self.tx.context().seal(sealing::Column::AccountLinkName, place, link.name.as_bytes())?;
        let row = ActiveModel {
            user_id: Set(self.user.as_uuid()),
            whmcs_client_id: Set(link.client_id),
            is_owner: Set(i32::from(link.is_owner)),
            permissions: Set(permissions_text(&link.permissions)),
            name_sealed: Set(name),
            sf_account_id: Set(None),
            sf_contact_id: Set(None),
            refreshed_at: Set(self.tx.now()),
        };
        let known = OnConflict::columns([Column::UserId, Column::WhmcsClientId])
            .update_columns([Column::IsOwner, Column::Permissions, Column::NameSealed, Column::RefreshedAt])
            .to_owned();
        Entity::insert(row).on_conflict(known).exec_without_returning(self.tx.connection()).await?;
        Ok(())
    }

    fn own(&self) -> sea_orm::Select<Entity> {
        Entity::find().filter(COLUMN.user_id.eq(self.user.as_uuid()))
    }

    fn opened(&self, row: Model) -> Result<AccountLink, StoreError> {
        let place = self.place(row.whmcs_client_id);
        let crm = row.sf_account_id.zip(row.sf_contact_id);
        Ok(AccountLink {
            client_id: row.whmcs_client_id,
            is_owner: row.is_owner == 1,
            permissions: parse_permissions(&row.permissions),
            name: self.tx.context().open_text(sealing::Column::AccountLinkName, place, &row.name_sealed)?,
            crm: crm.map(|(account, contact)| CrmIds { account, contact }),
            refreshed_at: row.refreshed_at,
        })
    }

    /// The row's name for sealing: its key has two parts, and no two rows may have the same one.
    fn place(&self, client_id: i64) -> Uuid {
        let client = u128::from(client_id.unsigned_abs());
        Uuid::from_u128(self.user.as_uuid().as_u128() ^ client.rotate_left(64))
    }
}

impl fmt::Debug for AccountLink {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("AccountLink")
            .field("client_id", &self.client_id)
            .field("is_owner", &self.is_owner)
            .finish_non_exhaustive()
    }
}
