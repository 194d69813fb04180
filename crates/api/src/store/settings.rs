//! Settings of the database, and what its URL says.

use std::time::Duration;

use secrecy::{ExposeSecret as _, SecretString};

/// Longest name of a Postgres schema, in bytes.
const MAX_SCHEMA_LENGTH: usize = 63;

/// How to reach the database and how long to wait for it.
#[derive(Clone, Debug)]
pub struct DatabaseSettings {
    /// `sqlite:path`, or `postgres://…`, optionally with `?schema=name`.
    pub url: SecretString,
    /// Most connections at once. SQLite: most readers at once, beside its single writer.
    pub max_connections: u32,
    /// Longest wait for a free connection.
    pub acquire_timeout: Duration,
    /// Longest run of one statement (Postgres).
    pub statement_timeout: Duration,
    /// Longest pause inside an open transaction (Postgres).
    pub idle_in_transaction_timeout: Duration,
    /// Longest wait for another process's write (SQLite).
    pub sqlite_busy_timeout: Duration,
    /// Whether a missing file and its directory are made (SQLite).
    pub create_missing: bool,
}

impl DatabaseSettings {
    /// Settings with the portal's defaults for everything but the URL.
    #[must_use]
    pub const fn new(url: SecretString) -> Self {
        Self {
            url,
            max_connections: 10,
            acquire_timeout: Duration::from_secs(5),
            statement_timeout: Duration::from_secs(5),
            idle_in_transaction_timeout: Duration::from_secs(10),
            sqlite_busy_timeout: Duration::from_secs(5),
            create_missing: true,
        }
    }
}

/// Why the settings cannot work. Repeats nothing of the URL, which holds a password.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum SettingsError {
    /// Not a URL of SQLite or Postgres.
    #[error("the database URL must start with sqlite: or postgres:// and be well formed")]
    Url,
    /// An in-memory SQLite database: each connection would see another one.
    #[error("an in-memory SQLite database is not supported, name a file")]
    InMemory,
    /// The schema's name is not a plain identifier.
    #[error(
        "the schema in the database URL must be 1 to 63 of a-z, A-Z, 0-9 and _, not starting with a digit"
    )]
    Schema,
    /// The SQLite file's directory cannot be made.
    #[error("the directory of the SQLite database cannot be created")]
    Directory,
}

/// Which engine, and where.
#[derive(Debug)]
pub(super) enum Target {
    /// The URL as the driver takes it.
    Sqlite(String),
    Postgres {
        /// The URL without the parameters that only the portal knows.
        url: SecretString,
        /// From `?schema=`, as in Prisma's URLs.
        schema: Option<String>,
    },
}

impl Target {
    pub(super) fn parse(url: &SecretString) -> Result<Self, SettingsError> {
        let text = url.expose_secret();
        if let Some(path) = text.strip_prefix("sqlite:") {
            if path.is_empty() || path.contains(":memory:") || path.contains("mode=memory") {
                return Err(SettingsError::InMemory);
            }
            return Ok(Self::Sqlite(text.to_owned()));
        }
        let mut parsed = url::Url::parse(text).map_err(|_| SettingsError::Url)?;
        if !matches!(parsed.scheme(), "postgres" | "postgresql") {
            return Err(SettingsError::Url);
        }
        let mut schema = None;
        let mut rest: Vec<(String, String)> = Vec::new();
        for (name, value) in parsed.query_pairs() {
            if name == "schema" {
                schema = Some(value.into_owned());
            } else {
                rest.push((name.into_owned(), value.into_owned()));
            }
        }
        if schema.as_deref().is_some_and(|name| !is_identifier(name)) {
            return Err(SettingsError::Schema);
        }
        parsed.set_query(None);
        if !rest.is_empty() {
            parsed.query_pairs_mut().extend_pairs(rest);
        }
        Ok(Self::Postgres { url: SecretString::from(String::from(parsed)), schema })
    }
}

fn is_identifier(name: &str) -> bool {
    (1..=MAX_SCHEMA_LENGTH).contains(&name.len())
        && name.chars().all(|c| c.is_ascii_alphanumeric() || c == '_')
        && !name.starts_with(|c: char| c.is_ascii_digit())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn target(url: &str) -> Result<Target, SettingsError> {
        Target::parse(&SecretString::from(url))
    }

    #[test]
    fn schema_is_taken_out_of_the_url_and_the_rest_is_kept() {
        let Ok(Target::Postgres { url, schema }) =
            target("postgresql://a:b@h:1/d?schema=portal&sslmode=require")
        else {
            panic!("not taken as Postgres");
        };
        assert_eq!(url.expose_secret(), "postgresql://a:b@h:1/d?sslmode=require");
        assert_eq!(schema.as_deref(), Some("portal"));
    }

    #[test]
    fn what_cannot_work_is_refused() {
        assert_eq!(target("mysql://h/d").unwrap_err(), SettingsError::Url);
        assert_eq!(target("portal.db").unwrap_err(), SettingsError::Url);
        assert_eq!(target("sqlite::memory:").unwrap_err(), SettingsError::InMemory);
        assert_eq!(target("postgres://h/d?schema=a%22b").unwrap_err(), SettingsError::Schema);
        assert_eq!(target("postgres://h/d?schema=").unwrap_err(), SettingsError::Schema);
    }

    #[test]
    fn debug_output_hides_the_url() {
        let settings = DatabaseSettings::new(SecretString::from("postgres://a:sesame@h/d"));
        assert!(!format!("{settings:?}").contains("sesame"));
    }
}
