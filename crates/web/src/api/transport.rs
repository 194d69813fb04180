//! One request and its answer: JSON, a deadline, problem documents. No retries: a caller knows what may be repeated.

use std::{cell::Cell, marker::PhantomData, rc::Rc, time::Duration};

use gloo_net::http::{Request, RequestBuilder, Response};
use leptos::leptos_dom::helpers::{TimeoutHandle, set_timeout_with_handle};
use serde::{Serialize, de::DeserializeOwned};
use shared_types::problem::Problem;
use web_sys::AbortController;

use super::{ApiError, decode::decode};

/// The portal answers, or refuses, well within this time.
const DEADLINE: Duration = Duration::from_secs(20);

/// How old an answer may be.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Freshness {
    /// Whatever the portal has at hand.
    Any,
    /// Two seconds at most.
    Now,
}

/// A read: its address, and the type of its answer. Two reads are the same if their addresses are.
#[derive(Debug)]
pub struct Read<T> {
    path: String,
    answer: PhantomData<fn() -> T>,
}

impl<T> Read<T> {
    pub(super) fn new(path: impl Into<String>) -> Self {
        Self { path: path.into(), answer: PhantomData }
    }

    /// The address, which is the read's key in a cache too.
    pub fn path(&self) -> &str {
        &self.path
    }
}

impl<T> Clone for Read<T> {
    fn clone(&self) -> Self {
        Self::new(self.path.clone())
    }
}

impl<T> PartialEq for Read<T> {
    fn eq(&self, other: &Self) -> bool {
        self.path == other.path
    }
}

impl<T: DeserializeOwned> Read<T> {
    /// Asks the portal.
    pub async fn fetch(&self, freshness: Freshness) -> Result<T, ApiError> {
        let request = Request::get(&self.path);
        let request = match freshness {
            Freshness::Any => request,
            Freshness::Now => request.header("Cache-Control", "no-cache"),
        };
        let response = send(request, None).await?;
        body(&response).await
    }
}

/// Posts and reads the answer.
pub async fn post<T: DeserializeOwned>(
    path: &str,
    content: &impl Serialize,
    key: Option<&str>,
) -> Result<T, ApiError> {
    let response = send(post_builder(path, key), Some(json(content)?)).await?;
    body(&response).await
}

/// Posts where the answer has no content.
pub async fn post_for_nothing(path: &str, content: &impl Serialize) -> Result<(), ApiError> {
    send(post_builder(path, None), Some(json(content)?)).await.map(|_| ())
}

fn post_builder(path: &str, key: Option<&str>) -> RequestBuilder {
    let request = Request::post(path).header("Content-Type", "application/json");
    match key {
        Some(key) => request.header("Idempotency-Key", key),
        None => request,
    }
}

/// Requests are plain structs, so that this cannot fail; if it ever did, nothing was sent.
fn json(content: &impl Serialize) -> Result<String, ApiError> {
    serde_json::to_string(content).map_err(|_| ApiError::Network)
}

async fn send(request: RequestBuilder, content: Option<String>) -> Result<Response, ApiError> {
    let deadline = Deadline::start();
    let request = request.header("Accept", "application/json").abort_signal(deadline.signal().as_ref());
    let request = match content {
        Some(content) => request.body(content),
        None => request.build(),
    }
    .map_err(|_| ApiError::Network)?;
    let response = request.send().await.map_err(|_| deadline.error())?;
    if response.ok() { Ok(response) } else { Err(refusal(&response, &deadline).await) }
}

async fn refusal(response: &Response, deadline: &Deadline) -> ApiError {
    let retry_after = response.headers().get("Retry-After").and_then(|seconds| seconds.parse().ok());
    let Ok(text) = response.text().await else { return deadline.error() };
    match decode::<Problem>(&text) {
        Ok(problem) => ApiError::Problem { problem: Box::new(problem), retry_after },
        Err(_) => unreadable(response),
    }
}

async fn body<T: DeserializeOwned>(response: &Response) -> Result<T, ApiError> {
    let text = response.text().await.map_err(|_| ApiError::Network)?;
    decode(&text).map_err(|_| unreadable(response))
}

fn unreadable(response: &Response) -> ApiError {
    ApiError::Unreadable { status: response.status(), request_id: response.headers().get("X-Request-Id") }
}

/// Aborts a request that takes too long; forgets about it when dropped.
struct Deadline {
    controller: Option<AbortController>,
    timer: Option<TimeoutHandle>,
    over: Rc<Cell<bool>>,
}

impl Deadline {
    fn start() -> Self {
        let over = Rc::new(Cell::new(false));
        let controller = AbortController::new().ok();
        let timer = controller.clone().and_then(|controller| {
            let over = Rc::clone(&over);
            let abort = move || {
                over.set(true);
                controller.abort();
            };
            set_timeout_with_handle(abort, DEADLINE).ok()
        });
        Self { controller, timer, over }
    }

    fn signal(&self) -> Option<web_sys::AbortSignal> {
        self.controller.as_ref().map(AbortController::signal)
    }

    /// Why a request did not come to an end.
    fn error(&self) -> ApiError {
        if self.over.get() { ApiError::Timeout } else { ApiError::Network }
    }
}

impl Drop for Deadline {
    fn drop(&mut self) {
        if let Some(timer) = self.timer {
            timer.clear();
        }
    }
}
