//! `POST /api/auth/reset-password`

use actix_web::{post, web::Data};
use secrecy::{ExposeSecret, SecretString};
use shared_types::{auth::ResetPasswordRequest, ids::UserId, problem::ProblemCode};

use super::new_password;
use crate::{
    app::App,
    audit::Event,
    domain::notice::Notice,
    error::{ApiError, ApiResult},
    http::{
        body::ValidJson,
        idempotency::{Answer, BrowserMark, IdempotencyKey, Replayable, Ticket},
        origin::Origin,
    },
    jobs::Job,
    limits::Action,
    openapi::WriteProblems,
    passwords::Verdict,
    store::{ChallengeKind, Profile, UserStatus},
};

const ROUTE: &str = "POST /api/auth/reset-password";

/// Replaces the password by means of the mailed code. Nobody is signed in by it: all sessions of the account end, and second factors are
/// asked for as before.
///
/// If the new password is refused the code still works.
#[utoipa::path(
    operation_id = "reset_password",
    tag = "auth",
    params(IdempotencyKey),
    request_body = ResetPasswordRequest,
    responses((status = 204, description = "The new password holds"), WriteProblems)
)]
#[post("/auth/reset-password")]
pub async fn reset_password(
    app: Data<App>,
    key: IdempotencyKey,
    browser: BrowserMark,
    origin: Origin,
    body: ValidJson<ResetPasswordRequest>,
) -> ApiResult<Replayable> {
    let claim = key.of_browser(&browser.mark, ROUTE, &body.0)?;
    let answer =
        app.idempotency.run(claim, async |ticket| reset(&app, ticket, &origin, body.0).await).await?;
    Ok(answer.with_cookies(browser.cookie))
}

async fn reset(app: &App, ticket: Ticket, origin: &Origin, body: ResetPasswordRequest) -> ApiResult<Answer> {
    app.limits.take(Action::ConfirmSource, &origin.network).await?;
    let invalid = || ApiError::new(ProblemCode::CodeInvalid);
    let user = proved(app, &body).await?.ok_or_else(invalid)?;
    let tx = app.db.read_as_system().await?;
    let profile = tx.account(user).profile().await?;
    drop(tx);
    let profile = profile.filter(|profile| profile.status == UserStatus::Active).ok_or_else(invalid)?;
    let hash = match new_password(app, &profile, &body.password).await {
        Ok(hash) => hash,
        Err(refusal) => {
            let tx = app.db.as_system().await?;
            tx.challenges().give_back_attempt(body.challenge_id).await?;
            tx.commit().await?;
            return Err(refusal);
        }
    };
    let answer = Answer::no_content();
    let tx = app.db.as_system().await?;
    if !tx.challenges().consume(body.challenge_id).await? {
        return Err(invalid());
    }
    replace(app, &tx, &profile, &hash).await?;
    tx.audit(Some(user)).append(&Event::PasswordReset.from_origin(origin)).await?;
    let ended = tx.sessions_of(user).revoke_all(None).await?;
    ticket.finish_in(&tx, &answer).await?;
    tx.commit().await?;
    app.sessions.ended(ended);
    app.jobs.wake();
    app.limits.forget_sign_ins(&profile.email).await?;
    Ok(answer.already_stored())
}

/// The user whose code it is. Without a challenge, or with one whose code was never mailed, the check takes as long and fails.
async fn proved(app: &App, body: &ResetPasswordRequest) -> ApiResult<Option<UserId>> {
    let tx = app.db.as_system().await?;
    let attempt = tx.challenges().take_attempt(ChallengeKind::PasswordReset, body.challenge_id).await?;
    tx.commit().await?;
    let (code_hash, user) = attempt.map_or((None, None), |attempt| (attempt.code_hash, attempt.user));
    let code_hash = code_hash.map(|hash| hash.expose_secret().to_owned());
    let verdict = app.passwords.verify(&SecretString::from(body.code.clone()), code_hash).await?;
    Ok(user.filter(|_| verdict != Verdict::Wrong))
}

async fn replace(
    app: &App,
    tx: &crate::store::SystemTx,
    profile: &Profile,
    hash: &SecretString,
) -> ApiResult<()> {
    let user = profile.user_id;
    tx.account(user).set_password_hash(hash).await?;
    tx.account(user).bump_session_epoch().await?;
    tx.challenges().void_codes_of(user).await?;
    let notice = Notice::PasswordReset;
    Ok(app.jobs.enqueue(&tx.jobs(), Job::MailNotice { user, notice }).await?)
}
