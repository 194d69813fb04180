//! `GET /api/invoices/{id}`

use actix_web::{
    get,
    web::{Data, Path},
};
use shared_types::{billing::InvoiceDetailView, ids::InvoiceId, page::ItemView};

use crate::{
    app::App,
    error::ApiResult,
    http::{
        cached::{CachedAnswer, MaxAge},
        session::CurrentUser,
    },
    openapi::{NotFoundProblem, ReadProblems, SignedInProblems},
};

/// One invoice with its lines and payments.
///
/// Somebody else's invoice is answered like one that does not exist.
#[utoipa::path(
    operation_id = "get_invoice",
    tag = "invoices",
    security(("session" = [])),
    params(("id" = u64, Path, description = "The invoice")),
    responses((status = 200, description = "The invoice", body = ItemView<InvoiceDetailView>), SignedInProblems, NotFoundProblem, ReadProblems)
)]
#[get("/invoices/{id}")]
pub async fn get_invoice(
    app: Data<App>,
    user: CurrentUser,
    id: Path<InvoiceId>,
    max_age: MaxAge,
) -> ApiResult<CachedAnswer> {
    let reader = super::reader(&app, &user, max_age).await?;
    Ok(CachedAnswer(app.readings.invoice(reader, *id).await?))
}
