//! Signing up, in and out.

use shared_types::{
    auth::{ChallengeView, ConfirmCodeRequest, LoginRequest, SessionView, SignupRequest},
    page::DataView,
};

use super::{
    ApiError, Freshness,
    transport::{get, post, post_nothing},
};

/// Who is signed in, if anybody.
pub async fn session() -> Result<SessionView, ApiError> {
    let reply = get("/api/auth/session", Freshness::Any).await?;
    reply.decode::<DataView<SessionView>>().map(|answer| answer.data)
}

/// Signs in.
pub async fn login(request: &LoginRequest) -> Result<SessionView, ApiError> {
    let reply = post("/api/auth/login", request, None).await?;
    reply.decode::<DataView<SessionView>>().map(|answer| answer.data)
}

/// Signs out; the session is dead everywhere afterwards.
pub async fn logout() -> Result<(), ApiError> {
    post_nothing("/api/auth/logout").await.map(|_| ())
}

/// Asks for an account; a code is mailed.
pub async fn signup(request: &SignupRequest, key: &str) -> Result<ChallengeView, ApiError> {
    let reply = post("/api/auth/signup", request, Some(key)).await?;
    reply.decode::<DataView<ChallengeView>>().map(|answer| answer.data)
}

/// Proves the address with the mailed code and signs in.
pub async fn confirm_signup(request: &ConfirmCodeRequest, key: &str) -> Result<SessionView, ApiError> {
    let reply = post("/api/auth/signup/confirm", request, Some(key)).await?;
    reply.decode::<DataView<SessionView>>().map(|answer| answer.data)
}
