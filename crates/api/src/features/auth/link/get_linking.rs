//! `GET /api/auth/link-whmcs`

use actix_web::{
    get,
    web::{Data, Json},
};
use shared_types::{link::LinkView, page::DataView};

use crate::{
    app::App, domain::link::FlowStage, error::ApiResult, http::flow_cookie::FlowCookie,
    openapi::PublicReadProblems,
};

/// How far linking has come in this browser, to go on after a reload; `null` where none is under way.
#[utoipa::path(
    operation_id = "get_linking",
    tag = "auth",
    responses((status = 200, description = "What comes next", body = DataView<Option<LinkView>>), PublicReadProblems)
)]
#[get("/auth/link-whmcs")]
pub async fn get_linking(app: Data<App>, flow: FlowCookie) -> ApiResult<Json<DataView<Option<LinkView>>>> {
    let Some(hash) = flow.hash() else { return Ok(Json(DataView { data: None })) };
    let tx = app.db.read_as_system().await?;
    let flow = tx.link_flows().by_token_hash(&hash).await?;
    let Some(flow) = flow.filter(|flow| flow.stage != FlowStage::AtWhmcs) else {
        return Ok(Json(DataView { data: None }));
    };
    let login = super::proved(&flow)?;
    Ok(Json(DataView { data: Some(super::view(flow.stage, &login, flow.expires_at)) }))
}
