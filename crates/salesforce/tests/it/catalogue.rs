//! The catalogue is what is sent: every call of the client is made, and every entry is met.

use std::collections::BTreeSet;

use chrono::DateTime;
use futures::stream;
use salesforce::soql::{Query, Soql};
use salesforce::{
    CALLS, Call, CaseOf, Composite, Effect, ExternalKey, Field, Fields, NewFile, Object, Record, Reference,
    SalesforceId, WriteOptions,
};
use serde::de::IgnoredAny;
use serde_json::json;
use wiremock::matchers::any;
use wiremock::{Mock, Request, Respond, ResponseTemplate};

use crate::rig::{Rig, account, ada, soon};

const CASE: Object = Object::new("Case");
const OPTIONS: WriteOptions = WriteOptions {
    allow_duplicates: false,
    assignment: salesforce::Assignment::Unspecified,
    unmodified_since: None,
};

/// Pages that have a next one where a query is asked, and nothing anywhere else.
struct Nothing;

impl Respond for Nothing {
    fn respond(&self, request: &Request) -> ResponseTemplate {
        let path = request.url.path();
        if path.ends_with("/query") || path.ends_with("/queryAll") {
            let next = format!("{path}/01gD0000002HU6KIAW-2000");
            let body = json!({ "totalSize": 9, "done": false, "nextRecordsUrl": next, "records": [] });
            return ResponseTemplate::new(200).set_body_json(body);
        }
        ResponseTemplate::new(404).set_body_json(json!([{ "errorCode": "NOT_FOUND", "message": "" }]))
    }
}

/// How many placeholders the entry needs to fit the request; `None` where it does not fit.
fn fit(call: &Call, method: &str, path: &str) -> Option<usize> {
    let (wanted, found): (Vec<&str>, Vec<&str>) = (call.path.split('/').collect(), path.split('/').collect());
    let fits = |wanted: &str, found: &str| match wanted.split_once('{') {
        Some((literal, _)) => found.strip_prefix(literal).is_some_and(|value| !value.is_empty()),
        None => wanted == found,
    };
    let all =
        wanted.len() == found.len() && wanted.iter().zip(&found).all(|(wanted, found)| fits(wanted, found));
    (call.method == method && all).then(|| call.path.matches('{').count())
}

fn soql() -> Soql {
    Query::select(CASE, &[Field::ID]).build().unwrap()
}

async fn read_everything(rig: &Rig, id: &SalesforceId, key: &ExternalKey) {
    let client = &rig.client;
    let start = DateTime::from_timestamp(1_790_000_000, 0).unwrap();
    let end = DateTime::from_timestamp(1_790_003_600, 0).unwrap();
    client.versions(soon()).await.unwrap_err();
    client.check_version(soon()).await.unwrap_err();
    client.limits(soon()).await.unwrap_err();
    client.describe(CASE, soon()).await.unwrap_err();
    client.describe_if_modified(CASE, start, soon()).await.unwrap_err();
    let page = client.query::<IgnoredAny>(&soql(), soon()).await.unwrap();
    client.query_more::<IgnoredAny>(&page.next.unwrap(), soon()).await.unwrap_err();
    let page = client.query_all::<IgnoredAny>(&soql(), soon()).await.unwrap();
    client.query_more::<IgnoredAny>(&page.next.unwrap(), soon()).await.unwrap_err();
    client.query_up_to::<IgnoredAny>(&soql(), 1, soon()).await.unwrap_err();
    client.get::<IgnoredAny>(CASE, id, &[], soon()).await.unwrap_err();
    client.get_by_key::<IgnoredAny>(CASE, key, &[], soon()).await.unwrap_err();
    client.deleted(CASE, start, end, soon()).await.unwrap_err();
    client.updated(CASE, start, end, soon()).await.unwrap_err();
    client
        .retrieve_many::<IgnoredAny>(CASE, std::slice::from_ref(id), &[Field::ID], soon())
        .await
        .unwrap_err();
    client.open_case_count(&account(), soon()).await.unwrap();
    let account = account();
    let of = CaseOf { case: id, account: &account };
    client.case_comments(of, None, 5, soon()).await.unwrap_err();
    client.case_history(of, &[Field::new("Status")], None, 5, soon()).await.unwrap_err();
    client.case_emails(of, None, 5, soon()).await.unwrap_err();
    client.case_statuses(soon()).await.unwrap_err();
    client.case_files(id, soon()).await.unwrap();
    client.download(&"068R0000002Hu1F".parse().unwrap(), 10, soon()).await.unwrap_err();
}

async fn write_everything(rig: &Rig, id: &SalesforceId, key: &ExternalKey) {
    let client = &rig.client;
    let fields = || Fields::new().set(Field::new("Subject"), "x");
    let record = || Record { object: CASE, fields: fields() };
    client.create(CASE, &fields(), OPTIONS, soon()).await.unwrap_err();
    client.update(CASE, id, &fields(), OPTIONS, soon()).await.unwrap_err();
    client.delete(CASE, id, soon()).await.unwrap_err();
    client.upsert(CASE, key, &fields(), OPTIONS, soon()).await.unwrap_err();
    client.upsert_customer(&ada(), soon()).await.unwrap_err();
    let request = Composite::all_or_none().create(Reference::new("a"), CASE, fields());
    client.composite(&request, soon()).await.map(drop).unwrap_err();
    client.create_many(&[record()], true, soon()).await.unwrap_err();
    client.update_many(&[(id.clone(), record())], true, soon()).await.unwrap_err();
    client.delete_many(std::slice::from_ref(id), true, soon()).await.unwrap_err();
    client.create_case_comment(id, "x", soon()).await.unwrap_err();
    let file = NewFile {
        title: "a".to_owned(),
        path_on_client: "a".to_owned(),
        first_publish_location_id: id.clone(),
    };
    client.upload_bytes(&file, b"x", soon()).await.unwrap_err();
    client.upload_stream(&file, 0, stream::empty(), soon()).await.unwrap_err();
}

#[tokio::test]
async fn the_catalogue_is_what_is_sent() {
    let rig = Rig::start().await;
    rig.mount_tokens().await;
    Mock::given(any()).respond_with(Nothing).mount(&rig.server).await;
    let id: SalesforceId = "5003000000D8cuI".parse().unwrap();
    let key = ExternalKey::new(Field::new("Portal_Request_Id__c"), "7f0c").unwrap();
    read_everything(&rig, &id, &key).await;
    write_everything(&rig, &id, &key).await;

    let mut met = BTreeSet::new();
    for request in rig.server.received_requests().await.unwrap() {
        let (method, path) = (request.method.as_str(), request.url.path());
        let entry = CALLS
            .iter()
            .filter_map(|call| fit(call, method, path).map(|placeholders| (placeholders, call)))
            .min_by_key(|(placeholders, _)| *placeholders);
        let (_, call) = entry.unwrap_or_else(|| panic!("{method} {path} is in no catalogue"));
        met.insert((call.method, call.path));
    }
    let listed: BTreeSet<_> = CALLS.iter().map(|call| (call.method, call.path)).collect();
    assert_eq!(met, listed);
}

#[test]
fn what_writes_is_said() {
    let writes: BTreeSet<_> =
        CALLS.iter().filter(|call| call.effect == Effect::Write).map(|call| call.name).collect();
    let expected = [
        "collections_create",
        "collections_delete",
        "collections_update",
        "composite",
        "create",
        "delete",
        "update",
        "upload",
        "upsert",
    ];
    assert_eq!(writes, expected.into());
}
