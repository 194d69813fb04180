//! `POST /api/auth/login/mfa`

use std::sync::Arc;

use actix_web::{HttpResponse, post, web::Data};
use secrecy::{ExposeSecret, SecretString};
use shared_types::{
    auth::{MfaRequest, SecondFactor, SessionView},
    page::DataView,
    problem::{FieldCode, ProblemCode},
};

use super::{
    pending,
    proof::{Proof, digits_of},
};
use crate::{
    app::App,
    audit::Event,
    domain::factor::Factor,
    error::{ApiError, ApiResult},
    http::{
        body::ValidJson,
        origin::Origin,
        pending::PendingSignIn,
        session::{Authenticated, OpenedSession},
    },
    limits::Action,
    openapi::{PendingProblem, WriteProblems},
    passwords::Verdict,
    store::{ChallengeKind, SystemTx},
};

/// Gives the second proof of a sign-in: a code of the authenticator app, a recovery code, or the mailed code for a new device.
///
/// 200 ends the sign-in. 202 means that a mailed code was right and a second factor is due beside it. Five wrong codes end the wait; the
/// password is then asked for again.
#[utoipa::path(
    operation_id = "verify_second_factor",
    tag = "auth",
    security(("session" = [])),
    request_body = MfaRequest,
    responses(
        (status = 200, description = "Signed in; the cookie is set", body = DataView<SessionView>),
        (status = 202, description = "A second factor is due as well; the cookie is set", body = DataView<SessionView>),
        PendingProblem,
        WriteProblems
    )
)]
#[post("/auth/login/mfa")]
pub async fn verify_second_factor(
    app: Data<App>,
    pending: PendingSignIn,
    origin: Origin,
    body: ValidJson<MfaRequest>,
) -> ApiResult<HttpResponse> {
    let (method, code) = (body.0.method, SecretString::from(body.0.code));
    let methods = pending::methods(&app, &pending).await?;
    let opened = match (method, &pending.session) {
        _ if !methods.contains(&method) => return Err(ApiError::field("/method", FieldCode::Choice)),
        (SecondFactor::EmailCode, _) => mailed_code(&app, &pending, &code, &origin).await?,
        (SecondFactor::Totp | SecondFactor::RecoveryCode, Some(session)) => {
            factor(&app, session, method, &code, &origin).await?
        }
        _ => return Err(ApiError::field("/method", FieldCode::Choice)),
    };
    app.jobs.wake();
    if let Some(session) = &pending.session {
        app.sessions.announce_end(session);
    }
    Ok(super::login::answer(&app, opened))
}

/// A code of an authenticator app, or a recovery code.
async fn factor(
    app: &App,
    session: &Arc<Authenticated>,
    method: SecondFactor,
    code: &SecretString,
    origin: &Origin,
) -> ApiResult<(OpenedSession, SessionView)> {
    let tries = app.limits.take(Action::PendingTries, &session.session_id.to_string()).await;
    // Waiting does not help: the password has to be given again.
    tries.map_err(|refusal| match refusal.code() {
        ProblemCode::RateLimited => ApiError::new(ProblemCode::AuthRequired),
        _ => refusal,
    })?;
    let subject = super::factor_subject(session, origin, app).await?;
    app.limits.take(Action::Factor, &subject).await?;
    let user = session.user_id;
    let Some(proof) = Proof::find(app, user, method, code).await? else {
        return Err(failed(app, session, origin, ProblemCode::FactorInvalid).await);
    };
    let tx = app.db.as_system().await?;
    if !proof.use_up(app, &tx, user, origin).await? {
        drop(tx);
        return Err(failed(app, session, origin, ProblemCode::FactorInvalid).await);
    }
    end_wait(&tx, session).await?;
    let factors = session.factors.clone().and(proof.factor());
    let opened = super::complete_sign_in(app, &tx, user, factors, origin).await?;
    tx.audit(Some(user)).append(&Event::SignedIn.from_origin(origin)).await?;
    tx.commit().await?;
    app.limits.forget(Action::Factor, &subject).await?;
    Ok(opened)
}

/// The code that was mailed for a new device. Without a challenge that has one, the check takes as long and fails.
async fn mailed_code(
    app: &App,
    pending: &PendingSignIn,
    code: &SecretString,
    origin: &Origin,
) -> ApiResult<(OpenedSession, SessionView)> {
    let tx = app.db.as_system().await?;
    let attempt = tx.challenges().take_attempt(ChallengeKind::NewDevice, pending.challenge).await?;
    tx.commit().await?;
    let hash = attempt.and_then(|attempt| attempt.code_hash).map(|hash| hash.expose_secret().to_owned());
    let verdict = app.passwords.verify(&digits_of(code), hash).await?;
    let Some(session) = pending.session.as_ref().filter(|_| verdict != Verdict::Wrong) else {
        return Err(match &pending.session {
            Some(session) => failed(app, session, origin, ProblemCode::CodeInvalid).await,
            None => nobody_failed(app, origin).await,
        });
    };
    let tx = app.db.as_system().await?;
    if !tx.challenges().consume(pending.challenge).await? {
        return Err(ApiError::new(ProblemCode::CodeInvalid));
    }
    end_wait(&tx, session).await?;
    let user = session.user_id;
    let methods = tx.factors_of(user).summary().await?.methods();
    let opened = if methods.is_empty() {
        let factors = session.factors.clone().and(Factor::EmailCode);
        let opened = super::complete_sign_in(app, &tx, user, factors, origin).await?;
        tx.audit(Some(user)).append(&Event::SignedIn.from_origin(origin)).await?;
        opened
    } else {
        pending::go_on(app, &tx, session, methods, origin).await?
    };
    tx.commit().await?;
    Ok(opened)
}

/// Of many parallel proofs one ends the wait.
async fn end_wait(tx: &SystemTx, session: &Authenticated) -> ApiResult<()> {
    if tx.sessions_of(session.user_id).revoke(session.session_id).await? {
        Ok(())
    } else {
        Err(ApiError::new(ProblemCode::AuthRequired))
    }
}

async fn failed(app: &App, session: &Authenticated, origin: &Origin, code: ProblemCode) -> ApiError {
    match app.audit(Event::SecondFactorFailed, Some(session.user_id), origin).await {
        Ok(()) => ApiError::new(code),
        Err(error) => error,
    }
}

async fn nobody_failed(app: &App, origin: &Origin) -> ApiError {
    match app.audit(Event::SecondFactorFailed, None, origin).await {
        Ok(()) => ApiError::new(ProblemCode::CodeInvalid),
        Err(error) => error,
    }
}
