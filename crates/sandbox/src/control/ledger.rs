//! `GET /_control/ledger`: everything, or the part that `part` names (`whmcs`, `whmcs.invoices`, `whmcs.invoices.7.status`).
//! The part `sessions` stands beside the ledger: how many links and sessions of the client area there are.

use std::collections::BTreeMap;

use actix_web::{HttpResponse, web};
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use crate::ledger::Ledger;
use crate::world::Shared;

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Wanted {
    part: Option<String>,
}

pub async fn dump(shared: web::Data<Shared>, wanted: web::Query<Wanted>) -> HttpResponse {
    let world = shared.world();
    match &wanted.part {
        None => HttpResponse::Ok().json(&world.ledger),
        Some(path) if path == "sessions" => HttpResponse::Ok().json(world.sessions.counts()),
        Some(path) => match part(&world.ledger, path) {
            Some(part) => HttpResponse::Ok().json(part),
            None => HttpResponse::NotFound().json(json!({ "error": "the ledger has no such part" })),
        },
    }
}

/// The part under a dotted path. Only what it names is turned into JSON, as far as the tables are known here.
fn part(ledger: &Ledger, path: &str) -> Option<Value> {
    let mut path = path.split('.');
    let (system, table, row) = (path.next()?, path.next(), path.next());
    let whmcs = &ledger.whmcs;
    let (found, row) = match (system, table) {
        ("whmcs", Some("users")) => (rows(&whmcs.users, row)?, None),
        ("whmcs", Some("clients")) => (rows(&whmcs.clients, row)?, None),
        ("whmcs", Some("invoices")) => (rows(&whmcs.invoices, row)?, None),
        ("whmcs", Some("services")) => (rows(&whmcs.services, row)?, None),
        ("whmcs", table) => (member(serde_json::to_value(whmcs).ok()?, table)?, row),
        ("salesforce", table) => (member(serde_json::to_value(&ledger.salesforce).ok()?, table)?, row),
        ("mail", table) => (member(serde_json::to_value(&ledger.mail).ok()?, table)?, row),
        _ => return None,
    };
    row.into_iter().chain(path).try_fold(found, |value, name| member(value, Some(name)))
}

/// A whole table or one row of it.
fn rows<T: Serialize>(table: &BTreeMap<u64, T>, id: Option<&str>) -> Option<Value> {
    match id {
        None => serde_json::to_value(table).ok(),
        Some(id) => serde_json::to_value(table.get(&id.parse().ok()?)?).ok(),
    }
}

/// A member of an object, an item of a list, or the value itself.
fn member(mut value: Value, name: Option<&str>) -> Option<Value> {
    match name {
        None => Some(value),
        Some(name) if value.is_array() => value.get_mut(name.parse::<usize>().ok()?).map(Value::take),
        Some(name) => value.get_mut(name).map(Value::take),
    }
}
