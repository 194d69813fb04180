//! Work to be done outside of requests. Payloads hold ids only; a user may add jobs and see none.

use sea_orm_migration::prelude::*;

use crate::dialect::{UserAccess, run, secure};

/// See the module.
#[derive(DeriveMigrationName)]
pub(crate) struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        run(manager, JOBS).await?;
        secure(manager, "jobs", UserAccess::AppendOnly, "SELECT, INSERT, UPDATE, DELETE").await
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        run(manager, "DROP TABLE jobs;").await
    }
}

const JOBS: &str = "
    CREATE TABLE jobs (
        id {uuid} NOT NULL PRIMARY KEY,
        kind text NOT NULL,
        payload text NOT NULL,
        dedupe_key text,
        state text NOT NULL CHECK (state IN ('queued', 'running', 'done', 'dead')),
        run_at {time} NOT NULL,
        attempts {int} NOT NULL DEFAULT 0 CHECK (attempts >= 0),
        max_attempts {int} NOT NULL CHECK (max_attempts > 0),
        lease_owner text,
        lease_until {time},
        fence {bigint} NOT NULL DEFAULT 0,
        last_error text,
        created_at {time} NOT NULL,
        finished_at {time},
        CHECK (state <> 'running' OR (lease_owner IS NOT NULL AND lease_until IS NOT NULL))
    ) {options};
    CREATE UNIQUE INDEX jobs_dedupe_key ON jobs (dedupe_key) WHERE state IN ('queued', 'running');
    CREATE INDEX jobs_queued_idx ON jobs (run_at, id) WHERE state = 'queued';
    CREATE INDEX jobs_running_idx ON jobs (lease_until) WHERE state = 'running';
    CREATE INDEX jobs_finished_idx ON jobs (finished_at) WHERE state IN ('done', 'dead');";
