//! Changes of name and billing details that WHMCS or Salesforce does not have yet.

use sea_orm_migration::prelude::*;

use crate::dialect::{UserAccess, run, secure};

/// See the module.
#[derive(DeriveMigrationName)]
pub(crate) struct Migration;

const ALL: &str = "SELECT, INSERT, UPDATE, DELETE";

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        run(manager, PROFILE_CHANGES).await?;
        let own = UserAccess::Owned { condition: "user_id = {user}", privileges: ALL };
        secure(manager, "profile_changes", own, ALL).await
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        run(manager, "DROP TABLE profile_changes;").await
    }
}

/// One row for each user and WHMCS client, as long as something is to be sent or looked at again. `revision` grows with
/// each change that is asked for, `fence` with each sender who takes the row. Until `unsettled_until` WHMCS may still
/// carry out something of which the portal got no answer.
const PROFILE_CHANGES: &str = "
    CREATE TABLE profile_changes (
        id {uuid} NOT NULL PRIMARY KEY,
        user_id {uuid} NOT NULL REFERENCES users (id) ON DELETE CASCADE,
        whmcs_client_id {bigint} NOT NULL CHECK (whmcs_client_id > 0),
        whmcs_user_id {bigint} NOT NULL CHECK (whmcs_user_id > 0),
        wish_sealed {bytes} NOT NULL,
        revision {bigint} NOT NULL,
        fence {bigint} NOT NULL DEFAULT 0,
        lease_until {time},
        unsettled_until {time},
        created_at {time} NOT NULL,
        updated_at {time} NOT NULL,
        CONSTRAINT profile_changes_client_key UNIQUE (user_id, whmcs_client_id)
    ) {options};";
