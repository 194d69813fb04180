//! One webhook on its way, and its attempts.

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};

/// Where a delivery stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum State {
    /// To be sent, or to be sent again.
    Pending,
    Delivered,
    /// A switch lost it on purpose.
    Dropped,
    /// Refused or unanswered as often as a sender tries.
    GivenUp,
}

/// One try.
#[derive(Debug, Clone, Serialize)]
pub struct Attempt {
    /// By the sandbox's clock.
    pub at: DateTime<Utc>,
    /// The receiver's answer; `null` when there was none.
    pub status: Option<u16>,
}

/// A message for one receiver.
#[derive(Debug, Clone, Serialize)]
pub struct Delivery {
    /// The `webhook-id`: the same for copies and further attempts.
    pub id: String,
    pub receiver: u64,
    pub event: &'static str,
    pub body: String,
    pub state: State,
    /// When it is to be sent, by the sandbox's clock; `null` when it is held or finished.
    pub due: Option<DateTime<Utc>>,
    pub attempts: Vec<Attempt>,
}
