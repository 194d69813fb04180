//! `POST /_control/cases` and `/tokens/expire`.

use actix_web::{HttpResponse, web};
use serde::Deserialize;
use serde_json::{Value, json};

use super::refused;
use crate::salesforce::schema;
use crate::salesforce::write::{self, Values};
use crate::world::Shared;

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub struct NewCase {
    /// The WHMCS client whose account gets the case; the account must exist.
    client_id: Option<u64>,
    /// Or the account's Salesforce id.
    account_id: Option<String>,
    subject: String,
    status: Option<String>,
    priority: Option<String>,
}

pub async fn create_case(shared: web::Data<Shared>, new: web::Json<NewCase>) -> HttpResponse {
    let new = new.into_inner();
    let mut world = shared.world();
    let now = world.clock.now();
    let (Some(account), Some(case)) = (schema::object("Account"), schema::object("Case")) else {
        return refused("the schema has no cases");
    };
    let store = &mut world.ledger.salesforce;
    let account_id = match (&new.account_id, new.client_id) {
        (Some(id), _) => store.get(id).map(|record| record.id.clone()),
        (None, Some(client)) => store
            .by_key(account, "WHMCS_Client_Id__c", &client.to_string())
            .next()
            .map(|record| record.id.clone()),
        (None, None) => None,
    };
    let Some(account_id) = account_id else { return refused("no such account") };
    let values: Values = [
        ("AccountId", json!(account_id)),
        ("Subject", json!(new.subject)),
        ("Status", new.status.map_or(Value::Null, Value::String)),
        ("Priority", new.priority.map_or_else(|| json!("Medium"), Value::String)),
        ("Origin", json!("Web")),
    ]
    .into();
    match write::insert(store, case, values, now) {
        Ok(id) => HttpResponse::Created().json(json!({ "id": id })),
        Err(error) => refused(&error.message),
    }
}

pub async fn expire_tokens(shared: web::Data<Shared>) -> HttpResponse {
    shared.world().ledger.salesforce.expire_sessions();
    HttpResponse::NoContent().finish()
}
