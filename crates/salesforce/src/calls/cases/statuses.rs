//! The statuses a case can have. Orgs differ, and only this list tells which of them are closed.

use serde::Deserialize;
use tokio::time::Instant;

use super::unusable;
use crate::client::Client;
use crate::error::Error;
use crate::soql::{Direction, Field, Nulls, Object, Query};

const SORT_ORDER: Field = Field::new("SortOrder");

/// A status of cases.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct CaseStatus {
    /// What is stored and sent.
    pub api_name: String,
    /// What people see, in the integration user's language.
    pub master_label: String,
    /// Is a case of this status closed? Several statuses can be.
    pub is_closed: bool,
    /// Do new cases have it?
    pub is_default: bool,
    /// Place in the org's own order.
    pub sort_order: Option<i64>,
}

impl Client {
    /// The statuses of cases in the org's own order. One request, one counted call; they change rarely, so keep them.
    pub async fn case_statuses(&self, deadline: Instant) -> Result<Vec<CaseStatus>, Error> {
        let fields = [
            Field::new("ApiName"),
            Field::new("MasterLabel"),
            Field::new("IsClosed"),
            Field::new("IsDefault"),
            SORT_ORDER,
        ];
        let soql = Query::select(Object::new("CaseStatus"), &fields)
            .order_by(SORT_ORDER, Direction::Ascending, Nulls::Last)
            .build()
            .map_err(unusable)?;
        Ok(self.query_up_to(&soql, usize::MAX, deadline).await?.records)
    }
}
