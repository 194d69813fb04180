//! One file per table, as the mapper needs it. The migrations are the schema; these only mirror it.
//!
//! Rows never leave the store in this form: repositories turn them into structs of their own.

pub mod account_link;
pub mod audit_entry;
pub mod cache_generation;
pub mod challenge;
pub mod id_mapping;
pub mod idempotency_key;
pub mod job;
pub mod known_device;
pub mod link_flow;
pub mod mfa_totp;
pub mod passkey;
pub mod passkey_ceremony;
pub mod profile_change;
pub mod rate_limit;
pub mod recovery_code;
pub mod refresh_token;
pub mod session;
pub mod sign_in_try;
pub mod user;
