//! The systems behind the portal, in the portal's own words: ports (traits) and, beside them, the adapters that speak to WHMCS,
//! Salesforce and a mail server. Adapters are named in `app.rs` only.

pub mod billing;
pub mod clients;
pub mod crm;
mod error;
pub mod guard;
pub mod http_client;
pub mod identity;
pub mod mail;
pub mod salesforce_crm;
pub mod smtp_mail;
mod whmcs_actions;
pub mod whmcs_billing;
mod whmcs_id_token;
pub mod whmcs_logins;
pub mod whmcs_openid;
mod whmcs_views;

pub use error::{Upstream, UpstreamError, UpstreamFailure, WriteError, WriteRefusal};
use shared_types::ids::UserId;
use tokio::time::Instant;
pub use whmcs_actions::WHMCS_ACTIONS;

/// On whose behalf an upstream is asked, and until when the answer is of use.
#[derive(Clone, Copy, Debug)]
pub struct Caller {
    /// The customer; calls of one customer do not crowd out the others'.
    pub user: UserId,
    /// Nobody waits longer.
    pub deadline: Instant,
}
