//! Recorded exchanges with real organisations, sent to the sandbox: status, headers and bodies must be the same but for ids.
//!
//! The recordings lie beside the checkout where they are kept; without them their test says that it is skipped. The
//! exchanges in `salesforce_exchanges.json` are our own, composed from the REST API Developer Guide, and always run.

use std::{fs, path::PathBuf};

use reqwest::{Method, Response};
use serde_json::{Value, json};

use crate::driver::Driver;

/// What an organisation must hold before a recording is played, and what of the request is replaced.
struct Scene {
    file: &'static str,
    /// Definitions for `POST /_control/salesforce/objects`.
    objects: fn() -> Value,
    /// Records for `POST /_control/salesforce/records`.
    records: fn(&Value) -> Value,
    compared: Compared,
}

enum Compared {
    /// Status, headers and the body's text.
    Text,
    /// As text, but the recording holds fewer records than were sent.
    FirstRecords,
    /// Status, headers and the body's bytes.
    Bytes,
    /// Status and headers; there is no body.
    Nothing,
    /// As the first records, of the page that the query's first page leads to.
    NextPage,
}

fn none() -> Value {
    json!([])
}

fn no_records(_: &Value) -> Value {
    json!([])
}

/// `Movie__c` with a restricted picklist, under the prefix that most recordings have.
fn movies() -> Value {
    movies_as("a00")
}

fn other_movies() -> Value {
    movies_as("a01")
}

fn movies_as(prefix: &str) -> Value {
    json!([{"name": "Movie__c", "prefix": prefix, "fields": [
        {"name": "Rating__c", "type": "picklist", "restricted": true,
         "values": [{"value": "Excellent"}, {"value": "Good"}]},
        {"name": "ReleaseDate__c", "type": "date"},
    ]}])
}

fn franchises() -> Value {
    json!([
        {"name": "Franchise__c", "prefix": "a03"},
        {"name": "Movie__c", "prefix": "a00", "fields": [
            {"name": "Franchise__c", "type": "reference", "reference_to": ["Franchise__c"], "children": "Movies__r"},
        ]},
    ])
}

fn spaceships() -> Value {
    json!([{"name": "Spaceship__c", "fields": [{"name": "Website__c", "type": "url", "required": true}]}])
}

fn random() -> Value {
    json!([{"name": "random__c", "prefix": "a01", "fields": [
        {"name": "RANDOM_1__c"}, {"name": "RANDOM_2__c"},
    ]}])
}

/// The record that the request's path names.
fn named(recording: &Value) -> Value {
    let url = recording["request"]["url"].as_str().unwrap();
    let url = url.strip_prefix("/services/data/").unwrap();
    let parts: Vec<&str> = url.split('/').collect();
    json!([{"type": parts[2], "id": parts[3], "fields": {"Name": "Recorded"}}])
}

fn named_and_deleted(recording: &Value) -> Value {
    let mut records = named(recording);
    records[0]["deleted"] = json!(true);
    records
}

fn in_graph(recording: &Value) -> Value {
    let url = recording["request"]["body"]["graphs"][0]["compositeRequest"][0]["url"].as_str().unwrap();
    named(&json!({"request": {"url": url}}))
}

/// The accounts that the answer lists.
fn accounts(recording: &Value) -> Value {
    let text = recording["response"]["bodyText"].as_str().unwrap();
    let body: Value = serde_json::from_str(text).unwrap();
    let rows = body["records"].as_array().unwrap().iter();
    rows.map(|row| json!({"type": "Account", "fields": {"Name": row["Name"]}})).collect()
}

/// The account of the answer, owned by the user that it names.
fn owned_account(recording: &Value) -> Value {
    let user = "005B0000008UC2PIAW";
    let mut records = accounts(recording);
    records[0]["fields"]["OwnerId"] = json!(user);
    let owner = json!({"type": "User", "id": user, "fields": {"Name": "Guy Smiley"}});
    records.as_array_mut().unwrap().insert(0, owner);
    records
}

/// Accounts with the contacts of the answer, and one account more, which the recording leaves out.
fn families(recording: &Value) -> Value {
    let rows = recording["response"]["body"]["records"].as_array().unwrap();
    let mut records = Vec::new();
    for (index, row) in rows.iter().enumerate() {
        let id = row["attributes"]["url"].as_str().unwrap().rsplit('/').next().unwrap();
        // Rows come in the order of their ids; the recording's order is kept by new ones.
        let id = checksummed(&format!("{}{:05}", &id[..10], index));
        records.push(json!({"type": "Account", "id": id, "fields": {"Name": row["Name"]}}));
        for contact in row["Contacts"]["records"].as_array().unwrap() {
            let fields =
                json!({"AccountId": id, "FirstName": contact["FirstName"], "LastName": contact["LastName"]});
            records.push(json!({"type": "Contact", "fields": fields}));
        }
    }
    let last = checksummed("0017Q00000zzzzz");
    records.push(json!({"type": "Account", "id": last, "fields": {"Name": "Left out"}}));
    json!(records)
}

/// Ten thousand rows, those of the recording at its place.
fn rows_from(recording: &Value, start: usize) -> Value {
    let shown = recording["response"]["body"]["records"].as_array().unwrap();
    let row = |index: usize| {
        let shown = index.checked_sub(start).and_then(|index| shown.get(index));
        let member = |name: &str| shown.map_or(json!("filler"), |row| row[name].clone());
        json!({"type": "random__c", "fields": {"RANDOM_1__c": member("RANDOM_1__c"), "RANDOM_2__c": member("RANDOM_2__c")}})
    };
    (0..10_000).map(row).collect()
}

fn first_rows(recording: &Value) -> Value {
    rows_from(recording, 0)
}

fn later_rows(recording: &Value) -> Value {
    rows_from(recording, 2_000)
}

fn file(recording: &Value) -> Value {
    let id = "0689A0000002c13QAA";
    let content = recording["response"]["bodyBase64"].as_str().unwrap_or("AA==");
    json!([{"type": "ContentVersion", "id": id, "fields": {"PathOnClient": "toad.txt", "VersionData": content}}])
}

const fn scene(
    file: &'static str,
    objects: fn() -> Value,
    records: fn(&Value) -> Value,
    compared: Compared,
) -> Scene {
    Scene { file, objects, records, compared }
}

/// Every recording, what it needs, and what is compared.
const SCENES: [Scene; 27] = [
    scene("rec-binary-data", none, file, Compared::Bytes),
    scene("rec-composite-graph-create-tree", franchises, no_records, Compared::Text),
    scene("rec-composite-graph-create", other_movies, no_records, Compared::Text),
    scene("rec-composite-graph-single-create-error", movies, no_records, Compared::Text),
    scene("rec-composite-graph-single-delete", other_movies, in_graph, Compared::Text),
    scene("rec-composite-graph-single-update", other_movies, in_graph, Compared::Text),
    scene("rec-create-binary-field", none, no_records, Compared::Text),
    scene("rec-create-invalid-api-version", none, no_records, Compared::Text),
    scene("rec-create-invalid-field", none, no_records, Compared::Text),
    scene("rec-create-invalid-picklist-value", movies, no_records, Compared::Text),
    scene("rec-create-invalid-token", none, no_records, Compared::Text),
    scene("rec-create-required-field-missing", spaceships, no_records, Compared::Text),
    scene("rec-create-unknown-object", none, no_records, Compared::Text),
    scene("rec-create", movies, no_records, Compared::Text),
    scene("rec-delete-already-deleted", none, named_and_deleted, Compared::Text),
    scene("rec-delete", none, named, Compared::Nothing),
    scene("rec-query-binary-field", none, file, Compared::Text),
    scene("rec-query-malformed-soql", none, no_records, Compared::Text),
    scene("rec-query-unknown-column", none, no_records, Compared::Text),
    scene("rec-query-with-associated-data", none, owned_account, Compared::Text),
    scene("rec-query-with-next-records-url-2", random, later_rows, Compared::NextPage),
    scene("rec-query-with-next-records-url", random, first_rows, Compared::FirstRecords),
    scene("rec-query-with-subquery", none, families, Compared::FirstRecords),
    scene("rec-query", none, accounts, Compared::Text),
    scene("rec-update-invalid-field", movies, no_records, Compared::Text),
    scene("rec-update-malformed-id", movies, no_records, Compared::Text),
    scene("rec-update", movies, named, Compared::Nothing),
];

/// Headers of the recordings that say nothing about the API.
const NOT_COMPARED: [&str; 2] = ["Content-Security-Policy", "Content-Security-Policy-Report-Only"];
/// Headers that must be absent where they were not recorded.
const TELLING: [&str; 5] = ["Content-Type", "Location", "Sforce-Limit-Info", "Vary", "WWW-Authenticate"];

fn folder() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../../../shared/upstreams/salesforce")
}

/// The 18-character form of an id.
fn checksummed(fifteen: &str) -> String {
    let mut id = fifteen.to_owned();
    for chunk in fifteen.as_bytes().chunks(5) {
        let bits = chunk.iter().enumerate().filter(|(_, byte)| byte.is_ascii_uppercase());
        let bits = bits.fold(0, |bits, (position, _)| bits | (1 << position));
        id.push(char::from(b"ABCDEFGHIJKLMNOPQRSTUVWXYZ012345"[bits]));
    }
    id
}

/// A text without what differs from organisation to organisation: ids and, in edited recordings, the version.
fn without_ids(text: &str) -> String {
    let mut plain = String::with_capacity(text.len());
    let mut token = String::new();
    for character in text.chars().chain(['\0']) {
        if character.is_ascii_alphanumeric() {
            token.push(character);
            continue;
        }
        let is_id = token.len() == 18 && checksummed(&token[..15]) == token;
        let is_version = token.len() == 3 && token.starts_with('v') && token[1..].parse::<u8>().is_ok();
        plain.push_str(if is_id {
            "<id>"
        } else if is_version {
            "<version>"
        } else {
            &token
        });
        token.clear();
        plain.push(character);
    }
    plain.pop();
    plain
}

async fn arrange(it: &Driver, objects: &Value, records: &Value) {
    for object in objects.as_array().unwrap() {
        it.set("salesforce/objects", object.clone()).await;
    }
    if records.as_array().is_some_and(|records| !records.is_empty()) {
        it.set("salesforce/records", records.clone()).await;
    }
}

/// Sends the request side of an exchange.
async fn play(it: &Driver, token: &str, request: &Value) -> Response {
    let method = Method::from_bytes(request["method"].as_str().unwrap().as_bytes()).unwrap();
    let mut url = it.url("salesforce") + request["url"].as_str().unwrap();
    if let Some(query) = request["query"].as_object() {
        let pairs: Vec<(&str, &str)> =
            query.iter().map(|(name, value)| (name.as_str(), value.as_str().unwrap())).collect();
        url = format!("{url}?{}", crate::driver::form(&pairs));
    }
    let mut sent = it.http.request(method, url).bearer_auth(token);
    for (name, value) in request["headers"].as_object().into_iter().flatten() {
        if name != "Authorization" {
            sent = sent.header(name, value.as_str().unwrap());
        }
    }
    if !request["body"].is_null() {
        sent = sent.header("Content-Type", "application/json").body(request["body"].to_string());
    }
    sent.send().await.unwrap()
}

fn compare_heads(name: &str, expected: &Value, response: &Response) {
    assert_eq!(json!(response.status().as_u16()), expected["status"], "{name}");
    let recorded = expected["headers"].as_object().unwrap();
    let got = |header: &str| response.headers().get(header).and_then(|value| value.to_str().ok());
    for (header, value) in recorded.iter().filter(|(header, _)| !NOT_COMPARED.contains(&header.as_str())) {
        let (value, got) =
            (value.as_str().unwrap(), got(header).unwrap_or_else(|| panic!("{name}: no {header}")));
        match header.as_str() {
            // The length of time changed over the years of the recordings.
            "Strict-Transport-Security" => assert!(got.starts_with("max-age="), "{name}: {got}"),
            "Sforce-Limit-Info" => assert!(got.starts_with("api-usage="), "{name}: {got}"),
            _ => assert_eq!(without_ids(got), without_ids(value), "{name}: {header}"),
        }
    }
    for header in TELLING.iter().filter(|header| !recorded.contains_key(**header)) {
        assert_eq!(got(header), None, "{name}: {header}");
    }
}

/// Both bodies cut to as many records as were recorded.
fn compare_records(name: &str, expected: &Value, text: &str) {
    let mut got: Value = serde_json::from_str(text).unwrap();
    let kept = expected["records"].as_array().unwrap().len();
    let records = got["records"].as_array_mut().unwrap();
    assert!(records.len() > kept, "{name}");
    records.truncate(kept);
    assert_eq!(without_ids(&got.to_string()), without_ids(&expected.to_string()), "{name}");
}

#[tokio::test]
async fn recordings_are_answered_as_they_were() {
    if !folder().is_dir() {
        println!("skipped: no recordings beside the checkout");
        return;
    }
    let mut files: Vec<String> = fs::read_dir(folder())
        .unwrap()
        .filter_map(|entry| {
            entry.unwrap().file_name().into_string().unwrap().strip_suffix(".json").map(str::to_owned)
        })
        .filter(|name| name.starts_with("rec-"))
        .collect();
    files.sort();
    let mut listed: Vec<&str> = SCENES.iter().map(|scene| scene.file).collect();
    listed.sort_unstable();
    assert_eq!(files, listed, "a recording without a scene");
    for scene in &SCENES {
        let path = folder().join(format!("{}.json", scene.file));
        let recording: Value = serde_json::from_str(&fs::read_to_string(path).unwrap()).unwrap();
        replay(scene, &recording).await;
    }
}

async fn replay(scene: &Scene, recording: &Value) {
    let name = scene.file;
    let it = Driver::seeded(sandbox::Seed::Empty).await;
    arrange(&it, &(scene.objects)(), &(scene.records)(recording)).await;
    let mut token = it.login().await;
    let mut request = recording["request"].clone();
    if name == "rec-create-invalid-token" {
        "badToken".clone_into(&mut token);
    }
    if request["body"]["VersionData"].is_string() {
        // The recording shortens it in the middle of a group.
        request["body"]["VersionData"] = json!("iVBORw0KGgo=");
    }
    if matches!(scene.compared, Compared::NextPage) {
        let soql = "SELECT RANDOM_1__c, RANDOM_2__c FROM Random__c";
        let first = json!({"method": "GET", "url": "/services/data/v51.0/query", "query": {"q": soql}});
        let first: Value =
            serde_json::from_str(&play(&it, &token, &first).await.text().await.unwrap()).unwrap();
        request["url"] = first["nextRecordsUrl"].clone();
    }
    let response = play(&it, &token, &request).await;
    let expected = &recording["response"];
    compare_heads(name, expected, &response);
    match scene.compared {
        Compared::Nothing => assert_eq!(response.text().await.unwrap(), "", "{name}"),
        Compared::Text => {
            let text = response.text().await.unwrap();
            assert_eq!(without_ids(&text), without_ids(expected["bodyText"].as_str().unwrap()), "{name}");
        }
        Compared::FirstRecords | Compared::NextPage => {
            compare_records(name, &expected["body"], &response.text().await.unwrap());
        }
        Compared::Bytes => {
            let bytes = response.bytes().await.unwrap();
            let recorded = expected["bodyBase64"].as_str().unwrap();
            assert_eq!(base64::Engine::encode(&base64::engine::general_purpose::STANDARD, bytes), recorded);
        }
    }
}

#[tokio::test]
async fn our_own_exchanges_are_answered_as_documented() {
    let exchanges: Value = serde_json::from_str(include_str!("salesforce_exchanges.json")).unwrap();
    for exchange in exchanges.as_array().unwrap() {
        let name = exchange["name"].as_str().unwrap();
        let it = Driver::seeded(sandbox::Seed::Empty).await;
        let list = |member: &str| exchange[member].as_array().map_or(json!([]), |list| json!(list));
        arrange(&it, &list("objects"), &list("records")).await;
        let token = it.login().await;
        let response = play(&it, &token, &exchange["request"]).await;
        let expected = &exchange["response"];
        assert_eq!(json!(response.status().as_u16()), expected["status"], "{name}");
        let text = response.text().await.unwrap();
        let body: Value = serde_json::from_str(&text).unwrap_or(Value::Null);
        assert_eq!(without_ids(&body.to_string()), without_ids(&expected["body"].to_string()), "{name}");
    }
}
