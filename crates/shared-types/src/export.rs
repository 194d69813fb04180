//! Everything that the portal holds of a person, to take along.

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};

use crate::{
    ids::{PasskeyId, UserId},
    security::{ActivityView, SessionItemView},
};

/// All of it. No secret is among it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct ExportView {
    /// When it was put together.
    pub exported_at: DateTime<Utc>,
    /// The person.
    pub profile: ExportedProfile,
    /// The accounts in billing and support: the person's own first.
    pub accounts: Vec<ExportedAccount>,
    /// What protects the account beside the password.
    pub factors: ExportedFactors,
    /// Devices that the person has signed in from, known by a cookie.
    pub known_devices: Vec<ExportedSeen>,
    /// Browsers in which the person is signed in.
    pub sessions: Vec<SessionItemView>,
    /// What happened on the account, the newest first.
    pub activity: Vec<ActivityView>,
}

/// The person.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct ExportedProfile {
    /// The user.
    pub id: UserId,
    /// Login name.
    pub email: String,
    /// Given name.
    pub first_name: String,
    /// Family name.
    pub last_name: String,
    /// Company; empty for a private person.
    pub company_name: String,
    /// Since when the person has a login here.
    pub created_at: DateTime<Utc>,
    /// When the record last changed.
    pub updated_at: DateTime<Utc>,
}

/// What ties the person to an account in billing and support.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct ExportedAccount {
    /// Number of the client in WHMCS.
    pub client_id: Option<u64>,
    /// Number of the person's login in WHMCS.
    pub login_id: Option<u64>,
    /// It is the person's own.
    pub owner: bool,
    /// What the person may do for it; empty for an owner, who may do everything.
    pub permissions: Vec<String>,
    /// Account in Salesforce.
    pub support_account_id: Option<String>,
    /// Contact in Salesforce.
    pub support_contact_id: Option<String>,
}

/// What protects the account beside the password, without the secrets in it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct ExportedFactors {
    /// Since when an authenticator app is set up.
    pub totp_since: Option<DateTime<Utc>>,
    /// Recovery codes that are left.
    pub recovery_codes_left: u64,
    /// Passkeys.
    pub passkeys: Vec<ExportedPasskey>,
}

/// A passkey, without its key.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct ExportedPasskey {
    /// Names it.
    pub id: PasskeyId,
    /// It is kept by a service that copies it to the owner's other devices.
    pub synced: bool,
    /// When it was added.
    pub created_at: DateTime<Utc>,
    /// When it was last used.
    pub last_used_at: Option<DateTime<Utc>>,
}

/// Something seen for a time.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct ExportedSeen {
    /// First.
    pub created_at: DateTime<Utc>,
    /// Last.
    pub last_seen: DateTime<Utc>,
}
