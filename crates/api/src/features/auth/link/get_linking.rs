//! `GET /api/auth/link-whmcs`

use actix_web::{
    get,
    web::{Data, Json},
};
use shared_types::{link::LinkView, page::DataView};

use crate::{
    app::App,
    domain::link::FlowStage,
    error::{ApiError, ApiResult},
    http::flow_cookie::FlowCookie,
    openapi::{NotFoundProblem, PublicReadProblems},
};

/// How far linking has come in this browser, to go on after a reload.
#[utoipa::path(
    operation_id = "get_linking",
    tag = "auth",
    responses((status = 200, description = "What comes next", body = DataView<LinkView>), NotFoundProblem, PublicReadProblems)
)]
#[get("/auth/link-whmcs")]
pub async fn get_linking(app: Data<App>, flow: FlowCookie) -> ApiResult<Json<DataView<LinkView>>> {
    let hash = flow.hash().ok_or_else(ApiError::not_found)?;
    let tx = app.db.read_as_system().await?;
    let flow = tx.link_flows().by_token_hash(&hash).await?;
    let flow = flow.filter(|flow| flow.stage != FlowStage::AtWhmcs).ok_or_else(ApiError::not_found)?;
    let login = super::proved(&flow)?;
    Ok(Json(DataView { data: super::view(flow.stage, &login, flow.expires_at) }))
}
