//! The members of a request body against the schema: names, types, lengths, picklists, references.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use chrono::NaiveDate;
use serde_json::{Map, Value, json};

use super::{Values, read_time, wire_time};
use crate::ledger::salesforce::Salesforce;
use crate::salesforce::error::RestError;
use crate::salesforce::id;
use crate::salesforce::schema::{Field, Kind, Object};

/// Whether a record is made or changed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Mode {
    Create,
    Update,
}

/// Checks a body; `key` is the field of an upsert's key, which must not be repeated.
pub fn check(
    store: &Salesforce,
    object: &Object,
    body: &Map<String, Value>,
    mode: Mode,
    key: Option<&Field>,
) -> Result<Values, RestError> {
    if !object.writable {
        let verb = if mode == Mode::Create { "inserted" } else { "updated" };
        let message = format!("entity type cannot be {verb}: {}", object.label);
        return Err(RestError::new(400, "INVALID_TYPE_FOR_OPERATION", message));
    }
    let mut values = Values::new();
    let mut refused = Vec::new();
    for (name, value) in body {
        if name == "attributes" {
            continue;
        }
        let unknown = || RestError::no_such_column(name, object.name);
        if let Value::Object(parent) = value {
            let field = object.relationship(name).ok_or_else(unknown)?;
            values.insert(field.name, json!(parent_id(store, field, parent)?));
            continue;
        }
        let field = object.field(name).ok_or_else(unknown)?;
        if field.kind == Kind::Id || key.is_some_and(|key| key.name == field.name) {
            let message = format!("The {} field should not be specified in the sobject data.", field.name);
            return Err(RestError::new(400, "INVALID_FIELD", message));
        }
        let allowed = match mode {
            Mode::Create => field.createable,
            Mode::Update => field.updateable,
        };
        if allowed {
            values.insert(field.name, stored(store, field, value)?);
        } else {
            refused.push(field.name);
        }
    }
    if refused.is_empty() {
        return Ok(values);
    }
    let message = format!(
        "Unable to create/update fields: {}. Please check the security settings of this field and verify that it is \
         read/write for your profile or permission set.",
        refused.join(", ")
    );
    Err(RestError::record(400, "INVALID_FIELD_FOR_INSERT_UPDATE", message, &refused))
}

/// The id of a parent addressed by its external id: `{"WHMCS_Client_Id__c": "42"}`.
fn parent_id(store: &Salesforce, field: &Field, parent: &Map<String, Value>) -> Result<String, RestError> {
    let keyed = parent.iter().find(|(name, _)| *name != "attributes");
    let (name, value) = keyed.ok_or_else(RestError::bad_json)?;
    let targets = field.targets.iter().filter_map(|target| store.schema.object(target));
    let target = targets.clone().find(|target| target.key(name).is_some()).or_else(|| targets.clone().next());
    let target = target.ok_or_else(RestError::bad_json)?;
    let key = target.key(name).ok_or_else(|| RestError::no_such_column(name, target.name))?;
    let value = value.as_str().map_or_else(|| value.to_string(), str::to_owned);
    let found = store.by_key(target, key.name, &value).next().map(|record| record.id.clone());
    found.ok_or_else(|| {
        let message = format!(
            "Foreign key external ID: {value} not found for field {} in entity {}",
            key.name, target.name
        );
        RestError::record(400, "INVALID_FIELD", message, &[])
    })
}

/// A value of the wrong JSON type.
fn undecodable(field: &Field, value: &Value) -> RestError {
    let (kind, token) = match value {
        Value::String(text) => (format!("VALUE_STRING value {text}"), ""),
        Value::Bool(flag) => (format!("VALUE_{}", flag.to_string().to_uppercase()), ""),
        Value::Number(number) => (format!("VALUE_NUMBER value {number}"), ""),
        Value::Array(_) => ("START_ARRAY".to_owned(), " token"),
        _ => ("START_OBJECT".to_owned(), " token"),
    };
    let wanted = serde_json::to_value(field.kind).ok();
    let wanted = wanted.as_ref().and_then(Value::as_str).unwrap_or("string");
    let message = format!(
        "Cannot deserialize instance of {wanted} from {kind}{token} or request may be missing a required field"
    );
    RestError::new(400, "JSON_PARSER_ERROR", message)
}

/// The value as it is kept.
fn stored(store: &Salesforce, field: &Field, value: &Value) -> Result<Value, RestError> {
    let wrong = || undecodable(field, value);
    let text = match (value, field.kind) {
        (Value::Null, _) => return Ok(Value::Null),
        (Value::Bool(_), Kind::Boolean) | (Value::Number(_), Kind::Double) => return Ok(value.clone()),
        (Value::Number(number), Kind::Int) if number.is_i64() => return Ok(value.clone()),
        (Value::String(_), Kind::Boolean | Kind::Int | Kind::Double) => return Err(wrong()),
        // An empty string is stored as null.
        (Value::String(text), _) if text.is_empty() => return Ok(Value::Null),
        (Value::String(text), _) => text.clone(),
        (Value::Number(number), kind) if kind.textual() => number.to_string(),
        _ => return Err(wrong()),
    };
    let refused = |code: &str, message: String| RestError::record(400, code, message, &[field.name]);
    match field.kind {
        Kind::Date if NaiveDate::parse_from_str(&text, "%Y-%m-%d").is_err() => return Err(wrong()),
        Kind::DateTime => return read_time(&text).map(|at| json!(wire_time(at))).ok_or_else(wrong),
        Kind::Reference => return reference(store, field, &text),
        Kind::Binary => {
            STANDARD.decode(&text).map_err(|_| wrong())?;
            return Ok(json!(text));
        }
        Kind::Email if !plausible_email(&text) => {
            let message = format!("{}: invalid email address: {text}", field.label);
            return Err(refused("INVALID_EMAIL_ADDRESS", message));
        }
        Kind::Picklist if field.restricted && !offered(field, &text) => {
            let message = format!("{}: bad value for restricted picklist field: {text}", field.label);
            return Err(refused("INVALID_OR_NULL_FOR_RESTRICTED_PICKLIST", message));
        }
        _ => {}
    }
    let size = if field.bytes { text.len() } else { text.encode_utf16().count() };
    if field.kind.textual() && size > field.length {
        let message = format!("{}: data value too large: {text} (max length={})", field.label, field.length);
        return Err(refused("STRING_TOO_LONG", message));
    }
    // A listed value is stored as it is written in the setup.
    let listed = field.choices.iter().find(|choice| choice.value.eq_ignore_ascii_case(&text));
    Ok(json!(listed.map_or(text.as_str(), |choice| choice.value.as_str())))
}

fn offered(field: &Field, text: &str) -> bool {
    field.choices.iter().any(|choice| choice.active && choice.value.eq_ignore_ascii_case(text))
}

fn reference(store: &Salesforce, field: &Field, text: &str) -> Result<Value, RestError> {
    let fits = |id: &String| {
        let target = store.schema.of_id(id);
        target.is_some_and(|target| field.targets.contains(&target.name))
    };
    let id = id::normalise(text)
        .filter(fits)
        .ok_or_else(|| RestError::malformed_id(&field.label, text, field.name))?;
    match store.get(&id) {
        None => Err(RestError::cross_reference(400, &[field.name])),
        Some(record) if record.deleted() => Err(RestError::deleted()),
        Some(_) => Ok(json!(id)),
    }
}

fn plausible_email(email: &str) -> bool {
    email.split_once('@').is_some_and(|(local, host)| {
        !local.is_empty() && host.contains('.') && !host.contains('@') && !email.contains(char::is_whitespace)
    })
}
