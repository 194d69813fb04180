//! Queries and their pages.

use chrono::{DateTime, Utc};
use salesforce::soql::{Condition, Field, Object, Query, Soql, Value};
use salesforce::{Error, NotSent, Page, RefusalKind, SalesforceId, Unknown, child_records};
use serde::Deserialize;
use serde_json::{Value as Json, json};
use wiremock::ResponseTemplate;

use crate::rig::{ACCOUNT, COMPOSITE, CONTACT, QUERY, Rig, soon};

const CONTACT_OBJECT: Object = Object::new("Contact");
const NAME: Field = Field::new("Name");
const MORE: &str = "/services/data/v62.0/query/01gD0000002HU6KIAW-2000";

#[derive(Debug, PartialEq, Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Row {
    id: SalesforceId,
    #[serde(deserialize_with = "salesforce::time::deserialize")]
    created_date: DateTime<Utc>,
    account: Option<Parent>,
    #[serde(default, deserialize_with = "child_records")]
    cases: Vec<Child>,
}

#[derive(Debug, PartialEq, Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Parent {
    name: Option<String>,
}

#[derive(Debug, PartialEq, Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Child {
    id: SalesforceId,
}

fn contacts() -> Soql {
    Query::select(CONTACT_OBJECT, &[Field::ID]).build().unwrap()
}

fn row() -> Json {
    json!({
        "attributes": { "type": "Contact", "url": "/x" }, "Id": CONTACT, "Account": null, "Cases": null,
        "CreatedDate": "2011-07-07T00:37:00.000+0000", "Unknown": 1,
    })
}

fn page(total: u64, next: Option<&str>, records: &[Json]) -> ResponseTemplate {
    let mut body = json!({ "totalSize": total, "done": next.is_none(), "records": records });
    if let Some(next) = next {
        body["nextRecordsUrl"] = json!(next);
    }
    ResponseTemplate::new(200).set_body_json(body)
}

async fn rig() -> Rig {
    let rig = Rig::start().await;
    rig.mount_tokens().await;
    rig
}

#[tokio::test]
async fn rows_are_typed() {
    let rig = rig().await;
    let with_parent = json!({
        "Id": &CONTACT[..15], "CreatedDate": "2011-07-07T00:37:00Z", "Account": { "Name": "Ada Ltd" },
        "Cases": { "totalSize": 1, "done": true, "records": [{ "Id": ACCOUNT }] },
    });
    rig.mount("GET", QUERY, page(2, None, &[row(), with_parent])).await;
    let found: Page<Row> = rig.client.query(&contacts(), soon()).await.unwrap();
    assert_eq!((found.total_size, found.next), (2, None));
    let [plain, full] = found.records.as_slice() else { panic!("two rows") };
    assert_eq!((plain.id.as_str(), &plain.account, plain.cases.len()), (CONTACT, &None, 0));
    assert_eq!(full.id, plain.id);
    assert_eq!(full.created_date, plain.created_date);
    assert_eq!(full.account.as_ref().unwrap().name.as_deref(), Some("Ada Ltd"));
    assert_eq!(full.cases[0].id.as_str(), ACCOUNT);
}

#[tokio::test]
async fn pages_are_followed_until_done() {
    let rig = rig().await;
    rig.mount("GET", QUERY, page(2, Some(MORE), &[row()])).await;
    // An empty page in the middle is no end, and neither is a count that has been reached.
    rig.mount_once("GET", MORE, page(2, Some(MORE), &[])).await;
    rig.mount_once("GET", MORE, page(2, Some(MORE), &[row()])).await;
    rig.mount_once("GET", MORE, page(2, None, &[row()])).await;
    let soql = Query::select(CONTACT_OBJECT, &[Field::ID]).batch_size(200).build().unwrap();
    let whole: Page<Row> = rig.client.query_up_to(&soql, usize::MAX, soon()).await.unwrap();
    assert_eq!((whole.records.len(), whole.next), (3, None));
    for request in rig.requests(QUERY).await.iter().chain(&rig.requests(MORE).await) {
        assert_eq!(request.headers["sforce-query-options"], "batchSize=200");
    }
}

#[tokio::test]
async fn enough_rows_end_the_following() {
    let rig = rig().await;
    rig.mount("GET", QUERY, page(9, Some(MORE), &[row()])).await;
    rig.mount("GET", MORE, page(9, Some(MORE), &[row()])).await;
    let some: Page<Row> = rig.client.query_up_to(&contacts(), 2, soon()).await.unwrap();
    assert_eq!((some.records.len(), rig.requests(MORE).await.len()), (2, 1));
    assert!(some.next.is_some());
}

#[tokio::test]
async fn deleted_records_have_an_address_of_their_own() {
    let rig = rig().await;
    let all = "/services/data/v62.0/queryAll";
    let more = "/services/data/v62.0/queryAll/01gD0000002HU6KIAW-2000";
    rig.mount("GET", all, page(2, Some(more), &[row()])).await;
    rig.mount("GET", more, page(2, None, &[row()])).await;
    let first: Page<Row> = rig.client.query_all(&contacts(), soon()).await.unwrap();
    let second: Page<Row> = rig.client.query_more(&first.next.unwrap(), soon()).await.unwrap();
    assert_eq!(second.records.len(), 1);
}

#[tokio::test]
async fn an_expired_cursor_has_its_class() {
    let rig = rig().await;
    rig.mount("GET", QUERY, page(2, Some(MORE), &[row()])).await;
    let gone = json!([{ "message": "invalid query locator", "errorCode": "INVALID_QUERY_LOCATOR" }]);
    rig.mount("GET", MORE, ResponseTemplate::new(400).set_body_json(gone)).await;
    let error = rig.client.query_up_to::<Row>(&contacts(), 9, soon()).await.unwrap_err();
    assert!(
        matches!(&error, Error::Refused(refusal) if refusal.kind() == RefusalKind::ExpiredCursor),
        "{error:?}"
    );
}

#[tokio::test]
async fn pages_that_do_not_add_up_are_no_answer() {
    for next in ["", "https://example.com/services/data/v62.0/query/a", "/services/data/v62.0/sobjects/a"] {
        let rig = rig().await;
        rig.mount("GET", QUERY, page(2, Some(next), &[row()])).await;
        let error = rig.client.query::<Row>(&contacts(), soon()).await.unwrap_err();
        assert!(matches!(error, Error::Unknown(Unknown::InvalidAnswer { status: 200 })), "{error:?}");
    }
}

fn long_query(text: &str) -> Soql {
    (0..5)
        .fold(Query::select(CONTACT_OBJECT, &[Field::ID]), |query, _| {
            query.filter(Condition::equal(NAME, Value::text(&text.repeat(3000 / text.len())).unwrap()))
        })
        .build()
        .unwrap()
}

#[tokio::test]
async fn a_query_too_long_for_a_uri_travels_in_a_body() {
    let rig = rig().await;
    let body = json!({ "totalSize": 1, "done": true, "records": [row()] });
    let part = json!({ "body": body, "httpHeaders": {}, "httpStatusCode": 200, "referenceId": "q" });
    let answer = ResponseTemplate::new(200).set_body_json(json!({ "compositeResponse": [part] }));
    rig.mount("POST", COMPOSITE, answer).await;
    let soql = long_query("ab c");
    let found: Page<Row> = rig.client.query(&soql, soon()).await.unwrap();
    assert_eq!(found.records.len(), 1);
    let sent: Json = rig.requests(COMPOSITE).await[0].body_json().unwrap();
    let part = &sent["compositeRequest"][0];
    assert_eq!((&part["method"], part.get("body")), (&json!("GET"), None));
    let url = url::Url::parse("https://example.com").unwrap().join(part["url"].as_str().unwrap()).unwrap();
    assert_eq!(url.path(), QUERY);
    let pairs: Vec<(String, String)> = url.query_pairs().into_owned().collect();
    assert_eq!(pairs, [("q".to_owned(), soql.as_str().to_owned())]);
}

#[tokio::test]
async fn a_long_query_fails_as_a_short_one_does() {
    let rig = rig().await;
    let errors = json!([{ "message": "unexpected token", "errorCode": "MALFORMED_QUERY" }]);
    let part = json!({ "body": errors, "httpHeaders": {}, "httpStatusCode": 400, "referenceId": "q" });
    let answer = ResponseTemplate::new(200).set_body_json(json!({ "compositeResponse": [part] }));
    rig.mount("POST", COMPOSITE, answer).await;
    let error = rig.client.query::<Row>(&long_query("a"), soon()).await.unwrap_err();
    assert!(
        matches!(&error, Error::Refused(refusal) if refusal.code() == Some("MALFORMED_QUERY")),
        "{error:?}"
    );
    let reference = rig.client.query::<Row>(&long_query("@{q.x}"), soon()).await.unwrap_err();
    assert!(matches!(reference, Error::NotSent(NotSent::InvalidInput("query"))), "{reference:?}");
}
