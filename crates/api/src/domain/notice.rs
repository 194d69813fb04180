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
    /// All of them.
    pub const ALL: [Self; 12] = [
        Self::PasswordChanged,
        Self::PasswordReset,
        Self::EmailChangeAsked,
        Self::EmailChanged,
        Self::TotpEnabled,
        Self::TotpDisabled,
        Self::RecoveryCodesMade,
        Self::RecoveryCodeUsed,
        Self::PasskeyAdded,
        Self::PasskeyRemoved,
        Self::NewDevice,
        Self::LoginLinked,
    ];

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

    /// The same in a sentence or two, with what it means.
    #[must_use]
    pub const fn sentence(self) -> &'static str {
        match self {
            Self::PasswordChanged => {
                "The password of your account was changed. All other browsers were signed out."
            }
            Self::PasswordReset => {
                "The password of your account was replaced with a code that we mailed to this address. All browsers were signed out."
            }
            Self::EmailChangeAsked => {
                "Somebody who was signed in to your account asked for another e-mail address. It changes once a code sent to the new address is entered."
            }
            Self::EmailChanged => {
                "The e-mail address of your account was changed. From now on mail goes to the new address, and it is the one to sign in with."
            }
            Self::TotpEnabled => {
                "An authenticator app was set up for your account. Signing in asks for a code of it from now on."
            }
            Self::TotpDisabled => {
                "The authenticator app of your account was removed. Signing in no longer asks for a code of it."
            }
            Self::RecoveryCodesMade => {
                "New recovery codes were made for your account. Those from before no longer work."
            }
            Self::RecoveryCodeUsed => "A recovery code of your account was used. It does not work again.",
            Self::PasskeyAdded => "A passkey was added to your account. It can be used to sign in.",
            Self::PasskeyRemoved => {
                "A passkey was removed from your account. It can no longer be used to sign in."
            }
            Self::NewDevice => {
                "Somebody signed in to your account from a browser that has not been used with it before."
            }
            Self::LoginLinked => {
                "Your login of the billing system was connected to the portal. From now on you sign in here with the password that you chose."
            }
        }
    }

    /// What to do if it was somebody else.
    #[must_use]
    pub const fn advice(self) -> &'static str {
        match self {
            Self::EmailChangeAsked => {
                "Sign in, end the sessions that you do not know, and change your password. Until the code is entered nothing has changed."
            }
            Self::EmailChanged => {
                "Answer to this at once by writing to support: with the former address you can no longer sign in."
            }
            Self::PasswordChanged | Self::PasswordReset => {
                "Choose a new password with “Forgot your password?” on the sign-in page. That signs everybody out."
            }
            _ => "Sign in, change your password, and end the sessions that you do not know.",
        }
    }
}
