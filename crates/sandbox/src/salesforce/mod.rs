//! `/salesforce`: OAuth token endpoint and the REST API. One dispatcher serves the HTTP routes and composite sub-requests.

mod composite;
pub mod error;
pub mod id;
mod query;
mod records;
pub mod schema;
mod soql;
mod token;
pub mod write;

use actix_web::http::Method;
use actix_web::{HttpRequest, HttpResponse, web};
use percent_encoding::percent_decode_str;
use serde_json::{Value, json};
use url::form_urlencoded;

use crate::answer::Answer;
use crate::coverage::Covered;
use crate::faults::{self, Call, Fault, Target};
use crate::world::{Shared, World};
use error::RestError;

/// API versions offered: the label counts seasons from Winter '11 = 20.
const VERSIONS: std::ops::RangeInclusive<u32> = 31..=68;

/// One REST call, direct or inside a composite request.
#[derive(Debug, Clone)]
pub struct RestCall {
    pub method: String,
    /// Decoded path segments after `/services/data/`, the version first.
    pub segments: Vec<String>,
    pub query: Vec<(String, String)>,
    pub body: Value,
}

impl RestCall {
    pub fn param(&self, name: &str) -> Option<&str> {
        self.query.iter().find(|(key, _)| key == name).map(|(_, value)| value.as_str())
    }

    /// The version segment, as it appears in the urls of the answer.
    pub fn version(&self) -> &str {
        self.segments.first().map_or("", String::as_str)
    }

    /// The name under which faults and the log know this call.
    fn action(&self) -> &'static str {
        let segments: Vec<&str> = self.segments.iter().skip(1).map(String::as_str).collect();
        match (self.method.as_str(), segments.as_slice()) {
            (_, []) => "resources",
            (_, ["composite"]) => "composite",
            (_, ["query"]) => "query",
            (_, ["limits"]) => "limits",
            ("PATCH", ["sobjects", _, _, _]) => "upsert",
            ("GET", ["sobjects", ..]) => "get",
            _ => "other",
        }
    }
}

/// The calls that are answered, under the names faults and the request log use.
const CALLS: [&str; 8] = ["token", "versions", "resources", "limits", "query", "composite", "upsert", "get"];

/// The calls that are answered.
pub fn coverage() -> impl Iterator<Item = Covered> {
    CALLS.iter().map(|name| Covered { upstream: "salesforce", name, switches: &[] })
}

/// Adds the routes under `/salesforce`.
pub fn routes(config: &mut web::ServiceConfig) {
    config
        .service(web::resource("/salesforce/services/oauth2/token").post(token::grant))
        .service(web::resource("/salesforce/services/data").get(versions))
        .service(web::resource("/salesforce/services/data/").get(versions))
        .service(web::resource("/salesforce/services/data/{tail:.*}").to(data));
}

/// An answer with the headers Salesforce gives on data calls.
pub fn data_answer(status: u16, body: Option<&Value>) -> Answer {
    let answer = match body {
        Some(body) => Answer::new(status, "application/json;charset=UTF-8", body.to_string()),
        None => Answer::empty(status),
    };
    answer
        .with("Cache-Control", "no-cache,must-revalidate,max-age=0,no-store,private")
        .with("X-Content-Type-Options", "nosniff")
}

/// A planted refusal: the error array with the code that belongs to the status.
fn refuse(fault: &Fault) -> Answer {
    let status = fault.status.unwrap_or(if fault.kind == faults::Kind::Error { 400 } else { 503 });
    let (code, message) = match status {
        401 => ("INVALID_SESSION_ID", "Session expired or invalid"),
        403 => ("REQUEST_LIMIT_EXCEEDED", "TotalRequests Limit exceeded."),
        404 => ("NOT_FOUND", "The requested resource does not exist"),
        400 => ("UNKNOWN_EXCEPTION", "An unexpected error occurred."),
        _ => ("SERVER_UNAVAILABLE", "The server is temporarily unavailable."),
    };
    let code = fault.code.as_deref().unwrap_or(code);
    RestError::new(status, code, fault.message.as_deref().unwrap_or(message)).answer()
}

/// The list of versions: no session, not counted.
async fn versions(shared: web::Data<Shared>) -> HttpResponse {
    faults::serve(&shared, Call::new(Target::Salesforce, "versions"), refuse, |_| {
        let seasons = ["Winter", "Spring", "Summer"];
        let list: Vec<Value> = VERSIONS
            .map(|number| {
                let since = number - 20;
                let season = usize::try_from(since % 3).ok().and_then(|index| seasons.get(index)).copied();
                json!({
                    "label": format!("{} '{}", season.unwrap_or_default(), 11 + since / 3),
                    "url": format!("/services/data/v{number}.0"),
                    "version": format!("{number}.0"),
                })
            })
            .collect();
        data_answer(200, Some(&Value::Array(list)))
    })
    .await
}

/// Every call that needs a session.
async fn data(shared: web::Data<Shared>, request: HttpRequest, body: web::Bytes) -> HttpResponse {
    let path = request.uri().path().split_once("/services/data/").map_or("", |(_, tail)| tail);
    let call = match RestCall::parse(request.method(), path, request.query_string(), &body) {
        Ok(call) => call,
        Err(error) => return error.answer().into_response(),
    };
    let token = bearer(&request);
    faults::serve(&shared, Call::new(Target::Salesforce, call.action()), refuse, |world| {
        authorised(world, token, &call)
    })
    .await
}

impl RestCall {
    /// Reads a request line and body; `path` and `query` still percent-encoded.
    pub fn parse(method: &Method, path: &str, query: &str, body: &[u8]) -> Result<Self, RestError> {
        let segments = path
            .split('/')
            .filter(|segment| !segment.is_empty())
            .map(|segment| percent_decode_str(segment).decode_utf8_lossy().into_owned())
            .collect();
        let query = form_urlencoded::parse(query.as_bytes()).into_owned().collect();
        let body = if body.is_empty() {
            Value::Null
        } else {
            serde_json::from_slice(body).map_err(|_| RestError::bad_json())?
        };
        Ok(Self { method: method.to_string(), segments, query, body })
    }
}

/// The token after `Bearer` or `OAuth`.
fn bearer(request: &HttpRequest) -> Result<String, RestError> {
    let header = request.headers().get("Authorization").and_then(|value| value.to_str().ok());
    let header = header.ok_or_else(RestError::session)?;
    match header.split_once(' ') {
        Some((scheme, token)) if ["bearer", "oauth"].contains(&scheme.to_ascii_lowercase().as_str()) => {
            Ok(token.trim().to_owned())
        }
        _ => Err(RestError::new(401, "INVALID_AUTH_HEADER", "INVALID_HEADER_TYPE")),
    }
}

/// Session, version and allowance first; then the call, counted in `Sforce-Limit-Info`.
fn authorised(world: &mut World, token: Result<String, RestError>, call: &RestCall) -> Answer {
    let now = world.clock.now();
    match token {
        Err(error) => return error.answer(),
        Ok(token) if !world.ledger.salesforce.touch_session(&token, now) => {
            return RestError::session().answer();
        }
        Ok(_) => {}
    }
    if !known_version(call.version()) {
        return RestError::not_found().answer();
    }
    let salesforce = &mut world.ledger.salesforce;
    let exhausted = salesforce.api_calls >= salesforce.api_quota;
    if !exhausted {
        salesforce.api_calls += 1;
    }
    let usage = format!("api-usage={}/{}", salesforce.api_calls, salesforce.api_quota);
    let answer = if exhausted {
        RestError::new(403, "REQUEST_LIMIT_EXCEEDED", "TotalRequests Limit exceeded.").answer()
    } else {
        dispatch(world, call).unwrap_or_else(|error| error.answer())
    };
    answer.with("Sforce-Limit-Info", usage)
}

fn known_version(segment: &str) -> bool {
    segment
        .strip_prefix('v')
        .and_then(|number| number.strip_suffix(".0"))
        .and_then(|number| number.parse().ok())
        .is_some_and(|number: u32| VERSIONS.contains(&number))
}

/// Carries out one call.
fn dispatch(world: &mut World, call: &RestCall) -> Result<Answer, RestError> {
    let segments: Vec<&str> = call.segments.iter().skip(1).map(String::as_str).collect();
    match (call.method.as_str(), segments.as_slice()) {
        ("GET", []) => Ok(resources(call.version())),
        ("GET", ["limits"]) => Ok(limits(world)),
        ("GET", ["query"]) => query::run(world, call),
        ("POST", ["composite"]) => composite::run(world, call),
        ("GET", ["sobjects", object, id]) => records::get(world, call, object, id),
        ("GET", ["sobjects", object, field, value]) => records::get_by_key(world, call, object, field, value),
        ("PATCH", ["sobjects", object, field, value]) => records::upsert(world, call, object, field, value),
        _ => Err(RestError::not_found()),
    }
}

fn resources(version: &str) -> Answer {
    let at = |name: &str| format!("/services/data/{version}/{name}");
    let map = json!({
        "sobjects": at("sobjects"),
        "query": at("query"),
        "composite": at("composite"),
        "limits": at("limits"),
    });
    data_answer(200, Some(&map))
}

fn limits(world: &World) -> Answer {
    let salesforce = &world.ledger.salesforce;
    let remaining = salesforce.api_quota.saturating_sub(salesforce.api_calls);
    data_answer(
        200,
        Some(&json!({ "DailyApiRequests": { "Max": salesforce.api_quota, "Remaining": remaining } })),
    )
}
