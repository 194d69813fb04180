//! `GET /api/me/accounts`

use actix_web::{
    get,
    web::{Data, Json},
};
use shared_types::{account::AccountChoiceView, page::DataView};

use crate::{
    accounts::{self, AccountsError},
    app::App,
    domain::account::RIGHTS_HOLD,
    error::{ApiError, ApiResult},
    http::session::CurrentUser,
    limits::Action,
    openapi::SignedInProblems,
};

/// The accounts that the person may act for, the own one first; empty while there is none.
///
/// WHMCS is asked when what it said last is older than a quarter of an hour. If it does not answer, what it said last is shown.
#[utoipa::path(
    operation_id = "list_accounts",
    tag = "account",
    security(("session" = [])),
    responses((status = 200, description = "The accounts", body = DataView<Vec<AccountChoiceView>>), SignedInProblems)
)]
#[get("/me/accounts")]
pub async fn list_accounts(
    app: Data<App>,
    user: CurrentUser,
) -> ApiResult<Json<DataView<Vec<AccountChoiceView>>>> {
    let tx = app.db.read_as_user(user.user_id).await?;
    let links = tx.account_links().await?;
    drop(tx);
    let oldest = links.iter().map(|link| link.refreshed_at).min();
    if oldest.is_none_or(|oldest| crate::clock::later(oldest, RIGHTS_HOLD) <= app.clock.now()) {
        app.limits.take(Action::Refresh, &user.user_id.to_string()).await?;
        match accounts::refresh(&app, user.user_id).await {
            Err(AccountsError::Upstream(error)) => {
                tracing::warn!(%error, "accounts are shown as they were known last");
            }
            done => done?,
        }
    }
    let tx = app.db.read_as_user(user.user_id).await?;
    let profile = tx.account().profile().await?.ok_or_else(ApiError::not_found)?;
    let (mapping, links) = (tx.mapping().await?, tx.account_links().await?);
    let data = super::choices(&profile, mapping.as_ref(), &links, user.acting_for);
    Ok(Json(DataView { data }))
}
