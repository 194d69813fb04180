//! Invoices: reading them, and the way to WHMCS's own page where they are paid.

pub mod create_sso_link;
pub mod get_invoice;
pub mod list_invoices;

use crate::{
    app::App,
    error::ApiResult,
    http::{cached::MaxAge, session::CurrentUser},
    readings::Reader,
};

/// The reader of a request. Reading past the cache is counted: each such request makes WHMCS work.
async fn reader(app: &App, user: &CurrentUser, max_age: MaxAge) -> ApiResult<Reader> {
    let account = user.billing()?;
    if max_age.0.is_some() {
        app.limits.take(crate::limits::Action::Refresh, &user.user_id.to_string()).await?;
    }
    Ok(app.reader(user.user_id, account, max_age.0))
}
