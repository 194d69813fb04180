//! What ties a portal user to a WHMCS client and a Salesforce account: the state of provisioning.
//!
//! Every step is written before and after the call it belongs to, so that a job killed in between is continued
//! from here and not begun anew.

use chrono::{DateTime, Utc};
use sea_orm::sea_query::{Expr, ExprTrait as _};
use sea_orm::{EntityTrait as _, QueryFilter as _, Set};
use shared_types::ids::UserId;

use super::entities::id_mapping::{ActiveModel, COLUMN, Column, Entity, Model};
use super::error::StoreError;
use super::transaction::Tx;

/// How far provisioning has come.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ProvisionState {
    /// Nothing has been sent.
    Pending,
    /// `AddClient` may have been sent; its outcome is not known yet.
    Sending,
    /// The WHMCS client is known, Salesforce is still to come.
    LinkedBilling,
    /// Both are known.
    Ready,
    /// The address belongs to a WHMCS client that the portal did not make: the customer has to prove it.
    NeedsLink,
    /// Given up; an operator has to look.
    Failed,
}

impl ProvisionState {
    pub(super) const fn as_str(self) -> &'static str {
        match self {
            Self::Pending => "pending",
            Self::Sending => "sending",
            Self::LinkedBilling => "linked_billing",
            Self::Ready => "ready",
            Self::NeedsLink => "needs_link",
            Self::Failed => "failed",
        }
    }

    pub(super) fn parse(text: &str) -> Result<Self, StoreError> {
        match text {
            "pending" => Ok(Self::Pending),
            "sending" => Ok(Self::Sending),
            "linked_billing" => Ok(Self::LinkedBilling),
            "ready" => Ok(Self::Ready),
            "needs_link" => Ok(Self::NeedsLink),
            "failed" => Ok(Self::Failed),
            _ => Err(StoreError::corrupt("id_mappings.provision_state")),
        }
    }
}

/// A user's ids in the other systems.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Mapping {
    /// Whose.
    pub user_id: UserId,
    /// WHMCS user.
    pub whmcs_user_id: Option<i64>,
    /// WHMCS client.
    pub whmcs_client_id: Option<i64>,
    /// Salesforce account, 18 characters.
    pub sf_account_id: Option<String>,
    /// Salesforce contact, 18 characters.
    pub sf_contact_id: Option<String>,
    /// How far provisioning has come.
    pub state: ProvisionState,
    /// Random mark that `AddClient` leaves in WHMCS, by which the portal knows its own client again.
    pub marker: String,
    /// How often `AddClient` was about to be sent.
    pub attempt: i32,
    /// When it was last about to be sent.
    pub sent_at: Option<DateTime<Utc>>,
    /// When the row last changed.
    pub updated_at: DateTime<Utc>,
}

/// Ids that WHMCS gave. WHMCS before version 8 has no users.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct BillingIds {
    /// WHMCS user.
    pub user: Option<i64>,
    /// WHMCS client.
    pub client: i64,
}

/// Ids that Salesforce gave, 18 characters each.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CrmIds {
    /// Account.
    pub account: String,
    /// Contact.
    pub contact: String,
}

/// All mappings.
pub struct Mappings<'t> {
    tx: &'t Tx,
}

impl<'t> Mappings<'t> {
    pub(super) const fn new(tx: &'t Tx) -> Self {
        Self { tx }
    }

    /// Adds a mapping of which nothing is known yet.
    pub async fn insert_pending(&self, user: UserId, marker: &str) -> Result<(), StoreError> {
        let row = ActiveModel {
            user_id: Set(user.as_uuid()),
            whmcs_user_id: Set(None),
            whmcs_client_id: Set(None),
            sf_account_id: Set(None),
            sf_contact_id: Set(None),
            provision_state: Set(ProvisionState::Pending.as_str().to_owned()),
            marker: Set(marker.to_owned()),
            attempt: Set(0),
            sent_at: Set(None),
            updated_at: Set(self.tx.now()),
        };
        Entity::insert(row).exec_without_returning(self.tx.connection()).await?;
        Ok(())
    }

    /// A user's mapping.
    pub async fn get(&self, user: UserId) -> Result<Option<Mapping>, StoreError> {
        let row = Entity::find_by_id(user.as_uuid()).one(self.tx.connection()).await?;
        row.map(Mapping::try_from).transpose()
    }

    /// The user to whom a WHMCS client belongs.
    pub async fn by_whmcs_client(&self, client: i64) -> Result<Option<Mapping>, StoreError> {
        let query = Entity::find().filter(COLUMN.whmcs_client_id.eq(client));
        query.one(self.tx.connection()).await?.map(Mapping::try_from).transpose()
    }

    /// The user to whom a WHMCS user belongs.
    pub async fn by_whmcs_user(&self, user: i64) -> Result<Option<Mapping>, StoreError> {
        let query = Entity::find().filter(COLUMN.whmcs_user_id.eq(user));
        query.one(self.tx.connection()).await?.map(Mapping::try_from).transpose()
    }

    /// Notes that `AddClient` is about to be sent for the `attempt`-th time, counted from 1. `false` if that attempt
    /// was noted before or the client is known already: then nothing may be sent.
    pub async fn mark_sending(&self, user: UserId, attempt: i32) -> Result<bool, StoreError> {
        let now = self.tx.now();
        let result = Entity::update_many()
            .col_expr(Column::ProvisionState, Expr::value(ProvisionState::Sending.as_str()))
            .col_expr(Column::Attempt, Expr::value(attempt))
            .col_expr(Column::SentAt, Expr::value(now))
            .col_expr(Column::UpdatedAt, Expr::value(now))
            .filter(COLUMN.user_id.eq(user.as_uuid()))
            .filter(COLUMN.attempt.eq(attempt.saturating_sub(1)))
            .filter(COLUMN.whmcs_client_id.is_null())
            .exec(self.tx.connection())
            .await?;
        Ok(result.rows_affected == 1)
    }

    /// Stores the WHMCS ids and moves on to `LinkedBilling`. `Conflict` if another user has one of them; `false` if
    /// the user is tied to another client already, which stays.
    pub async fn set_billing(&self, user: UserId, ids: BillingIds) -> Result<bool, StoreError> {
        let result = Entity::update_many()
            .col_expr(Column::WhmcsUserId, Expr::value(ids.user))
            .col_expr(Column::WhmcsClientId, Expr::value(ids.client))
            .col_expr(Column::ProvisionState, Expr::value(ProvisionState::LinkedBilling.as_str()))
            .col_expr(Column::UpdatedAt, Expr::value(self.tx.now()))
            .filter(COLUMN.user_id.eq(user.as_uuid()))
            .filter(COLUMN.whmcs_client_id.is_null().or(COLUMN.whmcs_client_id.eq(ids.client)))
            .exec(self.tx.connection())
            .await?;
        Ok(result.rows_affected == 1)
    }

    /// Stores the Salesforce ids and moves on to `Ready`. `Conflict` if another user has one of them; `false` if the
    /// WHMCS client is not known yet.
    pub async fn set_crm(&self, user: UserId, ids: &CrmIds) -> Result<bool, StoreError> {
        let result = Entity::update_many()
            .col_expr(Column::SfAccountId, Expr::value(ids.account.as_str()))
            .col_expr(Column::SfContactId, Expr::value(ids.contact.as_str()))
            .col_expr(Column::ProvisionState, Expr::value(ProvisionState::Ready.as_str()))
            .col_expr(Column::UpdatedAt, Expr::value(self.tx.now()))
            .filter(COLUMN.user_id.eq(user.as_uuid()))
            .filter(COLUMN.whmcs_client_id.is_not_null())
            .exec(self.tx.connection())
            .await?;
        Ok(result.rows_affected == 1)
    }

    /// Sets the state alone. `false` if there is no such mapping.
    pub async fn set_state(&self, user: UserId, state: ProvisionState) -> Result<bool, StoreError> {
        let result = Entity::update_many()
            .col_expr(Column::ProvisionState, Expr::value(state.as_str()))
            .col_expr(Column::UpdatedAt, Expr::value(self.tx.now()))
            .filter(COLUMN.user_id.eq(user.as_uuid()))
            .exec(self.tx.connection())
            .await?;
        Ok(result.rows_affected == 1)
    }
}

impl TryFrom<Model> for Mapping {
    type Error = StoreError;

    fn try_from(row: Model) -> Result<Self, StoreError> {
        Ok(Self {
            user_id: UserId::from_uuid(row.user_id),
            whmcs_user_id: row.whmcs_user_id,
            whmcs_client_id: row.whmcs_client_id,
            sf_account_id: row.sf_account_id,
            sf_contact_id: row.sf_contact_id,
            state: ProvisionState::parse(&row.provision_state)?,
            marker: row.marker,
            attempt: row.attempt,
            sent_at: row.sent_at,
            updated_at: row.updated_at,
        })
    }
}
