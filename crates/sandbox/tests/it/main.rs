//! The sandbox from outside, over HTTP and SMTP, driven by clients that share no code with it.
#![expect(clippy::unwrap_used, clippy::indexing_slicing, reason = "tests may panic")]

mod browser;
mod client_area;
mod client_area_login;
mod client_area_pages;
mod control;
mod control_pages;
mod driver;
mod faults;
mod faults_kinds;
mod mail;
mod openid;
mod relying_party;
mod salesforce;
mod salesforce_cases;
mod salesforce_composite;
mod salesforce_records;
mod salesforce_replay;
mod scenario;
mod soql;
mod webhooks;
mod whmcs_access;
mod whmcs_catalog;
mod whmcs_clients;
mod whmcs_invoicing;
mod whmcs_login;
mod whmcs_orders;
mod whmcs_reads;
mod whmcs_samples;
mod whmcs_services;
