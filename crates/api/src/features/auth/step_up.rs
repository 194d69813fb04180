//! `POST /api/auth/step-up`

use actix_web::{HttpResponse, post, web::Data};
use secrecy::{ExposeSecret, SecretString};
use shared_types::{
    auth::{SecondFactor, SessionView, StepUpMethod, StepUpRequest},
    page::DataView,
    problem::{FieldCode, ProblemCode},
};

use super::proof::Proof;
use crate::{
    app::App,
    audit::Event,
    domain::factor::{Factor, SecondFactors},
    error::{ApiError, ApiResult},
    http::{
        body::ValidJson,
        origin::Origin,
        session::{Authenticated, CurrentUser},
    },
    limits::Action,
    openapi::{SignedInProblems, WriteProblems},
    passwords::Verdict,
};

/// Proves anew who one is, for operations that answered `auth.step_up_required`: sets a new session cookie, the former one ends.
///
/// Who has a second factor gives that or a recovery code, everybody else the password. A wrong password is `auth.invalid_credentials`,
/// a wrong code `auth.factor_invalid`; the session goes on.
#[utoipa::path(
    operation_id = "step_up",
    tag = "auth",
    security(("session" = [])),
    request_body = StepUpRequest,
    responses(
        (status = 200, description = "Proved; the cookie is set", body = DataView<SessionView>),
        SignedInProblems,
        WriteProblems
    )
)]
#[post("/auth/step-up")]
pub async fn step_up(
    app: Data<App>,
    user: CurrentUser,
    origin: Origin,
    body: ValidJson<StepUpRequest>,
) -> ApiResult<HttpResponse> {
    let (method, proof) = (body.0.method, SecretString::from(body.0.proof));
    let tx = app.db.read_as_user(user.user_id).await?;
    let factors = tx.factors().summary().await?;
    drop(tx);
    if !fits(method, &factors) {
        return Err(ApiError::field("/method", FieldCode::Choice));
    }
    let proof = match method {
        StepUpMethod::Password => {
            password(&app, &user, &proof, &origin, Event::StepUpFailed).await?;
            None
        }
        StepUpMethod::Totp => Some(code(&app, &user, SecondFactor::Totp, &proof, &origin).await?),
        StepUpMethod::RecoveryCode => {
            Some(code(&app, &user, SecondFactor::RecoveryCode, &proof, &origin).await?)
        }
    };
    renewed(&app, &user, proof, &origin).await
}

/// The password alone never stands in for a second factor.
fn fits(method: StepUpMethod, factors: &SecondFactors) -> bool {
    let methods = factors.methods();
    match method {
        StepUpMethod::Password => methods.is_empty(),
        StepUpMethod::Totp => methods.contains(&SecondFactor::Totp),
        StepUpMethod::RecoveryCode => methods.contains(&SecondFactor::RecoveryCode),
    }
}

/// Whether it is the password of the user. Wrong ones count like failed sign-ins from a known device, and are audited as `failed`.
pub(super) async fn password(
    app: &App,
    user: &Authenticated,
    password: &SecretString,
    origin: &Origin,
    failed: Event,
) -> ApiResult<()> {
    let subject = user.device_id.unwrap_or_else(|| user.session_id.as_uuid()).to_string();
    app.limits.take(Action::LoginDevice, &subject).await?;
    let tx = app.db.read_as_user(user.user_id).await?;
    let stored = tx.account().password_hash().await?.map(|hash| hash.expose_secret().to_owned());
    drop(tx);
    if app.passwords.verify(password, stored).await? == Verdict::Wrong {
        app.audit(failed, Some(user.user_id), origin).await?;
        return Err(ApiError::new(ProblemCode::InvalidCredentials));
    }
    app.limits.forget(Action::LoginDevice, &subject).await
}

async fn code(
    app: &App,
    user: &Authenticated,
    method: SecondFactor,
    code: &SecretString,
    origin: &Origin,
) -> ApiResult<Proof> {
    let subject = super::factor_subject(user, origin, app).await?;
    app.limits.take(Action::Factor, &subject).await?;
    if let Some(proof) = Proof::find(app, user.user_id, method, code).await? {
        Ok(proof)
    } else {
        app.audit(Event::StepUpFailed, Some(user.user_id), origin).await?;
        Err(ApiError::new(ProblemCode::FactorInvalid))
    }
}

/// A new token, with the proof used up in the same transaction.
async fn renewed(
    app: &App,
    user: &Authenticated,
    proof: Option<Proof>,
    origin: &Origin,
) -> ApiResult<HttpResponse> {
    let tx = app.db.as_system().await?;
    if let Some(proof) = proof
        && !proof.use_up(app, &tx, user.user_id, origin).await?
    {
        drop(tx);
        app.audit(Event::StepUpFailed, Some(user.user_id), origin).await?;
        return Err(ApiError::new(ProblemCode::FactorInvalid));
    }
    let factor = proof.map_or(Factor::Password, Proof::factor);
    let session = app.sessions.renew(&tx, user, user.factors.clone().and(factor), origin).await?;
    let view = super::signed_in_view(&tx, user.user_id, &session.row).await?;
    tx.audit(Some(user.user_id)).append(&Event::SteppedUp.from_origin(origin)).await?;
    tx.commit().await?;
    app.sessions.announce_end(user);
    app.jobs.wake();
    if proof.is_some() {
        let subject = super::factor_subject(user, origin, app).await?;
        app.limits.forget(Action::Factor, &subject).await?;
    }
    Ok(super::login::answer(app, (session, view)))
}
