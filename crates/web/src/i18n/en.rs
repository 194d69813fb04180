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
}

/// The password in the middle of something.
pub mod prompt {
    pub const ENDED_TITLE: &str = "Your session has ended";
    pub const ENDED_LEAD: &str = "Sign in again to go on where you were. Nothing you entered is lost.";
    pub const STEP_UP_TITLE: &str = "Please confirm that it is you";
    pub const STEP_UP_LEAD: &str =
        "Billing pages open your whole account, so we ask for your password once more.";
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
