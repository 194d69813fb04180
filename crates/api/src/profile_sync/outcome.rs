//! What became of a delivery.

use chrono::{DateTime, Utc};
use shared_types::account::{BillingContactView, SyncState};

use crate::upstream::{UpstreamFailure, WriteError, WriteRefusal};

/// What became of a delivery, as each system has it.
#[derive(Clone, Debug)]
pub struct Delivered {
    /// The name of the login in billing.
    pub login: SyncState,
    /// The details in billing.
    pub details: SyncState,
    /// Support.
    pub support: SyncState,
    /// Why billing refused the details.
    pub refusal: Option<WriteRefusal>,
    /// The details as billing showed them last.
    pub contact: Option<BillingContactView>,
    /// What is still to be done.
    pub left: Left,
}

/// What is still to be done.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Left {
    /// Nothing.
    Nothing,
    /// Looking again at a certain time.
    Look(DateTime<Utc>),
    /// Sending.
    Work,
}

impl Delivered {
    /// Somebody else sends; this change goes along or follows.
    #[must_use]
    pub const fn later() -> Self {
        Self {
            login: SyncState::Pending,
            details: SyncState::Pending,
            support: SyncState::Pending,
            refusal: None,
            contact: None,
            left: Left::Work,
        }
    }
}

/// What became of one write.
#[derive(Clone, Copy, Debug)]
pub(super) struct Sent {
    pub(super) state: SyncState,
    pub(super) refusal: Option<WriteRefusal>,
    /// It may still be carried out.
    pub(super) is_unknown: bool,
}

impl Sent {
    pub(super) const fn state(state: SyncState) -> Self {
        Self { state, refusal: None, is_unknown: false }
    }

    /// Sorts the answer to a write, and logs what is not a success.
    pub(super) fn of(what: &'static str, answer: Result<(), WriteError>) -> Self {
        match answer {
            Ok(()) => Self::state(SyncState::Saved),
            // It cannot be sent as it is, so trying again does not help.
            Err(WriteError::NotSent(error)) if error.failure() == UpstreamFailure::Internal => {
                tracing::error!(%error, what, "a change of the profile cannot be sent");
                Self { refusal: Some(WriteRefusal::NeedsPerson), ..Self::state(SyncState::Refused) }
            }
            Err(WriteError::NotSent(error)) => {
                tracing::warn!(%error, what, "a change of the profile waits");
                Self::state(SyncState::Pending)
            }
            Err(WriteError::Unknown(error)) => {
                tracing::warn!(%error, what, "a change of the profile got no answer");
                Self { is_unknown: true, ..Self::state(SyncState::Pending) }
            }
            // The portal's access is at fault, not the change.
            Err(WriteError::Refused(WriteRefusal::AccessDenied, error)) => {
                tracing::error!(%error, what, "the portal may not change profiles");
                Self::state(SyncState::Pending)
            }
            Err(WriteError::Refused(refusal, error)) => {
                tracing::error!(%error, what, "a change of the profile is refused");
                Self { refusal: Some(refusal), ..Self::state(SyncState::Refused) }
            }
        }
    }
}
