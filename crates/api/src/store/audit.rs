//! The audit log: appended to in the transaction of what it tells, never changed.

use chrono::{DateTime, Utc};
use sea_orm::{EntityTrait as _, QueryFilter as _, QueryOrder as _, QuerySelect as _, Set};
use serde_json::Value;
use shared_types::ids::{ActivityId, UserId};

use super::entities::audit_entry::{ActiveModel, COLUMN, Column, Entity, Model};
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

/// A line of the log.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AuditRecord {
    /// Which.
    pub id: ActivityId,
    /// When.
    pub at: DateTime<Utc>,
    /// What, as `area.verb`.
    pub event: String,
    /// How it went out.
    pub outcome: String,
    /// Ids and codes.
    pub detail: Value,
}

/// The log of one user, or of nobody.
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

    /// The newest entry of a kind.
    pub async fn newest(&self, event: &str, outcome: &str) -> Result<Option<AuditRecord>, StoreError> {
        let query = self.newest_first().filter(COLUMN.event.eq(event)).filter(COLUMN.outcome.eq(outcome));
        Ok(query.one(self.tx.connection()).await?.map(AuditRecord::from))
    }

    /// Up to `limit` entries of the given kinds, the newest first; those before `before`, if it is given. Ids are made in the order of
    /// time, so that the id of the last entry is the place where the next page begins, whatever is added in the meantime.
    pub async fn page(
        &self,
        events: &[&str],
        before: Option<ActivityId>,
        limit: u64,
    ) -> Result<Vec<AuditRecord>, StoreError> {
        let mut query = self.newest_first().filter(COLUMN.event.is_in(events.iter().copied())).limit(limit);
        if let Some(before) = before {
            query = query.filter(COLUMN.id.lt(before.as_uuid()));
        }
        let rows = query.all(self.tx.connection()).await?;
        Ok(rows.into_iter().map(AuditRecord::from).collect())
    }

    fn newest_first(&self) -> sea_orm::Select<Entity> {
        let own = match self.user {
            Some(user) => COLUMN.user_id.eq(user.as_uuid()),
            None => COLUMN.user_id.is_null(),
        };
        Entity::find().filter(own).order_by_desc(Column::Id)
    }
}

impl From<Model> for AuditRecord {
    fn from(row: Model) -> Self {
        Self {
            id: ActivityId::from_uuid(row.id),
            at: row.at,
            event: row.event,
            outcome: row.outcome,
            detail: serde_json::from_str(&row.detail).unwrap_or(Value::Null),
        }
    }
}
