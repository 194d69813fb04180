//! Rate-limit buckets (GCRA): one theoretical arrival time per bucket, in microseconds since the Unix epoch.

use sea_orm_migration::prelude::*;

use crate::dialect::{UserAccess, run, secure};

/// See the module.
#[derive(DeriveMigrationName)]
pub(crate) struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        run(manager, RATE_LIMITS).await?;
        secure(manager, "rate_limits", UserAccess::None, "SELECT, INSERT, UPDATE, DELETE").await
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        run(manager, "DROP TABLE rate_limits;").await
    }
}

const RATE_LIMITS: &str = "
    CREATE TABLE rate_limits (
        key_hash {bytes} NOT NULL PRIMARY KEY CHECK (octet_length(key_hash) = 32),
        tat {bigint} NOT NULL,
        expires_at {time} NOT NULL
    ) {options};
    CREATE INDEX rate_limits_expiry_idx ON rate_limits (expires_at);";
