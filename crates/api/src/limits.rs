//! Rate limits of the actions that somebody might repeat to guess, to flood or to annoy.
//!
//! The counters are rows of the database, named by a keyed hash: all replicas share them, and they hold no address. If they cannot be
//! read, the action is refused: a limit that gives way under load is none.

use std::time::Duration;

use shared_types::problem::ProblemCode;

use crate::{
    config::{LimitsConfig, Rate},
    crypto::{KeyRing, Purpose},
    error::{ApiError, ApiResult},
    store::{Db, Quota, RateDecision},
};

const HOUR: Duration = Duration::from_hours(1);

/// What is limited, and by what.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Action {
    /// Signing in, by address.
    LoginAccount,
    /// Signing in, by network.
    LoginSource,
    /// Codes mailed, by address.
    SignupAddress,
    /// Signing up, by network.
    SignupSource,
    /// Codes tried, by network.
    ConfirmSource,
    /// Codes to replace a password, by address.
    ResetAddress,
    /// Codes to replace a password, by network.
    ResetSource,
    /// Changes of the address asked for, by user.
    EmailChange,
    /// Own data taken along, by user.
    Export,
    /// Links into WHMCS, by user.
    SsoLink,
    /// Readings past the cache, by user.
    Refresh,
}

/// The limits in force.
#[derive(Clone)]
pub struct Limits {
    db: Db,
    keys: KeyRing,
    rates: LimitsConfig,
}

impl Limits {
    /// Limits counted in `db`.
    #[must_use]
    pub const fn new(db: Db, keys: KeyRing, rates: LimitsConfig) -> Self {
        Self { db, keys, rates }
    }

    /// Counts one try of an action by or against `subject`, or refuses it.
    pub async fn take(&self, action: Action, subject: &str) -> ApiResult<()> {
        let quota = Quota::per(self.rate(action).per_hour, HOUR);
        let tx = self.db.as_system().await?;
        let decision = tx.rate_limits().take(&self.bucket(action, subject), quota).await?;
        tx.commit().await?;
        match decision {
            RateDecision::Allowed => Ok(()),
            RateDecision::Limited { retry_after } => {
                metrics::counter!("portal_rate_limited_total", "action" => action.name()).increment(1);
                Err(ApiError::new(ProblemCode::RateLimited).retry_after(retry_after))
            }
        }
    }

    /// Forgets the tries of a subject that has just proved itself.
    pub async fn forget(&self, action: Action, subject: &str) -> ApiResult<()> {
        let tx = self.db.as_system().await?;
        tx.rate_limits().clear(&self.bucket(action, subject)).await?;
        Ok(tx.commit().await?)
    }

    /// Tries against one subject count against another from now on, which is the same person under a new name.
    pub async fn carry_over(&self, action: Action, from: &str, to: &str) -> ApiResult<()> {
        let tx = self.db.as_system().await?;
        tx.rate_limits().carry_over(&self.bucket(action, from), &self.bucket(action, to)).await?;
        Ok(tx.commit().await?)
    }

    fn bucket(&self, action: Action, subject: &str) -> [u8; 32] {
        self.keys.keyed_hash(Purpose::RateLimit, format!("{}\0{subject}", action.name()).as_bytes())
    }

    const fn rate(&self, action: Action) -> Rate {
        match action {
            Action::LoginAccount => self.rates.login_account,
            Action::LoginSource => self.rates.login_source,
            Action::SignupAddress => self.rates.signup_address,
            Action::SignupSource => self.rates.signup_source,
            Action::ConfirmSource => self.rates.confirm_source,
            Action::ResetAddress => self.rates.reset_address,
            Action::ResetSource => self.rates.reset_source,
            Action::EmailChange => self.rates.email_changes,
            Action::Export => self.rates.exports,
            Action::SsoLink => self.rates.sso_links,
            Action::Refresh => self.rates.refresh,
        }
    }
}

impl Action {
    const fn name(self) -> &'static str {
        match self {
            Self::LoginAccount => "login_account",
            Self::LoginSource => "login_source",
            Self::SignupAddress => "signup_address",
            Self::SignupSource => "signup_source",
            Self::ConfirmSource => "confirm_source",
            Self::ResetAddress => "reset_address",
            Self::ResetSource => "reset_source",
            Self::EmailChange => "email_change",
            Self::Export => "export",
            Self::SsoLink => "sso_link",
            Self::Refresh => "refresh",
        }
    }
}
