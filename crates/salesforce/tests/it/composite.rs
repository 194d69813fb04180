//! Composite requests and collections.

use salesforce::soql::{Query, Soql};
use salesforce::{
    Composite, Error, ExternalKey, Field, Fields, NotSent, Object, Record, Reference, RefusalKind,
    SalesforceId, Unknown, WriteOptions,
};
use serde_json::{Value, json};
use wiremock::ResponseTemplate;

use crate::rig::{ACCOUNT, COMPOSITE, CONTACT, Rig, account, soon};

const OBJECT: Object = Object::new("Account");
const CHILD: Object = Object::new("Contact");
const NAME: Field = Field::new("Name");
const ACC: Reference = Reference::new("acc");
const CON: Reference = Reference::new("con");
const INFO: Reference = Reference::new("info");
const ROWS: Reference = Reference::new("rows");
const COLLECTION: &str = "/services/data/v62.0/composite/sobjects";

fn part(reference: &str, status: u16, body: &Value) -> Value {
    json!({ "body": body, "httpHeaders": {}, "httpStatusCode": status, "referenceId": reference })
}

fn failed(reference: &str, code: &str) -> Value {
    part(reference, 400, &json!([{ "message": "about ada", "errorCode": code }]))
}

fn saved(id: &str) -> Value {
    json!({ "id": id, "success": true, "errors": [] })
}

async fn rig(parts: &[Value]) -> Rig {
    let rig = Rig::start().await;
    rig.mount_tokens().await;
    let body = json!({ "compositeResponse": parts });
    rig.mount("POST", COMPOSITE, ResponseTemplate::new(200).set_body_json(body)).await;
    rig
}

fn named(text: &str) -> Fields {
    Fields::new().set(NAME, text)
}

fn soql() -> Soql {
    Query::select(CHILD, &[Field::ID]).build().unwrap()
}

/// An account, a contact of it, and what became of both.
fn chain(request: Composite) -> Composite {
    let contact = named("Ada").set_created(Field::new("AccountId"), ACC);
    request
        .create(ACC, OBJECT, named("Ada Ltd"))
        .options(WriteOptions { allow_duplicates: true, ..WriteOptions::default() })
        .create(CON, CHILD, contact)
        .get(INFO, CHILD, CON, &[Field::ID, NAME])
}

fn kind<T>(result: Result<T, Error>) -> RefusalKind {
    match result {
        Err(Error::Refused(refusal)) => refusal.kind(),
        Err(other) => panic!("{other:?}"),
        Ok(_) => panic!("succeeded"),
    }
}

#[tokio::test]
async fn parts_refer_to_earlier_ones() {
    let rows = json!({ "totalSize": 1, "done": true, "records": [{ "Id": CONTACT }] });
    let rig = rig(&[
        part("info", 200, &json!({ "Id": CONTACT })),
        part("acc", 201, &saved(ACCOUNT)),
        part("con", 201, &saved(CONTACT)),
        part("rows", 200, &rows),
    ])
    .await;
    let request = chain(Composite::all_or_none()).query(ROWS, &soql());
    let answer = rig.client.composite(&request, soon()).await.unwrap();
    assert_eq!(answer.id(ACC).unwrap(), account());
    assert_eq!(answer.record::<Value>(INFO).unwrap()["Id"], CONTACT);
    assert_eq!(answer.page::<Value>(ROWS).unwrap().records.len(), 1);
    assert!(answer.done(Reference::new("other")).is_err());
    let sent: Value = rig.requests(COMPOSITE).await[0].body_json().unwrap();
    let expected = json!({
        "allOrNone": true, "collateSubrequests": false, "compositeRequest": [
            {
                "method": "POST", "referenceId": "acc", "url": "/services/data/v62.0/sobjects/Account",
                "httpHeaders": { "sforce-duplicate-rule-header": "allowSave=true" }, "body": { "Name": "Ada Ltd" },
            },
            {
                "method": "POST", "referenceId": "con", "url": "/services/data/v62.0/sobjects/Contact",
                "body": { "Name": "Ada", "AccountId": "@{acc.id}" },
            },
            {
                "method": "GET", "referenceId": "info",
                "url": "/services/data/v62.0/sobjects/Contact/@{con.id}?fields=Id%2CName",
            },
            {
                "method": "GET", "referenceId": "rows",
                "url": "/services/data/v62.0/query?q=SELECT+Id+FROM+Contact",
            },
        ],
    });
    assert_eq!(sent, expected);
}

#[tokio::test]
async fn records_are_addressed_by_id_and_key() {
    let key = ExternalKey::new(Field::new("Key__c"), "a/b").unwrap();
    let rig = rig(&[
        part("acc", 200, &saved(ACCOUNT)),
        part("con", 204, &Value::Null),
        part("info", 204, &Value::Null),
    ])
    .await;
    let request = Composite::all_or_none()
        .upsert(ACC, OBJECT, &key, named("x"))
        .update(CON, OBJECT, &account(), named("y"))
        .delete(INFO, OBJECT, ACC);
    let answer = rig.client.composite(&request, soon()).await.unwrap();
    answer.done(CON).unwrap();
    let sent: Value = rig.requests(COMPOSITE).await[0].body_json().unwrap();
    let lines: Vec<_> = sent["compositeRequest"]
        .as_array()
        .unwrap()
        .iter()
        .map(|part| format!("{} {}", part["method"].as_str().unwrap(), part["url"].as_str().unwrap()))
        .collect();
    let base = "/services/data/v62.0/sobjects/Account";
    assert_eq!(
        lines,
        [
            format!("PATCH {base}/Key__c/a%2Fb"),
            format!("PATCH {base}/{ACCOUNT}"),
            format!("DELETE {base}/@{{acc.id}}")
        ]
    );
}

#[tokio::test]
async fn the_part_that_failed_by_itself_is_the_reason() {
    let halted = |reference| failed(reference, "PROCESSING_HALTED");
    let parts = [halted("acc"), halted("con"), failed("info", "INVALID_FIELD")];
    let result = rig(&parts).await.client.composite(&chain(Composite::all_or_none()), soon()).await;
    assert_eq!(kind(result), RefusalKind::MisconfiguredOrBug);

    // Independent: the last needs the second, which needs the first.
    let parts = [failed("acc", "STRING_TOO_LONG"), halted("con"), halted("info")];
    let answer = rig(&parts).await.client.composite(&chain(Composite::independent()), soon()).await.unwrap();
    for reference in [ACC, CON, INFO] {
        assert_eq!(kind(answer.done(reference)), RefusalKind::Validation, "{reference:?}");
    }
}

#[tokio::test]
async fn requests_that_salesforce_would_misread_are_not_sent() {
    let rig = rig(&[]).await;
    let part = |request: Composite| request.create(ACC, OBJECT, named("x"));
    let crowd = (0..26).fold(Composite::independent(), |request, _| part(request));
    let forged = ExternalKey::new(Field::new("Key__c"), "@{acc.id}").unwrap();
    for request in [
        Composite::all_or_none(),
        crowd,
        part(part(Composite::all_or_none())),
        Composite::all_or_none().delete(INFO, OBJECT, ACC),
        chain(Composite::all_or_none()).create(ROWS, OBJECT, named("@{acc.id}")),
        part(Composite::all_or_none()).upsert(CON, OBJECT, &forged, named("x")),
        Composite::all_or_none().update(ACC, OBJECT, &account(), Fields::new().set(Field::ID, ACCOUNT)),
    ] {
        let error = rig.client.composite(&request, soon()).await.map(drop).unwrap_err();
        assert!(matches!(error, Error::NotSent(NotSent::InvalidInput(_))), "{request:?}: {error:?}");
    }
    assert!(rig.requests(COMPOSITE).await.is_empty());
}

#[tokio::test]
async fn answers_to_other_parts_are_no_answer() {
    let twice = part("acc", 201, &saved(ACCOUNT));
    for parts in [vec![], vec![part("x", 201, &saved(ACCOUNT))], vec![twice.clone(), twice]] {
        let request = Composite::independent().create(ACC, OBJECT, named("x"));
        let error = rig(&parts).await.client.composite(&request, soon()).await.map(drop).unwrap_err();
        assert!(matches!(error, Error::Unknown(Unknown::InvalidAnswer { .. })), "{error:?}");
    }
}

fn record(text: &str) -> Record {
    Record { object: OBJECT, fields: named(text) }
}

fn mixed() -> ResponseTemplate {
    ResponseTemplate::new(200).set_body_json(json!([
        { "success": false, "errors": [{ "statusCode": "DUPLICATES_DETECTED", "message": "ada", "fields": [] }] },
        saved(ACCOUNT),
        { "success": false, "errors": [{ "statusCode": "ALL_OR_NONE_OPERATION_ROLLED_BACK", "message": "" }] },
    ]))
}

fn kinds(results: &[Result<SalesforceId, salesforce::Refusal>]) -> Vec<Option<RefusalKind>> {
    results.iter().map(|result| result.as_ref().err().map(salesforce::Refusal::kind)).collect()
}

#[tokio::test]
async fn each_record_of_a_collection_has_its_result() {
    let rig = rig(&[]).await;
    for method in ["POST", "PATCH", "DELETE"] {
        rig.mount(method, COLLECTION, mixed()).await;
    }
    let expected =
        [Some(RefusalKind::DuplicateRule { allow_save: false }), None, Some(RefusalKind::RolledBack)];
    let records = ["a", "b", "c"].map(record);
    let created = rig.client.create_many(&records, false, soon()).await.unwrap();
    assert_eq!(kinds(&created), expected);
    let pairs = ["a", "b", "c"].map(|text| (account(), record(text)));
    let changed = rig.client.update_many(&pairs, true, soon()).await.unwrap();
    assert_eq!(kinds(&changed), expected);
    let ids = [account(), account(), account()];
    let deleted = rig.client.delete_many(&ids, true, soon()).await.unwrap();
    assert_eq!(kinds(&deleted), expected);

    let sent = rig.requests(COLLECTION).await;
    let body: Value = sent[1].body_json().unwrap();
    assert_eq!(body["allOrNone"], true);
    assert_eq!(
        body["records"][0],
        json!({ "attributes": { "type": "Account" }, "id": ACCOUNT, "Name": "a" })
    );
    let query = format!("ids={ACCOUNT}%2C{ACCOUNT}%2C{ACCOUNT}&allOrNone=true");
    assert_eq!(sent[2].url.query(), Some(query.as_str()));
}

#[tokio::test]
async fn collections_have_a_size() {
    let rig = rig(&[]).await;
    rig.mount("POST", COLLECTION, mixed()).await;
    let many = vec![record("x"); 201];
    for records in [&[][..], &many] {
        let error = rig.client.create_many(records, false, soon()).await.unwrap_err();
        assert!(matches!(error, Error::NotSent(NotSent::InvalidInput("number of records"))), "{error:?}");
    }
    // Three results for two records say nothing of either.
    let error = rig.client.create_many(&many[..2], false, soon()).await.unwrap_err();
    assert!(matches!(error, Error::Unknown(Unknown::InvalidAnswer { status: 200 })), "{error:?}");
}

#[tokio::test]
async fn missing_records_are_none() {
    let rig = rig(&[]).await;
    let at = "/services/data/v62.0/composite/sobjects/Account";
    let body = json!([null, { "Id": ACCOUNT }]);
    rig.mount("POST", at, ResponseTemplate::new(200).set_body_json(body)).await;
    let ids = [account(), account()];
    let found: Vec<Option<Value>> =
        rig.client.retrieve_many(OBJECT, &ids, &[Field::ID], soon()).await.unwrap();
    assert_eq!((found[0].is_none(), found[1].is_some()), (true, true));
    let sent: Value = rig.requests(at).await[0].body_json().unwrap();
    assert_eq!(sent, json!({ "ids": [ACCOUNT, ACCOUNT], "fields": ["Id"] }));
}
