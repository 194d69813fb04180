//! Answers that come from the cache, and how old a client lets them be.

use std::{future::Future, pin::Pin, time::Duration};

use actix_web::{
    FromRequest, HttpRequest, HttpResponse, Responder,
    body::BoxBody,
    dev::Payload,
    http::header::{self, ContentType},
    web::{Bytes, BytesMut},
};
use shared_types::{ids::UserId, page::Meta};

use crate::{
    app::App,
    cache::{Fragment, Hit},
    error::ApiResult,
    limits::Action,
};

/// How old an answer may be for a client that says `no-cache`: new enough for a person, old enough for twenty tabs to share it.
const NO_CACHE: Duration = Duration::from_secs(2);

/// An answer made of a cached value: its members, and `meta`. While the copy is fresh, the bytes are made once and sent many times.
#[derive(Debug)]
pub struct CachedAnswer(pub Hit);

impl Responder for CachedAnswer {
    type Body = BoxBody;

    fn respond_to(self, _: &HttpRequest) -> HttpResponse {
        let body = self.0.body(splice);
        HttpResponse::Ok().insert_header(ContentType::json()).body(body)
    }
}

/// `{"data":…}` becomes `{"data":…,"meta":…}`.
fn splice(fragment: &Fragment, meta: Meta) -> Bytes {
    let meta = serde_json::to_vec(&meta).unwrap_or_default();
    let open = fragment.bytes.strip_suffix(b"}").unwrap_or(&fragment.bytes);
    let mut bytes = BytesMut::with_capacity(open.len() + meta.len() + 9);
    bytes.extend_from_slice(open);
    bytes.extend_from_slice(b",\"meta\":");
    bytes.extend_from_slice(&meta);
    bytes.extend_from_slice(b"}");
    bytes.freeze()
}

/// Extractor: the request's `Cache-Control: no-cache` (RFC 9111, 5.2.1.4), the refresh button.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct MaxAge(pub Option<Duration>);

impl MaxAge {
    /// How old the answer may be. Asking for a new one is counted: each such request makes an upstream work.
    pub async fn counted(self, app: &App, user: UserId) -> ApiResult<Option<Duration>> {
        if self.0.is_some() {
            app.limits.take(Action::Refresh, &user.to_string()).await?;
        }
        Ok(self.0)
    }
}

impl FromRequest for MaxAge {
    type Error = std::convert::Infallible;
    type Future = Pin<Box<dyn Future<Output = Result<Self, Self::Error>>>>;

    fn from_request(request: &HttpRequest, _: &mut Payload) -> Self::Future {
        let asked = request.headers().get(header::CACHE_CONTROL).and_then(|value| value.to_str().ok());
        let no_cache = asked
            .is_some_and(|value| value.split(',').any(|part| part.trim().eq_ignore_ascii_case("no-cache")));
        Box::pin(std::future::ready(Ok(Self(no_cache.then_some(NO_CACHE)))))
    }
}

#[cfg(test)]
mod tests {
    use chrono::DateTime;
    use shared_types::page::Source;

    use super::*;

    #[test]
    fn meta_is_the_last_member_of_the_object() {
        let as_of = DateTime::from_timestamp(1_700_000_000, 0).unwrap();
        let fragment = Fragment { bytes: Bytes::from_static(br#"{"data":[1],"page":{}}"#), as_of };
        let body = splice(&fragment, Meta { as_of, stale: true, source: Source::Cache });
        let value: serde_json::Value = serde_json::from_slice(&body).unwrap();
        assert_eq!(value["data"][0], 1);
        assert_eq!(value["meta"]["stale"], true);
        assert_eq!(value["meta"]["as_of"], "2023-11-14T22:13:20Z");
    }
}
