//! Proofs that somebody still owes, such as a mailed code. A row without a code is a decoy: it answers like any other and never matches.

use sea_orm_migration::prelude::*;

use crate::dialect::{UserAccess, run, secure};

/// See the module.
#[derive(DeriveMigrationName)]
pub(crate) struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        run(manager, CHALLENGES).await?;
        secure(manager, "challenges", UserAccess::None, "SELECT, INSERT, UPDATE, DELETE").await
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        run(manager, "DROP TABLE challenges;").await
    }
}

const CHALLENGES: &str = "
    CREATE TABLE challenges (
        id {uuid} NOT NULL PRIMARY KEY,
        kind text NOT NULL CHECK (kind IN ('signup')),
        email_bidx {bytes} NOT NULL CHECK (octet_length(email_bidx) = 32),
        code_hash text,
        payload_sealed {bytes},
        attempts_left {int} NOT NULL CHECK (attempts_left >= 0),
        expires_at {time} NOT NULL,
        used_at {time},
        created_at {time} NOT NULL
    ) {options};
    CREATE INDEX challenges_open_idx ON challenges (kind, email_bidx) WHERE used_at IS NULL;
    CREATE INDEX challenges_expiry_idx ON challenges (expires_at);";
