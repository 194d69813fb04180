//! Signing up, in and out; proving who one is.

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};

use crate::{
    account::CurrentAccountView,
    ids::{ChallengeId, UserId},
    validate::{self, Validate},
    wire::Wire,
};

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
pub(crate) use redacted_debug;

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

/// Proves an address with the mailed code.
#[derive(Clone, Serialize, Deserialize, Wire, Validate)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct ConfirmCodeRequest {
    /// From the answer of the operation that mailed the code.
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

/// A proof that somebody can give in addition to the password.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize, Wire)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum SecondFactor {
    /// A passkey (WebAuthn).
    Passkey,
    /// The code of an authenticator app (RFC 6238).
    Totp,
    /// One of the ten codes that were shown when the second factor was set up.
    RecoveryCode,
    /// A code mailed to the address, for a device that signs in for the first time.
    EmailCode,
}

/// The state of the browser's session. Asking is no error for those who have none.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, Wire)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(tag = "state", rename_all = "snake_case")]
pub enum SessionView {
    /// Nobody is signed in.
    Anonymous,
    /// The password was right, and a second proof is due. The cookie is good for that alone.
    MfaPending {
        /// What can be given, the best first.
        methods: Vec<SecondFactor>,
        /// Must be given before this time; afterwards the password is asked for again.
        expires_at: DateTime<Utc>,
    },
    /// Somebody is.
    SignedIn {
        /// Who.
        user: SessionUser,
        /// The account that the session acts for, once there is one.
        account: Option<CurrentAccountView>,
        /// There are other accounts that the person may act for.
        can_switch: bool,
        /// Whether a second factor is set up: then steps that need a fresh proof take that instead of the password.
        second_factors: Vec<SecondFactor>,
        /// When a proof was last given.
        auth_time: DateTime<Utc>,
        /// The session ends then if nothing happens before.
        idle_expires_at: DateTime<Utc>,
        /// The session ends then at the latest.
        expires_at: DateTime<Utc>,
    },
}

/// The second proof of a sign-in. Passkeys have operations of their own.
#[derive(Clone, Serialize, Deserialize, Wire, Validate)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct MfaRequest {
    /// Which of the methods that the sign-in named.
    pub method: SecondFactor,
    /// Six digits, or a recovery code.
    #[validate(custom(function = "validate::factor_code"))]
    #[cfg_attr(feature = "openapi", schema(min_length = 6, max_length = 32, example = "123456"))]
    pub code: String,
}

/// How a signed-in person proves anew that it is them. Passkeys have operations of their own.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, Wire)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum StepUpMethod {
    /// The portal's password; only for those without a second factor.
    Password,
    /// The code of an authenticator app.
    Totp,
    /// A recovery code.
    RecoveryCode,
}

/// A fresh proof in the middle of a session.
#[derive(Clone, Serialize, Deserialize, Wire, Validate)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct StepUpRequest {
    /// How.
    pub method: StepUpMethod,
    /// The password or the code.
    #[validate(custom(function = "validate::given_password"))]
    #[cfg_attr(feature = "openapi", schema(min_length = 1, max_length = 128, format = Password))]
    pub proof: String,
}

/// What a browser hands to its WebAuthn API, and the name of the ceremony that goes back with the outcome.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, Wire)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct PasskeyCeremonyView {
    /// Goes back with the outcome; works once, for five minutes.
    pub ceremony_id: ChallengeId,
    /// `PublicKeyCredentialCreationOptionsJSON` or `PublicKeyCredentialRequestOptionsJSON` (WebAuthn level 3) as JSON
    /// text, for `PublicKeyCredential.parseCreationOptionsFromJSON` and `parseRequestOptionsFromJSON`.
    pub options: String,
}

/// The outcome of a passkey ceremony in the browser: a sign-in, or a second or fresh proof.
#[derive(Clone, Serialize, Deserialize, Wire, Validate)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct PasskeyProofRequest {
    /// From the options.
    pub ceremony_id: ChallengeId,
    /// The credential's `toJSON()` as JSON text.
    #[validate(length(min = 1, max = 16384))]
    #[cfg_attr(feature = "openapi", schema(min_length = 1, max_length = 16384))]
    pub credential: String,
}

/// Asks for a code with which the password can be replaced. The answer is the same whether or not there is an account.
#[derive(Clone, Serialize, Deserialize, Wire, Validate)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct ForgotPasswordRequest {
    /// The address of the account.
    #[validate(custom(function = "validate::email"))]
    #[cfg_attr(feature = "openapi", schema(example = "ada@example.com", max_length = 254))]
    pub email: String,
}

/// Replaces the password by means of the mailed code.
#[derive(Clone, Serialize, Deserialize, Wire, Validate)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct ResetPasswordRequest {
    /// From the answer to the request for a code, or from the mailed link's fragment.
    pub challenge_id: ChallengeId,
    /// The six digits of the mail.
    #[validate(custom(function = "validate::code"))]
    #[cfg_attr(feature = "openapi", schema(pattern = r"^\d{6}$", example = "123456"))]
    pub code: String,
    /// The new password.
    #[validate(custom(function = "validate::password"))]
    #[cfg_attr(feature = "openapi", schema(min_length = 12, max_length = 128, format = Password))]
    pub password: String,
}

/// Which ways in this portal offers beside its own password.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, Wire)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct AuthOptionsView {
    /// A WHMCS login can be linked by signing in at WHMCS (OpenID Connect).
    pub oidc: bool,
}

redacted_debug!(
    SignupRequest,
    ConfirmCodeRequest,
    LoginRequest,
    MfaRequest,
    StepUpRequest,
    PasskeyProofRequest,
    ForgotPasswordRequest,
    ResetPasswordRequest
);
