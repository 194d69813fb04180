//! Salesforce from the other side: what agents and administrators do. Under `/_control`.

mod cases;
mod setup;

use actix_web::{HttpResponse, web};
use serde_json::json;

use super::refused;
use crate::ledger::salesforce::Salesforce;
use crate::salesforce::error::RestError;
use crate::salesforce::id;
use crate::salesforce::write::{self, Author, Values};
use crate::world::{Shared, World};

/// Routes below `/_control`.
pub fn routes(config: &mut web::ServiceConfig) {
    config
        .route("/cases", web::post().to(cases::create))
        .route("/cases/{id}", web::patch().to(cases::change))
        .route("/cases/{id}", web::delete().to(cases::delete))
        .route("/cases/{id}/undelete", web::post().to(cases::undelete))
        .route("/cases/{id}/merge", web::post().to(cases::merge))
        .route("/cases/{id}/comments", web::post().to(cases::comment))
        .route("/cases/{id}/emails", web::post().to(cases::email))
        .route("/cases/{id}/files", web::post().to(cases::attach))
        .route("/comments/{id}", web::patch().to(cases::publish))
        .route("/accounts", web::post().to(setup::account))
        .route("/salesforce", web::get().to(setup::settings))
        .route("/salesforce", web::post().to(setup::configure))
        .route("/salesforce/objects", web::post().to(setup::define))
        .route("/salesforce/records", web::post().to(setup::records))
        .route("/tokens/expire", web::post().to(setup::expire_tokens))
        .route("/cursors/expire", web::post().to(setup::expire_cursors));
}

/// Writes as an agent, tells listeners, answers 201 with the id.
fn created(
    world: &mut World,
    act: impl FnOnce(&mut Salesforce, &Author) -> Result<String, RestError>,
) -> HttpResponse {
    match written(world, act) {
        Ok(id) => HttpResponse::Created().json(json!({ "id": id })),
        Err(error) => refused(&error.message),
    }
}

/// Writes as an agent, tells listeners, answers 204.
fn done(
    world: &mut World,
    act: impl FnOnce(&mut Salesforce, &Author) -> Result<(), RestError>,
) -> HttpResponse {
    match written(world, act) {
        Ok(()) => HttpResponse::NoContent().finish(),
        Err(error) => refused(&error.message),
    }
}

fn written<T>(
    world: &mut World,
    act: impl FnOnce(&mut Salesforce, &Author) -> Result<T, RestError>,
) -> Result<T, RestError> {
    let author = Author::agent(world.clock.now());
    let store = &mut world.ledger.salesforce;
    let before = store.snapshot();
    let result = act(store, &author);
    if result.is_err() {
        store.restore(before);
    }
    store.commit(&mut world.hooks);
    result
}

/// A new record of that object.
fn insert(
    store: &mut Salesforce,
    object: &str,
    values: Values,
    author: &Author,
) -> Result<String, RestError> {
    let object = store.object(object).ok_or_else(RestError::not_found)?;
    write::insert(store, &object, values, author)
}

/// The 18-character form of an id in a path.
fn path_id(path: &web::Path<String>) -> String {
    id::normalise(path).unwrap_or_else(|| path.as_str().to_owned())
}

/// A case that is there.
fn case(store: &Salesforce, id: &str) -> Result<(), RestError> {
    let found = store.live(id).filter(|record| record.object == "Case");
    found.map(|_| ()).ok_or_else(|| RestError::new(404, "NOT_FOUND", "no such case"))
}
