//! Database and Redis.

use secrecy::{ExposeSecret, SecretString};

use super::{reader::Reader, server::Mode};

/// Database and Redis.
#[derive(Clone, Debug)]
pub struct StorageConfig {
    /// `DATABASE_URL`: `postgres://…` or `sqlite:<path>`; a file under `.data` unless set.
    pub database_url: SecretString,
    /// `PORTAL_DATABASE_CONNECTIONS`: most connections of the pool.
    pub database_connections: u32,
    /// `REDIS_URL`: `redis://…` or `rediss://…`; without it copies live in the process only.
    pub redis_url: Option<SecretString>,
    /// `PORTAL_REDIS_PREFIX`: begins every key and channel, so that installations can share a server.
    pub redis_prefix: String,
}

impl StorageConfig {
    pub(super) fn read(reader: &mut Reader, mode: Mode) -> Self {
        let configured = reader.optional_secret("DATABASE_URL");
        if configured.is_none() && mode == Mode::Production {
            reader.refuse("DATABASE_URL", "is missing");
        }
        let database_url = configured.unwrap_or_else(|| "sqlite:.data/portal.db".into());
        let scheme = database_url.expose_secret().split(':').next().unwrap_or_default();
        if !matches!(scheme, "postgres" | "postgresql" | "sqlite") {
            reader.refuse("DATABASE_URL", "must begin with postgres:// or sqlite:");
        }
        let redis_url = reader.optional_secret("REDIS_URL");
        let redis_scheme = redis_url.as_ref().and_then(|url| url.expose_secret().split(':').next());
        if !matches!(redis_scheme, None | Some("redis" | "rediss")) {
            reader.refuse("REDIS_URL", "must begin with redis:// or rediss://");
        }
        Self {
            database_url,
            database_connections: reader.number("PORTAL_DATABASE_CONNECTIONS", 16, 1..=200),
            redis_url,
            redis_prefix: reader.text("PORTAL_REDIS_PREFIX", "portal"),
        }
    }
}
