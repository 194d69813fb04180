//! The English catalogue, by page.

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

/// Proving who one is.
pub mod proof {
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
    pub const NO_MEANS: &str = "This browser cannot use passkeys, and no other second factor is set up. Try another browser or device.";

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

/// Bringing a login of the billing system.
pub mod link {
    pub const TITLE: &str = "Bring your billing login";
    pub const LEAD: &str = "Prove once that it is yours. Then you choose a password for this portal, and your invoices and services are here.";
    pub const PASSWORD: &str = "Password of the billing area";
    pub const PASSWORD_HINT: &str = "Used once to check that the login is yours. We do not keep it.";
    pub const OR: &str = "or";
    pub const SIGN_IN_THERE: &str = "Sign in at the billing area";
    pub const SIGN_IN_THERE_HINT: &str = "Needed if your login there is protected by a second factor.";
    pub const HAVE_PORTAL_LOGIN: &str = "Already have a portal password?";
    pub const SET_TITLE: &str = "Choose your portal password";
    pub const SET_LEAD: &str = "The login is yours. From now on you sign in here with a password of its own.";
    pub const ACCOUNT: &str = "Your account";
    pub const NEW_PASSWORD: &str = "New password";
    pub const FINISH: &str = "Finish and sign in";
    pub const OTHER_LOGIN: &str = "Use another login";
    pub const CLOSED: &str = "This account is closed.";
    pub const TAKEN: &str = "Already connected to a portal login.";
    pub const GUEST: &str = "You can switch to it after signing in.";

    pub fn owned_by(owner: &str) -> String {
        format!("Belongs to {owner}")
    }
    pub fn number(client: u64) -> String {
        format!("Customer number {client}")
    }
    pub fn code_lead(email: &str) -> String {
        format!("We have mailed a six-digit code to {email}, to be sure that it is your address.")
    }
    /// Why signing in at the billing system led to nothing: the words of `LinkProblem`.
    pub fn problem(word: &str) -> &'static str {
        match word {
            "declined" => "The billing area did not confirm your login. You can try again.",
            "expired" => "That took too long, or was begun in another browser. Please begin again.",
            "no_account" => "There is no open account behind that login. Please contact support.",
            "taken" => "That account is connected to the portal already. Sign in with your portal password.",
            _ => "The billing area did not answer as expected. Please try again in a moment.",
        }
    }
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

/// What protects the account.
pub mod security {
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
        let place =
            if synced { "kept on your devices by your password manager" } else { "on one device only" };
        match used {
            Some(used) => format!("Added {added}, last used {used}, {place}"),
            None => format!("Added {added}, {place}"),
        }
    }
    pub fn codes_file(app: &str, codes: &[String]) -> String {
        format!("Recovery codes for {app}. Each works once.\n\n{}\n", codes.join("\n"))
    }
}

/// What happened on the account.
pub mod activity {
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
}

/// Dashboard.
pub mod dashboard {
    pub const TITLE: &str = "Dashboard";
    pub const BILLING: &str = "Billing";
    pub const SERVICES: &str = "Services";
    pub const SUPPORT: &str = "Support";
    pub const RECENT: &str = "Recent invoices";
    pub const ALL_INVOICES: &str = "All invoices";
    pub const NOTHING_DUE: &str = "You owe nothing right now";
    pub const NOTHING_DUE_LEAD: &str = "Every invoice is settled.";
    pub const NEXT_DUE: &str = "Next payment";
    pub const UNPAID: &str = "Unpaid invoices";
    pub const VIEW_OVERDUE: &str = "See what is overdue";
    pub const OLDEST: &str = "Longest overdue";
    pub const INEXACT: &str = "Payments in part may not be taken off.";
    pub const ACTIVE: &str = "active";
    pub const ALL_RUN: &str = "Everything runs";
    pub const NO_SERVICES: &str = "No services yet";
    pub const NO_CASES: &str = "Nobody is waiting";
    pub const NO_CASES_LEAD: &str = "You have no open cases.";
    pub const SETTING_UP: &str = "Being set up";
    pub const SETTING_UP_LEAD: &str = "This appears once your account is ready.";
    pub const UNAVAILABLE: &str = "Not available right now";
    pub const NO_INVOICES: &str = "Your invoices will appear here.";

    pub fn welcome(first_name: &str) -> String {
        format!("Hello, {first_name}.")
    }
    pub fn view_invoice(number: &str) -> String {
        format!("View invoice {number}")
    }
    /// The name begins with what is seen, so that voice control finds it.
    pub fn due_link(number: &str, amount: &str) -> String {
        format!("{amount}, invoice {number}")
    }
    pub fn overdue_count(count: u64) -> String {
        if count == 1 { "1 invoice is overdue".to_owned() } else { format!("{count} invoices are overdue") }
    }
    pub fn unpaid_count(count: u64) -> String {
        if count == 1 { "1 invoice to pay".to_owned() } else { format!("{count} invoices to pay") }
    }
    pub fn suspended(count: u64) -> String {
        format!("{count} suspended")
    }
    pub fn pending(count: u64) -> String {
        format!("{count} being set up")
    }
    pub fn of_total(total: u64) -> String {
        format!("of {total} in total")
    }
    pub fn open_cases(count: u64) -> &'static str {
        if count == 1 { "open case" } else { "open cases" }
    }
    pub fn due(when: &str) -> String {
        format!("due {when}")
    }
}

/// List of invoices.
pub mod invoices {
    pub const TITLE: &str = "Invoices";
    pub const LEAD: &str = "Everything we have billed you.";
    pub const FILTER: &str = "Filter by status";
    pub const ALL: &str = "All";
    pub const SORT: &str = "Sort by";
    pub const SIZE: &str = "Rows per page";
    pub const NUMBER: &str = "Number";
    pub const STATUS: &str = "Status";
    pub const ISSUED: &str = "Issued";
    pub const DUE: &str = "Due";
    pub const PAID: &str = "Paid";
    pub const TOTAL: &str = "Total";
    pub const OVERDUE: &str = "Overdue";
    pub const PAGES: &str = "Pages";
    pub const PREVIOUS: &str = "Previous page";
    pub const NEXT: &str = "Next page";
    pub const EMPTY: &str = "No invoices yet";
    pub const EMPTY_LEAD: &str = "When we bill you for the first time, the invoice appears here.";
    pub const EMPTY_FILTER: &str = "No invoices match this filter";
    pub const EMPTY_FILTER_LEAD: &str = "Choose another status, or show all invoices.";
    pub const SHOW_ALL: &str = "Show all invoices";
    pub const EMPTY_PAGE: &str = "There is nothing on this page";
    pub const EMPTY_PAGE_LEAD: &str = "The list is shorter than that.";
    pub const FIRST_PAGE: &str = "Go to the first page";

    pub fn range(from: u64, to: u64, total: u64) -> String {
        format!("{from}–{to} of {total}")
    }
    pub fn page(number: u64) -> String {
        format!("Page {number}")
    }
    pub fn announce(number: u32, pages: u64, total: u64) -> String {
        let invoices = if total == 1 { "invoice" } else { "invoices" };
        format!("Page {number} of {}, {total} {invoices}", pages.max(1))
    }
    pub fn link(number: &str) -> String {
        format!("Invoice {number}")
    }
}

/// One invoice.
pub mod invoice {
    pub const LOADING: &str = "Invoice";
    pub const BACK: &str = "All invoices";
    pub const PAY: &str = "Pay now";
    pub const VIEW: &str = "Open in billing";
    pub const PDF: &str = "Download PDF";
    pub const PRINT: &str = "Print";
    pub const LINES: &str = "Charges";
    pub const DESCRIPTION: &str = "Description";
    pub const AMOUNT: &str = "Amount";
    pub const UNTAXED: &str = "Not taxed";
    pub const SUBTOTAL: &str = "Subtotal";
    pub const CREDIT: &str = "Credit used";
    pub const TOTAL: &str = "Total";
    pub const BALANCE: &str = "Balance due";
    pub const SETTLED: &str = "Settled";
    pub const WAS_TOTAL: &str = "Invoice total";
    pub const ISSUED: &str = "Issued";
    pub const DUE: &str = "Due";
    pub const PAID: &str = "Paid";
    pub const SUMMARY: &str = "Summary";
    pub const TRANSACTIONS: &str = "Payments and refunds";
    pub const NO_TRANSACTIONS: &str = "No payments yet.";
    pub const NO_LINES: &str = "This invoice has no lines.";
    pub const REFUND: &str = "Refund";
    pub const VERIFYING: &str = "Checking the current state before you can pay …";
    pub const WAITING: &str = "Waiting for your payment";
    pub const WAITING_LEAD: &str =
        "Finish paying in the other tab. This page notices by itself; that can take a moment after you pay.";
    pub const STOP_WAITING: &str = "I did not pay";
    pub const GAVE_UP: &str = "No payment has arrived yet. Refresh this page to look again.";
    pub const BLOCKED: &str = "Your browser kept the new tab from opening.";
    pub const OPEN_HERE: &str = "Open billing page";
    pub const OPENING: &str = "Opening the billing page …";
    pub const NEW_TAB: &str = "opens in a new tab";

    pub fn title(number: &str) -> String {
        format!("Invoice {number}")
    }
    pub fn tax(rate: &str) -> String {
        format!("Tax {}%", without_trailing_zeros(rate))
    }
    /// `19.000` as people write it.
    fn without_trailing_zeros(rate: &str) -> &str {
        if rate.contains('.') { rate.trim_end_matches('0').trim_end_matches('.') } else { rate }
    }
    pub fn paid(number: &str) -> String {
        format!("Invoice {number} is paid. Thank you.")
    }
    pub fn changed(number: &str, status: &str) -> String {
        format!("Invoice {number} is now: {status}.")
    }
}

/// Profile.
pub mod profile {
    pub const TITLE: &str = "Profile";
    pub const LEAD: &str = "Your login and the details on your invoices.";
    pub const LOGIN: &str = "Login";
    pub const NAME: &str = "Name";
    pub const EMAIL: &str = "E-mail address";
    pub const SINCE: &str = "Member since";
    pub const BILLING: &str = "Billing details";
    pub const COMPANY: &str = "Company";
    pub const BILLING_EMAIL: &str = "Invoices go to";
    pub const ADDRESS: &str = "Address";
    pub const PHONE: &str = "Phone";
    pub const TAX_ID: &str = "Tax number";
    pub const CURRENCY: &str = "Currency";
    pub const APPEARANCE: &str = "Appearance";
    pub const APPEARANCE_LEAD: &str = "Kept on this device only.";
    pub const UNAVAILABLE: &str = "Billing details are not available right now";
    pub const NOT_READY: &str = "Billing details appear once your account is set up.";
    pub const NOT_GIVEN: &str = "Not given";
    pub const CHANGE_NAME: &str = "Change name";
    pub const CHANGE_EMAIL: &str = "Change e-mail address";
    pub const CHANGE_EMAIL_LEAD: &str =
        "We mail a code to the new address. Until you enter it here, nothing changes.";
    pub const NEW_EMAIL: &str = "New e-mail address";
    pub const CONFIRM_EMAIL: &str = "Confirm new address";
    pub const EMAIL_CHANGED: &str = "Your e-mail address is changed. Sign in with the new one from now on.";
    pub const CHANGE_BILLING: &str = "Change billing details";
    pub const SAVE: &str = "Save";
    pub const SAVED: &str = "Saved.";
    pub const SAVED_PENDING: &str = "Saved. It will appear everywhere in a few minutes.";
    pub const STREET: &str = "Street and number";
    pub const STREET_MORE: &str = "More of the address";
    pub const POSTCODE: &str = "Postal code";
    pub const CITY: &str = "Town";
    pub const COUNTRY: &str = "Country";
    pub const STATE: &str = "State or region";
    pub const CHOOSE: &str = "Please choose";
    pub const EXPORT: &str = "Your data";
    pub const EXPORT_LEAD: &str = "Everything this portal keeps about you, as a JSON file.";
    pub const EXPORT_NOW: &str = "Download my data";

    pub fn email_code_lead(email: &str) -> String {
        format!("If {email} can be used, a six-digit code is on its way to it.")
    }
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
