//! Password, factors, sessions and activity of the signed-in person.

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};

use crate::{
    ids::{ActivityId, ChallengeId, PasskeyId, SessionId},
    validate::{self, Validate},
    wire::Wire,
};

/// Replaces the password. All other sessions end.
#[derive(Clone, Serialize, Deserialize, Wire, Validate)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct ChangePasswordRequest {
    /// The password of now.
    #[validate(custom(function = "validate::given_password"))]
    #[cfg_attr(feature = "openapi", schema(min_length = 1, max_length = 128, format = Password))]
    pub current_password: String,
    /// The new one.
    #[validate(custom(function = "validate::password"))]
    #[cfg_attr(feature = "openapi", schema(min_length = 12, max_length = 128, format = Password))]
    pub password: String,
}

/// Asks for another address: a code is mailed to it. The answer is the same for an address that has an account already.
#[derive(Clone, Serialize, Deserialize, Wire, Validate)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct ChangeEmailRequest {
    /// The new address.
    #[validate(custom(function = "validate::email"))]
    #[cfg_attr(feature = "openapi", schema(example = "ada@example.org", max_length = 254))]
    pub email: String,
}

/// A signed-in browser.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, Wire)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct SessionItemView {
    /// Names it, grants nothing.
    pub id: SessionId,
    /// Browser and system in words.
    pub device: Option<String>,
    /// The network that it came from last: an IPv4 address, or an IPv6 /64.
    pub network: Option<String>,
    /// When it signed in.
    pub created_at: DateTime<Utc>,
    /// When it was last used, to the minute.
    pub last_seen: DateTime<Utc>,
    /// The one that asks.
    pub current: bool,
}

/// What protects the account beside the password.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, Wire)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct MfaView {
    /// Since when an authenticator app is set up.
    pub totp_since: Option<DateTime<Utc>>,
    /// Recovery codes that are left.
    pub recovery_codes_left: u32,
    /// Passkeys.
    pub passkeys: Vec<PasskeyView>,
    /// A new device has to give a mailed code, because no second factor is set up.
    pub email_code: bool,
}

/// A passkey.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, Wire)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct PasskeyView {
    /// Names it.
    pub id: PasskeyId,
    /// As its owner called it.
    pub name: String,
    /// When it was added.
    pub created_at: DateTime<Utc>,
    /// When it was last used.
    pub last_used_at: Option<DateTime<Utc>>,
    /// It is kept by a service that copies it to the owner's other devices.
    pub synced: bool,
}

/// What an authenticator app needs. Nothing is active before a code of it was given back.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize, Wire)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct TotpSetupView {
    /// The key in base32, to be typed where no camera is.
    pub secret: String,
    /// The same as an `otpauth:` address, for a tap on a phone.
    pub uri: String,
    /// The same as a picture.
    pub qr: QrView,
}

/// A QR code as a path of an SVG.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize, Wire)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct QrView {
    /// Modules on each side, quiet zone included: the picture's `viewBox` is `0 0 size size`.
    pub size: u32,
    /// The dark modules: the `d` of a path.
    pub path: String,
}

/// Activates the authenticator app.
#[derive(Clone, Serialize, Deserialize, Wire, Validate)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct ConfirmTotpRequest {
    /// The code that the app shows.
    #[validate(custom(function = "validate::code"))]
    #[cfg_attr(feature = "openapi", schema(pattern = r"^\d{6}$", example = "123456"))]
    pub code: String,
}

/// Recovery codes in the clear: the one time that they are shown. Empty where those shown before still hold.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize, Wire)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct RecoveryCodesView {
    /// Ten codes; each works once.
    pub codes: Vec<String>,
}

/// Adds a passkey.
#[derive(Clone, Serialize, Deserialize, Wire, Validate)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct AddPasskeyRequest {
    /// From the options.
    pub ceremony_id: ChallengeId,
    /// What to call it.
    #[validate(custom(function = "validate::name"))]
    #[cfg_attr(feature = "openapi", schema(min_length = 1, max_length = 100))]
    pub name: String,
    /// The credential's `toJSON()` as JSON text.
    #[validate(length(min = 1, max = 16384))]
    #[cfg_attr(feature = "openapi", schema(min_length = 1, max_length = 16384))]
    pub credential: String,
}

/// A passkey was added.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize, Wire)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct PasskeyAddedView {
    /// The passkey.
    pub passkey: PasskeyView,
    /// New recovery codes, if it is the first second factor.
    pub recovery: RecoveryCodesView,
}

/// Something that happened on the account.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, Wire)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct ActivityView {
    /// Names it; the last one of a page is the cursor to the next.
    pub id: ActivityId,
    /// When.
    pub at: DateTime<Utc>,
    /// What, as `area.verb`, such as `session.sign_in`. More may be added.
    pub event: String,
    /// How it went out: `ok` or `refused`.
    pub outcome: String,
    /// Browser and system in words, where a browser did it.
    pub device: Option<String>,
    /// The network that it came from.
    pub network: Option<String>,
}

/// A part of the activity, newest first.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, Wire)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct ActivityPageView {
    /// The lines.
    pub data: Vec<ActivityView>,
    /// Ask with `before=` this for the next part; absent at the end.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub next: Option<ActivityId>,
}

crate::auth::redacted_debug!(
    ChangePasswordRequest,
    ChangeEmailRequest,
    TotpSetupView,
    QrView,
    ConfirmTotpRequest,
    RecoveryCodesView,
    AddPasskeyRequest,
    PasskeyAddedView
);
