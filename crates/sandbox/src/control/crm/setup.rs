//! What administrators do: accounts, schema, records as they come, switches, sessions.

use actix_web::{HttpResponse, web};
use serde::Deserialize;
use serde_json::{Map, Value, json};

use super::{Shared, created, insert, refused, written};
use crate::ledger::salesforce::Salesforce;
use crate::salesforce::error::RestError;
use crate::salesforce::id;
use crate::salesforce::schema::{ObjectDefinition, intern};
use crate::salesforce::settings::Settings;
use crate::salesforce::write::{self, Author, Values};

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub struct NewAccount {
    name: String,
    client_id: Option<u64>,
    #[serde(default)]
    contacts: Vec<NewContact>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub struct NewContact {
    first_name: Option<String>,
    last_name: String,
    email: Option<String>,
    /// `WHMCS_Contact_Id__c`
    key: Option<String>,
}

fn optional(text: Option<String>) -> Value {
    text.map_or(Value::Null, Value::String)
}

/// An account that was there before the portal, with its contacts.
pub async fn account(shared: web::Data<Shared>, new: web::Json<NewAccount>) -> HttpResponse {
    let new = new.into_inner();
    created(&mut shared.world(), |store, author| {
        let values: Values = [
            ("Name", json!(new.name)),
            ("WHMCS_Client_Id__c", optional(new.client_id.map(|client| client.to_string()))),
        ]
        .into();
        let account = insert(store, "Account", values, author)?;
        for contact in new.contacts {
            let values: Values = [
                ("AccountId", json!(account)),
                ("FirstName", optional(contact.first_name)),
                ("LastName", json!(contact.last_name)),
                ("Email", optional(contact.email)),
                ("WHMCS_Contact_Id__c", optional(contact.key)),
            ]
            .into();
            insert(store, "Contact", values, author)?;
        }
        Ok(account)
    })
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub struct NewRecord {
    #[serde(rename = "type")]
    object: String,
    /// One is made when absent.
    id: Option<String>,
    #[serde(default)]
    fields: Map<String, Value>,
    /// Put into the recycle bin at once.
    #[serde(default)]
    deleted: bool,
}

/// Records of any object, under given ids if wanted; read-only fields may be set too.
pub async fn records(shared: web::Data<Shared>, records: web::Json<Vec<NewRecord>>) -> HttpResponse {
    let records = records.into_inner();
    let result = written(&mut shared.world(), |store, author| {
        records.into_iter().map(|record| put(store, record, author)).collect::<Result<Vec<_>, _>>()
    });
    match result {
        Ok(ids) => HttpResponse::Created().json(json!({ "ids": ids })),
        Err(error) => refused(&error.message),
    }
}

fn put(store: &mut Salesforce, record: NewRecord, author: &Author) -> Result<String, RestError> {
    let object = store.object(&record.object).ok_or_else(RestError::not_found)?;
    let mut values = Values::new();
    for (name, value) in record.fields {
        let field = object.field(&name).ok_or_else(|| RestError::no_such_column(&name, object.name))?;
        values.insert(field.name, value);
    }
    if let Some(wanted) = record.id {
        let id = id::normalise(&wanted)
            .filter(|id| id.starts_with(object.prefix) && store.get(id).is_none())
            .ok_or_else(|| RestError::malformed_id(&object.label, &wanted, "Id"))?;
        values.insert(intern("Id"), json!(id));
    }
    let id = write::insert(store, &object, values, author)?;
    if record.deleted {
        write::delete(store, &object, &id, author)?;
    }
    Ok(id)
}

/// Adds or changes an object of the schema.
pub async fn define(shared: web::Data<Shared>, object: web::Json<ObjectDefinition>) -> HttpResponse {
    let mut world = shared.world();
    let now = world.clock.now();
    let store = &mut world.ledger.salesforce;
    match store.schema.define(object.into_inner()) {
        Ok(name) => {
            store.described_at = now;
            if name == "Case" {
                store.list_statuses();
            }
            HttpResponse::Created().json(json!({ "name": name }))
        }
        Err(reason) => refused(&reason),
    }
}

pub async fn settings(shared: web::Data<Shared>) -> HttpResponse {
    HttpResponse::Ok().json(&shared.world().ledger.salesforce.settings)
}

/// Changes the switches that are sent, answers with all.
pub async fn configure(shared: web::Data<Shared>, sent: web::Json<Map<String, Value>>) -> HttpResponse {
    let mut world = shared.world();
    let settings = &mut world.ledger.salesforce.settings;
    let Ok(Value::Object(mut all)) = serde_json::to_value(&*settings) else {
        return refused("the switches cannot be read");
    };
    all.extend(sent.into_inner());
    match serde_json::from_value::<Settings>(Value::Object(all)) {
        Ok(changed) => *settings = changed,
        Err(error) => return refused(&error.to_string()),
    }
    HttpResponse::Ok().json(&*settings)
}

pub async fn expire_tokens(shared: web::Data<Shared>) -> HttpResponse {
    shared.world().ledger.salesforce.expire_sessions();
    HttpResponse::NoContent().finish()
}

pub async fn expire_cursors(shared: web::Data<Shared>) -> HttpResponse {
    shared.world().ledger.salesforce.cursors.expire();
    HttpResponse::NoContent().finish()
}
