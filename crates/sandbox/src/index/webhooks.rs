//! Receivers of webhooks, their switches, and what was sent.

use actix_web::{HttpResponse, web};
use serde_json::{Value, json};

use super::frame::{Frame, Place, body, choice, field, table};
use super::see_other;
use crate::control::webhooks::NewReceiver;
use crate::hooks::receiver::{Receiver, Switches};
use crate::hooks::{WHMCS_EVENTS, sender};
use crate::html::escape;
use crate::world::{Shared, World};

/// Deliveries on the page.
const DELIVERIES: usize = 50;
/// The switches that are numbers, in the order of the form.
const NUMBERS: &[&str] = &["duplicate", "reorder", "delay_ms", "drop_every", "drop_next", "old_timestamp"];

pub async fn page(shared: web::Data<Shared>) -> HttpResponse {
    let world = shared.world();
    let receivers: String = world.hooks.receivers().iter().map(receiver_form).collect();
    let receivers = if receivers.is_empty() {
        "<p class=\"empty\">Nobody listens yet.</p>".to_owned()
    } else {
        receivers
    };
    let main = format!(
        "<h1>Webhooks</h1><section><h2>Receivers</h2>{receivers}</section>\
         <section><h2>Add a receiver</h2><form method=\"post\" action=\"/_sandbox/webhooks\" class=\"fields\">{}{}{}{}\
         <button>Add</button></form></section>\
         <section><h2>Fire an event</h2><form method=\"post\" action=\"/_sandbox/webhooks/fire\" class=\"fields\">{}{}\
         <button>Fire</button></form></section>\
         <section><h2>Deliveries</h2><form method=\"post\" action=\"/_sandbox/webhooks/flush\" class=\"row\">\
         <button>Send everything now</button></form>{}</section>",
        field("Address", "url", "", "http://127.0.0.1:4000/api/webhooks/whmcs"),
        choice("Events of", "source", ["whmcs", "salesforce"], "whmcs"),
        field("Secret", "secret", "", "24 characters and more, or whsec_…"),
        field("Only", "events", "", "[\"InvoicePaid\"]; absent: all"),
        choice("Hook point", "event", WHMCS_EVENTS.iter().copied(), "InvoicePaid"),
        field("Ids", "ids", "{\"invoiceid\": 6, \"client_id\": 42}", ""),
        deliveries(&world),
    );
    Frame::new(Place::Webhooks).answer(&main)
}

fn receiver_form(receiver: &Receiver) -> String {
    let switches = serde_json::to_value(&receiver.switches).unwrap_or_default();
    let numbers: String = NUMBERS
        .iter()
        .map(|name| {
            let value = switches.get(name).map(ToString::to_string).unwrap_or_default();
            field(&name.replace('_', " "), name, &value, "0")
        })
        .collect();
    let tick = |name: &str, label: &str| {
        let on = if switches.get(name) == Some(&json!(true)) { " checked" } else { "" };
        format!("<label class=\"tick\"><input type=\"checkbox\" name=\"{name}\"{on}> {label}</label>")
    };
    format!(
        "<article><h3>{} <span class=\"tag\">{}</span></h3><p>{}</p>\
         <form method=\"post\" action=\"/_sandbox/webhooks/{3}\" class=\"fields\">{numbers}{4}{5}<button>Change</button></form>\
         <form method=\"post\" action=\"/_sandbox/webhooks/{3}/forget\"><button class=\"small\">Forget</button></form></article>",
        escape(&receiver.url),
        format!("{:?}", receiver.source).to_lowercase(),
        if receiver.events.is_empty() {
            "all events".to_owned()
        } else {
            escape(&receiver.events.join(", "))
        },
        receiver.id,
        tick("hold", "hold until sent by hand"),
        tick("wrong_signature", "wrong signature"),
    )
}

fn deliveries(world: &World) -> String {
    let rows = world.hooks.deliveries().rev().take(DELIVERIES).map(|delivery| {
        let state = serde_json::to_value(delivery.state).unwrap_or_default();
        let attempts: Vec<String> = delivery
            .attempts
            .iter()
            .map(|attempt| attempt.status.map_or_else(|| "no answer".to_owned(), |status| status.to_string()))
            .collect();
        vec![
            delivery.event.to_owned(),
            state.as_str().unwrap_or_default().replace('_', " "),
            attempts.join(", "),
            delivery.receiver.to_string(),
            format!("<code>{}</code>", escape(&delivery.body)),
        ]
    });
    table("Deliveries", &["Event", "State", "Answers", "Receiver", "Body"], rows)
}

fn refused(reason: &str) -> HttpResponse {
    Frame::new(Place::Webhooks).refused(reason)
}

fn back() -> HttpResponse {
    see_other("/_sandbox/webhooks")
}

pub async fn register(shared: web::Data<Shared>, form: web::Form<Vec<(String, String)>>) -> HttpResponse {
    let new = Value::Object(body(form.into_inner(), &["events"]));
    let new = match serde_json::from_value::<NewReceiver>(new) {
        Ok(new) => new,
        Err(error) => return refused(&error.to_string()),
    };
    let mut world = shared.world();
    match new.receiver(&world.ledger.salesforce) {
        Ok(receiver) => {
            world.hooks.register(receiver);
            back()
        }
        Err(reason) => refused(reason),
    }
}

pub async fn switch(
    shared: web::Data<Shared>,
    id: web::Path<u64>,
    form: web::Form<Vec<(String, String)>>,
) -> HttpResponse {
    let switches = match serde_json::from_value::<Switches>(Value::Object(body(form.into_inner(), NUMBERS))) {
        Ok(switches) => switches,
        Err(error) => return refused(&error.to_string()),
    };
    match shared.world().hooks.receiver_mut(*id) {
        Some(receiver) => {
            receiver.switches = switches;
            back()
        }
        None => refused("There is no such receiver."),
    }
}

pub async fn forget(shared: web::Data<Shared>, id: web::Path<u64>) -> HttpResponse {
    shared.world().hooks.forget(Some(*id));
    back()
}

pub async fn flush(shared: web::Data<Shared>) -> HttpResponse {
    sender::send(&shared, true).await;
    back()
}

pub async fn fire(shared: web::Data<Shared>, form: web::Form<Vec<(String, String)>>) -> HttpResponse {
    let form = body(form.into_inner(), &["ids"]);
    let event = form.get("event").and_then(Value::as_str).unwrap_or_default();
    let event = WHMCS_EVENTS.iter().find(|known| **known == event);
    match (event, form.get("ids").filter(|ids| ids.is_object())) {
        (Some(event), Some(ids)) => {
            shared.world().hooks.fire(event, ids.clone());
            back()
        }
        _ => refused("Ids are a JSON object."),
    }
}
