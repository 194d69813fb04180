//! `POST /api/auth/token`

use actix_web::{
    post,
    web::{Data, Json},
};
use secrecy::SecretString;
use shared_types::{
    auth::SecondFactor,
    ids::UserId,
    problem::{FieldCode, ProblemCode},
    token::{TokenRequest, TokenView},
};

use super::{password, proof::Proof, tokens};
use crate::{
    app::App,
    audit::Event,
    domain::factor::{Factor, Factors},
    error::{ApiError, ApiResult},
    http::{body::ValidJson, origin::Origin},
    limits::Action,
    openapi::WriteProblems,
};

/// Signs in a front end on another origin: an access token for ten minutes, and a refresh token for new ones.
///
/// The same password, second factors and limits as at `log_in`; no cookie is read or set. Where a second factor is set up the answer is
/// 401 `auth.mfa_required`, whose `methods` name what can be given: the same request again with `method` and `code`. Passkeys work on the
/// portal's own pages only. Where the portal asks devices that it does not know for a mailed code, an account without a second factor
/// gets no tokens (`methods` is empty): every other origin is such a device.
///
/// The tokens belong to a session like any other: it ends when it is idle, is listed and ended among the person's sessions, and takes its
/// tokens along within five seconds. For a fresh proof (`auth.step_up_required`) this operation is used again and the old refresh token
/// revoked. 403 `auth.forbidden` where no origins are configured.
#[utoipa::path(
    operation_id = "issue_token",
    tag = "tokens",
    request_body = TokenRequest,
    responses(
        (status = 200, description = "Signed in", body = TokenView),
        (status = 401, description = "`auth.invalid_credentials`, `auth.mfa_required`", body = shared_types::problem::Problem, content_type = "application/problem+json"),
        WriteProblems
    )
)]
#[post("/auth/token")]
pub async fn issue_token(
    app: Data<App>,
    origin: Origin,
    body: ValidJson<TokenRequest>,
) -> ApiResult<Json<TokenView>> {
    tokens::require_open(&app)?;
    let asked = body.0;
    let given = match (asked.method, asked.code) {
        (Some(method), Some(code)) => Some((method, code)),
        (None, None) => None,
        (Some(_), None) => return Err(ApiError::field("/code", FieldCode::Required)),
        (None, Some(_)) => return Err(ApiError::field("/method", FieldCode::Required)),
    };
    let proved = password::prove(&app, &asked.email, asked.password, &origin).await?;
    let second = second_factor(&app, proved.user, given, &origin).await?;
    let tx = app.db.as_system().await?;
    let mut factors = Factors::of(Factor::Password);
    if let Some(proof) = second {
        if !proof.use_up(&app, &tx, proved.user, &origin).await? {
            return Err(ApiError::new(ProblemCode::FactorInvalid));
        }
        factors = factors.and(proof.factor());
    }
    if let Some(hash) = &proved.new_hash {
        tx.account(proved.user).set_password_hash(hash).await?;
    }
    let session = app.sessions.open_for_tokens(factors, &origin);
    if !tx.sessions_of(proved.user).insert(&session).await? {
        return Err(ApiError::new(ProblemCode::InvalidCredentials));
    }
    let refresh = app.random.token();
    tx.refresh_tokens().begin(proved.user, session.id, &tokens::hash(&refresh)).await?;
    tx.audit(Some(proved.user)).append(&Event::TokenIssued.from_origin(&origin)).await?;
    tx.commit().await?;
    app.jobs.wake();
    proved.forget_failures(&app, &origin).await?;
    tokens::view(&app, proved.user, session.id, &refresh)
}

/// The second proof, where one is due. It is used up with what it allows.
async fn second_factor(
    app: &App,
    user: UserId,
    given: Option<(SecondFactor, String)>,
    origin: &Origin,
) -> ApiResult<Option<Proof>> {
    let tx = app.db.read_as_system().await?;
    let set_up = tx.factors_of(user).summary().await?;
    drop(tx);
    if !set_up.any() && !app.settings.new_device_code {
        return Ok(None);
    }
    let methods: Vec<_> =
        set_up.methods().into_iter().filter(|method| *method != SecondFactor::Passkey).collect();
    let Some((method, code)) = given else {
        app.audit(Event::SecondFactorAsked, Some(user), origin).await?;
        return Err(ApiError::new(ProblemCode::MfaRequired).with_methods(methods));
    };
    if !methods.contains(&method) {
        return Err(ApiError::field("/method", FieldCode::Choice));
    }
    app.limits.take(Action::Factor, &user.to_string()).await?;
    let proof = Proof::find(app, user, method, &SecretString::from(code)).await?;
    if proof.is_none() {
        app.audit(Event::SecondFactorFailed, Some(user), origin).await?;
        return Err(ApiError::new(ProblemCode::FactorInvalid));
    }
    Ok(proof)
}
