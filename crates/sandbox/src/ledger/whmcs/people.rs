//! Users (logins), clients (billable parties), currencies.

use std::collections::BTreeMap;

use chrono::NaiveDateTime;
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use crate::money::Money;

/// What a user may be allowed to do for a client, in the order of `GetPermissionsList`.
pub const PERMISSIONS: [&str; 13] = [
    "profile",
    "contacts",
    "products",
    "manageproducts",
    "productsso",
    "domains",
    "managedomains",
    "invoices",
    "quotes",
    "tickets",
    "affiliates",
    "emails",
    "orders",
];

/// The kinds of mail a client can do without.
pub const EMAIL_PREFERENCES: [&str; 6] = ["general", "invoice", "support", "product", "domain", "affiliate"];

#[derive(Debug, Clone, Serialize)]
pub struct Currency {
    pub id: u64,
    pub code: &'static str,
    pub prefix: &'static str,
    pub suffix: &'static str,
    pub format: &'static str,
    pub rate: &'static str,
}

/// A login. Owns or may see clients.
#[derive(Debug, Clone, Serialize)]
pub struct User {
    pub id: u64,
    pub first_name: String,
    pub last_name: String,
    pub email: String,
    #[serde(skip)]
    pub password: String,
    pub two_factor: bool,
    /// Whether the link in the mail that proves the address was followed.
    pub email_verified: bool,
    pub language: String,
    pub last_login: Option<NaiveDateTime>,
    pub created_at: NaiveDateTime,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub enum ClientStatus {
    Active,
    Inactive,
    Closed,
}

impl ClientStatus {
    pub fn label(self) -> &'static str {
        match self {
            Self::Active => "Active",
            Self::Inactive => "Inactive",
            Self::Closed => "Closed",
        }
    }
}

/// A client's settings that have no meaning for the simulation; they are stored and given back.
#[derive(Debug, Clone, Copy, Default, Serialize)]
#[expect(clippy::struct_excessive_bools, reason = "independent columns of a table")]
pub struct Flags {
    pub tax_exempt: bool,
    pub late_fee_override: bool,
    pub override_due_notices: bool,
    pub separate_invoices: bool,
    pub disable_auto_cc: bool,
    pub override_auto_close: bool,
}

/// A billable party.
#[derive(Debug, Clone, Serialize)]
pub struct Client {
    pub id: u64,
    pub owner_user_id: u64,
    /// Users other than the owner who may see this client.
    pub members: Vec<u64>,
    /// What a member may do, by user id; a member without an entry may do everything.
    pub permissions: BTreeMap<u64, Vec<&'static str>>,
    pub uuid: Uuid,
    pub first_name: String,
    pub last_name: String,
    pub company: String,
    pub email: String,
    pub address1: String,
    pub address2: String,
    pub city: String,
    pub state: String,
    pub postcode: String,
    pub country: String,
    pub phone: String,
    pub tax_id: String,
    pub language: String,
    pub notes: String,
    pub currency: u64,
    pub group: u64,
    pub credit: Money,
    pub status: ClientStatus,
    pub allow_sso: bool,
    pub marketing: bool,
    /// Module name of the default gateway; empty is none.
    pub gateway: String,
    /// Flags that only administrators see.
    pub flags: Flags,
    /// One for each of [`EMAIL_PREFERENCES`].
    pub email_preferences: [bool; 6],
    /// Values by custom field id.
    pub custom_fields: BTreeMap<u64, String>,
    pub created_at: NaiveDateTime,
}

impl Client {
    /// What `user_id` may do for this client; `None` when they have nothing to do with it.
    pub fn permissions_of(&self, user_id: u64) -> Option<Vec<&'static str>> {
        if self.owner_user_id == user_id {
            return Some(PERMISSIONS.to_vec());
        }
        self.members
            .contains(&user_id)
            .then(|| self.permissions.get(&user_id).cloned().unwrap_or_else(|| PERMISSIONS.to_vec()))
    }
}

impl Currency {
    /// An amount as WHMCS shows it to people: `$2645.80 USD`.
    pub fn formatted(&self, amount: Money) -> String {
        format!("{}{amount}{}", self.prefix, self.suffix)
    }
}
