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
    /// A unique field's value belongs to another record, or is just being written by a concurrent request.
    DuplicateValue,
    /// Several records have the key that one was addressed by: the field is not unique in this org.
    AmbiguousKey,
    /// A required field is missing.
    RequiredMissing,
    /// A value that is not in a restricted picklist.
    Picklist,
    /// Any other value that the org does not accept, also by rules of its own.
    Validation,
    /// An allowance is used up.
    LimitExceeded(Limit),
    /// The org's data or file storage is full.
    StorageFull,
    /// Another transaction holds the record: the same request will pass a little later.
    LockedRow,
    /// The record does not exist, or not for the integration user.
    Gone,
    /// The record was deleted, and may still be in the recycle bin.
    Deleted,
    /// The record was changed meanwhile.
    PreconditionFailed,
    /// The integration user lacks the right: for operators.
    InsufficientAccess,
    /// An id that is none, or of another object.
    MalformedId,
    /// The cursor is gone: start the query again.
    ExpiredCursor,
    /// The query takes longer than Salesforce allows.
    QueryTimeout,
    /// Only the failure of another part of the request stands behind this one.
    RolledBack,
    /// The request or the org's set-up is wrong: for operators.
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
        matches!(
            self.kind,
            RefusalKind::LockedRow
                | RefusalKind::LimitExceeded(Limit::Concurrent)
                | RefusalKind::DuplicateValue
        )
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
            Self::DuplicateValue => "value taken",
            Self::AmbiguousKey => "key of several records",
            Self::RequiredMissing => "required field missing",
            Self::Picklist => "not in the picklist",
            Self::Validation => "validation",
            Self::LimitExceeded(Limit::Total) => "daily allowance used up",
            Self::LimitExceeded(Limit::Concurrent) => "too many concurrent requests",
            Self::StorageFull => "storage full",
            Self::LockedRow => "record locked",
            Self::Gone => "record gone",
            Self::Deleted => "record deleted",
            Self::PreconditionFailed => "record changed meanwhile",
            Self::InsufficientAccess => "insufficient access",
            Self::MalformedId => "malformed id",
            Self::ExpiredCursor => "cursor expired",
            Self::QueryTimeout => "query too slow",
            Self::RolledBack => "rolled back with another part",
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
