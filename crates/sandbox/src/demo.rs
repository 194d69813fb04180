//! Credentials of the demo. All are public and worthless outside the sandbox.

pub use crate::seed::people::{
    ADA, ADA_CLIENT, BULK, BULK_CLIENTS, GRACE, GRACE_CLIENT, LINUS, LINUS_CLIENTS, MALLORY, MALLORY_CLIENT,
    TOVE, TOVE_CLIENT,
};

/// Password of every demo person.
pub const PASSWORD: &str = "correct horse battery staple";
/// WHMCS API credential.
pub const IDENTIFIER: &str = "sandbox-identifier";
/// WHMCS API credential.
pub const SECRET: &str = "sandbox-secret";
/// OpenID Connect client of the portal.
pub const OPENID_CLIENT_ID: &str = "SANDBOX.portal";
/// OpenID Connect client of the portal.
pub const OPENID_CLIENT_SECRET: &str = "sandbox-openid-secret";
/// What the consent page calls it.
pub const OPENID_CLIENT_NAME: &str = "Customer portal";
/// The second factor of every demo person who has one: base32, for authenticator apps.
pub const TOTP_SECRET: &str = "GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ";
/// Salesforce consumer key.
pub const SF_CLIENT_ID: &str = "sandbox-consumer-key";
/// Salesforce integration user.
pub const SF_USERNAME: &str = "portal@sandbox.example";
/// The key that signs Salesforce assertions: PKCS#8 PEM.
pub const SF_PRIVATE_KEY_PEM: &str = include_str!("../fixtures/salesforce-demo-key.pem");

/// The second-factor code that an authenticator with [`TOTP_SECRET`] shows at `seconds` since the epoch.
#[must_use]
pub fn second_factor(seconds: u64) -> String {
    crate::client_area::totp::at(seconds)
}
