//! Second factors: authenticator apps, recovery codes, passkeys; and the devices that a user has signed in from before.

use sea_orm_migration::prelude::*;

use crate::dialect::{UserAccess, run, secure};

/// See the module.
#[derive(DeriveMigrationName)]
pub(crate) struct Migration;

const ALL: &str = "SELECT, INSERT, UPDATE, DELETE";

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        for script in [MFA_TOTP, MFA_RECOVERY_CODES, PASSKEYS, PASSKEY_CEREMONIES, KNOWN_DEVICES] {
            run(manager, script).await?;
        }
        for table in ["mfa_totp", "mfa_recovery_codes", "passkeys", "known_devices"] {
            let own = UserAccess::Owned { condition: "user_id = {user}", privileges: ALL };
            secure(manager, table, own, ALL).await?;
        }
        // Ceremonies of a sign-in belong to nobody yet.
        secure(manager, "passkey_ceremonies", UserAccess::None, ALL).await
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        run(
            manager,
            "DROP TABLE known_devices; DROP TABLE passkey_ceremonies; DROP TABLE passkeys;
             DROP TABLE mfa_recovery_codes; DROP TABLE mfa_totp;",
        )
        .await
    }
}

/// `last_step` is the newest time step whose code was used: an older one or the same never works again.
const MFA_TOTP: &str = "
    CREATE TABLE mfa_totp (
        user_id {uuid} NOT NULL PRIMARY KEY REFERENCES users (id) ON DELETE CASCADE,
        seed_sealed {bytes} NOT NULL,
        last_step {bigint} NOT NULL DEFAULT 0 CHECK (last_step >= 0),
        confirmed_at {time},
        created_at {time} NOT NULL
    ) {options};";

/// `tag` is the part of a code by which its row is found, so that each try costs one hash.
const MFA_RECOVERY_CODES: &str = "
    CREATE TABLE mfa_recovery_codes (
        id {uuid} NOT NULL PRIMARY KEY,
        user_id {uuid} NOT NULL REFERENCES users (id) ON DELETE CASCADE,
        tag text NOT NULL,
        code_hash text NOT NULL,
        created_at {time} NOT NULL,
        used_at {time},
        CONSTRAINT mfa_recovery_codes_key UNIQUE (user_id, tag)
    ) {options};";

const PASSKEYS: &str = "
    CREATE TABLE passkeys (
        id {uuid} NOT NULL PRIMARY KEY,
        user_id {uuid} NOT NULL REFERENCES users (id) ON DELETE CASCADE,
        credential_hash {bytes} NOT NULL CHECK (octet_length(credential_hash) = 32),
        credential_sealed {bytes} NOT NULL,
        name_sealed {bytes} NOT NULL,
        synced {int} NOT NULL CHECK (synced IN (0, 1)),
        created_at {time} NOT NULL,
        last_used_at {time},
        CONSTRAINT passkeys_credential_key UNIQUE (credential_hash)
    ) {options};
    CREATE INDEX passkeys_user_idx ON passkeys (user_id, created_at);";

/// `user_id` is NULL while nobody knows who signs in; `session_id` binds a ceremony to the session that began it.
const PASSKEY_CEREMONIES: &str = "
    CREATE TABLE passkey_ceremonies (
        id {uuid} NOT NULL PRIMARY KEY,
        kind text NOT NULL,
        user_id {uuid} REFERENCES users (id) ON DELETE CASCADE,
        session_id {uuid},
        browser_hash {bytes} CHECK (octet_length(browser_hash) = 32),
        state_sealed {bytes} NOT NULL,
        expires_at {time} NOT NULL,
        used_at {time},
        created_at {time} NOT NULL
    ) {options};
    CREATE INDEX passkey_ceremonies_expiry_idx ON passkey_ceremonies (expires_at);";

const KNOWN_DEVICES: &str = "
    CREATE TABLE known_devices (
        id {uuid} NOT NULL PRIMARY KEY,
        user_id {uuid} NOT NULL REFERENCES users (id) ON DELETE CASCADE,
        token_hash {bytes} NOT NULL CHECK (octet_length(token_hash) = 32),
        created_at {time} NOT NULL,
        last_seen {time} NOT NULL,
        CONSTRAINT known_devices_token_key UNIQUE (user_id, token_hash)
    ) {options};
    CREATE INDEX known_devices_seen_idx ON known_devices (last_seen);";
