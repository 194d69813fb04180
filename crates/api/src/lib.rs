//! The customer portal's backend.
//!
//! `app` builds what lives as long as the process, `server` the routes; `features` holds the operations. Who may use whom is written in
//! `docs/ARCHITECTURE.md` and checked by a test.

pub mod accounts;
pub mod app;
pub mod audit;
pub mod bus;
pub mod cache;
pub mod clock;
pub mod commands;
pub mod config;
pub mod crypto;
pub mod doctor;
pub mod domain;
pub mod error;
pub mod features;
pub mod http;
pub mod jobs;
pub mod limits;
pub mod openapi;
pub mod passkeys;
pub mod passwords;
pub mod profile_sync;
pub mod readiness;
pub mod readings;
pub mod recovery_codes;
pub mod server;
pub mod store;
pub mod telemetry;
pub mod tokens;
pub mod upstream;
