//! The audit log: appended to in the transaction of what it tells, never changed.

use sea_orm::{EntityTrait as _, Set};
use serde_json::Value;
use shared_types::ids::UserId;

use super::entities::audit_entry::{ActiveModel, Entity};
use super::error::StoreError;
use super::transaction::Tx;

/// Something that happened.
#[derive(Clone, Debug)]
pub struct AuditEvent<'a> {
    /// What, as `area.verb`.
    pub event: &'a str,
    /// How it went out.
    pub outcome: &'a str,
    /// Request in which it happened.
    pub request_id: Option<&'a str>,
    /// Ids and codes, never personal data.
    pub detail: Value,
}

/// Appending in the name of one user, or of nobody.
pub struct AuditLog<'t> {
    tx: &'t Tx,
    user: Option<UserId>,
}

impl<'t> AuditLog<'t> {
    pub(super) const fn new(tx: &'t Tx, user: Option<UserId>) -> Self {
        Self { tx, user }
    }

    /// Appends an entry with the present time.
    pub async fn append(&self, event: &AuditEvent<'_>) -> Result<(), StoreError> {
        let now = self.tx.now();
        let row = ActiveModel {
            id: Set(self.tx.context().random.uuid(now)),
            at: Set(now),
            user_id: Set(self.user.map(|user| user.as_uuid())),
            event: Set(event.event.to_owned()),
            outcome: Set(event.outcome.to_owned()),
            request_id: Set(event.request_id.map(str::to_owned)),
            detail: Set(event.detail.to_string()),
        };
        Entity::insert(row).exec_without_returning(self.tx.connection()).await?;
        Ok(())
    }
}
