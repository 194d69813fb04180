//! `GET /api/me`

use actix_web::{
    get,
    web::{Data, Json},
};
use shared_types::{
    account::{MeView, Permission},
    page::DataView,
};

use crate::{
    app::App,
    error::{ApiError, ApiResult},
    http::{cached::MaxAge, session::CurrentUser},
    openapi::SignedInProblems,
};

/// The signed-in person, and what billing has on file.
#[utoipa::path(
    operation_id = "get_me",
    tag = "account",
    security(("session" = [])),
    responses((status = 200, description = "The user", body = DataView<MeView>), SignedInProblems)
)]
#[get("/me")]
pub async fn get_me(app: Data<App>, user: CurrentUser, max_age: MaxAge) -> ApiResult<Json<DataView<MeView>>> {
    let max_age = max_age.counted(&app, user.user_id).await?;
    let tx = app.db.read_as_user(user.user_id).await?;
    let profile = tx.account().profile().await?.ok_or_else(ApiError::not_found)?;
    drop(tx);
    let billing = match super::reader(&app, &user, Permission::Profile, max_age) {
        Ok(reader) => super::section(app.readings.contact(reader).await),
        Err(missing) => missing.into(),
    };
    Ok(Json(DataView { data: super::me(&user, profile, billing) }))
}
