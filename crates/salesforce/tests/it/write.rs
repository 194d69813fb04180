//! Writes of single records.

use chrono::DateTime;
use salesforce::{
    Assignment, Error, ExternalKey, Field, Fields, NotSent, Object, Outcome, RefusalKind, SalesforceId,
    Unknown, Upserted, WriteOptions,
};
use serde_json::{Value, json};
use wiremock::ResponseTemplate;

use crate::rig::{Rig, expired, soon};

const CASE: Object = Object::new("Case");
const KEY: Field = Field::new("Portal_Request_Id__c");
const SUBJECT: Field = Field::new("Subject");
const ID: &str = "5003000000D8cuIAAR";
const ALL: &str = "/services/data/v62.0/sobjects/Case";
const ONE: &str = "/services/data/v62.0/sobjects/Case/5003000000D8cuIAAR";
const BY_KEY: &str = "/services/data/v62.0/sobjects/Case/Portal_Request_Id__c/7f0c";

fn id() -> SalesforceId {
    ID.parse().unwrap()
}

fn key() -> ExternalKey {
    ExternalKey::new(KEY, "7f0c").unwrap()
}

fn fields() -> Fields {
    Fields::new().set(SUBJECT, "Router reboots").set(Field::new("Contact.WHMCS_Contact_Id__c"), "42-7")
}

fn saved(status: u16, created: Option<bool>) -> ResponseTemplate {
    let mut body = json!({ "id": ID, "success": true, "errors": [] });
    if let Some(created) = created {
        body["created"] = json!(created);
    }
    ResponseTemplate::new(status).set_body_json(body)
}

fn refused(status: u16, code: &str) -> ResponseTemplate {
    ResponseTemplate::new(status).set_body_json(json!([{ "message": "about ada", "errorCode": code }]))
}

async fn rig() -> Rig {
    let rig = Rig::start().await;
    rig.mount_tokens().await;
    rig
}

async fn create(rig: &Rig, options: WriteOptions) -> Result<SalesforceId, Error> {
    rig.client.create(CASE, &fields(), options, soon()).await
}

async fn upsert(rig: &Rig) -> Result<Upserted, Error> {
    rig.client.upsert(CASE, &key(), &fields(), WriteOptions::default(), soon()).await
}

fn kind<T: std::fmt::Debug>(result: Result<T, Error>) -> RefusalKind {
    match result {
        Err(Error::Refused(refusal)) => refusal.kind(),
        other => panic!("{other:?}"),
    }
}

#[tokio::test]
async fn a_created_record_has_an_id() {
    let rig = rig().await;
    rig.mount_once("POST", ALL, expired()).await;
    rig.mount("POST", ALL, saved(201, None)).await;
    let options =
        WriteOptions { allow_duplicates: true, assignment: Assignment::Off, unmodified_since: None };
    assert_eq!(create(&rig, options).await.unwrap(), id());
    let sent = rig.requests(ALL).await;
    assert_eq!(sent.len(), 2);
    for request in sent {
        let body: Value = request.body_json().unwrap();
        let expected = json!({ "Subject": "Router reboots", "Contact": { "WHMCS_Contact_Id__c": "42-7" } });
        assert_eq!(body, expected);
        assert_eq!(request.headers["content-type"], "application/json");
        assert_eq!(request.headers["sforce-duplicate-rule-header"], "allowSave=true");
        assert_eq!(request.headers["sforce-auto-assign"], "FALSE");
    }
}

#[tokio::test]
async fn what_became_of_a_create_is_told() {
    for (answer, outcome) in [
        (refused(400, "REQUIRED_FIELD_MISSING"), Outcome::Refused),
        (refused(403, "REQUEST_LIMIT_EXCEEDED"), Outcome::Refused),
        (ResponseTemplate::new(503), Outcome::Unknown),
        (ResponseTemplate::new(201).set_body_string("{\"id\":\"5003"), Outcome::Unknown),
        (ResponseTemplate::new(201).set_body_json(json!({ "id": ID, "success": false })), Outcome::Unknown),
        (ResponseTemplate::new(204), Outcome::Unknown),
    ] {
        let rig = rig().await;
        rig.mount("POST", ALL, answer).await;
        let error = create(&rig, WriteOptions::default()).await.unwrap_err();
        assert_eq!(error.outcome(), outcome, "{error:?}");
        assert_eq!(rig.requests(ALL).await.len(), 1, "{error:?}");
    }
}

#[tokio::test]
async fn a_record_is_changed_and_deleted() {
    let rig = rig().await;
    rig.mount("PATCH", ONE, ResponseTemplate::new(204)).await;
    rig.mount_once("DELETE", ONE, ResponseTemplate::new(204)).await;
    rig.mount("DELETE", ONE, refused(404, "ENTITY_IS_DELETED")).await;
    let since = DateTime::from_timestamp(1_310_000_000, 0);
    let options = WriteOptions { unmodified_since: since, ..WriteOptions::default() };
    rig.client.update(CASE, &id(), &fields(), options, soon()).await.unwrap();
    let sent = rig.requests(ONE).await;
    assert_eq!(sent[0].headers["if-unmodified-since"], "Thu, 07 Jul 2011 00:53:20 GMT");
    rig.client.delete(CASE, &id(), soon()).await.unwrap();
    assert_eq!(kind(rig.client.delete(CASE, &id(), soon()).await), RefusalKind::Deleted);
}

#[tokio::test]
async fn a_page_in_place_of_the_answer_is_no_success() {
    let rig = rig().await;
    let page = || ResponseTemplate::new(200).set_body_raw("<h1>Sign in</h1>", "text/html");
    rig.mount("PATCH", ONE, page()).await;
    rig.mount("DELETE", ONE, page()).await;
    let updated = rig.client.update(CASE, &id(), &fields(), WriteOptions::default(), soon()).await;
    assert_eq!(updated.unwrap_err().outcome(), Outcome::Unknown);
    assert_eq!(rig.client.delete(CASE, &id(), soon()).await.unwrap_err().outcome(), Outcome::Unknown);
}

#[tokio::test]
async fn refusals_of_an_update_have_their_class() {
    for (status, code, expected) in [
        (404, "INVALID_CROSS_REFERENCE_KEY", RefusalKind::Gone),
        (400, "MALFORMED_ID", RefusalKind::MalformedId),
        (400, "UNABLE_TO_LOCK_ROW", RefusalKind::LockedRow),
        (400, "FIELD_CUSTOM_VALIDATION_EXCEPTION", RefusalKind::Validation),
        (403, "INSUFFICIENT_ACCESS_OR_READONLY", RefusalKind::InsufficientAccess),
        (412, "PRECONDITION_FAILED", RefusalKind::PreconditionFailed),
    ] {
        let rig = rig().await;
        rig.mount("PATCH", ONE, refused(status, code)).await;
        let result = rig.client.update(CASE, &id(), &fields(), WriteOptions::default(), soon()).await;
        assert_eq!(kind(result), expected, "{code}");
    }
}

#[tokio::test]
async fn every_success_of_an_upsert_is_read() {
    for (answer, expected) in [
        (saved(201, Some(true)), Upserted::Created(id())),
        (saved(200, Some(false)), Upserted::Updated(id())),
        (saved(201, None), Upserted::Created(id())),
        (ResponseTemplate::new(204), Upserted::Updated(id())),
    ] {
        let rig = rig().await;
        rig.mount("PATCH", BY_KEY, answer).await;
        rig.mount("GET", BY_KEY, ResponseTemplate::new(200).set_body_json(json!({ "Id": ID }))).await;
        let upserted = upsert(&rig).await.unwrap();
        assert_eq!((upserted.id(), &upserted), (&id(), &expected));
    }
}

#[tokio::test]
async fn a_lost_race_is_settled_by_looking() {
    let rig = rig().await;
    rig.mount("PATCH", BY_KEY, refused(400, "DUPLICATE_VALUE")).await;
    rig.mount_once("GET", BY_KEY, ResponseTemplate::new(200).set_body_json(json!({ "Id": ID }))).await;
    assert_eq!(upsert(&rig).await.unwrap(), Upserted::LostRace(id()));
    let methods: Vec<String> =
        rig.requests(BY_KEY).await.iter().map(|request| request.method.to_string()).collect();
    assert_eq!(methods, ["PATCH", "GET"]);
    // Where the key leads nowhere, another unique value was taken.
    rig.mount("GET", BY_KEY, refused(404, "NOT_FOUND")).await;
    assert_eq!(kind(upsert(&rig).await), RefusalKind::DuplicateValue);
}

#[tokio::test]
async fn other_answers_to_an_upsert() {
    let urls = json!([ALL]);
    for (answer, expected) in [
        (ResponseTemplate::new(300).set_body_json(urls), RefusalKind::AmbiguousKey),
        (refused(404, "NOT_FOUND"), RefusalKind::MisconfiguredOrBug),
        (refused(400, "STORAGE_LIMIT_EXCEEDED"), RefusalKind::StorageFull),
    ] {
        let rig = rig().await;
        rig.mount("PATCH", BY_KEY, answer).await;
        assert_eq!(kind(upsert(&rig).await), expected);
    }
    let rig = rig().await;
    rig.mount("PATCH", BY_KEY, ResponseTemplate::new(502).set_body_string("<html>")).await;
    let error = upsert(&rig).await.unwrap_err();
    assert!(matches!(error, Error::Unknown(Unknown::ServerFailure { status: 502 })), "{error:?}");
}

#[tokio::test]
async fn the_address_is_not_repeated_in_the_body() {
    let rig = rig().await;
    let fields = Fields::new().set(KEY, "7f0c");
    let error = rig.client.upsert(CASE, &key(), &fields, WriteOptions::default(), soon()).await.unwrap_err();
    assert!(matches!(error, Error::NotSent(NotSent::InvalidInput(_))), "{error:?}");
    assert!(rig.requests(BY_KEY).await.is_empty());
}

#[tokio::test]
async fn deletions_and_changes_of_a_span() {
    let rig = rig().await;
    let deleted = "/services/data/v62.0/sobjects/Case/deleted";
    let updated = "/services/data/v62.0/sobjects/Case/updated";
    let body = json!({
        "deletedRecords": [{ "id": ID, "deletedDate": "2013-05-07T22:07:19.000+0000" }],
        "earliestDateAvailable": "2013-05-03T15:57:00.000+0000", "latestDateCovered": "2013-05-08T21:20:00Z",
    });
    rig.mount("GET", deleted, ResponseTemplate::new(200).set_body_json(body)).await;
    let body = json!({ "ids": [ID], "latestDateCovered": "2015-08-19T08:17:00.000+0000" });
    rig.mount("GET", updated, ResponseTemplate::new(200).set_body_json(body)).await;
    let [start, end] =
        [1_367_900_000, 1_368_000_000].map(|seconds| DateTime::from_timestamp(seconds, 0).unwrap());
    let found = rig.client.deleted(CASE, start, end, soon()).await.unwrap();
    assert_eq!(
        (found.records[0].id.as_str(), found.records[0].deleted_date.timestamp()),
        (ID, 1_367_964_439)
    );
    let changed = rig.client.updated(CASE, start, end, soon()).await.unwrap();
    assert_eq!((changed.ids, changed.latest_date_covered.timestamp()), (vec![id()], 1_439_972_220));
    let request = &rig.requests(deleted).await[0];
    assert_eq!(request.url.query(), Some("start=2013-05-07T04%3A13%3A20Z&end=2013-05-08T08%3A00%3A00Z"));
    let error = rig.client.deleted(CASE, end, start, soon()).await.unwrap_err();
    assert!(matches!(error, Error::NotSent(NotSent::InvalidInput("span of time"))), "{error:?}");
}
