//! `/_control/webhooks`: receivers, their switches, deliveries, and events fired by hand.

use actix_web::{HttpResponse, web};
use serde::Deserialize;
use serde_json::{Value, json};
use url::Url;

use super::refused;
use crate::hooks::delivery::{Delivery, State};
use crate::hooks::receiver::{Receiver, Source, Switches, secret};
use crate::hooks::{WHMCS_EVENTS, sender};
use crate::ledger::salesforce::Salesforce;
use crate::world::Shared;

pub fn routes(scope: actix_web::Scope) -> actix_web::Scope {
    scope
        .route("/webhooks", web::get().to(list))
        .route("/webhooks", web::post().to(register))
        .route("/webhooks", web::delete().to(forget_all))
        .route("/webhooks/deliveries", web::get().to(deliveries))
        .route("/webhooks/fire", web::post().to(fire))
        .route("/webhooks/flush", web::post().to(flush))
        .route("/webhooks/{id}", web::post().to(switch))
        .route("/webhooks/{id}", web::delete().to(forget))
}

/// A receiver to register.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct NewReceiver {
    url: String,
    source: Source,
    secret: Option<String>,
    #[serde(default)]
    secrets: Vec<String>,
    #[serde(default)]
    events: Vec<String>,
    #[serde(default)]
    switches: Switches,
}

impl NewReceiver {
    /// The receiver, if its address and secrets are usable.
    pub fn receiver(self, salesforce: &Salesforce) -> Result<Receiver, &'static str> {
        let url = Url::parse(&self.url).map_err(|_| "url is an absolute address")?;
        if !["http", "https"].contains(&url.scheme()) {
            return Err("url is an http or https address");
        }
        let secrets: Vec<Vec<u8>> =
            self.secret.iter().chain(&self.secrets).map(|text| secret(text)).collect::<Result<_, _>>()?;
        if secrets.is_empty() {
            return Err("a receiver has at least one secret");
        }
        let known = |event: &String| {
            event == "*"
                || match self.source {
                    Source::Whmcs => WHMCS_EVENTS.contains(&event.as_str()),
                    Source::Salesforce => salesforce.object(event).is_some_and(|object| object.name == event),
                }
        };
        if !self.events.iter().all(known) {
            return Err("events are hook points of WHMCS or objects of Salesforce");
        }
        Ok(Receiver {
            id: 0,
            url: url.to_string(),
            source: self.source,
            events: self.events,
            secrets,
            switches: self.switches,
            seen: 0,
            window: Vec::new(),
        })
    }
}

async fn list(shared: web::Data<Shared>) -> HttpResponse {
    HttpResponse::Ok().json(shared.world().hooks.receivers())
}

async fn register(shared: web::Data<Shared>, new: web::Json<NewReceiver>) -> HttpResponse {
    if let Err(error) = shared.sender.http() {
        return refused(&format!("no HTTP client: {error}"));
    }
    let mut world = shared.world();
    match new.into_inner().receiver(&world.ledger.salesforce) {
        Ok(receiver) => {
            let id = world.hooks.register(receiver);
            HttpResponse::Created().json(json!({ "id": id }))
        }
        Err(reason) => refused(reason),
    }
}

/// Replaces all switches: absent ones are off.
async fn switch(shared: web::Data<Shared>, id: web::Path<u64>, new: web::Json<Switches>) -> HttpResponse {
    let mut world = shared.world();
    let Some(receiver) = world.hooks.receiver_mut(*id) else { return unknown() };
    receiver.switches = new.into_inner();
    HttpResponse::Ok().json(&*receiver)
}

fn unknown() -> HttpResponse {
    HttpResponse::NotFound().json(json!({ "error": "no such receiver" }))
}

async fn forget(shared: web::Data<Shared>, id: web::Path<u64>) -> HttpResponse {
    if shared.world().hooks.forget(Some(*id)) == 0 {
        return unknown();
    }
    HttpResponse::NoContent().finish()
}

async fn forget_all(shared: web::Data<Shared>) -> HttpResponse {
    shared.world().hooks.forget(None);
    HttpResponse::NoContent().finish()
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Wanted {
    receiver: Option<u64>,
    state: Option<State>,
}

async fn deliveries(shared: web::Data<Shared>, wanted: web::Query<Wanted>) -> HttpResponse {
    let world = shared.world();
    let found: Vec<&Delivery> = world
        .hooks
        .deliveries()
        .filter(|delivery| wanted.receiver.is_none_or(|id| id == delivery.receiver))
        .filter(|delivery| wanted.state.is_none_or(|state| state == delivery.state))
        .collect();
    HttpResponse::Ok().json(found)
}

/// Sends everything that is not finished, once, and answers when that is over.
async fn flush(shared: web::Data<Shared>) -> HttpResponse {
    HttpResponse::Ok().json(sender::send(&shared, true).await)
}

/// An event as if it had happened.
#[derive(Deserialize)]
#[serde(tag = "source", rename_all = "snake_case", deny_unknown_fields)]
enum ByHand {
    Whmcs { event: String, ids: Value },
    Salesforce { object: String, id: String, change: String },
}

async fn fire(shared: web::Data<Shared>, event: web::Json<ByHand>) -> HttpResponse {
    let mut world = shared.world();
    match event.into_inner() {
        ByHand::Whmcs { event, ids } => {
            let Some(event) = WHMCS_EVENTS.iter().find(|known| **known == event) else {
                return refused("no such hook point");
            };
            world.hooks.fire(event, ids);
        }
        ByHand::Salesforce { object, id, change } => {
            let changes = ["created", "updated", "deleted", "undeleted"];
            let change = changes.into_iter().find(|known| *known == change);
            let (Some(object), Some(change)) = (world.ledger.salesforce.object(&object), change) else {
                return refused("no such object or change");
            };
            world.hooks.changed(object.name, &id, change);
        }
    }
    HttpResponse::Accepted().finish()
}
