//! What protects the account.

pub const TITLE: &str = "Security";
pub const LEAD: &str = "Your password, your second factors and the browsers you are signed in with.";
pub const PASSWORD: &str = "Password";
pub const CHANGE: &str = "Change";
pub const CHANGE_PASSWORD: &str = "Change password";
pub const CURRENT_PASSWORD: &str = "Current password";
pub const NEW_PASSWORD: &str = "New password";
pub const OTHERS_END: &str = "All other browsers will be signed out.";
pub const PASSWORD_CHANGED: &str = "Your password is changed. Other browsers are signed out.";
pub const SESSIONS: &str = "Signed-in browsers";
pub const SESSIONS_LEAD: &str = "If you do not recognise one, sign it out and change your password.";
pub const UNKNOWN_DEVICE: &str = "Unknown browser";
pub const THIS_BROWSER: &str = "This browser";
pub const END: &str = "Sign out";
pub const END_OTHERS: &str = "Sign out all others";
pub const FACTORS: &str = "Second factors";
pub const FACTORS_LEAD: &str = "With a second factor a stolen password is not enough to get in.";
pub const EMAIL_CODE: &str =
    "Until you set one up, signing in from a new device needs a code that we mail you.";
pub const PASSWORD_ALONE: &str = "At the moment your password alone lets you in.";
pub const PASSKEYS: &str = "Passkeys";
pub const PASSKEYS_LEAD: &str =
    "Sign in with your fingerprint, face, PIN or security key, also without a password.";
pub const ADD_PASSKEY: &str = "Add a passkey";
pub const PASSKEY_ADDED: &str = "The passkey is added.";
pub const NO_PASSKEYS_HERE: &str = "This browser cannot make passkeys.";
pub const REMOVE: &str = "Remove";
pub const APP: &str = "Authenticator app";
pub const APP_LEAD: &str = "An app on your phone shows a new six-digit code every 30 seconds.";
pub const APP_TITLE: &str = "Set up an authenticator app";
pub const SET_UP: &str = "Set up";
pub const REMOVE_APP: &str = "Remove";
pub const APP_ADDED: &str = "The authenticator app is set up.";
pub const APP_REMOVED: &str = "The authenticator app is removed.";
pub const STEP_SCAN: &str = "Scan this picture with the app.";
pub const STEP_TYPE: &str = "No camera? Type the key instead";
pub const OPEN_APP: &str = "Open the app on this device";
pub const STEP_CODE: &str = "Enter the code that the app shows now.";
pub const QR: &str = "QR code with the key for the app; it can be typed instead";
pub const CODE: &str = "Six-digit code";
pub const ACTIVATE: &str = "Activate";
pub const RECOVERY: &str = "Recovery codes";
pub const NEW_CODES: &str = "Make new codes";
pub const CODES_TITLE: &str = "Keep these recovery codes";
pub const CODES_LEAD: &str = "Each of them lets you in once when your app or passkey is not at hand. They are shown only now; earlier codes no longer work.";
pub const DOWNLOAD: &str = "Download";
pub const PRINT: &str = "Print";
pub const KEPT: &str = "I have kept them";

pub fn end_session(device: &str) -> String {
    format!(" {device}")
}
pub fn seen(when: &str, network: Option<&str>) -> String {
    match network {
        Some(network) => format!("Last used {when}, from {network}"),
        None => format!("Last used {when}"),
    }
}
pub fn since(when: &str) -> String {
    format!("Signed in {when}")
}
pub fn app_since(day: &str) -> String {
    format!("Set up since {day}.")
}
pub fn codes_left(left: u32) -> String {
    match left {
        0 => "None left. Make new ones, so that you can get in without your app or passkey.".to_owned(),
        1 => "1 of 10 left.".to_owned(),
        left => format!("{left} of 10 left."),
    }
}
pub fn passkey_name(count: usize) -> String {
    if count == 0 { "Passkey".to_owned() } else { format!("Passkey {}", count.saturating_add(1)) }
}
pub fn passkey_facts(added: &str, used: Option<&str>, synced: bool) -> String {
    let place = if synced { "kept on your devices by your password manager" } else { "on one device only" };
    match used {
        Some(used) => format!("Added {added}, last used {used}, {place}"),
        None => format!("Added {added}, {place}"),
    }
}
pub fn codes_file(app: &str, codes: &[String]) -> String {
    format!("Recovery codes for {app}. Each works once.\n\n{}\n", codes.join("\n"))
}
