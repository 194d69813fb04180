//! The WHMCS clients that a user may act for beside their own, and linking in progress.

use sea_orm_migration::prelude::*;

use crate::dialect::{UserAccess, run, secure};

/// See the module.
#[derive(DeriveMigrationName)]
pub(crate) struct Migration;

const ALL: &str = "SELECT, INSERT, UPDATE, DELETE";

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        run(manager, ACCOUNT_LINKS).await?;
        run(manager, LINK_FLOWS).await?;
        let own = UserAccess::Owned { condition: "user_id = {user}", privileges: "SELECT" };
        secure(manager, "account_links", own, ALL).await?;
        secure(manager, "link_flows", UserAccess::None, ALL).await
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        run(manager, "DROP TABLE link_flows; DROP TABLE account_links;").await
    }
}

/// One row for each client that WHMCS says the user may act for, the user's own one included. A client has one owner.
const ACCOUNT_LINKS: &str = "
    CREATE TABLE account_links (
        user_id {uuid} NOT NULL REFERENCES users (id) ON DELETE CASCADE,
        whmcs_client_id {bigint} NOT NULL CHECK (whmcs_client_id > 0),
        is_owner {int} NOT NULL CHECK (is_owner IN (0, 1)),
        permissions text NOT NULL,
        name_sealed {bytes} NOT NULL,
        sf_account_id text CHECK (length(sf_account_id) = 18),
        sf_contact_id text CHECK (length(sf_contact_id) = 18),
        refreshed_at {time} NOT NULL,
        PRIMARY KEY (user_id, whmcs_client_id)
    ) {options};
    CREATE UNIQUE INDEX account_links_owner_key ON account_links (whmcs_client_id) WHERE is_owner = 1;";

/// `token_hash` is the SHA-256 of the cookie that holds the steps together.
const LINK_FLOWS: &str = "
    CREATE TABLE link_flows (
        id {uuid} NOT NULL PRIMARY KEY,
        token_hash {bytes} NOT NULL CHECK (octet_length(token_hash) = 32),
        stage text NOT NULL,
        payload_sealed {bytes} NOT NULL,
        code_hash text,
        attempts_left {int} NOT NULL CHECK (attempts_left >= 0),
        expires_at {time} NOT NULL,
        used_at {time},
        created_at {time} NOT NULL,
        CONSTRAINT link_flows_token_key UNIQUE (token_hash)
    ) {options};
    CREATE INDEX link_flows_expiry_idx ON link_flows (expires_at);";
