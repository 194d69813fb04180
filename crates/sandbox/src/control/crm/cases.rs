//! What agents do with cases.

use actix_web::{HttpResponse, web};
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use serde::Deserialize;
use serde_json::{Value, json};

use super::{Shared, case, created, done, insert, path_id};
use crate::ledger::salesforce::{AGENT, QUEUE, Salesforce, USER};
use crate::salesforce::error::RestError;
use crate::salesforce::id;
use crate::salesforce::write::{self, Values};

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub struct NewCase {
    /// The WHMCS client whose account gets the case; the account must exist.
    client_id: Option<u64>,
    /// Or the account's Salesforce id.
    account_id: Option<String>,
    contact_id: Option<String>,
    subject: String,
    description: Option<String>,
    status: Option<String>,
    priority: Option<String>,
}

fn optional(text: Option<String>) -> Value {
    text.map_or(Value::Null, Value::String)
}

pub async fn create(shared: web::Data<Shared>, new: web::Json<NewCase>) -> HttpResponse {
    let new = new.into_inner();
    created(&mut shared.world(), |store, author| {
        let account_id = match (&new.account_id, new.client_id) {
            (Some(id), _) => store.live(id).map(|record| record.id.clone()),
            (None, Some(client)) => account_of(store, client),
            (None, None) => None,
        };
        let account_id = account_id.ok_or_else(|| RestError::new(404, "NOT_FOUND", "no such account"))?;
        let values: Values = [
            ("AccountId", json!(account_id)),
            ("ContactId", optional(new.contact_id)),
            ("Subject", json!(new.subject)),
            ("Description", optional(new.description)),
            ("Status", optional(new.status)),
            ("Priority", new.priority.map_or_else(|| json!("Medium"), Value::String)),
            ("Origin", json!("Web")),
        ]
        .into();
        insert(store, "Case", values, author)
    })
}

/// The account of a WHMCS client.
fn account_of(store: &Salesforce, client: u64) -> Option<String> {
    let account = store.object("Account")?;
    let key = client.to_string();
    store.by_key(&account, "WHMCS_Client_Id__c", &key).next().map(|record| record.id.clone())
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Change {
    status: Option<String>,
    priority: Option<String>,
    subject: Option<String>,
    /// `agent`, `queue`, `portal` or an id.
    owner: Option<String>,
}

pub async fn change(
    shared: web::Data<Shared>,
    path: web::Path<String>,
    change: web::Json<Change>,
) -> HttpResponse {
    let (id, change) = (path_id(&path), change.into_inner());
    let owner = change.owner.map(|owner| match owner.as_str() {
        "agent" => id::with_checksum(AGENT),
        "queue" => id::with_checksum(QUEUE),
        "portal" => id::with_checksum(USER),
        _ => owner,
    });
    let values = [
        ("Status", change.status),
        ("Priority", change.priority),
        ("Subject", change.subject),
        ("OwnerId", owner),
    ];
    let values: Values =
        values.into_iter().filter_map(|(name, value)| value.map(|value| (name, json!(value)))).collect();
    done(&mut shared.world(), |store, author| {
        let object = store.object("Case").ok_or_else(RestError::not_found)?;
        write::update(store, &object, &id, values, author)
    })
}

pub async fn delete(shared: web::Data<Shared>, path: web::Path<String>) -> HttpResponse {
    let id = path_id(&path);
    done(&mut shared.world(), |store, author| {
        let object = store.object("Case").ok_or_else(RestError::not_found)?;
        write::delete(store, &object, &id, author)
    })
}

pub async fn undelete(shared: web::Data<Shared>, path: web::Path<String>) -> HttpResponse {
    let id = path_id(&path);
    done(&mut shared.world(), |store, author| {
        let object = store.object("Case").ok_or_else(RestError::not_found)?;
        write::undelete(store, &object, &id, author)
    })
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Merge {
    /// The case that stays.
    into: String,
}

pub async fn merge(
    shared: web::Data<Shared>,
    path: web::Path<String>,
    merge: web::Json<Merge>,
) -> HttpResponse {
    let id = path_id(&path);
    done(&mut shared.world(), |store, author| write::merge(store, &id, &merge.into, author))
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Comment {
    body: String,
    #[serde(default = "yes")]
    published: bool,
}

const fn yes() -> bool {
    true
}

pub async fn comment(
    shared: web::Data<Shared>,
    path: web::Path<String>,
    comment: web::Json<Comment>,
) -> HttpResponse {
    let (id, comment) = (path_id(&path), comment.into_inner());
    created(&mut shared.world(), |store, author| {
        case(store, &id)?;
        let values: Values = [
            ("ParentId", json!(id)),
            ("CommentBody", json!(comment.body)),
            ("IsPublished", json!(comment.published)),
        ]
        .into();
        insert(store, "CaseComment", values, author)
    })
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Publish {
    published: bool,
}

pub async fn publish(
    shared: web::Data<Shared>,
    path: web::Path<String>,
    publish: web::Json<Publish>,
) -> HttpResponse {
    let id = path_id(&path);
    done(&mut shared.world(), |store, author| {
        let object = store.object("CaseComment").ok_or_else(RestError::not_found)?;
        let values: Values = [("IsPublished", json!(publish.published))].into();
        write::update(store, &object, &id, values, author)
    })
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Email {
    subject: Option<String>,
    body: String,
    html: Option<String>,
    from: Option<String>,
    to: Option<String>,
    #[serde(default)]
    incoming: bool,
    #[serde(default = "yes")]
    visible: bool,
    #[serde(default)]
    draft: bool,
}

pub async fn email(
    shared: web::Data<Shared>,
    path: web::Path<String>,
    email: web::Json<Email>,
) -> HttpResponse {
    let (id, email) = (path_id(&path), email.into_inner());
    // 0 new, 3 sent, 5 draft.
    let status = match (email.draft, email.incoming) {
        (true, _) => "5",
        (false, true) => "0",
        (false, false) => "3",
    };
    created(&mut shared.world(), |store, author| {
        case(store, &id)?;
        let values: Values = [
            ("ParentId", json!(id)),
            ("Subject", optional(email.subject)),
            ("TextBody", json!(email.body)),
            ("HtmlBody", optional(email.html)),
            ("FromAddress", json!(email.from.unwrap_or_else(|| "support@sandbox.example".to_owned()))),
            ("ToAddress", optional(email.to)),
            ("Incoming", json!(email.incoming)),
            ("IsExternallyVisible", json!(email.visible)),
            ("Status", json!(status)),
        ]
        .into();
        insert(store, "EmailMessage", values, author)
    })
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Attachment {
    name: String,
    /// Plain text content.
    text: Option<String>,
    /// Or any content in base64.
    base64: Option<String>,
    /// Whether customers may see it.
    #[serde(default = "yes")]
    visible: bool,
}

pub async fn attach(
    shared: web::Data<Shared>,
    path: web::Path<String>,
    file: web::Json<Attachment>,
) -> HttpResponse {
    let (id, file) = (path_id(&path), file.into_inner());
    created(&mut shared.world(), |store, author| {
        case(store, &id)?;
        let content = match (file.base64, file.text) {
            (Some(base64), _) => base64,
            (None, text) => STANDARD.encode(text.unwrap_or_default()),
        };
        if STANDARD.decode(&content).is_err() {
            return Err(RestError::new(400, "INVALID", "not base64"));
        }
        attach_file(store, &id, &file.name, &content, file.visible, author)
    })
}

/// A file on a case; its content in base64.
pub fn attach_file(
    store: &mut Salesforce,
    case: &str,
    name: &str,
    content: &str,
    visible: bool,
    author: &write::Author,
) -> Result<String, RestError> {
    let values: Values = [("PathOnClient", json!(name)), ("VersionData", json!(content))].into();
    let version = insert(store, "ContentVersion", values, author)?;
    let document = store.get(&version).map(|record| record.get("ContentDocumentId").clone());
    let visibility = if visible { "AllUsers" } else { "InternalUsers" };
    let values: Values = [
        ("ContentDocumentId", document.unwrap_or_default()),
        ("LinkedEntityId", json!(case)),
        ("ShareType", json!("V")),
        ("Visibility", json!(visibility)),
    ]
    .into();
    insert(store, "ContentDocumentLink", values, author)?;
    Ok(version)
}
