//! Everything the simulated systems remember. Plain data and its own rules; knows nothing of HTTP.

pub mod invoice;
pub mod mail;
pub mod salesforce;
pub mod whmcs;

use serde::Serialize;

/// The whole memory of the sandbox, dumped by `GET /_control/ledger`.
#[derive(Debug, Default, Serialize)]
pub struct Ledger {
    pub whmcs: whmcs::Whmcs,
    pub salesforce: salesforce::Salesforce,
    pub mail: mail::Mailbox,
}
