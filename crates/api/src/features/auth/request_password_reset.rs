//! `POST /api/auth/forgot-password`

use actix_web::{post, web::Data};
use shared_types::{
    auth::{ChallengeView, ForgotPasswordRequest},
    page::DataView,
    problem::FieldCode,
};

use crate::{
    app::App,
    domain::code_request::CodeRequest,
    error::{ApiError, ApiResult},
    http::{
        body::ValidJson,
        idempotency::{Answer, BrowserMark, IdempotencyKey, Replayable},
        origin::Origin,
    },
    jobs::Job,
    limits::Action,
    openapi::WriteProblems,
    store::{ChallengeKind, EmailAddress},
};

const ROUTE: &str = "POST /api/auth/forgot-password";

/// Asks for a code with which the password can be replaced. It is mailed to the address if there is an account; an earlier one no longer
/// works.
///
/// The answer, and the time it takes, are the same for an address without an account: nothing is mailed to it.
#[utoipa::path(
    operation_id = "request_password_reset",
    tag = "auth",
    params(IdempotencyKey),
    request_body = ForgotPasswordRequest,
    responses((status = 202, description = "If there is an account, a code is on its way", body = DataView<ChallengeView>), WriteProblems)
)]
#[post("/auth/forgot-password")]
pub async fn request_password_reset(
    app: Data<App>,
    key: IdempotencyKey,
    browser: BrowserMark,
    origin: Origin,
    body: ValidJson<ForgotPasswordRequest>,
) -> ApiResult<Replayable> {
    let body = body.0;
    let email = EmailAddress::parse(&body.email).map_err(|_| ApiError::field("/email", FieldCode::Email))?;
    let claim = key.of_browser(&browser.mark, ROUTE, &body)?;
    let answer = app
        .idempotency
        .run(claim, async |ticket| {
            app.limits.take(Action::ResetSource, &origin.network).await?;
            app.limits.take(Action::ResetAddress, email.as_str()).await?;
            let asked = CodeRequest { email: email.as_str().to_owned(), asker: origin.asker() };
            let payload = asked.to_bytes().map_err(ApiError::internal)?;
            // Whose it is, and whether anybody's, is found out by the job that mails the code.
            let (challenge, data) = app.challenge(ChallengeKind::PasswordReset, None, &email, &payload);
            let answer = Answer::accepted(DataView { data });
            let tx = app.db.as_system().await?;
            tx.challenges().insert(&challenge).await?;
            app.jobs.enqueue(&tx.jobs(), Job::MailCode { challenge: challenge.id }).await?;
            ticket.finish_in(&tx, &answer).await?;
            tx.commit().await?;
            app.jobs.wake();
            Ok(answer.already_stored())
        })
        .await?;
    Ok(answer.with_cookies(browser.cookie))
}
