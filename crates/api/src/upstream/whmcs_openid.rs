//! WHMCS as an OpenID Connect provider: authorization code flow with PKCE.
//!
//! Everything is read anew for each sign-in: it happens once in a customer's life. All addresses that the provider names have to be on
//! its own origin, so that no document can send the client's secret or a browser elsewhere.

use std::time::Duration;

use async_trait::async_trait;
use reqwest::RequestBuilder;
use secrecy::{ExposeSecret, SecretString};
use serde::{Deserialize, de::DeserializeOwned};
use serde_json::Value;
use tokio::time::{Instant, timeout_at};
use url::{Url, form_urlencoded};

use super::{
    UpstreamError, UpstreamFailure,
    guard::{CallError, Guard, GuardError, Verdict},
    identity::{OpenIdAnswer, OpenIdError, OpenIdIdentity, OpenIdLogin, OpenIdRequest},
    whmcs_billing::error,
    whmcs_id_token::{Address, Claims, Expected, TokenFault, verify},
};
use crate::clock::Clock;

/// Largest answer that is read, in bytes.
const MAX_BODY: usize = 256 * 1024;
/// Where WHMCS publishes what it offers. The path of the standard needs a rewrite rule that few installations have.
const DISCOVERY: &str = "oauth/openid-configuration.php";

/// The portal as a client of the provider.
#[derive(Clone, Debug)]
pub struct OpenIdSettings {
    /// The System URL of WHMCS, which is the issuer too.
    pub base_url: Url,
    /// Client id.
    pub client_id: String,
    /// Client secret.
    pub client_secret: SecretString,
}

/// The adapter.
pub struct WhmcsOpenId {
    http: reqwest::Client,
    settings: OpenIdSettings,
    guard: Guard,
    clock: Clock,
}

/// What the provider says of itself.
#[derive(Deserialize)]
struct Metadata {
    issuer: String,
    authorization_endpoint: Url,
    token_endpoint: Url,
    userinfo_endpoint: Url,
    jwks_uri: Url,
    #[serde(default)]
    token_endpoint_auth_methods_supported: Vec<String>,
}

#[derive(Deserialize)]
struct Tokens {
    access_token: String,
    id_token: String,
}

#[derive(Deserialize)]
struct Keys {
    keys: Vec<Value>,
}

#[derive(Deserialize)]
struct UserInfo {
    sub: String,
    #[serde(flatten)]
    address: Address,
}

#[derive(Deserialize)]
struct OAuthError {
    error: String,
}

/// What went wrong. Nothing of an answer is in it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
enum Fault {
    #[error("no connection could be made")]
    Connect,
    #[error("it took too long")]
    Timeout,
    #[error("HTTP status {0}")]
    Status(u16),
    #[error("the code was refused")]
    Code,
    #[error("the answer is not what it should be: {0}")]
    Nonsense(&'static str),
    #[error("the ID token: {0}")]
    Token(TokenFault),
}

impl CallError for Fault {
    fn verdict(&self) -> Verdict {
        match self {
            Self::Connect | Self::Timeout | Self::Status(_) | Self::Nonsense(_) => Verdict::Failure,
            Self::Code | Self::Token(_) => Verdict::Neutral,
        }
    }

    fn retry_after(&self) -> Option<Duration> {
        None
    }
}

impl WhmcsOpenId {
    /// Signing in through `http`, within the bounds of `guard`.
    #[must_use]
    pub const fn new(http: reqwest::Client, settings: OpenIdSettings, guard: Guard, clock: Clock) -> Self {
        Self { http, settings, guard, clock }
    }

    async fn metadata(&self, deadline: Instant) -> Result<Metadata, Fault> {
        let base = self.settings.base_url.as_str().trim_end_matches('/');
        let metadata: Metadata = fetch(self.http.get(format!("{base}/{DISCOVERY}")), deadline).await?;
        if metadata.issuer.trim_end_matches('/') != base {
            return Err(Fault::Nonsense("another issuer"));
        }
        let origin = self.settings.base_url.origin();
        let addresses = [
            &metadata.authorization_endpoint,
            &metadata.token_endpoint,
            &metadata.userinfo_endpoint,
            &metadata.jwks_uri,
        ];
        if addresses.into_iter().any(|address| address.origin() != origin) {
            return Err(Fault::Nonsense("an address elsewhere"));
        }
        Ok(metadata)
    }

    async fn identity(&self, deadline: Instant, answer: &OpenIdAnswer<'_>) -> Result<OpenIdIdentity, Fault> {
        let metadata = self.metadata(deadline).await?;
        let tokens: Tokens = fetch(self.redemption(&metadata, answer), deadline).await?;
        let keys: Keys = fetch(self.http.get(metadata.jwks_uri.clone()), deadline).await?;
        let expected = Expected {
            issuer: &metadata.issuer,
            client_id: &self.settings.client_id,
            nonce: answer.nonce,
            now: self.clock.now(),
        };
        let claims = verify(&tokens.id_token, &keys.keys, &expected).map_err(Fault::Token)?;
        let user_id = claims.sub.parse().ok();
        let address = self.address(&metadata, claims, &tokens.access_token, deadline).await?;
        let email_verified = address.verified();
        let email = address.email.ok_or(Fault::Nonsense("no address"))?;
        Ok(OpenIdIdentity { user_id, email, email_verified })
    }

    /// The request that trades the code.
    fn redemption(&self, metadata: &Metadata, answer: &OpenIdAnswer<'_>) -> RequestBuilder {
        let (id, secret) = (self.settings.client_id.as_str(), self.settings.client_secret.expose_secret());
        let mut form = form_urlencoded::Serializer::new(String::new());
        form.append_pair("grant_type", "authorization_code")
            .append_pair("code", answer.code)
            .append_pair("redirect_uri", answer.redirect_uri)
            .append_pair("code_verifier", answer.verifier);
        let request = self
            .http
            .post(metadata.token_endpoint.clone())
            .header(reqwest::header::CONTENT_TYPE, "application/x-www-form-urlencoded");
        // `client_secret_basic` is what holds where nothing is said (OpenID Connect Discovery 1.0, 3).
        let methods = &metadata.token_endpoint_auth_methods_supported;
        let request = if methods.is_empty() || methods.iter().any(|method| method == "client_secret_basic") {
            // RFC 6749, 2.3.1: both are encoded as in a form first.
            let coded = |text: &str| form_urlencoded::byte_serialize(text.as_bytes()).collect::<String>();
            request.basic_auth(coded(id), Some(coded(secret)))
        } else {
            form.append_pair("client_id", id).append_pair("client_secret", secret);
            request
        };
        request.body(form.finish())
    }

    /// The address, from the token or else from the userinfo endpoint, which has to speak of the same person.
    async fn address(
        &self,
        metadata: &Metadata,
        claims: Claims,
        access_token: &str,
        deadline: Instant,
    ) -> Result<Address, Fault> {
        if claims.address.email.is_some() {
            return Ok(claims.address);
        }
        let request = self.http.get(metadata.userinfo_endpoint.clone()).bearer_auth(access_token);
        let info: UserInfo = fetch(request, deadline).await?;
        if info.sub == claims.sub { Ok(info.address) } else { Err(Fault::Nonsense("another subject")) }
    }
}

#[async_trait]
impl OpenIdLogin for WhmcsOpenId {
    async fn question(&self, deadline: Instant, request: &OpenIdRequest<'_>) -> Result<Url, UpstreamError> {
        let metadata = self.guard.write(None, deadline, self.metadata(deadline)).await;
        let mut url = metadata.map_err(|fault| upstream_error(&fault))?.authorization_endpoint;
        url.query_pairs_mut()
            .append_pair("response_type", "code")
            .append_pair("client_id", &self.settings.client_id)
            .append_pair("redirect_uri", request.redirect_uri)
            .append_pair("scope", "openid email profile")
            .append_pair("state", request.state)
            .append_pair("nonce", request.nonce)
            .append_pair("code_challenge", request.challenge)
            .append_pair("code_challenge_method", "S256");
        Ok(url)
    }

    async fn redeem(
        &self,
        deadline: Instant,
        answer: &OpenIdAnswer<'_>,
    ) -> Result<OpenIdIdentity, OpenIdError> {
        match self.guard.write(None, deadline, self.identity(deadline, answer)).await {
            Ok(identity) => Ok(identity),
            Err(GuardError::Inner(Fault::Code | Fault::Token(TokenFault::Nonce))) => {
                Err(OpenIdError::Outdated)
            }
            Err(fault) => Err(upstream_error(&fault).into()),
        }
    }
}

/// Sends a request and reads a JSON object, within bounds.
async fn fetch<T: DeserializeOwned>(request: RequestBuilder, deadline: Instant) -> Result<T, Fault> {
    let answer = timeout_at(deadline, async {
        let mut response = request
            .header(reqwest::header::ACCEPT, "application/json")
            .send()
            .await
            .map_err(|error| send_fault(&error))?;
        let status = response.status();
        let mut body = Vec::new();
        while let Some(chunk) = response.chunk().await.map_err(|_| Fault::Nonsense("cut off"))? {
            if body.len() + chunk.len() > MAX_BODY {
                return Err(Fault::Nonsense("too large"));
            }
            body.extend_from_slice(&chunk);
        }
        Ok((status, body))
    });
    let (status, body) = answer.await.map_err(|_| Fault::Timeout)??;
    if status.is_success() {
        return serde_json::from_slice(&body).map_err(|_| Fault::Nonsense("not the JSON that was expected"));
    }
    let refusal: Option<OAuthError> = serde_json::from_slice(&body).ok();
    match refusal {
        Some(refusal) if refusal.error == "invalid_grant" => Err(Fault::Code),
        _ => Err(Fault::Status(status.as_u16())),
    }
}

fn send_fault(error: &reqwest::Error) -> Fault {
    if error.is_timeout() && !error.is_connect() { Fault::Timeout } else { Fault::Connect }
}

fn upstream_error(guarded: &GuardError<Fault>) -> UpstreamError {
    match guarded {
        GuardError::Rejected { retry_after } => {
            error(UpstreamFailure::Unavailable, "logins are left alone for now")
                .with_retry_after(Some(*retry_after))
        }
        GuardError::Deadline => error(UpstreamFailure::Timeout, "cut off at the deadline"),
        GuardError::Inner(fault) => {
            let failure = match fault {
                Fault::Connect | Fault::Status(429 | 502..=504) => UpstreamFailure::Unavailable,
                Fault::Timeout => UpstreamFailure::Timeout,
                Fault::Status(_) | Fault::Code | Fault::Nonsense(_) | Fault::Token(_) => {
                    UpstreamFailure::Invalid
                }
            };
            error(failure, format!("OpenID Connect: {fault}"))
        }
    }
}
