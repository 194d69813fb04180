//! `/_control`: what a test or a person at the sandbox does to it. Not part of either simulated system.

mod billing;
mod crm;
mod ledger;
mod people;
mod scenario;
pub mod webhooks;

use actix_web::error::InternalError;
use actix_web::{HttpRequest, HttpResponse, web};
use chrono::{DateTime, Utc};
use serde::Deserialize;
use serde_json::json;

use crate::config::Change;
use crate::faults::{self, Fault, Target};
use crate::seed::Seed;
use crate::world::{Shared, World};

/// Largest scenario file, in bytes.
const MAX_SCENARIO: usize = 64 << 20;

pub fn routes(config: &mut web::ServiceConfig) {
    config
        .app_data(web::JsonConfig::default().content_type_required(false).error_handler(wrong_json))
        .service(
            webhooks::routes(web::scope("/_control"))
                .route("/health", web::get().to(HttpResponse::NoContent))
                .route("/reset", web::post().to(reset))
                .route("/clock", web::get().to(read_clock))
                .route("/clock", web::post().to(clock))
                .route("/config", web::get().to(read_config))
                .route("/config", web::post().to(configure))
                .route("/faults", web::get().to(planted))
                .route("/faults", web::post().to(plant))
                .route("/faults", web::delete().to(clear_faults))
                .route("/faults/kinds", web::get().to(kinds))
                .route("/faults/{id}", web::delete().to(clear_fault))
                .route("/settle", web::post().to(settle))
                .service(
                    web::resource("/scenario")
                        .app_data(web::PayloadConfig::new(MAX_SCENARIO))
                        .post(scenario::load),
                )
                .route("/ledger", web::get().to(ledger::dump))
                .route("/events", web::get().to(events))
                .route("/requests", web::get().to(requests))
                .route("/requests", web::delete().to(clear_requests))
                .route("/people", web::post().to(people::create))
                .route("/invoices", web::post().to(billing::create_invoice))
                .route("/invoices/{id}/pay", web::post().to(billing::pay))
                .route("/services", web::post().to(billing::create_service))
                .configure(crm::routes),
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
    match shared.world().start_again(wanted.seed) {
        Ok(()) => HttpResponse::NoContent().finish(),
        // It was built before, so only a date that has left the calendar can be wrong now.
        Err(trouble) => HttpResponse::UnprocessableEntity().json(trouble),
    }
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
    // Webhooks that wait for a moment may be due now.
    world.hooks.wake().notify_one();
    present(&world)
}

async fn read_config(shared: web::Data<Shared>) -> HttpResponse {
    HttpResponse::Ok().json(&shared.world().config)
}

/// Changes the switches that are sent, answers with all.
async fn configure(shared: web::Data<Shared>, change: web::Json<Change>) -> HttpResponse {
    let change = change.into_inner();
    let mut world = shared.world();
    if let Some(quota) = change.api_quota {
        world.ledger.salesforce.api_quota = quota;
    }
    world.config.apply(change);
    HttpResponse::Ok().json(&world.config)
}

async fn planted(shared: web::Data<Shared>) -> HttpResponse {
    HttpResponse::Ok().json(shared.world().faults.list())
}

async fn kinds() -> HttpResponse {
    HttpResponse::Ok().json(faults::catalogue())
}

async fn clear_fault(shared: web::Data<Shared>, id: web::Path<u64>) -> HttpResponse {
    if shared.world().faults.remove(*id) {
        return HttpResponse::NoContent().finish();
    }
    HttpResponse::NotFound().json(json!({ "error": "no such fault" }))
}

/// Answers when no call is held back by a fault any more.
async fn settle(shared: web::Data<Shared>) -> HttpResponse {
    shared.waiting.settled().await;
    HttpResponse::NoContent().finish()
}

async fn plant(shared: web::Data<Shared>, fault: web::Json<Fault>) -> HttpResponse {
    let fault = fault.into_inner();
    if let Err(reason) = fault.check() {
        return refused(&reason);
    }
    let id = shared.world().faults.plant(fault);
    HttpResponse::Created().json(json!({ "id": id }))
}

async fn clear_faults(shared: web::Data<Shared>) -> HttpResponse {
    shared.world().faults.clear();
    HttpResponse::NoContent().finish()
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
