//! The token endpoint (RFC 6749, 4.1.3 and 5; RFC 7636, 4.6): trades a code, once, for an access token and an ID token.

use actix_web::http::Method;
use actix_web::http::header::{AUTHORIZATION, CONTENT_TYPE};
use actix_web::{HttpRequest, HttpResponse, web};
use aws_lc_rs::digest::{SHA256, digest};
use base64::Engine as _;
use base64::engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD};
use serde_json::json;
use url::form_urlencoded;

use super::grants::Grant;
use super::{TOKEN_SECONDS, claims, issuer, no_store, oauth_error, refuse, signing};
use crate::answer::Answer;
use crate::client_area::switches::{IdToken, Nonce, Pkce};
use crate::demo;
use crate::faults::{self, Call, Target};
use crate::world::{Shared, World};

struct Refusal {
    status: u16,
    error: &'static str,
    description: &'static str,
}

const fn refusal(error: &'static str, description: &'static str) -> Refusal {
    Refusal { status: 400, error, description }
}

/// The form, with parameters at most once (RFC 6749, 3.2).
struct Form(Vec<(String, String)>);

impl Form {
    fn read(content_type: &str, body: &[u8]) -> Result<Self, Refusal> {
        if !content_type.starts_with("application/x-www-form-urlencoded") {
            return Err(refusal("invalid_request", "The body must be a form"));
        }
        let pairs: Vec<(String, String)> = form_urlencoded::parse(body)
            .map(|(name, value)| (name.into_owned(), value.into_owned()))
            .collect();
        let mut names: Vec<&str> = pairs.iter().map(|(name, _)| name.as_str()).collect();
        names.sort_unstable();
        if names.windows(2).any(|pair| pair.first() == pair.last()) {
            return Err(refusal("invalid_request", "A parameter is sent twice"));
        }
        Ok(Self(pairs))
    }

    /// A parameter; an empty one counts as absent.
    fn get(&self, name: &str) -> Option<&str> {
        self.0.iter().find(|(key, value)| key == name && !value.is_empty()).map(|(_, value)| value.as_str())
    }
}

pub async fn grant(shared: web::Data<Shared>, request: HttpRequest, body: web::Bytes) -> HttpResponse {
    let header = |name| request.headers().get(name).and_then(|value| value.to_str().ok()).unwrap_or_default();
    let (authorization, content_type) = (header(AUTHORIZATION), header(CONTENT_TYPE));
    let post = request.method() == Method::POST;
    faults::serve(&shared, Call::new(Target::Whmcs, "oidc_token"), refuse, |world| {
        let outcome = if post {
            Form::read(content_type, &body).and_then(|form| trade(world, &shared, authorization, &form))
        } else {
            Err(Refusal {
                status: 405,
                ..refusal("invalid_request", "Tokens are given to POST requests only")
            })
        };
        outcome.unwrap_or_else(|refusal| {
            let answer = oauth_error(refusal.status, refusal.error, refusal.description);
            match refusal.status {
                401 => answer.with("WWW-Authenticate", "Basic realm=\"Service\""),
                405 => answer.with("Allow", "POST"),
                _ => answer,
            }
        })
    })
    .await
}

/// Checks the client (RFC 6749, 2.3.1): in the header or in the body, not in both.
fn authenticate(authorization: &str, form: &Form) -> Result<(), Refusal> {
    const WRONG: Refusal =
        Refusal { status: 401, error: "invalid_client", description: "The client credentials are invalid" };
    let (id, secret) = if authorization.is_empty() {
        let id = form.get("client_id").ok_or(WRONG)?;
        (id.to_owned(), form.get("client_secret").unwrap_or_default().to_owned())
    } else {
        if form.get("client_secret").is_some() {
            return Err(refusal("invalid_request", "Only one way of client authentication may be used"));
        }
        let (id, secret) = basic(authorization).ok_or(WRONG)?;
        if form.get("client_id").is_some_and(|other| other != id) {
            return Err(WRONG);
        }
        (id, secret)
    };
    if id == demo::OPENID_CLIENT_ID && secret == demo::OPENID_CLIENT_SECRET { Ok(()) } else { Err(WRONG) }
}

/// Id and secret of a Basic header; both are form-encoded inside it.
fn basic(authorization: &str) -> Option<(String, String)> {
    let (scheme, encoded) = authorization.split_once(' ')?;
    let text = String::from_utf8(STANDARD.decode(encoded.trim()).ok()?).ok()?;
    let (id, secret) = text.split_once(':').filter(|_| scheme.eq_ignore_ascii_case("basic"))?;
    Some((decoded(id), decoded(secret)))
}

fn decoded(text: &str) -> String {
    let spaced = text.replace('+', " ");
    percent_encoding::percent_decode_str(&spaced).decode_utf8_lossy().into_owned()
}

fn trade(world: &mut World, shared: &Shared, authorization: &str, form: &Form) -> Result<Answer, Refusal> {
    authenticate(authorization, form)?;
    match form.get("grant_type") {
        Some("authorization_code") => {}
        Some(_) => return Err(refusal("unsupported_grant_type", "Only authorization_code is supported")),
        None => return Err(refusal("invalid_request", "grant_type is missing")),
    }
    let code = form.get("code").ok_or(refusal("invalid_request", "code is missing"))?;
    let now = world.clock.now();
    let grant = world
        .sessions
        .grants
        .redeemable(code, now)
        .ok_or(refusal("invalid_grant", "The authorization code is invalid, expired or used"))?;
    if form.get("redirect_uri") != Some(grant.redirect_uri.as_str()) {
        return Err(refusal("invalid_grant", "The redirect URI is not that of the authorization request"));
    }
    if world.config.client_area.openid_pkce != Pkce::Ignored {
        verify(grant.challenge.as_ref(), form.get("code_verifier"))?;
    }
    let failed = || Refusal { status: 500, ..refusal("server_error", "No token could be made") };
    let access = world.sessions.grants.spend(code, grant.clone(), now);
    let id_token = id_token(world, shared, &grant, &access).ok_or_else(failed)?;
    Ok(no_store(Answer::json(
        200,
        &json!({
            "access_token": access,
            "expires_in": TOKEN_SECONDS,
            "token_type": "Bearer",
            "scope": grant.scope.join(" "),
            "id_token": id_token,
        }),
    )))
}

/// A verifier without a challenge is refused too: somebody took the challenge out of the request (RFC 9700, 4.8.2).
fn verify(challenge: Option<&(String, bool)>, verifier: Option<&str>) -> Result<(), Refusal> {
    let matches = match (challenge, verifier) {
        (None, None) => true,
        (Some((challenge, hashed)), Some(verifier)) => {
            let hash = || URL_SAFE_NO_PAD.encode(digest(&SHA256, verifier.as_bytes()));
            if *hashed { hash() == *challenge } else { verifier == challenge }
        }
        _ => false,
    };
    if matches {
        Ok(())
    } else {
        Err(refusal("invalid_grant", "The code verifier does not fit the challenge"))
    }
}

fn id_token(world: &World, shared: &Shared, grant: &Grant, access: &str) -> Option<String> {
    let config = &world.config.client_area;
    let now = world.clock.now().timestamp();
    let scope: &[&'static str] = if config.openid_id_token == IdToken::Full { &grant.scope } else { &[] };
    let mut members = claims::of_scope(world, grant.user_id, scope)?;
    let access_hash = digest(&SHA256, access.as_bytes());
    let half = access_hash.as_ref().get(..16)?;
    let registered = [
        ("iss", json!(issuer(shared))),
        ("sub", json!(claims::subject(world, grant.user_id))),
        ("aud", json!(demo::OPENID_CLIENT_ID)),
        ("iat", json!(now)),
        ("exp", json!(now + TOKEN_SECONDS)),
        ("auth_time", json!(grant.auth_time.timestamp())),
        ("at_hash", json!(URL_SAFE_NO_PAD.encode(half))),
    ];
    members.extend(registered.map(|(name, value)| (name.to_owned(), value)));
    if let Some(nonce) = grant.nonce.as_ref().filter(|_| config.openid_nonce == Nonce::Echoed) {
        members.insert("nonce".to_owned(), json!(nonce));
    }
    signing::sign(&serde_json::Value::Object(members))
}
