//! `GET /api/auth/jwks.json`

use actix_web::{HttpResponse, get, http::header, web::Data};
use shared_types::token::{JwkView, JwksView};

use super::tokens;
use crate::{app::App, error::ApiResult, http::headers::PUBLIC_FOR_AN_HOUR, openapi::PublicReadProblems};

/// The public keys with which access tokens can be checked. A valid signature does not say that the session is still alive: that only
/// the portal can tell.
#[utoipa::path(
    operation_id = "get_jwks",
    tag = "tokens",
    responses((status = 200, description = "The keys", body = JwksView), PublicReadProblems)
)]
#[get("/auth/jwks.json")]
pub async fn get_jwks(app: Data<App>) -> ApiResult<HttpResponse> {
    tokens::require_open(&app)?;
    let key = |key: &crate::crypto::PublicKey| JwkView {
        kty: "OKP".to_owned(),
        crv: "Ed25519".to_owned(),
        alg: "EdDSA".to_owned(),
        purpose: "sig".to_owned(),
        kid: key.id.clone(),
        x: key.x.clone(),
    };
    let keys = app.tokens.public_keys().map(key).collect();
    Ok(HttpResponse::Ok().insert_header((header::CACHE_CONTROL, PUBLIC_FOR_AN_HOUR)).json(JwksView { keys }))
}
