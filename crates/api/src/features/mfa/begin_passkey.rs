//! `POST /api/me/mfa/passkeys/options`

use actix_web::{post, web::Data};
use shared_types::{auth::PasskeyCeremonyView, page::DataView, problem::ProblemCode};

use super::add_passkey::MOST;
use crate::{
    app::App,
    error::{ApiError, ApiResult},
    http::{
        idempotency::{Answer, IdempotencyKey, Replayable},
        session::{Authenticated, CurrentUser},
    },
    limits::Action,
    openapi::{SignedInProblems, WriteProblems},
    passkeys::Holder,
    store::CeremonyKind,
};

const ROUTE: &str = "POST /api/me/mfa/passkeys/options";

/// Begins to make a passkey. Ten at most: then `conflict.limit_reached`.
///
/// Needs a proof that is not older than five minutes (a setting).
#[utoipa::path(
    operation_id = "begin_passkey",
    tag = "security",
    security(("session" = [])),
    params(IdempotencyKey),
    responses((status = 200, description = "What the browser asks the authenticator", body = DataView<PasskeyCeremonyView>), SignedInProblems, WriteProblems)
)]
#[post("/me/mfa/passkeys/options")]
pub async fn begin_passkey(app: Data<App>, user: CurrentUser, key: IdempotencyKey) -> ApiResult<Replayable> {
    user.require_recent(app.clock.now(), app.settings.step_up)?;
    let claim = key.of_user(user.user_id, ROUTE, &())?;
    app.idempotency
        .run(claim, async |_| {
            app.limits.take(Action::PasskeyUser, &user.user_id.to_string()).await?;
            Ok(Answer::ok(DataView { data: begin(&app, &user).await? }))
        })
        .await
}

async fn begin(app: &App, user: &Authenticated) -> ApiResult<PasskeyCeremonyView> {
    let tx = app.db.read_as_user(user.user_id).await?;
    let profile = tx.account().profile().await?.ok_or_else(ApiError::not_found)?;
    let existing = tx.passkeys().credentials().await?;
    drop(tx);
    if existing.len() >= MOST {
        return Err(ApiError::new(ProblemCode::LimitReached));
    }
    let display_name = format!("{} {}", profile.first_name, profile.last_name);
    let holder = Holder { id: user.user_id, name: profile.email.as_str(), display_name: &display_name };
    let begun = app.passkeys.begin_registration(&holder, &existing)?;
    app.keep_ceremony(CeremonyKind::Registration, user.ceremony_party(), begun).await
}
