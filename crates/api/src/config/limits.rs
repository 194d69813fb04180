//! Rate limits: how often somebody may try.

use std::time::Duration;

use super::reader::Reader;

/// So many at once, and so many an hour in the long run.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Rate {
    /// How many may come in a burst; also how many come back in an hour.
    pub per_hour: u32,
}

impl Rate {
    /// Time after which one more is allowed.
    #[must_use]
    pub fn interval(self) -> Duration {
        Duration::from_hours(1) / self.per_hour.max(1)
    }
}

/// Rate limits: each guarded action has one by target (account, address) and one by source (network).
#[derive(Clone, Debug)]
pub struct LimitsConfig {
    /// `PORTAL_LIMIT_LOGIN_ACCOUNT`: failed sign-ins per account and hour.
    pub login_account: Rate,
    /// `PORTAL_LIMIT_LOGIN_SOURCE`: sign-ins per network and hour.
    pub login_source: Rate,
    /// `PORTAL_LIMIT_SIGNUP_ADDRESS`: codes mailed to one address per hour.
    pub signup_address: Rate,
    /// `PORTAL_LIMIT_SIGNUP_SOURCE`: sign-ups per network and hour.
    pub signup_source: Rate,
    /// `PORTAL_LIMIT_CONFIRM_SOURCE`: codes tried per network and hour.
    pub confirm_source: Rate,
    /// `PORTAL_LIMIT_RESET_ADDRESS`: codes to replace a password mailed to one address per hour.
    pub reset_address: Rate,
    /// `PORTAL_LIMIT_RESET_SOURCE`: codes to replace a password asked for per network and hour.
    pub reset_source: Rate,
    /// `PORTAL_LIMIT_EMAIL_CHANGES`: changes of the address asked for per user and hour.
    pub email_changes: Rate,
    /// `PORTAL_LIMIT_EXPORTS`: own data taken along per user and hour.
    pub exports: Rate,
    /// `PORTAL_LIMIT_SSO_LINKS`: links into WHMCS per user and hour.
    pub sso_links: Rate,
    /// `PORTAL_LIMIT_REFRESH`: readings past the cache per user and hour.
    pub refresh: Rate,
}

impl LimitsConfig {
    pub(super) fn read(reader: &mut Reader) -> Self {
        let mut rate = |name, default| Rate { per_hour: reader.number(name, default, 1..=1_000_000) };
        Self {
            login_account: rate("PORTAL_LIMIT_LOGIN_ACCOUNT", 10),
            login_source: rate("PORTAL_LIMIT_LOGIN_SOURCE", 60),
            signup_address: rate("PORTAL_LIMIT_SIGNUP_ADDRESS", 5),
            signup_source: rate("PORTAL_LIMIT_SIGNUP_SOURCE", 20),
            confirm_source: rate("PORTAL_LIMIT_CONFIRM_SOURCE", 60),
            reset_address: rate("PORTAL_LIMIT_RESET_ADDRESS", 5),
            reset_source: rate("PORTAL_LIMIT_RESET_SOURCE", 20),
            email_changes: rate("PORTAL_LIMIT_EMAIL_CHANGES", 5),
            exports: rate("PORTAL_LIMIT_EXPORTS", 10),
            sso_links: rate("PORTAL_LIMIT_SSO_LINKS", 20),
            refresh: rate("PORTAL_LIMIT_REFRESH", 600),
        }
    }
}
