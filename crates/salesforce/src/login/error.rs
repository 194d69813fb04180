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
    /// Any other code.
    Other,
}

impl LoginRefusal {
    pub(crate) fn new(code: &str, description: &str) -> Self {
        let code = match code {
            "invalid_grant" => LoginCode::InvalidGrant,
            "invalid_app_access" => LoginCode::InvalidAppAccess,
            "invalid_client_id" => LoginCode::InvalidClientId,
            "invalid_client" => LoginCode::InvalidClient,
            _ => LoginCode::Other,
        };
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

impl fmt::Display for LoginCode {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::InvalidGrant => "invalid_grant",
            Self::InvalidAppAccess => "invalid_app_access",
            Self::InvalidClientId => "invalid_client_id",
            Self::InvalidClient => "invalid_client",
            Self::Other => "unlisted code",
        })
    }
}

impl fmt::Debug for LoginRefusal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("LoginRefusal").field("code", &self.code).finish_non_exhaustive()
    }
}
