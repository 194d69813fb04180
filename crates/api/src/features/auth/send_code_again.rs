//! `POST /api/auth/login/mfa/resend`

use actix_web::{HttpResponse, post, web::Data};
use shared_types::{
    auth::{SecondFactor, SessionView},
    page::DataView,
    problem::ProblemCode,
};

use super::pending;
use crate::{
    app::App,
    error::{ApiError, ApiResult},
    http::pending::PendingSignIn,
    jobs::Job,
    limits::Action,
    openapi::{PendingProblem, WriteProblems},
};

/// Mails a new code for a new device; the one before no longer works. Twice per sign-in at most; tries and time go on.
#[utoipa::path(
    operation_id = "send_code_again",
    tag = "auth",
    security(("session" = [])),
    responses(
        (status = 202, description = "The code is on its way", body = DataView<SessionView>),
        PendingProblem,
        WriteProblems
    )
)]
#[post("/auth/login/mfa/resend")]
pub async fn send_code_again(app: Data<App>, pending: PendingSignIn) -> ApiResult<HttpResponse> {
    let methods = pending::methods(&app, &pending).await?;
    if !methods.contains(&SecondFactor::EmailCode) {
        return Err(ApiError::new(ProblemCode::StepOutOfOrder));
    }
    let challenge = pending.challenge;
    app.limits.take(Action::CodeAgain, &challenge.to_string()).await?;
    let tx = app.db.as_system().await?;
    app.jobs.enqueue(&tx.jobs(), Job::MailCode { challenge }).await?;
    tx.commit().await?;
    app.jobs.wake();
    let data = SessionView::MfaPending { methods, expires_at: pending.expires_at };
    Ok(HttpResponse::Accepted().json(DataView { data }))
}
