//! `POST /services/oauth2/token`: the JWT bearer grant, with the errors real organisations give. And `/revoke`.

use std::sync::LazyLock;

use actix_web::{HttpResponse, web};
use chrono::TimeDelta;
use jsonwebtoken::{Algorithm, DecodingKey, Validation};
use serde::Deserialize;
use serde_json::Value;
use url::form_urlencoded;

use super::wire::Out;
use crate::answer::Answer;
use crate::demo;
use crate::faults::{self, Call, Fault, Target};
use crate::ledger::salesforce::{ORGANISATION, USER};
use crate::world::{Shared, World};

const PUBLIC_KEY: &[u8] = include_bytes!("../../fixtures/salesforce-demo-key.pub.pem");
const GRANT: &str = "urn:ietf:params:oauth:grant-type:jwt-bearer";
/// Seconds by which `exp` may lie in the past.
const LEEWAY: i64 = 30;

static KEY: LazyLock<Option<DecodingKey>> = LazyLock::new(|| DecodingKey::from_rsa_pem(PUBLIC_KEY).ok());

/// The claims that count. Types are lenient, as the real endpoint's are: clients send `exp` as text or in milliseconds.
#[derive(Deserialize)]
struct Claims {
    #[serde(default)]
    iss: String,
    sub: Option<String>,
    /// The old name of `sub`; it wins.
    prn: Option<String>,
    #[serde(default)]
    aud: Value,
    #[serde(default)]
    exp: Value,
}

struct Refusal {
    error: &'static str,
    description: &'static str,
}

const fn refusal(error: &'static str, description: &'static str) -> Refusal {
    Refusal { error, description }
}

const INVALID: Refusal = refusal("invalid_grant", "invalid assertion");
const EXPIRED: Refusal = refusal("invalid_grant", "expired authorization code");

pub async fn grant(shared: web::Data<Shared>, body: web::Bytes) -> HttpResponse {
    faults::serve(&shared, Call::new(Target::Salesforce, "token"), refuse, |world| {
        match check(world, &shared, &body) {
            Ok(()) => success(world, &shared),
            Err(Refusal { error, description }) => oauth_error(400, error, description),
        }
    })
    .await
}

/// Ends a session.
pub async fn revoke(shared: web::Data<Shared>, body: web::Bytes) -> HttpResponse {
    faults::serve(&shared, Call::new(Target::Salesforce, "revoke"), refuse, |world| {
        let token = param(&body, "token").unwrap_or_default();
        if world.ledger.salesforce.revoke_session(&token) {
            return Answer::empty(200);
        }
        oauth_error(400, "invalid_token", "invalid token")
    })
    .await
}

fn oauth_error(status: u16, error: &str, description: &str) -> Answer {
    let body = Out::object([("error", error.into()), ("error_description", description.into())]);
    uncached(status, &body)
}

fn uncached(status: u16, body: &Out) -> Answer {
    Answer::new(status, "application/json;charset=UTF-8", body.text()).with("Cache-Control", "no-store")
}

fn refuse(fault: &Fault) -> Answer {
    let status = fault.status.unwrap_or(if fault.kind == faults::Kind::Error { 400 } else { 503 });
    let error = fault.code.as_deref().unwrap_or("invalid_grant");
    oauth_error(status, error, fault.message.as_deref().unwrap_or("sandbox fault"))
}

fn success(world: &mut World, shared: &Shared) -> Answer {
    let now = world.clock.now();
    let token = world.ledger.salesforce.open_session(now);
    let (organisation, user) = (super::id::with_checksum(ORGANISATION), super::id::with_checksum(USER));
    let identity = shared.address(&format!("salesforce/id/{organisation}/{user}"));
    let body = Out::object([
        ("access_token", token.into()),
        ("scope", "id api".into()),
        ("instance_url", shared.address("salesforce").into()),
        ("id", identity.into()),
        ("token_type", "Bearer".into()),
    ]);
    uncached(200, &body)
}

fn param(body: &[u8], name: &str) -> Option<String> {
    form_urlencoded::parse(body).find(|(key, _)| key == name).map(|(_, value)| value.into_owned())
}

fn check(world: &World, shared: &Shared, body: &[u8]) -> Result<(), Refusal> {
    if param(body, "grant_type").as_deref() != Some(GRANT) {
        return Err(refusal("unsupported_grant_type", "grant type not supported"));
    }
    let claims = verified(&param(body, "assertion").unwrap_or_default())?;
    let settings = &world.ledger.salesforce.settings;
    if !audience(&claims.aud, &settings.audiences, shared) {
        return Err(refusal("invalid_grant", "audience is invalid"));
    }
    let now = world.clock.now();
    let exp = expiry(&claims.exp).ok_or(EXPIRED)?;
    let too_late = settings
        .max_assertion_age
        .and_then(TimeDelta::try_seconds)
        .and_then(|age| now.checked_add_signed(age))
        .is_some_and(|latest| exp > latest.timestamp().saturating_add(LEEWAY));
    if exp.saturating_add(LEEWAY) < now.timestamp() || too_late {
        return Err(EXPIRED);
    }
    if claims.prn.or(claims.sub).as_deref() != Some(demo::SF_USERNAME) || !settings.user_approved {
        return Err(refusal("invalid_grant", "user hasn't approved this consumer"));
    }
    if !settings.admin_approved {
        return Err(refusal("invalid_app_access", "user is not admin approved to access this app"));
    }
    Ok(())
}

/// The claims, if the key of the app that they name signed them with RS256.
fn verified(assertion: &str) -> Result<Claims, Refusal> {
    let named = jsonwebtoken::dangerous::insecure_decode::<Claims>(assertion).map_err(|_| INVALID)?;
    if named.claims.iss != demo::SF_CLIENT_ID {
        return Err(refusal("invalid_client_id", "client identifier invalid"));
    }
    let mut validation = Validation::new(Algorithm::RS256);
    validation.required_spec_claims.clear();
    validation.validate_exp = false;
    validation.validate_aud = false;
    let key = KEY.as_ref().ok_or(INVALID)?;
    jsonwebtoken::decode::<Claims>(assertion, key, &validation).map(|data| data.claims).map_err(|_| INVALID)
}

/// A listed one, or this server under any name of the loopback interface; exactly, so no trailing slash.
fn audience(claim: &Value, listed: &[String], shared: &Shared) -> bool {
    let accepted = |aud: &str| {
        if listed.iter().any(|known| known == aud) {
            return true;
        }
        let origin = aud.strip_suffix("/salesforce").unwrap_or(aud);
        let own = shared.base.as_str().trim_end_matches('/');
        let port = shared.base.port_or_known_default().unwrap_or_default();
        origin == own
            || ["127.0.0.1", "localhost"].iter().any(|host| origin == format!("http://{host}:{port}"))
    };
    match claim {
        Value::String(aud) => accepted(aud),
        Value::Array(list) => list.iter().filter_map(Value::as_str).any(accepted),
        _ => false,
    }
}

/// Seconds since the epoch, from a number or its text.
fn expiry(claim: &Value) -> Option<i64> {
    claim.as_i64().or_else(|| claim.as_str()?.parse().ok())
}
