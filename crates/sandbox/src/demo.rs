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
/// Salesforce consumer key.
pub const SF_CLIENT_ID: &str = "sandbox-consumer-key";
/// Salesforce integration user.
pub const SF_USERNAME: &str = "portal@sandbox.example";
/// The key that signs Salesforce assertions: PKCS#8 PEM.
pub const SF_PRIVATE_KEY_PEM: &str = include_str!("../fixtures/salesforce-demo-key.pem");
