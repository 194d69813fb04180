//! The handle on the database, shared by the whole process.

use std::fmt;
use std::sync::Arc;

use migrations::{APP_ROLE, WORKER_ROLE};
use sea_orm::{
    ConnectionTrait as _, DatabaseConnection, DatabaseTransaction, DbBackend, SqliteTransactionMode,
    Statement, TransactionOptions, TransactionTrait as _,
};
use shared_types::ids::UserId;

use super::connection;
use super::error::StoreError;
use super::sealing::Context;
use super::settings::{DatabaseSettings, Target};
use super::transaction::{SystemTx, Tx, UserTx};
use crate::clock::Clock;
use crate::crypto::{KeyRing, Random};

/// The database. Cheap to clone.
#[derive(Clone)]
pub struct Db(Arc<Inner>);

struct Inner {
    write: DatabaseConnection,
    read: DatabaseConnection,
    target: Target,
    settings: DatabaseSettings,
    context: Arc<Context>,
}

/// What the login role may do, as far as it matters to row-level security. SQLite has no roles: all `false`, but
/// `takes_roles`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Privileges {
    /// The login role is a superuser.
    pub superuser: bool,
    /// The login role has BYPASSRLS.
    pub bypass_rls: bool,
    /// The login role can take on both roles of the portal, as every transaction has to.
    pub takes_roles: bool,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Access {
    Read,
    Write,
}

impl Db {
    /// Connects. A missing SQLite file and its directory are made, unless the settings say not to; the schema is not touched.
    pub async fn connect(
        settings: &DatabaseSettings,
        keys: KeyRing,
        clock: Clock,
        random: Random,
    ) -> Result<Self, StoreError> {
        let target = Target::parse(&settings.url)?;
        let (write, read) = match &target {
            Target::Sqlite(url) => connection::sqlite(url, settings).await?,
            Target::Postgres { url, schema } => {
                let pool = connection::postgres(url, schema.as_deref(), settings).await?;
                (pool.clone(), pool)
            }
        };
        let context = Arc::new(Context::new(keys, clock, random));
        Ok(Self(Arc::new(Inner { write, read, target, settings: settings.clone(), context })))
    }

    /// Applies pending migrations, all or none.
    pub async fn migrate(&self) -> Result<(), StoreError> {
        let (transaction, schema) = self.begin_migration().await?;
        migrations::up(&transaction, schema).await?;
        Ok(transaction.commit().await?)
    }

    /// Takes back the newest `steps` migrations, with the data in their tables.
    pub async fn roll_back(&self, steps: u32) -> Result<(), StoreError> {
        let (transaction, _) = self.begin_migration().await?;
        migrations::down(&transaction, steps).await?;
        Ok(transaction.commit().await?)
    }

    /// Names of migrations that this program knows and the database does not have. Changes nothing.
    pub async fn pending_migrations(&self) -> Result<Vec<String>, StoreError> {
        Ok(migrations::pending(&self.0.read).await?)
    }

    /// Makes one round trip.
    pub async fn ping(&self) -> Result<(), StoreError> {
        Ok(self.0.read.ping().await?)
    }

    /// Major version of Postgres; `None` for SQLite.
    pub async fn postgres_version(&self) -> Result<Option<u32>, StoreError> {
        if self.is_sqlite() {
            return Ok(None);
        }
        let sql = "SELECT current_setting('server_version_num')::int / 10000 AS major";
        let row = self
            .0
            .read
            .query_one_raw(Statement::from_string(DbBackend::Postgres, sql))
            .await?
            .ok_or_else(|| StoreError::corrupt("version of the server"))?;
        let major: i32 = row.try_get("", "major")?;
        Ok(u32::try_from(major).ok())
    }

    /// Whether row-level security can hold for the login role.
    pub async fn privileges(&self) -> Result<Privileges, StoreError> {
        if self.is_sqlite() {
            return Ok(Privileges { superuser: false, bypass_rls: false, takes_roles: true });
        }
        let sql = "SELECT rolsuper, rolbypassrls,
                (SELECT count(*) = 2 AND bool_and(pg_has_role(current_user, oid,
                    CASE WHEN current_setting('server_version_num')::int >= 160000 THEN 'SET' ELSE 'MEMBER' END))
                   FROM pg_roles WHERE rolname IN ($1, $2)) AS takes_roles
              FROM pg_roles WHERE rolname = current_user";
        let values = [APP_ROLE.into(), WORKER_ROLE.into()];
        let row = self
            .0
            .read
            .query_one_raw(Statement::from_sql_and_values(DbBackend::Postgres, sql, values))
            .await?
            .ok_or_else(|| StoreError::corrupt("role of the login"))?;
        Ok(Privileges {
            superuser: row.try_get("", "rolsuper")?,
            bypass_rls: row.try_get("", "rolbypassrls")?,
            takes_roles: row.try_get("", "takes_roles")?,
        })
    }

    /// Begins a transaction that sees and changes the user's own rows only.
    pub async fn as_user(&self, user: UserId) -> Result<UserTx, StoreError> {
        Ok(UserTx::new(self.begin(Some(user), Access::Write).await?, user))
    }

    /// The same for reading only: on SQLite it does not wait for writers, and a write in it fails on both engines.
    pub async fn read_as_user(&self, user: UserId) -> Result<UserTx, StoreError> {
        Ok(UserTx::new(self.begin(Some(user), Access::Read).await?, user))
    }

    /// Begins a transaction of the portal itself: before a user is known, in jobs, for webhooks.
    pub async fn as_system(&self) -> Result<SystemTx, StoreError> {
        Ok(SystemTx::new(self.begin(None, Access::Write).await?))
    }

    /// The same for reading only: on SQLite it does not wait for writers, and a write in it fails on both engines.
    pub async fn read_as_system(&self) -> Result<SystemTx, StoreError> {
        Ok(SystemTx::new(self.begin(None, Access::Read).await?))
    }

    /// Closes all connections, after those in use have come back.
    pub async fn close(&self) -> Result<(), StoreError> {
        self.0.write.clone().close().await?;
        Ok(self.0.read.clone().close().await?)
    }

    fn is_sqlite(&self) -> bool {
        matches!(self.0.target, Target::Sqlite(_))
    }

    async fn begin(&self, user: Option<UserId>, access: Access) -> Result<Tx, StoreError> {
        let transaction = match access {
            // BEGIN IMMEDIATE: a transaction that reads first and then writes would otherwise fail when another
            // process wrote in between.
            Access::Write => begin_on(&self.0.write, SqliteTransactionMode::Immediate).await?,
            Access::Read => begin_on(&self.0.read, SqliteTransactionMode::Deferred).await?,
        };
        if !self.is_sqlite() {
            take_identity(&transaction, user, access).await?;
        }
        Ok(Tx::new(transaction, Arc::clone(&self.0.context)))
    }

    async fn begin_migration(&self) -> Result<(DatabaseTransaction, Option<&str>), StoreError> {
        match &self.0.target {
            Target::Sqlite(_) => Ok((begin_on(&self.0.write, SqliteTransactionMode::Immediate).await?, None)),
            Target::Postgres { url, schema } => {
                let pool =
                    connection::postgres_for_migration(url, schema.as_deref(), &self.0.settings).await?;
                Ok((pool.begin().await?, schema.as_deref()))
            }
        }
    }
}

async fn begin_on(
    connection: &DatabaseConnection,
    mode: SqliteTransactionMode,
) -> Result<DatabaseTransaction, StoreError> {
    // Postgres has no such modes and ignores them.
    let options = TransactionOptions { sqlite_transaction_mode: Some(mode), ..TransactionOptions::default() };
    Ok(connection.begin_with_options(options).await?)
}

/// Takes on the role and names the user, both for this transaction only, in one round trip. `SET LOCAL` could not
/// take the user id as a parameter.
async fn take_identity(
    transaction: &DatabaseTransaction,
    user: Option<UserId>,
    access: Access,
) -> Result<(), StoreError> {
    let sql = match access {
        Access::Write => "SELECT set_config('role', $1, true), set_config('app.user_id', $2, true)",
        Access::Read => {
            "SELECT set_config('role', $1, true), set_config('app.user_id', $2, true),
                    set_config('transaction_read_only', 'on', true)"
        }
    };
    let role = if user.is_some() { APP_ROLE } else { WORKER_ROLE };
    let user = user.map(|id| id.to_string()).unwrap_or_default();
    let statement = Statement::from_sql_and_values(DbBackend::Postgres, sql, [role.into(), user.into()]);
    transaction.query_one_raw(statement).await?;
    Ok(())
}

impl fmt::Debug for Db {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let engine = if self.is_sqlite() { "sqlite" } else { "postgres" };
        f.debug_struct("Db").field("engine", &engine).finish_non_exhaustive()
    }
}
