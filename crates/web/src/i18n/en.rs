//! The English catalogue, by page.

pub mod activity;
pub mod dashboard;
pub mod invoice;
pub mod invoices;
pub mod link;
pub mod profile;
pub mod proof;
pub mod security;

/// Words that stand everywhere.
pub mod shell {
    pub const SKIP: &str = "Skip to content";
    pub const NAVIGATION: &str = "Main";
    pub const DASHBOARD: &str = "Dashboard";
    pub const INVOICES: &str = "Invoices";
    pub const PROFILE: &str = "Profile";
    pub const ACCOUNT_MENU: &str = "Account menu";
    pub const SIGN_OUT: &str = "Sign out";
    pub const SIGN_OUT_FAILED: &str = "You are still signed in. Please try again.";
    pub const THEME: &str = "Theme";
    pub const LIGHT: &str = "Light";
    pub const DARK: &str = "Dark";
    pub const SYSTEM: &str = "System";
    pub const LOADING: &str = "Loading";
    pub const RETRY: &str = "Try again";
    pub const REFRESH: &str = "Refresh";
    pub const CLOSE: &str = "Close";
    pub const CANCEL: &str = "Cancel";
    pub const NOTICES: &str = "Notices";
    pub const UNREACHABLE: &str = "The portal cannot be reached";

    pub fn request_id(id: &str) -> String {
        format!("Request {id}")
    }
}

/// Failures that are not the portal's answers, as a title and what to do.
pub mod errors {
    pub const UNREADABLE: (&str, &str) = (
        "The answer could not be read",
        "The page may be out of date. Load it again, or try a little later.",
    );
    pub const NETWORK: (&str, &str) =
        ("No connection", "The portal could not be reached. Check your connection and try again.");
    pub const TIMEOUT: (&str, &str) =
        ("No answer in time", "The portal took too long to answer. Please try again.");

    /// How texts end that know no better time; a known one takes its place.
    pub const IN_A_MOMENT: &str = "Please try again in a moment.";

    /// How long to wait, in words.
    pub fn retry_after(seconds: u32) -> String {
        match seconds {
            0..=59 => format!("Try again in {seconds} seconds."),
            60..=5399 => format!("Try again in {} minutes.", seconds.div_ceil(60)),
            _ => format!("Try again in {} hours.", seconds.div_ceil(3600)),
        }
    }
}

/// Age of what is shown.
pub mod stale {
    pub fn as_of(when: &str) -> String {
        format!("As of {when}")
    }
    pub fn notice(when: &str) -> String {
        format!("This is an earlier copy, from {when}. We are looking for a newer one.")
    }
}

/// Forms in general.
pub mod form {
    pub const SUMMARY: &str = "Please check these fields";
    pub const SHOW_PASSWORD: &str = "Show password";
    pub const HIDE_PASSWORD: &str = "Hide password";
    pub const CAPS_LOCK: &str = "Caps Lock is on.";
    pub const OPTIONAL: &str = "optional";

    pub fn too_short(characters: usize) -> String {
        format!("Use at least {characters} characters.")
    }
    pub fn too_long(bytes: usize) -> String {
        format!("Use at most {bytes} characters.")
    }
}

/// Signing in and out.
pub mod login {
    pub const TITLE: &str = "Sign in";
    pub const LEAD: &str = "Welcome back. Your invoices and services are one step away.";
    pub const EMAIL: &str = "E-mail address";
    pub const PASSWORD: &str = "Password";
    pub const SUBMIT: &str = "Sign in";
    pub const NEW_HERE: &str = "New here?";
    pub const TO_SIGNUP: &str = "Create an account";
    pub const SIGNED_OUT: &str = "You are signed out.";
    pub const ENDED: &str = "Your session has ended. Sign in to go on.";
    pub const PASSWORD_RESET: &str = "Your password is changed. Sign in with the new one.";
    pub const FORGOT: &str = "Forgot your password?";
    pub const BY_PASSKEY: &str = "Sign in with a passkey";
    pub const HAVE_BILLING_LOGIN: &str = "Have a login from our billing area?";
    pub const TO_LINK: &str = "Bring it here";
}

/// The second step of a sign-in.
pub mod mfa {
    pub const TITLE: &str = "One more step";
    pub const LEAD: &str = "Your password is right. Please confirm that it is you.";
    pub const BACK: &str = "Sign in as somebody else";
}

/// Passkeys in the browser.
pub mod passkey {
    pub const DISMISSED: (&str, &str) =
        ("Nothing was confirmed", "The passkey dialog was closed or took too long. Please try again.");
    pub const UNSUPPORTED: (&str, &str) =
        ("This browser cannot use passkeys", "Try another browser or device, or choose another way.");
}

/// Asking for a code to replace the password.
pub mod forgot {
    pub const TITLE: &str = "Forgot your password?";
    pub const LEAD: &str =
        "Give your e-mail address. If it has an account here, we mail you a code to choose a new password.";
    pub const SUBMIT: &str = "Mail me a code";
    pub const BACK: &str = "Back to sign-in";
}

/// Replacing the password.
pub mod reset {
    pub const TITLE: &str = "Choose a new password";
    pub const LEAD: &str = "Enter the code from the e-mail, if one has reached you.";
    pub const PASSWORD: &str = "New password";
    pub const SUBMIT: &str = "Change password";
    pub const SESSIONS_END: &str = "You will be signed out everywhere.";
    pub const NEW_CODE: &str = "Get a new code";
    pub const INCOMPLETE: &str = "This link is not complete";
    pub const INCOMPLETE_LEAD: &str = "Open the link from the e-mail once more, or ask for a new code.";
}

/// The password in the middle of something.
pub mod prompt {
    pub const ENDED_TITLE: &str = "Your session has ended";
    pub const ENDED_LEAD: &str = "Sign in again to go on where you were. Nothing you entered is lost.";
    pub const STEP_UP_TITLE: &str = "Please confirm that it is you";
    pub const STEP_UP_LEAD: &str =
        "This opens or changes something important, so we make sure that it is you.";
    pub const CONFIRM: &str = "Continue";
    pub const SIGN_OUT: &str = "Sign out instead";
}

/// Signing up.
pub mod signup {
    use shared_types::validate::PASSWORD_MIN;

    pub const TITLE: &str = "Create your account";
    pub const LEAD: &str = "We will mail you a code to confirm your address.";
    pub const FIRST_NAME: &str = "First name";
    pub const LAST_NAME: &str = "Last name";
    pub const COMPANY: &str = "Company";
    pub const COMPANY_HINT: &str = "Appears on your invoices.";
    pub const SUBMIT: &str = "Continue";
    pub const HAVE_ACCOUNT: &str = "Already have an account?";
    pub const TO_LOGIN: &str = "Sign in";
    pub const CODE_TITLE: &str = "Check your e-mail";
    pub const CODE: &str = "Six-digit code";
    pub const CONFIRM: &str = "Confirm and sign in";
    pub const BACK: &str = "Change details or get a new code";

    pub fn password_hint() -> String {
        format!("At least {PASSWORD_MIN} characters. A few unrelated words work well.")
    }
    pub fn code_lead(email: &str) -> String {
        format!("If {email} can be registered, a six-digit code is on its way to it.")
    }
    pub fn code_until(time: &str) -> String {
        format!("The code works until {time}.")
    }
}

/// The pages of one's own account.
pub mod account {
    pub const NAVIGATION: &str = "Account";
    pub const PROFILE: &str = "Profile";
    pub const SECURITY: &str = "Security";
    pub const ACTIVITY: &str = "Activity";
    pub const SWITCH: &str = "Switch account";
    pub const SWITCH_TO: &str = "Switch";
    pub const CURRENT: &str = "In use";
    pub const OWN: &str = "Your own account";
    pub const GUEST: &str = "You are a guest here";
}

/// Nothing here, or nothing left.
pub mod lost {
    pub const NOT_FOUND: &str = "Page not found";
    pub const NOT_FOUND_LEAD: &str = "The address may be mistyped, or the page has moved.";
    pub const INVOICE_NOT_FOUND: &str = "Invoice not found";
    pub const INVOICE_NOT_FOUND_LEAD: &str = "It does not exist, or it is not part of your account.";
    pub const HOME: &str = "Go to the dashboard";
    pub const BROKEN: &str = "Something broke";
    pub const BROKEN_LEAD: &str = "This page ran into a mistake of ours and cannot go on. Nothing was lost that you had sent. Load it again to continue.";
    pub const RELOAD: &str = "Load again";
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rates_lose_their_empty_decimals_only() {
        assert_eq!(invoice::tax("19.000"), "Tax 19%");
        assert_eq!(invoice::tax("8.250"), "Tax 8.25%");
        assert_eq!(invoice::tax("20"), "Tax 20%");
        assert_eq!(invoice::tax("0.00"), "Tax 0%");
    }

    #[test]
    fn waits_are_said_in_the_unit_that_fits() {
        assert_eq!(errors::retry_after(30), "Try again in 30 seconds.");
        assert_eq!(errors::retry_after(61), "Try again in 2 minutes.");
        assert_eq!(errors::retry_after(7200), "Try again in 2 hours.");
    }
}
