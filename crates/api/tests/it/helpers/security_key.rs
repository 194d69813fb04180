//! An authenticator in software, with the browser around it: ES256 keys, and answers in the form of `toJSON()` (WebAuthn level 3).
//!
//! What a test wants to be wrong it changes: where the page lies, whether the holder was checked, the counter.

use aws_lc_rs::{
    rand::SystemRandom,
    signature::{ECDSA_P256_SHA256_ASN1_SIGNING, EcdsaKeyPair, KeyPair as _},
};
use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};
use portal_api::crypto::Random;
use serde_json::{Value, json};
use sha2::{Digest as _, Sha256};

const PRESENT: u8 = 1;
const VERIFIED: u8 = 1 << 2;
const BACKUP_ELIGIBLE: u8 = 1 << 3;
const BACKED_UP: u8 = 1 << 4;
const HAS_KEY: u8 = 1 << 6;

pub struct SecurityKey {
    /// Where the browser says that the page lies.
    pub origin: String,
    /// The host that the authenticator answers for.
    pub host: String,
    /// The page lies in a frame of another site.
    pub embedded: bool,
    /// It has checked who holds it.
    pub verifies: bool,
    /// Its keys are copied to other devices.
    pub synced: bool,
    pub keys: Vec<Key>,
}

#[derive(Clone)]
pub struct Key {
    pub id: Vec<u8>,
    pub counter: u32,
    /// The user that it was made for.
    pub user: Vec<u8>,
    pair: std::sync::Arc<EcdsaKeyPair>,
}

impl SecurityKey {
    pub fn new() -> Self {
        Self {
            origin: "http://localhost:4000".to_owned(),
            host: "localhost".to_owned(),
            embedded: false,
            verifies: true,
            synced: false,
            keys: Vec::new(),
        }
    }

    /// Makes a key; the answer of `navigator.credentials.create()`.
    pub fn create(&mut self, ceremony: &Value) -> Value {
        let options: Value = serde_json::from_str(ceremony["options"].as_str().unwrap()).unwrap();
        let pair = EcdsaKeyPair::generate(&ECDSA_P256_SHA256_ASN1_SIGNING).unwrap();
        let id: [u8; 32] = Random::system().bytes();
        let user = URL_SAFE_NO_PAD.decode(options["user"]["id"].as_str().unwrap()).unwrap();
        let key = Key { id: id.to_vec(), counter: 1, user, pair: pair.into() };

        let mut data = self.authenticator_data(HAS_KEY, key.counter);
        data.extend([0; 16]);
        data.extend(u16::try_from(key.id.len()).unwrap().to_be_bytes());
        data.extend(&key.id);
        data.extend(key.public_key());
        let mut attestation = vec![0xa3];
        attestation.extend(text("fmt"));
        attestation.extend(text("none"));
        attestation.extend(text("attStmt"));
        attestation.push(0xa0);
        attestation.extend(text("authData"));
        attestation.extend(bytes(&data));

        let id = URL_SAFE_NO_PAD.encode(&key.id);
        self.keys.push(key);
        let response = json!({
            "attestationObject": URL_SAFE_NO_PAD.encode(attestation),
            "clientDataJSON": URL_SAFE_NO_PAD.encode(self.client_data("webauthn.create", &options)),
            "transports": ["internal", "hybrid"],
        });
        credential(&id, &response)
    }

    /// Answers by the first key that is allowed; the answer of `navigator.credentials.get()`.
    pub fn get(&mut self, ceremony: &Value) -> Value {
        let options: Value = serde_json::from_str(ceremony["options"].as_str().unwrap()).unwrap();
        let allowed: Vec<&str> = options["allowCredentials"]
            .as_array()
            .unwrap()
            .iter()
            .map(|allowed| allowed["id"].as_str().unwrap())
            .collect();
        let fits = |key: &&mut Key| {
            allowed.is_empty() || allowed.contains(&URL_SAFE_NO_PAD.encode(&key.id).as_str())
        };
        let key = self.keys.iter_mut().find(fits).unwrap();
        key.counter += 1;
        let key = key.clone();
        self.answer(&key, &options)
    }

    /// Answers by this key, whether it is allowed or not, and with its counter as it is.
    pub fn answer(&self, key: &Key, options: &Value) -> Value {
        let client_data = self.client_data("webauthn.get", options);
        let data = self.authenticator_data(0, key.counter);
        let signed = [data.as_slice(), &Sha256::digest(client_data.as_bytes())].concat();
        let signature = key.pair.sign(&SystemRandom::new(), &signed).unwrap();
        let response = json!({
            "authenticatorData": URL_SAFE_NO_PAD.encode(data),
            "clientDataJSON": URL_SAFE_NO_PAD.encode(client_data),
            "signature": URL_SAFE_NO_PAD.encode(signature.as_ref()),
            "userHandle": URL_SAFE_NO_PAD.encode(&key.user),
        });
        credential(&URL_SAFE_NO_PAD.encode(&key.id), &response)
    }

    fn client_data(&self, kind: &str, options: &Value) -> String {
        let challenge = &options["challenge"];
        json!({ "type": kind, "challenge": challenge, "origin": self.origin, "crossOrigin": self.embedded })
            .to_string()
    }

    fn authenticator_data(&self, flags: u8, counter: u32) -> Vec<u8> {
        let mut flags = flags | PRESENT;
        if self.verifies {
            flags |= VERIFIED;
        }
        if self.synced {
            flags |= BACKUP_ELIGIBLE | BACKED_UP;
        }
        let mut data = Sha256::digest(self.host.as_bytes()).to_vec();
        data.push(flags);
        data.extend(counter.to_be_bytes());
        data
    }
}

impl Key {
    /// The public key after COSE (RFC 9053): kty EC2, alg ES256, crv P-256, x, y.
    fn public_key(&self) -> Vec<u8> {
        let point = self.pair.public_key().as_ref();
        let mut key = vec![0xa5, 0x01, 0x02, 0x03, 0x26, 0x20, 0x01, 0x21];
        key.extend(bytes(&point[1..33]));
        key.push(0x22);
        key.extend(bytes(&point[33..65]));
        key
    }
}

fn credential(id: &str, response: &Value) -> Value {
    json!({
        "id": id,
        "rawId": id,
        "type": "public-key",
        "authenticatorAttachment": "platform",
        "clientExtensionResults": {},
        "response": response,
    })
}

/// A short text in CBOR (RFC 8949).
fn text(value: &str) -> Vec<u8> {
    let length = u8::try_from(value.len()).unwrap();
    assert!(length < 24);
    let mut cbor = vec![0x60 | length];
    cbor.extend(value.as_bytes());
    cbor
}

/// Up to 64 KiB of bytes in CBOR.
fn bytes(value: &[u8]) -> Vec<u8> {
    let mut cbor = vec![0x59];
    cbor.extend(u16::try_from(value.len()).unwrap().to_be_bytes());
    cbor.extend(value);
    cbor
}
