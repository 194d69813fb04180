//! Whose records an operation is about.

use serde::{Deserialize, Serialize};
use shared_types::account::AccountState;

/// A customer of the billing system, and the login on whose behalf single sign-on happens.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct BillingAccount {
    /// The customer (`clientid` in WHMCS).
    pub client_id: u64,
    /// The login (`user_id` in WHMCS). Without it single sign-on would sign in the customer's owner.
    pub user_id: u64,
}

/// How far a portal user is connected to the systems behind.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Connections {
    /// Where setting up stands.
    pub state: AccountState,
    /// The customer of the billing system, once there is one.
    pub billing: Option<BillingAccount>,
    /// The account in support, by its 18-character id.
    pub crm_account: Option<String>,
}
