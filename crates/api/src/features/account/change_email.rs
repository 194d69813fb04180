//! `POST /api/me/email`

use actix_web::{post, web::Data};
use shared_types::{auth::ChallengeView, page::DataView, problem::FieldCode, security::ChangeEmailRequest};

use crate::{
    app::App,
    audit::Event,
    domain::{code_request::CodeRequest, notice::Notice},
    error::{ApiError, ApiResult},
    http::{
        body::ValidJson,
        idempotency::{Answer, IdempotencyKey, Replayable},
        origin::Origin,
        session::CurrentUser,
    },
    jobs::Job,
    limits::Action,
    openapi::{SignedInProblems, WriteProblems},
    store::{ChallengeKind, EmailAddress},
};

const ROUTE: &str = "POST /api/me/email";

/// Asks for another address: a code is mailed to it, and the present address is told. Nothing changes before the code is given back.
///
/// Needs a recent proof (`auth.step_up_required`). The answer is the same for an address that has an account already; its owner gets a
/// mail that says so. Asking again voids the code before.
#[utoipa::path(
    operation_id = "change_email",
    tag = "account",
    security(("session" = [])),
    params(IdempotencyKey),
    request_body = ChangeEmailRequest,
    responses((status = 202, description = "The code is on its way", body = DataView<ChallengeView>), SignedInProblems, WriteProblems)
)]
#[post("/me/email")]
pub async fn change_email(
    app: Data<App>,
    user: CurrentUser,
    key: IdempotencyKey,
    origin: Origin,
    body: ValidJson<ChangeEmailRequest>,
) -> ApiResult<Replayable> {
    user.require_recent(app.clock.now(), app.settings.step_up)?;
    let email =
        EmailAddress::parse(&body.0.email).map_err(|_| ApiError::field("/email", FieldCode::Email))?;
    let tx = app.db.read_as_user(user.user_id).await?;
    let profile = tx.account().profile().await?.ok_or_else(ApiError::not_found)?;
    drop(tx);
    if email == profile.email {
        return Err(ApiError::field("/email", FieldCode::Same));
    }
    let claim = key.of_user(user.user_id, ROUTE, &body.0)?;
    app.idempotency
        .run(claim, async |ticket| {
            app.limits.take(Action::EmailChange, &user.user_id.to_string()).await?;
            app.limits.take(Action::SignupAddress, email.as_str()).await?;
            let asked = CodeRequest { email: email.as_str().to_owned(), asker: origin.asker() };
            let payload = asked.to_bytes().map_err(ApiError::internal)?;
            let kind = ChallengeKind::EmailChange;
            let (challenge, data) = app.challenge(kind, Some(user.user_id), &email, &payload);
            let answer = Answer::accepted(DataView { data });
            let tx = app.db.as_system().await?;
            tx.challenges().insert(&challenge).await?;
            tx.audit(Some(user.user_id)).append(&Event::EmailChangeAsked.from_origin(&origin)).await?;
            app.jobs.enqueue(&tx.jobs(), Job::MailCode { challenge: challenge.id }).await?;
            let notice = Notice::EmailChangeAsked;
            app.jobs.enqueue(&tx.jobs(), Job::MailNotice { user: user.user_id, notice }).await?;
            ticket.finish_in(&tx, &answer).await?;
            tx.commit().await?;
            app.jobs.wake();
            Ok(answer.already_stored())
        })
        .await
}
