//! Records as they are shown.

use serde_json::{Value, json};

use super::schema::{Field, Kind};
use super::wire::Out;
use crate::ledger::salesforce::{Record, Salesforce};

/// `{type, url}`
pub fn attributes(version: &str, record: &Record) -> Out {
    let url = format!("/services/data/{version}/sobjects/{}/{}", record.object, record.id);
    Out::object([("type", record.object.into()), ("url", url.into())])
}

/// A field's value. Booleans are never null; a file's content is shown as the path to it.
pub fn value_of(store: &Salesforce, version: &str, record: &Record, field: &Field) -> Value {
    if let Some((reference, shown)) = field.formula {
        let parent = record.get(reference).as_str().and_then(|id| store.get(id));
        return parent.map_or(Value::Null, |parent| parent.get(shown).clone());
    }
    match (field.kind, record.get(field.name)) {
        (Kind::Id, _) => json!(record.id),
        (Kind::Boolean, Value::Null) => json!(false),
        (Kind::Binary, _) if store.file(&record.id).is_some() => {
            json!(format!("/services/data/{version}/sobjects/{}/{}/{}", record.object, record.id, field.name))
        }
        (_, value) => value.clone(),
    }
}

/// A record with its `attributes` and those fields, nulls included.
pub fn print<'a>(
    store: &Salesforce,
    version: &str,
    record: &Record,
    fields: impl IntoIterator<Item = &'a Field>,
) -> Out {
    let mut printed = Out::object([("attributes", attributes(version, record))]);
    for field in fields {
        printed.set(field.name, value_of(store, version, record, field).into());
    }
    printed
}
