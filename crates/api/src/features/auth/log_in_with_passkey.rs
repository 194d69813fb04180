//! `POST /api/auth/login/passkey`

use actix_web::{HttpResponse, post, web::Data};
use shared_types::{
    auth::{PasskeyProofRequest, SessionView},
    ids::UserId,
    page::DataView,
};

use super::passkey_proof::prove_passkey;
use crate::{
    app::App,
    audit::Event,
    domain::factor::{Factor, Factors},
    error::ApiResult,
    http::{body::ValidJson, idempotency::BrowserMark, origin::Origin, session::MaybeUser},
    limits::Action,
    openapi::WriteProblems,
    store::{CeremonyKind, CeremonyParty},
};

/// Signs in by a passkey: sets the session cookie, ends the session that the browser had before.
///
/// The authenticator must have checked who holds it, so that no other factor is asked for. An unknown key, one of somebody who may not
/// sign in and a wrong answer are told apart by nobody.
#[utoipa::path(
    operation_id = "log_in_with_passkey",
    tag = "auth",
    request_body = PasskeyProofRequest,
    responses((status = 200, description = "Signed in; the cookie is set", body = DataView<SessionView>), WriteProblems)
)]
#[post("/auth/login/passkey")]
pub async fn log_in_with_passkey(
    app: Data<App>,
    former: MaybeUser,
    browser: BrowserMark,
    origin: Origin,
    body: ValidJson<PasskeyProofRequest>,
) -> ApiResult<HttpResponse> {
    app.limits.take(Action::LoginSource, &origin.network).await?;
    let party = CeremonyParty::Browser(browser.hash());
    let user = prove_passkey(&app, CeremonyKind::SignIn, &party, &body.0, &origin).await?;
    let (token, data) = sign_in(&app, user, &origin).await?;
    super::end_former(&app, former.0.as_deref()).await?;
    Ok(HttpResponse::Ok().cookie(app.cookies.set_session(&token)).json(DataView { data }))
}

async fn sign_in(app: &App, user: UserId, origin: &Origin) -> ApiResult<([u8; 32], SessionView)> {
    let tx = app.db.as_system().await?;
    let (session, view) = super::open_session(app, &tx, user, Factors::of(Factor::Passkey), origin).await?;
    tx.audit(Some(user)).append(&Event::SignedIn.from_origin(origin)).await?;
    tx.commit().await?;
    Ok((session.token, view))
}
