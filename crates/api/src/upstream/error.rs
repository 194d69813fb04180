//! What can go wrong with an upstream, as far as the portal cares.

use std::{fmt, time::Duration};

use crate::domain::profile::ContactField;

/// A system behind the portal.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Upstream {
    /// Billing.
    Whmcs,
    /// Support.
    Salesforce,
    /// Outgoing mail.
    Mail,
}

impl Upstream {
    /// The name in logs and metrics.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Whmcs => "whmcs",
            Self::Salesforce => "salesforce",
            Self::Mail => "mail",
        }
    }
}

/// What a failed call means to the person who waits for it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum UpstreamFailure {
    /// Cannot be reached, or we leave it alone because it is in trouble.
    Unavailable,
    /// Did not answer in time.
    Timeout,
    /// Answered nonsense, or does not accept our credentials.
    Invalid,
    /// Knows no such thing, or it belongs to somebody else.
    NotFound,
    /// The customer does not allow single sign-on.
    SingleSignOnBlocked,
    /// We asked for something that cannot be asked for.
    Internal,
}

/// A failed call. `Display` holds no text of the upstream and nothing of the request.
#[derive(Clone, Debug)]
pub struct UpstreamError {
    upstream: Upstream,
    failure: UpstreamFailure,
    what: String,
    retry_after: Option<Duration>,
}

impl UpstreamError {
    /// A failure; `what` is for the log and must come from our own types.
    #[must_use]
    pub fn new(upstream: Upstream, failure: UpstreamFailure, what: impl Into<String>) -> Self {
        Self { upstream, failure, what: what.into(), retry_after: None }
    }

    /// Adds when the upstream wants to be asked again.
    #[must_use]
    pub const fn with_retry_after(mut self, wait: Option<Duration>) -> Self {
        self.retry_after = wait;
        self
    }

    /// What it means.
    #[must_use]
    pub const fn failure(&self) -> UpstreamFailure {
        self.failure
    }

    /// When to come back, if the upstream said so.
    #[must_use]
    pub const fn retry_after(&self) -> Option<Duration> {
        self.retry_after
    }

    /// Whether an older copy is better than this error: the upstream is in trouble and did not decide anything.
    #[must_use]
    pub const fn is_outage(&self) -> bool {
        matches!(
            self.failure,
            UpstreamFailure::Unavailable | UpstreamFailure::Timeout | UpstreamFailure::Invalid
        )
    }
}

impl fmt::Display for UpstreamError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {:?}: {}", self.upstream.name(), self.failure, self.what)
    }
}

impl std::error::Error for UpstreamError {}

/// Why a write was refused.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum WriteRefusal {
    /// The e-mail address belongs to somebody already.
    EmailTaken,
    /// A billing detail is missing, or of a kind that is not accepted.
    Field {
        /// Which.
        field: ContactField,
        /// It is missing.
        missing: bool,
    },
    /// The data breaks a rule that only people can settle (duplicate rule, custom field).
    NeedsPerson,
    /// Our access does not allow it.
    AccessDenied,
}

/// What became of a write that gave no answer of success.
#[derive(Clone, Debug)]
pub enum WriteError {
    /// It never left: sending it again is safe.
    NotSent(UpstreamError),
    /// It was understood and refused: sending it again is pointless.
    Refused(WriteRefusal, UpstreamError),
    /// It may have been done. Find out before sending it again.
    Unknown(UpstreamError),
}

impl fmt::Display for WriteError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::NotSent(error) => write!(f, "not sent: {error}"),
            Self::Refused(reason, error) => write!(f, "refused ({reason:?}): {error}"),
            Self::Unknown(error) => write!(f, "outcome unknown: {error}"),
        }
    }
}

impl std::error::Error for WriteError {}
