//! What a person is told by mail about their own account, whoever did it (ASVS 6.3.7).

use serde::{Deserialize, Serialize};

/// Something that happened to an account.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Notice {
    /// The password was changed by somebody who knew it.
    PasswordChanged,
    /// The password was replaced by means of a mailed code.
    PasswordReset,
    /// Another address was asked for; goes to the present one.
    EmailChangeAsked,
    /// The address was changed; goes to the former one.
    EmailChanged,
    /// An authenticator app was set up.
    TotpEnabled,
    /// The authenticator app was taken away.
    TotpDisabled,
    /// New recovery codes were made; older ones no longer work.
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
    /// What happened, as the subject of the mail.
    #[must_use]
    pub const fn subject(self) -> &'static str {
        match self {
            Self::PasswordChanged | Self::PasswordReset => "Your password was changed",
            Self::EmailChangeAsked => "Your e-mail address is about to be changed",
            Self::EmailChanged => "Your e-mail address was changed",
            Self::TotpEnabled => "An authenticator app was set up",
            Self::TotpDisabled => "The authenticator app was removed",
            Self::RecoveryCodesMade => "New recovery codes were made",
            Self::RecoveryCodeUsed => "A recovery code was used",
            Self::PasskeyAdded => "A passkey was added",
            Self::PasskeyRemoved => "A passkey was removed",
            Self::NewDevice => "A new device signed in",
            Self::LoginLinked => "Your billing login was connected",
        }
    }
}
