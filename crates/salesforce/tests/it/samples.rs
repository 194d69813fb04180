//! Recorded and documented answers of Salesforce, kept in a folder beside the repository. Where it is missing, these
//! tests say so and pass.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

use salesforce::{Error, LoginError, Outcome, RefusalKind, SalesforceId};
use serde_json::{Value, json};
use wiremock::ResponseTemplate;

use crate::rig::{ACCOUNT, COMPOSITE, QUERY, Rig, count_body, soon};

pub fn folder() -> Option<PathBuf> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../../shared/upstreams/salesforce");
    if folder.is_dir() {
        return Some(folder);
    }
    eprintln!("skipped: no samples at {}", folder.display());
    None
}

pub fn sample(folder: &Path, name: &str) -> Value {
    serde_json::from_slice(&std::fs::read(folder.join(name)).unwrap()).unwrap()
}

/// Samples of queries whose answer is a page of records.
const PAGES: [(&str, u64); 5] = [
    ("rec-query.json", 5),
    ("rec-query-with-associated-data.json", 1),
    ("rec-query-with-next-records-url.json", 10000),
    ("rec-query-with-next-records-url-2.json", 10000),
    ("rec-query-with-subquery.json", 5),
];

pub fn recorded(sample: &Value) -> ResponseTemplate {
    let response = &sample["response"];
    let status = u16::try_from(response["status"].as_u64().unwrap()).unwrap();
    let mut answer = ResponseTemplate::new(status);
    for (name, value) in response["headers"].as_object().unwrap() {
        answer = answer.insert_header(name.as_str(), value.as_str().unwrap());
    }
    match response["bodyText"].as_str() {
        Some(text) => answer.set_body_string(text),
        None => answer.set_body_json(&response["body"]),
    }
}

async fn count_with(answer: ResponseTemplate) -> (Result<u64, Error>, Rig) {
    let rig = Rig::start().await;
    rig.mount_tokens().await;
    rig.mount("GET", QUERY, answer).await;
    (rig.count().await, rig)
}

#[tokio::test]
async fn the_documented_token_opens_a_session() {
    let Some(folder) = folder() else { return };
    let mut token = sample(&folder, "doc-oauth-jwt-success.json")["body"].take();
    let rig = Rig::start().await;
    token["instance_url"] = json!(rig.server.uri());
    rig.mount("POST", "/services/oauth2/token", ResponseTemplate::new(200).set_body_json(&token)).await;
    rig.mount("GET", QUERY, count_body(1)).await;
    assert_eq!(rig.count().await.unwrap(), 1);
    assert_eq!(rig.requests(QUERY).await[0].headers["authorization"], "Bearer 00Dxx0000001gPL!REPLACED");
}

#[tokio::test]
async fn every_reported_login_error_is_a_misconfiguration() {
    let Some(folder) = folder() else { return };
    for case in sample(&folder, "field-oauth-jwt-errors.json").as_array().unwrap() {
        let rig = Rig::start().await;
        let answer = ResponseTemplate::new(400).set_body_json(&case["body"]);
        rig.mount("POST", "/services/oauth2/token", answer).await;
        let Error::Login(LoginError::Misconfigured(refusal)) = rig.count().await.unwrap_err() else {
            panic!("{case}")
        };
        assert_eq!(refusal.code().to_string(), case["body"]["error"].as_str().unwrap());
        assert_eq!(refusal.raw_for_diagnosis(), case["body"]["error_description"].as_str().unwrap());
    }
}

#[tokio::test]
async fn recorded_pages_and_counts_decode() {
    let Some(folder) = folder() else { return };
    for (name, total) in PAGES {
        let (count, rig) = count_with(recorded(&sample(&folder, name))).await;
        assert_eq!(count.unwrap(), total, "{name}");
        assert!(rig.client.api_usage().is_some(), "{name}");
    }
    let answer = ResponseTemplate::new(200).set_body_json(sample(&folder, "fix-query-count.json"));
    assert_eq!(count_with(answer).await.0.unwrap(), 22);
}

#[tokio::test]
async fn recorded_query_errors_are_our_bugs() {
    let Some(folder) = folder() else { return };
    for name in ["rec-query-malformed-soql.json", "rec-query-unknown-column.json"] {
        let (result, _) = count_with(recorded(&sample(&folder, name))).await;
        let Err(Error::Refused(refusal)) = result else { panic!("{name}: {result:?}") };
        assert_eq!(refusal.kind(), RefusalKind::MisconfiguredOrBug, "{name}");
    }
}

#[tokio::test]
async fn versions_decode() {
    let Some(folder) = folder() else { return };
    let rig = Rig::start().await;
    rig.mount_tokens().await;
    let answer = ResponseTemplate::new(200).set_body_json(sample(&folder, "fix-versions.json"));
    rig.mount("GET", "/services/data/", answer).await;
    let versions = rig.client.versions(soon()).await.unwrap();
    assert_eq!(versions.iter().map(|entry| entry.version.as_str()).next_back(), Some("23.0"));
}

/// Serves the two parts under the references that the client gives.
async fn upsert_with(mut account: Value, mut contact: Value) -> Result<(), Error> {
    account["referenceId"] = json!("acc");
    contact["referenceId"] = json!("con");
    let rig = Rig::start().await;
    rig.mount_tokens().await;
    let body = json!({ "compositeResponse": [account, contact] });
    rig.mount("POST", COMPOSITE, ResponseTemplate::new(200).set_body_json(body)).await;
    rig.upsert().await.map(drop)
}

fn refused_kind(result: Result<(), Error>) -> RefusalKind {
    match result {
        Err(Error::Refused(refusal)) => refusal.kind(),
        other => panic!("{other:?}"),
    }
}

#[tokio::test]
async fn documented_composites_decode() {
    let Some(folder) = folder() else { return };
    let dependent = sample(&folder, "doc-composite-dependent.json");
    let parts = &dependent["response"]["body"]["compositeResponse"];
    upsert_with(parts[0].clone(), parts[2].clone()).await.unwrap();
    let rollback = &sample(&folder, "doc-composite-rollback.json")["compositeResponse"];
    let result = upsert_with(rollback[0].clone(), rollback[1].clone()).await;
    assert_eq!(refused_kind(result), RefusalKind::RolledBack);
    let halted = sample(&folder, "doc-composite-null-reference-v51.json");
    let invalid = sample(&folder, "doc-composite-subrequest-error.json");
    let result = upsert_with(halted.clone(), invalid).await;
    assert_eq!(refused_kind(result), RefusalKind::Validation);
}

#[tokio::test]
async fn captured_duplicates_are_told_apart() {
    let Some(folder) = folder() else { return };
    for (name, allow_save) in
        [("field-error-duplicates-allow.json", true), ("field-error-duplicates-block.json", false)]
    {
        let duplicate = json!({ "body": sample(&folder, name), "httpStatusCode": 400, "httpHeaders": {} });
        let halted = sample(&folder, "doc-composite-rollback.json")["compositeResponse"][1].clone();
        let result = upsert_with(halted, duplicate).await;
        assert_eq!(refused_kind(result), RefusalKind::DuplicateRule { allow_save }, "{name}");
    }
}

#[tokio::test]
async fn every_catalogued_error_has_its_class() {
    let Some(folder) = folder() else { return };
    for entry in sample(&folder, "error-catalogue.json")["errors"].as_array().unwrap() {
        let code = entry["errorCode"].as_str().unwrap();
        let status = u16::try_from(entry["httpStatus"].as_u64().unwrap()).unwrap();
        if status == 200 {
            continue; // One element of a collection answer; these calls use none.
        }
        let body = json!([{ "message": entry["message"], "errorCode": code }]);
        let (result, _) = count_with(ResponseTemplate::new(status).set_body_json(body)).await;
        let error = result.unwrap_err();
        let message = entry["message"].as_str().unwrap();
        assert!(message.len() < 8 || !error.to_string().contains(message), "{error}");
        match (code, &error) {
            ("INVALID_SESSION_ID", Error::Login(LoginError::SessionRefused))
            | ("SERVER_UNAVAILABLE", Error::Unknown(_)) => {}
            (_, Error::Refused(refusal)) => {
                assert_eq!(refusal.code(), Some(code));
                assert_eq!(refusal.kind(), expected_kind(code, status), "{code}");
            }
            _ => panic!("{code}: {error:?}"),
        }
        assert_ne!(error.outcome() == Outcome::Unknown, status < 500, "{code}");
    }
}

fn expected_kind(code: &str, status: u16) -> RefusalKind {
    match code {
        "DUPLICATES_DETECTED" => RefusalKind::DuplicateRule { allow_save: false },
        "REQUIRED_FIELD_MISSING" => RefusalKind::RequiredMissing,
        "INVALID_OR_NULL_FOR_RESTRICTED_PICKLIST" => RefusalKind::Picklist,
        "STRING_TOO_LONG" | "INVALID_EMAIL_ADDRESS" | "FIELD_CUSTOM_VALIDATION_EXCEPTION" => {
            RefusalKind::Validation
        }
        "UNABLE_TO_LOCK_ROW" => RefusalKind::LockedRow,
        "REQUEST_LIMIT_EXCEEDED" => RefusalKind::LimitExceeded(salesforce::Limit::Total),
        "ENTITY_IS_DELETED" => RefusalKind::Deleted,
        "INVALID_CROSS_REFERENCE_KEY" if status == 404 => RefusalKind::Gone,
        "DUPLICATE_VALUE" => RefusalKind::DuplicateValue,
        "INSUFFICIENT_ACCESS_OR_READONLY" | "INSUFFICIENT_ACCESS_ON_CROSS_REFERENCE_ENTITY" => {
            RefusalKind::InsufficientAccess
        }
        "MALFORMED_ID" => RefusalKind::MalformedId,
        "INVALID_QUERY_LOCATOR" => RefusalKind::ExpiredCursor,
        "QUERY_TIMEOUT" => RefusalKind::QueryTimeout,
        "PROCESSING_HALTED" => RefusalKind::RolledBack,
        _ => RefusalKind::MisconfiguredOrBug,
    }
}

/// Ids in a sample: values of `id` keys, and the last segment of record URLs.
fn ids(value: &Value, found: &mut BTreeSet<String>) {
    match value {
        Value::Array(items) => items.iter().for_each(|item| ids(item, found)),
        Value::Object(members) => {
            for (key, member) in members {
                match member {
                    Value::String(text) if key.eq_ignore_ascii_case("id") => {
                        found.insert(text.clone());
                    }
                    other => ids(other, found),
                }
            }
        }
        Value::String(text) => {
            let segments: Vec<&str> = text.split('/').collect();
            if let Some(position) = segments.iter().position(|segment| *segment == "sobjects") {
                found.extend(segments.get(position + 2).map(|id| (*id).to_owned()));
            }
        }
        _ => {}
    }
}

#[test]
fn recorded_ids_pass_the_checksum() {
    let Some(folder) = folder() else { return };
    let mut found = BTreeSet::new();
    for entry in std::fs::read_dir(&folder).unwrap() {
        let name = entry.unwrap().file_name().into_string().unwrap();
        if name.starts_with("rec-") {
            ids(&sample(&folder, &name), &mut found);
        }
    }
    let eighteen: Vec<_> = found.iter().filter(|id| id.len() == 18).collect();
    assert!(eighteen.len() > 20, "{found:?}");
    let wrong: Vec<_> = eighteen.iter().filter(|id| id.parse::<SalesforceId>().is_err()).collect();
    // The one id that Salesforce refused in its recording.
    assert_eq!(wrong, [&&"a00B000000FSjVUIB1".to_owned()]);
    assert_eq!(ACCOUNT[..15].parse::<SalesforceId>().unwrap().as_str(), ACCOUNT);
}
