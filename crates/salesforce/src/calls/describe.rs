//! What an object looks like in this org, as far as the integration user may see it: a field that is hidden from it
//! is missing.

use chrono::{DateTime, Utc};
use reqwest::header::{HeaderValue, IF_MODIFIED_SINCE};
use serde::Deserialize;
use tokio::time::Instant;

use crate::catalogue;
use crate::client::{Client, DataCall, decode};
use crate::error::Error;
use crate::fault;
use crate::names::Object;
use crate::time;

/// Description of an object. Flags are about the integration user, not about customers.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "camelCase")]
#[expect(clippy::struct_excessive_bools, reason = "Salesforce describes an object by independent flags")]
pub struct ObjectDescription {
    /// API name.
    pub name: String,
    /// Name for people, in the integration user's language.
    #[serde(default)]
    pub label: String,
    /// First three characters of its record ids.
    #[serde(default)]
    pub key_prefix: Option<String>,
    /// May records be created?
    #[serde(default)]
    pub createable: bool,
    /// May records be changed?
    #[serde(default)]
    pub updateable: bool,
    /// May records be deleted?
    #[serde(default)]
    pub deletable: bool,
    /// May records be queried?
    #[serde(default)]
    pub queryable: bool,
    /// The fields that may be read.
    pub fields: Vec<FieldDescription>,
    /// Objects whose records refer to records of this one.
    #[serde(default)]
    pub child_relationships: Vec<ChildRelationship>,
}

/// Description of a field.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "camelCase")]
#[expect(clippy::struct_excessive_bools, reason = "Salesforce describes a field by independent flags")]
pub struct FieldDescription {
    /// API name.
    pub name: String,
    /// Name for people, in the integration user's language.
    #[serde(default)]
    pub label: String,
    /// E.g. `string`, `picklist`, `reference`.
    #[serde(rename = "type")]
    pub kind: String,
    /// Longest text, in characters; 0 for other types.
    #[serde(default)]
    pub length: u64,
    /// May it be empty?
    #[serde(default)]
    pub nillable: bool,
    /// Does Salesforce fill it when a record is created without it?
    #[serde(default)]
    pub defaulted_on_create: bool,
    /// May it be set when a record is created?
    #[serde(default)]
    pub createable: bool,
    /// May it be changed?
    #[serde(default)]
    pub updateable: bool,
    /// May it stand in WHERE?
    #[serde(default)]
    pub filterable: bool,
    /// May it stand in ORDER BY?
    #[serde(default)]
    pub sortable: bool,
    /// Are its values unique?
    #[serde(default)]
    pub unique: bool,
    /// Can records be addressed by it?
    #[serde(default)]
    pub external_id: bool,
    /// Can records be addressed by it in an upsert?
    #[serde(default)]
    pub id_lookup: bool,
    /// Is its text compared by case?
    #[serde(default)]
    pub case_sensitive: bool,
    /// Does Salesforce refuse values that are not in the picklist? Where not, it stores any text.
    #[serde(default)]
    pub restricted_picklist: bool,
    /// Do its values depend on another field?
    #[serde(default)]
    pub dependent_picklist: bool,
    /// The field they depend on.
    #[serde(default)]
    pub controller_name: Option<String>,
    /// The picklist's values, in the order of its set-up.
    #[serde(default)]
    pub picklist_values: Vec<PicklistValue>,
    /// Objects that a reference may point to.
    #[serde(default)]
    pub reference_to: Vec<String>,
    /// Name of the path to the parent in queries.
    #[serde(default)]
    pub relationship_name: Option<String>,
}

/// A value of a picklist.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct PicklistValue {
    /// What is stored and sent.
    pub value: String,
    /// What people see, in the integration user's language; null where it is the value.
    #[serde(default)]
    pub label: Option<String>,
    /// May new records have it? Old ones can hold inactive values.
    pub active: bool,
    /// Is it the default?
    #[serde(default)]
    pub default_value: bool,
    /// For dependent picklists: base64 of one bit for each value of the controlling field.
    #[serde(default)]
    pub valid_for: Option<String>,
}

/// Records that refer to records of the described object.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct ChildRelationship {
    /// The referring object.
    #[serde(rename = "childSObject")]
    pub object: String,
    /// Its field.
    pub field: String,
    /// Name of the relationship in queries, where it has one.
    #[serde(default)]
    pub relationship_name: Option<String>,
}

impl ObjectDescription {
    /// The field of this API name; names are case-insensitive.
    #[must_use]
    pub fn field(&self, name: &str) -> Option<&FieldDescription> {
        self.fields.iter().find(|field| field.name.eq_ignore_ascii_case(name))
    }
}

impl Client {
    /// Describes an object. One request, one counted call; the answer of a large object is some 100 KiB and changes
    /// rarely, so keep it.
    pub async fn describe(&self, object: Object, deadline: Instant) -> Result<ObjectDescription, Error> {
        let answer = self.send(&call(object), deadline).await.map_err(Error::addressing_no_record)?;
        decode(&answer)
    }

    /// Describes an object if its description was changed since then; `None` if not.
    pub async fn describe_if_modified(
        &self,
        object: Object,
        since: DateTime<Utc>,
        deadline: Instant,
    ) -> Result<Option<ObjectDescription>, Error> {
        let mut call = call(object);
        if let Ok(date) = HeaderValue::from_str(&time::http_date(since)) {
            call = call.header(IF_MODIFIED_SINCE, date);
        }
        let answer = self.send_unjudged(&call, deadline).await?;
        if answer.status == 304 {
            return Ok(None);
        }
        let answer = fault::check(answer, object.name()).map_err(Error::addressing_no_record)?;
        decode(&answer).map(Some)
    }
}

fn call(object: Object) -> DataCall {
    DataCall::new(object.name(), &catalogue::DESCRIBE).segment(object.name())
}
