//! `Idempotency-Key`: the same request twice is done once, whatever happens in between.
//!
//! A claim on the key is committed before the work begins. The answer is stored with the work, where both are rows of the database in
//! one transaction, else right after it, and a repetition gets the same bytes. Refusals that would be the same next time are stored
//! too; troubles that may pass are not: the key is given back and the same request may try again.

use std::time::Duration;

use actix_web::{
    FromRequest, HttpRequest, HttpResponse, Responder,
    body::BoxBody,
    cookie::Cookie,
    dev::Payload,
    http::{StatusCode, header},
    web::Data,
};
use serde::Serialize;
use sha2::{Digest, Sha256};
use shared_types::{
    ids::UserId,
    problem::{Problem, ProblemCode},
};
use uuid::Uuid;
use zeroize::Zeroizing;

use super::request_id::RequestId;
use crate::{
    app::App,
    crypto::{KeyRing, Purpose},
    error::{ApiError, ApiResult},
    store::{Claim, ClaimRequest, ClaimTicket, Db, IdempotencyScope, StoreError, StoredResponse, SystemTx},
};

/// How long a request may work on its claim before another one may take over. Longer than any handler's deadline.
const LEASE: Duration = Duration::from_secs(30);

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
    scope: IdempotencyScope,
    route: &'static str,
    key: String,
    /// The request itself, which may hold a password: it is kept as a keyed hash only.
    asked: Zeroizing<Vec<u8>>,
    request_id: String,
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
fn fingerprint(keys: &KeyRing, request: &ClaimedRequest) -> [u8; 32] {
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

/// The right to do the work.
#[derive(Clone, Copy, Debug)]
pub struct Ticket {
    scope: IdempotencyScope,
    claim: ClaimTicket,
}

impl Ticket {
    /// Stores the answer in the transaction of the work: both last, or neither.
    pub async fn finish_in(&self, tx: &SystemTx, answer: &Answer) -> Result<(), StoreError> {
        tx.idempotency(self.scope).finish(self.claim, &answer.stored).await
    }
}

/// An answer to be stored and sent.
#[derive(Debug)]
pub struct Answer {
    stored: StoredResponse,
    /// Sent once and never stored.
    cookies: Vec<Cookie<'static>>,
    is_stored: bool,
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

    fn new(status: StatusCode, body: &impl Serialize) -> Self {
        let body = serde_json::to_vec(body).unwrap_or_default();
        let content_type = Some(mime::APPLICATION_JSON.to_string());
        let stored = StoredResponse { status: status.as_u16(), headers: Vec::new(), content_type, body };
        Self { stored, cookies: Vec::new(), is_stored: false }
    }

    fn refusal(error: &ApiError, request_id: &str) -> Self {
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

    /// The work has stored it already, by [`Ticket::finish_in`].
    #[must_use]
    pub const fn already_stored(mut self) -> Self {
        self.is_stored = true;
        self
    }
}

/// An answer, perhaps a repeated one.
#[derive(Debug)]
pub struct Replayable {
    response: StoredResponse,
    cookies: Vec<Cookie<'static>>,
    replayed: bool,
}

impl Replayable {
    /// Whether this was sent before.
    #[must_use]
    pub const fn is_replay(&self) -> bool {
        self.replayed
    }

    /// The body, byte for byte as stored.
    #[must_use]
    pub fn body(&self) -> &[u8] {
        &self.response.body
    }

    /// Adds a cookie to this one sending.
    #[must_use]
    pub fn with_cookie(mut self, cookie: Cookie<'static>) -> Self {
        self.cookies.push(cookie);
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

/// Does things once.
#[derive(Clone)]
pub struct Idempotency {
    db: Db,
    keys: KeyRing,
    instance: String,
}

impl Idempotency {
    /// `instance` names this process among the replicas.
    #[must_use]
    pub const fn new(db: Db, keys: KeyRing, instance: String) -> Self {
        Self { db, keys, instance }
    }

    /// Does the work unless the key was used before. Validate and authorise first: what is refused there leaves no claim.
    pub async fn run(
        &self,
        request: ClaimedRequest,
        work: impl AsyncFnOnce(Ticket) -> ApiResult<Answer>,
    ) -> ApiResult<Replayable> {
        let claim = match self.claim(&request).await? {
            Claim::New(ticket) | Claim::TakenOver { ticket, .. } => ticket,
            Claim::Finished(response) => {
                return Ok(Replayable { response, cookies: Vec::new(), replayed: true });
            }
            Claim::InProgress => {
                return Err(
                    ApiError::new(ProblemCode::IdempotencyInProgress).retry_after(Duration::from_secs(1))
                );
            }
            Claim::Mismatch => return Err(ApiError::new(ProblemCode::IdempotencyMismatch)),
        };
        let answer = match work(Ticket { scope: request.scope, claim }).await {
            Ok(answer) => answer,
            Err(error) if is_final(error.code()) => Answer::refusal(&error, &request.request_id),
            Err(error) => {
                self.release(request.scope, claim).await;
                return Err(error);
            }
        };
        if !answer.is_stored {
            let tx = self.db.as_system().await?;
            tx.idempotency(request.scope).finish(claim, &answer.stored).await?;
            tx.commit().await?;
        }
        Ok(Replayable { response: answer.stored, cookies: answer.cookies, replayed: false })
    }

    async fn claim(&self, request: &ClaimedRequest) -> Result<Claim, StoreError> {
        let tx = self.db.as_system().await?;
        let claim = ClaimRequest {
            route: request.route,
            key_hash: &Sha256::digest(request.key.as_bytes()).into(),
            fingerprint: &fingerprint(&self.keys, request),
            owner: &self.instance,
            lease: LEASE,
        };
        let claim = tx.idempotency(request.scope).claim(&claim).await?;
        tx.commit().await?;
        Ok(claim)
    }

    /// Gives a claim back. If that fails its lease runs out by itself.
    async fn release(&self, scope: IdempotencyScope, claim: ClaimTicket) {
        let released = async {
            let tx = self.db.as_system().await?;
            tx.idempotency(scope).release(claim).await?;
            tx.commit().await
        };
        if let Err(error) = released.await {
            tracing::warn!(%error, "a claim on an idempotency key was not given back");
        }
    }
}

/// Refusals that the same request would meet again.
const fn is_final(code: ProblemCode) -> bool {
    matches!(code, ProblemCode::InvoiceState | ProblemCode::SingleSignOnBlocked | ProblemCode::CodeInvalid)
}

/// Extractor: the mark of the browser, and the cookie to set if it has none yet.
#[derive(Clone, Debug)]
pub struct BrowserMark {
    /// The mark.
    pub mark: [u8; 32],
    /// Hands it to the browser.
    pub cookie: Option<Cookie<'static>>,
}

impl FromRequest for BrowserMark {
    type Error = ApiError;
    type Future = std::future::Ready<ApiResult<Self>>;

    fn from_request(request: &HttpRequest, _: &mut Payload) -> Self::Future {
        let Some(app) = request.app_data::<Data<App>>() else {
            return std::future::ready(Err(ApiError::internal("no App in this server")));
        };
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
