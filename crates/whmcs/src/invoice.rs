//! `GetInvoice`: one invoice with its lines and payments. WHMCS does not check whose it is; this module does.
//!
//! Source: <https://developers.whmcs.com/api-reference/getinvoice/>.

use std::fmt;

use chrono::{NaiveDate, NaiveDateTime};
use tokio::time::Instant;

use crate::{
    action::GET_INVOICE,
    amount::Amount,
    client::Client,
    error::Error,
    form::Form,
    ids::{ClientId, InvoiceId},
    invoices::{InvoiceStatus, is_draft},
    object::Object,
    refusal::RefusalKind,
    transactions::{Transaction, transactions},
};

/// A whole invoice. It names no currency: that is the client's. `Debug` shows numbers and state only.
#[derive(Clone, PartialEq, Eq)]
pub struct Invoice {
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
    /// What is still due.
    pub balance: Amount,
    /// Rate of the first tax, in percent.
    pub tax_rate: Amount,
    /// Rate of the second tax, in percent.
    pub tax_rate2: Amount,
    /// State.
    pub status: InvoiceStatus,
    /// Module name of the gateway.
    pub payment_method: Option<String>,
    /// What is charged.
    pub lines: Vec<InvoiceLine>,
    /// What was paid and refunded.
    pub transactions: Vec<Transaction>,
}

/// A line of an invoice. `Debug` shows its number only.
#[derive(Clone, PartialEq, Eq)]
pub struct InvoiceLine {
    /// The line's number.
    pub id: u64,
    /// What kind of thing is charged, in WHMCS's words (`Hosting`, …).
    pub kind: Option<String>,
    /// The record that is charged, of the kind that `kind` says.
    pub related_id: Option<u64>,
    /// What the customer reads; may have several lines.
    pub description: String,
    /// Amount in the client's currency.
    pub amount: Amount,
    /// Whether tax applies.
    pub taxed: bool,
}

impl Client {
    /// A client's invoice; `None` if there is no such invoice, if it is another client's, or if it is a
    /// draft. From outside these three must look the same.
    pub async fn invoice(
        &self,
        client_id: ClientId,
        invoice_id: InvoiceId,
        deadline: Instant,
    ) -> Result<Option<Invoice>, Error> {
        let params = Form::new().with("invoiceid", invoice_id);
        let answer = match self.call(GET_INVOICE, &params, deadline).await {
            Err(Error::Refused(refusal)) if refusal.kind() == RefusalKind::InvoiceNotFound => {
                return Ok(None);
            }
            answer => answer?,
        };
        if is_draft(&answer) || answer.id::<ClientId>("userid")? != client_id {
            return Ok(None);
        }
        let invoice = invoice(&answer)?;
        if invoice.id == invoice_id { Ok(Some(invoice)) } else { Err(Error::shape("invoiceid")) }
    }
}

pub(crate) fn invoice(answer: &Object) -> Result<Invoice, Error> {
    let lines = answer.rows("items", "item")?.into_iter().map(line).collect::<Result<_, _>>()?;
    Ok(Invoice {
        id: answer.id("invoiceid")?,
        client_id: answer.id("userid")?,
        number: answer.optional_display("invoicenum")?,
        date: answer.date("date")?,
        due_date: answer.date("duedate")?,
        paid_at: answer.date_time("datepaid")?,
        subtotal: answer.amount("subtotal")?,
        credit: answer.amount("credit")?,
        tax: answer.amount("tax")?,
        tax2: answer.amount("tax2")?,
        total: answer.amount("total")?,
        balance: answer.amount("balance")?,
        tax_rate: answer.amount("taxrate")?,
        tax_rate2: answer.amount("taxrate2")?,
        status: InvoiceStatus::from_word(answer.text("status")?),
        payment_method: answer.optional_text("paymentmethod")?,
        lines,
        transactions: transactions(answer)?,
    })
}

fn line(row: &Object) -> Result<InvoiceLine, Error> {
    Ok(InvoiceLine {
        id: row.id("id")?,
        kind: row.optional_text("type")?,
        related_id: row.optional_id("relid")?,
        description: row.display("description")?,
        amount: row.amount("amount")?,
        taxed: row.flag("taxed")?.unwrap_or_default(),
    })
}

impl fmt::Debug for Invoice {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Invoice")
            .field("id", &self.id)
            .field("client_id", &self.client_id)
            .field("status", &self.status)
            .finish_non_exhaustive()
    }
}

impl fmt::Debug for InvoiceLine {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("InvoiceLine").field("id", &self.id).finish_non_exhaustive()
    }
}
