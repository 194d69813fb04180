//! A sign-up between the form and the mailed code.

use secrecy::{ExposeSecret, SecretString};
use serde::{Deserialize, Serialize};

/// Tries that a code allows. Six digits and five tries: one chance in 200,000.
pub const ATTEMPTS: i32 = 5;

/// What the form said. The password is hashed already.
#[derive(Clone)]
pub struct PendingSignup {
    /// Normalised address.
    pub email: String,
    /// Given name.
    pub first_name: String,
    /// Family name.
    pub last_name: String,
    /// Company; may be empty.
    pub company_name: String,
    /// As stored with the user.
    pub password_hash: SecretString,
}

#[derive(Serialize, Deserialize)]
struct Wire {
    email: String,
    first_name: String,
    last_name: String,
    company_name: String,
    password_hash: String,
}

impl PendingSignup {
    /// The bytes to seal.
    pub fn to_bytes(&self) -> Result<Vec<u8>, serde_json::Error> {
        serde_json::to_vec(&Wire {
            email: self.email.clone(),
            first_name: self.first_name.clone(),
            last_name: self.last_name.clone(),
            company_name: self.company_name.clone(),
            password_hash: self.password_hash.expose_secret().to_owned(),
        })
    }

    /// Reads the bytes back.
    pub fn from_bytes(bytes: &[u8]) -> Result<Self, serde_json::Error> {
        let wire: Wire = serde_json::from_slice(bytes)?;
        Ok(Self {
            email: wire.email,
            first_name: wire.first_name,
            last_name: wire.last_name,
            company_name: wire.company_name,
            password_hash: wire.password_hash.into(),
        })
    }
}
