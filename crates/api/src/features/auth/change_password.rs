//! `POST /api/me/password`

use actix_web::{post, web::Data};
use secrecy::SecretString;
use shared_types::{
    auth::SessionView,
    page::DataView,
    problem::{FieldCode, ProblemCode},
    security::ChangePasswordRequest,
};

use super::{get_session, new_password, step_up};
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
    openapi::{SignedInProblems, WriteProblems},
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
    app.sessions.announce_end(user);
    app.jobs.wake();
    Ok(answer.already_stored().with_cookie(app.cookies.set_session(&token.token)))
}

/// The person, if the password of now is right. Guessing it here is no cheaper than at the sign-in.
async fn checked(app: &App, user: &Authenticated, origin: &Origin, current: &str) -> ApiResult<Profile> {
    let tx = app.db.read_as_user(user.user_id).await?;
    let profile = tx.account().profile().await?.ok_or_else(ApiError::not_found)?;
    drop(tx);
    let failed = Event::PasswordChangeFailed;
    step_up::password(app, user, &SecretString::from(current), origin, failed).await?;
    Ok(profile)
}
