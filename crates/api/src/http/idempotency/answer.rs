//! What goes back, the first time and again.

use actix_web::{
    HttpRequest, HttpResponse, Responder,
    body::BoxBody,
    cookie::Cookie,
    http::{StatusCode, header},
};
use serde::Serialize;
use shared_types::problem::Problem;

use crate::{error::ApiError, store::StoredResponse};

/// An answer to be stored and sent.
#[derive(Debug)]
pub struct Answer {
    pub(super) stored: StoredResponse,
    /// Sent once and never stored.
    pub(super) cookies: Vec<Cookie<'static>>,
    pub(super) is_stored: bool,
}

impl Answer {
    /// 200 with a body.
    #[must_use]
    pub fn ok(body: impl Serialize) -> Self {
        Self::new(StatusCode::OK, &body)
    }

    /// 202 with a body.
    #[must_use]
    pub fn accepted(body: impl Serialize) -> Self {
        Self::new(StatusCode::ACCEPTED, &body)
    }

    /// 204.
    #[must_use]
    pub const fn no_content() -> Self {
        let stored =
            StoredResponse { status: 204, headers: Vec::new(), content_type: None, body: Vec::new() };
        Self { stored, cookies: Vec::new(), is_stored: false }
    }

    fn new(status: StatusCode, body: &impl Serialize) -> Self {
        let body = serde_json::to_vec(body).unwrap_or_default();
        let content_type = Some(mime::APPLICATION_JSON.to_string());
        let stored = StoredResponse { status: status.as_u16(), headers: Vec::new(), content_type, body };
        Self { stored, cookies: Vec::new(), is_stored: false }
    }

    pub(super) fn refusal(error: &ApiError, request_id: &str) -> Self {
        let body = serde_json::to_vec(&error.problem(request_id)).unwrap_or_default();
        let content_type = Some("application/problem+json".to_owned());
        let stored =
            StoredResponse { status: error.code().status(), headers: Vec::new(), content_type, body };
        Self { stored, cookies: Vec::new(), is_stored: false }
    }

    /// Adds a cookie to this one sending.
    #[must_use]
    pub fn with_cookie(mut self, cookie: Cookie<'static>) -> Self {
        self.cookies.push(cookie);
        self
    }

    /// The work has stored it already, by [`super::Ticket::finish_in`].
    #[must_use]
    pub const fn already_stored(mut self) -> Self {
        self.is_stored = true;
        self
    }
}

/// An answer, perhaps a repeated one.
#[derive(Debug)]
pub struct Replayable {
    pub(super) response: StoredResponse,
    pub(super) cookies: Vec<Cookie<'static>>,
    pub(super) replayed: bool,
}

impl Replayable {
    /// Whether this was sent before.
    #[must_use]
    pub const fn is_replay(&self) -> bool {
        self.replayed
    }

    /// Whether the request was carried out.
    #[must_use]
    pub const fn is_success(&self) -> bool {
        self.response.status >= 200 && self.response.status < 300
    }

    /// The body, byte for byte as stored.
    #[must_use]
    pub fn body(&self) -> &[u8] {
        &self.response.body
    }

    /// Adds cookies, if there are any, to this one sending.
    #[must_use]
    pub fn with_cookies(mut self, cookies: impl IntoIterator<Item = Cookie<'static>>) -> Self {
        self.cookies.extend(cookies);
        self
    }
}

impl Responder for Replayable {
    type Body = BoxBody;

    fn respond_to(self, _: &HttpRequest) -> HttpResponse {
        let status = StatusCode::from_u16(self.response.status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
        let mut answer = HttpResponse::build(status);
        if let Some(content_type) = self.response.content_type {
            answer.insert_header((header::CONTENT_TYPE, content_type));
        }
        if self.replayed {
            answer.insert_header(("idempotent-replayed", "true"));
        }
        for cookie in self.cookies {
            answer.cookie(cookie);
        }
        let refusal =
            serde_json::from_slice::<Problem>(&self.response.body).ok().filter(|_| !status.is_success());
        let mut answer = answer.body(self.response.body);
        if let Some(refusal) = refusal {
            answer.extensions_mut().insert(refusal.code);
        }
        answer
    }
}
