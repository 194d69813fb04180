//! Signing up, in and out.

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};

use crate::{
    ids::{ChallengeId, UserId},
    validate::{self, Validate},
    wire::Wire,
};

/// Asks for an account. The answer is the same whether or not the address has one already.
#[derive(Clone, Serialize, Deserialize, Wire, Validate)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct SignupRequest {
    /// Where the code is mailed to; the future login name.
    #[validate(custom(function = "validate::email"))]
    #[cfg_attr(feature = "openapi", schema(example = "ada@example.com", max_length = 254))]
    pub email: String,
    /// At least 12 characters, at most 128 bytes, not easily guessed.
    #[validate(custom(function = "validate::password"))]
    #[cfg_attr(feature = "openapi", schema(min_length = 12, max_length = 128, format = Password))]
    pub password: String,
    /// Given name.
    #[validate(custom(function = "validate::name"))]
    #[cfg_attr(feature = "openapi", schema(min_length = 1, max_length = 100))]
    pub first_name: String,
    /// Family name.
    #[validate(custom(function = "validate::name"))]
    #[cfg_attr(feature = "openapi", schema(min_length = 1, max_length = 100))]
    pub last_name: String,
    /// Name of the company, for invoices; may be empty.
    #[serde(default)]
    #[validate(custom(function = "validate::optional_name"))]
    #[cfg_attr(feature = "openapi", schema(max_length = 100))]
    pub company_name: String,
}

/// The code is on its way.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, Wire)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct ChallengeView {
    /// Goes back together with the code.
    pub challenge_id: ChallengeId,
    /// Until when the code works.
    pub expires_at: DateTime<Utc>,
}

/// Proves the address with the mailed code.
#[derive(Clone, Serialize, Deserialize, Wire, Validate)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct SignupConfirmRequest {
    /// From the answer to the sign-up.
    pub challenge_id: ChallengeId,
    /// The six digits of the mail.
    #[validate(custom(function = "validate::code"))]
    #[cfg_attr(feature = "openapi", schema(pattern = r"^\d{6}$", example = "123456"))]
    pub code: String,
}

/// Signs in.
#[derive(Clone, Serialize, Deserialize, Wire, Validate)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct LoginRequest {
    /// The address of the account.
    #[validate(custom(function = "validate::email"))]
    #[cfg_attr(feature = "openapi", schema(example = "ada@example.com", max_length = 254))]
    pub email: String,
    /// The portal's password.
    #[validate(custom(function = "validate::given_password"))]
    #[cfg_attr(feature = "openapi", schema(min_length = 1, max_length = 128, format = Password))]
    pub password: String,
}

/// Who is signed in.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, Wire)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct SessionUser {
    /// The user.
    pub id: UserId,
    /// Login name.
    pub email: String,
    /// Given name.
    pub first_name: String,
    /// Family name.
    pub last_name: String,
}

/// The state of the browser's session. Asking is no error for those who have none.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, Wire)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(tag = "state", rename_all = "snake_case")]
pub enum SessionView {
    /// Nobody is signed in.
    Anonymous,
    /// Somebody is.
    SignedIn {
        /// Who.
        user: SessionUser,
        /// When the password was last proved.
        auth_time: DateTime<Utc>,
        /// The session ends then if nothing happens before.
        idle_expires_at: DateTime<Utc>,
        /// The session ends then at the latest.
        expires_at: DateTime<Utc>,
    },
}

/// Keeps a password out of `Debug` output.
macro_rules! redacted_debug {
    ($($name:ident),+) => {$(
        impl std::fmt::Debug for $name {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                f.debug_struct(stringify!($name)).finish_non_exhaustive()
            }
        }
    )+};
}

redacted_debug!(SignupRequest, SignupConfirmRequest, LoginRequest);
