//! Planted faults, and a form to plant more.

use actix_web::{HttpResponse, web};
use clap::ValueEnum as _;
use serde_json::Value;

use super::frame::{Frame, Place, body, choice, field, table};
use super::see_other;
use crate::faults::{Fault, Kind};
use crate::html::escape;
use crate::world::Shared;

/// The form's fields that are numbers.
const NUMBERS: &[&str] = &["ms", "status", "retry_after", "bytes", "delta", "client_id", "after", "times"];

pub async fn page(shared: web::Data<Shared>) -> HttpResponse {
    let world = shared.world();
    let rows = world.faults.list().iter().map(|fault| {
        let times = fault.times.map_or_else(|| "until cleared".to_owned(), |times| times.to_string());
        vec![
            format!("{:?}", fault.target).to_lowercase(),
            escape(&fault.action),
            fault.kind.name(),
            escape(&options(fault)),
            fault.after.to_string(),
            times,
            format!(
                "<form method=\"post\" action=\"/_sandbox/faults/clear\"><input type=\"hidden\" name=\"id\" value=\"{}\">\
                 <button class=\"small\" aria-label=\"Clear fault {}\">Clear</button></form>",
                fault.id, fault.id
            ),
        ]
    });
    let planted =
        table("Planted faults", &["System", "Action", "Kind", "Options", "Skips", "Times", ""], rows);
    let clear = if world.faults.list().is_empty() {
        ""
    } else {
        "<form method=\"post\" action=\"/_sandbox/faults/clear\"><button>Clear all</button></form>"
    };
    drop(world);
    let kinds: Vec<String> = Kind::value_variants().iter().map(|kind| kind.name()).collect();
    let fields = [
        choice("System", "target", ["whmcs", "salesforce", "smtp"], "whmcs"),
        field("Action", "action", "*", "AddOrder, query, *"),
        choice("Kind", "kind", kinds.iter().map(String::as_str), "status"),
        field("Times", "times", "1", "until cleared"),
        field("Skip the first", "after", "", "0"),
        field("Only client", "client_id", "", "any"),
        field("Milliseconds", "ms", "", ""),
        field("Status", "status", "", "of the kind"),
        field("Message", "message", "", ""),
        field("Error code", "code", "", "Salesforce"),
        field("Retry-After", "retry_after", "", "seconds"),
        field("Redirect to", "to", "", "http://elsewhere.example/"),
        field("Bytes", "bytes", "", ""),
        field("Length off by", "delta", "", "-1"),
    ]
    .concat();
    let main = format!(
        "<h1>Faults</h1><section>{planted}{clear}</section><section><h2>Plant one</h2>\
         <form method=\"post\" action=\"/_sandbox/faults\" class=\"fields\">{fields}<button>Plant</button></form>\
         <p>What each kind does: <a href=\"/_control/faults/kinds\">list of kinds</a>.</p></section>"
    );
    Frame::new(Place::Faults).answer(&main)
}

/// The options that were given, as text.
fn options(fault: &Fault) -> String {
    let known = ["ms", "status", "message", "code", "retry_after", "to", "bytes", "delta", "client_id"];
    let all = serde_json::to_value(fault).unwrap_or_default();
    let given = known.iter().filter_map(|name| {
        let value = all.get(name).filter(|value| !value.is_null() && **value != 0)?;
        Some(format!("{name} {}", value.as_str().map_or_else(|| value.to_string(), str::to_owned)))
    });
    given.collect::<Vec<_>>().join(", ")
}

pub async fn plant(shared: web::Data<Shared>, form: web::Form<Vec<(String, String)>>) -> HttpResponse {
    let fault = Value::Object(body(form.into_inner(), NUMBERS));
    let refused = |reason: String| Frame::new(Place::Faults).refused(&reason);
    let fault: Fault = match serde_json::from_value(fault) {
        Ok(fault) => fault,
        Err(error) => return refused(error.to_string()),
    };
    if let Err(reason) = fault.check() {
        return refused(reason);
    }
    shared.world().faults.plant(fault);
    see_other("/_sandbox/faults")
}

/// One, or all.
pub async fn clear(shared: web::Data<Shared>, form: web::Form<Vec<(String, String)>>) -> HttpResponse {
    let mut world = shared.world();
    match form.iter().find(|(name, _)| name == "id").and_then(|(_, id)| id.parse().ok()) {
        // Gone already is as good.
        Some(id) => drop(world.faults.remove(id)),
        None => world.faults.clear(),
    }
    see_other("/_sandbox/faults")
}
