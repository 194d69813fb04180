//! One request and its answer: JSON, a deadline, problem documents. No retries: a caller knows what may be repeated.

use std::{cell::Cell, marker::PhantomData, rc::Rc, time::Duration};

use futures::future::LocalBoxFuture;
use gloo_net::http::{Request, RequestBuilder};
use leptos::leptos_dom::helpers::{TimeoutHandle, set_timeout_with_handle};
use shared_types::{
    page::DataView,
    problem::Problem,
    wire::{self, Document, Wire},
};
use web_sys::AbortController;

use super::ApiError;

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
    pub fn into_path(self) -> String {
        self.path
    }
}

/// An answer of the portal that is no refusal, still as text.
///
/// Asking is the same for all types, so that it exists once; only decoding knows the type.
pub struct Reply {
    status: u16,
    request_id: Option<String>,
    text: String,
}

impl Reply {
    /// The text.
    pub fn text(&self) -> &str {
        &self.text
    }

    /// Takes the text apart.
    pub fn document(&self) -> Result<Document, ApiError> {
        Document::parse(&self.text).map_err(|_| self.unreadable())
    }

    /// Reads the text.
    pub fn decode<T: Wire>(&self) -> Result<T, ApiError> {
        wire::from_text(&self.text).map_err(|_| self.unreadable())
    }

    /// What to say of an answer that makes no sense.
    pub fn unreadable(&self) -> ApiError {
        ApiError::Unreadable { status: self.status, request_id: self.request_id.clone() }
    }
}

/// What becomes of a request.
pub type Asking = LocalBoxFuture<'static, Result<Reply, ApiError>>;

/// Asks the portal.
pub fn get(path: &str, freshness: Freshness) -> Asking {
    let request = Request::get(path);
    let request = match freshness {
        Freshness::Any => request,
        Freshness::Now => request.header("Cache-Control", "no-cache"),
    };
    Box::pin(exchange(request, None))
}

/// Posts.
pub fn post(path: &str, content: &impl Wire, key: Option<&str>) -> Asking {
    write(Request::post(path), wire::to_text(content), key)
}

/// Posts what has no content.
pub fn post_nothing(path: &str, key: Option<&str>) -> Asking {
    write(Request::post(path), "{}".to_owned(), key)
}

/// Changes a part of something.
pub fn patch(path: &str, content: &impl Wire, key: &str) -> Asking {
    write(Request::patch(path), wire::to_text(content), Some(key))
}

/// Takes something away.
pub fn delete(path: &str, key: &str) -> Asking {
    write(Request::delete(path), "{}".to_owned(), Some(key))
}

/// Waits for an answer and takes the portal's envelope off.
pub async fn data_of<T: Wire>(asking: Asking) -> Result<T, ApiError> {
    asking.await?.decode::<DataView<T>>().map(|answer| answer.data)
}

/// Waits for an answer that says nothing more.
pub async fn done(asking: Asking) -> Result<(), ApiError> {
    asking.await.map(|_| ())
}

fn write(request: RequestBuilder, content: String, key: Option<&str>) -> Asking {
    let request = request.header("Content-Type", "application/json");
    let request = match key {
        Some(key) => request.header("Idempotency-Key", key),
        None => request,
    };
    Box::pin(exchange(request, Some(content)))
}

async fn exchange(request: RequestBuilder, content: Option<String>) -> Result<Reply, ApiError> {
    let deadline = Deadline::start();
    let request = request.header("Accept", "application/json").abort_signal(deadline.signal().as_ref());
    let request = match content {
        Some(content) => request.body(content),
        None => request.build(),
    }
    .map_err(|_| ApiError::Network)?;
    let response = request.send().await.map_err(|_| deadline.error())?;
    let headers = response.headers();
    let text = response.text().await.map_err(|_| deadline.error())?;
    let reply = Reply { status: response.status(), request_id: headers.get("X-Request-Id"), text };
    if response.ok() {
        return Ok(reply);
    }
    let retry_after = headers.get("Retry-After").and_then(|seconds| seconds.parse().ok());
    Err(match wire::from_text::<Problem>(&reply.text) {
        Ok(problem) => ApiError::Problem { problem: Box::new(problem), retry_after },
        Err(_) => reply.unreadable(),
    })
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
