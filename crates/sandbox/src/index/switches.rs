//! The switches and the clock, as forms. Which switches there are is read from the configuration itself.

use actix_web::{HttpResponse, web};
use chrono::{DateTime, SecondsFormat, Utc};
use serde_json::{Map, Value, json};

use super::frame::{Frame, Place, field};
use super::see_other;
use crate::config::Change;
use crate::world::{Shared, World};

/// All switches with their present values.
fn present(world: &World) -> Map<String, Value> {
    let mut all = match serde_json::to_value(&world.config) {
        Ok(Value::Object(all)) => all,
        _ => Map::new(),
    };
    all.insert("api_quota".to_owned(), json!(world.ledger.salesforce.api_quota));
    all
}

/// A value as people type it: text bare, everything else as JSON.
fn typed(value: &Value) -> String {
    value.as_str().map_or_else(|| value.to_string(), str::to_owned)
}

pub async fn page(shared: web::Data<Shared>) -> HttpResponse {
    let world = shared.world();
    let fields: String =
        present(&world).iter().map(|(name, value)| field(name, name, &typed(value), "")).collect();
    let main = format!(
        "<h1>Switches</h1><p class=\"lead\">What the vendors’ documentation leaves open. A value that does not exist is \
         answered with those that do.</p><section><form method=\"post\" action=\"/_sandbox/switches\" class=\"fields\">\
         {fields}<button>Change</button></form></section>{}",
        clock_form(&world)
    );
    Frame::new(Place::Switches).answer(&main)
}

pub async fn change(shared: web::Data<Shared>, form: web::Form<Vec<(String, String)>>) -> HttpResponse {
    let mut world = shared.world();
    let now = present(&world);
    let changed: Map<String, Value> = form
        .into_inner()
        .into_iter()
        .filter(|(name, value)| now.get(name).is_none_or(|old| typed(old) != *value))
        .map(|(name, value)| {
            let text = now.get(&name).is_some_and(Value::is_string);
            let parsed = serde_json::from_str(&value).ok().filter(|_| !text);
            (name, parsed.unwrap_or(Value::String(value)))
        })
        .collect();
    match serde_json::from_value::<Change>(Value::Object(changed)) {
        Ok(change) => {
            if let Some(quota) = change.api_quota {
                world.ledger.salesforce.api_quota = quota;
            }
            world.config.apply(change);
            see_other("/_sandbox/switches")
        }
        Err(error) => Frame::new(Place::Switches).refused(&error.to_string()),
    }
}

/// The clock and ways to move it.
pub fn clock_form(world: &World) -> String {
    let now = world.clock.now();
    let step = |seconds: i64, label: &str| {
        format!("<button class=\"small\" name=\"advance\" value=\"{seconds}\">{label}</button>")
    };
    format!(
        "<section><h2>Clock</h2><p class=\"time\"><time datetime=\"{0}\">{1}</time></p>\
         <form method=\"post\" action=\"/_sandbox/clock\" class=\"row\">{2}{3}{4}{5}</form>\
         <form method=\"post\" action=\"/_sandbox/clock\" class=\"row\">{6}<button>Set</button></form></section>",
        now.to_rfc3339_opts(SecondsFormat::Secs, true),
        now.format("%A, %-d %B %Y, %H:%M:%S UTC"),
        step(-86_400, "− 1 day"),
        step(3_600, "+ 1 hour"),
        step(86_400, "+ 1 day"),
        step(2_592_000, "+ 30 days"),
        field("Moment", "set", &now.to_rfc3339_opts(SecondsFormat::Secs, true), "2030-01-31T12:00:00Z"),
    )
}

pub async fn clock(shared: web::Data<Shared>, form: web::Form<Vec<(String, String)>>) -> HttpResponse {
    let value = |name: &str| form.iter().find(|(found, _)| found == name).map(|(_, value)| value.as_str());
    let mut world = shared.world();
    let seconds = value("advance").and_then(|seconds| seconds.parse().ok());
    let moment = value("set").and_then(|moment| moment.parse::<DateTime<Utc>>().ok());
    match (seconds, moment) {
        (Some(seconds), _) => world.clock.advance(seconds),
        (None, Some(moment)) => world.clock.set(moment),
        (None, None) => {
            return Frame::new(Place::Overview).refused("A moment looks like 2030-01-31T12:00:00Z.");
        }
    }
    world.hooks.wake().notify_one();
    see_other("/")
}
