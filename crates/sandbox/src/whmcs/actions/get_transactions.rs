//! `GetTransactions`: by invoice, client or transaction id. There are no paging parameters.

use serde_json::{Value, json};

use crate::ledger::invoice::{Invoice, Transaction};
use crate::whmcs::wire::{fields, moment, put_list};
use crate::whmcs::{Context, Fields, Refusal};

#[expect(clippy::unnecessary_wraps, reason = "the signature of every action")]
pub fn run(context: &mut Context<'_>) -> Result<Fields, Refusal> {
    let params = context.params;
    let world = &mut *context.world;
    let whmcs = &world.ledger.whmcs;
    let (invoice_id, client_id) = (params.number("invoiceid"), params.number("clientid"));
    let transid = params.text("transid");
    let invoices: Vec<&Invoice> = match invoice_id {
        Some(id) => whmcs.invoices.get(&id).into_iter().collect(),
        None => whmcs.invoices_of(client_id),
    };
    let mut found: Vec<(&Invoice, &Transaction)> = invoices
        .into_iter()
        .filter(|invoice| client_id.is_none_or(|id| id == invoice.client_id))
        .flat_map(|invoice| invoice.transactions.iter().map(move |transaction| (invoice, transaction)))
        .filter(|(_, transaction)| transid.is_empty() || transaction.transid == transid)
        .collect();
    found.sort_by_key(|(_, transaction)| transaction.id);
    let rows: Vec<Value> = found.into_iter().map(row).collect();
    let mut answer =
        fields(json!({ "totalresults": rows.len(), "startnumber": 0, "numreturned": rows.len() }));
    put_list(&mut world.config, &mut answer, "transactions", Some("transaction"), rows);
    Ok(answer)
}

/// Everything is text here, unlike in `GetInvoice`.
fn row((invoice, transaction): (&Invoice, &Transaction)) -> Value {
    json!({
        "id": transaction.id.to_string(),
        "userid": invoice.client_id.to_string(),
        "currency": "0",
        "gateway": transaction.gateway,
        "date": moment(Some(transaction.date)),
        "description": transaction.description,
        "amountin": transaction.amount_in,
        "fees": transaction.fees,
        "amountout": transaction.amount_out,
        "rate": "1.00000",
        "transid": transaction.transid,
        "invoiceid": invoice.id.to_string(),
        "refundid": "0",
    })
}
