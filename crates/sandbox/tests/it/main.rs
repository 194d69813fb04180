//! The sandbox from outside, over HTTP and SMTP, driven by clients that share no code with it.
#![expect(clippy::unwrap_used, clippy::indexing_slicing, reason = "tests may panic")]

mod client_area;
mod control;
mod control_pages;
mod driver;
mod faults;
mod faults_kinds;
mod mail;
mod salesforce;
mod scenario;
mod webhooks;
mod whmcs_clients;
mod whmcs_reads;
