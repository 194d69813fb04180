//! WHMCS's client area: redeeming SSO links, signing in, invoices, paying, services, the account; and the OpenID Connect
//! provider. Every page behind the sign-in shows only what belongs to the session's client.

mod account;
mod chooser;
mod funds;
mod invoice_page;
mod login;
mod mass_pay;
mod openid;
mod pages;
pub mod password_reset;
mod pdf;
mod services;
pub mod session;
mod sign_in;
pub mod switches;
pub mod totp;
mod upgrade;
mod visit;

use actix_web::{HttpRequest, HttpResponse, web};

use crate::answer::Answer;
use crate::faults::{self, Call, Target};
use crate::html::{self, escape};
use crate::money::Money;
use crate::whmcs::refuse_page;
use crate::world::{Shared, World};
use session::Session;
use visit::Visit;

/// The pages' name: to a browser this is another product than the portal.
pub const PRODUCT: &str = "Billing – sandbox";
/// The session cookie.
const COOKIE: &str = "WHMCSSandbox";
/// The sign-in page.
const LOGIN: &str = "/whmcs/login";

/// A page: `Err` is an answer too, given early.
type Page = fn(&mut World, &Shared, &Visit) -> Result<Answer, Answer>;

/// Adds the pages and the provider under `/whmcs`.
pub fn routes(config: &mut web::ServiceConfig) {
    config.configure(openid::routes);
    for path in [
        "/whmcs/oauth/singlesignon.php",
        LOGIN,
        "/whmcs/login/challenge",
        "/whmcs/password/reset",
        "/whmcs/account/paymentmethods",
        "/whmcs/{page}.php",
    ] {
        config.service(web::resource(path).route(web::get().to(serve)).route(web::post().to(serve)));
    }
}

async fn serve(shared: web::Data<Shared>, request: HttpRequest, body: web::Bytes) -> HttpResponse {
    let visit = Visit::read(&shared, &request, &body);
    let (action, page) = find(&visit);
    faults::serve(&shared, Call::new(Target::Whmcs, action), refuse_page, |world| {
        page(world, &shared, &visit).unwrap_or_else(|refusal| refusal)
    })
    .await
}

/// The page a request asks for, and its name for faults and the log.
fn find(visit: &Visit) -> (&'static str, Page) {
    match (visit.path.trim_start_matches("/whmcs/"), visit.post) {
        ("oauth/singlesignon.php", false) => ("singlesignon", sign_in::redeem),
        ("logout.php", _) => ("logout", sign_in::sign_out),
        ("viewinvoice.php", false) => ("viewinvoice", invoice_page::view),
        ("viewinvoice.php", true) => ("pay", invoice_page::pay),
        ("dl.php", false) => ("dl", pdf::download),
        ("upgrade.php", false) => ("upgrade", upgrade::view),
        ("upgrade.php", true) => ("upgrade", upgrade::order),
        ("clientarea.php", post) => area(visit.query("action"), post),
        ("index.php", post) => route(visit.query("rp"), post),
        (path, post) => route(path, post),
    }
}

/// `clientarea.php?action=…`
fn area(action: &str, post: bool) -> (&'static str, Page) {
    match (action, post) {
        ("", false) => ("clientarea", pages::home),
        ("invoices", false) => ("invoices", pages::invoices),
        ("masspay", false) => ("masspay", mass_pay::view),
        ("masspay", true) => ("masspay", mass_pay::pay),
        ("addfunds", false) => ("addfunds", funds::view),
        ("addfunds", true) => ("addfunds", funds::order),
        ("services" | "products", false) => ("services", services::list),
        ("productdetails", _) => ("productdetails", services::one),
        ("cancel", false) => ("cancel", services::ask_to_cancel),
        ("cancel", true) => ("cancel", services::cancel),
        ("details", false) => ("details", account::details),
        ("details", true) => ("details", account::save_details),
        ("security", false) => ("security", account::security),
        ("security", true) => ("security", account::save_security),
        _ => ("clientarea", pages::elsewhere),
    }
}

/// `index.php?rp=…`, and the same routes as friendly URLs.
fn route(route: &str, post: bool) -> (&'static str, Page) {
    let route = route.trim_start_matches('/');
    let route = if route.starts_with("password/reset/redeem/") { "password/reset/redeem" } else { route };
    match (route, post) {
        ("login", false) => ("login", login::view),
        ("login", true) => ("login", login::password),
        ("login/challenge", false) => ("login_challenge", login::challenge),
        ("login/challenge", true) => ("login_challenge", login::second_factor),
        ("password/reset" | "password/reset/begin", false) => ("password_reset", password_reset::view),
        ("password/reset" | "password/reset/begin", true) => ("password_reset", password_reset::begin),
        ("password/reset/redeem", false) => ("password_reset", password_reset::choose),
        ("password/reset/redeem", true) => ("password_reset", password_reset::change),
        ("account/paymentmethods", false) => ("paymentmethods", account::payment_methods),
        ("user/accounts", false) => ("accounts", chooser::view),
        ("user/accounts", true) => ("accounts", chooser::choose),
        _ => ("clientarea", pages::elsewhere),
    }
}

/// A page for a browser that is not signed in.
fn page(status: u16, title: &str, main: &str) -> Answer {
    Answer::html(status, html::page(title, PRODUCT, None, main))
}

/// A page behind the sign-in, with the way to the others.
fn signed_page(status: u16, title: &str, main: &str) -> Answer {
    const LINKS: &[(&str, &str)] = &[
        ("clientarea.php", "Home"),
        ("clientarea.php?action=services", "Services"),
        ("clientarea.php?action=invoices", "Invoices"),
        ("clientarea.php?action=masspay&amp;all=true", "Pay all"),
        ("clientarea.php?action=addfunds", "Add funds"),
        ("clientarea.php?action=details", "Details"),
        ("index.php?rp=/account/paymentmethods", "Payment methods"),
        ("clientarea.php?action=security", "Security"),
        ("logout.php", "Log out"),
    ];
    let links = LINKS.iter().map(|(path, text)| format!("<li><a href=\"/whmcs/{path}\">{text}</a></li>"));
    let nav = format!("<nav aria-label=\"Client area\"><ul>{}</ul></nav>", links.collect::<String>());
    Answer::html(status, html::framed(title, PRODUCT, None, &nav, main))
}

/// An alert line, announced by screen readers.
fn alert(text: &str) -> String {
    format!("<p class=\"alert\" role=\"alert\">{}</p>", escape(text))
}

/// The field that shows a form to be ours.
fn token_field(token: &str) -> String {
    format!("<input type=\"hidden\" name=\"token\" value=\"{token}\">")
}

/// An amount in the client's currency, for HTML.
fn price(world: &World, session: &Session, amount: Money) -> String {
    let whmcs = &world.ledger.whmcs;
    let client = session.client_id.and_then(|id| whmcs.clients.get(&id));
    let currency = client.and_then(|client| whmcs.currency_of(client));
    escape(&currency.map_or_else(|| amount.to_string(), |c| format!("{}{amount}{}", c.prefix, c.suffix)))
}
