//! `POST /api/auth/signup/confirm`

use actix_web::{post, web::Data};
use secrecy::SecretString;
use shared_types::{
    auth::{ConfirmCodeRequest, SessionView},
    ids::UserId,
    page::DataView,
    problem::ProblemCode,
};

use super::PendingSignup;
use crate::{
    app::App,
    audit::Event,
    domain::factor::{Factor, Factors},
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
    store::{ChallengeKind, EmailAddress, NewUser, StoreError, UniqueViolation},
};

const ROUTE: &str = "POST /api/auth/signup/confirm";

/// Proves the address with the mailed code, makes the account and signs in.
///
/// The customer is then made in billing and support; until that is done `account_state` says so.
#[utoipa::path(
    operation_id = "confirm_sign_up",
    tag = "auth",
    params(IdempotencyKey),
    request_body = ConfirmCodeRequest,
    responses((status = 200, description = "Signed in; the cookie is set", body = DataView<SessionView>), WriteProblems)
)]
#[post("/auth/signup/confirm")]
pub async fn confirm_sign_up(
    app: Data<App>,
    key: IdempotencyKey,
    browser: BrowserMark,
    origin: Origin,
    body: ValidJson<ConfirmCodeRequest>,
) -> ApiResult<Replayable> {
    let claim = key.of_browser(&browser.mark, ROUTE, &body.0)?;
    let answer =
        app.idempotency.run(claim, async |ticket| confirm(&app, ticket, &origin, body.0).await).await?;
    let answer = answer.with_cookies(browser.cookie);
    if !answer.is_replay() {
        return Ok(answer);
    }
    let session = super::session_for_replay(&app, &answer, Factors::of(Factor::EmailCode), &origin).await?;
    Ok(answer.with_cookies(session.into_iter().flat_map(|session| session.cookies(app.cookies))))
}

async fn confirm(
    app: &Data<App>,
    ticket: Ticket,
    origin: &Origin,
    body: ConfirmCodeRequest,
) -> ApiResult<Answer> {
    app.limits.take(Action::ConfirmSource, &origin.network).await?;
    let invalid = || ApiError::new(ProblemCode::CodeInvalid);
    let tx = app.db.as_system().await?;
    let attempt = tx.challenges().take_attempt(ChallengeKind::Signup, body.challenge_id).await?;
    tx.commit().await?;
    // Without a challenge, or with one whose code was never mailed, the check takes as long and fails.
    let (code_hash, payload) = attempt.map_or((None, None), |attempt| (attempt.code_hash, attempt.payload));
    let code_hash = code_hash.map(|hash| secrecy::ExposeSecret::expose_secret(&hash).to_owned());
    let verdict = app.passwords.verify(&SecretString::from(body.code), code_hash).await?;
    let payload = payload.filter(|_| verdict != Verdict::Wrong).ok_or_else(invalid)?;
    let pending = PendingSignup::from_bytes(&payload).map_err(ApiError::internal)?;

    let tx = app.db.as_system().await?;
    if !tx.challenges().consume(body.challenge_id).await? {
        return Err(invalid());
    }
    let user = NewUser {
        id: UserId::from_uuid(app.random.uuid(app.clock.now())),
        email: EmailAddress::parse(&pending.email).map_err(ApiError::internal)?,
        first_name: pending.first_name,
        last_name: pending.last_name,
        company_name: pending.company_name,
        password_hash: pending.password_hash,
    };
    match tx.users().insert(&user).await {
        // Somebody else proved the same address in the meantime.
        Err(StoreError::Conflict(UniqueViolation::UserEmail)) => return Err(invalid()),
        inserted => inserted?,
    }
    tx.mappings().insert_pending(user.id, &app.new_marker()).await?;
    app.jobs.enqueue(&tx.jobs(), Job::ProvisionCustomer { user: user.id }).await?;
    tx.audit(Some(user.id)).append(&Event::SignedUp.from_origin(origin)).await?;
    let (session, view) =
        super::complete_sign_in(app, &tx, user.id, Factors::of(Factor::EmailCode), origin).await?;
    let answer = Answer::ok(DataView { data: view });
    ticket.finish_in(&tx, &answer).await?;
    tx.commit().await?;
    app.jobs.wake();
    let answer = answer.already_stored();
    Ok(session.cookies(app.cookies).into_iter().fold(answer, Answer::with_cookie))
}
