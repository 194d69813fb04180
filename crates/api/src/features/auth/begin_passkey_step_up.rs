//! `POST /api/auth/step-up/passkey/options`

use actix_web::{
    post,
    web::{Data, Json},
};
use shared_types::{auth::PasskeyCeremonyView, page::DataView};

use super::passkey_proof::begin_proof;
use crate::{
    app::App,
    error::ApiResult,
    http::session::CurrentUser,
    limits::Action,
    openapi::{SignedInProblems, WriteProblems},
    store::CeremonyKind,
};

/// Begins a fresh proof by one of the person's passkeys. Without any: `conflict.step`.
#[utoipa::path(
    operation_id = "begin_passkey_step_up",
    tag = "auth",
    security(("session" = [])),
    responses((status = 200, description = "What the browser asks the authenticator", body = DataView<PasskeyCeremonyView>), SignedInProblems, WriteProblems)
)]
#[post("/auth/step-up/passkey/options")]
pub async fn begin_passkey_step_up(
    app: Data<App>,
    user: CurrentUser,
) -> ApiResult<Json<DataView<PasskeyCeremonyView>>> {
    app.limits.take(Action::PasskeyUser, &user.user_id.to_string()).await?;
    let data = begin_proof(&app, CeremonyKind::StepUp, user.ceremony_party()).await?;
    Ok(Json(DataView { data }))
}
