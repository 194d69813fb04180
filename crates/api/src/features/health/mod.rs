//! Probes for whatever runs the portal. An upstream in trouble makes neither fail: it would take every replica away at once.

use actix_web::{HttpResponse, get, web::Data};

use crate::app::App;

/// Whether the process answers. Touches nothing.
#[get("/livez")]
pub async fn livez() -> HttpResponse {
    HttpResponse::NoContent().finish()
}

/// Whether requests should be sent here: the database answers. That it has the schema of this version was checked at the start.
#[get("/readyz")]
pub async fn readyz(app: Data<App>) -> HttpResponse {
    if app.readiness.is_ready() {
        HttpResponse::NoContent().finish()
    } else {
        HttpResponse::ServiceUnavailable().finish()
    }
}
