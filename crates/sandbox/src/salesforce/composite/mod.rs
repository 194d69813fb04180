//! `POST /composite`: up to 25 calls in one, with references between them and `allOrNone` rollback.

mod reference;

use std::collections::HashMap;

use serde::Deserialize;
use serde_json::{Value, json};

use super::error::RestError;
use super::resources::known_version;
use super::rest::RestCall;
use super::wire::Out;
use super::{data_answer, routes};
use crate::answer::Answer;
use crate::world::World;
use reference::{Known, resolved, resolved_text};

const MAX_CALLS: usize = 25;
/// Queries and collections among them.
const MAX_HEAVY: usize = 5;
const ROLLED_BACK: &str =
    "The transaction was rolled back since another operation in the same transaction failed.";
/// Since then, reference ids are checked and references to null are null.
const STRICT: u32 = 52;

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Request {
    #[serde(default)]
    all_or_none: bool,
    #[serde(default = "yes")]
    collate_subrequests: bool,
    #[serde(rename = "compositeRequest")]
    calls: Vec<SubRequest>,
}

const fn yes() -> bool {
    true
}

#[derive(Debug, Clone, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct SubRequest {
    method: String,
    url: String,
    reference_id: String,
    #[serde(default)]
    body: Value,
    #[serde(default)]
    http_headers: HashMap<String, String>,
}

/// Always 200 when the request itself is well-formed, even if every call in it failed.
pub fn run(world: &mut World, call: &RestCall, _: &[&str]) -> Result<Answer, RestError> {
    let request: Request = serde_json::from_value(call.body()?.clone()).map_err(|_| RestError::bad_json())?;
    check(call, &request.calls, MAX_CALLS)?;
    let order = order(&request.calls, request.collate_subrequests);
    let (answers, _) = perform(world, call, &request.calls, &order, request.all_or_none);
    Ok(data_answer(200, Some(&Out::object([("compositeResponse", Out::List(answers))]))))
}

fn invalid(message: impl Into<String>) -> RestError {
    RestError::new(400, "INVALID_INPUT", message)
}

/// What makes the whole request invalid.
pub fn check(call: &RestCall, requests: &[SubRequest], most: usize) -> Result<(), RestError> {
    if requests.is_empty() || requests.len() > most {
        return Err(invalid(format!("The number of subrequests must be between 1 and {most}")));
    }
    let heavy = |request: &&SubRequest| {
        let path = request.url.splitn(5, '/').nth(4).unwrap_or_default();
        path.starts_with("query") || path.starts_with("composite/sobjects")
    };
    if requests.iter().filter(heavy).count() > MAX_HEAVY {
        return Err(invalid(format!("The maximum number of queries and collections is {MAX_HEAVY}")));
    }
    for (index, request) in requests.iter().enumerate() {
        let id = &request.reference_id;
        let word = id.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'_');
        let first = id.starts_with(|first: char| first.is_ascii_alphanumeric());
        if id.is_empty() || (call.version_number() >= STRICT && !(word && first)) {
            return Err(invalid(format!(
                "Provided referenceId ('{id}') must start with a letter or a number, and it can contain only letters, \
                 numbers and underscores ('_')."
            )));
        }
        if requests.iter().take(index).any(|other| other.reference_id == *id) {
            return Err(invalid(format!("Duplicate referenceId '{id}'")));
        }
        let inner = request.url.strip_prefix("/services/data/v");
        let inner = inner.ok_or_else(|| invalid("The url must start with /services/data/vXX.X/"))?;
        let resource = inner.split(['/', '?']).skip(1).take(2).collect::<Vec<_>>();
        if resource.first() == Some(&"composite") && resource.get(1) != Some(&"sobjects") {
            return Err(invalid("A composite request cannot hold another"));
        }
        let forbidden = ["accept", "authorization", "content-type"];
        if request.http_headers.keys().any(|name| forbidden.contains(&name.to_ascii_lowercase().as_str())) {
            return Err(invalid("Accept, Authorization and Content-Type are not allowed in httpHeaders"));
        }
        if !["GET", "POST", "PATCH", "PUT", "DELETE"].contains(&request.method.as_str()) {
            return Err(invalid(format!("Invalid method {}", request.method)));
        }
    }
    Ok(())
}

/// The order in which calls run. Collated, a creation draws later ones of the same object to itself, as far as they
/// do not refer to something that has not run yet.
fn order(requests: &[SubRequest], collate: bool) -> Vec<usize> {
    let mut pending: Vec<usize> = (0..requests.len()).collect();
    let mut order: Vec<usize> = Vec::with_capacity(requests.len());
    while !pending.is_empty() {
        let first = pending.remove(0);
        order.push(first);
        let Some(leader) = requests.get(first).filter(|leader| collate && leader.method == "POST") else {
            continue;
        };
        let drawn: Vec<usize> = pending
            .iter()
            .copied()
            .filter(|index| {
                requests.get(*index).is_some_and(|other| {
                    other.method == leader.method
                        && other.url == leader.url
                        && pending
                            .iter()
                            .filter_map(|index| requests.get(*index))
                            .all(|waiting| !other.refers_to(waiting))
                })
            })
            .collect();
        pending.retain(|index| !drawn.contains(index));
        order.extend(drawn);
    }
    order
}

impl SubRequest {
    fn refers_to(&self, other: &Self) -> bool {
        let mark = format!("@{{{}.", other.reference_id);
        let list = format!("@{{{}[", other.reference_id);
        let body = self.body.to_string();
        [&self.url, &body].iter().any(|text| text.contains(&mark) || text.contains(&list))
    }

    /// A collection prints its own outcome even when it was rolled back.
    fn is_collection(&self) -> bool {
        self.url.split('/').skip(4).take(2).eq(["composite", "sobjects"])
    }
}

/// Runs the calls; with `all_or_none` the first failure undoes everything. The answers, and whether all went well.
pub fn perform(
    world: &mut World,
    call: &RestCall,
    requests: &[SubRequest],
    order: &[usize],
    all_or_none: bool,
) -> (Vec<Out>, bool) {
    let before = all_or_none.then(|| world.ledger.salesforce.snapshot());
    let mut known = Known::new(call.version_number() < STRICT);
    let mut answers: HashMap<usize, Answer> = HashMap::new();
    let mut culprit = None;
    let mut well = true;
    for index in order {
        let Some(request) = requests.get(*index) else { continue };
        let answer = carry_out(world, request, &known).unwrap_or_else(|error| error.answer());
        let body = serde_json::from_slice(&answer.body).unwrap_or(Value::Null);
        let failed = failed(&answer, request, &body);
        known.learn(&request.reference_id, body);
        answers.insert(*index, answer);
        well &= !failed;
        if failed && all_or_none {
            culprit = Some(*index);
            break;
        }
    }
    if let (Some(_), Some(before)) = (culprit, before) {
        world.ledger.salesforce.restore(before);
    }
    let halted = RestError::new(400, "PROCESSING_HALTED", ROLLED_BACK).answer();
    let printed = requests.iter().enumerate().map(|(index, request)| {
        let answer = answers
            .get(&index)
            .filter(|_| culprit.is_none_or(|culprit| culprit == index || request.is_collection()));
        part(answer.unwrap_or(&halted), &request.reference_id)
    });
    (printed.collect(), well)
}

fn failed(answer: &Answer, request: &SubRequest, body: &Value) -> bool {
    let refused = |entry: &Value| entry.get("success") == Some(&Value::Bool(false));
    answer.status >= 400
        || answer.status == 300
        || (request.is_collection() && body.as_array().is_some_and(|entries| entries.iter().any(refused)))
}

fn carry_out(world: &mut World, request: &SubRequest, known: &Known) -> Result<Answer, RestError> {
    let url = resolved_text(&request.url, known)?;
    let tail = url.strip_prefix("/services/data/").unwrap_or_default();
    let (path, query) = tail.split_once('?').unwrap_or((tail, ""));
    let headers =
        request.http_headers.iter().map(|(name, value)| (name.to_ascii_lowercase(), value.clone())).collect();
    let body = resolved(&request.body, known)?;
    let call = RestCall::new(&request.method, path, query).with(headers, body);
    if !known_version(call.version()) {
        return Err(RestError::not_found());
    }
    routes::dispatch(world, &call)
}

fn part(answer: &Answer, reference: &str) -> Out {
    let shown = ["Location", "ETag", "Last-Modified"];
    let headers = answer.headers.iter().filter(|(name, _)| shown.contains(name));
    let headers = headers.map(|(name, value)| ((*name).to_owned(), Out::from(value.clone()))).collect();
    Out::object([
        ("body", Out::printed(&answer.body)),
        ("httpHeaders", Out::Object(headers)),
        ("httpStatusCode", json!(answer.status).into()),
        ("referenceId", reference.into()),
    ])
}
