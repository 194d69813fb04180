//! Invoices: reading them, and the way to WHMCS's own page where they are paid.

pub mod create_sso_link;
pub mod get_invoice;
pub mod list_invoices;

use shared_types::account::Permission;

use crate::{
    app::App,
    error::ApiResult,
    http::{cached::MaxAge, session::CurrentUser},
    readings::Reader,
};

/// The reader of a request.
async fn reader(app: &App, user: &CurrentUser, max_age: MaxAge) -> ApiResult<Reader> {
    let account = user.account(Permission::Invoices)?;
    Ok(app.reader(user.user_id, account, max_age.counted(app, user.user_id).await?))
}
