//! `POST /api/auth/token/refresh`

use actix_web::{
    post,
    web::{Data, Json},
};
use shared_types::{
    ids::{SessionId, UserId},
    problem::ProblemCode,
    token::{RefreshTokenRequest, TokenView},
};

use super::tokens;
use crate::{
    app::App,
    audit::Event,
    error::{ApiError, ApiResult},
    http::{body::ValidJson, origin::Origin},
    limits::Action,
    openapi::{SignedInProblems, WriteProblems},
    store::Rotation,
};

/// New tokens for a refresh token, which works once.
///
/// One at a time: a front end waits for the answer before it refreshes again. If the answer is lost the same token may be sent once more,
/// as long as nothing of the lost answer was used to refresh. A token that was used and followed up by its successor is `auth.required`,
/// and so are all others of the sign-in from then on: somebody else may have one.
#[utoipa::path(
    operation_id = "refresh_token",
    tag = "tokens",
    request_body = RefreshTokenRequest,
    responses((status = 200, description = "The new tokens", body = TokenView), SignedInProblems, WriteProblems)
)]
#[post("/auth/token/refresh")]
pub async fn refresh_token(
    app: Data<App>,
    origin: Origin,
    body: ValidJson<RefreshTokenRequest>,
) -> ApiResult<Json<TokenView>> {
    tokens::require_open(&app)?;
    app.limits.take(Action::TokenRefresh, &origin.network).await?;
    let ended = || ApiError::new(ProblemCode::AuthRequired);
    let token = tokens::parse(&body.0.refresh_token).ok_or_else(ended)?;
    let successor = app.random.token();
    let tx = app.db.as_system().await?;
    let rotation = tx.refresh_tokens().rotate(&tokens::hash(&token), &tokens::hash(&successor)).await?;
    match rotation {
        Rotation::Unknown => Err(ended()),
        Rotation::Reused { session, user } => {
            drop(tx);
            end_family(&app, session, user, &origin).await?;
            Err(ended())
        }
        Rotation::Rotated { session, user } => {
            // What is left of the session's time is the refresh token's.
            if !app.sessions.touch_for_tokens(&tx, session).await? {
                return Err(ended());
            }
            tx.commit().await?;
            tokens::view(&app, user, session, &successor)
        }
    }
}

/// Two parties hold tokens of one sign-in.
async fn end_family(app: &App, session: SessionId, user: UserId, origin: &Origin) -> ApiResult<()> {
    let tx = app.db.as_system().await?;
    if tx.sessions_of(user).revoke(session).await? {
        tracing::warn!("a refresh token was used twice: its session ends");
        tx.audit(Some(user)).append(&Event::TokenReused.from_origin(origin)).await?;
    }
    tx.commit().await?;
    app.sessions.announce_end_of_tokens(session);
    Ok(())
}
