//! `GetInvoices`: filter by client and status, sort, page. Without `userid` it gives everybody's, as the real one does.

use std::cmp::Ordering;

use serde_json::{Value, json};

use crate::config::Total;
use crate::ledger::invoice::{Invoice, InvoiceStatus};
use crate::ledger::whmcs::Whmcs;
use crate::whmcs::wire::{Page, date, moment, put_list};
use crate::whmcs::{Context, Fields, Params, Refusal};

#[expect(clippy::unnecessary_wraps, reason = "the signature of every action")]
pub fn run(context: &mut Context<'_>) -> Result<Fields, Refusal> {
    let today = context.world.clock.now().date_naive();
    let total = context.world.config.total;
    let whmcs = &context.world.ledger.whmcs;
    let mut found = whmcs.invoices_of(context.params.number("userid"));
    let status = context.params.text("status");
    if status.eq_ignore_ascii_case("Overdue") {
        found.retain(|invoice| invoice.overdue(today));
    } else if !status.is_empty() {
        let wanted = InvoiceStatus::ALL.into_iter().find(|known| known.label().eq_ignore_ascii_case(status));
        found.retain(|invoice| Some(invoice.status) == wanted);
    }
    sort(&mut found, context.params);
    let page = Page::cut(context.params, found);
    let mut answer = page.members();
    let rows = page.rows.iter().map(|invoice| row(whmcs, invoice, total)).collect();
    put_list(&mut context.world.config, &mut answer, "invoices", Some("invoice"), rows);
    Ok(answer)
}

/// By `orderby` (id when absent or unknown) and `order`; ties by id, so that pages do not overlap.
fn sort(invoices: &mut [&Invoice], params: &Params) {
    let compare: fn(&Invoice, &Invoice) -> Ordering =
        match params.text("orderby").to_ascii_lowercase().as_str() {
            "invoicenumber" => |a, b| a.number.cmp(&b.number),
            "date" => |a, b| a.date.cmp(&b.date),
            "duedate" => |a, b| a.due.cmp(&b.due),
            "total" => |a, b| a.gross().cmp(&b.gross()),
            "status" => |a, b| a.status.label().cmp(b.status.label()),
            _ => |_, _| Ordering::Equal,
        };
    let descending = params.text("order").eq_ignore_ascii_case("desc");
    invoices.sort_by(|a, b| {
        let order = compare(a, b).then(a.id.cmp(&b.id));
        if descending { order.reverse() } else { order }
    });
}

/// `total` as the switch wants it.
pub fn total(invoice: &Invoice, total: Total) -> String {
    match total {
        Total::Net => (invoice.gross() - invoice.credit).to_string(),
        Total::Gross => invoice.gross().to_string(),
    }
}

/// A tax rate in thousandths of a percent, with WHMCS's three decimals.
pub fn rate(thousandths: i64) -> String {
    format!("{}.{:03}", thousandths / 1000, thousandths.rem_euclid(1000))
}

fn row(whmcs: &Whmcs, invoice: &Invoice, how: Total) -> Value {
    let client = whmcs.clients.get(&invoice.client_id);
    let currency = client.and_then(|client| whmcs.currency_of(client));
    json!({
        "id": invoice.id,
        "userid": invoice.client_id,
        "firstname": client.map_or("", |client| client.first_name.as_str()),
        "lastname": client.map_or("", |client| client.last_name.as_str()),
        "companyname": client.map_or("", |client| client.company.as_str()),
        "invoicenum": invoice.number,
        "date": date(Some(invoice.date)),
        "duedate": date(Some(invoice.due)),
        "datepaid": moment(invoice.paid_at),
        "last_capture_attempt": moment(None),
        "date_refunded": moment(invoice.refunded_at),
        "date_cancelled": moment(invoice.cancelled_at),
        "subtotal": invoice.subtotal(),
        "credit": invoice.credit,
        "tax": invoice.tax(),
        "tax2": "0.00",
        "total": total(invoice, how),
        "taxrate": rate(invoice.tax_rate),
        "taxrate2": "0.000",
        "status": invoice.status.label(),
        "paymentmethod": invoice.gateway,
        "paymethodid": null,
        "notes": invoice.notes,
        "created_at": moment(Some(invoice.created_at)),
        "updated_at": moment(Some(invoice.updated_at)),
        "currencycode": currency.map_or("", |currency| currency.code),
        "currencyprefix": currency.map_or("", |currency| currency.prefix),
        "currencysuffix": currency.map_or("", |currency| currency.suffix),
    })
}
