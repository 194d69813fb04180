//! What the portal writes to people.

use super::notice::Notice;

/// Subject and plain text of a mail.
#[derive(Clone, PartialEq, Eq)]
pub struct MailText {
    /// Subject.
    pub subject: String,
    /// Body.
    pub text: String,
}

/// The code that proves an address.
#[must_use]
pub fn signup_code(app_name: &str, code: &str, minutes: u64) -> MailText {
    MailText {
        subject: format!("{code} is your code for {app_name}"),
        text: format!(
            "Your code for {app_name} is\n\n    {code}\n\nIt works for {minutes} minutes, on the page where you asked for it.\n\
             Nobody from {app_name} will ever ask you for it. If you did not ask for a code, you need not do anything.\n"
        ),
    }
}

/// For an address that has an account: whoever filled in the form learns nothing, the owner of the address does.
#[must_use]
pub fn signup_known_address(app_name: &str, sign_in_url: &str) -> MailText {
    MailText {
        subject: format!("You already have an account at {app_name}"),
        text: format!(
            "Somebody, probably you, asked for a new account at {app_name} with this address.\nYou have one already. Sign in here:\n\n    \
             {sign_in_url}\n\nIf it was not you, you need not do anything.\n"
        ),
    }
}

/// The code that proves the address of a WHMCS login.
#[must_use]
pub fn link_code(app_name: &str, code: &str, minutes: u64) -> MailText {
    MailText {
        subject: format!("{code} is your code for {app_name}"),
        text: format!(
            "Somebody, probably you, is connecting a billing login with this address to {app_name}.\nYour code is\n\n    {code}\n\n\
             It works for {minutes} minutes, on the page where you began.\n\
             Nobody from {app_name} will ever ask you for it. If it was not you, change the password of your billing login.\n"
        ),
    }
}

/// Something happened that concerns the safety of an account.
#[must_use]
pub fn notice(app_name: &str, notice: Notice, security_url: &str) -> MailText {
    let what = match notice {
        Notice::PasswordChanged => "Your password was changed",
        Notice::PasswordReset => "Your password was replaced",
        Notice::EmailChangeAsked => "A change of your address was asked for",
        Notice::EmailChanged => "Your address was changed",
        Notice::TotpEnabled => "An authenticator app was set up",
        Notice::TotpDisabled => "The authenticator app was taken away",
        Notice::RecoveryCodesMade => "New recovery codes were made",
        Notice::RecoveryCodeUsed => "A recovery code was used",
        Notice::PasskeyAdded => "A passkey was added",
        Notice::PasskeyRemoved => "A passkey was removed",
        Notice::NewDevice => "Somebody signed in from a new device",
        Notice::LoginLinked => "Your billing login was connected, and a password for the portal was set",
    };
    MailText {
        subject: format!("{app_name}: {}", what.to_lowercase()),
        text: format!(
            "{what} at {app_name}.\n\nIf it was you, you need not do anything. If not, look at your account here, and tell us:\n\n    {security_url}\n"
        ),
    }
}
