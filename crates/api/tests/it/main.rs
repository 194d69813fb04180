//! The portal from outside: real server, real database, real sandbox. One file per subject.
#![expect(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    clippy::print_stdout,
    reason = "a test that meets the unexpected should stop"
)]

mod helpers;

mod accounts;
mod architecture;
mod auth_devices;
mod auth_login;
mod auth_second_factor;
mod auth_session;
mod auth_signup;
mod auth_step_up;
mod authorisation;
mod config;
mod contract;
mod csrf;
mod customer_story;
mod doctor;
mod guessing;
mod idempotency;
mod invoices;
mod invoices_cached;
mod isolation;
mod lifecycle;
mod limits;
mod link_login;
mod link_openid;
mod mfa;
mod passkeys;
mod passkeys_kept;
mod passkeys_refused;
mod passkeys_second;
mod profile;
mod provisioning;
mod redaction;
mod sso_link;
mod summary;
mod surface;
mod surface_files;
mod tokens;
