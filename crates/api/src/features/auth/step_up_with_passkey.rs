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
    domain::factor::Factor,
    error::ApiResult,
    http::{
        body::ValidJson,
        origin::Origin,
        session::{Authenticated, CurrentUser, OpenedSession},
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
    Ok(super::login::answer(&app, step_up(&app, &user, &origin).await?))
}

async fn step_up(
    app: &App,
    user: &Authenticated,
    origin: &Origin,
) -> ApiResult<(OpenedSession, SessionView)> {
    let tx = app.db.as_system().await?;
    let factors = user.factors.clone().and(Factor::Passkey);
    let session = app.sessions.renew(&tx, user, factors, origin).await?;
    let view = super::signed_in_view(&tx, user.user_id, &session.row).await?;
    tx.audit(Some(user.user_id)).append(&Event::SteppedUp.from_origin(origin)).await?;
    tx.commit().await?;
    app.sessions.announce_end(user);
    Ok((session, view))
}
