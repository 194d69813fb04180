//! What the operations of tokens have in common.

use actix_web::web::Json;
use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use sha2::{Digest, Sha256};
use shared_types::{
    ids::{SessionId, UserId},
    problem::ProblemCode,
    token::{TokenType, TokenView},
};

use crate::{
    app::App,
    error::{ApiError, ApiResult},
    tokens::LIFETIME,
};

/// Without origins that may use tokens there are none.
pub(super) fn require_open(app: &App) -> ApiResult<()> {
    if app.token_origins.is_empty() {
        let refused = ApiError::new(ProblemCode::Forbidden);
        return Err(refused.with_detail("This portal gives no tokens: its operator has named no origins."));
    }
    Ok(())
}

/// What the database knows of a refresh token.
pub(super) fn hash(token: &[u8; 32]) -> [u8; 32] {
    Sha256::digest(token).into()
}

/// The token that somebody sent, if it has the form of one.
pub(super) fn parse(text: &str) -> Option<[u8; 32]> {
    URL_SAFE_NO_PAD.decode(text).ok()?.try_into().ok()
}

/// A new access token and a refresh token.
pub(super) fn view(
    app: &App,
    user: UserId,
    session: SessionId,
    refresh: &[u8; 32],
) -> ApiResult<Json<TokenView>> {
    Ok(Json(TokenView {
        access_token: app.tokens.issue(user, session).map_err(ApiError::internal)?,
        token_type: TokenType::Bearer,
        expires_in: LIFETIME.as_secs(),
        refresh_token: URL_SAFE_NO_PAD.encode(refresh),
    }))
}
