//! What the owner of an account is told by mail because it concerns the account's safety.

use serde::{Deserialize, Serialize};

/// Something that the owner has to know.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Notice {
    /// The password was changed.
    PasswordChanged,
    /// The password was replaced by means of a mailed code.
    PasswordReset,
    /// A change of the address was asked for.
    EmailChangeAsked,
    /// The address was changed.
    EmailChanged,
    /// An authenticator app was set up.
    TotpEnabled,
    /// The authenticator app was taken away.
    TotpDisabled,
    /// New recovery codes were made.
    RecoveryCodesMade,
    /// A recovery code was used.
    RecoveryCodeUsed,
    /// A passkey was added.
    PasskeyAdded,
    /// A passkey was removed.
    PasskeyRemoved,
    /// Somebody signed in from a device for the first time.
    NewDevice,
    /// A login of WHMCS was linked.
    LoginLinked,
}

impl Notice {
    /// The word in payloads and keys of jobs.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::PasswordChanged => "password_changed",
            Self::PasswordReset => "password_reset",
            Self::EmailChangeAsked => "email_change_asked",
            Self::EmailChanged => "email_changed",
            Self::TotpEnabled => "totp_enabled",
            Self::TotpDisabled => "totp_disabled",
            Self::RecoveryCodesMade => "recovery_codes_made",
            Self::RecoveryCodeUsed => "recovery_code_used",
            Self::PasskeyAdded => "passkey_added",
            Self::PasskeyRemoved => "passkey_removed",
            Self::NewDevice => "new_device",
            Self::LoginLinked => "login_linked",
        }
    }
}
