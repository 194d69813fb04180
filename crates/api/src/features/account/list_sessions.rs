//! `GET /api/me/sessions`

use actix_web::{
    get,
    web::{Data, Json},
};
use shared_types::{page::DataView, security::SessionItemView};

use crate::{app::App, error::ApiResult, http::session::CurrentUser, openapi::SignedInProblems};

/// The browsers in which the person is signed in, the newest first.
#[utoipa::path(
    operation_id = "list_sessions",
    tag = "account",
    security(("session" = [])),
    responses((status = 200, description = "The sessions", body = DataView<Vec<SessionItemView>>), SignedInProblems)
)]
#[get("/me/sessions")]
pub async fn list_sessions(
    app: Data<App>,
    user: CurrentUser,
) -> ApiResult<Json<DataView<Vec<SessionItemView>>>> {
    let tx = app.db.read_as_user(user.user_id).await?;
    let sessions = tx.sessions().list().await?;
    let data = sessions.into_iter().map(|session| super::session_item(session, &user)).collect();
    Ok(Json(DataView { data }))
}
