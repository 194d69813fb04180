//! `POST /_control/people`: a WHMCS user with a client of their own.

use actix_web::{HttpResponse, web};
use serde::Deserialize;
use serde_json::json;

use super::refused;
use crate::ledger::whmcs::ClientStatus;
use crate::seed::people::{client, user};
use crate::world::Shared;

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Person {
    email: String,
    first_name: String,
    last_name: String,
    #[serde(default)]
    company: String,
    /// Code such as `EUR`; the first currency when absent.
    currency: Option<String>,
    password: Option<String>,
    #[serde(default)]
    two_factor: bool,
    email_verified: Option<bool>,
    status: Option<ClientStatus>,
    allow_sso: Option<bool>,
}

pub async fn create(shared: web::Data<Shared>, person: web::Json<Person>) -> HttpResponse {
    let person = person.into_inner();
    let mut world = shared.world();
    let now = world.clock.local();
    let whmcs = &mut world.ledger.whmcs;
    if whmcs.user_by_email(&person.email).is_some() {
        return refused("a user with that e-mail exists");
    }
    let currency = match &person.currency {
        None => whmcs.currencies.first(),
        Some(code) => whmcs.currencies.iter().find(|currency| currency.code.eq_ignore_ascii_case(code)),
    };
    let Some(currency) = currency.map(|currency| currency.id) else {
        return refused("unknown currency");
    };
    let (user_id, client_id) = (whmcs.next_user_id(), whmcs.next_client_id());
    let mut user = user(user_id, &person.first_name, &person.last_name, &person.email, now);
    user.two_factor = person.two_factor;
    user.email_verified = person.email_verified.unwrap_or(user.email_verified);
    if let Some(password) = person.password {
        user.password = password;
    }
    let mut client = client(client_id, &user, &person.company, currency, now);
    client.status = person.status.unwrap_or(client.status);
    client.allow_sso = person.allow_sso.unwrap_or(client.allow_sso);
    whmcs.users.insert(user_id, user);
    whmcs.clients.insert(client_id, client);
    HttpResponse::Created().json(json!({ "user_id": user_id, "client_id": client_id }))
}
