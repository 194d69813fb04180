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

/// What every mail with a code says.
pub struct CodeMail<'a> {
    /// Name of the portal.
    pub app_name: &'a str,
    /// The code.
    pub code: &'a str,
    /// For how many minutes it works.
    pub minutes: u64,
}

/// Circumstances of what a notice tells.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Circumstances {
    /// When, in words.
    pub at: Option<String>,
    /// Browser and system.
    pub device: Option<String>,
    /// Network.
    pub network: Option<String>,
}

fn with_code(mail: &CodeMail<'_>, why: &str, not_you: &str) -> MailText {
    let CodeMail { app_name, code, minutes } = mail;
    MailText {
        subject: format!("{code} is your code for {app_name}"),
        text: format!(
            "{why}\n\n    {code}\n\nIt works for {minutes} minutes, on the page where you asked for it.\n\
             Nobody from {app_name} will ever ask you for it. {not_you}\n"
        ),
    }
}

/// The code that proves an address.
#[must_use]
pub fn signup_code(mail: &CodeMail<'_>) -> MailText {
    let why = format!("Your code for {} is", mail.app_name);
    with_code(mail, &why, "If you did not ask for a code, you need not do anything.")
}

/// The code that replaces a password, and the page on which it does.
#[must_use]
pub fn reset_code(mail: &CodeMail<'_>, link: &str) -> MailText {
    let why = format!(
        "Your code to choose a new password for {} is below. You can also open this page:\n\n    {link}",
        mail.app_name
    );
    with_code(mail, &why, "If you did not ask for a code, your password stays as it is.")
}

/// The code that proves a new address.
#[must_use]
pub fn email_change_code(mail: &CodeMail<'_>) -> MailText {
    let why = format!("Your code to use this address with your account at {} is", mail.app_name);
    with_code(mail, &why, "If you did not ask for a code, you need not do anything.")
}

/// The code that lets a new device in.
#[must_use]
pub fn new_device_code(mail: &CodeMail<'_>) -> MailText {
    let why = format!(
        "Somebody entered your password for {} on a device that has not been used before. The code to sign in is",
        mail.app_name
    );
    with_code(mail, &why, "If it was not you, somebody knows your password: choose a new one.")
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

/// For an address that has an account, when another account wants to use it.
#[must_use]
pub fn email_change_known_address(app_name: &str, sign_in_url: &str) -> MailText {
    MailText {
        subject: format!("Your address is in use at {app_name}"),
        text: format!(
            "Somebody, perhaps you, wants to use this address for another account at {app_name}.\nIt belongs to an account already, so \
             nothing was changed. Sign in to that one here:\n\n    {sign_in_url}\n\nIf it was not you, you need not do anything.\n"
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

/// Tells about something that happened to an account.
#[must_use]
pub fn notice(app_name: &str, notice: Notice, circumstances: &Circumstances, security_url: &str) -> MailText {
    let line = |label: &str, value: &Option<String>| {
        value.as_ref().map(|value| format!("    {label}: {value}\n")).unwrap_or_default()
    };
    let details = [
        line("When", &circumstances.at),
        line("Device", &circumstances.device),
        line("Network", &circumstances.network),
    ]
    .concat();
    MailText {
        subject: format!("{}: {}", app_name, notice.subject()),
        text: format!(
            "{}\n\n{details}\nIf it was you, you need not do anything.\nIf it was not: {}\n\n    {security_url}\n",
            notice.sentence(),
            notice.advice()
        ),
    }
}
