//! `POST /_control/scenario`: a new world, or the old one untouched and the place of the mistake.

use std::sync::Arc;

use actix_web::{HttpResponse, web};
use serde_json::json;

use crate::seed::scenario::Scenario;
use crate::world::Shared;

pub async fn load(shared: web::Data<Shared>, body: web::Bytes) -> HttpResponse {
    let scenario = match Scenario::parse(&body) {
        Ok(scenario) => scenario,
        Err(trouble) => return HttpResponse::UnprocessableEntity().json(trouble),
    };
    // Built outside the lock: it may take a second.
    match scenario.build() {
        Ok(new) => {
            let mut world = shared.world();
            world.replace(new);
            world.scenario = Some(Arc::new(scenario));
            let whmcs = &world.ledger.whmcs;
            HttpResponse::Ok().json(json!({
                "users": whmcs.users.len(),
                "clients": whmcs.clients.len(),
                "invoices": whmcs.invoices.len(),
                "services": whmcs.services.len(),
                "orders": whmcs.orders.len(),
                "products": whmcs.catalog.products.len(),
            }))
        }
        Err(trouble) => HttpResponse::UnprocessableEntity().json(trouble),
    }
}
