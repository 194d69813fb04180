//! One file per table, as the mapper needs it. The migrations are the schema; these only mirror it.
//!
//! Rows never leave the store in this form: repositories turn them into structs of their own.

pub mod audit_entry;
pub mod cache_generation;
pub mod challenge;
pub mod id_mapping;
pub mod idempotency_key;
pub mod job;
pub mod rate_limit;
pub mod session;
pub mod user;
