//! Validating and storing field values: what Salesforce checks on every insert and update.

use std::collections::BTreeMap;

use chrono::{DateTime, Utc};
use serde_json::{Map, Value, json};

use super::error::RestError;
use super::id;
use super::schema::{self, Field, FieldKind, Object};
use crate::ledger::salesforce::Salesforce;

/// Values ready to be stored, by canonical field name.
pub type Values = BTreeMap<&'static str, Value>;

/// Salesforce's date-time on the wire: an offset without a colon.
pub fn moment(moment: DateTime<Utc>) -> Value {
    json!(moment.format("%Y-%m-%dT%H:%M:%S%.3f+0000").to_string())
}

/// Checks the members of a request body; `key` is the external id of an upsert, which must not be repeated.
pub fn check(
    store: &Salesforce,
    object: &Object,
    body: &Map<String, Value>,
    key: Option<&Field>,
) -> Result<Values, RestError> {
    let mut values = Values::new();
    for (name, value) in body {
        if name == "attributes" {
            continue;
        }
        if let Value::Object(parent) = value {
            let (field, target) =
                object.relationship(name).ok_or_else(|| RestError::no_such_column(name, object.name))?;
            values.insert(field.name, json!(parent_id(store, target, parent)?));
            continue;
        }
        let field = object.field(name).ok_or_else(|| RestError::no_such_column(name, object.name))?;
        if field.kind == FieldKind::Id || key.is_some_and(|key| key.name == field.name) {
            let message = format!("The {} field should not be specified in the sobject data.", field.name);
            return Err(RestError::new(400, "INVALID_FIELD", message));
        }
        if !field.writable {
            let message = format!(
                "Unable to create/update fields: {}. Please check the security settings of this field and verify \
                 that it is read/write for your profile or permission set.",
                field.name
            );
            return Err(RestError::record(400, "INVALID_FIELD_FOR_INSERT_UPDATE", message, &[field.name]));
        }
        values.insert(field.name, value_of(store, field, value)?);
    }
    Ok(values)
}

/// The id of a parent addressed by its external id: `{"WHMCS_Client_Id__c": "42"}`.
fn parent_id(store: &Salesforce, target: &Object, parent: &Map<String, Value>) -> Result<String, RestError> {
    let keyed = parent.iter().find(|(name, _)| *name != "attributes");
    let (name, value) = keyed.ok_or_else(RestError::bad_json)?;
    let field = target
        .field(name)
        .filter(|field| field.key)
        .ok_or_else(|| RestError::no_such_column(name, target.name))?;
    let value = value.as_str().map_or_else(|| value.to_string(), str::to_owned);
    let found = store.by_key(target, field.name, &value).next().map(|record| record.id.clone());
    found.ok_or_else(|| {
        let message = format!(
            "Foreign key external ID: {value} not found for field {} in entity {}",
            field.name, target.name
        );
        RestError::record(400, "INVALID_FIELD", message, &[])
    })
}

fn value_of(store: &Salesforce, field: &Field, value: &Value) -> Result<Value, RestError> {
    let text = match (value, field.kind) {
        (Value::Null, _) => return Ok(Value::Null),
        (Value::Bool(_), FieldKind::Boolean) => return Ok(value.clone()),
        (Value::String(text), kind) if kind != FieldKind::Boolean => text.clone(),
        (Value::Number(number), FieldKind::Text(_)) => number.to_string(),
        _ => return Err(RestError::bad_json()),
    };
    // An empty string is stored as null.
    if text.is_empty() {
        return Ok(Value::Null);
    }
    let field_error = |code: &str, message: String| RestError::record(400, code, message, &[field.name]);
    match field.kind {
        FieldKind::Text(max) | FieldKind::LongText(max) if text.chars().count() > max => Err(field_error(
            "STRING_TOO_LONG",
            format!("{}: data value too large: {text} (max length={max})", field.name),
        )),
        FieldKind::Email if !plausible_email(&text) => Err(field_error(
            "INVALID_EMAIL_ADDRESS",
            format!("{}: invalid email address: {text}", field.name),
        )),
        FieldKind::Lookup(target) => {
            let label = field.name.trim_end_matches("Id");
            let prefix = schema::object(target).map_or("", |object| object.prefix);
            let id = id::normalise(&text).filter(|id| id.starts_with(prefix)).ok_or_else(|| {
                field_error("MALFORMED_ID", format!("{label} ID: id value of incorrect type: {text}"))
            })?;
            if store.get(&id).is_none() {
                return Err(field_error(
                    "INVALID_CROSS_REFERENCE_KEY",
                    "invalid cross reference id".to_owned(),
                ));
            }
            Ok(json!(id))
        }
        _ => Ok(json!(text)),
    }
}

fn plausible_email(email: &str) -> bool {
    email.len() <= 80
        && email.split_once('@').is_some_and(|(local, host)| {
            !local.is_empty() && host.contains('.') && !email.contains(char::is_whitespace)
        })
}

/// Stores a new record with defaults, formulas and stamps.
pub fn insert(
    store: &mut Salesforce,
    object: &'static Object,
    mut values: Values,
    now: DateTime<Utc>,
) -> Result<String, RestError> {
    values.retain(|_, value| !value.is_null());
    let missing: Vec<&str> = object
        .fields
        .iter()
        .filter(|field| field.required && !values.contains_key(field.name))
        .map(|field| field.name)
        .collect();
    if !missing.is_empty() {
        let message = format!("Required fields are missing: [{}]", missing.join(", "));
        return Err(RestError::record(400, "REQUIRED_FIELD_MISSING", message, &missing));
    }
    unique(store, object, &values, None)?;
    let number = store.next(object);
    if object.name == "Case" {
        values.insert("CaseNumber", json!(format!("{:08}", 999 + number)));
        values.entry("Status").or_insert(json!("New"));
        let contact = values.get("ContactId").and_then(Value::as_str).and_then(|id| store.get(id));
        let account = contact.map(|contact| contact.get("AccountId").clone()).filter(|id| !id.is_null());
        if let Some(account) = account {
            values.entry("AccountId").or_insert(account);
        }
    }
    values.insert("CreatedDate", moment(now));
    derive(object, &mut values, now);
    Ok(store.insert(object, number, values))
}

/// Changes a record. Nulls clear fields.
pub fn update(
    store: &mut Salesforce,
    object: &'static Object,
    id: &str,
    changes: Values,
    now: DateTime<Utc>,
) -> Result<(), RestError> {
    let emptied =
        object.fields.iter().find(|field| field.required && changes.get(field.name) == Some(&Value::Null));
    if let Some(field) = emptied {
        let message = format!("Required fields are missing: [{}]", field.name);
        return Err(RestError::record(400, "REQUIRED_FIELD_MISSING", message, &[field.name]));
    }
    unique(store, object, &changes, Some(id))?;
    let record = store.get_mut(id).ok_or_else(RestError::not_found)?;
    record.fields.extend(changes);
    record.fields.retain(|_, value| !value.is_null());
    derive(object, &mut record.fields, now);
    Ok(())
}

fn unique(store: &Salesforce, object: &Object, values: &Values, own: Option<&str>) -> Result<(), RestError> {
    for field in object.fields.iter().filter(|field| field.key) {
        let Some(value) = values.get(field.name).and_then(Value::as_str) else { continue };
        let other = store.by_key(object, field.name, value).find(|record| Some(record.id.as_str()) != own);
        if let Some(other) = other {
            let fifteen = other.id.get(..15).unwrap_or(&other.id);
            let message = format!(
                "duplicate value found: {} duplicates value on record with id: {fifteen}",
                field.name
            );
            return Err(RestError::record(400, "DUPLICATE_VALUE", message, &[]));
        }
    }
    Ok(())
}

/// Formula and system fields that follow from the others.
fn derive(object: &Object, values: &mut Values, now: DateTime<Utc>) {
    if object.name == "Contact" {
        let part = |name: &str| values.get(name).and_then(Value::as_str).unwrap_or_default();
        let name = format!("{} {}", part("FirstName"), part("LastName")).trim().to_owned();
        values.insert("Name", json!(name));
    }
    if object.name == "Case" {
        let closed = values.get("Status").and_then(Value::as_str) == Some("Closed");
        values.insert("IsClosed", json!(closed));
        if closed {
            values.entry("ClosedDate").or_insert_with(|| moment(now));
        } else {
            values.remove("ClosedDate");
        }
    }
    values.insert("IsDeleted", json!(false));
    values.insert("LastModifiedDate", moment(now));
    values.insert("SystemModstamp", moment(now));
}
