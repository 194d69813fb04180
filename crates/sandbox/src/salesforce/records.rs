//! Single records: read by id or external id, upsert by external id.

use serde_json::{Map, Value, json};

use super::error::RestError;
use super::schema::{self, Field, FieldKind, Object};
use super::{RestCall, data_answer, id, write};
use crate::answer::Answer;
use crate::ledger::salesforce::Record;
use crate::world::World;

fn known(object: &str) -> Result<&'static Object, RestError> {
    schema::object(object).ok_or_else(RestError::not_found)
}

fn key_field(object: &Object, name: &str) -> Result<&'static Field, RestError> {
    object.field(name).filter(|field| field.key).ok_or_else(|| no_such_key(name))
}

fn no_such_key(segment: &str) -> RestError {
    let message = format!("Provided external ID field does not exist or is not accessible: {segment}");
    RestError::new(404, "NOT_FOUND", message)
}

pub fn get(world: &World, call: &RestCall, object: &str, record_id: &str) -> Result<Answer, RestError> {
    let object = known(object)?;
    let record_id = id::normalise(record_id).ok_or_else(|| no_such_key(record_id))?;
    let found = world.ledger.salesforce.get(&record_id).filter(|record| record.object == object.name);
    let record = found.ok_or_else(RestError::not_found)?;
    Ok(data_answer(200, Some(&body(call, object, record)?)))
}

pub fn get_by_key(
    world: &World,
    call: &RestCall,
    object: &str,
    field: &str,
    value: &str,
) -> Result<Answer, RestError> {
    let object = known(object)?;
    let field = key_field(object, field)?;
    let found = world.ledger.salesforce.by_key(object, field.name, value).next();
    let record = found.ok_or_else(RestError::not_found)?;
    Ok(data_answer(200, Some(&body(call, object, record)?)))
}

/// All fields, nulls included, or those that `?fields=` names.
fn body(call: &RestCall, object: &Object, record: &Record) -> Result<Value, RestError> {
    let wanted: Vec<&Field> = match call.param("fields") {
        None => object.fields.iter().collect(),
        Some(list) => list
            .split(',')
            .map(|name| {
                object.field(name.trim()).ok_or_else(|| RestError::no_such_column(name.trim(), object.name))
            })
            .collect::<Result<_, _>>()?,
    };
    Ok(Value::Object(print(call.version(), record, &wanted)))
}

/// A record with its `attributes` and those fields.
pub fn print(version: &str, record: &Record, fields: &[&Field]) -> Map<String, Value> {
    let mut printed = Map::new();
    let url = format!("/services/data/{version}/sobjects/{}/{}", record.object, record.id);
    printed.insert("attributes".to_owned(), json!({ "type": record.object, "url": url }));
    for field in fields {
        printed.insert(field.name.to_owned(), field_value(record, field));
    }
    printed
}

/// A field's value; the id is kept beside the fields.
pub fn field_value(record: &Record, field: &Field) -> Value {
    if field.kind == FieldKind::Id { json!(record.id) } else { record.get(field.name).clone() }
}

/// 201 when created, 200 when updated, both with a body (as since v46).
pub fn upsert(
    world: &mut World,
    call: &RestCall,
    object: &str,
    field: &str,
    value: &str,
) -> Result<Answer, RestError> {
    let object = known(object)?;
    let field = key_field(object, field)?;
    let Value::Object(members) = &call.body else { return Err(RestError::bad_json()) };
    let now = world.clock.now();
    let store = &mut world.ledger.salesforce;
    let mut values = write::check(store, object, members, Some(field))?;
    let existing = store.by_key(object, field.name, value).next().map(|record| record.id.clone());
    let created = existing.is_none();
    let record_id = match existing {
        Some(id) => {
            write::update(store, object, &id, values, now)?;
            id
        }
        None if call.param("updateOnly") == Some("true") => return Err(RestError::not_found()),
        None => {
            values.insert(field.name, json!(value));
            write::insert(store, object, values, now)?
        }
    };
    world.hooks.changed(object.name, &record_id, if created { "created" } else { "updated" });
    let body = json!({ "id": record_id, "success": true, "errors": [], "created": created });
    let answer = data_answer(if created { 201 } else { 200 }, Some(&body));
    if !created {
        return Ok(answer);
    }
    let location = format!("/services/data/{}/sobjects/{}/{record_id}", call.version(), object.name);
    Ok(answer.with("Location", location))
}
