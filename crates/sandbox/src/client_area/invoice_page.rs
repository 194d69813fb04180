//! `viewinvoice.php`: one invoice with its lines, and a form that pays it.

use std::fmt::Write as _;

use actix_web::{HttpRequest, HttpResponse, web};
use url::form_urlencoded;

use super::session::Session;
use super::{PRODUCT, call, cookie, owned_invoice, query, settle, signed_in};
use crate::answer::Answer;
use crate::faults;
use crate::html::{self, decode, escape};
use crate::ledger::invoice::Invoice;
use crate::money::Money;
use crate::whmcs::refuse_page;
use crate::world::{Shared, World};

pub async fn view(shared: web::Data<Shared>, request: HttpRequest) -> HttpResponse {
    let (cookie, id) = (cookie(&request), query(&request, "id"));
    faults::serve(&shared, call("viewinvoice"), refuse_page, |world| {
        settle(signed_in(world, cookie.as_deref()).and_then(|session| {
            let invoice = owned_invoice(world, &session, &id)?;
            Ok(page(world, &session, invoice))
        }))
    })
    .await
}

pub async fn pay(shared: web::Data<Shared>, request: HttpRequest, body: web::Bytes) -> HttpResponse {
    let (cookie, id) = (cookie(&request), query(&request, "id"));
    let form_token = form_urlencoded::parse(&body)
        .find(|(name, _)| name == "token")
        .map(|(_, value)| value.into_owned())
        .unwrap_or_default();
    faults::serve(&shared, call("pay"), refuse_page, |world| {
        settle(signed_in(world, cookie.as_deref()).and_then(|session| {
            let invoice_id = owned_invoice(world, &session, &id)?.id;
            if form_token != session.form_token {
                let main = "<h1>The form has expired</h1><p>Go back and try again.</p>";
                return Err(Answer::html(403, html::page("Expired", PRODUCT, None, main)));
            }
            // Paying twice ends on the same page as paying once: the invoice says what it is.
            let outcome = match world.pay(invoice_id) {
                Ok(()) => "success",
                Err(_) => "failed",
            };
            Ok(Answer::redirect(303, format!("/whmcs/viewinvoice.php?id={invoice_id}&payment={outcome}")))
        }))
    })
    .await
}

fn page(world: &World, session: &Session, invoice: &Invoice) -> Answer {
    let client = world.ledger.whmcs.clients.get(&invoice.client_id);
    let currency = client.and_then(|client| world.ledger.whmcs.currency_of(client));
    let money = |amount: Money| {
        escape(&currency.map_or_else(|| amount.to_string(), |c| format!("{}{amount}{}", c.prefix, c.suffix)))
    };
    let number = if invoice.number.is_empty() { invoice.id.to_string() } else { invoice.number.clone() };
    let billed = client.map_or_else(String::new, |client| {
        let name = format!("{} {}", client.first_name, client.last_name);
        let lines = [client.company.as_str(), &name, &client.address1, &client.city];
        let lines: Vec<String> =
            lines.iter().filter(|line| !line.is_empty()).map(|line| escape(&decode(line))).collect();
        lines.join("<br>")
    });
    let mut main = format!(
        "<p><a href=\"/whmcs/clientarea.php?action=invoices\">My invoices</a></p><h1>Invoice #{}</h1>\
         <p class=\"{}\">Status: {}</p><p>{billed}</p>\
         <p class=\"soft\">Date {} · Due {}</p>",
        escape(&number),
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
             <input type=\"hidden\" name=\"token\" value=\"{}\">\
             <button type=\"submit\" name=\"pay\" value=\"1\">Pay now {}</button></form>",
            invoice.id,
            session.form_token,
            money(invoice.balance())
        );
    }
    let _ = write!(main, "<p><a href=\"/whmcs/dl.php?type=i&amp;id={}\">Download PDF</a></p>", invoice.id);
    Answer::html(200, html::page(&format!("Invoice #{number}"), PRODUCT, None, &main))
}

fn lines(invoice: &Invoice, money: &dyn Fn(Money) -> String) -> String {
    let mut table = String::from(
        "<table><thead><tr><th>Description</th><th class=\"amount\">Amount</th></tr></thead><tbody>",
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
    table.push_str("</tbody></table>");
    table
}
