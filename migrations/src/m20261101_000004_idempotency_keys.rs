//! Claims on `Idempotency-Key`s and the answers to replay. In this database and never in a cache: a forgotten claim is a second order.

use sea_orm_migration::prelude::*;

use crate::dialect::{UserAccess, run, secure};

/// See the module.
#[derive(DeriveMigrationName)]
pub(crate) struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        run(manager, IDEMPOTENCY_KEYS).await?;
        // The scope of a user is `u:` and the id; other scopes belong to requests before sign-in.
        let own = UserAccess::Owned {
            condition: "scope = 'u:' || {user}::text",
            privileges: "SELECT, INSERT, UPDATE",
        };
        secure(manager, "idempotency_keys", own, "SELECT, INSERT, UPDATE, DELETE").await
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        run(manager, "DROP TABLE idempotency_keys;").await
    }
}

const IDEMPOTENCY_KEYS: &str = "
    CREATE TABLE idempotency_keys (
        id {uuid} NOT NULL PRIMARY KEY,
        scope text NOT NULL,
        route text NOT NULL,
        key_hash {bytes} NOT NULL CHECK (octet_length(key_hash) = 32),
        fingerprint {bytes} NOT NULL CHECK (octet_length(fingerprint) = 32),
        state text NOT NULL CHECK (state IN ('in_progress', 'finished')),
        recovery_point text,
        lease_until {time} NOT NULL,
        lease_owner text NOT NULL,
        attempt {bigint} NOT NULL CHECK (attempt > 0),
        response_status {int} CHECK (response_status BETWEEN 200 AND 599),
        response_sealed {bytes},
        saga_id {uuid},
        created_at {time} NOT NULL,
        finished_at {time},
        CONSTRAINT idempotency_keys_key UNIQUE (scope, route, key_hash),
        CHECK (state <> 'finished'
            OR (response_status IS NOT NULL AND response_sealed IS NOT NULL AND finished_at IS NOT NULL))
    ) {options};
    CREATE INDEX idempotency_keys_finished_idx ON idempotency_keys (finished_at) WHERE state = 'finished';";
