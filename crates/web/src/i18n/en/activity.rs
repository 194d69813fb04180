//! What happened on the account.

pub const TITLE: &str = "Activity";
pub const LEAD: &str = "What happened on your account. If something was not you, change your password.";
pub const DOWNLOAD: &str = "Download as CSV";
pub const EMPTY: &str = "Nothing yet";
pub const EMPTY_LEAD: &str = "What happens on your account from now on appears here.";
pub const MORE: &str = "Show more";
const NOWHERE: &str = "The portal itself";

pub fn place(device: Option<&str>, network: Option<&str>) -> String {
    match (device, network) {
        (Some(device), Some(network)) => format!("{device}, from {network}"),
        (Some(one), None) | (None, Some(one)) => one.to_owned(),
        (None, None) => NOWHERE.to_owned(),
    }
}

/// A line in words. What this version does not know is shown by its name.
pub fn event(event: &str, outcome: &str) -> String {
    let text = match (event, outcome) {
        ("account.sign_up", _) => "Account created",
        ("session.sign_in", "ok") => "Signed in",
        ("session.sign_in", _) => "A sign-in failed: wrong password",
        ("session.sign_out", _) => "Signed out",
        ("session.second_factor", "asked") => "Password given, second factor asked for",
        ("session.second_factor", _) => "A sign-in failed: wrong second factor",
        ("session.revoke", _) => "Signed out another browser",
        ("session.revoke_others", _) => "Signed out all other browsers",
        ("session.step_up", "ok") => "Confirmed identity",
        ("session.step_up", _) => "Could not confirm identity",
        ("password.reset", "asked") => "Asked for a code to change the password",
        ("password.reset", _) => "Password replaced by a mailed code",
        ("password.change", _) => "Password changed",
        ("email.change", "asked") => "Asked to change the e-mail address",
        ("email.change", _) => "E-mail address changed",
        ("mfa.totp_enable", _) => "Authenticator app set up",
        ("mfa.totp_disable", _) => "Authenticator app removed",
        ("mfa.recovery_codes", _) => "New recovery codes made",
        ("mfa.recovery_code_use", _) => "Recovery code used",
        ("mfa.passkey_add", _) => "Passkey added",
        ("mfa.passkey_remove", _) => "Passkey removed",
        ("mfa.passkey_use", _) => "A passkey was refused: it may have been copied",
        ("account.link_login", "ok") => "Billing login connected",
        ("account.link_login", "asked") => "Billing login proved",
        ("account.link_login", _) => "A billing login could not be proved",
        ("account.link_billing", "ok") => "Billing account connected",
        ("account.link_billing", _) => "Billing account could not be connected",
        ("account.link_support", _) => "Support account connected",
        ("account.switch", _) => "Switched to another account",
        ("account.export", _) => "Data exported",
        ("profile.change", _) => "Name changed",
        ("billing.change", _) => "Billing details changed",
        ("billing.sso_link", _) => "Opened the billing area",
        ("token.issue", _) => "Another application signed in",
        ("token.refresh", _) => "An application's sign-in was ended: its token was used twice",
        (other, _) => return other.to_owned(),
    };
    text.to_owned()
}
