//! Signing in and up, and proving who one is: what the pages do, and what that means for what is cached.

use shared_types::{
    auth::{
        ChallengeView, ConfirmCodeRequest, ForgotPasswordRequest, LoginRequest, MfaRequest,
        PasskeyProofRequest, ResetPasswordRequest, SessionView, SignupRequest, StepUpRequest,
    },
    link::{LinkConfirmRequest, LinkRequest, LinkView, SetPasswordRequest},
};

use super::QueryClient;
use crate::{
    api::{self, ApiError, auth::PasskeyUse},
    i18n::Message,
    passkeys::{self, PasskeyTrouble},
    session::Farewell,
};

pub use crate::api::auth::LINK_START;

/// Takes over who is signed in. Whatever was cached for somebody else is gone before the new person's pages open.
fn enter(client: QueryClient, view: SessionView) {
    client.clear();
    client.session().accept(view);
}

/// Signs in, or gets as far as the second proof.
pub async fn sign_in(client: QueryClient, request: LoginRequest) -> Result<(), ApiError> {
    enter(client, api::auth::login(&request).await?);
    Ok(())
}

/// Gives the second proof of a sign-in.
pub async fn second_factor(request: MfaRequest) -> Result<SessionView, ApiError> {
    api::auth::login_mfa(&request).await
}

/// Has the code for a new device mailed once more.
pub async fn resend_code() -> Result<(), ApiError> {
    api::auth::resend_code().await
}

/// Takes over a session that a second proof has opened.
pub fn signed_in(client: QueryClient, view: SessionView) {
    enter(client, view);
}

/// A fresh proof in the middle of a session.
pub async fn step_up(request: StepUpRequest) -> Result<SessionView, ApiError> {
    api::auth::step_up(&request).await
}

/// Why a passkey did not work.
#[derive(Debug)]
pub enum PasskeyError {
    /// The portal said so.
    Portal(ApiError),
    /// The browser or the customer did.
    Browser(PasskeyTrouble),
}

impl PasskeyError {
    /// In words.
    pub fn message(&self) -> Message {
        match self {
            Self::Portal(error) => crate::i18n::message_of(error),
            Self::Browser(trouble) => crate::i18n::passkey_trouble(*trouble),
        }
    }
}

impl From<ApiError> for PasskeyError {
    fn from(error: ApiError) -> Self {
        Self::Portal(error)
    }
}

/// Proves by a passkey: to sign in, as its second proof, or anew.
pub async fn prove_by_passkey(step_up: bool) -> Result<SessionView, PasskeyError> {
    let use_for = if step_up { PasskeyUse::StepUp } else { PasskeyUse::Login };
    let ceremony = api::auth::passkey_options(use_for).await?;
    let credential = passkeys::get(&ceremony.options).await.map_err(PasskeyError::Browser)?;
    let request = PasskeyProofRequest { ceremony_id: ceremony.ceremony_id, credential };
    Ok(api::auth::passkey_proof(use_for, &request).await?)
}

/// Signs out and forgets what was read.
pub async fn sign_out(client: QueryClient) -> Result<(), ApiError> {
    api::auth::logout().await?;
    client.clear();
    client.session().forget(Farewell::SignedOut);
    Ok(())
}

/// Asks for an account.
pub async fn sign_up(request: SignupRequest, key: String) -> Result<ChallengeView, ApiError> {
    api::auth::signup(&request, &key).await
}

/// Proves the address and signs in.
pub async fn confirm_signup(
    client: QueryClient,
    request: ConfirmCodeRequest,
    key: String,
) -> Result<(), ApiError> {
    enter(client, api::auth::confirm_signup(&request, &key).await?);
    Ok(())
}

/// Asks for a code to replace the password.
pub async fn forgot_password(request: ForgotPasswordRequest, key: String) -> Result<ChallengeView, ApiError> {
    api::auth::forgot_password(&request, &key).await
}

/// Replaces the password; every session has ended then.
pub async fn reset_password(
    client: QueryClient,
    request: ResetPasswordRequest,
    key: String,
) -> Result<(), ApiError> {
    api::auth::reset_password(&request, &key).await?;
    client.clear();
    client.session().forget(Farewell::PasswordReset);
    Ok(())
}

/// Proves a login of the billing system. What was known of linking before was about another login, or none.
pub async fn start_link(
    client: QueryClient,
    request: LinkRequest,
    key: String,
) -> Result<LinkView, ApiError> {
    let view = api::auth::start_link(&request, &key).await?;
    client.clear();
    Ok(view)
}

/// Proves the address of that login.
pub async fn confirm_link(
    client: QueryClient,
    request: LinkConfirmRequest,
    key: String,
) -> Result<LinkView, ApiError> {
    let view = api::auth::confirm_link(&request, &key).await?;
    client.clear();
    Ok(view)
}

/// Ends linking and signs in.
pub async fn set_password(
    client: QueryClient,
    request: SetPasswordRequest,
    key: String,
) -> Result<(), ApiError> {
    enter(client, api::auth::set_password(&request, &key).await?);
    Ok(())
}
