//! Signed-in browsers. The token itself is never stored, only its SHA-256.

use sea_orm_migration::prelude::*;

use crate::dialect::{UserAccess, run, secure};

/// See the module.
#[derive(DeriveMigrationName)]
pub(crate) struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        run(manager, SESSIONS).await?;
        let own = UserAccess::Owned { condition: "user_id = {user}", privileges: "SELECT, INSERT, UPDATE" };
        secure(manager, "sessions", own, "SELECT, INSERT, UPDATE, DELETE").await
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        run(manager, "DROP TABLE sessions;").await
    }
}

const SESSIONS: &str = "
    CREATE TABLE sessions (
        id {uuid} NOT NULL PRIMARY KEY,
        token_hash {bytes} NOT NULL CHECK (octet_length(token_hash) = 32),
        user_id {uuid} NOT NULL REFERENCES users (id) ON DELETE CASCADE,
        level text NOT NULL CHECK (level IN ('mfa_pending', 'link_set_password', 'full', 'step_up')),
        auth_time {time} NOT NULL,
        last_seen {time} NOT NULL,
        idle_expires_at {time} NOT NULL,
        absolute_expires_at {time} NOT NULL,
        epoch {bigint} NOT NULL,
        device_label text,
        coarse_ip text,
        created_at {time} NOT NULL,
        revoked_at {time},
        CONSTRAINT sessions_token_key UNIQUE (token_hash)
    ) {options};
    CREATE INDEX sessions_user_idx ON sessions (user_id, created_at);
    CREATE INDEX sessions_expiry_idx ON sessions (absolute_expires_at);";
