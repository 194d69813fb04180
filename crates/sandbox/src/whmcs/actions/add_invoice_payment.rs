//! `AddInvoicePayment`: money from outside, whole or partial.

use chrono::NaiveDateTime;

use super::get_invoices::invoice_of;
use crate::config::{DuplicateTransid, Overpayment};
use crate::ledger::invoice::InvoiceStatus;
use crate::ledger::whmcs::Payment;
use crate::money::Money;
use crate::whmcs::{Context, Fields, Refusal, payment};

pub fn run(context: &mut Context<'_>) -> Result<Fields, Refusal> {
    let params = context.params;
    let now = context.world.clock.local();
    let world = &mut *context.world;
    let whmcs = &world.ledger.whmcs;
    let invoice = invoice_of(whmcs, params)?;
    if invoice.status == InvoiceStatus::Cancelled {
        return Err("It is not possible to add a payment to an invoice that is Cancelled".into());
    }
    let transid = params.text("transid").to_owned();
    if world.config.duplicate_transid == DuplicateTransid::Refused
        && !transid.is_empty()
        && whmcs.invoices.values().flat_map(|invoice| &invoice.transactions).any(|t| t.transid == transid)
    {
        return Err("Transaction ID must be Unique".into());
    }
    let (id, client_id, balance) = (invoice.id, invoice.client_id, invoice.balance());
    let money = |name: &str| params.text(name).parse::<Money>().ok();
    let amount = money("amount").unwrap_or(balance.max(Money(0)));
    let at = NaiveDateTime::parse_from_str(params.text("date"), "%Y-%m-%d %H:%M:%S").unwrap_or(now);
    // An unknown module, or the parameter's name in other actions, leaves the invoice's own gateway.
    let gateway = whmcs.catalog.gateway(params.text("gateway")).unwrap_or(invoice.gateway);
    let fees = money("fees").unwrap_or_default();
    payment::add(world, id, Payment { at, amount, fees, gateway, transid });
    let excess = amount - balance.max(Money(0));
    if excess > Money(0) && world.config.overpayment == Overpayment::Credit {
        world.ledger.whmcs.add_credit(client_id, now, format!("Invoice #{id} Overpayment"), excess);
    }
    Ok(Fields::new())
}
