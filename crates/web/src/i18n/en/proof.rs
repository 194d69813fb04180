//! Proving who one is.

use shared_types::auth::SecondFactor;

use crate::layouts::Means;

pub const PASSWORD: &str = "Password";
pub const CODE: &str = "Six-digit code";
pub const RECOVERY_CODE: &str = "Recovery code";
pub const RECOVERY_HINT: &str =
    "One of the ten codes you kept when you set up your second factor. It works once.";
pub const USE_PASSKEY: &str = "Use your passkey";
pub const PASSKEY_LEAD: &str = "Your browser will ask for your fingerprint, face, PIN or security key.";
pub const CONFIRM: &str = "Continue";
pub const OTHER_WAYS: &str = "Other ways";
pub const RESEND: &str = "Mail a new code";
pub const RESENT: &str = "A new code is on its way. Only the newest one works.";
pub const NO_MEANS: &str =
    "This browser cannot use passkeys, and no other second factor is set up. Try another browser or device.";

/// The name of a way.
pub fn way(means: Means) -> &'static str {
    match means {
        Means::Password => "Use your password",
        Means::Factor(SecondFactor::Passkey) => "Use a passkey",
        Means::Factor(SecondFactor::Totp) => "Use your authenticator app",
        Means::Factor(SecondFactor::RecoveryCode) => "Use a recovery code",
        Means::Factor(SecondFactor::EmailCode) => "Use a mailed code",
    }
}

/// What to do.
pub fn lead(means: Means) -> &'static str {
    match means {
        Means::Password => "Give your password once more.",
        Means::Factor(SecondFactor::Passkey) => PASSKEY_LEAD,
        Means::Factor(SecondFactor::Totp) => {
            "Enter the code that your authenticator app shows for this portal."
        }
        Means::Factor(SecondFactor::RecoveryCode) => {
            "Without your app or passkey, a recovery code lets you in."
        }
        Means::Factor(SecondFactor::EmailCode) => {
            "You have not signed in from this device before, so we have mailed you a code."
        }
    }
}
