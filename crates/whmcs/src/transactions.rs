//! `GetTransactions`: payments and refunds of a client. Without a filter WHMCS lists everybody's, so here the
//! client is not optional. There are no pages.
//!
//! Source: <https://developers.whmcs.com/api-reference/gettransactions/>.

use std::fmt;

use chrono::NaiveDateTime;
use tokio::time::Instant;

use crate::{
    action::GET_TRANSACTIONS,
    amount::Amount,
    client::Client,
    error::Error,
    form::Form,
    ids::{ClientId, InvoiceId},
    object::Object,
};

/// A payment or refund. What the gateway charged the seller is left out. `Debug` shows its number only.
#[derive(Clone, PartialEq, Eq)]
pub struct Transaction {
    /// The transaction's number in WHMCS.
    pub id: u64,
    /// Whose it is, where WHMCS says so.
    pub client_id: Option<ClientId>,
    /// The invoice that it belongs to; none for money that was added to the credit balance.
    pub invoice_id: Option<InvoiceId>,
    /// When, in the server's zone.
    pub date: Option<NaiveDateTime>,
    /// Module name of the gateway.
    pub gateway: Option<String>,
    /// What the customer reads.
    pub description: String,
    /// The gateway's own number.
    pub transaction_id: Option<String>,
    /// Paid in.
    pub amount_in: Amount,
    /// Paid back.
    pub amount_out: Amount,
    /// The transaction that this one refunds.
    pub refund_of: Option<u64>,
}

/// Which transactions of a client; all by default.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct TransactionQuery {
    /// Only those of an invoice.
    pub invoice_id: Option<InvoiceId>,
    /// Only those with this number of the gateway.
    pub transaction_id: Option<String>,
}

impl Client {
    /// Transactions of a client.
    ///
    /// Any row that does not name this client is left out, should WHMCS send one.
    pub async fn transactions(
        &self,
        client_id: ClientId,
        query: &TransactionQuery,
        deadline: Instant,
    ) -> Result<Vec<Transaction>, Error> {
        let params = Form::new()
            .with("clientid", client_id)
            .with("invoiceid", query.invoice_id)
            .with("transid", query.transaction_id.as_deref());
        let mut rows = transactions(&self.call(GET_TRANSACTIONS, &params, deadline).await?)?;
        rows.retain(|row| row.client_id == Some(client_id));
        Ok(rows)
    }
}

/// The transactions of an answer, whether they are its subject or part of an invoice.
pub(crate) fn transactions(answer: &Object) -> Result<Vec<Transaction>, Error> {
    answer.rows("transactions", "transaction")?.into_iter().map(transaction).collect()
}

fn transaction(row: &Object) -> Result<Transaction, Error> {
    Ok(Transaction {
        id: row.id("id")?,
        client_id: row.optional_id("userid")?,
        invoice_id: row.optional_id("invoiceid")?,
        date: row.date_time("date")?,
        gateway: row.optional_text("gateway")?,
        description: row.display("description")?,
        transaction_id: row.optional_text("transid")?,
        amount_in: row.amount("amountin")?,
        amount_out: row.amount("amountout")?,
        refund_of: row.optional_id("refundid")?,
    })
}

impl fmt::Debug for Transaction {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Transaction").field("id", &self.id).finish_non_exhaustive()
    }
}
