//! `GetInvoice`: one invoice with lines and transactions. No ownership check and no currency, as the real one.

use serde_json::{Value, json};

use super::get_invoices::{invoice_of, rate, total};
use crate::ledger::invoice::Invoice;
use crate::whmcs::wire::{date, fields, moment, put_list};
use crate::whmcs::{Context, Fields, Refusal};

pub fn run(context: &mut Context<'_>) -> Result<Fields, Refusal> {
    let world = &mut *context.world;
    let invoice = invoice_of(&world.ledger.whmcs, context.params)?;
    let mut answer = fields(json!({
        "invoiceid": invoice.id,
        "invoicenum": invoice.number,
        "userid": invoice.client_id,
        "date": date(Some(invoice.date)),
        "duedate": date(Some(invoice.due)),
        "datepaid": moment(invoice.paid_at),
        "lastcaptureattempt": moment(None),
        "subtotal": invoice.subtotal(),
        "credit": invoice.credit,
        "tax": invoice.tax(),
        "tax2": "0.00",
        "total": total(invoice, world.config.total),
        "balance": invoice.balance(),
        "taxrate": rate(invoice.tax_rate),
        "taxrate2": "0.000",
        "status": invoice.status.label(),
        "paymentmethod": invoice.gateway,
        "notes": invoice.notes,
        "ccgateway": false,
    }));
    put_list(&mut world.config, &mut answer, "items", Some("item"), items(invoice));
    put_list(&mut world.config, &mut answer, "transactions", Some("transaction"), transactions(invoice));
    Ok(answer)
}

fn items(invoice: &Invoice) -> Vec<Value> {
    invoice
        .items
        .iter()
        .map(|item| {
            json!({
                "id": item.id,
                "type": item.kind,
                "relid": item.relid,
                "description": item.description,
                "amount": item.amount,
                "taxed": u8::from(item.taxed),
            })
        })
        .collect()
}

fn transactions(invoice: &Invoice) -> Vec<Value> {
    invoice
        .transactions
        .iter()
        .map(|transaction| {
            json!({
                "id": transaction.id,
                "userid": invoice.client_id,
                "currency": 0,
                "gateway": transaction.gateway,
                "date": moment(Some(transaction.date)),
                "description": transaction.description,
                "amountin": transaction.amount_in,
                "fees": transaction.fees,
                "amountout": transaction.amount_out,
                "rate": "1.00000",
                "transid": transaction.transid,
                "invoiceid": invoice.id,
                "refundid": 0,
            })
        })
        .collect()
}
