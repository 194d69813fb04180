//! `POST /composite/tree/{object}`: records with their children, all or none.

use serde_json::{Map, Value, json};

use super::data_answer;
use super::error::RestError;
use super::records::known;
use super::rest::RestCall;
use super::schema::Object;
use super::wire::Out;
use super::write::{self, Author, Mode};
use crate::answer::Answer;
use crate::ledger::salesforce::Salesforce;
use crate::world::World;

const MAX_RECORDS: usize = 200;
const MAX_LEVELS: usize = 5;

/// Name of a relationship and its records.
type Children = Vec<(String, Vec<Value>)>;
/// Reference id and what became of the record.
type Results = Vec<(String, Result<String, RestError>)>;

pub fn create(world: &mut World, call: &RestCall, parts: &[&str]) -> Result<Answer, RestError> {
    let [object] = parts else { return Err(RestError::not_found()) };
    let author = call.author(world.clock.now());
    let store = &mut world.ledger.salesforce;
    let object = known(store, object)?;
    let records = call.members()?.get("records").and_then(Value::as_array).ok_or_else(RestError::bad_json)?;
    let before = store.snapshot();
    let mut results = Results::new();
    plant(store, &object, records, None, &author, 1, &mut results);
    let too_many = results.len() > MAX_RECORDS;
    let failed: Vec<_> = results.iter().filter(|(_, result)| result.is_err()).collect();
    if failed.is_empty() && !too_many {
        let planted = results.iter().filter_map(|(reference, result)| {
            let id = result.as_ref().ok()?;
            Some(Out::object([("referenceId", reference.clone().into()), ("id", id.clone().into())]))
        });
        let body = Out::object([("hasErrors", false.into()), ("results", planted.collect())]);
        return Ok(data_answer(201, Some(&body)));
    }
    store.restore(before);
    if too_many {
        let message = format!("The maximum number of records in a tree is {MAX_RECORDS}");
        return Err(RestError::new(400, "INVALID_INPUT", message));
    }
    let refused = failed.iter().filter_map(|(reference, result)| {
        let error = result.as_ref().err()?;
        Some(Out::object([
            ("referenceId", reference.clone().into()),
            ("errors", Out::List(vec![error.entry()])),
        ]))
    });
    let body = Out::object([("hasErrors", true.into()), ("results", refused.collect())]);
    Ok(data_answer(400, Some(&body)))
}

/// Stores records and, below each, its children.
fn plant(
    store: &mut Salesforce,
    object: &Object,
    records: &[Value],
    parent: Option<(&'static str, &str)>,
    author: &Author,
    level: usize,
    results: &mut Results,
) {
    for record in records {
        let Some(members) = record.as_object() else {
            results.push((String::new(), Err(RestError::bad_json())));
            continue;
        };
        let attributes = members.get("attributes");
        let reference =
            attributes.and_then(|attributes| attributes.get("referenceId")).and_then(Value::as_str);
        let reference = reference.unwrap_or_default().to_owned();
        let (own, children) = apart(store, object, members);
        let stored = write::check(store, object, &own, Mode::Create, None).and_then(|mut values| {
            if let Some((field, id)) = parent {
                values.insert(field, json!(id));
            }
            write::insert(store, object, values, author)
        });
        let id = stored.as_ref().ok().cloned();
        results.push((reference, stored));
        let Some(id) = id else { continue };
        for (name, children) in children {
            let found =
                store.schema.children(object, &name).map(|(child, field)| (child.clone(), field.name));
            match found {
                Some((child, field)) if level < MAX_LEVELS => {
                    plant(store, &child, &children, Some((field, &id)), author, level + 1, results);
                }
                _ => results.push((name, Err(RestError::bad_json()))),
            }
        }
    }
}

/// A record's own fields, and its lists of children by relationship.
fn apart(
    store: &Salesforce,
    object: &Object,
    members: &Map<String, Value>,
) -> (Map<String, Value>, Children) {
    let mut own = Map::new();
    let mut children = Vec::new();
    for (name, value) in members {
        let list = value.get("records").and_then(Value::as_array);
        match list.filter(|_| store.schema.children(object, name).is_some()) {
            Some(list) => children.push((name.clone(), list.clone())),
            None => drop(own.insert(name.clone(), value.clone())),
        }
    }
    (own, children)
}
