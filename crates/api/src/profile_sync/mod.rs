//! Brings changes of names and billing details to WHMCS and Salesforce.
//!
//! The wish is a sealed row before anything is sent, so a request that dies, or a system that is down, loses nothing: a job goes on.
//! Requests and jobs come through here; one sender at a time holds a customer's row. `UpdateClient` and `UpdateUser` may be repeated, so
//! what got no answer is looked up and, if it is not there, sent again. What WHMCS may still be carrying out could overwrite a later
//! change; so until that time is over the row stays, and then WHMCS is looked at once more. Salesforce gets the truth as WHMCS and the
//! portal have it, under our own keys, which may be repeated too.

mod delivery;
mod outcome;

use std::time::Duration;

use shared_types::ids::UserId;

use crate::{
    app::App,
    domain::profile::ContactChange,
    store::{AuditEvent, ProfileChange, StoreError},
};
pub use outcome::{Delivered, Left};

/// Who sends.
#[derive(Clone, Debug)]
pub enum Sender {
    /// A request whose person waits.
    Request {
        /// What was open before the change of this request: it stays open if billing refuses the change.
        before: ContactChange,
    },
    /// A job, which has time.
    Job,
}

impl Sender {
    /// How long a write to WHMCS may take.
    const fn write_deadline(&self, app: &App) -> Duration {
        match self {
            Self::Request { .. } => app.settings.read_deadline,
            Self::Job => app.settings.write_deadline,
        }
    }

    /// For how long to take a customer's row: longer than everything that is done meanwhile.
    #[must_use]
    pub fn lease(&self, app: &App) -> Duration {
        self.write_deadline(app) * 2 + app.settings.read_deadline * 3 + Duration::from_secs(5)
    }
}

/// Sends what a taken row says. `refused` is the line of the audit log if billing refuses.
pub async fn deliver(
    app: &App,
    user: UserId,
    change: &ProfileChange,
    sender: Sender,
    refused: &AuditEvent<'_>,
) -> Result<Delivered, StoreError> {
    delivery::Delivery::new(app, user, change, sender).run(refused).await
}
