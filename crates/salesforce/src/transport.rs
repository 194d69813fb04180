//! One HTTP exchange: deadline, body cap, what its failure says about the request, and one log event. It judges no
//! status and never retries.

use std::time::Duration;

use reqwest::header::{ACCEPT, AUTHORIZATION, CONTENT_TYPE, HeaderValue};
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
    pub body: Body,
}

pub(crate) enum Body {
    Empty,
    Json(Vec<u8>),
    Form(String),
}

/// A whole answer, whatever its status.
pub(crate) struct Answer {
    pub status: u16,
    pub usage: Option<ApiUsage>,
    pub body: Vec<u8>,
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
    let started = Instant::now();
    let (resource, method) = (exchange.resource, exchange.method.clone());
    let result = if started >= deadline {
        Err(Failure::NotSent(NotSent::DeadlinePassed))
    } else {
        // Nothing tells how far a request got when time runs out, so this counts as sent.
        timeout_at(deadline, run(http, exchange, max_body))
            .await
            .unwrap_or(Err(Failure::Unknown(Unknown::TimedOut)))
    };
    log(resource, &method, &result, started.elapsed());
    result
}

async fn run(http: &reqwest::Client, exchange: Exchange, max_body: usize) -> Result<Answer, Failure> {
    let asked = exchange.url.clone();
    let mut request = http
        .request(exchange.method, exchange.url)
        .header(ACCEPT, HeaderValue::from_static("application/json"));
    if let Some(authorization) = exchange.authorization {
        request = request.header(AUTHORIZATION, authorization);
    }
    request = match exchange.body {
        Body::Empty => request,
        Body::Json(json) => {
            request.header(CONTENT_TYPE, HeaderValue::from_static("application/json")).body(json)
        }
        Body::Form(form) => request
            .header(CONTENT_TYPE, HeaderValue::from_static("application/x-www-form-urlencoded"))
            .body(form),
    };
    let response = request.send().await.map_err(|error| classify(&error))?;
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
    let body = read_capped(response, status, max_body).await?;
    Ok(Answer { status, usage, body })
}

/// Counts what comes out of decompression: a small compressed body can be a large one.
async fn read_capped(mut response: Response, status: u16, max_body: usize) -> Result<Vec<u8>, Failure> {
    let mut body = Vec::new();
    while let Some(chunk) = response.chunk().await.map_err(|error| match classify(&error) {
        // Once there is a head, the request was sent.
        Failure::NotSent(_) => Failure::Unknown(Unknown::ConnectionLost),
        unknown @ Failure::Unknown(_) => unknown,
    })? {
        if body.len().saturating_add(chunk.len()) > max_body {
            return Err(Failure::Unknown(Unknown::BodyTooLarge { status }));
        }
        body.extend_from_slice(&chunk);
    }
    Ok(body)
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

fn log(resource: &str, method: &Method, result: &Result<Answer, Failure>, elapsed: Duration) {
    let elapsed_ms = u64::try_from(elapsed.as_millis()).unwrap_or(u64::MAX);
    match result {
        Ok(answer) => {
            tracing::debug!(resource, %method, status = answer.status, elapsed_ms, "salesforce call");
        }
        Err(failure) => tracing::debug!(resource, %method, ?failure, elapsed_ms, "salesforce call"),
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
