//! What became of a call, in words that both clients share.

use std::fmt;

/// The class that decides what a caller may do next.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Class {
    Success,
    NotSent,
    Refused,
    Unknown,
}

/// What happened, as far as both clients can tell it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum What {
    Success,
    /// Not sent for want of a session, or of time to get one.
    NoSession,
    /// Refused in the upstream's own words.
    Refused,
    /// Too late.
    Timeout,
    /// The connection ended before the answer did.
    Lost,
    /// A status that speaks for itself, with nothing of the upstream's own to read.
    Status(u16),
    /// An answer that cannot be the upstream's, or is not whole.
    Garbled,
    /// More than may be read.
    TooLarge,
    /// WHMCS's modules failed half way.
    SetupFailed,
    /// Anything else: no rule allows it.
    Other,
}

impl What {
    /// What a caller may make of it.
    fn class(self) -> Class {
        match self {
            Self::Success => Class::Success,
            Self::NoSession => Class::NotSent,
            Self::Refused => Class::Refused,
            _ => Class::Unknown,
        }
    }
}

/// One call's end.
#[derive(Clone, Debug)]
pub struct Outcome {
    pub class: Class,
    pub what: What,
    /// For reports. Both clients keep data out of it.
    pub said: String,
}

impl fmt::Display for Outcome {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:?} ({:?}, {})", self.class, self.what, self.said)
    }
}

impl From<Result<(), whmcs::Error>> for Outcome {
    fn from(result: Result<(), whmcs::Error>) -> Self {
        use whmcs::Unknown;
        let Err(error) = result else { return Self::success() };
        let class = match error.outcome() {
            whmcs::Outcome::NotSent => Class::NotSent,
            whmcs::Outcome::Refused => Class::Refused,
            whmcs::Outcome::Unknown => Class::Unknown,
        };
        let what = match &error {
            whmcs::Error::NotSent(_) => What::Other,
            whmcs::Error::Refused(_) | whmcs::Error::Denied(_) => What::Refused,
            whmcs::Error::Unknown(unknown) => match unknown {
                Unknown::Timeout => What::Timeout,
                Unknown::ConnectionLost => What::Lost,
                Unknown::HttpStatus { status, .. } => What::Status(*status),
                Unknown::TooLarge => What::TooLarge,
                Unknown::NotJson
                | Unknown::NullBody
                | Unknown::Truncated
                | Unknown::Redirect
                | Unknown::NotEncodable
                | Unknown::Shape { .. } => What::Garbled,
                Unknown::SetupFailed => What::SetupFailed,
            },
        };
        Self { class, what, said: format!("{error:?}") }
    }
}

impl From<Result<(), salesforce::Error>> for Outcome {
    fn from(result: Result<(), salesforce::Error>) -> Self {
        use salesforce::{Error, NotSent, Unknown};
        let Err(error) = result else { return Self::success() };
        let class = match error.outcome() {
            salesforce::Outcome::NotSent => Class::NotSent,
            salesforce::Outcome::Refused => Class::Refused,
            salesforce::Outcome::Unknown => Class::Unknown,
        };
        let what = match &error {
            Error::Login(_) | Error::NotSent(NotSent::DeadlinePassed) => What::NoSession,
            Error::NotSent(_) => What::Other,
            Error::Refused(_) => What::Refused,
            Error::Unknown(Unknown::TimedOut) => What::Timeout,
            Error::Unknown(Unknown::ConnectionLost) => What::Lost,
            Error::Unknown(Unknown::ServerFailure { status }) => What::Status(*status),
            Error::Unknown(Unknown::InvalidAnswer { .. }) => What::Garbled,
            Error::Unknown(Unknown::BodyTooLarge { .. }) => What::TooLarge,
        };
        Self { class, what, said: format!("{error:?}") }
    }
}

impl Outcome {
    /// Whether the class is the one that belongs to what happened.
    pub fn is_classed(&self) -> bool {
        self.class == self.what.class()
    }

    fn success() -> Self {
        Self { class: Class::Success, what: What::Success, said: "ok".to_owned() }
    }
}
