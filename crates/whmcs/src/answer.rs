//! From status and bytes to what WHMCS decided. Pure: no network, no clock.

use std::time::Duration;

use chrono::DateTime;
use reqwest::header::{DATE, HeaderMap, RETRY_AFTER};

use crate::{
    error::{Denied, Error, Unknown},
    json::{Json, Unreadable},
    object::Object,
    refusal::{Refusal, RefusalKind},
};

/// What the head of an answer says.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Head {
    pub(crate) status: u16,
    pub(crate) retry_after: Option<Duration>,
}

impl Head {
    pub(crate) fn new(status: u16, headers: &HeaderMap) -> Self {
        Self { status, retry_after: retry_after(headers) }
    }

    const fn is_success(self) -> bool {
        matches!(self.status, 200..=299)
    }

    const fn as_error(self) -> Error {
        Error::Unknown(Unknown::HttpStatus { status: self.status, retry_after: self.retry_after })
    }

    /// An answer that is not WHMCS's: under 2xx the body tells most, else the status does.
    const fn unusable(self, unknown: Unknown) -> Error {
        if self.is_success() { Error::Unknown(unknown) } else { self.as_error() }
    }
}

/// Reads an answer. WHMCS puts its decision into the body, under whatever status: 200 for most refusals.
pub(crate) fn read(head: Head, body: &[u8]) -> Result<Object, Error> {
    match Json::parse(body) {
        Ok(Json::Map(object)) => decision(head, object),
        Ok(Json::Null) => Err(head.unusable(Unknown::NullBody)),
        Ok(_) | Err(Unreadable::TooDeep) => Err(head.unusable(Unknown::Shape { field: "result" })),
        Err(Unreadable::Truncated) => Err(head.unusable(Unknown::Truncated)),
        Err(Unreadable::NotJson) => Err(head.unusable(Unknown::NotJson)),
    }
}

fn decision(head: Head, object: Object) -> Result<Object, Error> {
    // Most actions say `result`; a few say `status` instead, where `status` otherwise means a record's own
    // state.
    for flag in ["result", "status"] {
        let word = object.text(flag).unwrap_or_default();
        if word.eq_ignore_ascii_case("success") {
            return Ok(object);
        }
        if word.eq_ignore_ascii_case("error") {
            return Err(refusal(head, &object.text("message").unwrap_or_default()));
        }
    }
    Err(head.unusable(Unknown::Shape { field: "result" }))
}

fn refusal(head: Head, message: &str) -> Error {
    // This one is written after the action ran.
    if message.starts_with("Error generating JSON encoded response") {
        return Error::Unknown(Unknown::NotEncodable);
    }
    if let Some(denied) = Denied::from_message(message) {
        return Error::Denied(denied);
    }
    let refusal = Refusal::from_message(message);
    match head.status {
        _ if refusal.kind() != RefusalKind::Other => Error::Refused(refusal),
        401 | 403 => Error::Denied(Denied::Other),
        // Under these a text that no source lists is not a decision to rely on.
        429 | 500..=599 => head.as_error(),
        _ => Error::Refused(refusal),
    }
}

/// Seconds, or an HTTP date measured against the answer's own `Date`, which needs no clock of ours.
fn retry_after(headers: &HeaderMap) -> Option<Duration> {
    let text = headers.get(RETRY_AFTER)?.to_str().ok()?.trim();
    if let Ok(seconds) = text.parse() {
        return Some(Duration::from_secs(seconds));
    }
    let until = DateTime::parse_from_rfc2822(text).ok()?;
    let sent = DateTime::parse_from_rfc2822(headers.get(DATE)?.to_str().ok()?).ok()?;
    Some((until - sent).to_std().unwrap_or_default())
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use reqwest::header::{DATE, HeaderMap, HeaderValue, RETRY_AFTER};

    use super::{Head, read};
    use crate::error::{Denied, Error, Unknown};

    fn failure(status: u16, body: &str) -> Error {
        read(Head { status, retry_after: None }, body.as_bytes()).err().unwrap()
    }

    fn wait(retry_after: &'static str, date: Option<&'static str>) -> Option<Duration> {
        let mut headers = HeaderMap::new();
        headers.insert(RETRY_AFTER, HeaderValue::from_static(retry_after));
        if let Some(date) = date {
            headers.insert(DATE, HeaderValue::from_static(date));
        }
        Head::new(503, &headers).retry_after
    }

    #[test]
    fn either_flag_is_read_at_any_status() {
        for (status, body) in [
            (200, r#"{"result":"success"}"#),
            (200, r#"{"status":"success"}"#),
            (500, r#"{"result":"Success"}"#),
            (200, r#"{"result":null,"status":"success"}"#),
        ] {
            assert!(read(Head { status, retry_after: None }, body.as_bytes()).is_ok(), "{status} {body}");
        }
        assert!(matches!(failure(200, r#"{"status":"error","message":"Nope"}"#), Error::Refused(_)));
    }

    #[test]
    fn a_text_nobody_lists_counts_only_where_whmcs_decides() {
        let body = r#"{"result":"error","message":"Something new"}"#;
        assert!(matches!(failure(200, body), Error::Refused(_)));
        assert_eq!(failure(403, body), Error::Denied(Denied::Other));
        assert_eq!(
            failure(503, body),
            Error::Unknown(Unknown::HttpStatus { status: 503, retry_after: None })
        );
        let known = r#"{"result":"error","message":"Client Not Found"}"#;
        assert!(matches!(failure(503, known), Error::Refused(_)));
    }

    #[test]
    fn an_object_without_a_decision_has_the_wrong_shape() {
        assert_eq!(failure(200, r#"{"status":"Active"}"#), Error::shape("result"));
        assert_eq!(failure(200, "[]"), Error::shape("result"));
        assert_eq!(
            failure(429, r#"{"error":"slow down"}"#),
            Error::Unknown(Unknown::HttpStatus { status: 429, retry_after: None })
        );
    }

    #[test]
    fn retry_after_is_seconds_or_a_date_against_the_servers_own() {
        assert_eq!(wait("90", None), Some(Duration::from_secs(90)));
        let (late, early) = ("Wed, 21 Oct 2015 07:28:30 GMT", "Wed, 21 Oct 2015 07:28:00 GMT");
        assert_eq!(wait(late, Some(early)), Some(Duration::from_secs(30)));
        assert_eq!(wait(early, Some(late)), Some(Duration::ZERO));
        assert_eq!(wait(late, None), None);
        assert_eq!(wait("soon", Some(early)), None);
    }
}
