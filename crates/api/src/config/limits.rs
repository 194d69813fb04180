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
    /// `PORTAL_LIMIT_LOGIN_ACCOUNT`: failed sign-ins per account from devices that it does not know, before each costs a wait.
    pub login_account: u32,
    /// `PORTAL_LIMIT_LOGIN_CAP`: tries, refused ones included, after which an account counts as under attack.
    pub login_cap: u32,
    /// `PORTAL_LIMIT_LOGIN_DEVICE`: failed sign-ins per account and known device, in a quarter of an hour.
    pub login_device: Rate,
    /// `PORTAL_LIMIT_LOGIN_SOURCE`: failed sign-ins per network and hour from unknown devices.
    pub login_source: Rate,
    /// `PORTAL_LIMIT_LOGIN_UNKNOWN`: failed sign-ins per hour from all unknown devices together.
    pub login_unknown: Rate,
    /// `PORTAL_LIMIT_FACTOR`: wrong codes of second factors per user and hour.
    pub factor: Rate,
    /// `PORTAL_LIMIT_NEW_DEVICE_CODE`: codes for new devices mailed to one address per hour.
    pub new_device_code: Rate,
    /// `PORTAL_LIMIT_SIGNUP_ADDRESS`: codes mailed to one address per hour.
    pub signup_address: Rate,
    /// `PORTAL_LIMIT_SIGNUP_SOURCE`: sign-ups per network and hour.
    pub signup_source: Rate,
    /// `PORTAL_LIMIT_CONFIRM_SOURCE`: codes tried per network and hour.
    pub confirm_source: Rate,
    /// `PORTAL_LIMIT_PASSKEY_SOURCE`: passkey ceremonies begun before sign-in, per network and hour.
    pub passkey_source: Rate,
    /// `PORTAL_LIMIT_PASSKEY_USER`: passkey ceremonies begun per user and hour.
    pub passkey_user: Rate,
    /// `PORTAL_LIMIT_SSO_LINKS`: links into WHMCS per user and hour.
    pub sso_links: Rate,
    /// `PORTAL_LIMIT_LINK_ACCOUNT`: tries to link one WHMCS address per hour.
    pub link_account: Rate,
    /// `PORTAL_LIMIT_LINK_SOURCE`: tries to link a WHMCS login per network and hour.
    pub link_source: Rate,
    /// `PORTAL_LIMIT_WHMCS_LOGINS`: wrong passwords that are passed on to WHMCS per hour, by everybody together.
    pub whmcs_logins: Rate,
    /// `PORTAL_LIMIT_REFRESH`: readings past the cache per user and hour.
    pub refresh: Rate,
    /// `PORTAL_LIMIT_TOKEN_REFRESH`: refresh tokens used or revoked per network and hour.
    pub token_refresh: Rate,
    /// `PORTAL_LIMIT_PROFILE_CHANGES`: changes of name and billing details per user and hour.
    pub profile_changes: Rate,
}

impl LimitsConfig {
    pub(super) fn read(reader: &mut Reader) -> Self {
        let login_account = reader.number("PORTAL_LIMIT_LOGIN_ACCOUNT", 10, 1..=1_000_000);
        let login_cap = reader.number("PORTAL_LIMIT_LOGIN_CAP", 100, 1..=1_000_000);
        let mut rate = |name, default| Rate { per_hour: reader.number(name, default, 1..=1_000_000) };
        Self {
            login_account,
            login_cap,
            login_device: rate("PORTAL_LIMIT_LOGIN_DEVICE", 10),
            login_source: rate("PORTAL_LIMIT_LOGIN_SOURCE", 30),
            login_unknown: rate("PORTAL_LIMIT_LOGIN_UNKNOWN", 3_000),
            factor: rate("PORTAL_LIMIT_FACTOR", 20),
            new_device_code: rate("PORTAL_LIMIT_NEW_DEVICE_CODE", 5),
            signup_address: rate("PORTAL_LIMIT_SIGNUP_ADDRESS", 5),
            signup_source: rate("PORTAL_LIMIT_SIGNUP_SOURCE", 20),
            confirm_source: rate("PORTAL_LIMIT_CONFIRM_SOURCE", 60),
            passkey_source: rate("PORTAL_LIMIT_PASSKEY_SOURCE", 300),
            passkey_user: rate("PORTAL_LIMIT_PASSKEY_USER", 60),
            sso_links: rate("PORTAL_LIMIT_SSO_LINKS", 20),
            link_account: rate("PORTAL_LIMIT_LINK_ACCOUNT", 10),
            link_source: rate("PORTAL_LIMIT_LINK_SOURCE", 30),
            whmcs_logins: rate("PORTAL_LIMIT_WHMCS_LOGINS", 120),
            refresh: rate("PORTAL_LIMIT_REFRESH", 600),
            token_refresh: rate("PORTAL_LIMIT_TOKEN_REFRESH", 6000),
            profile_changes: rate("PORTAL_LIMIT_PROFILE_CHANGES", 60),
        }
    }
}
