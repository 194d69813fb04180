//! `POST /api/auth/login`

use actix_web::{HttpResponse, post, web::Data};
use secrecy::{ExposeSecret, SecretString};
use shared_types::{
    auth::{LoginRequest, SessionView},
    page::DataView,
    problem::{FieldCode, ProblemCode},
};

use super::pending::{self, Due};
use crate::{
    app::App,
    audit::Event,
    domain::factor::{Factor, Factors},
    error::{ApiError, ApiResult},
    http::{body::ValidJson, origin::Origin, pending::Presented, session::OpenedSession},
    limits::Admission,
    openapi::WriteProblems,
    passwords::Verdict,
    store::{Credentials, EmailAddress, UserStatus},
};

/// Signs in: sets the session cookie, ends the session that the browser had before.
///
/// Where a second proof is due the answer is 202, and the cookie is good for giving that alone.
#[utoipa::path(
    operation_id = "log_in",
    tag = "auth",
    request_body = LoginRequest,
    responses(
        (status = 200, description = "Signed in; the cookie is set", body = DataView<SessionView>),
        (status = 202, description = "The password was right, a second proof is due: state `mfa_pending`; the cookie is set", body = DataView<SessionView>),
        (status = 401, description = "`auth.invalid_credentials`", body = shared_types::problem::Problem, content_type = "application/problem+json"),
        WriteProblems
    )
)]
#[post("/auth/login")]
pub async fn log_in(
    app: Data<App>,
    former: Presented,
    origin: Origin,
    body: ValidJson<LoginRequest>,
) -> ApiResult<HttpResponse> {
    let email =
        EmailAddress::parse(&body.0.email).map_err(|_| ApiError::field("/email", FieldCode::Email))?;
    let admission = app.limits.admit_sign_in(&email, &origin).await?;
    let tx = app.db.read_as_system().await?;
    let known = tx.users().by_email(&email).await?.filter(|user| user.status == UserStatus::Active);
    drop(tx);

    let password = SecretString::from(body.0.password);
    let stored = known.as_ref().map(|user| user.password_hash.expose_secret().to_owned());
    let verdict = app.passwords.verify(&password, stored).await?;
    let tried = known.as_ref().map(|user| user.user_id);
    let opened = if let Some(user) = known.filter(|_| verdict != Verdict::Wrong) {
        proved(&app, &user, &email, admission, &origin).await?
    } else {
        app.audit(Event::SignInFailed, tried, &origin).await?;
        if !admission.under_attack {
            return Err(ApiError::new(ProblemCode::InvalidCredentials));
        }
        pending::pretend(&app, &email, &origin).await?
    };
    if let (Verdict::RightButOutdated, Some(user)) = (verdict, tried) {
        renew_hash(&app, user, &password).await?;
    }
    former.end(&app).await?;
    Ok(answer(&app, opened))
}

/// 200 for a whole session, 202 for one in which something is due.
pub(super) fn answer(app: &App, (session, view): (OpenedSession, SessionView)) -> HttpResponse {
    let mut answer = match view {
        SessionView::MfaPending { .. } => HttpResponse::Accepted(),
        _ => HttpResponse::Ok(),
    };
    for cookie in session.cookies(app.cookies) {
        answer.cookie(cookie);
    }
    answer.json(DataView { data: view })
}

/// The password was right.
async fn proved(
    app: &App,
    user: &Credentials,
    email: &EmailAddress,
    admission: Admission,
    origin: &Origin,
) -> ApiResult<(OpenedSession, SessionView)> {
    app.limits.sign_in_passed(email, origin, admission).await?;
    let due = pending::due(app, user.user_id, admission).await?;
    if due != Due::Nothing {
        return pending::begin(app, user.user_id, email, due, admission, origin).await;
    }
    let tx = app.db.as_system().await?;
    let opened =
        super::complete_sign_in(app, &tx, user.user_id, Factors::of(Factor::Password), origin).await?;
    tx.audit(Some(user.user_id)).append(&Event::SignedIn.from_origin(origin)).await?;
    tx.commit().await?;
    app.jobs.wake();
    Ok(opened)
}

/// A hash under an older key or with weaker figures is replaced while the password is at hand.
async fn renew_hash(app: &App, user: shared_types::ids::UserId, password: &SecretString) -> ApiResult<()> {
    let hash = SecretString::from(app.passwords.hash(password).await?);
    let tx = app.db.as_system().await?;
    tx.account(user).set_password_hash(&hash).await?;
    Ok(tx.commit().await?)
}
