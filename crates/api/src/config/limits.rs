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
    /// `PORTAL_LIMIT_SSO_LINKS`: links into WHMCS per user and hour.
    pub sso_links: Rate,
    /// `PORTAL_LIMIT_REFRESH`: readings past the cache per user and hour.
    pub refresh: Rate,
    /// `PORTAL_LIMIT_TOKEN_REFRESH`: refresh tokens used or revoked per network and hour.
    pub token_refresh: Rate,
    /// `PORTAL_LIMIT_PROFILE_CHANGES`: changes of name and billing details per user and hour.
    pub profile_changes: Rate,
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
            sso_links: rate("PORTAL_LIMIT_SSO_LINKS", 20),
            refresh: rate("PORTAL_LIMIT_REFRESH", 600),
            token_refresh: rate("PORTAL_LIMIT_TOKEN_REFRESH", 6000),
            profile_changes: rate("PORTAL_LIMIT_PROFILE_CHANGES", 60),
        }
    }
}
