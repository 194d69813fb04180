//! `POST /api/me/password`

use actix_web::{post, web::Data};
use secrecy::{ExposeSecret, SecretString};
use shared_types::{
    auth::SessionView,
    page::DataView,
    problem::{FieldCode, ProblemCode},
    security::ChangePasswordRequest,
};

use super::{get_session, new_password};
use crate::{
    app::App,
    audit::Event,
    domain::notice::Notice,
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
    store::Profile,
};

const ROUTE: &str = "POST /api/me/password";

/// Replaces the password. The session goes on under a new token, all others end, and the owner is told by mail.
///
/// Needs a recent proof (`auth.step_up_required`) and the password of now; a wrong one is `auth.invalid_credentials` and counts as a
/// failed sign-in.
#[utoipa::path(
    operation_id = "change_password",
    tag = "account",
    security(("session" = [])),
    params(IdempotencyKey),
    request_body = ChangePasswordRequest,
    responses((status = 200, description = "The new password holds; the cookie is replaced", body = DataView<SessionView>), SignedInProblems, WriteProblems)
)]
#[post("/me/password")]
pub async fn change_password(
    app: Data<App>,
    user: CurrentUser,
    key: IdempotencyKey,
    origin: Origin,
    body: ValidJson<ChangePasswordRequest>,
) -> ApiResult<Replayable> {
    user.require_recent(app.clock.now(), app.settings.step_up)?;
    let claim = key.of_user(user.user_id, ROUTE, &body.0)?;
    app.idempotency.run(claim, async |ticket| change(&app, ticket, &user, &origin, &body.0).await).await
}

async fn change(
    app: &App,
    ticket: Ticket,
    user: &Authenticated,
    origin: &Origin,
    body: &ChangePasswordRequest,
) -> ApiResult<Answer> {
    let profile = checked(app, user, origin, &body.current_password).await?;
    if body.password == body.current_password {
        return Err(ApiError::field("/password", FieldCode::Same));
    }
    let hash = new_password(app, &profile, &body.password).await?;
    let token = app.sessions.new_token();
    let answer = Answer::ok(DataView { data: get_session::view(app, user).await? });
    let id = user.user_id;
    let tx = app.db.as_system().await?;
    tx.account(id).set_password_hash(&hash).await?;
    tx.account(id).bump_session_epoch().await?;
    tx.challenges().void_codes_of(id).await?;
    let ended = tx.sessions_of(id).revoke_all(Some(user.session_id)).await?;
    if !tx.sessions_of(id).replace_token(user.session_id, &token.hash).await? {
        return Err(ApiError::new(ProblemCode::AuthRequired));
    }
    tx.audit(Some(id)).append(&Event::PasswordChanged.from_origin(origin)).await?;
    let notice = Notice::PasswordChanged;
    app.jobs.enqueue(&tx.jobs(), Job::MailNotice { user: id, notice }).await?;
    ticket.finish_in(&tx, &answer).await?;
    tx.commit().await?;
    app.sessions.ended(ended);
    app.sessions.replaced(user);
    app.jobs.wake();
    Ok(answer.already_stored().with_cookie(app.cookies.set_session(&token.token)))
}

/// The person, if the password of now is right. Guessing it here is no cheaper than at the sign-in.
async fn checked(app: &App, user: &Authenticated, origin: &Origin, current: &str) -> ApiResult<Profile> {
    let tx = app.db.read_as_user(user.user_id).await?;
    let profile = tx.account().profile().await?.ok_or_else(ApiError::not_found)?;
    let stored = tx.account().password_hash().await?;
    drop(tx);
    app.limits.take(Action::LoginAccount, profile.email.as_str()).await?;
    let stored = stored.map(|hash| hash.expose_secret().to_owned());
    if app.passwords.verify(&SecretString::from(current), stored).await? == Verdict::Wrong {
        app.audit(Event::PasswordChangeFailed, Some(user.user_id), origin).await?;
        return Err(ApiError::new(ProblemCode::InvalidCredentials));
    }
    app.limits.forget(Action::LoginAccount, profile.email.as_str()).await?;
    Ok(profile)
}
