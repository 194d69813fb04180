//! What a sign-in leaves behind beside the password: the account that a session acts for, the factors it was opened with,
//! the device it came from; and challenges of more kinds than the sign-up's.

use sea_orm_migration::prelude::*;

use crate::dialect::{run, run_on_postgres, run_on_sqlite};

/// See the module.
#[derive(DeriveMigrationName)]
pub(crate) struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        run(manager, SESSION_COLUMNS).await?;
        run_on_postgres(manager, "ALTER TABLE challenges DROP CONSTRAINT challenges_kind_check;").await?;
        run_on_sqlite(manager, &rebuilt_challenges("")).await?;
        run(
            manager,
            "ALTER TABLE challenges ADD COLUMN user_id {uuid} REFERENCES users (id) ON DELETE CASCADE;",
        )
        .await
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        run(manager, "DELETE FROM challenges WHERE kind <> 'signup';").await?;
        run_on_postgres(
            manager,
            "ALTER TABLE challenges DROP COLUMN user_id;
             ALTER TABLE challenges ADD CONSTRAINT challenges_kind_check CHECK (kind IN ('signup'));",
        )
        .await?;
        run_on_sqlite(manager, &rebuilt_challenges("CHECK (kind IN ('signup'))")).await?;
        run(
            manager,
            "ALTER TABLE sessions DROP COLUMN active_client_id;
             ALTER TABLE sessions DROP COLUMN factors;
             ALTER TABLE sessions DROP COLUMN device_id;",
        )
        .await
    }
}

/// `active_client_id` is the WHMCS client that the session acts for; NULL for the user's own. `factors` are the words of
/// what was proved when the session was opened, separated by commas. `device_id` names the row of `known_devices`.
const SESSION_COLUMNS: &str = "
    ALTER TABLE sessions ADD COLUMN active_client_id {bigint};
    ALTER TABLE sessions ADD COLUMN factors text NOT NULL DEFAULT 'password';
    ALTER TABLE sessions ADD COLUMN device_id {uuid};";

/// SQLite cannot change a constraint: the table is made anew and the rows move over. Which kinds there are, the code says.
fn rebuilt_challenges(kind_check: &str) -> String {
    format!(
        "DROP INDEX challenges_open_idx;
         DROP INDEX challenges_expiry_idx;
         CREATE TABLE challenges_new (
             id BLOB NOT NULL PRIMARY KEY,
             kind TEXT NOT NULL {kind_check},
             email_bidx BLOB NOT NULL CHECK (octet_length(email_bidx) = 32),
             code_hash TEXT,
             payload_sealed BLOB,
             attempts_left INTEGER NOT NULL CHECK (attempts_left >= 0),
             expires_at TEXT NOT NULL,
             used_at TEXT,
             created_at TEXT NOT NULL
         ) STRICT;
         INSERT INTO challenges_new
             SELECT id, kind, email_bidx, code_hash, payload_sealed, attempts_left, expires_at, used_at, created_at
               FROM challenges;
         DROP TABLE challenges;
         ALTER TABLE challenges_new RENAME TO challenges;
         CREATE INDEX challenges_open_idx ON challenges (kind, email_bidx) WHERE used_at IS NULL;
         CREATE INDEX challenges_expiry_idx ON challenges (expires_at);"
    )
}
