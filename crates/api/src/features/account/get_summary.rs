//! `GET /api/me/summary`

use std::time::Duration;

use actix_web::{
    get,
    web::{Data, Json},
};
use futures::future::join_all;
use shared_types::{
    account::{BillingSummary, DueInvoice, Permission, SummaryView},
    billing::{InvoiceDetailView, InvoiceFilter, InvoiceSort, InvoiceStatus, InvoiceView},
    money::Money,
    page::{DataView, Meta, Section},
};

use crate::{
    app::App,
    error::{ApiError, ApiResult},
    http::{cached::MaxAge, session::CurrentUser},
    openapi::SignedInProblems,
    readings::{Reader, StoredItem, StoredList, decode},
    upstream::{UpstreamError, billing::InvoiceQuery},
};

/// Unpaid invoices whose open balance is read one by one. The list has totals only, which ignore payments in part.
const READ_EACH: usize = 10;
/// Unpaid invoices that are looked at.
const LISTED: u32 = 100;

/// The dashboard: do I owe anything, does everything run, does anyone wait for me?
///
/// Each part stands alone: if one system does not answer, its part says so and the others are there.
#[utoipa::path(
    operation_id = "get_summary",
    tag = "account",
    security(("session" = [])),
    responses((status = 200, description = "The dashboard", body = DataView<SummaryView>), SignedInProblems)
)]
#[get("/me/summary")]
pub async fn get_summary(
    app: Data<App>,
    user: CurrentUser,
    max_age: MaxAge,
) -> ApiResult<Json<DataView<SummaryView>>> {
    let max_age = max_age.counted(&app, user.user_id).await?;
    let connections = &user.connections;
    let reader = |permission| super::reader(&app, &user, permission, max_age);
    let billing = async {
        match reader(Permission::Invoices) {
            Ok(reader) => billing_section(&app, reader).await,
            Err(missing) => missing.into(),
        }
    };
    let services = async {
        match reader(Permission::Services) {
            Ok(reader) => super::section(app.readings.services(reader).await),
            Err(missing) => missing.into(),
        }
    };
    let support = async {
        match (reader(Permission::Support), &connections.crm_account) {
            (Ok(reader), Some(account)) => super::section(app.readings.cases(reader, account).await),
            (Ok(_), None) => Section::NotReady,
            (Err(missing), _) => missing.into(),
        }
    };
    let (billing, services, support) = futures::join!(billing, services, support);
    Ok(Json(DataView { data: SummaryView { account_state: connections.state, billing, services, support } }))
}

async fn billing_section(app: &App, reader: Reader) -> Section<BillingSummary> {
    match billing_summary(app, reader).await {
        Ok((data, meta)) => Section::Ready { data, meta },
        Err(error) => {
            tracing::warn!(error = %error, "the dashboard lacks its billing part");
            Section::Unavailable { code: ApiError::from(error).code() }
        }
    }
}

async fn billing_summary(app: &App, reader: Reader) -> Result<(BillingSummary, Meta), UpstreamError> {
    if let Some(found) = sum_up(app, reader).await? {
        return Ok(found);
    }
    // An invoice was paid since the list was read. The list has to be read anew; the second answer stands.
    let again = Reader { max_age: Some(Duration::ZERO), ..reader };
    let found = sum_up(app, again).await?;
    found.ok_or_else(crate::cache::LoaderError::internal_error)
}

/// What is owed. `None` if an invoice of the list is no longer unpaid by its own, newer reading.
async fn sum_up(app: &App, reader: Reader) -> Result<Option<(BillingSummary, Meta)>, UpstreamError> {
    let query = InvoiceQuery {
        page: 1,
        size: LISTED,
        filter: Some(InvoiceFilter::Unpaid),
        sort: InvoiceSort::DueFirst,
    };
    let hit = app.readings.invoices(reader, query).await?;
    let list: StoredList<InvoiceView> = decode(&hit)?;
    let unpaid_count = list.page.total_items;
    let (overdue, later): (Vec<_>, Vec<_>) = list.data.into_iter().partition(|invoice| invoice.overdue);
    let next = later.into_iter().next();

    let wanted = overdue.iter().take(READ_EACH).chain(next.iter());
    let readings = join_all(wanted.map(|invoice| open_balance(app, reader, invoice))).await;
    let mut meta = hit.meta();
    let mut due = Vec::with_capacity(readings.len());
    for reading in readings {
        let (invoice, status, its_meta) = reading?;
        if status != InvoiceStatus::Unpaid && reader.max_age.is_none() {
            return Ok(None);
        }
        meta = older(meta, its_meta);
        due.push(invoice);
    }
    let next_due = if next.is_some() { due.pop() } else { None };
    let rest = overdue.iter().skip(READ_EACH).map(|invoice| &invoice.total);
    let totals = Money::totals(due.iter().map(|invoice| &invoice.balance).chain(rest));
    let summary = BillingSummary {
        next_due,
        overdue: totals.map_err(|_| crate::cache::LoaderError::internal_error())?,
        overdue_count: u64::try_from(overdue.len()).unwrap_or(u64::MAX),
        oldest_overdue: due.into_iter().next(),
        unpaid_count,
        exact: overdue.len() <= READ_EACH && unpaid_count <= u64::from(LISTED),
    };
    Ok(Some((summary, meta)))
}

async fn open_balance(
    app: &App,
    reader: Reader,
    row: &InvoiceView,
) -> Result<(DueInvoice, InvoiceStatus, Meta), UpstreamError> {
    let hit = app.readings.invoice(reader, row.id).await?;
    let invoice: StoredItem<InvoiceDetailView> = decode(&hit)?;
    let due = DueInvoice {
        id: row.id,
        number: row.number.clone(),
        due_on: row.due_on,
        balance: invoice.data.balance,
    };
    Ok((due, invoice.data.invoice.status, hit.meta()))
}

/// What is made of two readings is as old as the older one.
fn older(a: Meta, b: Meta) -> Meta {
    let older = if b.as_of < a.as_of { b } else { a };
    Meta { stale: a.stale || b.stale, ..older }
}
