//! Why Salesforce gives no session, and what to do about it.
//!
//! One error code stands for many mistakes. Only Salesforce's description tells them apart, so it is looked at here, for a diagnosis;
//! nothing but the choice of our own text rests on it, and it is never printed.

use salesforce::{LoginCode, LoginError, LoginRefusal};

use super::STEPS;
use crate::doctor::{Check, Code};

/// New apps and changed policies travel slowly.
const WAIT: &str = "If that was changed less than 10 minutes ago, wait: Salesforce needs 2 to 10 minutes";

/// A failed login.
pub(super) fn refused(error: &LoginError) -> Check {
    let (says, mend) = match error {
        LoginError::Misconfigured(refusal) => {
            let (says, mend) = explain(refusal);
            (says.to_owned(), format!("{mend}. {WAIT}"))
        }
        LoginError::Key(error) => {
            (error.to_string(), format!("make a new pair and upload its certificate ({STEPS}, step 3)"))
        }
        other => {
            let (says, mend) = broken(other);
            (says.to_owned(), mend.to_owned())
        }
    };
    Check::wrong(Code::SalesforceLogin, says, mend)
}

fn broken(error: &LoginError) -> (&'static str, &'static str) {
    match error {
        LoginError::Unavailable => (
            "the token endpoint fails or does not answer in time",
            "look at https://status.salesforce.com, and try again",
        ),
        LoginError::InvalidAnswer => (
            "what answers is no token endpoint of Salesforce",
            "set SF_LOGIN_URL to https://login.salesforce.com, https://test.salesforce.com or your My Domain address, without a path",
        ),
        LoginError::UntrustedInstance => (
            "the login names an instance without https, to which no token is sent",
            "set SF_LOGIN_URL to the real Salesforce",
        ),
        _ => (
            "the session is refused as soon as it is used",
            "Salesforce: Setup > Users: the user needs API Enabled (permission set Customer Portal Integration); External Client App Manager > Policies: IP Relaxation and login IP ranges have to allow this machine",
        ),
    }
}

fn explain(refusal: &LoginRefusal) -> (&'static str, &'static str) {
    let description = refusal.raw_for_diagnosis().to_ascii_lowercase();
    let says = |part: &str| description.contains(part);
    if says("not installed") {
        return (
            "the external client app is not installed in this organisation",
            "make the app in this very organisation, distribution state Local (a sandbox copied earlier lacks it), or install it there; SF_CLIENT_ID is that app's consumer key",
        );
    }
    match refusal.code() {
        LoginCode::InvalidGrant if says("audience") => (
            "Salesforce does not take the audience",
            "unset SF_AUDIENCE, or set it to https://login.salesforce.com (production) or https://test.salesforce.com (sandbox), https and no slash at the end",
        ),
        LoginCode::InvalidGrant if says("expired") => (
            "Salesforce takes the assertion for expired",
            "set this machine's clock: let it follow a time server (`timedatectl set-ntp true`)",
        ),
        LoginCode::InvalidGrant if says("assertion") => (
            "Salesforce cannot verify the assertion: the app's certificate is not that of this key, or its JWT flow is off",
            "Salesforce: Setup > External Client App Manager > the app > Settings > Flow Enablement: tick Enable JWT Bearer Flow and upload the certificate of the key in SF_PRIVATE_KEY_PATH",
        ),
        LoginCode::InvalidGrant if says("approved") => (
            "the user has not approved the app, or SF_USERNAME is no active user of this organisation",
            "Salesforce: Setup > External Client App Manager > the app > Policies: Permitted Users = Admin approved users are pre-authorized, and select the permission set Customer Portal Integration; Setup > Users: the user of SF_USERNAME is Active and not frozen (in a sandbox its name ends in the sandbox's)",
        ),
        LoginCode::InvalidAppAccess => (
            "the app does not let the integration user in",
            "assign the permission set Customer Portal Integration to the user of SF_USERNAME, and select it in External Client App Manager > the app > Policies > App Policies",
        ),
        LoginCode::InvalidClientId => (
            "this organisation knows no app with the consumer key of SF_CLIENT_ID",
            "copy the consumer key anew (External Client App Manager > the app > Settings > OAuth Settings), and look whether SF_LOGIN_URL is production or the sandbox that the app is in",
        ),
        LoginCode::InactiveUser => (
            "the integration user is inactive or frozen",
            "Salesforce: Setup > Users > the user: tick Active, Unfreeze",
        ),
        LoginCode::InactiveOrg => ("the organisation is locked or closed", "ask Salesforce's support"),
        LoginCode::RateLimitExceeded => (
            "the user logs in too often",
            "look in Setup > Login History for another program that logs in as the same user",
        ),
        LoginCode::InvalidScope => (
            "the app has no scope that a token can be given for",
            "Salesforce: External Client App Manager > the app > OAuth Settings: add the scopes api and refresh_token, offline_access",
        ),
        LoginCode::InvalidGrant => (
            "Salesforce refuses the assertion and does not say why",
            "look in Setup > Login History at the line of the user of SF_USERNAME: it has the reason in words",
        ),
        other => ("Salesforce refuses the login", other.advice()),
    }
}
