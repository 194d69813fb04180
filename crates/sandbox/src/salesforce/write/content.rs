//! Files: a version makes its document and its links.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use bytes::Bytes;
use serde_json::{Value, json};

use super::{Author, Values, insert, moment};
use crate::ledger::salesforce::Salesforce;
use crate::salesforce::error::RestError;

/// Name, size and document of a new version. Gives back the content in base64.
pub fn complete(store: &mut Salesforce, values: &mut Values, author: &Author) -> Result<Value, RestError> {
    let content = values.remove("VersionData").unwrap_or_default();
    let size = STANDARD.decode(content.as_str().unwrap_or_default()).map_or(0, |bytes| bytes.len());
    let path = values.get("PathOnClient").and_then(Value::as_str).unwrap_or_default();
    let name = path.rsplit(['/', '\\']).next().unwrap_or_default().to_owned();
    let (stem, extension) = name.rsplit_once('.').unwrap_or((name.as_str(), ""));
    let kind = if extension.is_empty() { "UNKNOWN".to_owned() } else { extension.to_uppercase() };
    values.entry("Title").or_insert(json!(stem));
    values.insert("FileExtension", json!(extension));
    values.insert("FileType", json!(kind));
    values.insert("ContentSize", json!(size));
    values.insert("IsLatest", json!(true));
    let document = values.get("ContentDocumentId").and_then(Value::as_str).map(str::to_owned);
    let versions = match &document {
        Some(document) if values.contains_key("FirstPublishLocationId") => {
            let message = format!("FirstPublishLocationId is only for the first version of {document}");
            return Err(RestError::record(400, "INVALID_FIELD", message, &["FirstPublishLocationId"]));
        }
        Some(document) => supersede(store, document, author),
        None => 0,
    };
    values.insert("VersionNumber", json!((versions + 1).to_string()));
    Ok(content)
}

/// Older versions are no longer the latest; how many there are.
fn supersede(store: &mut Salesforce, document: &str, author: &Author) -> usize {
    let Some(object) = store.object("ContentVersion") else { return 0 };
    let older: Vec<String> = store
        .all(&object)
        .filter(|version| version.text("ContentDocumentId") == document)
        .map(|version| version.id.clone())
        .collect();
    for id in &older {
        if let Some(version) = store.get_mut(id) {
            version.fields.insert("IsLatest", json!(false));
            version.fields.insert("SystemModstamp", moment(author.now));
        }
    }
    older.len()
}

/// Keeps the content, makes or renews the document, links it.
pub fn published(
    store: &mut Salesforce,
    id: &str,
    content: &Value,
    author: &Author,
) -> Result<(), RestError> {
    let bytes = STANDARD.decode(content.as_str().unwrap_or_default()).unwrap_or_default();
    if !store.put_file(id, Bytes::from(bytes)) {
        store.discard(id);
        return Err(RestError::record(400, "STORAGE_LIMIT_EXCEEDED", "storage limit exceeded", &[]));
    }
    let Some(version) = store.get(id).cloned() else { return Ok(()) };
    let mut shown: Values = ["Title", "FileType", "FileExtension", "ContentSize", "OwnerId"]
        .map(|name| (name, version.get(name).clone()))
        .into();
    shown.insert("LatestPublishedVersionId", json!(id));
    let (Some(document), Some(link)) = (store.object("ContentDocument"), store.object("ContentDocumentLink"))
    else {
        return Ok(());
    };
    if let Some(document_id) = version.get("ContentDocumentId").as_str() {
        return super::update(store, &document, document_id, shown, author);
    }
    let document_id = insert(store, &document, shown, author)?;
    if let Some(version) = store.get_mut(id) {
        version.fields.insert("ContentDocumentId", json!(document_id));
    }
    let mut places = vec![(json!(author.user), "I", "AllUsers".to_owned())];
    if let Some(place) = version.fields.get("FirstPublishLocationId") {
        places.push((place.clone(), "V", store.settings.file_visibility.clone()));
    }
    for (place, share, visibility) in places {
        let values: Values = [
            ("ContentDocumentId", json!(document_id)),
            ("LinkedEntityId", place),
            ("ShareType", json!(share)),
            ("Visibility", json!(visibility)),
        ]
        .into();
        insert(store, &link, values, author)?;
    }
    Ok(())
}
