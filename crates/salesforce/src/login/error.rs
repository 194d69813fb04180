//! Why there is no session. Prints no upstream text.

use std::fmt;

use crate::key::KeyError;
use crate::refusal::excerpt;

/// Why there is no session.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum LoginError {
    /// The private key could not be used.
    #[error("{0}")]
    Key(KeyError),
    /// The token endpoint refused us: for operators to put right. Remembered for 30 s, without further calls.
    #[error("Salesforce login misconfigured ({})", .0.code)]
    Misconfigured(LoginRefusal),
    /// The token endpoint was not reached, failed or did not answer in time.
    #[error("the token endpoint does not answer")]
    Unavailable,
    /// The token endpoint's answer is none: a redirect, HTML, cut JSON, missing members.
    #[error("the token endpoint's answer is not understood")]
    InvalidAnswer,
    /// `instance_url` is not https (nor http while the login URL is), so no token may be sent there.
    #[error("the token endpoint names an instance that must not be trusted")]
    UntrustedInstance,
    /// The session had ended when a body arrived that cannot be sent twice. Nothing was carried out; the next call logs
    /// in.
    #[error("the session had ended")]
    SessionExpired,
    /// A fresh session was refused, or one that no new login can cure.
    #[error("integration session refused")]
    SessionRefused,
}

/// A refusal by the token endpoint.
#[derive(Clone, PartialEq, Eq)]
pub struct LoginRefusal {
    pub(crate) code: LoginCode,
    description: String,
}

/// OAuth error codes that the JWT bearer flow gives.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum LoginCode {
    /// Wrong audience, expired assertion (clock?), wrong key, or the user has not approved the app.
    InvalidGrant,
    /// The integration user is not pre-authorised for the app.
    InvalidAppAccess,
    /// Unknown consumer key.
    InvalidClientId,
    /// The app's client authentication failed.
    InvalidClient,
    /// The app may not use this flow.
    UnauthorizedClient,
    /// The token endpoint knows no JWT bearer flow.
    UnsupportedGrantType,
    /// The request lacks something or is malformed.
    InvalidRequest,
    /// The app's approved scopes hold none that a token can be issued for.
    InvalidScope,
    /// The integration user is deactivated or frozen.
    InactiveUser,
    /// The org is locked, closed or suspended.
    InactiveOrg,
    /// Too many logins of this user or app.
    RateLimitExceeded,
    /// Any other code.
    Other,
}

impl LoginRefusal {
    pub(crate) fn new(code: &str, description: &str) -> Self {
        let code = LoginCode::ALL.into_iter().find(|known| known.name() == code).unwrap_or(LoginCode::Other);
        Self { code, description: excerpt(description) }
    }

    /// What kind of refusal.
    #[must_use]
    pub fn code(&self) -> LoginCode {
        self.code
    }

    /// Salesforce's `error_description`, cut to 4 KiB, for an operator's eyes only.
    #[must_use]
    pub fn raw_for_diagnosis(&self) -> &str {
        &self.description
    }
}

impl LoginCode {
    const ALL: [Self; 11] = [
        Self::InvalidGrant,
        Self::InvalidAppAccess,
        Self::InvalidClientId,
        Self::InvalidClient,
        Self::UnauthorizedClient,
        Self::UnsupportedGrantType,
        Self::InvalidRequest,
        Self::InvalidScope,
        Self::InactiveUser,
        Self::InactiveOrg,
        Self::RateLimitExceeded,
    ];

    fn name(self) -> &'static str {
        match self {
            Self::InvalidGrant => "invalid_grant",
            Self::InvalidAppAccess => "invalid_app_access",
            Self::InvalidClientId => "invalid_client_id",
            Self::InvalidClient => "invalid_client",
            Self::UnauthorizedClient => "unauthorized_client",
            Self::UnsupportedGrantType => "unsupported_grant_type",
            Self::InvalidRequest => "invalid_request",
            Self::InvalidScope => "invalid_scope",
            Self::InactiveUser => "inactive_user",
            Self::InactiveOrg => "inactive_org",
            Self::RateLimitExceeded => "rate_limit_exceeded",
            Self::Other => "unlisted code",
        }
    }

    /// What an operator should check. Changes of an app take two to ten minutes to apply.
    #[must_use]
    pub fn advice(self) -> &'static str {
        match self {
            Self::InvalidGrant => {
                "check, in this order: the audience (login or test host, https, no trailing slash), this machine's \
                 clock, that the app has the certificate of this private key, that the user is active and has \
                 approved the app or is pre-authorised"
            }
            Self::InvalidAppAccess => {
                "pre-authorise the integration user: assign the app to its profile or permission set"
            }
            Self::InvalidClientId => "check the consumer key, and that the app is installed in this org",
            Self::InvalidClient | Self::UnauthorizedClient => {
                "check the consumer key, and that the app allows the JWT bearer flow with digital signatures"
            }
            Self::UnsupportedGrantType | Self::InvalidRequest => {
                "check that the login URL is the org's token host"
            }
            Self::InvalidScope => "give the app the scopes \"api\" and \"refresh_token, offline_access\"",
            Self::InactiveUser => "activate or unfreeze the integration user",
            Self::InactiveOrg => "the org is locked, closed or suspended: ask Salesforce",
            Self::RateLimitExceeded => "too many logins: look for another program that logs in as this user",
            Self::Other => "see Salesforce's own description",
        }
    }
}

impl fmt::Display for LoginCode {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

impl fmt::Debug for LoginRefusal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("LoginRefusal").field("code", &self.code).finish_non_exhaustive()
    }
}
