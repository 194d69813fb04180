//! Signatures of access tokens: Ed25519 keys out of the key ring, JSON Web Tokens (RFC 7519) made and checked with them.
//!
//! The first key of the ring signs, all of them check, so that a rotation ends no token. The algorithm is fixed here: what a token's
//! header says of it decides nothing but refusal.

use std::fmt;

use jsonwebtoken::{
    Algorithm, DecodingKey, EncodingKey, Header, Validation, jwk::AlgorithmParameters, jwk::Jwk,
};
use serde::{Serialize, de::DeserializeOwned};
use zeroize::Zeroizing;

use super::keys::{KeyRing, Purpose};

/// `PrivateKeyInfo` of an Ed25519 seed up to the seed itself (RFC 8410, 7).
const PKCS8_HEAD: [u8; 16] =
    [0x30, 0x2e, 0x02, 0x01, 0x00, 0x30, 0x05, 0x06, 0x03, 0x2b, 0x65, 0x70, 0x04, 0x22, 0x04, 0x20];
/// The type of an access token (RFC 9068, 2.1): no other kind of token is taken for one.
const TYPE: &str = "at+jwt";

/// A token could not be made, or is none of ours.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("a token cannot be signed or does not verify")]
pub struct SignatureError;

/// A public key, as others need it to check tokens.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PublicKey {
    /// Its name in the header of tokens.
    pub id: String,
    /// The key in base64url.
    pub x: String,
}

/// Makes and checks tokens.
#[derive(Clone)]
pub struct TokenSigner {
    id: String,
    signing: EncodingKey,
    checking: Vec<(PublicKey, DecodingKey)>,
    validation: Validation,
}

impl TokenSigner {
    /// A signer for one issuer and audience. Signs and checks a token, since without a backend that would fail on first use.
    pub fn new(keys: &KeyRing, issuer: &str, audience: &str) -> Result<Self, SignatureError> {
        let mut validation = Validation::new(Algorithm::EdDSA);
        validation.set_issuer(&[issuer]);
        validation.set_audience(&[audience]);
        validation.set_required_spec_claims(&["exp", "iss", "aud", "sub"]);
        // Times are compared by the caller, whose clock is not always the machine's.
        validation.validate_exp = false;
        let mut checking = Vec::new();
        for (id, seed) in keys.all(Purpose::TokenSigning) {
            checking.push(public(id.as_str(), &encoding_key(seed))?);
        }
        let (id, seed) = keys.active(Purpose::TokenSigning);
        let signer = Self { id: id.as_str().to_owned(), signing: encoding_key(seed), checking, validation };
        let probe = serde_json::json!({ "iss": issuer, "aud": audience, "sub": "probe", "exp": 0 });
        signer.check::<serde_json::Value>(&signer.sign(&probe)?)?;
        Ok(signer)
    }

    /// A token with these claims.
    pub fn sign(&self, claims: &impl Serialize) -> Result<String, SignatureError> {
        let mut header = Header::new(Algorithm::EdDSA);
        header.typ = Some(TYPE.to_owned());
        header.kid = Some(self.id.clone());
        jsonwebtoken::encode(&header, claims, &self.signing).map_err(|_| SignatureError)
    }

    /// The claims of a token of ours, for this issuer and audience. Whether it is still good, the caller has to see.
    pub fn check<T: DeserializeOwned>(&self, token: &str) -> Result<T, SignatureError> {
        let header = jsonwebtoken::decode_header(token).map_err(|_| SignatureError)?;
        let is_ours = header.alg == Algorithm::EdDSA && header.typ.as_deref() == Some(TYPE);
        let known = self.checking.iter().find(|(key, _)| header.kid.as_deref() == Some(key.id.as_str()));
        let (_, key) = known.filter(|_| is_ours).ok_or(SignatureError)?;
        let checked = jsonwebtoken::decode::<T>(token, key, &self.validation);
        checked.map(|token| token.claims).map_err(|_| SignatureError)
    }

    /// The keys that check tokens, the one that signs first.
    pub fn public_keys(&self) -> impl Iterator<Item = &PublicKey> {
        self.checking.iter().map(|(key, _)| key)
    }
}

fn encoding_key(seed: &[u8; 32]) -> EncodingKey {
    let mut der = Zeroizing::new(PKCS8_HEAD.to_vec());
    der.extend_from_slice(seed);
    EncodingKey::from_ed_der(&der)
}

fn public(id: &str, key: &EncodingKey) -> Result<(PublicKey, DecodingKey), SignatureError> {
    let jwk = Jwk::from_encoding_key(key, Algorithm::EdDSA).map_err(|_| SignatureError)?;
    let AlgorithmParameters::OctetKeyPair(pair) = &jwk.algorithm else { return Err(SignatureError) };
    let decoding = DecodingKey::from_ed_components(&pair.x).map_err(|_| SignatureError)?;
    Ok((PublicKey { id: id.to_owned(), x: pair.x.clone() }, decoding))
}

impl fmt::Debug for TokenSigner {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("TokenSigner").field("id", &self.id).finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};
    use serde_json::{Value, json};

    use super::*;

    const OLD: &str = "old:AQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQE=";
    const NEW: &str = "new:AgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgI=";

    fn signer(ring: &str) -> TokenSigner {
        TokenSigner::new(
            &KeyRing::parse(ring).unwrap(),
            "https://portal.example/",
            "https://portal.example/api",
        )
        .unwrap()
    }

    fn claims() -> Value {
        json!({ "iss": "https://portal.example/", "aud": "https://portal.example/api", "sub": "ada", "exp": 1 })
    }

    fn with_header(token: &str, header: &Value) -> String {
        let (_, rest) = token.split_once('.').unwrap();
        format!("{}.{rest}", URL_SAFE_NO_PAD.encode(header.to_string()))
    }

    #[test]
    fn a_token_comes_back_and_a_changed_one_does_not() {
        let signer = signer(OLD);
        let token = signer.sign(&claims()).unwrap();
        assert_eq!(signer.check::<Value>(&token).unwrap(), claims());
        for at in 0..token.len() {
            let mut changed = token.clone().into_bytes();
            changed[at] = if changed[at] == b'A' { b'B' } else { b'A' };
            let changed = String::from_utf8(changed).unwrap();
            // The last character of the signature holds bits that count for nothing, which the decoder refuses too.
            assert_eq!(signer.check::<Value>(&changed), Err(SignatureError), "{at}");
        }
        for rubbish in ["", ".", "..", "a.b.c", &token[..token.len() - 4], &format!("{token}.x")] {
            assert_eq!(signer.check::<Value>(rubbish), Err(SignatureError), "{rubbish}");
        }
    }

    #[test]
    fn the_header_decides_nothing() {
        let signer = signer(OLD);
        let token = signer.sign(&claims()).unwrap();
        let x = signer.public_keys().next().unwrap().x.clone();
        for header in [
            json!({ "alg": "none", "typ": TYPE, "kid": "old" }),
            json!({ "alg": "HS256", "typ": TYPE, "kid": "old" }),
            json!({ "alg": "EdDSA", "typ": "JWT", "kid": "old" }),
            json!({ "alg": "EdDSA", "typ": TYPE, "kid": "new" }),
            json!({ "alg": "EdDSA", "typ": TYPE }),
            json!({ "alg": "EdDSA", "typ": TYPE, "jwk": { "kty": "OKP", "crv": "Ed25519", "x": x } }),
        ] {
            assert_eq!(signer.check::<Value>(&with_header(&token, &header)), Err(SignatureError), "{header}");
        }
        // The public key as a shared secret: the classic confusion of algorithms.
        let mut header = Header::new(Algorithm::HS256);
        (header.typ, header.kid) = (Some(TYPE.to_owned()), Some("old".to_owned()));
        for secret in [x.as_bytes().to_vec(), URL_SAFE_NO_PAD.decode(&x).unwrap()] {
            let forged =
                jsonwebtoken::encode(&header, &claims(), &EncodingKey::from_secret(&secret)).unwrap();
            assert_eq!(signer.check::<Value>(&forged), Err(SignatureError));
        }
        // Without a signature.
        let (head, _) = token.rsplit_once('.').unwrap();
        let bare = with_header(&format!("{head}."), &json!({ "alg": "none", "typ": TYPE, "kid": "old" }));
        assert_eq!(signer.check::<Value>(&bare), Err(SignatureError));
    }

    #[test]
    fn issuer_and_audience_must_fit() {
        let signer = signer(OLD);
        for (name, value) in [("iss", "https://evil.example/"), ("aud", "https://portal.example/")] {
            let mut claims = claims();
            claims[name] = json!(value);
            assert!(signer.check::<Value>(&signer.sign(&claims).unwrap()).is_err(), "{name}");
            claims.as_object_mut().unwrap().remove(name);
            assert!(signer.check::<Value>(&signer.sign(&claims).unwrap()).is_err(), "no {name}");
        }
    }

    #[test]
    fn a_rotation_ends_no_token() {
        let before = signer(OLD).sign(&claims()).unwrap();
        let rotated = signer(&format!("{NEW},{OLD}"));
        assert_eq!(rotated.check::<Value>(&before).unwrap(), claims());
        let after = rotated.sign(&claims()).unwrap();
        assert!(signer(OLD).check::<Value>(&after).is_err());
        let ids: Vec<_> = rotated.public_keys().map(|key| key.id.as_str()).collect();
        assert_eq!(ids, ["new", "old"]);
        assert!(signer(NEW).check::<Value>(&before).is_err(), "a key that was taken out checks nothing");
    }
}
