//! `clientarea.php?action=addfunds`: an invoice whose payment becomes credit.

use serde_json::json;

use super::session::Session;
use super::visit::{Visit, check_form, signed_in};
use super::{alert, price, signed_page, token_field};
use crate::answer::Answer;
use crate::ledger::invoice::InvoiceStatus;
use crate::ledger::whmcs::item;
use crate::money::Money;
use crate::seed::billing::{InvoicePlan, invoice};
use crate::world::{Shared, World};

/// The line type that WHMCS gives such an invoice.
const KIND: &str = "AddFunds";
/// Smallest and largest deposit, in hundredths.
const RANGE: std::ops::RangeInclusive<i64> = 500..=100_000;

pub fn view(world: &mut World, _shared: &Shared, visit: &Visit) -> Result<Answer, Answer> {
    let session = signed_in(world, visit)?;
    Ok(form(world, &session, 200, None))
}

fn form(world: &World, session: &Session, status: u16, error: Option<&str>) -> Answer {
    let limit = |hundredths: &i64| price(world, session, Money(*hundredths));
    let main = format!(
        "<h1>Add funds</h1>{}<p>From {} to {}.</p><form method=\"post\" \
         action=\"/whmcs/clientarea.php?action=addfunds\">{}<p><label for=\"amount\">Amount</label>\
         <input id=\"amount\" name=\"amount\" inputmode=\"decimal\" required></p>\
         <p><button type=\"submit\">Make the invoice</button></p></form>",
        error.map_or_else(String::new, alert),
        limit(RANGE.start()),
        limit(RANGE.end()),
        token_field(&session.form_token)
    );
    signed_page(status, "Add funds", &main)
}

pub fn order(world: &mut World, _shared: &Shared, visit: &Visit) -> Result<Answer, Answer> {
    let session = signed_in(world, visit)?;
    check_form(visit, &session)?;
    let amount: Option<Money> = visit.field("amount").trim().parse().ok();
    let amount = amount.filter(|amount| RANGE.contains(&amount.0));
    let (Some(amount), Some(client_id)) = (amount, session.client_id) else {
        return Ok(form(world, &session, 422, Some("That amount cannot be added.")));
    };
    let now = world.clock.local();
    let plan = InvoicePlan {
        client_id,
        status: InvoiceStatus::Unpaid,
        date: now.date(),
        due: now.date(),
        items: vec![item(KIND, 0, "Add funds".to_owned(), amount)],
        credit: Money(0),
        number: None,
        paid: Money(0),
    };
    let id = invoice(&mut world.ledger.whmcs, plan, now);
    for event in ["InvoiceCreation", "InvoiceCreated"] {
        world.hooks.fire(event, json!({ "invoiceid": id }));
    }
    Ok(Answer::redirect(303, format!("/whmcs/viewinvoice.php?id={id}")))
}

/// What an invoice paid just now adds to its client's credit.
pub fn deposit(world: &mut World, invoice_id: u64) {
    let now = world.clock.local();
    let whmcs = &mut world.ledger.whmcs;
    let Some(invoice) = whmcs.invoices.get(&invoice_id) else { return };
    let client_id = invoice.client_id;
    let amount: Money = invoice.items.iter().filter(|item| item.kind == KIND).map(|item| item.amount).sum();
    if amount > Money(0) {
        whmcs.add_credit(client_id, now, format!("Add Funds Invoice #{invoice_id}"), amount);
    }
}
