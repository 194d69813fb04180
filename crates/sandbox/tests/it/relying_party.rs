//! A relying party: asks for codes, trades them, checks what it gets.

use aws_lc_rs::digest::{SHA256, digest};
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use jsonwebtoken::jwk::JwkSet;
use jsonwebtoken::{Algorithm, DecodingKey, Validation};
use reqwest::Response;
use sandbox::demo;
use serde_json::Value;
use url::Url;

use crate::browser::{Browser, Seen};
use crate::driver::{Driver, Pairs, form, json_of};

pub const REDIRECT: &str = "http://localhost:4321/api/auth/link-whmcs/callback";
pub const VERIFIER: &str = "0123456789-abcdefghijklmnopqrstuvwxyz_ABCDEFG";

pub fn s256() -> String {
    URL_SAFE_NO_PAD.encode(digest(&SHA256, VERIFIER.as_bytes()))
}

/// The authorization request, with parameters changed, added, or (empty) left out.
pub fn request(changes: Pairs<'_>) -> String {
    let mut pairs = vec![
        ("response_type", "code"),
        ("client_id", demo::OPENID_CLIENT_ID),
        ("redirect_uri", REDIRECT),
        ("scope", "openid profile email"),
        ("state", "a b&c=d"),
        ("nonce", "n-1"),
    ];
    pairs.retain(|(name, _)| !changes.iter().any(|(changed, _)| changed == name));
    pairs.extend(changes.iter().filter(|(_, value)| !value.is_empty()));
    format!("whmcs/oauth/authorize.php?{}", form(&pairs))
}

/// A parameter of the address the browser is sent back to.
pub fn back(seen: &Seen, name: &str) -> Option<String> {
    assert!(seen.location.starts_with(&format!("{REDIRECT}?")), "{} {}", seen.status, seen.location);
    let url = Url::parse(&seen.location).unwrap();
    url.query_pairs().find(|(key, _)| key == name).map(|(_, value)| value.into_owned())
}

pub async fn signed_in<'a>(it: &'a Driver, email: &str) -> Browser<'a> {
    let mut browser = Browser::new(it);
    browser.password(email).await;
    browser
}

/// A code for Grace, who agrees when asked.
pub async fn code_with(it: &Driver, changes: Pairs<'_>) -> String {
    let mut browser = signed_in(it, "grace@example.com").await;
    let path = request(changes);
    let mut seen = browser.get(&path).await;
    if seen.status == 200 {
        seen = browser.submit(&path, &[("decision", "approve")]).await;
    }
    back(&seen, "code").unwrap()
}

pub async fn token_post(it: &Driver, pairs: Pairs<'_>) -> (u16, Value) {
    let response = it.post_form("whmcs/oauth/token.php", pairs).send().await.unwrap();
    assert_eq!(response.headers()["cache-control"], "no-store");
    (response.status().as_u16(), json_of(response).await)
}

/// The usual exchange, with fields changed, added, or (empty) left out.
pub async fn exchange(it: &Driver, code: &str, changes: Pairs<'_>) -> (u16, Value) {
    let mut pairs = vec![
        ("grant_type", "authorization_code"),
        ("code", code),
        ("redirect_uri", REDIRECT),
        ("client_id", demo::OPENID_CLIENT_ID),
        ("client_secret", demo::OPENID_CLIENT_SECRET),
    ];
    pairs.retain(|(name, _)| !changes.iter().any(|(changed, _)| changed == name));
    pairs.extend(changes.iter().filter(|(_, value)| !value.is_empty()));
    token_post(it, &pairs).await
}

pub async fn userinfo(it: &Driver, access: &str) -> Response {
    it.http.get(it.url("whmcs/oauth/userinfo.php")).bearer_auth(access).send().await.unwrap()
}

pub async fn get_json(it: &Driver, path: &str) -> Value {
    json_of(it.http.get(it.url(path)).send().await.unwrap()).await
}

pub async fn claims(it: &Driver, id_token: &str) -> Value {
    let keys: JwkSet = serde_json::from_value(get_json(it, "whmcs/oauth/certs.php").await).unwrap();
    let header = jsonwebtoken::decode_header(id_token).unwrap();
    assert_eq!(header.alg, Algorithm::RS256);
    let key = DecodingKey::from_jwk(keys.find(header.kid.as_deref().unwrap()).unwrap()).unwrap();
    let mut validation = Validation::new(Algorithm::RS256);
    validation.set_audience(&[demo::OPENID_CLIENT_ID]);
    validation.set_issuer(&[it.url("whmcs")]);
    jsonwebtoken::decode::<Value>(id_token, &key, &validation).unwrap().claims
}
