//! Keys, sessions, passwords.

use std::time::Duration;

use secrecy::{ExposeSecret, SecretString};

use super::{reader::Reader, server::Mode};
use crate::crypto::KeyRing;

/// The key ring of development. It protects nothing: everybody can read it here.
const DEV_KEYS: &str = "dev:cG9ydGFsIGRldmVsb3BtZW50IGtleSwgbm90IHNlY3I=";

/// Keys, sessions, passwords.
#[derive(Clone, Debug)]
pub struct SecurityConfig {
    /// `PORTAL_KEYS`: `kid:base64 of 32 bytes`, several separated by commas; the first seals, all open.
    pub keys: SecretString,
    /// `PORTAL_SESSION_IDLE_MINUTES`: a session ends after this long without a request.
    pub session_idle: Duration,
    /// `PORTAL_SESSION_MINUTES`: and after this long in any case.
    pub session_absolute: Duration,
    /// `PORTAL_SSO_STEP_UP_MINUTES`: how old a sign-in may be for a link into WHMCS.
    pub sso_step_up: Duration,
    /// `PORTAL_STEP_UP_MINUTES`: how old a proof may be for changes of password, address and second factors.
    pub step_up: Duration,
    /// `PORTAL_NEW_DEVICE_CODE`: whether a device that an account without a second factor does not know needs a mailed code.
    pub new_device_code: bool,
    /// `PORTAL_CODE_MINUTES`: how long a mailed code works (ASVS 6.6.2: at most 10).
    pub code_lifetime: Duration,
    /// `PORTAL_PASSWORD_QUEUE`: how many password checks may wait; more are refused with 503.
    pub password_queue: usize,
    /// `PORTAL_PASSWORD_MIN`: fewest characters of a new password; may only be raised.
    pub password_min: usize,
}

impl SecurityConfig {
    /// Whether the key ring is that of development.
    #[must_use]
    pub fn has_public_keys(&self) -> bool {
        self.keys.expose_secret() == DEV_KEYS
    }

    pub(super) fn read(reader: &mut Reader, mode: Mode) -> Self {
        let configured = reader.optional_secret("PORTAL_KEYS");
        match (&configured, mode) {
            (None, Mode::Production) => reader.refuse("PORTAL_KEYS", "is missing"),
            (Some(keys), Mode::Production) if keys.expose_secret() == DEV_KEYS => {
                reader.refuse("PORTAL_KEYS", "is the key of development, which is public");
            }
            _ => {}
        }
        let keys = configured.unwrap_or_else(|| DEV_KEYS.into());
        if let Err(error) = KeyRing::parse(keys.expose_secret()) {
            reader.refuse("PORTAL_KEYS", error.to_string());
        }
        Self {
            keys,
            session_idle: reader.minutes("PORTAL_SESSION_IDLE_MINUTES", 30, 1..=240),
            session_absolute: reader.minutes("PORTAL_SESSION_MINUTES", 720, 5..=1440),
            sso_step_up: reader.minutes("PORTAL_SSO_STEP_UP_MINUTES", 30, 1..=240),
            step_up: reader.minutes("PORTAL_STEP_UP_MINUTES", 5, 1..=30),
            new_device_code: reader.flag("PORTAL_NEW_DEVICE_CODE", mode == Mode::Production),
            code_lifetime: reader.minutes("PORTAL_CODE_MINUTES", 10, 1..=10),
            password_queue: reader.number("PORTAL_PASSWORD_QUEUE", 32, 1..=1000),
            password_min: reader.number(
                "PORTAL_PASSWORD_MIN",
                shared_types::validate::PASSWORD_MIN,
                shared_types::validate::PASSWORD_MIN..=64,
            ),
        }
    }
}
