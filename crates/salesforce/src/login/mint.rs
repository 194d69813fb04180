//! One login: signs the assertion, asks for a token, checks where it may be sent. Keeps nothing.

use std::sync::Arc;
use std::time::Duration;

use chrono::{DateTime, Utc};
use reqwest::header::{HeaderMap, HeaderValue};
use serde::{Deserialize, Serialize};
use tokio::time::Instant;
use url::{Url, form_urlencoded};

use super::error::{LoginError, LoginRefusal};
use super::sessions::Session;
use crate::catalogue;
use crate::key;
use crate::settings::Settings;
use crate::transport::{self, Answer, Body, Exchange};

/// Salesforce wants `exp` within three minutes; the margin is for its clock running behind ours.
const ASSERTION_SECONDS: i64 = 150;
const MINT_TIME: Duration = Duration::from_secs(10);

#[derive(Serialize)]
struct Claims<'a> {
    iss: &'a str,
    sub: &'a str,
    aud: String,
    exp: i64,
}

#[derive(Deserialize)]
struct TokenAnswer {
    access_token: String,
    instance_url: String,
}

#[derive(Deserialize)]
struct OauthError {
    error: String,
    #[serde(default)]
    error_description: String,
}

pub(super) async fn mint(
    http: &reqwest::Client,
    settings: &Arc<Settings>,
    now: DateTime<Utc>,
) -> Result<Session, LoginError> {
    let deadline = Instant::now() + MINT_TIME;
    let signing = Arc::clone(settings);
    let assertion = tokio::task::spawn_blocking(move || assertion(&signing, now))
        .await
        .map_err(|_| LoginError::Unavailable)?
        .map_err(LoginError::Key)?;
    let form = form_urlencoded::Serializer::new(String::new())
        .append_pair("grant_type", "urn:ietf:params:oauth:grant-type:jwt-bearer")
        .append_pair("assertion", &assertion)
        .finish();
    let exchange = Exchange {
        resource: "token",
        method: catalogue::TOKEN.http_method(),
        url: transport::under(&settings.login_url, catalogue::TOKEN.path),
        authorization: None,
        headers: HeaderMap::new(),
        body: Body::Form(form),
    };
    let answer = transport::exchange(http, exchange, deadline, settings.max_body)
        .await
        .map_err(|_| LoginError::Unavailable)?;
    read(&answer, &settings.login_url, now)
}

fn assertion(settings: &Settings, now: DateTime<Utc>) -> Result<String, key::KeyError> {
    let claims = Claims {
        iss: &settings.client_id,
        sub: &settings.username,
        aud: settings.effective_audience(),
        exp: now.timestamp() + ASSERTION_SECONDS,
    };
    key::sign(&key::read(&settings.private_key_path)?, &claims)
}

/// Reads the token endpoint's answer.
pub(crate) fn read(answer: &Answer, login_url: &Url, now: DateTime<Utc>) -> Result<Session, LoginError> {
    match answer.status {
        200 => {}
        400..=499 => {
            let refused: OauthError =
                serde_json::from_slice(&answer.body).map_err(|_| LoginError::InvalidAnswer)?;
            let refusal = LoginRefusal::new(&refused.error, &refused.error_description);
            return Err(LoginError::Misconfigured(refusal));
        }
        500.. => return Err(LoginError::Unavailable),
        _ => return Err(LoginError::InvalidAnswer),
    }
    let token: TokenAnswer = serde_json::from_slice(&answer.body).map_err(|_| LoginError::InvalidAnswer)?;
    if token.access_token.is_empty() {
        return Err(LoginError::InvalidAnswer);
    }
    let instance = Url::parse(&token.instance_url).map_err(|_| LoginError::InvalidAnswer)?;
    if !is_trusted(&instance, login_url) {
        return Err(LoginError::UntrustedInstance);
    }
    let mut authorization = HeaderValue::from_str(&format!("Bearer {}", token.access_token))
        .map_err(|_| LoginError::InvalidAnswer)?;
    authorization.set_sensitive(true);
    Ok(Session { authorization, instance, minted_at: now })
}

fn is_trusted(instance: &Url, login_url: &Url) -> bool {
    let scheme = match instance.scheme() {
        "https" => true,
        "http" => login_url.scheme() == "http",
        _ => false,
    };
    scheme && instance.has_host() && instance.username().is_empty() && instance.password().is_none()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_token_goes_to_https_only_unless_the_login_itself_is_http() {
        let live = Url::parse("https://login.salesforce.com").unwrap();
        let sandbox = Url::parse("http://localhost:4900/salesforce").unwrap();
        for (instance, with_live, with_sandbox) in [
            ("https://acme.my.salesforce.com", true, true),
            ("http://acme.my.salesforce.com", false, true),
            ("https://user:pw@acme.my.salesforce.com", false, false),
            ("file:///etc/passwd", false, false),
        ] {
            let url = Url::parse(instance).unwrap();
            assert_eq!(is_trusted(&url, &live), with_live, "{instance}");
            assert_eq!(is_trusted(&url, &sandbox), with_sandbox, "{instance}");
        }
    }
}
