//! `GetInvoices`: a client's invoices, page by page. Without a client id WHMCS lists everybody's, so here it
//! is not optional.
//!
//! Source: <https://developers.whmcs.com/api-reference/getinvoices/>.

use chrono::{NaiveDate, NaiveDateTime};
use tokio::time::Instant;

use crate::{
    action::GET_INVOICES,
    amount::Amount,
    client::Client,
    error::Error,
    form::Form,
    ids::{ClientId, InvoiceId},
    object::Object,
    paged::Paged,
};

/// Which invoices, in which order.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct InvoiceQuery {
    /// Only those in one state.
    pub status: Option<InvoiceFilter>,
    /// Sort key (7.7 and up).
    pub order_by: InvoiceOrder,
    /// Whether the largest comes first.
    pub descending: bool,
    /// Rows to skip.
    pub offset: u64,
    /// Rows to read.
    pub limit: u32,
}

impl Default for InvoiceQuery {
    /// The newest 25, as many as WHMCS gives by itself.
    fn default() -> Self {
        Self { status: None, order_by: InvoiceOrder::Id, descending: true, offset: 0, limit: 25 }
    }
}

/// What `GetInvoices` can filter by. Drafts are not for clients and cannot be asked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum InvoiceFilter {
    /// Waiting for payment, overdue or not.
    Unpaid,
    /// Unpaid after the due date. A filter only: the rows say [`InvoiceStatus::Unpaid`].
    Overdue,
    /// Paid.
    Paid,
    /// Cancelled.
    Cancelled,
    /// Refunded.
    Refunded,
    /// Handed to collections.
    Collections,
    /// A payment is on its way (7.2 and up).
    PaymentPending,
}

/// What `GetInvoices` can sort by.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum InvoiceOrder {
    /// The record's number.
    Id,
    /// The printed number.
    InvoiceNumber,
    /// Date of issue.
    Date,
    /// Due date.
    DueDate,
    /// Total.
    Total,
    /// Status, by its word.
    Status,
}

/// State of an invoice. There is no draft: drafts never leave this crate.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub enum InvoiceStatus {
    /// Waiting for payment.
    Unpaid,
    /// Paid.
    Paid,
    /// Cancelled.
    Cancelled,
    /// Refunded.
    Refunded,
    /// Handed to collections.
    Collections,
    /// A payment is on its way.
    PaymentPending,
    /// A word that this crate does not know.
    Other(String),
}

/// An invoice as the list shows it. There is no balance in the list: [`crate::Invoice::balance`] is what is
/// still due.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct InvoiceRow {
    /// The invoice.
    pub id: InvoiceId,
    /// Whose it is.
    pub client_id: ClientId,
    /// The printed number, where sequential numbering is on; else the id is printed.
    pub number: Option<String>,
    /// Date of issue.
    pub date: Option<NaiveDate>,
    /// Due date.
    pub due_date: Option<NaiveDate>,
    /// When it was paid, in the server's zone.
    pub paid_at: Option<NaiveDateTime>,
    /// When it was refunded, in the server's zone.
    pub refunded_at: Option<NaiveDateTime>,
    /// When it was cancelled, in the server's zone.
    pub cancelled_at: Option<NaiveDateTime>,
    /// When it last changed, in the server's zone.
    pub updated_at: Option<NaiveDateTime>,
    /// Sum of the lines.
    pub subtotal: Amount,
    /// Credit that was applied.
    pub credit: Amount,
    /// First tax.
    pub tax: Amount,
    /// Second tax.
    pub tax2: Amount,
    /// Total. Whether it is net of `credit` is not documented.
    pub total: Amount,
    /// State.
    pub status: InvoiceStatus,
    /// Module name of the gateway.
    pub payment_method: Option<String>,
    /// Currency code, such as `USD`; where it is missing, the client's currency holds.
    pub currency_code: Option<String>,
}

impl Client {
    /// A page of a client's invoices.
    ///
    /// Drafts are left out, and so is any row of another client, should WHMCS send one (that is logged as a
    /// warning). Neither changes `total` and `start`, which are WHMCS's own.
    pub async fn invoices(
        &self,
        client_id: ClientId,
        query: &InvoiceQuery,
        deadline: Instant,
    ) -> Result<Paged<InvoiceRow>, Error> {
        let params = Form::new()
            .with("userid", client_id)
            .with("status", query.status.map(InvoiceFilter::as_str))
            .with("orderby", query.order_by.as_str())
            .with("order", if query.descending { "desc" } else { "asc" })
            .with("limitstart", query.offset)
            .with("limitnum", query.limit);
        let mut page = invoices_page(&self.call(GET_INVOICES, &params, deadline).await?, query.offset)?;
        page.drop_foreign(GET_INVOICES, |row| row.client_id == client_id);
        Ok(page)
    }
}

pub(crate) fn invoices_page(answer: &Object, offset: u64) -> Result<Paged<InvoiceRow>, Error> {
    let rows = answer.rows("invoices", "invoice")?;
    let total = answer.number("totalresults")?;
    let start = answer.number("startnumber")?.unwrap_or(offset);
    let visible = rows.iter().filter(|row| !is_draft(row)).map(|row| invoice_row(row));
    Paged::new(visible.collect::<Result<_, _>>()?, rows.len(), start, total)
}

fn invoice_row(row: &Object) -> Result<InvoiceRow, Error> {
    Ok(InvoiceRow {
        id: row.id("id")?,
        client_id: row.id("userid")?,
        number: row.optional_display("invoicenum")?,
        date: row.date("date")?,
        due_date: row.date("duedate")?,
        paid_at: row.date_time("datepaid")?,
        refunded_at: row.date_time("date_refunded")?,
        cancelled_at: row.date_time("date_cancelled")?,
        updated_at: row.date_time("updated_at")?,
        subtotal: row.amount("subtotal")?,
        credit: row.amount("credit")?,
        tax: row.amount("tax")?,
        tax2: row.amount("tax2")?,
        total: row.amount("total")?,
        status: InvoiceStatus::from_word(row.text("status")?),
        payment_method: row.optional_text("paymentmethod")?,
        currency_code: row.optional_text("currencycode")?,
    })
}

/// A status that cannot be read is no draft here; reading the row then fails.
pub(crate) fn is_draft(row: &Object) -> bool {
    row.text("status").is_ok_and(|status| status.trim().eq_ignore_ascii_case("draft"))
}

impl InvoiceStatus {
    pub(crate) fn from_word(word: String) -> Self {
        match word.as_str() {
            "Unpaid" => Self::Unpaid,
            "Paid" => Self::Paid,
            "Cancelled" => Self::Cancelled,
            "Refunded" => Self::Refunded,
            "Collections" => Self::Collections,
            "Payment Pending" => Self::PaymentPending,
            _ => Self::Other(word),
        }
    }
}

impl InvoiceFilter {
    const fn as_str(self) -> &'static str {
        match self {
            Self::Unpaid => "Unpaid",
            Self::Overdue => "Overdue",
            Self::Paid => "Paid",
            Self::Cancelled => "Cancelled",
            Self::Refunded => "Refunded",
            Self::Collections => "Collections",
            Self::PaymentPending => "Payment Pending",
        }
    }
}

impl InvoiceOrder {
    const fn as_str(self) -> &'static str {
        match self {
            Self::Id => "id",
            Self::InvoiceNumber => "invoicenumber",
            Self::Date => "date",
            Self::DueDate => "duedate",
            Self::Total => "total",
            Self::Status => "status",
        }
    }
}
