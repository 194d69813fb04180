//! What a client sends: the key, the request that it stands for, and the mark of the browser.

use actix_web::{FromRequest, HttpRequest, cookie::Cookie, dev::Payload, web::Data};
use serde::Serialize;
use sha2::{Digest, Sha256};
use shared_types::{ids::UserId, problem::ProblemCode};
use uuid::Uuid;
use zeroize::Zeroizing;

use crate::{
    app::App,
    crypto::{KeyRing, Purpose},
    error::{ApiError, ApiResult},
    http::{bearer, request_id::RequestId},
    store::IdempotencyScope,
};

/// Extractor: the key, 20 to 64 letters, digits, `-` or `_`; in quotes or not.
#[derive(Clone, Debug, utoipa::IntoParams)]
#[into_params(parameter_in = Header)]
pub struct IdempotencyKey {
    /// Made by the client for one submission and kept for its repetitions: 20 to 64 letters, digits, `-` or `_`.
    #[param(
        rename = "Idempotency-Key",
        min_length = 20,
        max_length = 64,
        pattern = r"^[A-Za-z0-9_-]{20,64}$"
    )]
    key: String,
    #[param(ignore)]
    request_id: String,
}

impl FromRequest for IdempotencyKey {
    type Error = ApiError;
    type Future = std::future::Ready<ApiResult<Self>>;

    fn from_request(request: &HttpRequest, _: &mut Payload) -> Self::Future {
        let mut values = request.headers().get_all("idempotency-key");
        let key = match (values.next().and_then(|value| value.to_str().ok()), values.next()) {
            (Some(value), None) => unquoted(value).filter(|key| is_key(key)),
            _ => None,
        };
        std::future::ready(match key {
            Some(key) => Ok(Self { key: key.to_owned(), request_id: RequestId::current(request) }),
            None => Err(ApiError::new(ProblemCode::IdempotencyKey)),
        })
    }
}

/// A structured-field string (RFC 9651, 3.3.3) or the bare token.
fn unquoted(value: &str) -> Option<&str> {
    match value.strip_prefix('"') {
        Some(rest) => rest.strip_suffix('"'),
        None => Some(value),
    }
}

fn is_key(key: &str) -> bool {
    (20..=64).contains(&key.len())
        && key.bytes().all(|b| b.is_ascii_alphanumeric() || matches!(b, b'-' | b'_'))
}

/// What is to be done once.
pub struct ClaimedRequest {
    pub(super) scope: IdempotencyScope,
    pub(super) route: &'static str,
    pub(super) key: String,
    /// The request itself, which may hold a password: it is kept as a keyed hash only.
    asked: Zeroizing<Vec<u8>>,
    pub(super) request_id: String,
}

impl IdempotencyKey {
    /// The request of a signed-in user. `route` is method and template; `asked` is everything that makes the request what it is.
    pub fn of_user(
        &self,
        user: UserId,
        route: &'static str,
        asked: &impl Serialize,
    ) -> ApiResult<ClaimedRequest> {
        self.claim(IdempotencyScope::User(user), route, asked)
    }

    /// The request of a browser in which nobody is signed in, told from others by its mark.
    pub fn of_browser(
        &self,
        mark: &[u8; 32],
        route: &'static str,
        asked: &impl Serialize,
    ) -> ApiResult<ClaimedRequest> {
        let hash: [u8; 32] = Sha256::digest(mark).into();
        let id = Uuid::from_u128(u128::from_be_bytes(first_half(&hash)));
        self.claim(IdempotencyScope::PreSession(id), route, asked)
    }

    fn claim(
        &self,
        scope: IdempotencyScope,
        route: &'static str,
        asked: &impl Serialize,
    ) -> ApiResult<ClaimedRequest> {
        // Types were parsed before, so that two spellings of one request give one text.
        let asked = Zeroizing::new(serde_json::to_vec(asked).map_err(ApiError::internal)?);
        Ok(ClaimedRequest { scope, route, key: self.key.clone(), asked, request_id: self.request_id.clone() })
    }
}

/// Tells requests apart without keeping them. Under a key of ours: a plain hash would let a thief of the table guess passwords.
pub(super) fn fingerprint(keys: &KeyRing, request: &ClaimedRequest) -> [u8; 32] {
    let mut message = Zeroizing::new(request.route.as_bytes().to_vec());
    message.push(0);
    message.extend_from_slice(&request.asked);
    keys.keyed_hash(Purpose::Fingerprint, &message)
}

fn first_half(hash: &[u8; 32]) -> [u8; 16] {
    let mut half = [0; 16];
    for (to, from) in half.iter_mut().zip(hash) {
        *to = *from;
    }
    half
}

/// Extractor: the mark of the browser, and the cookie to set if it has none yet.
#[derive(Clone, Debug)]
pub struct BrowserMark {
    /// The mark.
    pub mark: [u8; 32],
    /// Hands it to the browser.
    pub cookie: Option<Cookie<'static>>,
}

impl BrowserMark {
    /// The SHA-256 of the mark, by which rows of the database name the browser.
    #[must_use]
    pub fn hash(&self) -> [u8; 32] {
        Sha256::digest(self.mark).into()
    }
}

impl FromRequest for BrowserMark {
    type Error = ApiError;
    type Future = std::future::Ready<ApiResult<Self>>;

    fn from_request(request: &HttpRequest, _: &mut Payload) -> Self::Future {
        let Some(app) = request.app_data::<Data<App>>() else {
            return std::future::ready(Err(ApiError::internal("no App in this server")));
        };
        // Front ends with tokens get no cookies at all.
        if bearer::token_of(request).is_some() {
            return std::future::ready(Ok(Self { mark: app.random.token(), cookie: None }));
        }
        if let Some(mark) = app.cookies.browser_mark(request) {
            return std::future::ready(Ok(Self { mark, cookie: None }));
        }
        let mark = app.random.token();
        std::future::ready(Ok(Self { mark, cookie: Some(app.cookies.set_browser_mark(&mark)) }))
    }
}

#[cfg(test)]
mod tests {
    use actix_web::test::TestRequest;

    use super::*;

    async fn key(values: &[&str]) -> Option<String> {
        let mut request = TestRequest::post();
        for value in values {
            request = request.append_header(("idempotency-key", *value));
        }
        IdempotencyKey::extract(&request.to_http_request()).await.ok().map(|key| key.key)
    }

    #[actix_web::test]
    async fn a_key_is_one_token_of_20_to_64_characters() {
        let good = "0123456789abcdef-_XYZ";
        assert_eq!(key(&[good]).await.as_deref(), Some(good));
        assert_eq!(key(&[&format!("\"{good}\"")]).await.as_deref(), Some(good));
        assert_eq!(key(&[&"k".repeat(64)]).await.as_deref(), Some("k".repeat(64).as_str()));
        let (short, long) = ("k".repeat(19), "k".repeat(65));
        let open = format!("\"{good}");
        for bad in [
            short.as_str(),
            long.as_str(),
            "0123456789 0123456789",
            "",
            open.as_str(),
            "schlüssel-0123456789-01",
        ] {
            assert_eq!(key(&[bad]).await, None, "{bad}");
        }
        assert_eq!(key(&[]).await, None);
        assert_eq!(key(&[good, good]).await, None, "two keys are a trick");
    }

    #[test]
    fn the_fingerprint_tells_requests_apart() {
        let key = IdempotencyKey { key: "k".repeat(20), request_id: String::new() };
        let user = UserId::from_uuid(Uuid::from_u128(7));
        let keys = KeyRing::parse("k1:AQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQE=").unwrap();
        let print =
            |route, asked: &serde_json::Value| fingerprint(&keys, &key.of_user(user, route, asked).unwrap());
        let one = serde_json::json!({"purpose": "pay"});
        assert_eq!(print("POST /a", &one), print("POST /a", &one));
        assert_ne!(print("POST /a", &one), print("POST /b", &one));
        assert_ne!(print("POST /a", &one), print("POST /a", &serde_json::json!({"purpose": "pdf"})));
    }
}
