//! `upgrade.php`: another product for a service, through the same actions as the API.

use std::fmt::Write as _;

use serde_json::Value;

use super::services::{running, title};
use super::session::Session;
use super::visit::{Visit, check_form, owned_service, signed_in};
use super::{alert, signed_page, token_field};
use crate::answer::Answer;
use crate::html::{decode, escape};
use crate::ledger::whmcs::{GATEWAY, Service};
use crate::whmcs;
use crate::world::{Shared, World};

/// Text of a scalar, whatever type the wire profile gives it.
fn text(value: Option<&Value>) -> String {
    match value {
        Some(Value::String(text)) => text.clone(),
        Some(Value::Number(number)) => number.to_string(),
        _ => String::new(),
    }
}

/// The products of the catalogue, id and name; `None` when there is no catalogue.
fn products(world: &mut World, shared: &Shared) -> Option<Vec<(String, String)>> {
    let fields = whmcs::perform(world, shared, "GetProducts", &[])?.ok()?;
    let rows = fields.get("products")?.get("product")?.as_array()?;
    Some(rows.iter().map(|row| (text(row.get("pid")), decode(&text(row.get("name"))))).collect())
}

fn form(
    world: &mut World,
    shared: &Shared,
    session: &Session,
    service: &Service,
    status: u16,
    error: Option<&str>,
) -> Answer {
    let mut main = format!("<h1>Upgrade {}</h1>{}", title(service), error.map_or_else(String::new, alert));
    match products(world, shared).filter(|_| running(service)) {
        None => main.push_str("<p>No upgrades are offered for this service.</p>"),
        Some(products) => {
            let mut options = String::new();
            for (pid, name) in products.iter().filter(|(pid, _)| *pid != service.pid.to_string()) {
                // Writing to a `String` cannot fail.
                let _ = write!(options, "<option value=\"{}\">{}</option>", escape(pid), escape(name));
            }
            let _ = write!(
                main,
                "<form method=\"post\" action=\"/whmcs/upgrade.php?type=package&amp;id={}\">{}\
                 <p><label for=\"pid\">New product</label><select id=\"pid\" name=\"pid\">{options}</select></p>\
                 <p><label for=\"cycle\">Billing cycle</label><select id=\"cycle\" name=\"billingcycle\">\
                 <option value=\"monthly\">Monthly</option><option value=\"annually\">Annually</option></select></p>\
                 <p><button type=\"submit\">Order the upgrade</button></p></form>",
                service.id,
                token_field(&session.form_token)
            );
        }
    }
    signed_page(status, "Upgrade", &main)
}

pub fn view(world: &mut World, shared: &Shared, visit: &Visit) -> Result<Answer, Answer> {
    let session = signed_in(world, visit)?;
    let service = owned_service(world, &session, visit.query("id"))?.clone();
    Ok(form(world, shared, &session, &service, 200, None))
}

pub fn order(world: &mut World, shared: &Shared, visit: &Visit) -> Result<Answer, Answer> {
    let session = signed_in(world, visit)?;
    let service = owned_service(world, &session, visit.query("id"))?.clone();
    check_form(visit, &session)?;
    if !running(&service) {
        return Ok(form(world, shared, &session, &service, 409, Some("This service cannot be upgraded.")));
    }
    let id = service.id.to_string();
    let params = [
        ("serviceid", id.as_str()),
        ("type", "product"),
        ("newproductid", visit.field("pid")),
        ("newproductbillingcycle", visit.field("billingcycle")),
        ("paymentmethod", GATEWAY),
    ];
    match whmcs::perform(world, shared, "UpgradeProduct", &params) {
        None => Ok(form(world, shared, &session, &service, 501, Some("This sandbox has no upgrades."))),
        Some(Err(refusal)) => Ok(form(world, shared, &session, &service, 409, Some(&refusal.0))),
        Some(Ok(fields)) => {
            let invoice = text(fields.get("invoiceid"));
            let next = if matches!(invoice.as_str(), "" | "0") {
                format!("/whmcs/clientarea.php?action=productdetails&id={id}")
            } else {
                format!("/whmcs/viewinvoice.php?id={invoice}")
            };
            Ok(Answer::redirect(303, next))
        }
    }
}
