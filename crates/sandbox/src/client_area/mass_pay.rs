//! `clientarea.php?action=masspay`: several invoices chosen and paid with one payment.

use std::fmt::Write as _;

use super::pages::number;
use super::session::Session;
use super::switches::MassPayment;
use super::visit::{Visit, check_form, owned_invoice, signed_in};
use super::{alert, price, signed_page, token_field};
use crate::answer::Answer;
use crate::ledger::invoice::Invoice;
use crate::money::Money;
use crate::token;
use crate::world::{Shared, World};

const HERE: &str = "/whmcs/clientarea.php?action=masspay";

fn payable(invoice: &Invoice) -> bool {
    invoice.status.payable() && invoice.balance() > Money(0)
}

pub fn view(world: &mut World, _shared: &Shared, visit: &Visit) -> Result<Answer, Answer> {
    let session = signed_in(world, visit)?;
    // Named in the address by the answer to a payment that left some out; strangers' invoices are not named back.
    let left_out: Vec<String> = visit
        .query("failed")
        .split(',')
        .filter_map(|id| owned_invoice(world, &session, id).ok().map(number))
        .collect();
    let note = (!left_out.is_empty()).then(|| {
        format!("These invoices could not be paid: #{}. The others are paid.", left_out.join(", #"))
    });
    Ok(form(world, &session, visit.query("all") == "true", 200, note.as_deref()))
}

fn form(world: &World, session: &Session, all: bool, status: u16, error: Option<&str>) -> Answer {
    let mut rows = world.ledger.whmcs.invoices_of(session.client_id.or(Some(0)));
    rows.retain(|invoice| payable(invoice));
    let error = error.map_or_else(String::new, alert);
    if rows.is_empty() {
        let main = format!("<h1>Mass payment</h1>{error}<p>There is nothing to pay.</p>");
        return signed_page(status, "Mass payment", &main);
    }
    let checked = if all { " checked" } else { "" };
    let mut main = format!(
        "<h1>Mass payment</h1>{error}<form method=\"post\" action=\"{HERE}\">{}<fieldset>\
         <legend>Invoices to pay</legend>",
        token_field(&session.form_token)
    );
    for invoice in &rows {
        // Writing to a `String` cannot fail.
        let _ = write!(
            main,
            "<p><label class=\"choice\"><input type=\"checkbox\" name=\"invoiceids[]\" value=\"{}\"{checked}> #{}, \
             due {}: {}</label></p>",
            invoice.id,
            number(invoice),
            invoice.due,
            price(world, session, invoice.balance())
        );
    }
    let total: Money = rows.iter().map(|invoice| invoice.balance()).sum();
    let _ = write!(
        main,
        "</fieldset><p>Total due: <strong>{}</strong></p><p><button type=\"submit\">Pay the chosen invoices</button>\
         </p></form>",
        price(world, session, total)
    );
    signed_page(status, "Mass payment", &main)
}

pub fn pay(world: &mut World, _shared: &Shared, visit: &Visit) -> Result<Answer, Answer> {
    let session = signed_in(world, visit)?;
    check_form(visit, &session)?;
    let mut chosen = Vec::new();
    for id in visit.fields("invoiceids[]") {
        let id = owned_invoice(world, &session, id)?.id;
        if !chosen.contains(&id) {
            chosen.push(id);
        }
    }
    if chosen.is_empty() {
        return Ok(form(world, &session, false, 422, Some("Choose at least one invoice.")));
    }
    let open = |id: &u64| world.ledger.whmcs.invoices.get(id).is_some_and(payable);
    let (good, bad): (Vec<u64>, Vec<u64>) = chosen.into_iter().partition(open);
    if !bad.is_empty() && (good.is_empty() || world.config.client_area.mass_payment == MassPayment::Whole) {
        let text = "An invoice you chose can no longer be paid. Nothing was paid.";
        return Ok(form(world, &session, false, 409, Some(text)));
    }
    // One payment: its number stands on every invoice it pays.
    let transid = format!("SANDBOX-MASS-{}", token::hex::<6>());
    for id in good {
        // It was payable a moment ago, under the same lock.
        let _ = world.pay(id, Some(transid.clone()));
    }
    if bad.is_empty() {
        return Ok(Answer::redirect(303, "/whmcs/clientarea.php?action=invoices&payment=success".to_owned()));
    }
    let failed: Vec<String> = bad.iter().map(u64::to_string).collect();
    Ok(Answer::redirect(303, format!("{HERE}&failed={}", failed.join(","))))
}
