//! `POST /api/auth/login/passkey`

use actix_web::{HttpResponse, post, web::Data};
use shared_types::{
    auth::{PasskeyProofRequest, SessionView},
    ids::UserId,
    page::DataView,
    problem::ProblemCode,
};

use super::passkey_proof::{prove_passkey, sign_in_party};
use crate::{
    app::App,
    audit::Event,
    domain::factor::{Factor, Factors},
    error::{ApiError, ApiResult},
    http::{
        body::ValidJson,
        idempotency::BrowserMark,
        origin::Origin,
        pending::Presented,
        session::{Authenticated, OpenedSession},
    },
    limits::Action,
    openapi::WriteProblems,
    store::CeremonyKind,
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
    former: Presented,
    browser: BrowserMark,
    origin: Origin,
    body: ValidJson<PasskeyProofRequest>,
) -> ApiResult<HttpResponse> {
    app.limits.take(Action::LoginSource, &origin.network).await?;
    let (kind, party) = sign_in_party(&app, &former, &browser).await?;
    let user = prove_passkey(&app, kind, &party, &body.0, &origin).await?;
    let waiting = match &former {
        Presented::Pending(session) if kind == CeremonyKind::SecondFactor => Some(session),
        _ => None,
    };
    let opened = sign_in(&app, user, waiting.map(|session| &**session), &origin).await?;
    // Only failures count.
    app.limits.give_back(Action::LoginSource, &origin.network).await?;
    match waiting {
        Some(session) => app.sessions.announce_end(session),
        None => {
            former.end(&app).await?;
        }
    }
    app.jobs.wake();
    Ok(super::login::answer(&app, opened))
}

async fn sign_in(
    app: &App,
    user: UserId,
    waiting: Option<&Authenticated>,
    origin: &Origin,
) -> ApiResult<(OpenedSession, SessionView)> {
    let tx = app.db.as_system().await?;
    let mut factors = Factors::of(Factor::Passkey);
    if let Some(session) = waiting {
        // Of many parallel proofs one ends the wait.
        if tx.sessions_of(user).revoke(session.session_id).await?.is_none() {
            return Err(ApiError::new(ProblemCode::AuthRequired));
        }
        factors = session.factors.clone().and(Factor::Passkey);
    }
    let opened = super::complete_sign_in(app, &tx, user, factors, origin).await?;
    tx.audit(Some(user)).append(&Event::SignedIn.from_origin(origin)).await?;
    tx.commit().await?;
    Ok(opened)
}
