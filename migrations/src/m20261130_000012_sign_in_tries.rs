//! How often somebody tried to sign in to an account from devices that it does not know. Named by a keyed hash of the
//! address, so that accounts that do not exist have rows too and no row tells an address.

use sea_orm_migration::prelude::*;

use crate::dialect::{UserAccess, run, secure};

/// See the module.
#[derive(DeriveMigrationName)]
pub(crate) struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        run(manager, SIGN_IN_TRIES).await?;
        secure(manager, "sign_in_tries", UserAccess::None, "SELECT, INSERT, UPDATE, DELETE").await
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        run(manager, "DROP TABLE sign_in_tries;").await
    }
}

/// `tries` counts all of them, `checked` those whose password was looked at. Until `blocked_until` none is.
const SIGN_IN_TRIES: &str = "
    CREATE TABLE sign_in_tries (
        key_hash {bytes} NOT NULL PRIMARY KEY CHECK (octet_length(key_hash) = 32),
        tries {int} NOT NULL CHECK (tries >= 0),
        checked {int} NOT NULL CHECK (checked >= 0),
        blocked_until {time} NOT NULL,
        expires_at {time} NOT NULL
    ) {options};
    CREATE INDEX sign_in_tries_expiry_idx ON sign_in_tries (expires_at);";
