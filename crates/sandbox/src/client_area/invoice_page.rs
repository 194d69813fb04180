//! `viewinvoice.php`: one invoice with its lines, and a form that pays it.

use std::fmt::Write as _;

use super::pages::number;
use super::session::Session;
use super::visit::{Visit, check_form, owned_invoice, signed_in};
use super::{alert, funds, price, signed_page, token_field};
use crate::answer::Answer;
use crate::html::{decode, escape};
use crate::ledger::invoice::Invoice;
use crate::money::Money;
use crate::world::{Shared, World};

pub fn view(world: &mut World, _shared: &Shared, visit: &Visit) -> Result<Answer, Answer> {
    let session = signed_in(world, visit)?;
    let invoice = owned_invoice(world, &session, visit.query("id"))?;
    Ok(page(world, &session, invoice, visit.query("payment")))
}

pub fn pay(world: &mut World, _shared: &Shared, visit: &Visit) -> Result<Answer, Answer> {
    let session = signed_in(world, visit)?;
    let invoice_id = owned_invoice(world, &session, visit.query("id"))?.id;
    check_form(visit, &session)?;
    // Paying twice ends on the same page as paying once: the invoice says what it is.
    let outcome = match world.pay(invoice_id, None) {
        Ok(()) => {
            funds::deposit(world, invoice_id);
            "success"
        }
        Err(_) => "failed",
    };
    Ok(Answer::redirect(303, format!("/whmcs/viewinvoice.php?id={invoice_id}&payment={outcome}")))
}

fn page(world: &World, session: &Session, invoice: &Invoice, payment: &str) -> Answer {
    let client = world.ledger.whmcs.clients.get(&invoice.client_id);
    let money = |amount: Money| price(world, session, amount);
    let number = number(invoice);
    let outcome = match payment {
        "success" => "<p class=\"paid\" role=\"status\">Thank you, the payment was received.</p>".to_owned(),
        "failed" => alert("The payment failed."),
        _ => String::new(),
    };
    let billed = client.map_or_else(String::new, |client| {
        let name = format!("{} {}", client.first_name, client.last_name);
        let lines = [client.company.as_str(), &name, &client.address1, &client.city];
        let lines: Vec<String> =
            lines.iter().filter(|line| !line.is_empty()).map(|line| escape(&decode(line))).collect();
        lines.join("<br>")
    });
    let mut main = format!(
        "<h1>Invoice #{number}</h1>{outcome}<p class=\"{}\">Status: {}</p><p>{billed}</p>\
         <p class=\"soft\">Date {} · Due {}</p>",
        if invoice.status.label() == "Paid" { "paid" } else { "soft" },
        invoice.status.label(),
        invoice.date,
        invoice.due,
    );
    main.push_str(&lines(invoice, &money));
    if invoice.status.payable() && invoice.balance() > Money(0) {
        // Writing to a `String` cannot fail.
        let _ = write!(
            main,
            "<form method=\"post\" action=\"/whmcs/viewinvoice.php?id={}\">\
             {}<button type=\"submit\" name=\"pay\" value=\"1\">Pay now {}</button></form>",
            invoice.id,
            token_field(&session.form_token),
            money(invoice.balance())
        );
    }
    let _ = write!(main, "<p><a href=\"/whmcs/dl.php?type=i&amp;id={}\">Download PDF</a></p>", invoice.id);
    signed_page(200, &format!("Invoice #{}", decode(&number)), &main)
}

fn lines(invoice: &Invoice, money: &dyn Fn(Money) -> String) -> String {
    let mut table = String::from(
        "<div class=\"wide\" tabindex=\"0\" role=\"region\" aria-label=\"Lines\"><table><thead><tr><th>Description</th><th class=\"amount\">Amount</th></tr></thead><tbody>",
    );
    let mut row = |name: &str, amount: Money| {
        // Writing to a `String` cannot fail.
        let _ = write!(
            table,
            "<tr><td>{}</td><td class=\"amount\">{}</td></tr>",
            escape(&decode(name)),
            money(amount)
        );
    };
    for item in &invoice.items {
        row(&item.description, item.amount);
    }
    row("Subtotal", invoice.subtotal());
    row("Tax", invoice.tax());
    row("Credit", Money(0) - invoice.credit);
    for transaction in &invoice.transactions {
        row(
            &format!("{} {}", transaction.description, transaction.date.date()),
            transaction.amount_out - transaction.amount_in,
        );
    }
    row("Balance", invoice.balance());
    table.push_str("</tbody></table></div>");
    table
}
