//! `POST /api/auth/token/revoke`

use actix_web::{HttpResponse, post, web::Data};
use shared_types::token::RefreshTokenRequest;

use super::tokens;
use crate::{
    app::App,
    audit::Event,
    error::ApiResult,
    http::{body::ValidJson, origin::Origin},
    limits::Action,
    openapi::WriteProblems,
};

/// Ends the sign-in that a refresh token belongs to, with all its tokens. A token that is none is no error (RFC 7009, 2.2).
#[utoipa::path(
    operation_id = "revoke_token",
    tag = "tokens",
    request_body = RefreshTokenRequest,
    responses((status = 204, description = "There is no such token any more"), WriteProblems)
)]
#[post("/auth/token/revoke")]
pub async fn revoke_token(
    app: Data<App>,
    origin: Origin,
    body: ValidJson<RefreshTokenRequest>,
) -> ApiResult<HttpResponse> {
    tokens::require_open(&app)?;
    app.limits.take(Action::TokenRefresh, &origin.network).await?;
    if let Some(token) = tokens::parse(&body.0.refresh_token) {
        let tx = app.db.as_system().await?;
        if let Some((session, user)) = tx.refresh_tokens().session_of(&tokens::hash(&token)).await? {
            if tx.sessions_of(user).revoke(session).await? {
                tx.audit(Some(user)).append(&Event::SignedOut.from_origin(&origin)).await?;
            }
            tx.commit().await?;
            app.sessions.announce_end_of_tokens(session);
        }
    }
    Ok(HttpResponse::NoContent().finish())
}
