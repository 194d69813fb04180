//! Storing, changing and deleting records: defaults, stamps, rules and what follows from a write.

mod case;
mod check;
mod content;
mod rules;

use std::collections::BTreeMap;

use chrono::{DateTime, SubsecRound, Utc};
use serde_json::{Value, json};

use super::error::RestError;
use super::id;
use super::schema::{Kind, Object};
use crate::ledger::salesforce::{AGENT, Record, Salesforce, USER};

pub use check::{Mode, check};
pub use rules::duplicate_value;

/// Values ready to be stored, by canonical field name.
pub type Values = BTreeMap<&'static str, Value>;

/// Salesforce's date-time on the wire: whole seconds, an offset without a colon.
pub fn wire_time(moment: DateTime<Utc>) -> String {
    moment.trunc_subsecs(0).format("%Y-%m-%dT%H:%M:%S%.3f+0000").to_string()
}

/// As a JSON value.
pub fn moment(moment: DateTime<Utc>) -> Value {
    json!(wire_time(moment))
}

/// A date-time as it was stored.
pub fn read_time(text: &str) -> Option<DateTime<Utc>> {
    let read = DateTime::parse_from_rfc3339(text)
        .or_else(|_| DateTime::parse_from_str(text, "%Y-%m-%dT%H:%M:%S%.f%z"))
        .ok()?;
    Some(read.with_timezone(&Utc))
}

/// Who writes, when, and what they insist on.
#[derive(Debug, Clone)]
pub struct Author {
    pub now: DateTime<Utc>,
    pub user: String,
    /// Alert rules do not stop this write.
    pub save_duplicates: bool,
    /// Assignment rules run.
    pub assign: bool,
}

impl Author {
    /// The integration user.
    pub fn portal(now: DateTime<Utc>) -> Self {
        Self { now, user: id::with_checksum(USER), save_duplicates: false, assign: true }
    }

    /// An agent in the user interface.
    pub fn agent(now: DateTime<Utc>) -> Self {
        Self { user: id::with_checksum(AGENT), assign: false, ..Self::portal(now) }
    }
}

/// Stores a new record with defaults, formulas and stamps.
pub fn insert(
    store: &mut Salesforce,
    object: &Object,
    mut values: Values,
    author: &Author,
) -> Result<String, RestError> {
    values.retain(|_, value| !value.is_null());
    let mut missing: Vec<&str> = object
        .fields
        .iter()
        .filter(|field| field.required && !values.contains_key(field.name))
        .map(|field| field.name)
        .collect();
    if object.name == "Case" && store.settings.auto_response_rule && !values.contains_key("SuppliedEmail") {
        missing.push("SuppliedEmail");
    }
    if !missing.is_empty() {
        let message = format!("Required fields are missing: [{}]", missing.join(", "));
        return Err(RestError::record(400, "REQUIRED_FIELD_MISSING", message, &missing));
    }
    rules::unique(store, object, &values, None)?;
    rules::duplicates(store, object, &values, author)?;
    fill(object, &mut values, author);
    let extra = match object.name {
        "Case" => case::complete(store, object, &mut values, author),
        "ContentVersion" => content::complete(store, &mut values, author)?,
        _ => Value::Null,
    };
    let own_id = values.remove("Id").and_then(|id| id.as_str().map(str::to_owned));
    derive(object, &mut values, author.now);
    let id = match own_id {
        Some(id) => {
            store.insert_as(object, &id, values);
            id
        }
        None => store.insert(object, values),
    };
    if let Err(error) = rules::validate(store, object, &id, author.now) {
        store.discard(&id);
        return Err(error);
    }
    match object.name {
        "Case" => case::opened(store, &id, &extra, author)?,
        "ContentVersion" => content::published(store, &id, &extra, author)?,
        _ => {}
    }
    Ok(id)
}

/// Defaults and stamps of a new record.
fn fill(object: &Object, values: &mut Values, author: &Author) {
    for field in &object.fields {
        let default = match field.kind {
            Kind::Boolean => Some(json!(false)),
            Kind::Picklist => {
                field.choices.iter().find(|choice| choice.default).map(|choice| json!(choice.value))
            }
            Kind::DateTime if field.name == "MessageDate" => Some(moment(author.now)),
            Kind::Reference if field.name == "OwnerId" => Some(json!(author.user)),
            _ => None,
        };
        if let Some(default) = default {
            values.entry(field.name).or_insert(default);
        }
    }
    // Stamps that are there come from the control API: no caller of the REST API may write them.
    for stamp in ["CreatedDate", "LastModifiedDate", "SystemModstamp"] {
        values.entry(stamp).or_insert_with(|| moment(author.now));
    }
    for stamp in ["CreatedById", "LastModifiedById"] {
        values.entry(stamp).or_insert_with(|| json!(author.user));
    }
}

/// Changes a record. Nulls clear fields.
pub fn update(
    store: &mut Salesforce,
    object: &Object,
    id: &str,
    mut changes: Values,
    author: &Author,
) -> Result<(), RestError> {
    let before = existing(store, object, id)?.clone();
    let emptied =
        object.fields.iter().find(|field| field.required && changes.get(field.name) == Some(&Value::Null));
    if let Some(field) = emptied {
        let message = format!("Required fields are missing: [{}]", field.name);
        return Err(RestError::record(400, "REQUIRED_FIELD_MISSING", message, &[field.name]));
    }
    let sent = object.name == "EmailMessage" && before.text("Status") != "5";
    if sent && changes.keys().any(|name| *name != "IsExternallyVisible" && !name.ends_with("__c")) {
        return Err(no_access());
    }
    rules::unique(store, object, &changes, Some(id))?;
    let comment = changes.remove("Comments").filter(|comment| !comment.is_null());
    let record = store.get_mut(id).ok_or_else(RestError::not_found)?;
    record.fields.extend(changes);
    record.fields.retain(|_, value| !value.is_null());
    record.fields.insert("LastModifiedDate", moment(author.now));
    record.fields.insert("LastModifiedById", json!(author.user));
    record.fields.insert("SystemModstamp", moment(author.now));
    derive(object, &mut record.fields, author.now);
    store.note(object.name, id, "updated");
    if let Err(error) = rules::validate(store, object, id, author.now) {
        store.put_back(before);
        return Err(error);
    }
    if object.name == "Case" {
        case::changed(store, object, &before, author);
        if let Some(comment) = comment {
            case::comment(store, id, &comment, author)?;
        }
    }
    Ok(())
}

fn no_access() -> RestError {
    let message = "insufficient access rights on object id";
    RestError::record(400, "INSUFFICIENT_ACCESS_OR_READONLY", message, &[])
}

/// A record that may be written to.
fn existing<'a>(store: &'a Salesforce, object: &Object, id: &str) -> Result<&'a Record, RestError> {
    let record = store.get(id).filter(|record| record.object == object.name);
    let record = record.ok_or_else(|| RestError::cross_reference(404, &[]))?;
    if record.deleted() { Err(RestError::deleted()) } else { Ok(record) }
}

/// Objects whose records go to the recycle bin with their parent, and the reference that binds them.
const OWNED: [(&str, &str, &str); 6] = [
    ("Case", "CaseComment", "ParentId"),
    ("Case", "EmailMessage", "ParentId"),
    ("Case", "ContentDocumentLink", "LinkedEntityId"),
    ("Account", "Contact", "AccountId"),
    ("ContentDocument", "ContentVersion", "ContentDocumentId"),
    ("ContentDocument", "ContentDocumentLink", "ContentDocumentId"),
];

/// Puts a record and what belongs to it into the recycle bin.
pub fn delete(store: &mut Salesforce, object: &Object, id: &str, author: &Author) -> Result<(), RestError> {
    existing(store, object, id)?;
    if object.name == "CaseComment" && !store.settings.modify_all {
        return Err(no_access());
    }
    for child in owned(store, object, id) {
        bin(store, &child, true, author);
    }
    bin(store, id, true, author);
    Ok(())
}

/// Takes a record and what was deleted with it out of the recycle bin.
pub fn undelete(store: &mut Salesforce, object: &Object, id: &str, author: &Author) -> Result<(), RestError> {
    let record = store.get(id).filter(|record| record.object == object.name && record.deleted());
    let stamp = record.ok_or_else(RestError::not_found)?.text("SystemModstamp").to_owned();
    for child in owned(store, object, id) {
        if store.get(&child).is_some_and(|child| child.deleted() && child.text("SystemModstamp") == stamp) {
            bin(store, &child, false, author);
        }
    }
    bin(store, id, false, author);
    Ok(())
}

fn owned(store: &Salesforce, object: &Object, id: &str) -> Vec<String> {
    OWNED
        .iter()
        .filter(|(parent, ..)| *parent == object.name)
        .filter_map(|(_, child, reference)| Some((store.object(child)?, *reference)))
        .flat_map(|(child, reference)| {
            let found: Vec<String> = store
                .all(&child)
                .filter(|record| record.text(reference) == id)
                .map(|record| record.id.clone())
                .collect();
            found
        })
        .collect()
}

fn bin(store: &mut Salesforce, id: &str, deleted: bool, author: &Author) {
    let Some(record) = store.get_mut(id) else { return };
    if record.deleted() == deleted {
        return;
    }
    record.fields.insert("IsDeleted", json!(deleted));
    record.fields.insert("LastModifiedDate", moment(author.now));
    record.fields.insert("LastModifiedById", json!(author.user));
    record.fields.insert("SystemModstamp", moment(author.now));
    let object = record.object;
    store.note(object, id, if deleted { "deleted" } else { "undeleted" });
}

/// Merges a case into another: its comments and mails move, it goes to the recycle bin.
pub fn merge(store: &mut Salesforce, loser: &str, master: &str, author: &Author) -> Result<(), RestError> {
    let object = store.object("Case").ok_or_else(RestError::not_found)?;
    existing(store, &object, master)?;
    existing(store, &object, loser)?;
    for (_, child, reference) in OWNED.iter().filter(|(parent, ..)| *parent == "Case") {
        let Some(child) = store.object(child) else { continue };
        let moving: Vec<String> = store
            .all(&child)
            .filter(|record| record.text(reference) == loser)
            .map(|record| record.id.clone())
            .collect();
        for id in moving {
            if let Some(record) = store.get_mut(&id) {
                record.fields.insert(reference, json!(master));
                record.fields.insert("SystemModstamp", moment(author.now));
            }
            store.note(child.name, &id, "updated");
        }
    }
    if let Some(record) = store.get_mut(loser) {
        record.fields.insert("MasterRecordId", json!(master));
    }
    bin(store, loser, true, author);
    Ok(())
}

/// Formula fields that follow from the others.
fn derive(object: &Object, values: &mut Values, now: DateTime<Utc>) {
    match object.name {
        "Contact" => {
            let part = |name: &str| values.get(name).and_then(Value::as_str).unwrap_or_default();
            let name = format!("{} {}", part("FirstName"), part("LastName")).trim().to_owned();
            values.insert("Name", json!(name));
        }
        "Case" => case::derive(object, values, now),
        _ => {}
    }
}
