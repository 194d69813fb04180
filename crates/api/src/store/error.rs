//! What can go wrong in the database, sorted by what the caller can do about it.
//!
//! Neither `Display` nor `Debug` repeats SQL, a driver's message or a value: those carry personal data. Codes and
//! names of constraints are kept, they suffice to find the place.

use migrations::MigrateError;
use sea_orm::{DbErr, RuntimeErr, SqlxError};

use super::settings::SettingsError;
use crate::crypto::SealError;

/// An operation on the store failed.
#[derive(Debug, thiserror::Error)]
pub enum StoreError {
    /// The database cannot be reached or is too busy; the same call may succeed later.
    #[error("database unavailable: {0}")]
    Unavailable(Unavailable),
    /// A value that must be unique is taken.
    #[error("value already taken: {0:?}")]
    Conflict(UniqueViolation),
    /// A sealed column does not open: wrong keys, or somebody changed the row.
    #[error("a sealed column does not open")]
    Sealed(#[from] SealError),
    /// The lease went to another worker; what this one did since must not be written.
    #[error("the lease was lost")]
    LeaseLost,
    /// The login role may not set up the roles of row-level security.
    #[error("the database roles have to be set up by an administrator:\n{sql}")]
    RolesNeedAdmin {
        /// Statements to run once, without any secret.
        sql: String,
    },
    /// The settings cannot work.
    #[error("database settings")]
    Settings(#[from] SettingsError),
    /// A statement was refused for a reason that only a mistake in the portal explains.
    #[error("database refused a statement: {0}")]
    Bug(Fault),
}

/// Why the database is not available.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Unavailable {
    /// No connection became free in time.
    #[error("no free connection")]
    Exhausted,
    /// The connection could not be made or broke.
    #[error("connection failed")]
    Unreachable,
    /// The database gave up: time limit, deadlock, lock, shutdown, disk.
    #[error("code {0}")]
    Busy(String),
}

/// Which unique value was taken.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum UniqueViolation {
    /// Another user has this e-mail address.
    UserEmail,
    /// Another user is tied to this WHMCS user.
    WhmcsUser,
    /// Another user is tied to this WHMCS client.
    WhmcsClient,
    /// Another user is tied to this Salesforce account.
    SalesforceAccount,
    /// Another user is tied to this Salesforce contact.
    SalesforceContact,
    /// Somebody has this passkey already.
    Passkey,
    /// Any other: ids, tokens and markers that the portal draws at random.
    Other,
}

/// Where a statement was refused.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Fault {
    /// SQLSTATE on Postgres, extended result code on SQLite, else the kind of failure.
    pub code: String,
    /// Name of the violated constraint, where the database tells it.
    pub constraint: Option<String>,
}

impl std::fmt::Display for Fault {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "code {}", self.code)?;
        self.constraint.as_ref().map_or(Ok(()), |name| write!(f, ", constraint {name}"))
    }
}

impl StoreError {
    /// A row holds what its CHECK constraints or the portal's own writes rule out.
    pub(super) fn corrupt(what: &'static str) -> Self {
        Self::Bug(Fault { code: what.to_owned(), constraint: None })
    }
}

impl From<MigrateError> for StoreError {
    fn from(error: MigrateError) -> Self {
        match error {
            MigrateError::RolesNeedAdmin { sql } => Self::RolesNeedAdmin { sql },
            MigrateError::Database(error) => error.into(),
        }
    }
}

impl From<SqlxError> for StoreError {
    fn from(error: SqlxError) -> Self {
        from_driver(&error)
    }
}

impl From<DbErr> for StoreError {
    fn from(error: DbErr) -> Self {
        match error {
            DbErr::ConnectionAcquire(_) => Self::Unavailable(Unavailable::Exhausted),
            DbErr::Conn(RuntimeErr::SqlxError(error))
            | DbErr::Exec(RuntimeErr::SqlxError(error))
            | DbErr::Query(RuntimeErr::SqlxError(error)) => from_driver(&error),
            DbErr::Conn(_) => Self::Unavailable(Unavailable::Unreachable),
            DbErr::TryIntoErr { .. } | DbErr::Type(_) | DbErr::Json(_) => Self::corrupt("unreadable column"),
            DbErr::Custom(_) | DbErr::Migration(_) => Self::corrupt("migration"),
            _ => Self::corrupt("mapper"),
        }
    }
}

fn from_driver(error: &SqlxError) -> StoreError {
    match error {
        SqlxError::PoolTimedOut => StoreError::Unavailable(Unavailable::Exhausted),
        SqlxError::Io(_)
        | SqlxError::Tls(_)
        | SqlxError::Protocol(_)
        | SqlxError::PoolClosed
        | SqlxError::WorkerCrashed => StoreError::Unavailable(Unavailable::Unreachable),
        SqlxError::Configuration(_) => StoreError::Settings(SettingsError::Url),
        SqlxError::Database(error) => from_database(&**error),
        _ => StoreError::corrupt("driver"),
    }
}

fn from_database(error: &dyn sea_orm::sqlx::error::DatabaseError) -> StoreError {
    let code = error.code().map(std::borrow::Cow::into_owned).unwrap_or_default();
    if error.is_unique_violation() {
        return StoreError::Conflict(which_value(error.constraint(), error.message()));
    }
    if is_passing(&code) {
        return StoreError::Unavailable(Unavailable::Busy(code));
    }
    StoreError::Bug(Fault { code, constraint: error.constraint().map(str::to_owned) })
}

/// Postgres names the constraint; SQLite only lists the columns, in its message.
fn which_value(constraint: Option<&str>, message: &str) -> UniqueViolation {
    let column = message.rsplit(": ").next().unwrap_or_default();
    match constraint.unwrap_or(column) {
        "users_email_key" | "users.email_bidx" => UniqueViolation::UserEmail,
        "id_mappings_whmcs_user_key" | "id_mappings.whmcs_user_id" => UniqueViolation::WhmcsUser,
        "id_mappings_whmcs_client_key" | "id_mappings.whmcs_client_id" => UniqueViolation::WhmcsClient,
        "id_mappings_sf_account_key" | "id_mappings.sf_account_id" => UniqueViolation::SalesforceAccount,
        "id_mappings_sf_contact_key" | "id_mappings.sf_contact_id" => UniqueViolation::SalesforceContact,
        "passkeys_credential_key" | "passkeys.credential_hash" => UniqueViolation::Passkey,
        _ => UniqueViolation::Other,
    }
}

/// Whether the same statement may succeed later. Postgres: Appendix A of its manual; classes 08, 28 (log-in
/// refused, as while passwords are rotated), 40, 53, 55, 57, 58 and 25P03. SQLite: primary result codes
/// BUSY (5), LOCKED (6), READONLY (8), IOERR (10), FULL (13), CANTOPEN (14), in the low byte of the extended code.
fn is_passing(code: &str) -> bool {
    // A SQLSTATE has five characters; no result code of SQLite has more than four digits.
    if code.len() == 5 {
        let class = code.get(..2).unwrap_or_default();
        return matches!(class, "08" | "28" | "40" | "53" | "55" | "57" | "58") || code == "25P03";
    }
    code.parse::<u32>().is_ok_and(|code| matches!(code & 0xff, 5 | 6 | 8 | 10 | 13 | 14))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn passing_codes_are_told_from_lasting_ones() {
        for code in ["57014", "40P01", "40001", "53300", "08006", "25P03", "5", "517", "6", "10", "3338"] {
            assert!(is_passing(code), "{code}");
        }
        for code in ["42501", "42P01", "23503", "22P02", "", "1", "275", "787", "19"] {
            assert!(!is_passing(code), "{code}");
        }
    }

    #[test]
    fn both_engines_name_the_same_value() {
        let sqlite = which_value(None, "UNIQUE constraint failed: users.email_bidx");
        let postgres = which_value(Some("users_email_key"), "duplicate key value violates unique constraint");
        assert_eq!(sqlite, UniqueViolation::UserEmail);
        assert_eq!(sqlite, postgres);
        assert_eq!(which_value(None, "UNIQUE constraint failed: users.id"), UniqueViolation::Other);
    }
}
