//! `GET /api/invoices`

use actix_web::{get, web::Data};
use serde::Deserialize;
use shared_types::{
    billing::{InvoiceFilter, InvoiceSort, InvoiceView},
    page::{DEFAULT_PAGE_SIZE, ListView, MAX_PAGE, MAX_PAGE_SIZE},
    problem::FieldCode,
};

use crate::{
    app::App,
    error::ApiResult,
    http::{
        cached::{CachedAnswer, MaxAge},
        query::{Query, ValidQuery},
        session::CurrentUser,
    },
    openapi::{ReadProblems, SignedInProblems},
    upstream::billing::InvoiceQuery,
};

/// Which invoices.
#[derive(Clone, Copy, Debug, Deserialize, utoipa::IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct ListInvoicesQuery {
    /// Number of the page, from 1.
    #[param(minimum = 1, maximum = 100_000, default = 1)]
    page: Option<u32>,
    /// Rows per page.
    #[param(minimum = 1, maximum = 100, default = 25)]
    size: Option<u32>,
    /// Only invoices in this state.
    #[param(inline)]
    status: Option<InvoiceFilter>,
    /// Order; a leading `-` is descending.
    #[param(inline)]
    sort: Option<InvoiceSort>,
}

impl Query for ListInvoicesQuery {
    fn wrong(&self) -> Vec<(&'static str, FieldCode)> {
        let outside = |value: Option<u32>, most: u32| value.is_some_and(|value| !(1..=most).contains(&value));
        let mut wrong = Vec::new();
        if outside(self.page, MAX_PAGE) {
            wrong.push(("page", FieldCode::OutOfRange));
        }
        if outside(self.size, MAX_PAGE_SIZE) {
            wrong.push(("size", FieldCode::OutOfRange));
        }
        wrong
    }
}

/// The customer's invoices, newest first.
///
/// Drafts are not shown. A page behind the last one is empty. `Cache-Control: no-cache` asks for an answer not older than two seconds.
#[utoipa::path(
    operation_id = "list_invoices",
    tag = "invoices",
    security(("session" = [])),
    params(ListInvoicesQuery),
    responses((status = 200, description = "A page of invoices", body = ListView<InvoiceView>), SignedInProblems, ReadProblems)
)]
#[get("/invoices")]
pub async fn list_invoices(
    app: Data<App>,
    user: CurrentUser,
    query: ValidQuery<ListInvoicesQuery>,
    max_age: MaxAge,
) -> ApiResult<CachedAnswer> {
    let reader = super::reader(&app, &user, max_age).await?;
    let query = InvoiceQuery {
        page: query.0.page.unwrap_or(1),
        size: query.0.size.unwrap_or(DEFAULT_PAGE_SIZE),
        filter: query.0.status,
        sort: query.0.sort.unwrap_or_default(),
    };
    Ok(CachedAnswer(app.readings.invoices(reader, query).await?))
}
