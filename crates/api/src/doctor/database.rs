//! The database: whether it answers, and whether schema and role are as `serve` wants them. Makes no file and no table.

use std::time::Duration;

use migrations::{APP_ROLE, WORKER_ROLE};
use secrecy::ExposeSecret as _;

use super::{Check, Code, Context};
use crate::{
    config::Mode,
    crypto::KeyRing,
    store::{DatabaseSettings, Db, StoreError, Unavailable},
};

/// The oldest Postgres that the portal is tried with.
const OLDEST_POSTGRES: u32 = 15;

const INSIDE: &[Code] = &[Code::DatabaseVersion, Code::DatabaseSchema, Code::DatabaseRole];

/// The longest that all of it may take; single statements and connections have shorter limits of their own.
const PATIENCE: Duration = Duration::from_secs(20);

/// All checks of the database.
pub(super) async fn check(context: &Context<'_>) -> Vec<Check> {
    let look = tokio::time::timeout(PATIENCE, look(context));
    look.await.unwrap_or_else(|_| {
        unreached(Check::wrong(
            Code::DatabaseReach,
            "the database does not answer in time",
            "look at the server's load and at locks that are held (pg_stat_activity)",
        ))
    })
}

async fn look(context: &Context<'_>) -> Vec<Check> {
    let storage = &context.config.storage;
    let Ok(keys) = KeyRing::parse(context.config.security.keys.expose_secret()) else {
        return unreached(Check::not_checked(Code::DatabaseReach, "because the key ring cannot be read"));
    };
    let mut settings = DatabaseSettings::new(storage.database_url.clone());
    settings.max_connections = 1;
    settings.create_missing = false;
    let db = Db::connect(&settings, keys, context.clock.clone(), context.random.clone()).await;
    let db = match db {
        Ok(db) => db,
        Err(error) => return unreached(refused(context, &error)),
    };
    let mut checks = vec![match db.ping().await {
        Ok(()) => Check::ok(Code::DatabaseReach, "the database answers"),
        Err(error) => refused(context, &error),
    }];
    checks.push(version(context, &db).await);
    let (schema, is_whole) = schema(context, &db).await;
    checks.push(schema);
    checks.push(role(context, &db, is_whole).await);
    if db.close().await.is_err() {
        tracing::debug!("the database did not take leave");
    }
    checks
}

fn unreached(check: Check) -> Vec<Check> {
    let rest = INSIDE.iter().map(|code| Check::not_checked(*code, "because the database cannot be reached"));
    std::iter::once(check).chain(rest).collect()
}

fn is_sqlite(context: &Context<'_>) -> bool {
    context.config.storage.database_url.expose_secret().starts_with("sqlite:")
}

fn refused(context: &Context<'_>, error: &StoreError) -> Check {
    let code = Code::DatabaseReach;
    if is_sqlite(context) {
        let says = "the database file is not there or cannot be opened";
        let mend = "run `portal migrate`, which makes it (in dev mode `portal serve` does too), and look whether the account that runs the portal may write to its directory";
        // In dev mode the first start makes it.
        return match context.config.server.mode {
            Mode::Dev => Check::warning(code, says, mend),
            Mode::Production => Check::wrong(code, says, mend),
        };
    }
    let (says, mend) = match error {
        StoreError::Unavailable(Unavailable::Busy(state)) if state.starts_with("28") => (
            "Postgres refuses the login",
            "set role and password in DATABASE_URL (ALTER ROLE portal PASSWORD '…'), and look at pg_hba.conf",
        ),
        StoreError::Bug(fault) if fault.code == "3D000" => (
            "Postgres does not have this database",
            "as an administrator: CREATE DATABASE portal OWNER portal; (docs/OPERATIONS.md, First install)",
        ),
        StoreError::Settings(_) => (
            "DATABASE_URL cannot be used",
            "compare it with docs/CONFIGURATION.md; a password has to be percent-encoded",
        ),
        StoreError::Unavailable(_) => (
            "the database does not answer",
            "look at host and port in DATABASE_URL, at the server, and at the firewalls between",
        ),
        _ => ("the database refuses the portal", "look at the server's log"),
    };
    Check::wrong(code, says, mend)
}

async fn version(context: &Context<'_>, db: &Db) -> Check {
    let code = Code::DatabaseVersion;
    match db.postgres_version().await {
        Ok(None) if context.config.server.mode == Mode::Production => Check::warning(
            code,
            "SQLite: one machine, one process that serves",
            "for replicas and row-level security take Postgres (DATABASE_URL=postgres://…)",
        ),
        Ok(None) => Check::ok(code, "SQLite"),
        Ok(Some(major)) if major < OLDEST_POSTGRES => Check::wrong(
            code,
            format!("Postgres {major} is too old"),
            format!("take Postgres {OLDEST_POSTGRES} or newer"),
        ),
        Ok(Some(major)) => Check::ok(code, format!("Postgres {major}")),
        Err(_) => Check::not_checked(code, "because the database did not tell it"),
    }
}

/// The check, and whether all of the schema is there.
async fn schema(context: &Context<'_>, db: &Db) -> (Check, bool) {
    let code = Code::DatabaseSchema;
    match db.pending_migrations().await {
        Ok(pending) if pending.is_empty() => (Check::ok(code, "as this version needs it"), true),
        Ok(pending) => {
            let says = format!("{} migration(s) are pending", pending.len());
            let check = match context.config.server.mode {
                Mode::Production => Check::wrong(code, says, "run `portal migrate`"),
                Mode::Dev => {
                    Check::warning(code, says, "run `portal migrate`, or start: in dev mode `serve` does it")
                }
            };
            (check, false)
        }
        Err(_) => (Check::not_checked(code, "because the database did not tell it"), false),
    }
}

async fn role(context: &Context<'_>, db: &Db, is_whole: bool) -> Check {
    let code = Code::DatabaseRole;
    let Ok(privileges) = db.privileges().await else {
        return Check::not_checked(code, "because the database did not tell it");
    };
    if privileges.superuser || privileges.bypass_rls {
        let says = "the login role is a superuser or bypasses row-level security: nothing in the database keeps customers apart";
        let mend = "as an administrator: ALTER ROLE … NOSUPERUSER NOBYPASSRLS; with the role of DATABASE_URL, or take another role";
        return match context.config.server.mode {
            Mode::Production => Check::wrong(code, says, mend),
            Mode::Dev => Check::warning(code, says, mend),
        };
    }
    if privileges.takes_roles {
        return Check::ok(code, "bound by row-level security, and may take the portal's roles");
    }
    if is_whole {
        return Check::wrong(
            code,
            "the login role may not take the portal's roles",
            format!(
                "as an administrator: GRANT {APP_ROLE}, {WORKER_ROLE} TO …; with the role of DATABASE_URL"
            ),
        );
    }
    Check::not_checked(code, "because the portal's roles come with `portal migrate`")
}
