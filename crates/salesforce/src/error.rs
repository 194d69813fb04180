//! What can go wrong with a call, told by what became of it. Nothing here prints upstream text, ids or data.

use crate::login::LoginError;
use crate::refusal::{Refusal, RefusalKind};

/// A call that gave no answer.
#[derive(Clone, Debug, thiserror::Error)]
pub enum Error {
    /// The request did not reach Salesforce.
    #[error("not sent to Salesforce: {0}")]
    NotSent(NotSent),
    /// Salesforce understood the request and refused it; nothing was stored.
    #[error("Salesforce refused: {0}")]
    Refused(Refusal),
    /// The request may or may not have been carried out.
    #[error("outcome unknown: {0}")]
    Unknown(Unknown),
    /// No session: the request was not carried out, and will not be until the login works.
    #[error("Salesforce login failed: {0}")]
    Login(LoginError),
}

/// What became of a write.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Outcome {
    /// Salesforce did nothing; sending again is safe.
    NotSent,
    /// Salesforce decided against it; sending the same again meets the same answer, unless
    /// [`Refusal::is_transient`].
    Refused,
    /// Done or not done. Only calls that are idempotent by construction may be sent again.
    Unknown,
}

/// Why a request was not sent.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum NotSent {
    /// The caller's deadline passed first.
    #[error("the deadline had passed")]
    DeadlinePassed,
    /// No connection: name resolution, TCP or TLS.
    #[error("no connection")]
    Unreachable,
    /// An argument that must not be put into a request; names the argument, not its value.
    #[error("unusable argument: {0}")]
    InvalidInput(&'static str),
}

/// Why an outcome is unknown.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Unknown {
    /// The deadline passed while waiting for the answer.
    #[error("no answer before the deadline")]
    TimedOut,
    /// The connection broke after the request was on its way.
    #[error("the connection broke")]
    ConnectionLost,
    /// HTTP 5xx.
    #[error("server failure, status {status}")]
    ServerFailure {
        /// HTTP status of the answer, or of the part of a composite answer.
        status: u16,
    },
    /// An answer that this API cannot give: a redirect, HTML, cut or misshapen JSON.
    #[error("answer not understood, status {status}")]
    InvalidAnswer {
        /// HTTP status of the answer.
        status: u16,
    },
    /// The answer was larger than `Settings::max_body`.
    #[error("answer too large, status {status}")]
    BodyTooLarge {
        /// HTTP status of the answer.
        status: u16,
    },
}

impl Error {
    /// What became of the request. A failed login counts as not sent: Salesforce carries nothing out without one.
    #[must_use]
    pub fn outcome(&self) -> Outcome {
        match self {
            Self::NotSent(_) | Self::Login(_) => Outcome::NotSent,
            Self::Refused(_) => Outcome::Refused,
            Self::Unknown(_) => Outcome::Unknown,
        }
    }

    /// For calls that address no record by id: there, "not found" means a wrong version, object or key field.
    pub(crate) fn addressing_no_record(self) -> Self {
        match self {
            Self::Refused(mut refusal)
                if refusal.kind == RefusalKind::Gone && refusal.code == Some("NOT_FOUND") =>
            {
                refusal.kind = RefusalKind::MisconfiguredOrBug;
                Self::Refused(refusal)
            }
            other => other,
        }
    }
}
