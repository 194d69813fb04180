//! Signing up, in and out.

use serde_json::json;
use shared_types::{
    auth::{ChallengeView, LoginRequest, SessionView, SignupConfirmRequest, SignupRequest},
    page::DataView,
};

use super::{
    ApiError, Freshness, Read,
    transport::{post, post_for_nothing},
};

/// Who is signed in, if anybody.
pub async fn session() -> Result<SessionView, ApiError> {
    let read = Read::<DataView<SessionView>>::new("/api/auth/session");
    read.fetch(Freshness::Any).await.map(|answer| answer.data)
}

/// Signs in.
pub async fn login(request: &LoginRequest) -> Result<SessionView, ApiError> {
    post::<DataView<SessionView>>("/api/auth/login", request, None).await.map(|answer| answer.data)
}

/// Signs out; the session is dead everywhere afterwards.
pub async fn logout() -> Result<(), ApiError> {
    post_for_nothing("/api/auth/logout", &json!({})).await
}

/// Asks for an account; a code is mailed.
pub async fn signup(request: &SignupRequest, key: &str) -> Result<ChallengeView, ApiError> {
    post::<DataView<ChallengeView>>("/api/auth/signup", request, Some(key)).await.map(|answer| answer.data)
}

/// Proves the address with the mailed code and signs in.
pub async fn confirm_signup(request: &SignupConfirmRequest, key: &str) -> Result<SessionView, ApiError> {
    let path = "/api/auth/signup/confirm";
    post::<DataView<SessionView>>(path, request, Some(key)).await.map(|answer| answer.data)
}
