//! `GET /api/me/billing`

use actix_web::{get, web::Data};
use shared_types::{
    account::{BillingContactView, Permission},
    page::ItemView,
};

use crate::{
    app::App,
    error::ApiResult,
    http::{
        cached::{CachedAnswer, MaxAge},
        session::CurrentUser,
    },
    openapi::{ReadProblems, SignedInProblems},
};

/// Name and address on invoices, as billing has them.
///
/// A change that is still on its way there does not show yet.
#[utoipa::path(
    operation_id = "get_billing",
    tag = "account",
    security(("session" = [])),
    responses((status = 200, description = "The billing details", body = ItemView<BillingContactView>), SignedInProblems, ReadProblems)
)]
#[get("/me/billing")]
pub async fn get_billing(app: Data<App>, user: CurrentUser, max_age: MaxAge) -> ApiResult<CachedAnswer> {
    let account = user.account(Permission::Profile)?;
    let reader = app.reader(user.user_id, account, max_age.counted(&app, user.user_id).await?);
    Ok(CachedAnswer(app.readings.contact(reader).await?))
}
