//! The account itself: its details, the stored payment methods, and whether links may sign in to it.

use std::fmt::Write as _;

use serde_json::Value;

use super::session::Session;
use super::visit::{Visit, check_form, signed_in};
use super::{alert, signed_page, token_field};
use crate::answer::Answer;
use crate::html::{decode, escape};
use crate::ledger::whmcs::Client;
use crate::whmcs;
use crate::world::{Shared, World};

/// The fields of the details page: name in the API, label, `autocomplete` token, value.
type Field = (&'static str, &'static str, &'static str, fn(&Client) -> &str);

const FIELDS: &[Field] = &[
    ("firstname", "First name", "given-name", |client| &client.first_name),
    ("lastname", "Last name", "family-name", |client| &client.last_name),
    ("companyname", "Company", "organization", |client| &client.company),
    ("address1", "Address", "address-line1", |client| &client.address1),
    ("address2", "Address, second line", "address-line2", |client| &client.address2),
    ("city", "City", "address-level2", |client| &client.city),
    ("state", "State or region", "address-level1", |client| &client.state),
    ("postcode", "Postcode", "postal-code", |client| &client.postcode),
    ("country", "Country", "country", |client| &client.country),
    ("phonenumber", "Telephone", "tel", |client| &client.phone),
];

/// The client of the session; users without one have no details.
fn client<'a>(world: &'a World, session: &Session) -> Result<&'a Client, Answer> {
    session
        .client_id
        .and_then(|id| world.ledger.whmcs.clients.get(&id))
        .ok_or_else(|| signed_page(404, "No account", "<h1>You have no account</h1>"))
}

fn details_page(client: &Client, session: &Session, status: u16, note: &str) -> Answer {
    let mut main = format!(
        "<h1>My details</h1>{note}<form method=\"post\" action=\"/whmcs/clientarea.php?action=details\">{}",
        token_field(&session.form_token)
    );
    for (name, label, autocomplete, value) in FIELDS {
        // Writing to a `String` cannot fail.
        let _ = write!(
            main,
            "<p><label for=\"{name}\">{label}</label><input id=\"{name}\" name=\"{name}\" \
             autocomplete=\"{autocomplete}\" value=\"{}\"></p>",
            escape(&decode(value(client)))
        );
    }
    let _ = write!(
        main,
        "<p>E-mail address: {}</p><p><button type=\"submit\">Save</button></p></form>",
        escape(&client.email)
    );
    signed_page(status, "My details", &main)
}

pub fn details(world: &mut World, _shared: &Shared, visit: &Visit) -> Result<Answer, Answer> {
    let session = signed_in(world, visit)?;
    let saved = if visit.query("saved") == "1" { "<p class=\"paid\" role=\"status\">Saved.</p>" } else { "" };
    Ok(details_page(client(world, &session)?, &session, 200, saved))
}

pub fn save_details(world: &mut World, shared: &Shared, visit: &Visit) -> Result<Answer, Answer> {
    let session = signed_in(world, visit)?;
    let id = client(world, &session)?.id.to_string();
    check_form(visit, &session)?;
    let mut params = vec![("clientid", id.as_str())];
    params.extend(FIELDS.iter().map(|(name, ..)| (*name, visit.field(name))));
    let (status, error) = match whmcs::perform(world, shared, "UpdateClient", &params) {
        Some(Ok(_)) => {
            let place = "/whmcs/clientarea.php?action=details&saved=1";
            return Ok(Answer::redirect(303, place.to_owned()));
        }
        Some(Err(refusal)) => (422, refusal.0),
        None => (501, "This sandbox cannot change details. Nothing was saved.".to_owned()),
    };
    Ok(details_page(client(world, &session)?, &session, status, &alert(&error)))
}

pub fn payment_methods(world: &mut World, shared: &Shared, visit: &Visit) -> Result<Answer, Answer> {
    let session = signed_in(world, visit)?;
    let id = client(world, &session)?.id.to_string();
    let fields = whmcs::perform(world, shared, "GetPayMethods", &[("clientid", id.as_str())]);
    let rows = fields.and_then(Result::ok).and_then(|mut fields| fields.remove("paymethods"));
    let rows = rows.as_ref().and_then(Value::as_array).map_or(&[][..], Vec::as_slice);
    let mut main = String::from("<h1>Payment methods</h1>");
    if rows.is_empty() {
        main.push_str("<p>No payment methods are stored.</p>");
    }
    main.push_str("<ul>");
    for row in rows {
        let text = |name: &str| row.get(name).and_then(Value::as_str).unwrap_or_default();
        // Writing to a `String` cannot fail.
        let _ = write!(
            main,
            "<li>{} {} {} <span class=\"soft\">{}</span></li>",
            escape(&decode(text("description"))),
            escape(text("card_type")),
            escape(text("card_last_four")),
            escape(text("expiry_date")),
        );
    }
    main.push_str("</ul><p class=\"soft\">Cards are added only in the real system.</p>");
    Ok(signed_page(200, "Payment methods", &main))
}

pub fn security(world: &mut World, _shared: &Shared, visit: &Visit) -> Result<Answer, Answer> {
    let session = signed_in(world, visit)?;
    let client = client(world, &session)?;
    let (state, value, action) =
        if client.allow_sso { ("on", "0", "Switch it off") } else { ("off", "1", "Switch it on") };
    let main = format!(
        "<h1>Security</h1><h2>Single sign-on</h2><p>Signing in through links of other services is {state}.</p>\
         <form method=\"post\" action=\"/whmcs/clientarea.php?action=security\">{}\
         <button type=\"submit\" name=\"allow_sso\" value=\"{value}\">{action}</button></form>",
        token_field(&session.form_token)
    );
    Ok(signed_page(200, "Security", &main))
}

pub fn save_security(world: &mut World, _shared: &Shared, visit: &Visit) -> Result<Answer, Answer> {
    let session = signed_in(world, visit)?;
    let id = client(world, &session)?.id;
    check_form(visit, &session)?;
    if let Some(client) = world.ledger.whmcs.clients.get_mut(&id) {
        client.allow_sso = visit.field("allow_sso") == "1";
    }
    Ok(Answer::redirect(303, "/whmcs/clientarea.php?action=security".to_owned()))
}
