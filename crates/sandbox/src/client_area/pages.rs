//! The client area's home and invoice list; every other page of the real thing says that the sandbox has none.

use std::fmt::Write as _;

use actix_web::{HttpRequest, HttpResponse, web};

use super::session::Session;
use super::{PRODUCT, call, cookie, query, settle, signed_in};
use crate::answer::Answer;
use crate::faults;
use crate::html::{self, decode, escape};
use crate::ledger::invoice::InvoiceStatus;
use crate::whmcs::refuse_page;
use crate::world::{Shared, World};

/// How many invoices the list shows.
const LIST: usize = 100;

pub async fn area(shared: web::Data<Shared>, request: HttpRequest) -> HttpResponse {
    let cookie = cookie(&request);
    let home = request.path().ends_with("/clientarea.php");
    let action = query(&request, "action");
    faults::serve(&shared, call("clientarea"), refuse_page, |world| {
        settle(signed_in(world, cookie.as_deref()).map(|session| match (home, action.as_str()) {
            (true, "") => overview(world, &session),
            (true, "invoices") => invoices(world, &session),
            _ => elsewhere(),
        }))
    })
    .await
}

fn overview(world: &World, session: &Session) -> Answer {
    let whmcs = &world.ledger.whmcs;
    let client = session.client_id.and_then(|id| whmcs.clients.get(&id));
    let name = whmcs
        .users
        .get(&session.user_id)
        .map_or_else(String::new, |user| escape(&decode(&format!("{} {}", user.first_name, user.last_name))));
    let account = client.map_or_else(String::new, |client| escape(&decode(&client.company)));
    let unpaid = whmcs
        .invoices_of(session.client_id.or(Some(0)))
        .iter()
        .filter(|invoice| invoice.status == InvoiceStatus::Unpaid)
        .count();
    let main = format!(
        "<h1>Welcome, {name}</h1><p class=\"soft\">{account}</p><p>{unpaid} unpaid invoices.</p>\
         <p><a href=\"/whmcs/clientarea.php?action=invoices\">My invoices</a> · <a href=\"/whmcs/logout.php\">Sign out</a></p>"
    );
    Answer::html(200, html::page("Client area", PRODUCT, None, &main))
}

fn invoices(world: &World, session: &Session) -> Answer {
    let mut main = String::from(
        "<h1>My invoices</h1><table><thead><tr><th>Invoice</th><th>Date</th><th>Due</th>\
         <th class=\"amount\">Total</th><th>Status</th></tr></thead><tbody>",
    );
    // A session without a client owns nothing; client 0 does not exist.
    let mut rows = world.ledger.whmcs.invoices_of(session.client_id.or(Some(0)));
    rows.retain(|invoice| invoice.status != InvoiceStatus::Draft);
    for invoice in rows.iter().rev().take(LIST) {
        let number = if invoice.number.is_empty() { invoice.id.to_string() } else { invoice.number.clone() };
        // Writing to a `String` cannot fail.
        let _ = write!(
            main,
            "<tr><td><a href=\"/whmcs/viewinvoice.php?id={}\">#{}</a></td><td>{}</td><td>{}</td>\
             <td class=\"amount\">{}</td><td>{}</td></tr>",
            invoice.id,
            escape(&number),
            invoice.date,
            invoice.due,
            invoice.gross() - invoice.credit,
            invoice.status.label()
        );
    }
    main.push_str("</tbody></table>");
    Answer::html(200, html::page("My invoices", PRODUCT, None, &main))
}

fn elsewhere() -> Answer {
    let main = "<h1>Not part of the sandbox</h1><p>You are signed in; this page exists only in the real system.</p>\
                <p><a href=\"/whmcs/clientarea.php\">Client area</a></p>";
    Answer::html(200, html::page("Not simulated", PRODUCT, None, main))
}
