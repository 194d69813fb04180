//! Codes of the API in words, exhaustively.

use shared_types::{
    account::AccountState,
    billing::{InvoiceFilter, InvoiceSort, InvoiceStatus},
    problem::{FieldCode, ProblemCode},
};

/// What happened, and what to do about it.
pub fn problem(code: ProblemCode) -> (&'static str, &'static str) {
    match code {
        ProblemCode::RequestMalformed
        | ProblemCode::MethodNotAllowed
        | ProblemCode::RequestTooLarge
        | ProblemCode::UnsupportedMediaType
        | ProblemCode::IdempotencyKey
        | ProblemCode::IdempotencyMismatch => {
            ("This did not work", "The page may be out of date. Load it again and try once more.")
        }
        ProblemCode::RequestTimeout => {
            ("Sending took too long", "Your connection seems to be slow. Please try again.")
        }
        ProblemCode::AuthRequired => ("Your session has ended", "Sign in to go on."),
        ProblemCode::InvalidCredentials => {
            ("That e-mail address and password do not match", "Check both and try again.")
        }
        ProblemCode::MfaRequired => ("A second factor is needed", "Sign in again to go on."),
        ProblemCode::Forbidden => ("You may not do this", "Your account does not have access to it."),
        ProblemCode::Csrf => ("This request was blocked", "Load the page again and try once more."),
        ProblemCode::StepUpRequired => ("Please confirm that it is you", "Give your password to go on."),
        ProblemCode::NotFound => ("Not found", "It does not exist, or it is not part of your account."),
        ProblemCode::AccountNotReady => {
            ("Your account is still being set up", "This takes a moment. Please try again shortly.")
        }
        ProblemCode::InvoiceState => (
            "This invoice has changed",
            "It can no longer be handled this way. We are loading its current state.",
        ),
        ProblemCode::SingleSignOnBlocked => (
            "Direct links to billing are switched off",
            "They were switched off for your account in the billing system. Please contact support.",
        ),
        ProblemCode::IdempotencyInProgress => (
            "We are still working on it",
            "Your request is being handled. Please wait a moment and try again.",
        ),
        ProblemCode::Validation => ("Please check your input", "Some fields need your attention."),
        ProblemCode::CodeInvalid => (
            "This code does not work",
            "It may be mistyped, used already, or too old. You can ask for a new one.",
        ),
        ProblemCode::FactorInvalid => (
            "This code does not work",
            "Check the code and try again. A code works once; wait for the next one if you have used it already.",
        ),
        ProblemCode::PasskeyInvalid => {
            ("The passkey was not accepted", "Try again, or choose another way to confirm that it is you.")
        }
        ProblemCode::LinkSecondFactor => (
            "This login is protected by a second factor",
            "Sign in at the billing system instead; it will ask for the second factor there.",
        ),
        ProblemCode::LinkNoAccount => (
            "There is no open account behind this login",
            "The account may be closed. Please contact support, or sign up for a new account.",
        ),
        ProblemCode::LinkTaken => (
            "This account is connected to the portal already",
            "Sign in with your portal password. If you have forgotten it you can choose a new one.",
        ),
        ProblemCode::StepOutOfOrder => ("This took too long", "Please begin this step again."),
        ProblemCode::BillingRefused => (
            "This change was not accepted",
            "The billing system did not accept it, and nothing was changed. Please contact support.",
        ),
        ProblemCode::LimitReached => ("No more can be added", "Remove one that you no longer use first."),
        ProblemCode::RateLimited => ("Too many attempts", "Please wait before you try again."),
        ProblemCode::Internal => ("Something went wrong on our side", "Please try again in a moment."),
        ProblemCode::Busy => ("The portal is very busy", "Please try again in a moment."),
        ProblemCode::UpstreamInvalid | ProblemCode::UpstreamUnavailable | ProblemCode::UpstreamTimeout => (
            "This information is not available right now",
            "A system behind the portal is not answering. Please try again in a moment.",
        ),
    }
}

/// What is wrong with a field.
pub fn field(code: FieldCode) -> &'static str {
    match code {
        FieldCode::Required => "Please fill this in.",
        FieldCode::TooShort => "This is too short.",
        FieldCode::TooLong => "This is too long.",
        FieldCode::OutOfRange => "This is outside the allowed range.",
        FieldCode::Email => "Enter an e-mail address, such as name@example.com.",
        FieldCode::Characters => "This contains characters that are not allowed.",
        FieldCode::Choice | FieldCode::Type | FieldCode::Unknown => "This value is not accepted.",
        FieldCode::PasswordWeak => "This password is too easy to guess. Try a few unrelated words.",
        FieldCode::PasswordCommon => "This password is on lists of common passwords. Choose another.",
        FieldCode::PasswordPersonal => "Do not use your name or e-mail address in your password.",
        FieldCode::Code => "Enter the code as it is shown.",
        FieldCode::Same => "This must be another one than before.",
    }
}

/// Where an invoice stands; nothing for a state that has only the billing system's own name.
pub fn status(status: InvoiceStatus) -> Option<&'static str> {
    match status {
        InvoiceStatus::Unpaid => Some("Unpaid"),
        InvoiceStatus::Paid => Some("Paid"),
        InvoiceStatus::Cancelled => Some("Cancelled"),
        InvoiceStatus::Refunded => Some("Refunded"),
        InvoiceStatus::Collections => Some("In collections"),
        InvoiceStatus::PaymentPending => Some("Payment pending"),
        InvoiceStatus::Other => None,
    }
}

/// A choice of invoices.
pub fn filter(filter: InvoiceFilter) -> &'static str {
    match filter {
        InvoiceFilter::Unpaid => "Unpaid",
        InvoiceFilter::Overdue => "Overdue",
        InvoiceFilter::Paid => "Paid",
        InvoiceFilter::Cancelled => "Cancelled",
        InvoiceFilter::Refunded => "Refunded",
        InvoiceFilter::Collections => "In collections",
        InvoiceFilter::PaymentPending => "Payment pending",
    }
}

/// An order of invoices.
pub fn sort(sort: InvoiceSort) -> &'static str {
    match sort {
        InvoiceSort::NewestFirst => "Newest first",
        InvoiceSort::OldestFirst => "Oldest first",
        InvoiceSort::DueFirst => "Due soonest first",
        InvoiceSort::DueLast => "Due latest first",
        InvoiceSort::SmallestFirst => "Smallest amount first",
        InvoiceSort::LargestFirst => "Largest amount first",
        InvoiceSort::Number => "Number, ascending",
        InvoiceSort::NumberDescending => "Number, descending",
    }
}

/// How far an account is connected, as a title and an explanation; nothing if all is well.
pub fn account_state(state: AccountState) -> Option<(&'static str, &'static str)> {
    match state {
        AccountState::SettingUp => Some((
            "We are setting up your account",
            "This usually takes less than a minute. You can stay on this page; it goes on by itself.",
        )),
        AccountState::NeedsLink => Some((
            "Your e-mail address is already known to billing",
            "There is a billing account with this address. Before it appears here we need to make sure that it is yours. \
             Please contact support to connect it.",
        )),
        AccountState::Failed => Some((
            "Your account could not be set up",
            "Something went wrong on our side, and it will not fix itself. Please contact support; your login keeps working.",
        )),
        AccountState::BillingReady | AccountState::Ready => None,
    }
}
