//! `/composite/sobjects`: up to 200 records in one call, all or none of them if wanted.

use serde::Deserialize;
use serde_json::{Map, Value};

use super::data_answer;
use super::error::RestError;
use super::print::print;
use super::records::{Upserted, known, record_id, saved, upsert_one, wanted};
use super::rest::RestCall;
use super::schema::Object;
use super::wire::Out;
use super::write::{self, Author, Mode};
use crate::answer::Answer;
use crate::ledger::salesforce::Salesforce;
use crate::world::World;

const MAX_RECORDS: usize = 200;
const ROLLED_BACK: &str =
    "Record rolled back because not all records were valid and the request was using AllOrNone header";

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Records {
    #[serde(default)]
    all_or_none: bool,
    records: Vec<Map<String, Value>>,
}

fn read(call: &RestCall) -> Result<Records, RestError> {
    let request: Records = serde_json::from_value(call.body()?.clone()).map_err(|_| RestError::bad_json())?;
    if request.records.len() > MAX_RECORDS {
        let message = format!("The maximum number of records in a request is {MAX_RECORDS}");
        return Err(RestError::new(400, "INVALID_INPUT", message));
    }
    Ok(request)
}

/// One entry of the answer.
type Outcome = Result<Out, RestError>;

/// Carries out each, undoes all when one fails and none is wanted then.
fn each<T>(
    store: &mut Salesforce,
    all_or_none: bool,
    items: &[T],
    mut act: impl FnMut(&mut Salesforce, &T) -> Outcome,
) -> Answer {
    let before = all_or_none.then(|| store.snapshot());
    let mut outcomes: Vec<Outcome> = items.iter().map(|item| act(store, item)).collect();
    if let Some(before) = before.filter(|_| outcomes.iter().any(Result::is_err)) {
        store.restore(before);
        for outcome in outcomes.iter_mut().filter(|outcome| outcome.is_ok()) {
            *outcome = Err(RestError::record(200, "ALL_OR_NONE_OPERATION_ROLLED_BACK", ROLLED_BACK, &[]));
        }
    }
    let refused = |error: &RestError| {
        Out::object([("success", false.into()), ("errors", Out::List(vec![error.entry()]))])
    };
    let body = outcomes.iter().map(|outcome| outcome.as_ref().map_or_else(refused, Clone::clone)).collect();
    data_answer(200, Some(&body))
}

/// The object that `attributes.type` names.
fn typed(store: &Salesforce, record: &Map<String, Value>) -> Result<std::sync::Arc<Object>, RestError> {
    let name = record.get("attributes").and_then(|attributes| attributes.get("type")).and_then(Value::as_str);
    let unknown = || RestError::new(400, "INVALID_TYPE", "Each record needs attributes with a known type");
    name.and_then(|name| store.object(name)).ok_or_else(unknown)
}

/// A record without the member of that name, in any case, and that member.
fn without(record: &Map<String, Value>, name: &str) -> (Map<String, Value>, Option<String>) {
    let mut rest = record.clone();
    let key = rest.keys().find(|key| key.eq_ignore_ascii_case(name)).cloned();
    let value = key.and_then(|key| rest.remove(&key));
    (
        rest,
        value.and_then(|value| {
            value.as_str().map_or_else(|| Some(value.to_string()), |text| Some(text.to_owned()))
        }),
    )
}

pub fn create(world: &mut World, call: &RestCall, _: &[&str]) -> Result<Answer, RestError> {
    let request = read(call)?;
    let author = call.author(world.clock.now());
    let store = &mut world.ledger.salesforce;
    Ok(each(store, request.all_or_none, &request.records, |store, record| {
        let object = typed(store, record)?;
        let values = write::check(store, &object, record, Mode::Create, None)?;
        write::insert(store, &object, values, &author).map(|id| saved(&id, None))
    }))
}

pub fn update(world: &mut World, call: &RestCall, _: &[&str]) -> Result<Answer, RestError> {
    let request = read(call)?;
    let author = call.author(world.clock.now());
    let store = &mut world.ledger.salesforce;
    Ok(each(store, request.all_or_none, &request.records, |store, record| {
        let object = typed(store, record)?;
        let (members, id) = without(record, "id");
        let missing =
            || RestError::record(400, "MISSING_ARGUMENT", "Id not specified in an update call", &[]);
        let changes = write::check(store, &object, &members, Mode::Update, None)?;
        let id = record_id(&object, &id.ok_or_else(missing)?)?;
        write::update(store, &object, &id, changes, &author).map(|()| saved(&id, None))
    }))
}

pub fn upsert(world: &mut World, call: &RestCall, parts: &[&str]) -> Result<Answer, RestError> {
    let [object, field] = parts else { return Err(RestError::not_found()) };
    let request = read(call)?;
    let author = call.author(world.clock.now());
    let store = &mut world.ledger.salesforce;
    let object = known(store, object)?;
    let field = object.key(field).ok_or_else(|| RestError::no_such_key(field))?;
    Ok(each(store, request.all_or_none, &request.records, |store, record| {
        let (members, value) = without(record, field.name);
        let missing =
            || RestError::record(400, "MISSING_ARGUMENT", format!("{} not specified", field.name), &[]);
        let value = value.ok_or_else(missing)?;
        match upsert_one(store, &object, (field, &value), &members, false, &author)? {
            Upserted::Created(id) => Ok(saved(&id, Some(true))),
            Upserted::Updated(id) => Ok(saved(&id, Some(false))),
            Upserted::Several(_) => {
                let message = format!("{}: more than one record found for external id field", field.name);
                Err(RestError::record(400, "DUPLICATE_EXTERNAL_ID", message, &[]))
            }
        }
    }))
}

/// `?ids=a,b&allOrNone=true`
pub fn delete(world: &mut World, call: &RestCall, _: &[&str]) -> Result<Answer, RestError> {
    let ids: Vec<&str> =
        call.param("ids").unwrap_or_default().split(',').filter(|id| !id.is_empty()).collect();
    if ids.is_empty() || ids.len() > MAX_RECORDS {
        let message = format!("The number of ids must be between 1 and {MAX_RECORDS}");
        return Err(RestError::new(400, "INVALID_INPUT", message));
    }
    let all_or_none = call.param("allOrNone") == Some("true");
    let author = call.author(world.clock.now());
    Ok(each(&mut world.ledger.salesforce, all_or_none, &ids, |store, id| delete_one(store, id, &author)))
}

fn delete_one(store: &mut Salesforce, id: &str, author: &Author) -> Outcome {
    let malformed = || RestError::malformed_id("Record ID", id, "Id");
    let object = store.schema.of_id(id).filter(|object| object.writable).cloned().ok_or_else(malformed)?;
    let id = record_id(&object, id).map_err(|_| malformed())?;
    write::delete(store, &object, &id, author).map(|()| saved(&id, None))
}

#[derive(Deserialize)]
struct Retrieval {
    ids: Vec<String>,
    fields: Vec<String>,
}

/// The records with those ids, null for each that is not there.
pub fn retrieve(world: &mut World, call: &RestCall, parts: &[&str]) -> Result<Answer, RestError> {
    let [object] = parts else { return Err(RestError::not_found()) };
    let (ids, fields) = if call.method == "POST" {
        let wanted: Retrieval =
            serde_json::from_value(call.body()?.clone()).map_err(|_| RestError::bad_json())?;
        (wanted.ids, wanted.fields.join(","))
    } else {
        let ids = call.param("ids").unwrap_or_default().split(',').map(str::to_owned).collect();
        (ids, call.param("fields").unwrap_or("Id").to_owned())
    };
    let store = &world.ledger.salesforce;
    let object = known(store, object)?;
    let fields = wanted(&object, Some(&fields))?;
    let found = |id: &String| {
        let id = record_id(&object, id).ok()?;
        store.live(&id).map(|record| print(store, call.version(), record, fields.iter().copied()))
    };
    let body: Out = ids.iter().map(|id| found(id).unwrap_or(Out::NULL)).collect();
    Ok(data_answer(200, Some(&body)))
}
