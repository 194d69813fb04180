//! `POST /composite`: up to 25 calls in one, in order, with `allOrNone` rollback. References between them are refused.

use actix_web::http::Method;
use serde::Deserialize;
use serde_json::{Map, Value, json};

use super::error::RestError;
use super::{RestCall, data_answer, dispatch};
use crate::answer::Answer;
use crate::world::World;

const MAX_CALLS: usize = 25;
const ROLLED_BACK: &str =
    "The transaction was rolled back since another operation in the same transaction failed.";

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Request {
    #[serde(default)]
    all_or_none: bool,
    composite_request: Vec<SubRequest>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct SubRequest {
    method: String,
    url: String,
    reference_id: String,
    #[serde(default)]
    body: Value,
}

/// Always 200 when the request itself is well-formed, even if every call in it failed.
pub fn run(world: &mut World, call: &RestCall) -> Result<Answer, RestError> {
    let request: Request = serde_json::from_value(call.body.clone()).map_err(|_| RestError::bad_json())?;
    let calls: Vec<(RestCall, String)> =
        request.composite_request.into_iter().map(parse).collect::<Result<_, _>>()?;
    if calls.is_empty() || calls.len() > MAX_CALLS {
        let message = format!("The number of subrequests must be between 1 and {MAX_CALLS}");
        return Err(invalid(message));
    }
    let before = request.all_or_none.then(|| world.ledger.salesforce.snapshot());
    let mut answers = Vec::with_capacity(calls.len());
    let mut culprit = None;
    for (index, (call, reference)) in calls.iter().enumerate() {
        let answer = dispatch(world, call).unwrap_or_else(|error| error.answer());
        let failed = answer.status >= 300;
        answers.push(part(&answer, reference));
        if failed && request.all_or_none {
            culprit = Some(index);
            break;
        }
    }
    if let (Some(culprit), Some(before)) = (culprit, before) {
        world.ledger.salesforce.restore(before);
        answers = calls
            .iter()
            .enumerate()
            .map(|(index, (_, reference))| match answers.get(index) {
                Some(answer) if index == culprit => answer.clone(),
                _ => part(&RestError::new(400, "PROCESSING_HALTED", ROLLED_BACK).answer(), reference),
            })
            .collect();
    }
    Ok(data_answer(200, Some(&json!({ "compositeResponse": answers }))))
}

fn invalid(message: impl Into<String>) -> RestError {
    RestError::new(400, "INVALID_INPUT", message)
}

fn parse(sub: SubRequest) -> Result<(RestCall, String), RestError> {
    let reference_ok = !sub.reference_id.is_empty()
        && sub.reference_id.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'_');
    if !reference_ok {
        return Err(invalid("Provided referenceId is invalid"));
    }
    if sub.url.contains("@{") || sub.body.to_string().contains("\"@{") {
        return Err(invalid("The sandbox does not resolve references between subrequests"));
    }
    let tail = sub
        .url
        .strip_prefix("/services/data/")
        .ok_or_else(|| invalid("The url must start with /services/data/"))?;
    let (path, query) = tail.split_once('?').unwrap_or((tail, ""));
    let method = Method::from_bytes(sub.method.as_bytes()).map_err(|_| invalid("Invalid method"))?;
    let mut call = RestCall::parse(&method, path, query, b"")?;
    if call.segments.get(1).map(String::as_str) == Some("composite") {
        return Err(invalid("A composite request cannot hold another"));
    }
    call.body = sub.body;
    Ok((call, sub.reference_id))
}

fn part(answer: &Answer, reference: &str) -> Value {
    let headers: Map<String, Value> = answer
        .headers
        .iter()
        .filter(|(name, _)| *name == "Location")
        .map(|(name, value)| ((*name).to_owned(), json!(value)))
        .collect();
    let body: Value = serde_json::from_slice(&answer.body).unwrap_or(Value::Null);
    json!({
        "body": body,
        "httpHeaders": headers,
        "httpStatusCode": answer.status,
        "referenceId": reference,
    })
}
