//! What can go wrong with a call, sorted by the only question that matters for a write: did WHMCS act?
//!
//! `Display` and `Debug` print our own words only, never a text from WHMCS, so errors may be logged as they
//! are.

use std::{net::IpAddr, time::Duration};

use crate::refusal::Refusal;

/// Why a call did not succeed.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Error {
    /// No byte of the request reached WHMCS; sending it again is safe.
    #[error("the request did not reach WHMCS: {0}")]
    NotSent(NotSent),
    /// WHMCS understood the request and refused it.
    #[error("WHMCS refused the request: {0}")]
    Refused(Refusal),
    /// WHMCS refused us, not the request: credentials, address or role. Nothing was done.
    #[error("WHMCS denied access: {0}")]
    Denied(Denied),
    /// The request went out and no usable answer came back. A write may have happened.
    #[error("no usable answer from WHMCS: {0}")]
    Unknown(Unknown),
}

/// The outcome of a failed call, as far as it can be known.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Outcome {
    /// WHMCS never saw the request.
    NotSent,
    /// WHMCS decided against it before acting.
    Refused,
    /// It may or may not have been carried out; find out before sending it again.
    Unknown,
}

/// Why nothing was sent.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, thiserror::Error)]
pub enum NotSent {
    /// The deadline had passed before the call began.
    #[error("the deadline had already passed")]
    DeadlinePassed,
    /// Name resolution, TCP or TLS failed.
    #[error("no connection could be made")]
    Connect,
    /// The request could not be built, for instance because of an unusable base URL.
    #[error("the request could not be built")]
    InvalidRequest,
}

/// Why WHMCS does not let us in.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, thiserror::Error)]
pub enum Denied {
    /// Identifier or secret are missing, wrong, or belong to a disabled administrator.
    #[error("the API credentials were not accepted")]
    Credentials,
    /// The address that the request came from is not in the API IP allow list, or is banned.
    #[error("the sender's IP address is not allowed")]
    IpNotAllowed {
        /// Our own address as WHMCS saw it: the one to put into the allow list.
        seen: Option<IpAddr>,
    },
    /// The API role of the credentials does not list the action.
    #[error("the API role does not allow the action")]
    ActionNotInRole,
    /// The action does not exist in this installation, or only inside WHMCS.
    #[error("the action is not available in this installation")]
    ActionUnavailable,
    /// Any other refusal under 401 or 403, or `Access Denied`.
    #[error("for another reason")]
    Other,
}

/// Why the outcome is unknown.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, thiserror::Error)]
pub enum Unknown {
    /// The deadline passed, or the HTTP client's own timeout.
    #[error("it took too long")]
    Timeout,
    /// The connection ended before the head of an answer was complete.
    #[error("the connection was lost")]
    ConnectionLost,
    /// An answer that is not WHMCS's JSON, under a status other than 2xx: a proxy's page, a PHP error, a
    /// firewall's challenge. Whether WHMCS acted before the page was made cannot be told, so a 403 page
    /// counts as unknown too.
    #[error("HTTP status {status} without an answer of WHMCS")]
    HttpStatus {
        /// The status.
        status: u16,
        /// What `Retry-After` asked for.
        retry_after: Option<Duration>,
    },
    /// A body under 2xx that is empty or not JSON.
    #[error("the answer is not JSON")]
    NotJson,
    /// The body `null`, which WHMCS is known to send after it has acted.
    #[error("the answer is null")]
    NullBody,
    /// The body ended early.
    #[error("the answer was cut off")]
    Truncated,
    /// The body, once decompressed, is over the cap.
    #[error("the answer is too large")]
    TooLarge,
    /// A 3xx answer. Redirects are never followed: they would carry the secret elsewhere.
    #[error("the answer is a redirect")]
    Redirect,
    /// WHMCS acted, then failed to write the answer as JSON (bytes that are not UTF-8 in a record).
    #[error("WHMCS could not encode its answer")]
    NotEncodable,
    /// `AcceptOrder` ended in a text of a server or registrar module. What had been done by then is not
    /// documented: read the order again.
    #[error("setting the order up failed")]
    SetupFailed,
    /// Valid JSON of an unexpected shape.
    #[error("the answer has an unexpected shape at `{field}`")]
    Shape {
        /// The member, by its name on the wire, that is missing or unreadable.
        field: &'static str,
    },
}

impl Error {
    /// Whether the request was carried out, as far as this error tells.
    #[must_use]
    pub const fn outcome(&self) -> Outcome {
        match self {
            Self::NotSent(_) => Outcome::NotSent,
            Self::Refused(_) | Self::Denied(_) => Outcome::Refused,
            Self::Unknown(_) => Outcome::Unknown,
        }
    }

    /// How long the server asked to be left alone, if it said so.
    #[must_use]
    pub const fn retry_after(&self) -> Option<Duration> {
        match self {
            Self::Unknown(Unknown::HttpStatus { retry_after, .. }) => *retry_after,
            _ => None,
        }
    }

    pub(crate) const fn shape(field: &'static str) -> Self {
        Self::Unknown(Unknown::Shape { field })
    }

    /// A fixed word for logs and metrics.
    pub(crate) const fn class(&self) -> &'static str {
        match self {
            Self::NotSent(_) => "not_sent",
            Self::Refused(_) => "refused",
            Self::Denied(_) => "denied",
            Self::Unknown(_) => "unknown",
        }
    }
}

impl Denied {
    /// Sorts the texts that WHMCS uses for access failures. They share the status 403 and appear under others
    /// too, so the text decides.
    pub(crate) fn from_message(message: &str) -> Option<Self> {
        let message = message.trim();
        let ip = ["Invalid IP", "Forbidden IP"].iter().find_map(|prefix| message.strip_prefix(prefix));
        if let Some(rest) = ip {
            return Some(Self::IpNotAllowed { seen: rest.trim().parse().ok() });
        }
        if message.starts_with("Invalid Permissions: API action") {
            return Some(Self::ActionNotInRole);
        }
        match message {
            "Authentication Failed"
            | "Invalid or missing credentials"
            | "Invalid password provided"
            | "Administrator Account Disabled" => Some(Self::Credentials),
            "API Command Restricted to Internal API" | "API Function Not Found" => {
                Some(Self::ActionUnavailable)
            }
            "Access Denied" => Some(Self::Other),
            _ => None,
        }
    }
}
