//! What is kept of a person beside their record, sessions and audit log, for taking it along. No secret is among it: neither seeds nor
//! hashes nor keys are read.

use chrono::{DateTime, Utc};
use sea_orm::{EntityTrait as _, PaginatorTrait as _, QueryFilter as _, QueryOrder as _, QuerySelect as _};
use shared_types::ids::{PasskeyId, UserId};
use uuid::Uuid;

use super::entities::{account_link, known_device, mfa_totp, passkey, recovery_code};
use super::error::StoreError;
use super::transaction::Tx;

/// A passkey, without its key.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ExportedPasskey {
    /// Which.
    pub id: PasskeyId,
    /// Whether a service copies it to other devices.
    pub synced: bool,
    /// When it was added.
    pub created_at: DateTime<Utc>,
    /// When it was last used.
    pub last_used_at: Option<DateTime<Utc>>,
}

/// A device that the person has signed in from.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ExportedDevice {
    /// Since when it is known.
    pub created_at: DateTime<Utc>,
    /// When it was last used to sign in.
    pub last_seen: DateTime<Utc>,
}

/// A client of WHMCS that the person may act for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ExportedAccount {
    /// Number of the client.
    pub client_id: i64,
    /// It is the person's own.
    pub owner: bool,
    /// What the person may do for it, in words separated by commas.
    pub permissions: String,
    /// Account in Salesforce.
    pub sf_account_id: Option<String>,
    /// Contact in Salesforce.
    pub sf_contact_id: Option<String>,
}

/// All of it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct OwnData {
    /// Since when an authenticator app is set up.
    pub totp_since: Option<DateTime<Utc>>,
    /// Recovery codes that are left.
    pub recovery_codes_left: u64,
    /// Passkeys, the oldest first.
    pub passkeys: Vec<ExportedPasskey>,
    /// Devices, the oldest first.
    pub devices: Vec<ExportedDevice>,
    /// Accounts, by number.
    pub accounts: Vec<ExportedAccount>,
}

type PasskeyRow = (Uuid, i32, DateTime<Utc>, Option<DateTime<Utc>>);

pub(super) async fn read(tx: &Tx, user: UserId) -> Result<OwnData, StoreError> {
    let (id, connection) = (user.as_uuid(), tx.connection());
    let totp: Option<Option<DateTime<Utc>>> = mfa_totp::Entity::find_by_id(id)
        .select_only()
        .column(mfa_totp::Column::ConfirmedAt)
        .into_tuple()
        .one(connection)
        .await?;
    let recovery_codes_left = recovery_code::Entity::find()
        .filter(recovery_code::COLUMN.user_id.eq(id))
        .filter(recovery_code::COLUMN.used_at.is_null())
        .count(connection)
        .await?;
    let passkeys: Vec<PasskeyRow> = passkey::Entity::find()
        .select_only()
        .columns([
            passkey::Column::Id,
            passkey::Column::Synced,
            passkey::Column::CreatedAt,
            passkey::Column::LastUsedAt,
        ])
        .filter(passkey::COLUMN.user_id.eq(id))
        .order_by_asc(passkey::Column::Id)
        .into_tuple()
        .all(connection)
        .await?;
    let devices = known_device::Entity::find()
        .filter(known_device::COLUMN.user_id.eq(id))
        .order_by_asc(known_device::Column::Id)
        .all(connection)
        .await?;
    let accounts = account_link::Entity::find()
        .filter(account_link::COLUMN.user_id.eq(id))
        .order_by_asc(account_link::Column::WhmcsClientId)
        .all(connection)
        .await?;
    Ok(OwnData {
        totp_since: totp.flatten(),
        recovery_codes_left,
        passkeys: passkeys.into_iter().map(exported_passkey).collect(),
        devices: devices.iter().map(exported_device).collect(),
        accounts: accounts.into_iter().map(exported_account).collect(),
    })
}

fn exported_passkey((id, synced, created_at, last_used_at): PasskeyRow) -> ExportedPasskey {
    ExportedPasskey { id: PasskeyId::from_uuid(id), synced: synced != 0, created_at, last_used_at }
}

fn exported_device(row: &known_device::Model) -> ExportedDevice {
    ExportedDevice { created_at: row.created_at, last_seen: row.last_seen }
}

fn exported_account(row: account_link::Model) -> ExportedAccount {
    ExportedAccount {
        client_id: row.whmcs_client_id,
        owner: row.is_owner != 0,
        permissions: row.permissions,
        sf_account_id: row.sf_account_id,
        sf_contact_id: row.sf_contact_id,
    }
}
