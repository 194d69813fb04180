//! `AddCredit` and `ApplyCredit`.

use serde_json::json;

use super::create_invoice::day;
use super::get_invoices::invoice_of;
use crate::ledger::invoice::InvoiceStatus;
use crate::money::Money;
use crate::whmcs::wire::{fields, stored};
use crate::whmcs::{Context, Fields, Refusal, payment};

pub fn add(context: &mut Context<'_>) -> Result<Fields, Refusal> {
    let params = context.params;
    let sign = match params.text("type") {
        "" | "add" => 1,
        "remove" => -1,
        _ => return Err("Type can only be add or remove".into()),
    };
    let client_id = params.number("clientid").unwrap_or(0);
    if !context.world.ledger.whmcs.clients.contains_key(&client_id) {
        return Err("Client ID Not Found".into());
    }
    if !params.given("amount") {
        return Err("No Amount Provided".into());
    }
    let amount: Money =
        params.text("amount").parse().map_err(|_| "Amount must be in decimal format: ### or ###.##")?;
    if params.given("date") && day(params, "date").is_none() {
        return Err("Date Format is not Valid".into());
    }
    let now = context.world.clock.local();
    let at = day(params, "date").map_or(now, |date| date.and_time(now.time()));
    let whmcs = &mut context.world.ledger.whmcs;
    whmcs.add_credit(client_id, at, stored(params.text("description")), Money(amount.0 * sign));
    let balance = whmcs.clients.get(&client_id).map_or(Money(0), |client| client.credit);
    Ok(fields(json!({ "newbalance": balance })))
}

/// The answer's flag is a word in text.
pub fn apply(context: &mut Context<'_>) -> Result<Fields, Refusal> {
    let params = context.params;
    let now = context.world.clock.local();
    let world = &mut *context.world;
    let whmcs = &mut world.ledger.whmcs;
    let invoice = invoice_of(whmcs, params)?;
    let (id, client_id, balance) = (invoice.id, invoice.client_id, invoice.balance());
    if invoice.status != InvoiceStatus::Unpaid {
        return Err("Invoice Not in Unpaid Status".into());
    }
    let available = whmcs.clients.get(&client_id).map_or(Money(0), |client| client.credit);
    let amount = match params.text("amount") {
        "full" => available.min(balance),
        text => text.parse().unwrap_or_default(),
    };
    if amount <= Money(0) {
        return Err("Credit Amount to apply must be greater than zero".into());
    }
    if amount > available {
        return Err("Amount exceeds customer credit balance".into());
    }
    if amount > balance {
        return Err("Amount Exceeds Invoice Balance".into());
    }
    let settled = whmcs.use_credit(id, amount, now);
    if settled {
        payment::paid(world, id);
    }
    Ok(fields(json!({ "invoiceid": id, "amount": amount, "invoicepaid": settled.to_string() })))
}
