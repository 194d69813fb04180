//! The services of an account: the list, one of them, and asking to cancel it.

use std::fmt::Write as _;

use super::visit::{Visit, check_form, owned_service, signed_in};
use super::{alert, price, signed_page, token_field};
use crate::answer::Answer;
use crate::html::{decode, escape};
use crate::ledger::whmcs::{Service, ServiceStatus};
use crate::whmcs;
use crate::world::{Shared, World};

/// How many services the list shows.
const LIST: usize = 100;
/// The ways to cancel, as the API and the page both call them.
const WAYS: [&str; 2] = ["Immediate", "End of Billing Period"];

/// A service's name and domain, for HTML.
pub fn title(service: &Service) -> String {
    let name = escape(&decode(&service.name));
    if service.domain.is_empty() { name } else { format!("{name} – {}", escape(&service.domain)) }
}

/// Whether a service can be upgraded or cancelled.
pub fn running(service: &Service) -> bool {
    matches!(service.status, ServiceStatus::Active | ServiceStatus::Suspended)
}

pub fn list(world: &mut World, _shared: &Shared, visit: &Visit) -> Result<Answer, Answer> {
    let session = signed_in(world, visit)?;
    let mut main = String::from(
        "<h1>My services</h1><div class=\"wide\" tabindex=\"0\" role=\"region\" aria-label=\"Services\"><table><thead>\
         <tr><th>Service</th><th class=\"amount\">Price</th><th>Next due</th><th>Status</th></tr></thead><tbody>",
    );
    for service in world.ledger.whmcs.services_of(session.client_id.or(Some(0))).iter().take(LIST) {
        // Writing to a `String` cannot fail.
        let _ = write!(
            main,
            "<tr><td><a href=\"/whmcs/clientarea.php?action=productdetails&amp;id={}\">{}</a></td>\
             <td class=\"amount\">{} {}</td><td>{}</td><td>{}</td></tr>",
            service.id,
            title(service),
            price(world, &session, service.recurring),
            escape(&service.cycle),
            service.next_due.map_or_else(|| "–".to_owned(), |due| due.to_string()),
            service.status.label()
        );
    }
    main.push_str("</tbody></table></div>");
    Ok(signed_page(200, "My services", &main))
}

pub fn one(world: &mut World, _shared: &Shared, visit: &Visit) -> Result<Answer, Answer> {
    let session = signed_in(world, visit)?;
    let service = owned_service(world, &session, visit.query("id"))?;
    let id = service.id;
    if visit.query("dosinglesignon") == "1" {
        let main = format!(
            "<h1>Control panel of {}</h1><p>The real system signs in to the server's control panel here.</p>",
            title(service)
        );
        return Ok(signed_page(200, "Control panel", &main));
    }
    let mut main = format!(
        "<h1>{}</h1><p>Status: {}</p><p>{} {}</p><p class=\"soft\">Since {} · next due {}</p>",
        title(service),
        service.status.label(),
        price(world, &session, service.recurring),
        escape(&service.cycle),
        service.registered,
        service.next_due.map_or_else(|| "–".to_owned(), |due| due.to_string()),
    );
    if running(service) {
        // Writing to a `String` cannot fail.
        let _ = write!(
            main,
            "<ul><li><a href=\"/whmcs/upgrade.php?type=package&amp;id={id}\">Upgrade or downgrade</a></li>\
             <li><a href=\"/whmcs/clientarea.php?action=cancel&amp;id={id}\">Request cancellation</a></li>\
             <li><a href=\"/whmcs/clientarea.php?action=productdetails&amp;id={id}&amp;dosinglesignon=1\">Control \
             panel</a></li></ul>"
        );
    }
    Ok(signed_page(200, "Service", &main))
}

/// The form, or why there is none.
fn cancel_page(service: &Service, form_token: &str, status: u16, error: Option<&str>) -> Answer {
    let error = error.map_or_else(String::new, alert);
    let heading = format!("<h1>Cancel {}</h1>{error}", title(service));
    if !running(service) {
        let main = format!("{heading}<p>This service is {}.</p>", service.status.label());
        return signed_page(status, "Cancellation", &main);
    }
    let ways = WAYS.map(|way| format!("<option>{way}</option>")).concat();
    let main = format!(
        "{heading}<form method=\"post\" action=\"/whmcs/clientarea.php?action=cancel&amp;id={}\">{}\
         <p><label for=\"reason\">Reason</label><textarea id=\"reason\" name=\"cancellationreason\" rows=\"4\" \
         required></textarea></p><p><label for=\"type\">When</label><select id=\"type\" name=\"type\">{ways}</select></p>\
         <p><button type=\"submit\">Request cancellation</button></p></form>",
        service.id,
        token_field(form_token)
    );
    signed_page(status, "Cancellation", &main)
}

pub fn ask_to_cancel(world: &mut World, _shared: &Shared, visit: &Visit) -> Result<Answer, Answer> {
    let session = signed_in(world, visit)?;
    let service = owned_service(world, &session, visit.query("id"))?;
    Ok(cancel_page(service, &session.form_token, 200, None))
}

pub fn cancel(world: &mut World, shared: &Shared, visit: &Visit) -> Result<Answer, Answer> {
    let session = signed_in(world, visit)?;
    let service = owned_service(world, &session, visit.query("id"))?.clone();
    check_form(visit, &session)?;
    let page = |status, error| cancel_page(&service, &session.form_token, status, Some(error));
    let (way, reason) = (visit.field("type"), visit.field("cancellationreason").trim());
    if !WAYS.contains(&way) || reason.is_empty() {
        return Ok(page(422, "Say why and when."));
    }
    if !running(&service) {
        return Ok(page(409, "This service cannot be cancelled."));
    }
    let id = service.id.to_string();
    let params = [("serviceid", id.as_str()), ("type", way), ("reason", reason)];
    match whmcs::perform(world, shared, "AddCancelRequest", &params) {
        None => Ok(page(501, "This sandbox keeps no cancellation requests. Nothing was asked for.")),
        Some(Err(refusal)) => Ok(page(409, &refusal.0)),
        Some(Ok(_)) => {
            let main = format!(
                "<h1>Cancellation requested</h1><p>{}: {}</p>\
                 <p><a href=\"/whmcs/clientarea.php?action=services\">My services</a></p>",
                title(&service),
                escape(way)
            );
            Ok(signed_page(200, "Cancellation requested", &main))
        }
    }
}
