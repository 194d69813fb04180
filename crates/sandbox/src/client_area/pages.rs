//! The client area's home and invoice list; every page of the real thing that is not simulated says so.

use std::fmt::Write as _;

use super::visit::{Visit, signed_in};
use super::{price, signed_page};
use crate::answer::Answer;
use crate::html::{decode, escape};
use crate::ledger::invoice::{Invoice, InvoiceStatus};
use crate::world::{Shared, World};

/// How many invoices the list shows.
const LIST: usize = 100;

/// The number people know an invoice by; without sequential numbers that is its id.
pub fn number(invoice: &Invoice) -> String {
    if invoice.number.is_empty() { invoice.id.to_string() } else { escape(&invoice.number) }
}

pub fn home(world: &mut World, _shared: &Shared, visit: &Visit) -> Result<Answer, Answer> {
    let session = signed_in(world, visit)?;
    let whmcs = &world.ledger.whmcs;
    let client = session.client_id.and_then(|id| whmcs.clients.get(&id));
    let name = whmcs
        .users
        .get(&session.user_id)
        .map_or_else(String::new, |user| escape(&decode(&format!("{} {}", user.first_name, user.last_name))));
    let account = client.map_or_else(String::new, |client| escape(&decode(&client.company)));
    // A session without a client owns nothing; client 0 does not exist.
    let owner = session.client_id.or(Some(0));
    let unpaid =
        whmcs.invoices_of(owner).iter().filter(|invoice| invoice.status == InvoiceStatus::Unpaid).count();
    let services = whmcs.services_of(owner).len();
    let credit = client.map_or_else(String::new, |client| {
        format!("<p>Credit balance: {}</p>", price(world, &session, client.credit))
    });
    let main = format!(
        "<h1>Welcome, {name}</h1><p class=\"soft\">{account}</p><p>{unpaid} unpaid invoices.</p>\
         <p>{services} services.</p>{credit}"
    );
    Ok(signed_page(200, "Client area", &main))
}

pub fn invoices(world: &mut World, _shared: &Shared, visit: &Visit) -> Result<Answer, Answer> {
    let session = signed_in(world, visit)?;
    let mut main = String::from("<h1>My invoices</h1>");
    if visit.query("payment") == "success" {
        main.push_str("<p class=\"paid\" role=\"status\">Thank you, the payment was received.</p>");
    }
    main.push_str(
        "<div class=\"wide\" tabindex=\"0\" role=\"region\" aria-label=\"Invoices\"><table><thead><tr><th>Invoice</th>\
         <th>Date</th><th>Due</th><th class=\"amount\">Total</th><th>Status</th></tr></thead><tbody>",
    );
    let mut rows = world.ledger.whmcs.invoices_of(session.client_id.or(Some(0)));
    rows.retain(|invoice| invoice.status != InvoiceStatus::Draft);
    for invoice in rows.iter().rev().take(LIST) {
        // Writing to a `String` cannot fail.
        let _ = write!(
            main,
            "<tr><td><a href=\"/whmcs/viewinvoice.php?id={}\">#{}</a></td><td>{}</td><td>{}</td>\
             <td class=\"amount\">{}</td><td>{}</td></tr>",
            invoice.id,
            number(invoice),
            invoice.date,
            invoice.due,
            price(world, &session, invoice.gross() - invoice.credit),
            invoice.status.label()
        );
    }
    main.push_str("</tbody></table></div>");
    Ok(signed_page(200, "My invoices", &main))
}

pub fn elsewhere(world: &mut World, _shared: &Shared, visit: &Visit) -> Result<Answer, Answer> {
    signed_in(world, visit)?;
    let main =
        "<h1>Not part of the sandbox</h1><p>You are signed in; this page exists only in the real system.</p>";
    Ok(signed_page(200, "Not simulated", main))
}
