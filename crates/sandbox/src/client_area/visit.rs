//! One request of a browser, and what pages ask of it: a session, a form token, somebody's own records.

use actix_web::HttpRequest;
use url::form_urlencoded;

use super::session::{Guest, Session};
use super::{COOKIE, LOGIN, page};
use crate::answer::Answer;
use crate::ledger::invoice::{Invoice, InvoiceStatus};
use crate::ledger::whmcs::{ClientStatus, Service};
use crate::world::{Shared, World};

/// Where a user chooses the account to act for.
pub const ACCOUNTS: &str = "/whmcs/index.php?rp=/user/accounts";

/// A request, read.
pub struct Visit {
    pub cookie: Option<String>,
    /// Path and query as sent.
    pub target: String,
    pub path: String,
    pub post: bool,
    /// Whether cookies are for https only.
    pub secure: bool,
    query: Vec<(String, String)>,
    form: Vec<(String, String)>,
}

fn pairs(text: &[u8]) -> Vec<(String, String)> {
    form_urlencoded::parse(text).map(|(name, value)| (name.into_owned(), value.into_owned())).collect()
}

fn first<'a>(pairs: &'a [(String, String)], name: &str) -> &'a str {
    pairs.iter().find(|(key, _)| key == name).map_or("", |(_, value)| value)
}

impl Visit {
    pub fn read(shared: &Shared, request: &HttpRequest, body: &[u8]) -> Self {
        Self {
            cookie: request.cookie(COOKIE).map(|cookie| cookie.value().to_owned()),
            target: request.uri().path_and_query().map_or_else(String::new, ToString::to_string),
            path: request.path().to_owned(),
            post: request.method() == actix_web::http::Method::POST,
            secure: shared.base.scheme() == "https",
            query: pairs(request.query_string().as_bytes()),
            form: pairs(body),
        }
    }

    /// One query parameter; empty when absent.
    pub fn query(&self, name: &str) -> &str {
        first(&self.query, name)
    }

    /// All query parameters.
    pub fn queries(&self) -> &[(String, String)] {
        &self.query
    }

    /// One form field; empty when absent.
    pub fn field(&self, name: &str) -> &str {
        first(&self.form, name)
    }

    /// Every value of a form field.
    pub fn fields<'a>(&'a self, name: &'a str) -> impl Iterator<Item = &'a str> {
        self.form.iter().filter(move |(key, _)| key == name).map(|(_, value)| value.as_str())
    }

    /// `Set-Cookie` with a new key.
    pub fn set_cookie(&self, key: &str) -> String {
        let secure = if self.secure { "; Secure" } else { "" };
        format!("{COOKIE}={key}; Path=/whmcs; HttpOnly; SameSite=Lax{secure}")
    }
}

/// Whether the session's user still is one, and may still act for the session's client.
fn holds(world: &World, session: &Session) -> bool {
    let whmcs = &world.ledger.whmcs;
    whmcs.users.contains_key(&session.user_id)
        && session.client_id.is_none_or(|client_id| {
            whmcs
                .clients_of(session.user_id)
                .any(|(client, _)| client.id == client_id && client.status != ClientStatus::Closed)
        })
}

/// The session of a request, whether an account is chosen or not.
pub fn session_of(world: &World, visit: &Visit) -> Option<Session> {
    let session = world.sessions.get(visit.cookie.as_deref()?)?;
    holds(world, session).then(|| session.clone())
}

/// The session of a request, or the way to the sign-in page.
pub fn signed_in(world: &mut World, visit: &Visit) -> Result<Session, Answer> {
    let session = session_of(world, visit).ok_or_else(|| to_login(world, visit, None))?;
    let whmcs = &world.ledger.whmcs;
    if session.client_id.is_none() && whmcs.clients_of(session.user_id).next().is_some() {
        if let Some(session) = visit.cookie.as_deref().and_then(|key| world.sessions.get_mut(key)) {
            session.return_to = (!visit.post).then(|| visit.target.clone());
        }
        return Err(Answer::redirect(302, ACCOUNTS.to_owned()));
    }
    Ok(session)
}

/// Sends the browser to the sign-in page and remembers where it wanted to go.
pub fn to_login(world: &mut World, visit: &Visit, leads_to: Option<String>) -> Answer {
    // The authorization request is in the address whatever the method; other forms cannot be sent again.
    let wanted = (!visit.post || leads_to.is_some()).then(|| visit.target.clone());
    let key = world.sessions.welcome(wanted, leads_to);
    Answer::redirect(302, LOGIN.to_owned()).with("Set-Cookie", visit.set_cookie(&key))
}

/// The browser on its way in whose form this is.
pub fn guest(world: &World, visit: &Visit) -> Result<(String, Guest), Answer> {
    let key = visit.cookie.clone().unwrap_or_default();
    let guest = world.sessions.guest(&key).filter(|guest| guest.form_token == visit.field("token"));
    guest.cloned().map(|guest| (key, guest)).ok_or_else(expired)
}

/// Refuses a form that this session's pages did not make.
pub fn check_form(visit: &Visit, session: &Session) -> Result<(), Answer> {
    if visit.field("token") == session.form_token { Ok(()) } else { Err(expired()) }
}

fn expired() -> Answer {
    page(403, "Expired", "<h1>The form has expired</h1><p>Go back and try again.</p>")
}

/// The invoice with that id, if it is the session's and not a draft; else the page for an unknown one.
pub fn owned_invoice<'a>(world: &'a World, session: &Session, id: &str) -> Result<&'a Invoice, Answer> {
    id.parse()
        .ok()
        .and_then(|id: u64| world.ledger.whmcs.invoices.get(&id))
        .filter(|invoice| Some(invoice.client_id) == session.client_id && invoice.status != InvoiceStatus::Draft)
        .ok_or_else(|| {
            let main = "<h1>Invoice not found</h1><p><a href=\"/whmcs/clientarea.php?action=invoices\">My invoices</a></p>";
            page(404, "Not found", main)
        })
}

/// The service with that id, if it is the session's; else the page for an unknown one.
pub fn owned_service<'a>(world: &'a World, session: &Session, id: &str) -> Result<&'a Service, Answer> {
    id.parse()
        .ok()
        .and_then(|id: u64| world.ledger.whmcs.services.get(&id))
        .filter(|service| Some(service.client_id) == session.client_id)
        .ok_or_else(|| {
            let main = "<h1>Service not found</h1><p><a href=\"/whmcs/clientarea.php?action=services\">My services</a></p>";
            page(404, "Not found", main)
        })
}
