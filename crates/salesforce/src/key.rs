//! The private key file. The key's bytes stay inside this module and the signing library.

use std::path::Path;

use jsonwebtoken::{Algorithm, EncodingKey, Header};
use secrecy::{ExposeSecret, SecretSlice};
use serde::Serialize;

/// Why the private key cannot be used.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum KeyError {
    /// The file could not be read.
    #[error("the private key file cannot be read: {0}")]
    Unreadable(std::io::ErrorKind),
    /// The PEM is protected by a pass phrase, which we have no way to ask for.
    #[error(
        "the private key is encrypted; store it without a pass phrase (openssl pkey -in key.pem -out plain.pem)"
    )]
    Encrypted,
    /// No PEM block with an RSA private key in PKCS#8 or PKCS#1 form.
    #[error("the private key file holds no RSA private key in PEM form (PKCS#8 or PKCS#1)")]
    NotRsa,
    /// The PEM was read, but nothing can be signed with it: damaged, or shorter than 2048 bits.
    #[error("the private key cannot sign: damaged or shorter than 2048 bits")]
    Unusable,
}

/// Reads the file and proves by one signature that the key works.
pub(crate) fn read(path: &Path) -> Result<EncodingKey, KeyError> {
    let bytes = std::fs::read(path).map_err(|error| KeyError::Unreadable(error.kind()))?;
    parse(&SecretSlice::from(bytes))
}

fn parse(pem: &SecretSlice<u8>) -> Result<EncodingKey, KeyError> {
    let pem = pem.expose_secret();
    let contains = |marker: &[u8]| pem.windows(marker.len()).any(|window| window == marker);
    if contains(b"BEGIN ENCRYPTED PRIVATE KEY") || contains(b"Proc-Type: 4,ENCRYPTED") {
        return Err(KeyError::Encrypted);
    }
    if !contains(b"PRIVATE KEY-----") {
        return Err(KeyError::NotRsa);
    }
    let key = EncodingKey::from_rsa_pem(pem).map_err(|_| KeyError::NotRsa)?;
    sign(&key, &serde_json::Map::new())?;
    Ok(key)
}

/// A compact RS256 JWT of the claims.
pub(crate) fn sign(key: &EncodingKey, claims: &impl Serialize) -> Result<String, KeyError> {
    jsonwebtoken::encode(&Header::new(Algorithm::RS256), claims, key).map_err(|_| KeyError::Unusable)
}
