//! The schema of the portal's database, written by hand for SQLite and Postgres.
//!
//! [`up`] and [`down`] run inside one transaction of the caller, so a failed migration leaves nothing behind on
//! either engine. Nothing here reads configuration or opens a connection.

mod dialect;
mod m20261101_000001_users;
mod m20261101_000002_sessions;
mod m20261101_000003_challenges;
mod m20261101_000004_idempotency_keys;
mod m20261101_000005_jobs;
mod m20261101_000006_rate_limits;
mod m20261101_000007_audit_log;
mod m20261101_000008_cache_generations;
mod m20261130_000009_sign_in_state;
mod m20261130_000010_factors;
mod m20261130_000011_account_links;
mod m20261130_000012_sign_in_tries;
mod m20261130_000013_profile_changes;
mod m20261130_000014_refresh_tokens;
mod roles;

use sea_orm_migration::sea_orm::{ConnectionTrait as _, DatabaseConnection, DatabaseTransaction, DbBackend};
use sea_orm_migration::{DbErr, MigrationTrait, MigratorTrait, async_trait};

pub use roles::{APP_ROLE, WORKER_ROLE};

/// Key of the advisory lock that keeps two starting replicas from migrating one database at once.
const MIGRATION_LOCK: i64 = 0x706f_7274_616c_3031;

/// All migrations, oldest first.
#[derive(Debug)]
pub struct Migrator;

#[async_trait::async_trait]
impl MigratorTrait for Migrator {
    fn migrations() -> Vec<Box<dyn MigrationTrait>> {
        vec![
            Box::new(m20261101_000001_users::Migration),
            Box::new(m20261101_000002_sessions::Migration),
            Box::new(m20261101_000003_challenges::Migration),
            Box::new(m20261101_000004_idempotency_keys::Migration),
            Box::new(m20261101_000005_jobs::Migration),
            Box::new(m20261101_000006_rate_limits::Migration),
            Box::new(m20261101_000007_audit_log::Migration),
            Box::new(m20261101_000008_cache_generations::Migration),
            Box::new(m20261130_000009_sign_in_state::Migration),
            Box::new(m20261130_000010_factors::Migration),
            Box::new(m20261130_000011_account_links::Migration),
            Box::new(m20261130_000012_sign_in_tries::Migration),
            Box::new(m20261130_000013_profile_changes::Migration),
            Box::new(m20261130_000014_refresh_tokens::Migration),
        ]
    }
}

/// Why the schema could not be changed.
#[derive(Debug)]
pub enum MigrateError {
    /// The login role may not create or be granted the two roles of row-level security. `sql` is what an
    /// administrator has to run once.
    RolesNeedAdmin {
        /// Statements for `psql`, without any secret.
        sql: String,
    },
    /// The database refused a statement.
    Database(DbErr),
}

impl From<DbErr> for MigrateError {
    fn from(error: DbErr) -> Self {
        Self::Database(error)
    }
}

/// How many migrations there are.
#[must_use]
pub fn count() -> usize {
    Migrator::migrations().len()
}

/// Names of migrations that the database does not have yet, oldest first. Changes nothing.
pub async fn pending(connection: &DatabaseConnection) -> Result<Vec<String>, DbErr> {
    let pending = Migrator::get_pending_migrations_read_only(connection).await?;
    Ok(pending.iter().map(|migration| migration.name().to_owned()).collect())
}

/// Applies what is pending. On Postgres it first makes sure of the schema (created if `schema` names a missing
/// one) and of the roles. Waits for another process that migrates the same database.
pub async fn up(transaction: &DatabaseTransaction, schema: Option<&str>) -> Result<(), MigrateError> {
    if transaction.get_database_backend() == DbBackend::Postgres {
        lock(transaction).await?;
        if let Some(schema) = schema {
            let quoted = schema.replace('"', "\"\"");
            transaction.execute_unprepared(&format!("CREATE SCHEMA IF NOT EXISTS \"{quoted}\"")).await?;
        }
        roles::ensure(transaction).await?;
    }
    Migrator::up(transaction, None).await?;
    Ok(())
}

/// Takes back the newest `steps` migrations. The roles stay: other databases of the cluster may use them.
pub async fn down(transaction: &DatabaseTransaction, steps: u32) -> Result<(), MigrateError> {
    if transaction.get_database_backend() == DbBackend::Postgres {
        lock(transaction).await?;
    }
    Migrator::down(transaction, Some(steps)).await?;
    Ok(())
}

async fn lock(transaction: &DatabaseTransaction) -> Result<(), DbErr> {
    transaction.execute_unprepared(&format!("SELECT pg_advisory_xact_lock({MIGRATION_LOCK})")).await?;
    Ok(())
}
