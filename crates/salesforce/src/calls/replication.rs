//! Which records were deleted or changed in a span of time, for keeping copies in step.

use chrono::{DateTime, Utc};
use serde::Deserialize;
use tokio::time::Instant;

use crate::catalogue::{self, Call};
use crate::client::{Client, DataCall, decode};
use crate::error::{Error, NotSent};
use crate::id::SalesforceId;
use crate::names::Object;
use crate::time;
use crate::transport::Answer;

/// Records deleted in a span of time.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct DeletedRecords {
    /// The records, each once for every time it was deleted.
    #[serde(rename = "deletedRecords")]
    pub records: Vec<DeletedRecord>,
    /// Nothing is known of deletions before this.
    #[serde(deserialize_with = "time::deserialize")]
    pub earliest_date_available: DateTime<Utc>,
    /// Where the next span begins: later deletions may still be missing.
    #[serde(deserialize_with = "time::deserialize")]
    pub latest_date_covered: DateTime<Utc>,
}

/// A deleted record.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct DeletedRecord {
    /// Its id.
    pub id: SalesforceId,
    /// When it was deleted.
    #[serde(deserialize_with = "time::deserialize")]
    pub deleted_date: DateTime<Utc>,
}

/// Records created or changed in a span of time.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct UpdatedRecords {
    /// Their ids.
    pub ids: Vec<SalesforceId>,
    /// Where the next span begins: later changes may still be missing.
    #[serde(deserialize_with = "time::deserialize")]
    pub latest_date_covered: DateTime<Utc>,
}

impl Client {
    /// Records of the object deleted from `start` to `end`, in whole minutes, at most 30 days back. One request, one
    /// counted call.
    pub async fn deleted(
        &self,
        object: Object,
        start: DateTime<Utc>,
        end: DateTime<Utc>,
        deadline: Instant,
    ) -> Result<DeletedRecords, Error> {
        decode(&self.span(&catalogue::DELETED, object, start, end, deadline).await?)
    }

    /// Records of the object created or changed from `start` to `end`, in whole minutes, at most 30 days back. One
    /// request, one counted call.
    pub async fn updated(
        &self,
        object: Object,
        start: DateTime<Utc>,
        end: DateTime<Utc>,
        deadline: Instant,
    ) -> Result<UpdatedRecords, Error> {
        decode(&self.span(&catalogue::UPDATED, object, start, end, deadline).await?)
    }

    async fn span(
        &self,
        entry: &'static Call,
        object: Object,
        start: DateTime<Utc>,
        end: DateTime<Utc>,
        deadline: Instant,
    ) -> Result<Answer, Error> {
        if start >= end {
            return Err(Error::NotSent(NotSent::InvalidInput("span of time")));
        }
        let call = DataCall::new(object.name(), entry)
            .segment(object.name())
            .param("start", time::seconds(start))
            .param("end", time::seconds(end));
        self.send(&call, deadline).await.map_err(Error::addressing_no_record)
    }
}
