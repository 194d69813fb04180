//! `POST /api/me/email/confirm`

use std::time::Duration;

use actix_web::{post, web::Data};
use secrecy::{ExposeSecret, SecretString};
use shared_types::{
    account::MeView, auth::ConfirmCodeRequest, ids::ChallengeId, page::DataView, problem::ProblemCode,
};

use super::get_me;
use crate::{
    app::App,
    audit::Event,
    domain::{code_request::CodeRequest, notice::Notice},
    error::{ApiError, ApiResult},
    http::{
        body::ValidJson,
        idempotency::{Answer, IdempotencyKey, Replayable, Ticket},
        origin::Origin,
        session::{Authenticated, CurrentUser},
    },
    jobs::Job,
    limits::Action,
    openapi::{SignedInProblems, WriteProblems},
    passwords::Verdict,
    store::{ChallengeKind, EmailAddress, NewChallenge, StoreError, SystemTx, UniqueViolation},
};

const ROUTE: &str = "POST /api/me/email/confirm";

/// How long the former address is kept for the mail that goes there: longer than the mail is tried.
const KEEP_FORMER: Duration = Duration::from_hours(48);

/// Proves the new address with the mailed code: from now on it is the one to sign in with and to mail to. The former one is told.
///
/// Billing and support learn of it in the background.
#[utoipa::path(
    operation_id = "confirm_email",
    tag = "account",
    security(("session" = [])),
    params(IdempotencyKey),
    request_body = ConfirmCodeRequest,
    responses((status = 200, description = "The address is changed", body = DataView<MeView>), SignedInProblems, WriteProblems)
)]
#[post("/me/email/confirm")]
pub async fn confirm_email(
    app: Data<App>,
    user: CurrentUser,
    key: IdempotencyKey,
    origin: Origin,
    body: ValidJson<ConfirmCodeRequest>,
) -> ApiResult<Replayable> {
    let claim = key.of_user(user.user_id, ROUTE, &body.0)?;
    app.idempotency.run(claim, async |ticket| confirm(&app, ticket, &user, &origin, body.0).await).await
}

async fn confirm(
    app: &App,
    ticket: Ticket,
    user: &CurrentUser,
    origin: &Origin,
    body: ConfirmCodeRequest,
) -> ApiResult<Answer> {
    app.limits.take(Action::ConfirmSource, &origin.network).await?;
    let invalid = || ApiError::new(ProblemCode::CodeInvalid);
    let challenge = body.challenge_id;
    let email = proved(app, user, body).await?.ok_or_else(invalid)?;
    // Asked for before the change, so that the answer can be stored with it.
    let mut me = get_me::view(app, user, None).await?;
    let former = EmailAddress::parse(&me.email).map_err(ApiError::internal)?;
    email.as_str().clone_into(&mut me.email);
    let answer = Answer::ok(DataView { data: me });

    let id = user.user_id;
    let tx = app.db.as_system().await?;
    if !tx.challenges().consume(challenge).await? {
        return Err(invalid());
    }
    match tx.account(id).set_email(&email).await {
        // Somebody else proved the same address in the meantime.
        Err(StoreError::Conflict(UniqueViolation::UserEmail)) => return Err(invalid()),
        changed => changed?,
    };
    tx.challenges().void_codes_of(id).await?;
    keep_former(app, &tx, user, &former).await?;
    tx.audit(Some(id)).append(&Event::EmailChanged.from_origin(origin)).await?;
    let notice = Notice::EmailChanged;
    app.jobs.enqueue(&tx.jobs(), Job::MailNotice { user: id, notice }).await?;
    app.jobs.enqueue(&tx.jobs(), Job::SyncAddress { user: id }).await?;
    ticket.finish_in(&tx, &answer).await?;
    tx.commit().await?;
    app.jobs.wake();
    Ok(answer.already_stored())
}

/// The new address, if the code is right and was mailed for this user.
async fn proved(
    app: &App,
    user: &Authenticated,
    body: ConfirmCodeRequest,
) -> ApiResult<Option<EmailAddress>> {
    let tx = app.db.as_system().await?;
    let attempt = tx.challenges().take_attempt(ChallengeKind::EmailChange, body.challenge_id).await?;
    tx.commit().await?;
    // Somebody else's challenge is like none: the check takes as long and fails.
    let own = attempt.filter(|attempt| attempt.user == Some(user.user_id));
    let (code_hash, payload) = own.map_or((None, None), |attempt| (attempt.code_hash, attempt.payload));
    let code_hash = code_hash.map(|hash| hash.expose_secret().to_owned());
    let verdict = app.passwords.verify(&SecretString::from(body.code), code_hash).await?;
    let Some(payload) = payload.filter(|_| verdict != Verdict::Wrong) else { return Ok(None) };
    let asked = CodeRequest::from_bytes(&payload).map_err(ApiError::internal)?;
    Ok(Some(EmailAddress::parse(&asked.email).map_err(ApiError::internal)?))
}

/// Keeps the former address, sealed, until its owner has been told there.
async fn keep_former(
    app: &App,
    tx: &SystemTx,
    user: &Authenticated,
    former: &EmailAddress,
) -> Result<(), StoreError> {
    let challenge = NewChallenge {
        id: ChallengeId::from_uuid(app.random.uuid(app.clock.now())),
        kind: ChallengeKind::FormerAddress,
        user: Some(user.user_id),
        email: former,
        code_hash: None,
        payload: Some(former.as_str().as_bytes()),
        attempts: 0,
        lifetime: KEEP_FORMER,
    };
    tx.challenges().insert(&challenge).await
}
