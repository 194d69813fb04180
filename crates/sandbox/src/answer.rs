//! An HTTP answer before it meets the web framework, so that faults can replace, cut or drop it.

use actix_web::HttpResponse;
use actix_web::http::StatusCode;
use bytes::Bytes;
use serde_json::Value;

/// Status, headers and a whole body.
#[derive(Debug, Clone)]
pub struct Answer {
    pub status: u16,
    pub headers: Vec<(&'static str, String)>,
    pub body: Bytes,
}

impl Answer {
    pub fn new(status: u16, content_type: &str, body: impl Into<Bytes>) -> Self {
        Self { status, headers: vec![("Content-Type", content_type.to_owned())], body: body.into() }
    }

    pub fn empty(status: u16) -> Self {
        Self { status, headers: Vec::new(), body: Bytes::new() }
    }

    pub fn json(status: u16, value: &Value) -> Self {
        Self::new(status, "application/json", value.to_string())
    }

    pub fn html(status: u16, page: String) -> Self {
        Self::form_html(status, page, None)
    }

    /// A page whose form may end at `origin` too: browsers hold the redirects after a form post to `form-action`.
    pub fn form_html(status: u16, page: String, origin: Option<&str>) -> Self {
        let origin = origin.map_or_else(String::new, |origin| format!(" {origin}"));
        let policy = format!("default-src 'none'; style-src 'self'; form-action 'self'{origin}");
        Self::new(status, "text/html; charset=utf-8", page)
            .with("Content-Security-Policy", policy)
            .with("Cache-Control", "no-store")
            .with("X-Content-Type-Options", "nosniff")
            .with("Referrer-Policy", "no-referrer")
    }

    pub fn redirect(status: u16, location: String) -> Self {
        Self::empty(status).with("Location", location).with("Cache-Control", "no-store")
    }

    #[must_use]
    pub fn with(mut self, name: &'static str, value: impl Into<String>) -> Self {
        self.headers.push((name, value.into()));
        self
    }

    /// The response head, to be given a body.
    pub fn builder(&self) -> actix_web::HttpResponseBuilder {
        let status = StatusCode::from_u16(self.status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
        let mut builder = HttpResponse::build(status);
        for (name, value) in &self.headers {
            builder.append_header((*name, value.as_str()));
        }
        builder
    }

    pub fn into_response(self) -> HttpResponse {
        self.builder().body(self.body)
    }
}
