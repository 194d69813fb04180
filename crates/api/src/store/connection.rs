//! Connection pools. Built through the driver itself, because the mapper's own connect function writes the URL,
//! password included, to its trace span.

use std::path::Path;
use std::str::FromStr as _;

use sea_orm::sqlx::ConnectOptions as _;
use sea_orm::sqlx::pool::PoolOptions;
use sea_orm::sqlx::postgres::PgConnectOptions;
use sea_orm::sqlx::sqlite::{SqliteConnectOptions, SqliteJournalMode, SqliteSynchronous};
use sea_orm::{DatabaseConnection, SqlxPostgresConnector, SqlxSqliteConnector};
use secrecy::{ExposeSecret as _, SecretString};

use super::error::StoreError;
use super::settings::{DatabaseSettings, SettingsError};

/// Longest wait of a migration for another process that migrates the same database.
const MIGRATION_LOCK_TIMEOUT: &str = "60s";

/// SQLite: one writer and several readers, so that writers queue here in order and not by polling the file.
pub(super) async fn sqlite(
    url: &str,
    settings: &DatabaseSettings,
) -> Result<(DatabaseConnection, DatabaseConnection), StoreError> {
    let options = SqliteConnectOptions::from_str(url)
        .map_err(|_| SettingsError::Url)?
        .create_if_missing(settings.create_missing)
        .journal_mode(SqliteJournalMode::Wal)
        // In WAL mode NORMAL may lose the latest commits with the power; an accepted order must not be lost.
        .synchronous(SqliteSynchronous::Full)
        .busy_timeout(settings.sqlite_busy_timeout)
        .foreign_keys(true)
        .disable_statement_logging();
    if settings.create_missing {
        make_directory(options.get_filename())?;
    }
    let write = pool(settings, 1).connect_with(options.clone()).await?;
    let readers = options.pragma("query_only", "ON");
    let read = pool(settings, settings.max_connections.max(1)).connect_with(readers).await?;
    Ok((SqlxSqliteConnector::from_sqlx_sqlite_pool(write), SqlxSqliteConnector::from_sqlx_sqlite_pool(read)))
}

/// Postgres: the pool for the portal's work, with its time limits.
pub(super) async fn postgres(
    url: &SecretString,
    schema: Option<&str>,
    settings: &DatabaseSettings,
) -> Result<DatabaseConnection, StoreError> {
    let options = postgres_options(url, schema)?.options([
        ("statement_timeout", settings.statement_timeout.as_millis().to_string()),
        ("idle_in_transaction_session_timeout", settings.idle_in_transaction_timeout.as_millis().to_string()),
    ]);
    let pool = pool(settings, settings.max_connections.max(1)).connect_with(options).await?;
    Ok(SqlxPostgresConnector::from_sqlx_postgres_pool(pool))
}

/// Postgres: one connection without the time limits of everyday work, for a migration.
pub(super) async fn postgres_for_migration(
    url: &SecretString,
    schema: Option<&str>,
    settings: &DatabaseSettings,
) -> Result<DatabaseConnection, StoreError> {
    let options = postgres_options(url, schema)?.options([("lock_timeout", MIGRATION_LOCK_TIMEOUT)]);
    let pool = pool(settings, 1).connect_with(options).await?;
    Ok(SqlxPostgresConnector::from_sqlx_postgres_pool(pool))
}

fn postgres_options(url: &SecretString, schema: Option<&str>) -> Result<PgConnectOptions, StoreError> {
    let options = PgConnectOptions::from_str(url.expose_secret())
        .map_err(|_| SettingsError::Url)?
        .application_name("portal")
        .disable_statement_logging();
    // The name was checked to be a plain identifier; the quotes keep its upper-case letters.
    Ok(match schema {
        Some(schema) => options.options([("search_path", format!("\"{schema}\""))]),
        None => options,
    })
}

fn pool<D: sea_orm::sqlx::Database>(settings: &DatabaseSettings, connections: u32) -> PoolOptions<D> {
    PoolOptions::new().max_connections(connections).acquire_timeout(settings.acquire_timeout)
}

/// Makes the directory of the database file for the portal's own account only.
fn make_directory(file: &Path) -> Result<(), SettingsError> {
    let Some(directory) = file.parent().filter(|path| !path.as_os_str().is_empty()) else { return Ok(()) };
    let mut builder = std::fs::DirBuilder::new();
    builder.recursive(true);
    #[cfg(unix)]
    std::os::unix::fs::DirBuilderExt::mode(&mut builder, 0o700);
    builder.create(directory).map_err(|_| SettingsError::Directory)
}
