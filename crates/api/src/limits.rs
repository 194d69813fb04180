//! Rate limits of the actions that somebody might repeat to guess, to flood or to annoy.
//!
//! The counters are rows of the database, named by a keyed hash: all replicas share them, and they hold no address. If they cannot be
//! read, the action is refused: a limit that gives way under load is none.

mod sign_in;

use std::time::Duration;

use shared_types::problem::ProblemCode;
pub use sign_in::Admission;

use crate::{
    config::{LimitsConfig, Rate},
    crypto::{KeyRing, Purpose},
    error::{ApiError, ApiResult},
    store::{Db, Quota, RateDecision, SystemTx},
};

const HOUR: Duration = Duration::from_hours(1);
/// Codes of a second factor that may be tried after one right password.
const PENDING_TRIES: u32 = 5;
/// Codes for a new device that may be mailed again after one right password.
const CODES_AGAIN: u32 = 2;

/// What is limited, and by what.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Action {
    /// Signing in, or proving anew, on a known device.
    LoginDevice,
    /// Signing in from unknown devices, by network.
    LoginSource,
    /// Signing in from unknown devices, all of them together.
    LoginUnknown,
    /// Codes of second factors, by sign-in that waits for one.
    PendingTries,
    /// Codes of second factors, by user, or by device where the user knows it.
    Factor,
    /// Codes for a new device mailed, by address.
    NewDeviceCode,
    /// Codes for a new device mailed once more, by sign-in that waits for one.
    CodeAgain,
    /// Codes mailed, by address.
    SignupAddress,
    /// Signing up, by network.
    SignupSource,
    /// Codes tried, by network.
    ConfirmSource,
    /// Passkey ceremonies begun before anybody is signed in, by network.
    PasskeySource,
    /// Passkey ceremonies begun, by user.
    PasskeyUser,
    /// Links into WHMCS, by user.
    SsoLink,
    /// Linking a WHMCS login, by its address.
    LinkAccount,
    /// Linking a WHMCS login, by network.
    LinkSource,
    /// Wrong passwords passed on to WHMCS, all together: WHMCS sees them coming from one address, the portal's.
    WhmcsLogin,
    /// Readings past the cache, by user.
    Refresh,
    /// Refresh tokens used or revoked, by network.
    TokenRefresh,
    /// Changes of name and billing details, by user.
    ProfileChange,
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
        let tx = self.db.as_system().await?;
        let decision = self.take_in(&tx, action, subject).await?;
        tx.commit().await?;
        decision
    }

    /// The same in a transaction that must be committed whatever comes out.
    async fn take_in(&self, tx: &SystemTx, action: Action, subject: &str) -> ApiResult<ApiResult<()>> {
        let decision = tx.rate_limits().take(&self.bucket(action, subject), self.quota(action)).await?;
        Ok(match decision {
            RateDecision::Allowed => Ok(()),
            RateDecision::Limited { retry_after } => Err(limited(action.name(), retry_after)),
        })
    }

    /// Puts one try back: it turned out not to be of the kind that is limited.
    pub async fn give_back(&self, action: Action, subject: &str) -> ApiResult<()> {
        let quota = Quota::per(self.rate(action).per_hour, HOUR);
        let tx = self.db.as_system().await?;
        tx.rate_limits().give_back(&self.bucket(action, subject), quota).await?;
        Ok(tx.commit().await?)
    }

    /// Forgets the tries of a subject that has just proved itself.
    pub async fn forget(&self, action: Action, subject: &str) -> ApiResult<()> {
        let tx = self.db.as_system().await?;
        tx.rate_limits().clear(&self.bucket(action, subject)).await?;
        Ok(tx.commit().await?)
    }

    fn bucket(&self, action: Action, subject: &str) -> [u8; 32] {
        self.keys.keyed_hash(Purpose::RateLimit, format!("{}\0{subject}", action.name()).as_bytes())
    }

    fn quota(&self, action: Action) -> Quota {
        Quota::per(self.rate(action).per_hour, action.period())
    }

    const fn rate(&self, action: Action) -> Rate {
        match action {
            Action::LoginDevice => self.rates.login_device,
            Action::LoginSource => self.rates.login_source,
            Action::LoginUnknown => self.rates.login_unknown,
            Action::PendingTries => Rate { per_hour: PENDING_TRIES },
            Action::Factor => self.rates.factor,
            Action::NewDeviceCode => self.rates.new_device_code,
            Action::CodeAgain => Rate { per_hour: CODES_AGAIN },
            Action::SignupAddress => self.rates.signup_address,
            Action::SignupSource => self.rates.signup_source,
            Action::ConfirmSource => self.rates.confirm_source,
            Action::PasskeySource => self.rates.passkey_source,
            Action::PasskeyUser => self.rates.passkey_user,
            Action::SsoLink => self.rates.sso_links,
            Action::LinkAccount => self.rates.link_account,
            Action::LinkSource => self.rates.link_source,
            Action::WhmcsLogin => self.rates.whmcs_logins,
            Action::Refresh => self.rates.refresh,
            Action::TokenRefresh => self.rates.token_refresh,
            Action::ProfileChange => self.rates.profile_changes,
        }
    }
}

fn limited(action: &'static str, retry_after: Duration) -> ApiError {
    metrics::counter!("portal_rate_limited_total", "action" => action).increment(1);
    ApiError::new(ProblemCode::RateLimited).retry_after(retry_after)
}

impl Action {
    /// The time in which a whole bucket comes back.
    const fn period(self) -> Duration {
        match self {
            Self::LoginDevice => Duration::from_mins(15),
            // Nothing comes back as long as a sign-in can wait.
            Self::PendingTries | Self::CodeAgain => Duration::from_hours(24),
            _ => HOUR,
        }
    }

    const fn name(self) -> &'static str {
        match self {
            Self::LoginDevice => "login_device",
            Self::LoginSource => "login_source",
            Self::LoginUnknown => "login_unknown",
            Self::PendingTries => "pending_tries",
            Self::Factor => "factor",
            Self::NewDeviceCode => "new_device_code",
            Self::CodeAgain => "code_again",
            Self::SignupAddress => "signup_address",
            Self::SignupSource => "signup_source",
            Self::ConfirmSource => "confirm_source",
            Self::PasskeySource => "passkey_source",
            Self::PasskeyUser => "passkey_user",
            Self::SsoLink => "sso_link",
            Self::LinkAccount => "link_account",
            Self::LinkSource => "link_source",
            Self::WhmcsLogin => "whmcs_login",
            Self::Refresh => "refresh",
            Self::TokenRefresh => "token_refresh",
            Self::ProfileChange => "profile_change",
        }
    }
}
