//! The id of a request: in the answer, in the log, in a customer's question to support.

use actix_web::{
    FromRequest, HttpMessage, HttpRequest,
    dev::{Payload, ServiceRequest},
    http::header::HeaderName,
};

/// Carries the id in both directions.
pub const HEADER: HeaderName = HeaderName::from_static("x-request-id");

/// The id of a request.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RequestId(pub String);

impl RequestId {
    /// The id that a client or proxy sent, where it is of a harmless form, else a new one.
    #[must_use]
    pub fn of(request: &ServiceRequest) -> Self {
        let sent = request.headers().get(HEADER).and_then(|value| value.to_str().ok());
        match sent {
            Some(id) if is_harmless(id) => Self(id.to_owned()),
            _ => Self(uuid::Uuid::now_v7().simple().to_string()),
        }
    }

    /// The id that the edge gave to this request.
    #[must_use]
    pub fn current(request: &HttpRequest) -> String {
        request.extensions().get::<Self>().map(|id| id.0.clone()).unwrap_or_default()
    }
}

/// Extractor: the id of the request.
#[derive(Clone, Debug)]
pub struct CurrentRequest(pub String);

impl FromRequest for CurrentRequest {
    type Error = std::convert::Infallible;
    type Future = std::future::Ready<Result<Self, Self::Error>>;

    fn from_request(request: &HttpRequest, _: &mut Payload) -> Self::Future {
        std::future::ready(Ok(Self(RequestId::current(request))))
    }
}

/// Letters, digits, `-` and `_` only: an id is written into logs and headers.
fn is_harmless(id: &str) -> bool {
    (8..=64).contains(&id.len()) && id.bytes().all(|b| b.is_ascii_alphanumeric() || matches!(b, b'-' | b'_'))
}

#[cfg(test)]
mod tests {
    use actix_web::test::TestRequest;

    use super::*;

    #[test]
    fn a_harmless_id_is_kept_and_any_other_replaced() {
        let of =
            |id: &str| RequestId::of(&TestRequest::default().insert_header((HEADER, id)).to_srv_request()).0;
        assert_eq!(of("trace-0123_AB"), "trace-0123_AB");
        for bad in ["short", "with space in it", "quote\"quote", &"x".repeat(65)] {
            assert_ne!(of(bad), bad);
        }
    }
}
