//! The two Postgres roles under which every transaction of the portal runs.
//!
//! They cannot log in; the login role of `DATABASE_URL` takes them on per transaction. Roles belong to the
//! cluster, not to a database: several databases may be migrated at the same time, and none may drop them.

use sea_orm_migration::sea_orm::{
    ConnectionTrait as _, DatabaseTransaction, DbBackend, DbErr, RuntimeErr, SqlxError, Statement,
};

use crate::MigrateError;

/// Role of a signed-in user's transaction: sees that user's rows only.
pub const APP_ROLE: &str = "portal_app";
/// Role of the portal's own work: sign-in, jobs, webhooks.
pub const WORKER_ROLE: &str = "portal_worker";

/// Postgres' code for a missing privilege.
const INSUFFICIENT_PRIVILEGE: &str = "42501";

/// What is true of both roles together.
const INSPECT: &str = "
    SELECT count(*) = 2 AS present,
           coalesce(bool_or(rolsuper OR rolbypassrls OR rolcanlogin), false) AS too_strong,
           coalesce(bool_and(pg_has_role(current_user, oid,
               CASE WHEN current_setting('server_version_num')::int >= 160000 THEN 'SET' ELSE 'MEMBER' END)), false)
               AS granted,
           coalesce(bool_and(has_schema_privilege(oid, current_schema(), 'USAGE')), false) AS uses_schema,
           current_setting('server_version_num')::int >= 160000 AS has_grant_options,
           quote_ident(current_user) AS login,
           quote_ident(current_schema()) AS schema
      FROM pg_roles WHERE rolname IN ('portal_app', 'portal_worker')";

#[expect(clippy::struct_excessive_bools, reason = "one row of answers, each read once")]
struct Inspection {
    present: bool,
    too_strong: bool,
    granted: bool,
    uses_schema: bool,
    /// Postgres 16 and later: membership says whether it can be inherited and taken on, and the creator of a role
    /// has to grant itself the latter.
    has_grant_options: bool,
    login: String,
    schema: String,
}

impl Inspection {
    async fn read(transaction: &DatabaseTransaction) -> Result<Self, DbErr> {
        let row = transaction
            .query_one_raw(Statement::from_string(DbBackend::Postgres, INSPECT))
            .await?
            .ok_or_else(|| DbErr::RecordNotFound("roles".to_owned()))?;
        Ok(Self {
            present: row.try_get("", "present")?,
            too_strong: row.try_get("", "too_strong")?,
            granted: row.try_get("", "granted")?,
            uses_schema: row.try_get("", "uses_schema")?,
            has_grant_options: row.try_get("", "has_grant_options")?,
            login: row.try_get("", "login")?,
            schema: row.try_get("", "schema")?,
        })
    }

    const fn grant_options(&self) -> &'static str {
        if self.has_grant_options { " WITH INHERIT FALSE, SET TRUE" } else { "" }
    }

    /// What an administrator has to run when the login role may not.
    fn admin_sql(&self) -> String {
        let roles = [APP_ROLE, WORKER_ROLE].into_iter().flat_map(|role| {
            let create = (!self.present).then(|| format!("CREATE ROLE {role} NOLOGIN;\n"));
            let weaken =
                self.too_strong.then(|| format!("ALTER ROLE {role} NOLOGIN NOSUPERUSER NOBYPASSRLS;\n"));
            let grant = format!("GRANT {role} TO {}{};\n", self.login, self.grant_options());
            [create, weaken, Some(grant)]
        });
        let schema = format!("GRANT USAGE ON SCHEMA {} TO {APP_ROLE}, {WORKER_ROLE};\n", self.schema);
        roles.flatten().chain([schema]).collect()
    }
}

/// Makes sure that both roles exist, are weak, and can be taken on by the login role. Where that holds already it
/// needs no privilege.
pub(crate) async fn ensure(transaction: &DatabaseTransaction) -> Result<(), MigrateError> {
    let found = Inspection::read(transaction).await?;
    if found.too_strong {
        return Err(MigrateError::RolesNeedAdmin { sql: found.admin_sql() });
    }
    if !(found.present && found.granted) {
        let script = create_and_grant(&found);
        transaction.execute_unprepared(&script).await.map_err(|error| needs_admin(error, &found))?;
    }
    if !found.uses_schema {
        let script = format!("GRANT USAGE ON SCHEMA {} TO {APP_ROLE}, {WORKER_ROLE}", found.schema);
        transaction.execute_unprepared(&script).await.map_err(|error| needs_admin(error, &found))?;
    }
    Ok(())
}

/// Another database of the cluster may be doing the same at this moment. Then one of the two meets a unique
/// violation or "tuple concurrently updated" (`internal_error`) once the other has committed, and looks again.
fn create_and_grant(found: &Inspection) -> String {
    let options = found.grant_options();
    let privilege = if found.has_grant_options { "SET" } else { "MEMBER" };
    format!(
        "DO $do$
         DECLARE wanted text;
         BEGIN
           FOREACH wanted IN ARRAY ARRAY['{APP_ROLE}', '{WORKER_ROLE}'] LOOP
             IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = wanted) THEN
               BEGIN
                 EXECUTE format('CREATE ROLE %I NOLOGIN', wanted);
               EXCEPTION WHEN duplicate_object OR unique_violation THEN NULL;
               END;
             END IF;
             FOR attempt IN 1..10 LOOP
               EXIT WHEN pg_has_role(current_user, wanted, '{privilege}');
               BEGIN
                 EXECUTE format('GRANT %I TO %I{options}', wanted, current_user);
               EXCEPTION WHEN unique_violation OR internal_error THEN NULL;
               END;
             END LOOP;
           END LOOP;
         END $do$"
    )
}

fn needs_admin(error: DbErr, found: &Inspection) -> MigrateError {
    if sql_state(&error).as_deref() == Some(INSUFFICIENT_PRIVILEGE) {
        return MigrateError::RolesNeedAdmin { sql: found.admin_sql() };
    }
    MigrateError::Database(error)
}

fn sql_state(error: &DbErr) -> Option<String> {
    let (DbErr::Exec(RuntimeErr::SqlxError(error)) | DbErr::Query(RuntimeErr::SqlxError(error))) = error
    else {
        return None;
    };
    let SqlxError::Database(error) = &**error else { return None };
    error.code().map(std::borrow::Cow::into_owned)
}
