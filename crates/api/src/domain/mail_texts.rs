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

/// Something happened to the account. Goes out whoever did it.
#[must_use]
pub fn notice(app_name: &str, notice: Notice, security_url: &str) -> MailText {
    let what = notice.subject();
    MailText {
        subject: format!("{app_name}: {what}"),
        text: format!(
            "{what}.\n\nIf it was not you, sign in, look at what protects your account, and end the sessions that you do not know:\n\n    \
             {security_url}\n"
        ),
    }
}
