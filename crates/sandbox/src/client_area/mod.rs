//! WHMCS's client area: redeeming SSO links, invoices, paying, the PDF. Every page but the sign-in page needs a session,
//! and shows only what belongs to the session's client.

mod invoice_page;
mod pages;
mod pdf;
pub mod session;
mod sign_in;

use actix_web::{HttpRequest, web};
use url::form_urlencoded;

use crate::answer::Answer;
use crate::faults::Target;
use crate::ledger::invoice::{Invoice, InvoiceStatus};
use crate::world::World;
use session::Session;

/// The pages' name: to a browser this is another product than the portal.
pub const PRODUCT: &str = "Billing – sandbox";
/// The session cookie.
const COOKIE: &str = "WHMCSSandbox";

/// Adds the pages under `/whmcs`.
pub fn routes(config: &mut web::ServiceConfig) {
    config
        .service(web::resource("/whmcs/oauth/singlesignon.php").get(sign_in::redeem))
        .service(web::resource("/whmcs/login").get(sign_in::page))
        .service(web::resource("/whmcs/logout.php").get(sign_in::sign_out))
        .service(web::resource("/whmcs/viewinvoice.php").get(invoice_page::view).post(invoice_page::pay))
        .service(web::resource("/whmcs/dl.php").get(pdf::download))
        .service(web::resource("/whmcs/clientarea.php").get(pages::area))
        .service(web::resource("/whmcs/{page}.php").get(pages::area));
}

/// One query parameter.
fn query(request: &HttpRequest, name: &str) -> String {
    form_urlencoded::parse(request.query_string().as_bytes())
        .find(|(key, _)| key == name)
        .map(|(_, value)| value.into_owned())
        .unwrap_or_default()
}

fn cookie(request: &HttpRequest) -> Option<String> {
    request.cookie(COOKIE).map(|cookie| cookie.value().to_owned())
}

/// The session of a request, or the way to the sign-in page.
fn signed_in(world: &World, cookie: Option<&str>) -> Result<Session, Answer> {
    cookie
        .and_then(|key| world.sessions.get(key))
        .cloned()
        .ok_or_else(|| Answer::redirect(302, "/whmcs/login".to_owned()))
}

/// The invoice with that id, if it is the session's and not a draft; else the page for an unknown one.
fn owned_invoice<'a>(world: &'a World, session: &Session, id: &str) -> Result<&'a Invoice, Answer> {
    id.parse()
        .ok()
        .and_then(|id: u64| world.ledger.whmcs.invoices.get(&id))
        .filter(|invoice| Some(invoice.client_id) == session.client_id && invoice.status != InvoiceStatus::Draft)
        .ok_or_else(|| {
            let main = "<h1>Invoice not found</h1><p><a href=\"/whmcs/clientarea.php?action=invoices\">My invoices</a></p>";
            Answer::html(404, crate::html::page("Not found", PRODUCT, None, main))
        })
}

/// The call that a page is, for faults and the log.
fn call(action: &str) -> crate::faults::Call {
    crate::faults::Call::new(Target::Whmcs, action)
}

/// Either way an answer.
fn settle(result: Result<Answer, Answer>) -> Answer {
    result.unwrap_or_else(|refusal| refusal)
}
