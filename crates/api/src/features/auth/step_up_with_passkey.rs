//! `POST /api/auth/step-up/passkey`

use actix_web::{HttpResponse, post, web::Data};
use shared_types::{
    auth::{PasskeyProofRequest, SessionView},
    page::DataView,
};

use super::passkey_proof::prove_passkey;
use crate::{
    app::App,
    audit::Event,
    domain::factor::{Factor, Factors},
    error::ApiResult,
    http::{
        body::ValidJson,
        origin::Origin,
        session::{Authenticated, CurrentUser},
    },
    openapi::{SignedInProblems, WriteProblems},
    store::CeremonyKind,
};

/// Proves by a passkey that it is still the same person: a new session takes the place of this one, which ends.
#[utoipa::path(
    operation_id = "step_up_with_passkey",
    tag = "auth",
    security(("session" = [])),
    request_body = PasskeyProofRequest,
    responses((status = 200, description = "Proved; the new cookie is set", body = DataView<SessionView>), SignedInProblems, WriteProblems)
)]
#[post("/auth/step-up/passkey")]
pub async fn step_up_with_passkey(
    app: Data<App>,
    user: CurrentUser,
    origin: Origin,
    body: ValidJson<PasskeyProofRequest>,
) -> ApiResult<HttpResponse> {
    prove_passkey(&app, CeremonyKind::StepUp, &user.ceremony_party(), &body.0, &origin).await?;
    let (token, data) = step_up(&app, &user, &origin).await?;
    super::end_former(&app, Some(&user)).await?;
    Ok(HttpResponse::Ok().cookie(app.cookies.set_session(&token)).json(DataView { data }))
}

async fn step_up(app: &App, user: &Authenticated, origin: &Origin) -> ApiResult<([u8; 32], SessionView)> {
    let tx = app.db.as_system().await?;
    let (session, view) =
        super::open_session(app, &tx, user.user_id, Factors::of(Factor::Passkey), origin).await?;
    tx.audit(Some(user.user_id)).append(&Event::SteppedUp.from_origin(origin)).await?;
    tx.commit().await?;
    Ok((session.token, view))
}
