//! The portal from outside: real server, real database, real sandbox. One file per subject.
#![expect(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    clippy::print_stdout,
    reason = "a test that meets the unexpected should stop"
)]

mod helpers;

mod activity;
mod architecture;
mod auth_login;
mod auth_session;
mod auth_signup;
mod authorisation;
mod config;
mod contract;
mod csrf;
mod customer_story;
mod email_change;
mod idempotency;
mod invoices;
mod invoices_cached;
mod isolation;
mod lifecycle;
mod limits;
mod mail_server;
mod own_sessions;
mod password_change;
mod password_reset;
mod provisioning;
mod redaction;
mod sso_link;
mod summary;
mod surface;
mod surface_files;
