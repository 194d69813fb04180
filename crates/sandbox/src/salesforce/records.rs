//! Single records: create, read, change, delete, and upsert by external id.

use std::sync::Arc;

use serde_json::{Value, json};

use super::error::RestError;
use super::print::print;
use super::rest::RestCall;
use super::schema::{Field, Object};
use super::wire::Out;
use super::write::{self, Mode};
use super::{conditional, data_answer, id};
use crate::answer::Answer;
use crate::ledger::salesforce::{Record, Salesforce};
use crate::world::World;

/// The object of a path segment.
pub fn known(store: &Salesforce, object: &str) -> Result<Arc<Object>, RestError> {
    store.object(object).ok_or_else(RestError::not_found)
}

fn key_field<'a>(object: &'a Object, name: &str) -> Result<&'a Field, RestError> {
    object.key(name).ok_or_else(|| RestError::no_such_key(name))
}

/// The id of a path segment; one of the wrong shape is taken for the name of a key field.
pub fn record_id(object: &Object, segment: &str) -> Result<String, RestError> {
    let shaped =
        [15, 18].contains(&segment.len()) && segment.bytes().all(|byte| byte.is_ascii_alphanumeric());
    if !shaped {
        return Err(RestError::no_such_key(segment));
    }
    id::normalise(segment)
        .filter(|id| id.starts_with(object.prefix))
        .ok_or_else(|| RestError::malformed_id("Record ID", segment, "Id"))
}

/// `{"id", "success": true, "errors": []}` and, for upserts, `created`.
pub fn saved(id: &str, created: Option<bool>) -> Out {
    let mut body = Out::object([("id", id.into()), ("success", true.into()), ("errors", json!([]).into())]);
    if let Some(created) = created {
        body.set("created", created.into());
    }
    body
}

pub fn create(world: &mut World, call: &RestCall, parts: &[&str]) -> Result<Answer, RestError> {
    let [object] = parts else { return Err(RestError::not_found()) };
    create_of(world, call, object)
}

/// Stores a record of that object.
pub fn create_of(world: &mut World, call: &RestCall, object: &str) -> Result<Answer, RestError> {
    let author = call.author(world.clock.now());
    let store = &mut world.ledger.salesforce;
    let object = known(store, object)?;
    let values = write::check(store, &object, call.members()?, Mode::Create, None)?;
    let id = write::insert(store, &object, values, &author)?;
    Ok(created(call, &object, &id, None))
}

fn created(call: &RestCall, object: &Object, id: &str, flag: Option<bool>) -> Answer {
    let location = format!("/services/data/{}/sobjects/{}/{id}", call.version(), object.name);
    data_answer(201, Some(&saved(id, flag))).with("Location", location)
}

pub fn get(world: &mut World, call: &RestCall, parts: &[&str]) -> Result<Answer, RestError> {
    let [object, segment] = parts else { return Err(RestError::not_found()) };
    let store = &world.ledger.salesforce;
    let object = known(store, object)?;
    let id = match record_id(&object, segment) {
        Err(error) if error.code == "MALFORMED_ID" => return Err(RestError::no_such_key(segment)),
        other => other?,
    };
    let record = store.get(&id).ok_or_else(RestError::not_found)?;
    if record.deleted() {
        return Err(RestError::deleted());
    }
    shown(store, call, &object, record)
}

pub fn get_by_key(world: &mut World, call: &RestCall, parts: &[&str]) -> Result<Answer, RestError> {
    let [object, field, value] = parts else { return Err(RestError::not_found()) };
    let store = &world.ledger.salesforce;
    let object = known(store, object)?;
    let field = key_field(&object, field)?;
    let found: Vec<&Record> = store.by_key(&object, field.name, value).collect();
    match found.as_slice() {
        [] => Err(RestError::not_found()),
        [record] => shown(store, call, &object, record),
        several => Ok(ambiguous(call, several)),
    }
}

/// 300 with the addresses of all that have the key.
fn ambiguous(call: &RestCall, found: &[&Record]) -> Answer {
    let version = call.version();
    let urls = found
        .iter()
        .map(|record| format!("/services/data/{version}/sobjects/{}/{}", record.object, record.id));
    data_answer(300, Some(&Out::from(urls.collect::<Vec<_>>())))
}

/// The fields that `?fields=` names, or all.
pub fn wanted<'a>(object: &'a Object, list: Option<&str>) -> Result<Vec<&'a Field>, RestError> {
    let Some(list) = list else { return Ok(object.fields.iter().collect()) };
    list.split(',')
        .map(|name| {
            object.field(name.trim()).ok_or_else(|| RestError::no_such_column(name.trim(), object.name))
        })
        .collect()
}

fn shown(store: &Salesforce, call: &RestCall, object: &Object, record: &Record) -> Result<Answer, RestError> {
    let fields = wanted(object, call.param("fields"))?;
    let body = print(store, call.version(), record, fields);
    Ok(conditional::answer(call, &body, conditional::modified(record)))
}

/// 204. Fields are checked before the id is.
pub fn update(world: &mut World, call: &RestCall, parts: &[&str]) -> Result<Answer, RestError> {
    let [object, segment] = parts else { return Err(RestError::not_found()) };
    let author = call.author(world.clock.now());
    let store = &mut world.ledger.salesforce;
    let object = known(store, object)?;
    let changes = write::check(store, &object, call.members()?, Mode::Update, None)?;
    let id = record_id(&object, segment)?;
    if let Some(record) = store.live(&id) {
        conditional::unchanged(call, record)?;
    }
    write::update(store, &object, &id, changes, &author)?;
    Ok(data_answer(204, None))
}

pub fn delete(world: &mut World, call: &RestCall, parts: &[&str]) -> Result<Answer, RestError> {
    let [object, segment] = parts else { return Err(RestError::not_found()) };
    let author = call.author(world.clock.now());
    let store = &mut world.ledger.salesforce;
    let object = known(store, object)?;
    let id = record_id(&object, segment)?;
    remove(store, &object, &id, &author)
}

fn remove(
    store: &mut Salesforce,
    object: &Object,
    id: &str,
    author: &write::Author,
) -> Result<Answer, RestError> {
    if !object.writable {
        let message = format!("entity type cannot be deleted: {}", object.label);
        return Err(RestError::new(400, "INVALID_TYPE_FOR_OPERATION", message));
    }
    write::delete(store, object, id, author)?;
    Ok(data_answer(204, None))
}

pub fn delete_by_key(world: &mut World, call: &RestCall, parts: &[&str]) -> Result<Answer, RestError> {
    let [object, field, value] = parts else { return Err(RestError::not_found()) };
    let author = call.author(world.clock.now());
    let store = &mut world.ledger.salesforce;
    let object = known(store, object)?;
    let field = key_field(&object, field)?;
    let found: Vec<&Record> = store.by_key(&object, field.name, value).collect();
    match found.as_slice() {
        [] => Err(RestError::not_found()),
        [record] => {
            let id = record.id.clone();
            remove(store, &object, &id, &author)
        }
        several => Ok(ambiguous(call, several)),
    }
}

/// What an upsert did.
pub enum Upserted {
    Created(String),
    Updated(String),
    /// The key is not unique: these have it.
    Several(Vec<String>),
}

/// Changes the record with the key, or makes one.
pub fn upsert_one(
    store: &mut Salesforce,
    object: &Object,
    (field, value): (&Field, &str),
    members: &serde_json::Map<String, Value>,
    update_only: bool,
    author: &write::Author,
) -> Result<Upserted, RestError> {
    let found: Vec<String> =
        store.by_key(object, field.name, value).map(|record| record.id.clone()).collect();
    match found.as_slice() {
        [] if update_only => Err(RestError::not_found()),
        [] => {
            let mut values = write::check(store, object, members, Mode::Create, Some(field))?;
            if field.createable {
                values.insert(field.name, json!(value));
            }
            let id = write::insert(store, object, values, author)?;
            if store.settings.upsert_races > 0 {
                store.settings.upsert_races -= 1;
                store.lose_race(&id);
                return Err(write::duplicate_value(field.name, &id));
            }
            Ok(Upserted::Created(id))
        }
        [id] => {
            let changes = write::check(store, object, members, Mode::Update, Some(field))?;
            write::update(store, object, id, changes, author)?;
            Ok(Upserted::Updated(id.clone()))
        }
        _ => Ok(Upserted::Several(found)),
    }
}

/// 201 when created, 200 when updated, both with a body since v46; before that 204 for an update.
pub fn upsert(world: &mut World, call: &RestCall, parts: &[&str]) -> Result<Answer, RestError> {
    let [object, field, value] = parts else { return Err(RestError::not_found()) };
    let author = call.author(world.clock.now());
    let store = &mut world.ledger.salesforce;
    let object = known(store, object)?;
    let field = key_field(&object, field)?;
    let update_only = call.param("updateOnly").is_some_and(|flag| flag.eq_ignore_ascii_case("true"));
    let modern = call.version_number() >= 46;
    match upsert_one(store, &object, (field, value), call.members()?, update_only, &author)? {
        Upserted::Created(id) => Ok(created(call, &object, &id, modern.then_some(true))),
        Upserted::Updated(id) if modern => Ok(data_answer(200, Some(&saved(&id, Some(false))))),
        Upserted::Updated(_) => Ok(data_answer(204, None)),
        Upserted::Several(ids) => {
            let found: Vec<&Record> = ids.iter().filter_map(|id| store.get(id)).collect();
            Ok(ambiguous(call, &found))
        }
    }
}
