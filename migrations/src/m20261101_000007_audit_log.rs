//! Who did what, when, with which outcome. Append only; holds no personal data, and outlives the user it names.

use sea_orm_migration::prelude::*;

use crate::dialect::{UserAccess, run, run_on_sqlite, secure};

/// See the module.
#[derive(DeriveMigrationName)]
pub(crate) struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        run(manager, AUDIT_LOG).await?;
        let own = UserAccess::Owned { condition: "user_id = {user}", privileges: "SELECT, INSERT" };
        // Nobody is granted UPDATE or DELETE.
        secure(manager, "audit_log", own, "SELECT, INSERT").await?;
        run_on_sqlite(manager, REFUSE_CHANGES).await
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        run(manager, "DROP TABLE audit_log;").await
    }
}

const AUDIT_LOG: &str = "
    CREATE TABLE audit_log (
        id {uuid} NOT NULL PRIMARY KEY,
        at {time} NOT NULL,
        user_id {uuid},
        event text NOT NULL,
        outcome text NOT NULL,
        request_id text,
        detail text NOT NULL
    ) {options};
    CREATE INDEX audit_log_user_idx ON audit_log (user_id, at);";

/// SQLite has no privileges, so triggers refuse what nobody is granted on Postgres.
const REFUSE_CHANGES: &str = "
    CREATE TRIGGER audit_log_refuse_update BEFORE UPDATE ON audit_log
        BEGIN SELECT RAISE(ABORT, 'audit_log is append only'); END;
    CREATE TRIGGER audit_log_refuse_delete BEFORE DELETE ON audit_log
        BEGIN SELECT RAISE(ABORT, 'audit_log is append only'); END;";
