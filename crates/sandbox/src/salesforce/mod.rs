//! `/salesforce`: OAuth token endpoint and the REST API. One dispatcher serves the HTTP routes and composite sub-requests.

mod changes;
mod collections;
mod composite;
mod conditional;
mod describe;
pub mod error;
mod files;
#[cfg(test)]
mod fuzz;
mod graph;
pub mod id;
mod identity;
mod multipart;
mod print;
mod query;
mod records;
mod resources;
mod rest;
mod routes;
pub mod schema;
pub mod settings;
mod soql;
mod token;
mod tree;
pub mod wire;
pub mod write;

use std::io::{Read as _, Write as _};

use actix_web::body::MessageBody as _;
use actix_web::http::header::{ACCEPT_ENCODING, CONTENT_ENCODING, HeaderValue};
use actix_web::{HttpRequest, HttpResponse, web};
use flate2::Compression;
use flate2::read::GzDecoder;
use flate2::write::GzEncoder;

use crate::answer::Answer;
use crate::faults::{self, Call, Fault, Target};
use crate::world::{Shared, World};
use error::RestError;
use rest::RestCall;
pub use routes::coverage;
use wire::Out;

/// Largest request body, in bytes: the most that the JSON form of an upload may be.
const MAX_BODY: usize = 50 << 20;
/// Longest address with headers, in bytes (REST API Developer Guide, "Status Codes and Error Responses").
const MAX_HEAD: usize = 16_384;
/// Shorter answers are not worth compressing.
const MIN_COMPRESSED: usize = 1_024;

/// Adds the routes under `/salesforce`.
pub fn routes(config: &mut web::ServiceConfig) {
    config
        .service(web::resource("/salesforce/services/oauth2/token").post(token::grant))
        .service(web::resource("/salesforce/services/oauth2/revoke").post(token::revoke))
        .service(web::resource("/salesforce/id/{organisation}/{user}").get(identity::show))
        .service(web::resource("/salesforce/services/data").get(versions))
        .service(web::resource("/salesforce/services/data/").get(versions))
        .service(
            web::resource("/salesforce/services/data/{tail:.*}")
                .app_data(web::PayloadConfig::new(MAX_BODY))
                .to(data),
        );
}

/// An answer with the headers Salesforce gives on data calls.
pub fn data_answer(status: u16, body: Option<&Out>) -> Answer {
    let answer = match body {
        Some(body) => Answer::new(status, "application/json;charset=UTF-8", body.text()),
        None => Answer::empty(status),
    };
    let answer = if status < 300 && body.is_some() { answer.with("Vary", "Accept-Encoding") } else { answer };
    with_headers(answer)
}

/// The headers of every data call.
pub fn with_headers(answer: Answer) -> Answer {
    answer
        .with("Strict-Transport-Security", "max-age=63072000; includeSubDomains")
        .with("X-Content-Type-Options", "nosniff")
        .with("X-XSS-Protection", "1; mode=block")
        .with("X-Robots-Tag", "none")
        .with("Cache-Control", "no-cache,must-revalidate,max-age=0,no-store,private")
}

/// A planted refusal: the error array with the code, or the code that belongs to the status.
fn refuse(fault: &Fault) -> Answer {
    let code = fault.code.as_deref().unwrap_or(match fault.status {
        Some(401) => "INVALID_SESSION_ID",
        Some(403) => "REQUEST_LIMIT_EXCEEDED",
        Some(404) => "NOT_FOUND",
        Some(400) => "UNKNOWN_EXCEPTION",
        None if fault.kind == faults::Kind::Error => "UNKNOWN_EXCEPTION",
        _ => "SERVER_UNAVAILABLE",
    });
    let mut error = RestError::known(code).unwrap_or_else(|| RestError::new(400, code, "sandbox fault"));
    if let Some(status) = fault.status {
        error.status = status;
    } else if fault.code.is_none() && fault.kind == faults::Kind::Error {
        error.status = 400;
    }
    if let Some(message) = &fault.message {
        error.message.clone_from(message);
    }
    error.answer()
}

/// The list of versions: no session, not counted.
async fn versions(shared: web::Data<Shared>) -> HttpResponse {
    faults::serve(&shared, Call::new(Target::Salesforce, "versions"), refuse, |_| resources::versions()).await
}

/// Every call that needs a session.
async fn data(shared: web::Data<Shared>, request: HttpRequest, body: web::Bytes) -> HttpResponse {
    if let Some(answer) = oversized(&request) {
        return answer.into_response();
    }
    let body = match inflated(&request, body) {
        Ok(body) => body,
        Err(error) => return error.answer().into_response(),
    };
    let call = RestCall::read(&request, &body);
    let name = routes::name(&call);
    let token = bearer(&request);
    let response = faults::serve(&shared, Call::new(Target::Salesforce, name), refuse, |world| {
        authorised(world, token, &call)
    });
    deflated(&request, response.await)
}

/// What stands before the application refuses requests whose head is too long, and not in JSON.
fn oversized(request: &HttpRequest) -> Option<Answer> {
    let address = request.uri().to_string().len();
    let headers: usize =
        request.headers().iter().map(|(name, value)| name.as_str().len() + value.len()).sum();
    let (status, title) = match (address > MAX_HEAD, address + headers > MAX_HEAD) {
        (true, _) => (414, "URI Too Long"),
        (_, true) => (431, "Request Header Fields Too Large"),
        _ => return None,
    };
    let page = format!("<html><head><title>{title}</title></head><body>{title}</body></html>");
    Some(Answer::new(status, "text/html;charset=UTF-8", page))
}

/// The body, unpacked when it was sent packed.
fn inflated(request: &HttpRequest, body: web::Bytes) -> Result<web::Bytes, RestError> {
    if request.headers().get(CONTENT_ENCODING).is_none_or(|encoding| encoding != "gzip") {
        return Ok(body);
    }
    let limit = u64::try_from(MAX_BODY).unwrap_or(u64::MAX);
    let mut plain = Vec::new();
    GzDecoder::new(body.as_ref()).take(limit).read_to_end(&mut plain).map_err(|_| RestError::bad_json())?;
    Ok(plain.into())
}

/// Packs a long body for a client that can unpack it; a body that is cut short or dropped on purpose stays as it is.
fn deflated(request: &HttpRequest, response: HttpResponse) -> HttpResponse {
    let wanted = request.headers().get(ACCEPT_ENCODING).and_then(|value| value.to_str().ok());
    if !wanted.is_some_and(|list| list.contains("gzip")) || response.status().as_u16() >= 300 {
        return response;
    }
    let (head, body) = response.into_parts();
    let body = match body.try_into_bytes() {
        Ok(body) => body,
        Err(stream) => return head.set_body(stream),
    };
    if body.len() < MIN_COMPRESSED {
        return head.set_body(body).map_into_boxed_body();
    }
    let mut encoder = GzEncoder::new(Vec::new(), Compression::fast());
    // Writing to memory cannot fail.
    match encoder.write_all(&body).and_then(|()| encoder.finish()) {
        Ok(packed) => {
            let mut response = head.set_body(packed).map_into_boxed_body();
            response.headers_mut().insert(CONTENT_ENCODING, HeaderValue::from_static("gzip"));
            response
        }
        Err(_) => head.set_body(body).map_into_boxed_body(),
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
    if !resources::known_version(call.version()) {
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
        routes::dispatch(world, call).unwrap_or_else(|error| error.answer())
    };
    // A refused call has undone what it wrote; all else is committed.
    world.ledger.salesforce.commit(&mut world.hooks);
    answer.with("Sforce-Limit-Info", usage)
}
