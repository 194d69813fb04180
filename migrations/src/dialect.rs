//! One text of SQL for both engines: column types and octet counts that differ are written as placeholders.
//!
//! | placeholder | Postgres | SQLite (STRICT tables) |
//! |---|---|---|
//! | `{uuid}` | `uuid` | `BLOB`, 16 bytes |
//! | `{bytes}` | `bytea` | `BLOB` |
//! | `{time}` | `timestamptz`, microseconds | `TEXT`, RFC 3339 in UTC, at most six digits, sorts by time |
//! | `{int}`, `{bigint}` | `integer`, `bigint` | `INTEGER` |
//! | `{options}` | | `STRICT` |

use sea_orm_migration::SchemaManager;
use sea_orm_migration::sea_orm::{ConnectionTrait as _, DbBackend, DbErr};

use crate::roles::{APP_ROLE, WORKER_ROLE};

/// Runs a script of statements with placeholders.
pub(crate) async fn run(manager: &SchemaManager<'_>, script: &str) -> Result<(), DbErr> {
    let (uuid, bytes, time, int, bigint, options) = match manager.get_database_backend() {
        DbBackend::Postgres => ("uuid", "bytea", "timestamptz", "integer", "bigint", ""),
        _ => ("BLOB", "BLOB", "TEXT", "INTEGER", "INTEGER", "STRICT"),
    };
    let sql = script
        .replace("{uuid}", uuid)
        .replace("{bytes}", bytes)
        .replace("{time}", time)
        .replace("{int}", int)
        .replace("{bigint}", bigint)
        .replace("{options}", options);
    manager.get_connection().execute_unprepared(&sql).await.map(|_| ())
}

/// Runs a script on SQLite only.
pub(crate) async fn run_on_sqlite(manager: &SchemaManager<'_>, script: &str) -> Result<(), DbErr> {
    if manager.get_database_backend() == DbBackend::Sqlite {
        manager.get_connection().execute_unprepared(script).await?;
    }
    Ok(())
}

/// Runs a script on Postgres only.
pub(crate) async fn run_on_postgres(manager: &SchemaManager<'_>, script: &str) -> Result<(), DbErr> {
    if manager.get_database_backend() == DbBackend::Postgres {
        manager.get_connection().execute_unprepared(script).await?;
    }
    Ok(())
}

/// Which rows of a table a signed-in user may touch, and how.
pub(crate) enum UserAccess {
    /// None: the table belongs to the portal.
    None,
    /// Rows may be added, none read.
    AppendOnly,
    /// Rows for which the condition holds. `{user}` in it stands for the user of the transaction (`uuid`, NULL
    /// outside one).
    Owned {
        /// SQL condition.
        condition: &'static str,
        /// Privileges, as GRANT lists them.
        privileges: &'static str,
    },
}

/// The user of the transaction. After a transaction-local setting ends its value is `''`, not NULL, hence the
/// NULLIF; the sub-select lets the planner evaluate it once and keep the index scan.
const CURRENT_USER_ID: &str = "(SELECT NULLIF(current_setting('app.user_id', true), '')::uuid)";

/// Turns row-level security on, on Postgres; on SQLite the typed repositories are the only guard.
///
/// FORCE binds the table's owner too. The worker's policy tests `current_user`, because a login role that
/// inherits from `portal_worker` would otherwise pass it without ever having taken the role on.
pub(crate) async fn secure(
    manager: &SchemaManager<'_>,
    table: &str,
    user_access: UserAccess,
    worker_privileges: &str,
) -> Result<(), DbErr> {
    if manager.get_database_backend() != DbBackend::Postgres {
        return Ok(());
    }
    let worker = format!(
        "ALTER TABLE {table} ENABLE ROW LEVEL SECURITY;
         ALTER TABLE {table} FORCE ROW LEVEL SECURITY;
         GRANT {worker_privileges} ON {table} TO {WORKER_ROLE};
         CREATE POLICY {table}_worker ON {table} TO {WORKER_ROLE}
             USING (current_user = '{WORKER_ROLE}') WITH CHECK (current_user = '{WORKER_ROLE}');"
    );
    let app = match user_access {
        UserAccess::None => String::new(),
        UserAccess::AppendOnly => format!(
            "GRANT INSERT ON {table} TO {APP_ROLE};
             CREATE POLICY {table}_app ON {table} FOR INSERT TO {APP_ROLE}
                 WITH CHECK (current_user = '{APP_ROLE}');"
        ),
        UserAccess::Owned { condition, privileges } => {
            let condition = condition.replace("{user}", CURRENT_USER_ID);
            format!(
                "GRANT {privileges} ON {table} TO {APP_ROLE};
                 CREATE POLICY {table}_app ON {table} TO {APP_ROLE}
                     USING ({condition}) WITH CHECK ({condition});"
            )
        }
    };
    let sql = worker + &app;
    manager.get_connection().execute_unprepared(&sql).await.map(|_| ())
}
