//! The key ring.

use secrecy::ExposeSecret as _;

use super::{Check, Code, Context};
use crate::config::SecurityConfig;

const MAKE: &str =
    "PORTAL_KEYS=k1:… with the output of `openssl rand -base64 32`; back it up apart from the database";

/// Whether there is a ring of the operator's own. That it can be read the configuration has seen to.
pub(super) fn check(context: &Context<'_>) -> Vec<Check> {
    let security: &SecurityConfig = &context.config.security;
    let check = if security.has_public_keys() {
        Check::warning(
            Code::KeysRing,
            "the key of development, which everybody can read, seals everything",
            MAKE,
        )
    } else {
        let keys = security.keys.expose_secret().split(',').count();
        Check::ok(
            Code::KeysRing,
            format!("{keys} key(s): the first seals, all open. Without them a backup cannot be read"),
        )
    };
    vec![check]
}
