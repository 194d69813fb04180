//! The sandbox from outside, over HTTP and SMTP, driven by clients that share no code with it.
#![expect(clippy::unwrap_used, clippy::indexing_slicing, reason = "tests may panic")]

mod browser;
mod client_area;
mod client_area_login;
mod client_area_pages;
mod control;
mod driver;
mod faults;
mod mail;
mod openid;
mod relying_party;
mod salesforce;
mod whmcs_clients;
mod whmcs_reads;
