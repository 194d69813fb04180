//! `GET /api/auth/options`

use actix_web::{
    get,
    web::{Data, Json},
};
use shared_types::{auth::AuthOptionsView, page::DataView};

use crate::{app::App, error::ApiResult, openapi::PublicReadProblems};

/// Which ways in this portal offers beside its own password.
#[utoipa::path(
    operation_id = "get_auth_options",
    tag = "auth",
    responses((status = 200, description = "What is offered", body = DataView<AuthOptionsView>), PublicReadProblems)
)]
#[get("/auth/options")]
pub async fn get_auth_options(app: Data<App>) -> ApiResult<Json<DataView<AuthOptionsView>>> {
    Ok(Json(DataView { data: AuthOptionsView { oidc: app.openid.is_some() } }))
}
