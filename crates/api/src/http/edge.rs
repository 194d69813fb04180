//! The outermost layer: gives each request its id, turns every refusal into a problem document, hardens, counts and logs the answer.
//!
//! Whatever happens inside, a panic included, leaves through here, so that no answer lacks the headers or the id.

use std::{panic::AssertUnwindSafe, time::Instant};

use actix_web::{
    Error, HttpMessage, HttpResponse, ResponseError,
    body::{BoxBody, EitherBody, MessageBody},
    dev::{ServiceRequest, ServiceResponse},
    http::{
        Method, StatusCode,
        header::{self, HeaderMap, HeaderValue},
    },
    middleware::Next,
    web::Data,
};
use futures::FutureExt;
use shared_types::problem::{Problem, ProblemCode};

use super::{
    bearer,
    headers::{Surface, harden},
    request_id::{self, RequestId},
};
use crate::{app::App, error::ApiError};

const PROBLEM_JSON: HeaderValue = HeaderValue::from_static("application/problem+json");

/// Who made the request, for the log. Set by the session extractor.
#[derive(Clone, Debug)]
pub struct Pseudonym(pub String);

/// The middleware.
pub async fn edge<B: MessageBody + 'static>(
    request: ServiceRequest,
    next: Next<B>,
) -> Result<ServiceResponse<EitherBody<B, BoxBody>>, Error> {
    let started = Instant::now();
    let id = RequestId::of(&request);
    // The address as routing reads it: `%61` is an `a` there.
    let surface = Surface::of(request.match_info().as_str());
    let https = request.app_data::<Data<App>>().is_some_and(|app| app.https());
    let method = request.method().clone();
    let foreign = Foreign::of(&request, surface);
    request.extensions_mut().insert(id.clone());

    if let Some(foreign) = foreign.as_ref().filter(|foreign| foreign.preflight) {
        let mut answer = request.into_response(HttpResponse::NoContent().finish()).map_into_right_body();
        finish(answer.headers_mut(), &id, surface, https);
        foreign.allow(answer.headers_mut());
        return Ok(answer);
    }
    let answer = match AssertUnwindSafe(next.call(request)).catch_unwind().await {
        Ok(Ok(answer)) => answer,
        Ok(Err(error)) => return Err(Bare::new(&id, surface, https, &method, Some(&error)).into()),
        Err(_) => return Err(Bare::new(&id, surface, https, &method, None).into()),
    };
    let refusal = Refusal::of(&answer);
    log(&answer, refusal.as_ref(), &id, &method, started);
    let mut answer = match refusal {
        Some(refusal) if surface != Surface::Page || answer.status().is_server_error() => {
            refusal.render(answer, &id).map_into_right_body()
        }
        _ => answer.map_into_left_body(),
    };
    finish(answer.headers_mut(), &id, surface, https);
    if let Some(foreign) = foreign {
        foreign.allow(answer.headers_mut());
    }
    Ok(answer)
}

/// A request to the API from an origin where tokens may be used: its page may read the answer, whatever that is.
struct Foreign {
    origin: String,
    preflight: bool,
}

impl Foreign {
    fn of(request: &ServiceRequest, surface: Surface) -> Option<Self> {
        let app = request.app_data::<Data<App>>().filter(|_| surface == Surface::Api)?;
        let origin = bearer::origin(request.headers(), &app.token_origins)?.to_owned();
        Some(Self { origin, preflight: bearer::is_preflight(request.method(), request.headers()) })
    }

    fn allow(&self, headers: &mut HeaderMap) {
        bearer::allow(headers, &self.origin, self.preflight);
    }
}

fn finish(headers: &mut HeaderMap, id: &RequestId, surface: Surface, https: bool) {
    harden(headers, surface, https);
    if let Ok(value) = HeaderValue::from_str(&id.0) {
        headers.insert(request_id::HEADER, value);
    }
}

/// What is known about an answer that refuses.
struct Refusal {
    problem: Problem,
    retry_after: Option<u64>,
    cause: Option<String>,
}

impl Refusal {
    /// Reads our own error out of the answer, or names what the framework refused by itself.
    fn of<B>(answer: &ServiceResponse<B>) -> Option<Self> {
        let status = answer.status();
        if status.is_success() || status.is_redirection() || status.is_informational() {
            return None;
        }
        if let Some(error) = answer.response().error().and_then(|error| error.as_error::<ApiError>()) {
            let problem = error.problem("");
            return Some(Self {
                problem,
                retry_after: error.retry_after_seconds(),
                cause: error.cause_chain(),
            });
        }
        if answer.headers().get(header::CONTENT_TYPE) == Some(&PROBLEM_JSON) {
            return None;
        }
        let code = match status {
            StatusCode::NOT_FOUND => ProblemCode::NotFound,
            StatusCode::METHOD_NOT_ALLOWED => ProblemCode::MethodNotAllowed,
            StatusCode::REQUEST_TIMEOUT => ProblemCode::RequestTimeout,
            StatusCode::PAYLOAD_TOO_LARGE => ProblemCode::RequestTooLarge,
            StatusCode::UNSUPPORTED_MEDIA_TYPE => ProblemCode::UnsupportedMediaType,
            status if status.is_client_error() => ProblemCode::RequestMalformed,
            _ => ProblemCode::Internal,
        };
        Some(Self { problem: Problem::new(code, ""), retry_after: None, cause: None })
    }

    fn render<B>(mut self, answer: ServiceResponse<B>, id: &RequestId) -> ServiceResponse<BoxBody> {
        self.problem.instance.clone_from(&id.0);
        let (request, before) = answer.into_parts();
        let mut after = body(&self.problem);
        for name in [header::ALLOW, header::SET_COOKIE] {
            for value in before.headers().get_all(&name) {
                after.headers_mut().append(name.clone(), value.clone());
            }
        }
        if let Some(seconds) = self.retry_after {
            after.headers_mut().insert(header::RETRY_AFTER, HeaderValue::from(seconds));
        }
        ServiceResponse::new(request, after)
    }
}

fn body(problem: &Problem) -> HttpResponse {
    let status = StatusCode::from_u16(problem.status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
    let json = serde_json::to_vec(problem).unwrap_or_default();
    HttpResponse::build(status).content_type(PROBLEM_JSON).body(json)
}

/// The answer where no request is left to answer to: after a panic, or an error that a middleware returned.
#[derive(Debug)]
struct Bare {
    id: RequestId,
    surface: Surface,
    https: bool,
}

impl Bare {
    fn new(id: &RequestId, surface: Surface, https: bool, method: &Method, error: Option<&Error>) -> Self {
        let what = if error.is_some() { "error" } else { "panic" };
        tracing::error!(request_id = %id.0, %method, what, "request ended by an {what} outside its handler");
        metrics::counter!("portal_http_panics_total").increment(u64::from(error.is_none()));
        count("unknown", method, 500);
        Self { id: id.clone(), surface, https }
    }
}

impl std::fmt::Display for Bare {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("internal error")
    }
}

impl ResponseError for Bare {
    fn error_response(&self) -> HttpResponse {
        let mut answer = body(&Problem::new(ProblemCode::Internal, self.id.0.clone()));
        finish(answer.headers_mut(), &self.id, self.surface, self.https);
        answer
    }
}

/// One line per request that changed something, was refused, or was slow; the rest at debug level. The address is logged as its
/// template: real paths may hold what belongs in no log.
fn log<B>(
    answer: &ServiceResponse<B>,
    refusal: Option<&Refusal>,
    id: &RequestId,
    method: &Method,
    started: Instant,
) {
    let route = answer.request().match_pattern().unwrap_or_else(|| "unmatched".to_owned());
    let status = answer.status().as_u16();
    let elapsed = started.elapsed();
    count(&route, method, status);
    metrics::histogram!("portal_http_request_seconds", "route" => route.clone())
        .record(elapsed.as_secs_f64());
    let milliseconds = u64::try_from(elapsed.as_millis()).unwrap_or(u64::MAX);
    let extensions = answer.request().extensions();
    let user = extensions.get::<Pseudonym>().map_or("", |user| user.0.as_str());
    // An answer that is sent again brings its code along, since its body is a document already.
    let stored = answer.response().extensions().get::<ProblemCode>().copied();
    let code = refusal.map(|refusal| refusal.problem.code).or(stored).map_or("", ProblemCode::as_str);
    let cause = refusal.and_then(|refusal| refusal.cause.as_deref()).unwrap_or("");
    let routine = method.is_safe() && code.is_empty() && milliseconds < 1000;
    if status >= 500 {
        tracing::warn!(request_id = %id.0, %method, route, status, milliseconds, user, code, cause, "request");
    } else if routine {
        tracing::debug!(request_id = %id.0, %method, route, status, milliseconds, user, "request");
    } else {
        tracing::info!(request_id = %id.0, %method, route, status, milliseconds, user, code, cause, "request");
    }
}

fn count(route: &str, method: &Method, status: u16) {
    let labels =
        [("route", route.to_owned()), ("method", method.to_string()), ("status", status.to_string())];
    metrics::counter!("portal_http_requests_total", &labels).increment(1);
}
