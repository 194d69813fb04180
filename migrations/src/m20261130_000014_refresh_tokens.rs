//! Refresh tokens of front ends on other origins. The token itself is never stored, only its SHA-256.

use sea_orm_migration::prelude::*;

use crate::dialect::{UserAccess, run, secure};

/// See the module.
#[derive(DeriveMigrationName)]
pub(crate) struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        run(manager, REFRESH_TOKENS).await?;
        // Whoever brings a token is not known before it is looked up.
        secure(manager, "refresh_tokens", UserAccess::None, "SELECT, INSERT, UPDATE, DELETE").await
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        run(manager, "DROP TABLE refresh_tokens;").await
    }
}

/// Rows go with their session. `parent_id` is the token in whose place this one came.
const REFRESH_TOKENS: &str = "
    CREATE TABLE refresh_tokens (
        id {uuid} NOT NULL PRIMARY KEY,
        token_hash {bytes} NOT NULL CHECK (octet_length(token_hash) = 32),
        session_id {uuid} NOT NULL REFERENCES sessions (id) ON DELETE CASCADE,
        user_id {uuid} NOT NULL REFERENCES users (id) ON DELETE CASCADE,
        parent_id {uuid},
        state text NOT NULL CHECK (state IN ('live', 'used', 'void')),
        created_at {time} NOT NULL,
        CONSTRAINT refresh_tokens_token_key UNIQUE (token_hash)
    ) {options};
    CREATE UNIQUE INDEX refresh_tokens_live_key ON refresh_tokens (session_id) WHERE state = 'live';
    CREATE INDEX refresh_tokens_parent_idx ON refresh_tokens (parent_id);";
