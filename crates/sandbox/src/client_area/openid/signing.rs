//! The key that signs ID tokens: made once per process, RSA of 2,048 bits, never stored.

use std::sync::LazyLock;

use aws_lc_rs::encoding::AsDer as _;
use aws_lc_rs::rsa::{KeyPair, KeySize};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use jsonwebtoken::jwk::{Jwk, PublicKeyUse};
use jsonwebtoken::{Algorithm, EncodingKey, Header};
use serde_json::Value;

use crate::token;

struct Signer {
    key: EncodingKey,
    id: String,
    public: Value,
}

static SIGNER: LazyLock<Option<Signer>> = LazyLock::new(make);

fn make() -> Option<Signer> {
    let pair = KeyPair::generate(KeySize::Rsa2048).ok()?;
    // The PEM form is the one in which PKCS#8 is taken.
    let body = STANDARD.encode(pair.as_der().ok()?.as_ref());
    let lines: Vec<&str> = body.as_bytes().chunks(64).filter_map(|line| str::from_utf8(line).ok()).collect();
    let pem = format!("-----BEGIN PRIVATE KEY-----\n{}\n-----END PRIVATE KEY-----\n", lines.join("\n"));
    let key = EncodingKey::from_rsa_pem(pem.as_bytes()).ok()?;
    let id = token::hex::<8>();
    let mut jwk = Jwk::from_encoding_key(&key, Algorithm::RS256).ok()?;
    jwk.common.key_id = Some(id.clone());
    jwk.common.public_key_use = Some(PublicKeyUse::Signature);
    let public = serde_json::to_value(jwk).ok()?;
    Some(Signer { key, id, public })
}

/// The public half as a member of the key set; `None` when no key could be made.
pub fn public_key() -> Option<Value> {
    SIGNER.as_ref().map(|signer| signer.public.clone())
}

/// A signed token with the key's id in its header; `None` when no key could be made.
pub fn sign(claims: &Value) -> Option<String> {
    let signer = SIGNER.as_ref()?;
    let mut header = Header::new(Algorithm::RS256);
    header.kid = Some(signer.id.clone());
    jsonwebtoken::encode(&header, claims, &signer.key).ok()
}
