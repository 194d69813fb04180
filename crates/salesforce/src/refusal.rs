//! A definite no from Salesforce: its class and, for diagnosis only, its words.

use std::fmt;

/// A definite no. `Display` names class, error code and status, all from this crate's own vocabulary.
#[derive(Clone, PartialEq, Eq)]
pub struct Refusal {
    pub(crate) kind: RefusalKind,
    pub(crate) status: u16,
    pub(crate) code: Option<&'static str>,
    pub(crate) resource: &'static str,
    pub(crate) raw: String,
}

/// Class of a refusal; decides what to do next.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum RefusalKind {
    /// A duplicate rule found something like this record. The match is fuzzy: it proves no identity, and the
    /// matched record must never be adopted.
    DuplicateRule {
        /// True: an alert rule, which may be overridden. False: a block rule, for a person to settle.
        allow_save: bool,
    },
    /// A value or a missing value that the org does not accept.
    Validation,
    /// An allowance is used up.
    LimitExceeded(Limit),
    /// Another transaction holds the record: the same request will pass a little later.
    LockedRow,
    /// The record does not exist, or exists no longer.
    Gone,
    /// The request, the integration user's rights or the org's set-up is wrong: for operators.
    MisconfiguredOrBug,
    /// None of the above.
    Other,
}

/// Which allowance is used up. Salesforce has one code for both; the usage header of the same answer tells them apart:
/// from 95 % on, and where there is no header, it is the total.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Limit {
    /// The org's calls in 24 hours. Stop calling until the usage falls.
    Total,
    /// Too many long requests at once. Passes within seconds.
    Concurrent,
}

impl Refusal {
    /// Class of the refusal.
    #[must_use]
    pub fn kind(&self) -> RefusalKind {
        self.kind
    }

    /// HTTP status, for a part of a composite request that of the part.
    #[must_use]
    pub fn status(&self) -> u16 {
        self.status
    }

    /// Salesforce's `errorCode`, where it is one this crate knows.
    #[must_use]
    pub fn code(&self) -> Option<&'static str> {
        self.code
    }

    /// What was refused, e.g. `Account`.
    #[must_use]
    pub fn resource(&self) -> &'static str {
        self.resource
    }

    /// Whether the same request is likely to pass a little later.
    #[must_use]
    pub fn is_transient(&self) -> bool {
        matches!(self.kind, RefusalKind::LockedRow | RefusalKind::LimitExceeded(Limit::Concurrent))
            || self.code == Some("DUPLICATE_VALUE")
    }

    /// Salesforce's own error body, cut to 4 KiB. It echoes submitted values and ids: never log it, never show it
    /// to a customer, never branch on it.
    #[must_use]
    pub fn raw_for_diagnosis(&self) -> &str {
        &self.raw
    }
}

/// Cuts upstream text to what a person needs for a diagnosis.
pub(crate) fn excerpt(text: &str) -> String {
    text.chars().take(4096).collect()
}

impl fmt::Display for RefusalKind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::DuplicateRule { allow_save: true } => "duplicate rule (alert)",
            Self::DuplicateRule { allow_save: false } => "duplicate rule (block)",
            Self::Validation => "validation",
            Self::LimitExceeded(Limit::Total) => "daily allowance used up",
            Self::LimitExceeded(Limit::Concurrent) => "too many concurrent requests",
            Self::LockedRow => "record locked",
            Self::Gone => "record gone",
            Self::MisconfiguredOrBug => "misconfigured or our bug",
            Self::Other => "other",
        })
    }
}

impl fmt::Display for Refusal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let code = self.code.unwrap_or("unlisted code");
        write!(f, "{} on {} ({code}, status {})", self.kind, self.resource, self.status)
    }
}

impl fmt::Debug for Refusal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Refusal")
            .field("kind", &self.kind)
            .field("status", &self.status)
            .field("code", &self.code)
            .field("resource", &self.resource)
            .finish_non_exhaustive()
    }
}
