//! What is written to a record, and under which of Salesforce's options.

use std::fmt;

use chrono::{DateTime, Utc};
use serde::{Serialize, Serializer};
use serde_json::{Map, Value};

use crate::calls::composite::Reference;
use crate::error::{Error, NotSent};
use crate::id::SalesforceId;
use crate::names::Field;
use crate::time;

/// Values of a record's fields. A path such as `Account.WHMCS_Client_Id__c` addresses a parent by its key.
#[derive(Clone, Default)]
pub struct Fields {
    values: Map<String, Value>,
    references: Vec<(Field, Reference)>,
}

impl Fields {
    /// No fields.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// Sets a field; null empties it, and so does empty text. Ids, texts, numbers, truth values and options of them
    /// convert by themselves.
    #[must_use]
    pub fn set(mut self, field: Field, value: impl Into<Value>) -> Self {
        insert(&mut self.values, field.name(), value.into());
        self
    }

    /// Sets a date-time field.
    #[must_use]
    pub fn set_time(self, field: Field, value: DateTime<Utc>) -> Self {
        self.set(field, time::text(value))
    }

    /// Sets a field to the id of the record that another part of the same composite request creates or upserts.
    #[must_use]
    pub fn set_created(mut self, field: Field, part: Reference) -> Self {
        insert(&mut self.values, field.name(), Value::Null);
        self.references.push((field, part));
        self
    }

    pub(crate) fn values(&self) -> &Map<String, Value> {
        &self.values
    }

    /// The parts of a composite request that the values refer to.
    pub(crate) fn references(&self) -> impl Iterator<Item = Reference> {
        self.references.iter().map(|(_, part)| *part)
    }

    /// The body for a call of its own.
    pub(crate) fn alone(&self) -> Result<&Self, Error> {
        if self.references.is_empty() {
            Ok(self)
        } else {
            Err(Error::NotSent(NotSent::InvalidInput("reference outside a composite request")))
        }
    }

    /// The body for a part of a composite request. There `@{…}` is replaced by pieces of other answers, and nothing
    /// escapes it: it is refused in values.
    pub(crate) fn in_composite(&self) -> Result<Map<String, Value>, Error> {
        if self.values.values().any(holds_reference) {
            return Err(Error::NotSent(NotSent::InvalidInput("field value")));
        }
        let mut body = self.values.clone();
        for (field, part) in &self.references {
            insert(&mut body, field.name(), Value::String(part.created_id()));
        }
        Ok(body)
    }

    /// Salesforce refuses the record's own id, and the key it is addressed by, among the values.
    pub(crate) fn check_addressed_by(&self, key: Option<Field>) -> Result<(), Error> {
        let is_address =
            |name: &String| [Some(Field::ID), key].iter().flatten().any(|field| is_named(*field, name));
        if self.values.keys().any(is_address) {
            return Err(Error::NotSent(NotSent::InvalidInput("the record's own key among its fields")));
        }
        Ok(())
    }
}

fn is_named(field: Field, name: &str) -> bool {
    field.name().eq_ignore_ascii_case(name)
}

/// Sets the value at the path; what stands in the way of an object is replaced.
fn insert(map: &mut Map<String, Value>, path: &str, value: Value) {
    match path.split_once('.') {
        None => {
            map.insert(path.to_owned(), value);
        }
        Some((parent, rest)) => {
            let entry = map.entry(parent).or_insert_with(|| Value::Object(Map::new()));
            if !entry.is_object() {
                *entry = Value::Object(Map::new());
            }
            if let Value::Object(inner) = entry {
                insert(inner, rest, value);
            }
        }
    }
}

pub(crate) fn holds_reference(value: &Value) -> bool {
    match value {
        Value::String(text) => text.contains("@{"),
        Value::Array(items) => items.iter().any(holds_reference),
        Value::Object(members) => members.values().any(holds_reference),
        Value::Null | Value::Bool(_) | Value::Number(_) => false,
    }
}

impl Serialize for Fields {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        self.values.serialize(serializer)
    }
}

impl fmt::Debug for Fields {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_list().entries(self.values.keys()).finish()
    }
}

impl From<&SalesforceId> for Value {
    fn from(id: &SalesforceId) -> Self {
        Self::String(id.as_str().to_owned())
    }
}

/// Salesforce's options for a write. The default is what Salesforce does by itself.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct WriteOptions {
    /// Save although an alert rule finds similar records. A block rule is not overridden.
    pub allow_duplicates: bool,
    /// Assignment rules for cases.
    pub assignment: Assignment,
    /// Write only if the record was not changed since; else
    /// [`PreconditionFailed`](crate::RefusalKind::PreconditionFailed). For updates by id.
    pub unmodified_since: Option<DateTime<Utc>>,
}

/// Whether the org's assignment rules choose the owner.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Assignment {
    /// Salesforce's default: the active rules run, on updates as well.
    #[default]
    Unspecified,
    /// The active rules run.
    Active,
    /// No rules run.
    Off,
}

impl WriteOptions {
    /// The request headers that say so.
    pub(crate) fn headers(self) -> Vec<(&'static str, String)> {
        let mut headers = Vec::new();
        if self.allow_duplicates {
            headers.push(("sforce-duplicate-rule-header", "allowSave=true".to_owned()));
        }
        match self.assignment {
            Assignment::Unspecified => {}
            Assignment::Active => headers.push(("sforce-auto-assign", "TRUE".to_owned())),
            Assignment::Off => headers.push(("sforce-auto-assign", "FALSE".to_owned())),
        }
        if let Some(since) = self.unmodified_since {
            headers.push(("if-unmodified-since", time::http_date(since)));
        }
        headers
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    const PART: Reference = Reference::new("acc");

    #[test]
    fn paths_nest() {
        let id: SalesforceId = "00190000001pPvH".parse().unwrap();
        let fields = Fields::new()
            .set(Field::new("Subject"), "x")
            .set(Field::new("Contact.Key__c"), "42-7")
            .set(Field::new("Contact.Account.Key__c"), "42")
            .set(Field::new("AccountId"), &id)
            .set(Field::new("Reason"), Value::Null)
            .set_time(Field::new("At__c"), DateTime::from_timestamp(1_793_527_200, 0).unwrap());
        assert_eq!(
            serde_json::to_value(&fields).unwrap(),
            json!({
                "Subject": "x", "Contact": { "Key__c": "42-7", "Account": { "Key__c": "42" } },
                "AccountId": "00190000001pPvHAAU", "Reason": null, "At__c": "2026-11-01T10:00:00.000Z",
            })
        );
        assert!(!format!("{fields:?}").contains("42"));
    }

    #[test]
    fn references_live_in_composite_requests_only() {
        let fields = Fields::new().set_created(Field::new("AccountId"), PART);
        assert!(fields.alone().is_err());
        assert_eq!(json!(fields.in_composite().unwrap()), json!({ "AccountId": "@{acc.id}" }));
        let forged = Fields::new().set(Field::new("A.B"), json!(["x", { "y": "a@{acc.id}" }]));
        assert!(forged.alone().is_ok() && forged.in_composite().is_err());
    }

    #[test]
    fn a_record_is_not_addressed_in_its_body() {
        let key = Field::new("Key__c");
        assert!(Fields::new().set(Field::new("id"), "x").check_addressed_by(None).is_err());
        assert!(Fields::new().set(Field::new("KEY__C"), "x").check_addressed_by(Some(key)).is_err());
        assert!(Fields::new().set(key, "x").check_addressed_by(None).is_ok());
    }
}
