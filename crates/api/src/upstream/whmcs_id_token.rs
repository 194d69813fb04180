//! Is an ID token WHMCS's word about this question? (OpenID Connect Core 1.0, 3.1.3.7.)

use chrono::{DateTime, Utc};
use jsonwebtoken::{Algorithm, DecodingKey, Validation, decode, decode_header, jwk::Jwk};
use serde::Deserialize;
use serde_json::Value;

/// Seconds that the clocks of WHMCS and of the portal may differ.
const LEEWAY: i64 = 60;

/// What the token has to say.
pub(super) struct Expected<'a> {
    pub(super) issuer: &'a str,
    pub(super) client_id: &'a str,
    pub(super) nonce: &'a str,
    pub(super) now: DateTime<Utc>,
}

/// What is wrong with a token. Nothing of the token is in it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub(super) enum TokenFault {
    #[error("not a token signed with RS256")]
    Form,
    #[error("no published key fits")]
    Key,
    #[error("the signature or the claims cannot be verified")]
    Signature,
    #[error("another issuer")]
    Issuer,
    #[error("for another client")]
    Audience,
    #[error("expired, or from the future")]
    Time,
    #[error("an answer to another question")]
    Nonce,
}

/// Who signed in.
#[derive(Debug, Deserialize)]
pub(super) struct Claims {
    iss: String,
    pub(super) sub: String,
    aud: Value,
    azp: Option<String>,
    exp: i64,
    iat: Option<i64>,
    nonce: Option<String>,
    #[serde(flatten)]
    pub(super) address: Address,
}

/// What is said of the address, by the token or by the userinfo endpoint.
#[derive(Debug, Default, Deserialize)]
pub(super) struct Address {
    pub(super) email: Option<String>,
    #[serde(default)]
    email_verified: Value,
}

impl Address {
    /// PHP prints truth in several ways.
    pub(super) fn verified(&self) -> Option<bool> {
        match &self.email_verified {
            Value::Bool(verified) => Some(*verified),
            Value::Number(number) => number.as_u64().map(|number| number == 1),
            Value::String(text) => match text.as_str() {
                "1" | "true" | "on" => Some(true),
                "0" | "false" | "" => Some(false),
                _ => None,
            },
            _ => None,
        }
    }
}

/// The claims of a token that is what it should be. `keys` are the members of the published key set.
pub(super) fn verify(token: &str, keys: &[Value], expected: &Expected<'_>) -> Result<Claims, TokenFault> {
    let header = decode_header(token).map_err(|_| TokenFault::Form)?;
    // One algorithm only: neither `none` nor one in which the public key would be the secret.
    if header.alg != Algorithm::RS256 {
        return Err(TokenFault::Form);
    }
    let key = key(keys, header.kid.as_deref()).ok_or(TokenFault::Key)?;
    let mut validation = Validation::new(Algorithm::RS256);
    // These are checked below, by the portal's own clock and more strictly.
    validation.validate_exp = false;
    validation.validate_aud = false;
    validation.required_spec_claims.clear();
    let claims = decode::<Claims>(token, &key, &validation).map_err(|_| TokenFault::Signature)?.claims;
    if claims.iss != expected.issuer {
        return Err(TokenFault::Issuer);
    }
    if !is_for(&claims, expected.client_id) {
        return Err(TokenFault::Audience);
    }
    let now = expected.now.timestamp();
    let from_the_future = claims.iat.is_some_and(|iat| iat > now.saturating_add(LEEWAY));
    if claims.exp.saturating_add(LEEWAY) <= now || from_the_future {
        return Err(TokenFault::Time);
    }
    // WHMCS does not say that it echoes the nonce. Where it does not, the code is bound to this question by the verifier alone.
    if claims.nonce.as_deref().is_some_and(|nonce| nonce != expected.nonce) {
        return Err(TokenFault::Nonce);
    }
    Ok(claims)
}

/// Among several audiences the token has to say that it was made for us.
fn is_for(claims: &Claims, client_id: &str) -> bool {
    let alone = match &claims.aud {
        Value::String(audience) => audience == client_id,
        Value::Array(audiences) => {
            let ours = audiences.iter().any(|audience| audience == client_id);
            ours && (audiences.len() == 1 || claims.azp.is_some())
        }
        _ => false,
    };
    alone && claims.azp.as_deref().is_none_or(|party| party == client_id)
}

/// The key with this id; where the token names none, the only one there is. Keys of other kinds are passed over.
fn key(keys: &[Value], id: Option<&str>) -> Option<DecodingKey> {
    let rsa = keys.iter().filter(|key| {
        let is = |name, value: &str| key.get(name).is_none_or(|found| found == value);
        key.get("kty").is_some_and(|kind| kind == "RSA") && is("use", "sig") && is("alg", "RS256")
    });
    let mut fitting = rsa.filter(|key| id.is_none_or(|id| key.get("kid").is_some_and(|found| found == id)));
    let (Some(found), None) = (fitting.next(), fitting.next()) else { return None };
    let key: Jwk = serde_json::from_value(found.clone()).ok()?;
    DecodingKey::from_jwk(&key).ok()
}

#[cfg(test)]
mod tests {
    use jsonwebtoken::{EncodingKey, Header, encode};
    use serde_json::json;

    use super::*;

    const NOW: i64 = 1_800_000_000;

    fn expected() -> Expected<'static> {
        Expected {
            issuer: "https://billing.example/whmcs",
            client_id: "PORTAL.1",
            nonce: "n-1",
            now: DateTime::from_timestamp(NOW, 0).unwrap(),
        }
    }

    fn signing_key() -> EncodingKey {
        EncodingKey::from_rsa_pem(sandbox::demo::SF_PRIVATE_KEY_PEM.as_bytes()).unwrap()
    }

    fn published(id: &str) -> Value {
        let mut key =
            serde_json::to_value(Jwk::from_encoding_key(&signing_key(), Algorithm::RS256).unwrap()).unwrap();
        key["kid"] = json!(id);
        key
    }

    fn claims() -> Value {
        json!({
            "iss": "https://billing.example/whmcs", "sub": "42", "aud": "PORTAL.1", "exp": NOW + 3600, "iat": NOW,
            "nonce": "n-1", "email": "tove@example.com", "email_verified": "1",
        })
    }

    fn signed(id: Option<&str>, claims: &Value) -> String {
        let header = Header { kid: id.map(str::to_owned), ..Header::new(Algorithm::RS256) };
        encode(&header, claims, &signing_key()).unwrap()
    }

    fn judged(id: Option<&str>, claims: &Value) -> Result<Claims, TokenFault> {
        verify(&signed(id, claims), &[json!({ "kty": "EC", "kid": "k2" }), published("k1")], &expected())
    }

    #[test]
    fn a_good_token_says_who_signed_in() {
        for id in [Some("k1"), None] {
            let claims = judged(id, &claims()).unwrap();
            assert_eq!((claims.sub.as_str(), claims.address.verified()), ("42", Some(true)));
        }
        let mut without_nonce = claims();
        without_nonce.as_object_mut().unwrap().remove("nonce");
        assert!(judged(Some("k1"), &without_nonce).is_ok(), "WHMCS may not echo it");
    }

    #[test]
    fn what_was_said_for_others_or_at_another_time_is_refused() {
        let cases = [
            ("iss", json!("https://billing.example/whmcs/"), TokenFault::Issuer),
            ("iss", json!("https://evil.example"), TokenFault::Issuer),
            ("aud", json!("PORTAL.2"), TokenFault::Audience),
            ("aud", json!(["PORTAL.1", "PORTAL.2"]), TokenFault::Audience),
            ("aud", json!([]), TokenFault::Audience),
            ("aud", json!(7), TokenFault::Audience),
            ("azp", json!("PORTAL.2"), TokenFault::Audience),
            ("exp", json!(NOW - 61), TokenFault::Time),
            ("iat", json!(NOW + 61), TokenFault::Time),
            ("nonce", json!("n-2"), TokenFault::Nonce),
            ("exp", json!("soon"), TokenFault::Signature),
            ("sub", json!(null), TokenFault::Signature),
        ];
        for (name, value, fault) in cases {
            let mut changed = claims();
            changed[name] = value.clone();
            assert_eq!(judged(Some("k1"), &changed).unwrap_err(), fault, "{name} {value}");
        }
    }

    #[test]
    fn only_our_provider_can_sign() {
        assert_eq!(judged(Some("k3"), &claims()).unwrap_err(), TokenFault::Key);
        let good = signed(Some("k1"), &claims());
        let keys = [published("k1")];
        let refused = |token: &str, keys: &[Value]| verify(token, keys, &expected()).unwrap_err();
        assert_eq!(refused(&good, &[]), TokenFault::Key);
        assert_eq!(
            refused(&good, &[published("k1"), published("k1")]),
            TokenFault::Key,
            "two keys of one name"
        );

        let (head, rest) = good.split_once('.').unwrap();
        let (body, signature) = rest.split_once('.').unwrap();
        let coded = |text: &str| {
            use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
            URL_SAFE_NO_PAD.encode(text)
        };
        let other_body = coded(&claims().to_string().replace("tove@", "ada@"));
        assert_eq!(refused(&format!("{head}.{other_body}.{signature}"), &keys), TokenFault::Signature);
        assert_eq!(refused(&format!("{head}.{body}."), &keys), TokenFault::Signature);
        let none = coded(r#"{"alg":"none","typ":"JWT"}"#);
        assert_eq!(refused(&format!("{none}.{body}."), &keys), TokenFault::Form);

        // The public key as the secret of a symmetric signature.
        let header = Header { kid: Some("k1".to_owned()), ..Header::new(Algorithm::HS256) };
        let secret = EncodingKey::from_secret(published("k1")["n"].as_str().unwrap().as_bytes());
        assert_eq!(refused(&encode(&header, &claims(), &secret).unwrap(), &keys), TokenFault::Form);
        for text in ["", "a.b.c", "..", &good[..good.len() / 2]] {
            assert!(verify(text, &keys, &expected()).is_err(), "{text}");
        }
    }

    #[test]
    fn truth_is_read_as_php_prints_it() {
        for (value, verified) in [
            (json!(true), Some(true)),
            (json!("1"), Some(true)),
            (json!(false), Some(false)),
            (json!(""), Some(false)),
            (json!(null), None),
            (json!("maybe"), None),
        ] {
            let address = Address { email: None, email_verified: value.clone() };
            assert_eq!(address.verified(), verified, "{value}");
        }
    }
}
