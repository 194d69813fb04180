//! How long copies of upstream answers live.

use std::time::Duration;

use super::reader::Reader;

/// How long copies of upstream answers count as fresh. Ten times as long they are shown while a new one is fetched, a day when
/// the upstream does not answer.
#[derive(Clone, Debug)]
pub struct CacheConfig {
    /// `PORTAL_CACHE_INVOICES_SECONDS`.
    pub invoices: Duration,
    /// `PORTAL_CACHE_SERVICES_SECONDS`.
    pub services: Duration,
    /// `PORTAL_CACHE_CLIENT_SECONDS`: name, address and currency of the customer.
    pub client: Duration,
    /// `PORTAL_CACHE_CASES_SECONDS`.
    pub cases: Duration,
    /// `PORTAL_CACHE_MEMORY_MB`: room in the process.
    pub memory_bytes: u64,
}

impl CacheConfig {
    pub(super) fn read(reader: &mut Reader) -> Self {
        Self {
            invoices: reader.seconds("PORTAL_CACHE_INVOICES_SECONDS", 90, 60..=120),
            services: reader.seconds("PORTAL_CACHE_SERVICES_SECONDS", 90, 60..=300),
            client: reader.seconds("PORTAL_CACHE_CLIENT_SECONDS", 300, 30..=900),
            cases: reader.seconds("PORTAL_CACHE_CASES_SECONDS", 45, 30..=60),
            memory_bytes: reader.number("PORTAL_CACHE_MEMORY_MB", 24, 1..=4096) * 1024 * 1024,
        }
    }
}
