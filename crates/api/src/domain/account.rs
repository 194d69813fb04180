//! Whose records an operation is about, and what the person may do with them.

use std::time::Duration;

use serde::{Deserialize, Serialize};
use shared_types::account::{AccountState, Permission};

/// From this age on, what WHMCS said of a person's accounts is asked for again.
pub const RIGHTS_GROW_OLD: Duration = Duration::from_mins(10);
/// Rights in somebody else's account that are older than this grant nothing.
pub const RIGHTS_HOLD: Duration = Duration::from_mins(15);

/// A customer of the billing system, and the login on whose behalf single sign-on happens.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct BillingAccount {
    /// The customer (`clientid` in WHMCS).
    pub client_id: u64,
    /// The login (`user_id` in WHMCS). Without it single sign-on would sign in the customer's owner.
    pub user_id: u64,
}

/// What a person may do for an account.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Access {
    /// Everything: the account is their own.
    Owner,
    /// What the billing system says.
    Guest(Vec<Permission>),
    /// Nothing for now: what the billing system said is too old.
    Unconfirmed,
}

/// How far a portal user is connected to the systems behind.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Connections {
    /// Where setting up the person's own account stands.
    pub state: AccountState,
    /// The customer of the billing system that the session acts for, once there is one.
    pub billing: Option<BillingAccount>,
    /// That customer's account in support, by its 18-character id.
    pub crm_account: Option<String>,
    /// What the person may do for that customer.
    pub access: Access,
}

impl Connections {
    /// Whether the person may do something for the account.
    #[must_use]
    pub fn allows(&self, permission: Permission) -> bool {
        match &self.access {
            Access::Owner => true,
            Access::Guest(granted) => granted.contains(&permission),
            Access::Unconfirmed => false,
        }
    }
}

/// Permissions as the database holds them.
#[must_use]
pub fn permissions_text(permissions: &[Permission]) -> String {
    permissions.iter().map(|permission| permission.as_str()).collect::<Vec<_>>().join(",")
}

/// Reads what [`permissions_text`] wrote. Words that this version does not know grant nothing.
#[must_use]
pub fn parse_permissions(text: &str) -> Vec<Permission> {
    let known = |word| Permission::ALL.iter().copied().find(|permission| permission.as_str() == word);
    text.split(',').filter_map(known).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn permissions_are_read_back_as_they_were_written() {
        assert_eq!(parse_permissions(&permissions_text(Permission::ALL)), Permission::ALL);
        assert_eq!(parse_permissions("invoices,blood"), [Permission::Invoices]);
        assert_eq!(parse_permissions(""), []);
        let wire = serde_json::to_value(Permission::ALL).unwrap();
        let words: Vec<_> = Permission::ALL.iter().map(|permission| permission.as_str()).collect();
        assert_eq!(wire, serde_json::json!(words), "one spelling on the wire and at rest");
    }
}
