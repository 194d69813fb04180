//! `GetInvoices`: filter by client and status, sort, page. Without `userid` it gives everybody's, as the real one does.

use std::cmp::Ordering;

use chrono::NaiveDate;
use serde_json::{Value, json};

use crate::config::Total;
use crate::ledger::invoice::{Invoice, InvoiceStatus};
use crate::ledger::whmcs::Whmcs;
use crate::whmcs::wire::{Page, date, moment, put_list};
use crate::whmcs::{Context, Fields, Params, Refusal};

#[expect(clippy::unnecessary_wraps, reason = "the signature of every action")]
pub fn run(context: &mut Context<'_>) -> Result<Fields, Refusal> {
    let today = context.today();
    let params = context.params;
    let config = &context.world.config;
    let total = config.total;
    let whmcs = &context.world.ledger.whmcs;
    let rows = whmcs.invoice_rows(params.number("userid"));
    let wanted = Wanted::of(params.text("status"));
    let known = matches!(wanted, Wanted::All).then(|| rows.len());
    let newest_first = params.text("order").eq_ignore_ascii_case("desc");
    let page = match comparison(params.text("orderby")) {
        // By id, the order they are kept in: only the page is looked at, beyond the filter.
        None => {
            let found = rows.iter(newest_first).filter(|invoice| wanted.takes(invoice, today));
            Page::cut(config, params, known, found)
        }
        Some(compare) => {
            let mut found: Vec<&Invoice> =
                rows.iter(false).filter(|invoice| wanted.takes(invoice, today)).collect();
            // Ties by id, so that pages do not overlap.
            found.sort_by(|a, b| {
                let order = compare(a, b).then(a.id.cmp(&b.id));
                if newest_first { order.reverse() } else { order }
            });
            Page::cut(config, params, Some(found.len()), found)
        }
    };
    let mut answer = page.members();
    let rows = page.rows.iter().map(|invoice| row(whmcs, invoice, total)).collect();
    put_list(&mut context.world.config, &mut answer, "invoices", Some("invoice"), rows);
    Ok(answer)
}

/// The invoice that `invoiceid` names.
pub fn invoice_of<'a>(whmcs: &'a Whmcs, params: &Params) -> Result<&'a Invoice, Refusal> {
    let id = params.number("invoiceid").unwrap_or(0);
    whmcs.invoices.get(&id).ok_or_else(|| "Invoice ID Not Found".into())
}

/// What the `status` parameter asks for.
enum Wanted {
    All,
    Overdue,
    Status(InvoiceStatus),
    /// No such status, so no invoice.
    Nothing,
}

impl Wanted {
    fn of(status: &str) -> Self {
        match status {
            "" => Self::All,
            text if text.eq_ignore_ascii_case("Overdue") => Self::Overdue,
            text => InvoiceStatus::ALL
                .into_iter()
                .find(|known| known.label().eq_ignore_ascii_case(text))
                .map_or(Self::Nothing, Self::Status),
        }
    }

    fn takes(&self, invoice: &Invoice, today: NaiveDate) -> bool {
        match self {
            Self::All => true,
            Self::Overdue => invoice.overdue(today),
            Self::Status(status) => invoice.status == *status,
            Self::Nothing => false,
        }
    }
}

/// How `orderby` compares; `None` for the id, which is what an unknown name means too.
fn comparison(name: &str) -> Option<fn(&Invoice, &Invoice) -> Ordering> {
    match name.to_ascii_lowercase().as_str() {
        "invoicenumber" => Some(|a, b| a.number.cmp(&b.number)),
        "date" => Some(|a, b| a.date.cmp(&b.date)),
        "duedate" => Some(|a, b| a.due.cmp(&b.due)),
        "total" => Some(|a, b| a.gross().cmp(&b.gross())),
        "status" => Some(|a, b| a.status.label().cmp(b.status.label())),
        _ => None,
    }
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
