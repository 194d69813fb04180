//! `POST /api/auth/login/passkey/options`

use actix_web::{HttpResponse, post, web::Data};
use shared_types::{auth::PasskeyCeremonyView, page::DataView};

use super::passkey_proof::{begin_proof, sign_in_party};
use crate::{
    app::App,
    error::ApiResult,
    http::{idempotency::BrowserMark, origin::Origin, pending::Presented},
    limits::Action,
    openapi::WriteProblems,
};

/// Begins a sign-in by a passkey alone: no address is asked for, the key says whose it is. After a password, begins the second proof by one
/// of the person's passkeys.
///
/// The answer must come from the same browser, which is known by its mark; one that has none yet gets it here.
#[utoipa::path(
    operation_id = "begin_passkey_login",
    tag = "auth",
    responses((status = 200, description = "What the browser asks the authenticator", body = DataView<PasskeyCeremonyView>), WriteProblems)
)]
#[post("/auth/login/passkey/options")]
pub async fn begin_passkey_login(
    app: Data<App>,
    presented: Presented,
    browser: BrowserMark,
    origin: Origin,
) -> ApiResult<HttpResponse> {
    let (kind, party) = sign_in_party(&app, &presented, &browser).await?;
    match party.user() {
        Some(user) => app.limits.take(Action::PasskeyUser, &user.to_string()).await?,
        None => app.limits.take(Action::PasskeySource, &origin.network).await?,
    }
    let data = begin_proof(&app, kind, party).await?;
    let mut answer = HttpResponse::Ok();
    if let Some(cookie) = browser.cookie {
        answer.cookie(cookie);
    }
    Ok(answer.json(DataView { data }))
}
