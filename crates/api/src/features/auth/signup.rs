//! `POST /api/auth/signup`

use actix_web::{post, web::Data};
use secrecy::SecretString;
use shared_types::{
    auth::{ChallengeView, SignupRequest},
    page::DataView,
    problem::FieldCode,
};

use super::PendingSignup;
use crate::{
    app::App,
    domain::password_rules::Owner,
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

const ROUTE: &str = "POST /api/auth/signup";

/// Asks for an account: a six-digit code is mailed to the address.
///
/// The answer, and the time it takes, are the same for an address that has an account already; its owner gets a mail that says so.
#[utoipa::path(
    operation_id = "sign_up",
    tag = "auth",
    params(IdempotencyKey),
    request_body = SignupRequest,
    responses((status = 202, description = "The code is on its way", body = DataView<ChallengeView>), WriteProblems)
)]
#[post("/auth/signup")]
pub async fn sign_up(
    app: Data<App>,
    key: IdempotencyKey,
    browser: BrowserMark,
    origin: Origin,
    body: ValidJson<SignupRequest>,
) -> ApiResult<Replayable> {
    let body = body.0;
    let email = EmailAddress::parse(&body.email).map_err(|_| ApiError::field("/email", FieldCode::Email))?;
    let owner = Owner {
        email: &body.email,
        first_name: &body.first_name,
        last_name: &body.last_name,
        company_name: &body.company_name,
    };
    super::require_good_password(&app, &owner, &body.password)?;
    let claim = key.of_browser(&browser.mark, ROUTE, &body)?;
    let answer = app
        .idempotency
        .run(claim, async |ticket| {
            app.limits.take(Action::SignupSource, &origin.network).await?;
            app.limits.take(Action::SignupAddress, email.as_str()).await?;
            let password_hash = app.passwords.hash(&SecretString::from(body.password)).await?;
            let pending = PendingSignup {
                email: email.as_str().to_owned(),
                first_name: body.first_name.trim().to_owned(),
                last_name: body.last_name.trim().to_owned(),
                company_name: body.company_name.trim().to_owned(),
                password_hash: password_hash.into(),
            };
            let payload = pending.to_bytes().map_err(ApiError::internal)?;
            // Whether there is an account is the business of the job that mails the code.
            let (challenge, data) = app.challenge(ChallengeKind::Signup, None, &email, &payload);
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
