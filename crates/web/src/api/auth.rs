//! Signing up, in and out; proving who one is; linking a login of the billing system.

use shared_types::{
    auth::{
        AuthOptionsView, ChallengeView, ConfirmCodeRequest, ForgotPasswordRequest, LoginRequest, MfaRequest,
        PasskeyCeremonyView, PasskeyProofRequest, ResetPasswordRequest, SessionView, SignupRequest,
        StepUpRequest,
    },
    link::{LinkConfirmRequest, LinkRequest, LinkView, SetPasswordRequest},
    page::DataView,
};

use super::{
    ApiError, Freshness, Read,
    transport::{data_of, done, get, post, post_nothing},
};

/// Where signing in at the billing system begins: a page of the portal's server that leads there.
pub const LINK_START: &str = "/api/auth/link-whmcs/start";

/// Who is signed in, if anybody.
pub async fn session() -> Result<SessionView, ApiError> {
    data_of(get("/api/auth/session", Freshness::Any)).await
}

/// Signs in, or gets as far as the second proof.
pub async fn login(request: &LoginRequest) -> Result<SessionView, ApiError> {
    data_of(post("/api/auth/login", request, None)).await
}

/// Gives the second proof.
pub async fn login_mfa(request: &MfaRequest) -> Result<SessionView, ApiError> {
    data_of(post("/api/auth/login/mfa", request, None)).await
}

/// Has the code for a new device mailed once more.
pub async fn resend_code() -> Result<(), ApiError> {
    done(post_nothing("/api/auth/login/mfa/resend", None)).await
}

/// What a passkey is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum PasskeyUse {
    /// Signing in, or the second proof of a sign-in.
    Login,
    /// A fresh proof.
    StepUp,
}

impl PasskeyUse {
    const fn path(self) -> &'static str {
        match self {
            Self::Login => "/api/auth/login/passkey",
            Self::StepUp => "/api/auth/step-up/passkey",
        }
    }
}

/// What the browser's passkey dialog needs.
pub async fn passkey_options(use_for: PasskeyUse) -> Result<PasskeyCeremonyView, ApiError> {
    data_of(post_nothing(&format!("{}/options", use_for.path()), None)).await
}

/// What came out of the dialog.
pub async fn passkey_proof(
    use_for: PasskeyUse,
    request: &PasskeyProofRequest,
) -> Result<SessionView, ApiError> {
    data_of(post(use_for.path(), request, None)).await
}

/// A fresh proof.
pub async fn step_up(request: &StepUpRequest) -> Result<SessionView, ApiError> {
    data_of(post("/api/auth/step-up", request, None)).await
}

/// Signs out; the session is dead everywhere afterwards.
pub async fn logout() -> Result<(), ApiError> {
    done(post_nothing("/api/auth/logout", None)).await
}

/// Asks for an account; a code is mailed.
pub async fn signup(request: &SignupRequest, key: &str) -> Result<ChallengeView, ApiError> {
    data_of(post("/api/auth/signup", request, Some(key))).await
}

/// Proves the address with the mailed code and signs in.
pub async fn confirm_signup(request: &ConfirmCodeRequest, key: &str) -> Result<SessionView, ApiError> {
    data_of(post("/api/auth/signup/confirm", request, Some(key))).await
}

/// Asks for a code to replace the password.
pub async fn forgot_password(request: &ForgotPasswordRequest, key: &str) -> Result<ChallengeView, ApiError> {
    data_of(post("/api/auth/forgot-password", request, Some(key))).await
}

/// Replaces the password.
pub async fn reset_password(request: &ResetPasswordRequest, key: &str) -> Result<(), ApiError> {
    done(post("/api/auth/reset-password", request, Some(key))).await
}

const LINK: &str = "/api/auth/link-whmcs";

/// Which ways in there are beside the portal's own password.
pub fn options() -> Read<DataView<AuthOptionsView>> {
    Read::new("/api/auth/options")
}

/// How far linking has come in this browser, if it has begun.
pub fn link() -> Read<DataView<Option<LinkView>>> {
    Read::new(LINK)
}

/// Proves a login of the billing system.
pub async fn start_link(request: &LinkRequest, key: &str) -> Result<LinkView, ApiError> {
    data_of(post(LINK, request, Some(key))).await
}

/// Proves the address of that login.
pub async fn confirm_link(request: &LinkConfirmRequest, key: &str) -> Result<LinkView, ApiError> {
    data_of(post("/api/auth/link-whmcs/confirm", request, Some(key))).await
}

/// Ends linking with the portal's own password.
pub async fn set_password(request: &SetPasswordRequest, key: &str) -> Result<SessionView, ApiError> {
    data_of(post("/api/auth/set-password", request, Some(key))).await
}
