//! What Salesforce does to cases by itself: number, account, owner, closing, history, comments.

use chrono::{DateTime, Utc};
use serde_json::{Value, json};

use super::{Author, Values, insert, moment};
use crate::ledger::salesforce::{QUEUE, Record, Salesforce};
use crate::salesforce::error::RestError;
use crate::salesforce::id;
use crate::salesforce::schema::{Field, Kind, Object};

/// Number, account and owner of a new case. Gives back what `Comments` held.
pub fn complete(store: &mut Salesforce, object: &Object, values: &mut Values, author: &Author) -> Value {
    if !values.contains_key("CaseNumber") {
        let number = store.all(object).count() + 1_000;
        values.insert("CaseNumber", json!(format!("{number:08}")));
    }
    let contact = values.get("ContactId").and_then(Value::as_str).and_then(|id| store.get(id));
    let account = contact.map(|contact| contact.get("AccountId").clone()).filter(|id| !id.is_null());
    if let Some(account) = account {
        values.entry("AccountId").or_insert(account);
    }
    if author.assign && store.settings.assignment_rule {
        values.insert("OwnerId", json!(id::with_checksum(QUEUE)));
    }
    values.remove("Comments").unwrap_or_default()
}

/// First history row, and the comment that came with the case.
pub fn opened(store: &mut Salesforce, id: &str, comments: &Value, author: &Author) -> Result<(), RestError> {
    history(store, id, "created", "Text", [Value::Null, Value::Null], author);
    if comments.is_null() { Ok(()) } else { comment(store, id, comments, author) }
}

/// `Comments` makes an internal comment.
pub fn comment(store: &mut Salesforce, id: &str, body: &Value, author: &Author) -> Result<(), RestError> {
    let Some(object) = store.object("CaseComment") else { return Ok(()) };
    let values: Values =
        [("ParentId", json!(id)), ("CommentBody", body.clone()), ("IsPublished", json!(false))].into();
    insert(store, &object, values, author).map(|_| ())
}

/// `IsClosed` follows the status; `ClosedDate` is the last closing, and gone when the case is open again.
pub fn derive(object: &Object, values: &mut Values, now: DateTime<Utc>) {
    let status = values.get("Status").and_then(Value::as_str).unwrap_or_default();
    let closed = object
        .field("Status")
        .and_then(|field| field.choices.iter().find(|choice| choice.value.eq_ignore_ascii_case(status)))
        .is_some_and(|choice| choice.closed);
    values.insert("IsClosed", json!(closed));
    if closed {
        values.entry("ClosedDate").or_insert_with(|| moment(now));
    } else {
        values.remove("ClosedDate");
    }
}

/// History rows of a change: one per tracked field, two for references (names, then ids).
pub fn changed(store: &mut Salesforce, object: &Object, before: &Record, author: &Author) {
    let Some(after) = store.get(&before.id).cloned() else { return };
    for field in object.fields.iter().filter(|field| field.tracked) {
        let (old, new) = (before.get(field.name), after.get(field.name));
        if old == new {
            continue;
        }
        let label = field.relationship.unwrap_or(field.name);
        if field.kind == Kind::Reference {
            let names = [name_of(store, old), name_of(store, new)];
            history(store, &before.id, label, "Text", names, author);
        }
        history(store, &before.id, label, data_type(field), [old.clone(), new.clone()], author);
    }
}

fn data_type(field: &Field) -> &'static str {
    match field.kind {
        Kind::Reference => "EntityId",
        Kind::Picklist => "DynamicEnum",
        _ => "Text",
    }
}

fn name_of(store: &Salesforce, id: &Value) -> Value {
    id.as_str().and_then(|id| store.get(id)).map_or(Value::Null, |record| record.get("Name").clone())
}

fn history(
    store: &mut Salesforce,
    case: &str,
    field: &str,
    data_type: &str,
    [old, new]: [Value; 2],
    author: &Author,
) {
    let Some(object) = store.object("CaseHistory") else { return };
    let mut values: Values = [
        ("CaseId", json!(case)),
        ("Field", json!(field)),
        ("DataType", json!(data_type)),
        ("OldValue", old),
        ("NewValue", new),
    ]
    .into();
    values.retain(|_, value| !value.is_null());
    super::fill(&object, &mut values, author);
    store.insert(&object, values);
}
