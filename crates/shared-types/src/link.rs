//! Bringing an existing WHMCS login to the portal, and choosing the portal password afterwards.
//!
//! The steps belong to one browser: a cookie that grants nothing else holds them together for ten minutes, and a reload
//! goes on where it was.

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};

use crate::{
    validate::{self, Validate},
    wire::Wire,
};

/// Proves a WHMCS login by its password, once.
#[derive(Clone, Serialize, Deserialize, Wire, Validate)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct LinkRequest {
    /// The address of the WHMCS login.
    #[validate(custom(function = "validate::email"))]
    #[cfg_attr(feature = "openapi", schema(example = "grace@example.com", max_length = 254))]
    pub email: String,
    /// The password of WHMCS. It is passed on once and kept nowhere.
    #[validate(custom(function = "validate::given_password"))]
    #[cfg_attr(feature = "openapi", schema(min_length = 1, max_length = 128, format = Password))]
    pub password: String,
}

/// What comes next.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, Wire)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum LinkStage {
    /// WHMCS has not seen the address proved: a code was mailed to it.
    ConfirmEmail,
    /// The WHMCS login is proved: choose the account, if there are several, and a password for the portal.
    SetPassword,
}

/// Whether an account can be chosen.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, Wire)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum LinkAccountState {
    /// Yes.
    Open,
    /// It is closed in WHMCS.
    Closed,
    /// It is connected to another login of the portal already.
    Taken,
    /// It belongs to somebody else, who lets this person in: it can be switched to later, and not be chosen as one's own.
    Guest,
}

/// An account of the WHMCS login.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, Wire)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct LinkAccountView {
    /// Number of the client in WHMCS.
    pub client_id: u64,
    /// Company, or the person's name.
    pub name: String,
    /// Whose it is, where it is not the person's own.
    pub owner_name: Option<String>,
    /// Whether it can be chosen.
    pub state: LinkAccountState,
}

/// How far linking has come in this browser.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, Wire)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct LinkView {
    /// What comes next.
    pub stage: LinkStage,
    /// The address of the WHMCS login, and of the portal's login to be.
    pub email: String,
    /// The accounts, one's own first; empty before the address is proved.
    pub accounts: Vec<LinkAccountView>,
    /// Until when the steps can be finished.
    pub expires_at: DateTime<Utc>,
}

/// Proves the address of the WHMCS login with the mailed code.
#[derive(Clone, Serialize, Deserialize, Wire, Validate)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct LinkConfirmRequest {
    /// The six digits of the mail.
    #[validate(custom(function = "validate::code"))]
    #[cfg_attr(feature = "openapi", schema(pattern = r"^\d{6}$", example = "123456"))]
    pub code: String,
}

/// Ends linking: the account and the portal's own password.
#[derive(Clone, Serialize, Deserialize, Wire, Validate)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct SetPasswordRequest {
    /// One of the open accounts.
    pub client_id: u64,
    /// The portal's password; another one than WHMCS's.
    #[validate(custom(function = "validate::password"))]
    #[cfg_attr(feature = "openapi", schema(min_length = 12, max_length = 128, format = Password))]
    pub password: String,
}

/// Why linking over OpenID Connect did not work: the word after `/auth/link?problem=`, to which the callback leads.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, Wire)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum LinkProblem {
    /// The person said no at WHMCS, or WHMCS refused.
    Declined,
    /// The answer does not belong to a question of this browser, or came too late.
    Expired,
    /// WHMCS did not answer, or not what was expected.
    Unavailable,
    /// The login has no account.
    NoAccount,
    /// The login is connected to the portal already.
    Taken,
}

crate::auth::redacted_debug!(LinkRequest, LinkConfirmRequest, SetPasswordRequest);
