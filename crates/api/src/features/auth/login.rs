//! `POST /api/auth/login`

use actix_web::{HttpResponse, post, web::Data};
use secrecy::{ExposeSecret, SecretString};
use shared_types::{
    auth::{LoginRequest, SessionView},
    page::DataView,
    problem::{FieldCode, ProblemCode},
};

use crate::{
    app::App,
    audit::Event,
    domain::factor::{Factor, Factors},
    error::{ApiError, ApiResult},
    http::{body::ValidJson, origin::Origin, session::MaybeUser},
    limits::Action,
    openapi::WriteProblems,
    passwords::Verdict,
    store::{Credentials, EmailAddress, UserStatus},
};

/// Signs in: sets the session cookie, ends the session that the browser had before.
///
/// Also proves the password anew for operations that answered `auth.step_up_required`.
#[utoipa::path(
    operation_id = "log_in",
    tag = "auth",
    request_body = LoginRequest,
    responses(
        (status = 200, description = "Signed in; the cookie is set", body = DataView<SessionView>),
        (status = 401, description = "`auth.invalid_credentials`", body = shared_types::problem::Problem, content_type = "application/problem+json"),
        WriteProblems
    )
)]
#[post("/auth/login")]
pub async fn log_in(
    app: Data<App>,
    former: MaybeUser,
    origin: Origin,
    body: ValidJson<LoginRequest>,
) -> ApiResult<HttpResponse> {
    let email =
        EmailAddress::parse(&body.0.email).map_err(|_| ApiError::field("/email", FieldCode::Email))?;
    app.limits.take(Action::LoginSource, &origin.network).await?;
    app.limits.take(Action::LoginAccount, email.as_str()).await?;
    let tx = app.db.read_as_system().await?;
    let known = tx.users().by_email(&email).await?.filter(|user| user.status == UserStatus::Active);
    drop(tx);

    let password = SecretString::from(body.0.password);
    let stored = known.as_ref().map(|user| user.password_hash.expose_secret().to_owned());
    let verdict = app.passwords.verify(&password, stored).await?;
    let tried = known.as_ref().map(|user| user.user_id);
    let Some(user) = known.filter(|_| verdict != Verdict::Wrong) else {
        app.audit(Event::SignInFailed, tried, &origin).await?;
        return Err(ApiError::new(ProblemCode::InvalidCredentials));
    };

    let new_hash = match verdict {
        Verdict::RightButOutdated => Some(SecretString::from(app.passwords.hash(&password).await?)),
        Verdict::Right | Verdict::Wrong => None,
    };
    let (token, view) = sign_in(&app, &user, new_hash, &origin).await?;
    app.limits.forget(Action::LoginAccount, email.as_str()).await?;
    super::end_former(&app, former.0.as_deref()).await?;
    Ok(HttpResponse::Ok().cookie(app.cookies.set_session(&token)).json(DataView { data: view }))
}

async fn sign_in(
    app: &App,
    user: &Credentials,
    new_hash: Option<SecretString>,
    origin: &Origin,
) -> ApiResult<([u8; 32], SessionView)> {
    let tx = app.db.as_system().await?;
    if let Some(hash) = new_hash {
        tx.account(user.user_id).set_password_hash(&hash).await?;
    }
    let (session, view) =
        super::open_session(app, &tx, user.user_id, Factors::of(Factor::Password), origin).await?;
    tx.audit(Some(user.user_id)).append(&Event::SignedIn.from_origin(origin)).await?;
    tx.commit().await?;
    Ok((session.token, view))
}
