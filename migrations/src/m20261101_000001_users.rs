//! Portal users and what ties each to a WHMCS client and a Salesforce account.

use sea_orm_migration::prelude::*;

use crate::dialect::{UserAccess, run, secure};

/// See the module.
#[derive(DeriveMigrationName)]
pub(crate) struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        run(manager, USERS).await?;
        run(manager, ID_MAPPINGS).await?;
        let own = UserAccess::Owned { condition: "id = {user}", privileges: "SELECT, UPDATE" };
        secure(manager, "users", own, "SELECT, INSERT, UPDATE, DELETE").await?;
        let own = UserAccess::Owned { condition: "user_id = {user}", privileges: "SELECT" };
        secure(manager, "id_mappings", own, "SELECT, INSERT, UPDATE, DELETE").await
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        run(manager, "DROP TABLE id_mappings; DROP TABLE users;").await
    }
}

/// Personal data is sealed; `email_bidx` is a full HMAC-SHA256 of the normalised address.
const USERS: &str = "
    CREATE TABLE users (
        id {uuid} NOT NULL PRIMARY KEY,
        email_sealed {bytes} NOT NULL,
        email_bidx {bytes} NOT NULL CHECK (octet_length(email_bidx) = 32),
        first_name_sealed {bytes} NOT NULL,
        last_name_sealed {bytes} NOT NULL,
        company_name_sealed {bytes} NOT NULL,
        password_hash text NOT NULL,
        status text NOT NULL CHECK (status IN ('active', 'disabled')),
        session_epoch {bigint} NOT NULL DEFAULT 0,
        created_at {time} NOT NULL,
        updated_at {time} NOT NULL,
        CONSTRAINT users_email_key UNIQUE (email_bidx)
    ) {options};";

const ID_MAPPINGS: &str = "
    CREATE TABLE id_mappings (
        user_id {uuid} NOT NULL PRIMARY KEY REFERENCES users (id) ON DELETE CASCADE,
        whmcs_user_id {bigint} CHECK (whmcs_user_id > 0),
        whmcs_client_id {bigint} CHECK (whmcs_client_id > 0),
        sf_account_id text CHECK (length(sf_account_id) = 18),
        sf_contact_id text CHECK (length(sf_contact_id) = 18),
        provision_state text NOT NULL CHECK (
            provision_state IN ('pending', 'sending', 'linked_billing', 'ready', 'needs_link', 'failed')),
        marker text NOT NULL,
        attempt {int} NOT NULL DEFAULT 0 CHECK (attempt >= 0),
        sent_at {time},
        updated_at {time} NOT NULL,
        CONSTRAINT id_mappings_whmcs_user_key UNIQUE (whmcs_user_id),
        CONSTRAINT id_mappings_whmcs_client_key UNIQUE (whmcs_client_id),
        CONSTRAINT id_mappings_sf_account_key UNIQUE (sf_account_id),
        CONSTRAINT id_mappings_sf_contact_key UNIQUE (sf_contact_id),
        CONSTRAINT id_mappings_marker_key UNIQUE (marker)
    ) {options};";
