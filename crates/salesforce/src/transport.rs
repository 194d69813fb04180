//! One HTTP exchange: deadline, body cap, what its failure says about the request, and one log event. It judges no
//! status and never retries.

use std::time::Duration;

use bytes::Bytes;
use reqwest::header::{ACCEPT, AUTHORIZATION, CONTENT_LENGTH, CONTENT_TYPE, HeaderMap, HeaderValue};
use reqwest::{Method, Response};
use tokio::time::{Instant, timeout_at};
use url::Url;

use crate::error::{Error, NotSent, Unknown};
use crate::usage::ApiUsage;

/// One request, complete with its authorization.
pub(crate) struct Exchange {
    /// What it is about, for the log.
    pub resource: &'static str,
    pub method: Method,
    pub url: Url,
    pub authorization: Option<HeaderValue>,
    pub headers: HeaderMap,
    pub body: Body,
}

pub(crate) enum Body {
    Empty,
    Json(Bytes),
    Form(String),
    /// A body that is produced while it is sent. `length` is exact.
    Stream {
        content_type: HeaderValue,
        length: u64,
        content: reqwest::Body,
    },
}

/// A whole answer, whatever its status.
pub(crate) struct Answer {
    pub status: u16,
    pub usage: Option<ApiUsage>,
    pub body: Vec<u8>,
}

/// The head of an answer; its body is still to be read.
pub(crate) struct Opened {
    pub status: u16,
    pub usage: Option<ApiUsage>,
    pub response: Response,
}

/// An exchange without an answer.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Failure {
    NotSent(NotSent),
    Unknown(Unknown),
}

impl From<Failure> for Error {
    fn from(failure: Failure) -> Self {
        match failure {
            Failure::NotSent(reason) => Self::NotSent(reason),
            Failure::Unknown(reason) => Self::Unknown(reason),
        }
    }
}

/// `base` with the path appended; a path in `base` stays in front, so that a simulator can live under a prefix.
pub(crate) fn under(base: &Url, path: &str) -> Url {
    let mut url = base.clone();
    url.set_path(&format!("{}{path}", base.path().trim_end_matches('/')));
    url.set_query(None);
    url.set_fragment(None);
    url
}

/// Sends one request and reads the whole answer before the deadline, at most `max_body` bytes of it.
pub(crate) async fn exchange(
    http: &reqwest::Client,
    exchange: Exchange,
    deadline: Instant,
    max_body: usize,
) -> Result<Answer, Failure> {
    let asked = Asked::new(&exchange);
    let result = match send(http, exchange, deadline).await {
        Ok(opened) => read(opened, deadline, max_body).await,
        Err(failure) => Err(failure),
    };
    asked.log(result.as_ref().map(|answer| answer.status));
    result
}

/// Sends one request and waits for the head of the answer, until the deadline.
pub(crate) async fn open(
    http: &reqwest::Client,
    exchange: Exchange,
    deadline: Instant,
) -> Result<Opened, Failure> {
    let asked = Asked::new(&exchange);
    let result = send(http, exchange, deadline).await;
    asked.log(result.as_ref().map(|opened| opened.status));
    result
}

/// Reads the rest of an answer, until the deadline, at most `max_body` bytes of it.
pub(crate) async fn read(opened: Opened, deadline: Instant, max_body: usize) -> Result<Answer, Failure> {
    let Opened { status, usage, response } = opened;
    let body = timeout_at(deadline, read_capped(response, status, max_body))
        .await
        .unwrap_or(Err(Failure::Unknown(Unknown::TimedOut)))?;
    Ok(Answer { status, usage, body })
}

async fn send(http: &reqwest::Client, exchange: Exchange, deadline: Instant) -> Result<Opened, Failure> {
    if Instant::now() >= deadline {
        return Err(Failure::NotSent(NotSent::DeadlinePassed));
    }
    // Nothing tells how far a request got when time runs out, so this counts as sent.
    timeout_at(deadline, start(http, exchange)).await.unwrap_or(Err(Failure::Unknown(Unknown::TimedOut)))
}

async fn start(http: &reqwest::Client, exchange: Exchange) -> Result<Opened, Failure> {
    let asked = exchange.url.clone();
    let mut headers = exchange.headers;
    headers.entry(ACCEPT).or_insert(HeaderValue::from_static("application/json"));
    if let Some(authorization) = exchange.authorization {
        headers.insert(AUTHORIZATION, authorization);
    }
    let mut request = http.request(exchange.method, exchange.url);
    request = match exchange.body {
        Body::Empty => request,
        Body::Json(json) => {
            headers.insert(CONTENT_TYPE, HeaderValue::from_static("application/json"));
            request.body(json)
        }
        Body::Form(form) => {
            headers.insert(CONTENT_TYPE, HeaderValue::from_static("application/x-www-form-urlencoded"));
            request.body(form)
        }
        Body::Stream { content_type, length, content } => {
            headers.insert(CONTENT_TYPE, content_type);
            headers.insert(CONTENT_LENGTH, HeaderValue::from(length));
            request.body(content)
        }
    };
    let response = request.headers(headers).send().await.map_err(|error| classify(&error))?;
    let status = response.status().as_u16();
    if *response.url() != asked {
        // The client we were handed followed a redirect: the answer is some other resource's.
        return Err(Failure::Unknown(Unknown::InvalidAnswer { status }));
    }
    let usage = response
        .headers()
        .get("Sforce-Limit-Info")
        .and_then(|value| value.to_str().ok())
        .and_then(ApiUsage::parse);
    Ok(Opened { status, usage, response })
}

/// Counts what comes out of decompression: a small compressed body can be a large one.
async fn read_capped(mut response: Response, status: u16, max_body: usize) -> Result<Vec<u8>, Failure> {
    let mut body = Vec::new();
    while let Some(chunk) = next_chunk(&mut response).await? {
        if body.len().saturating_add(chunk.len()) > max_body {
            return Err(Failure::Unknown(Unknown::BodyTooLarge { status }));
        }
        body.extend_from_slice(&chunk);
    }
    Ok(body)
}

/// The next piece of a body; `None` at its end.
pub(crate) async fn next_chunk(response: &mut Response) -> Result<Option<Bytes>, Failure> {
    response.chunk().await.map_err(|error| match classify(&error) {
        // Once there is a head, the request was sent.
        Failure::NotSent(_) => Failure::Unknown(Unknown::ConnectionLost),
        unknown @ Failure::Unknown(_) => unknown,
    })
}

fn classify(error: &reqwest::Error) -> Failure {
    if error.is_connect() {
        Failure::NotSent(NotSent::Unreachable)
    } else if error.is_builder() {
        Failure::NotSent(NotSent::InvalidInput("request"))
    } else if error.is_timeout() {
        Failure::Unknown(Unknown::TimedOut)
    } else {
        Failure::Unknown(Unknown::ConnectionLost)
    }
}

/// What the log says of a request, whatever becomes of it.
struct Asked {
    resource: &'static str,
    method: Method,
    at: Instant,
}

impl Asked {
    fn new(exchange: &Exchange) -> Self {
        Self { resource: exchange.resource, method: exchange.method.clone(), at: Instant::now() }
    }

    fn log(&self, result: Result<u16, &Failure>) {
        let Self { resource, method, at } = self;
        let elapsed: Duration = at.elapsed();
        let elapsed_ms = u64::try_from(elapsed.as_millis()).unwrap_or(u64::MAX);
        match result {
            Ok(status) => tracing::debug!(resource, %method, status, elapsed_ms, "salesforce call"),
            Err(failure) => tracing::debug!(resource, %method, ?failure, elapsed_ms, "salesforce call"),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_path_prefix_stays_in_front() {
        let base = Url::parse("http://localhost:4900/salesforce/?x=1#y").unwrap();
        assert_eq!(
            under(&base, "/services/data/").as_str(),
            "http://localhost:4900/salesforce/services/data/"
        );
        let base = Url::parse("https://acme.my.salesforce.com").unwrap();
        assert_eq!(under(&base, "/services/data/").as_str(), "https://acme.my.salesforce.com/services/data/");
    }
}
