//! What changed at a case and when, for fields whose history the org keeps.

use std::fmt;

use chrono::{DateTime, Utc};
use serde::Deserialize;
use serde_json::Value as Json;
use tokio::time::Instant;

use super::{CREATED, CaseOf, Listed, Row, unusable};
use crate::client::Client;
use crate::error::Error;
use crate::id::SalesforceId;
use crate::soql::{Condition, Field, Object, Position, Query, Value};
use crate::time;

const HISTORY: Object = Object::new("CaseHistory");
const FIELD: Field = Field::new("Field");

/// One change. A change of a lookup is two: one of names, one of ids.
#[derive(Clone, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct CaseChange {
    /// Its id.
    pub id: SalesforceId,
    /// The field's API name, or `created`.
    pub field: String,
    /// Value before, of the field's own JSON type; null where there was none.
    #[serde(default)]
    pub old_value: Json,
    /// Value after.
    #[serde(default)]
    pub new_value: Json,
    /// When.
    #[serde(rename = "CreatedDate", deserialize_with = "time::deserialize")]
    pub created_at: DateTime<Utc>,
}

impl Row for CaseChange {
    fn position(&self) -> Position {
        Position { time: self.created_at, id: self.id.clone() }
    }

    /// The caller names the fields.
    fn is_public(&self) -> bool {
        true
    }
}

impl Client {
    /// Up to `rows` changes of these fields after the position, oldest first; none where the case is not the
    /// account's. One request, one counted call. Owners' names are not for customers: ask for `Status`.
    pub async fn case_history(
        &self,
        of: CaseOf<'_>,
        fields: &[Field],
        after: Option<&Position>,
        rows: u32,
        deadline: Instant,
    ) -> Result<Listed<CaseChange>, Error> {
        let selected = [Field::ID, FIELD, Field::new("OldValue"), Field::new("NewValue"), CREATED];
        let names = fields.iter().map(|field| Value::text(field.name())).collect::<Result<Vec<_>, _>>();
        let query = of
            .only(Query::select(HISTORY, &selected), Field::new("CaseId"), Field::new("Case.AccountId"))?
            .filter(Condition::is_in(FIELD, names.map_err(unusable)?));
        let mut listed: Listed<CaseChange> = self.list(query, after, rows, deadline).await?;
        listed.rows.retain(|row| fields.iter().any(|field| field.name().eq_ignore_ascii_case(&row.field)));
        Ok(listed)
    }
}

impl fmt::Debug for CaseChange {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("CaseChange").field("id", &self.id).field("field", &self.field).finish_non_exhaustive()
    }
}
