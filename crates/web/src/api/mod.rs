//! The calls of the portal's API, typed. The only place that speaks HTTP; it knows neither pages nor caches.

pub mod account;
pub mod auth;
mod error;
pub mod idempotency;
pub mod invoices;
pub mod security;
mod transport;

pub use error::ApiError;
pub use transport::{Freshness, Read, Reply, get};
