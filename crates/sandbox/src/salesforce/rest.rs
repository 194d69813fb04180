//! One REST call, direct or inside a composite request.

use actix_web::HttpRequest;
use actix_web::http::header::CONTENT_TYPE;
use chrono::{DateTime, Utc};
use percent_encoding::percent_decode_str;
use serde_json::{Map, Value};
use url::form_urlencoded;

use super::error::RestError;
use super::multipart;
use super::write::Author;

#[derive(Debug, Clone)]
pub struct RestCall {
    pub method: String,
    /// Decoded path segments after `/services/data/`, the version first.
    pub segments: Vec<String>,
    pub query: Vec<(String, String)>,
    /// Names in lower case.
    pub headers: Vec<(String, String)>,
    /// The JSON body; null for none.
    body: Option<Value>,
}

impl RestCall {
    /// Reads an HTTP request.
    pub fn read(request: &HttpRequest, body: &[u8]) -> Self {
        let path = request.uri().path().split_once("/services/data/").map_or("", |(_, tail)| tail);
        let headers = request.headers().iter().filter_map(|(name, value)| {
            let shown = name != "authorization";
            value.to_str().ok().filter(|_| shown).map(|value| (name.as_str().to_owned(), value.to_owned()))
        });
        let kind = request.headers().get(CONTENT_TYPE).and_then(|value| value.to_str().ok());
        let body = read_body(kind.unwrap_or_default(), body);
        let method = request.method().as_str();
        Self { headers: headers.collect(), body, ..Self::new(method, path, request.query_string()) }
    }

    /// A call without headers and body; `path` and `query` still percent-encoded.
    pub fn new(method: &str, path: &str, query: &str) -> Self {
        let segments = path
            .split('/')
            .filter(|segment| !segment.is_empty())
            .map(|segment| percent_decode_str(segment).decode_utf8_lossy().into_owned())
            .collect();
        let query = form_urlencoded::parse(query.as_bytes()).into_owned().collect();
        Self { method: method.to_owned(), segments, query, headers: Vec::new(), body: Some(Value::Null) }
    }

    #[must_use]
    pub fn with(mut self, headers: Vec<(String, String)>, body: Value) -> Self {
        self.headers = headers;
        self.body = Some(body);
        self
    }

    pub fn param(&self, name: &str) -> Option<&str> {
        self.query.iter().find(|(key, _)| key == name).map(|(_, value)| value.as_str())
    }

    /// By lower-case name.
    pub fn header(&self, name: &str) -> Option<&str> {
        self.headers.iter().find(|(key, _)| key == name).map(|(_, value)| value.as_str())
    }

    /// The version segment, as it appears in the urls of the answer.
    pub fn version(&self) -> &str {
        self.segments.first().map_or("", String::as_str)
    }

    /// 62 for `v62.0`.
    pub fn version_number(&self) -> u32 {
        let number = self.version().trim_start_matches('v').split('.').next();
        number.and_then(|number| number.parse().ok()).unwrap_or_default()
    }

    pub fn body(&self) -> Result<&Value, RestError> {
        self.body.as_ref().ok_or_else(RestError::bad_json)
    }

    /// The body of a record call.
    pub fn members(&self) -> Result<&Map<String, Value>, RestError> {
        self.body()?.as_object().ok_or_else(RestError::bad_json)
    }

    /// The integration user, with what the headers insist on.
    pub fn author(&self, now: DateTime<Utc>) -> Author {
        let insists = |name: &str, wanted: &str| {
            self.header(name).is_some_and(|value| {
                value.split(';').any(|part| part.trim().replace(' ', "").eq_ignore_ascii_case(wanted))
            })
        };
        Author {
            save_duplicates: insists("sforce-duplicate-rule-header", "allowSave=true"),
            assign: !insists("sforce-auto-assign", "FALSE"),
            ..Author::portal(now)
        }
    }
}

/// JSON, or the JSON part of a multipart body with the file put in as base64; `None` when it cannot be read.
pub fn read_body(content_type: &str, body: &[u8]) -> Option<Value> {
    if body.is_empty() {
        return Some(Value::Null);
    }
    match multipart::boundary(content_type) {
        Some(boundary) => multipart::record(body, &boundary),
        None => serde_json::from_slice(body).ok(),
    }
}
