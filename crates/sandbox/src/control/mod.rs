//! `/_control`: what a test or a person at the sandbox does to it. Not part of either simulated system.

mod billing;
mod crm;
mod people;

use actix_web::error::InternalError;
use actix_web::{HttpRequest, HttpResponse, web};
use chrono::{DateTime, Utc};
use serde::Deserialize;
use serde_json::json;

use crate::client_area::switches::ClientArea;
use crate::config::{EmptyList, Profile, Total, Version};
use crate::faults::{Fault, Target};
use crate::seed::Seed;
use crate::world::{Shared, World};

pub fn routes(config: &mut web::ServiceConfig) {
    config
        .app_data(web::JsonConfig::default().content_type_required(false).error_handler(wrong_json))
        .service(
            web::scope("/_control")
                .route("/health", web::get().to(HttpResponse::NoContent))
                .route("/reset", web::post().to(reset))
                .route("/clock", web::get().to(read_clock))
                .route("/clock", web::post().to(clock))
                .route("/config", web::get().to(read_config))
                .route("/config", web::post().to(configure))
                .route("/faults", web::get().to(faults))
                .route("/faults", web::post().to(plant))
                .route("/faults", web::delete().to(clear_faults))
                .route("/ledger", web::get().to(ledger))
                .route("/events", web::get().to(events))
                .route("/requests", web::get().to(requests))
                .route("/requests", web::delete().to(clear_requests))
                .route("/people", web::post().to(people::create))
                .route("/invoices", web::post().to(billing::create_invoice))
                .route("/invoices/{id}/pay", web::post().to(billing::pay))
                .route("/services", web::post().to(billing::create_service))
                .route("/cases", web::post().to(crm::create_case))
                .route("/tokens/expire", web::post().to(crm::expire_tokens)),
        );
}

/// 422 with a reason a developer can use.
fn refused(reason: &str) -> HttpResponse {
    HttpResponse::UnprocessableEntity().json(json!({ "error": reason }))
}

fn wrong_json(error: actix_web::error::JsonPayloadError, _request: &HttpRequest) -> actix_web::Error {
    let response = refused(&error.to_string());
    InternalError::from_response(error, response).into()
}

#[derive(Deserialize, Default)]
#[serde(deny_unknown_fields)]
struct Reset {
    seed: Option<Seed>,
}

/// Everything as after the start: ledger, clock, switches, faults, logs, sessions. The body may be empty.
async fn reset(shared: web::Data<Shared>, body: web::Bytes) -> HttpResponse {
    let wanted: Reset = match body.as_ref() {
        b"" => Reset::default(),
        body => match serde_json::from_slice(body) {
            Ok(wanted) => wanted,
            Err(error) => return refused(&error.to_string()),
        },
    };
    let mut world = shared.world();
    *world = World::new(wanted.seed.unwrap_or(world.seed));
    HttpResponse::NoContent().finish()
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct ClockChange {
    advance_seconds: Option<i64>,
    set: Option<DateTime<Utc>>,
}

fn present(world: &World) -> HttpResponse {
    HttpResponse::Ok().json(json!({ "now": world.clock.now() }))
}

async fn read_clock(shared: web::Data<Shared>) -> HttpResponse {
    present(&shared.world())
}

async fn clock(shared: web::Data<Shared>, change: web::Json<ClockChange>) -> HttpResponse {
    let mut world = shared.world();
    match (change.set, change.advance_seconds) {
        (Some(moment), None) => world.clock.set(moment),
        (None, Some(seconds)) => world.clock.advance(seconds),
        _ => return refused("either advance_seconds or set"),
    }
    present(&world)
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Switches {
    profile: Option<Profile>,
    empty_list: Option<EmptyList>,
    version: Option<Version>,
    total: Option<Total>,
    client_area: Option<ClientArea>,
    denied_actions: Option<Vec<String>>,
    api_quota: Option<u64>,
}

async fn read_config(shared: web::Data<Shared>) -> HttpResponse {
    HttpResponse::Ok().json(&shared.world().config)
}

/// Changes the switches that are sent, answers with all.
async fn configure(shared: web::Data<Shared>, switches: web::Json<Switches>) -> HttpResponse {
    let switches = switches.into_inner();
    let mut world = shared.world();
    if let Some(quota) = switches.api_quota {
        world.ledger.salesforce.api_quota = quota;
    }
    let config = &mut world.config;
    config.profile = switches.profile.unwrap_or(config.profile);
    config.empty_list = switches.empty_list.unwrap_or(config.empty_list);
    config.version = switches.version.unwrap_or(config.version);
    config.total = switches.total.unwrap_or(config.total);
    if let Some(client_area) = switches.client_area {
        config.client_area = client_area;
    }
    if let Some(denied) = switches.denied_actions {
        config.denied_actions = denied.iter().map(|action| action.to_ascii_lowercase()).collect();
    }
    HttpResponse::Ok().json(&*config)
}

async fn faults(shared: web::Data<Shared>) -> HttpResponse {
    HttpResponse::Ok().json(shared.world().faults.list())
}

async fn plant(shared: web::Data<Shared>, fault: web::Json<Fault>) -> HttpResponse {
    let fault = fault.into_inner();
    if fault.status.is_some_and(|status| !(200..600).contains(&status)) {
        return refused("status is an HTTP status or an SMTP reply code from 200 to 599");
    }
    let id = shared.world().faults.plant(fault);
    HttpResponse::Created().json(json!({ "id": id }))
}

async fn clear_faults(shared: web::Data<Shared>) -> HttpResponse {
    shared.world().faults.clear();
    HttpResponse::NoContent().finish()
}

async fn ledger(shared: web::Data<Shared>) -> HttpResponse {
    HttpResponse::Ok().json(&shared.world().ledger)
}

async fn events(shared: web::Data<Shared>) -> HttpResponse {
    HttpResponse::Ok().json(shared.world().hooks.events().collect::<Vec<_>>())
}

#[derive(Deserialize)]
struct Wanted {
    target: Option<Target>,
    action: Option<String>,
}

async fn requests(shared: web::Data<Shared>, wanted: web::Query<Wanted>) -> HttpResponse {
    let world = shared.world();
    let found: Vec<_> = world
        .requests
        .iter()
        .filter(|request| wanted.target.is_none_or(|target| target == request.target))
        .filter(|request| {
            wanted.action.as_deref().is_none_or(|name| request.action.eq_ignore_ascii_case(name))
        })
        .collect();
    HttpResponse::Ok().json(found)
}

async fn clear_requests(shared: web::Data<Shared>) -> HttpResponse {
    shared.world().requests.clear();
    HttpResponse::NoContent().finish()
}
