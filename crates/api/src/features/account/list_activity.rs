//! `GET /api/me/activity`

use actix_web::{
    get,
    web::{Data, Json},
};
use serde::Deserialize;
use shared_types::{
    ids::ActivityId,
    page::{DEFAULT_PAGE_SIZE, MAX_PAGE_SIZE},
    problem::FieldCode,
    security::ActivityPageView,
};

use crate::{
    app::App,
    audit,
    error::ApiResult,
    http::{
        query::{Query, ValidQuery},
        session::CurrentUser,
    },
    openapi::{SignedInProblems, UnreadableProblem},
};

/// Which part of the activity.
#[derive(Clone, Copy, Debug, Deserialize, utoipa::IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct ListActivityQuery {
    /// Only what is older than this line: `next` of the page before.
    before: Option<ActivityId>,
    /// Lines per page.
    #[param(minimum = 1, maximum = 100, default = 25)]
    size: Option<u32>,
}

impl Query for ListActivityQuery {
    fn wrong(&self) -> Vec<(&'static str, FieldCode)> {
        match self.size {
            Some(size) if !(1..=MAX_PAGE_SIZE).contains(&size) => vec![("size", FieldCode::OutOfRange)],
            _ => Vec::new(),
        }
    }
}

/// What happened on the account, the newest first. What is added meanwhile moves no line to another page.
#[utoipa::path(
    operation_id = "list_activity",
    tag = "account",
    security(("session" = [])),
    params(ListActivityQuery),
    responses((status = 200, description = "A part of the activity", body = ActivityPageView), SignedInProblems, UnreadableProblem)
)]
#[get("/me/activity")]
pub async fn list_activity(
    app: Data<App>,
    user: CurrentUser,
    query: ValidQuery<ListActivityQuery>,
) -> ApiResult<Json<ActivityPageView>> {
    let size = query.0.size.unwrap_or(DEFAULT_PAGE_SIZE);
    let tx = app.db.read_as_user(user.user_id).await?;
    // One more than asked for tells whether there is another page.
    let mut records = tx.audit().page(audit::ACTIVITY, query.0.before, u64::from(size) + 1).await?;
    let wanted = usize::try_from(size).unwrap_or(usize::MAX);
    let more = records.len() > wanted;
    records.truncate(wanted);
    let next = records.last().map(|record| record.id).filter(|_| more);
    let data = records.into_iter().map(super::activity).collect();
    Ok(Json(ActivityPageView { data, next }))
}
