//! Every call of the Salesforce client, with what the demo organisation makes of it: each succeeds on a fresh sandbox.

use std::time::Duration;

use chrono::{DateTime, TimeDelta, Utc};
use salesforce::soql::{Query, Soql};
use salesforce::{
    CALLS, CaseOf, Client, Composite, CustomerRecord, Effect, Error, ExternalKey, Field, Fields, NewFile,
    Object, Record, Reference, Refusal, SalesforceId, WriteOptions,
};
use sandbox::demo;
use serde::Deserialize;
use serde::de::IgnoredAny;
use serde_json::Value;

use super::calls::{Call, Reads, System, call};
use crate::rig::{PATIENCE, Rig, within};

const CASE: Object = Object::new("Case");
const CONTACT: Object = Object::new("Contact");
const SUBJECT: Field = Field::new("Subject");
/// Ada's case that has answers, mails and files.
const TALKATIVE: &str = "Router reboots at night";

/// A client, and the records that the calls are about.
pub struct Salesforce {
    client: Client,
    account: SalesforceId,
    case: SalesforceId,
    file: SalesforceId,
    present: DateTime<Utc>,
}

/// What is read of a record.
#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Row {
    #[expect(dead_code, reason = "that it can be read is what counts")]
    id: SalesforceId,
}

impl System for Salesforce {
    const TARGET: &'static str = "salesforce";

    async fn ready(rig: &Rig, call: &Call<Self>) -> Self {
        let client = rig.salesforce();
        if call.name != "token" {
            // The fault is to meet the call, not the login before it.
            client.limits(within(PATIENCE)).await.unwrap();
        }
        let found = |object, field: &str, value| {
            let fits = |record: &&Value| record["type"] == object && record["fields"][field] == value;
            rig.records().iter().find(fits).unwrap()["id"].as_str().unwrap().parse().unwrap()
        };
        Self {
            client,
            account: found("Account", "WHMCS_Client_Id__c", demo::ADA_CLIENT.to_string().as_str()),
            case: found("Case", "Subject", TALKATIVE),
            file: found("ContentVersion", "PathOnClient", "router.log"),
            present: std::time::SystemTime::now().into(),
        }
    }

    fn calls() -> Vec<Call<Self>> {
        [plain_reads(), query_reads(), case_reads(), record_writes(), batch_writes(), file_calls()]
            .into_iter()
            .flatten()
            .collect()
    }

    fn catalogue() -> Vec<(&'static str, bool)> {
        CALLS.iter().map(|call| (call.name, call.effect == Effect::Write)).collect()
    }
}

fn soql() -> Soql {
    Query::select(CASE, &[Field::ID, SUBJECT]).batch_size(200).build().unwrap()
}

fn key(field: &'static str, value: &str) -> ExternalKey {
    ExternalKey::new(Field::new(field), value).unwrap()
}

fn new_case() -> Fields {
    Fields::new().set(SUBJECT, "A fault").set(Field::new("Priority"), "High")
}

fn plain_reads() -> Vec<Call<Salesforce>> {
    vec![
        call!(read "token" Members, |it, by| it.client.limits(by)),
        call!(read "versions" Members, |it, by| it.client.versions(by)),
        call!(read "limits" Members, |it, by| it.client.limits(by)),
        call!(read "describe" Members, |it, by| it.client.describe(CASE, by)),
        call!(read "get" Members, |it, by| it.client.get::<Row>(CASE, &it.case, &[Field::ID], by)),
        call!(read "get" "by key" Members, |it, by| async {
            let key = key("WHMCS_Client_Id__c", &demo::ADA_CLIENT.to_string());
            it.client.get_by_key::<Row>(Object::new("Account"), &key, &[], by).await
        }),
        call!(read "deleted" Members, |it, by| {
            it.client.deleted(CASE, it.present - TimeDelta::hours(1), it.present, by)
        }),
        call!(read "updated" Members, |it, by| {
            it.client.updated(CASE, it.present - TimeDelta::hours(1), it.present, by)
        }),
        call!(read "collections_retrieve" Members, |it, by| {
            it.client.retrieve_many::<Row>(CASE, std::slice::from_ref(&it.case), &[Field::ID], by)
        }),
    ]
}

/// The second page of a query whose first is there already.
async fn second_page(client: &Client, all: bool, patience: Duration) -> Result<(), Error> {
    let soql = soql();
    let first = if all {
        client.query_all::<IgnoredAny>(&soql, within(PATIENCE)).await
    } else {
        client.query::<IgnoredAny>(&soql, within(PATIENCE)).await
    };
    let next = first.unwrap().next.unwrap();
    client.query_more::<Row>(&next, within(patience)).await.map(drop)
}

fn query_reads() -> Vec<Call<Salesforce>> {
    let more =
        |variant, make| Call { name: "query_more", variant, writes: false, reads: Reads::Members, make };
    vec![
        call!(read "query" Members, |it, by| async { it.client.query::<Row>(&soql(), by).await }),
        call!(read "query" "count" Members, |it, by| it.client.open_case_count(&it.account, by)),
        call!(read "query_all" Members, |it, by| async { it.client.query_all::<Row>(&soql(), by).await }),
        more("", |it: &Salesforce, patience| {
            Box::pin(async move { second_page(&it.client, false, patience).await.into() })
        }),
        more("of all", |it: &Salesforce, patience| {
            Box::pin(async move { second_page(&it.client, true, patience).await.into() })
        }),
    ]
}

fn of(it: &Salesforce) -> CaseOf<'_> {
    CaseOf { case: &it.case, account: &it.account }
}

fn case_reads() -> Vec<Call<Salesforce>> {
    vec![
        call!(read "query" "comments" Members, |it, by| it.client.case_comments(of(it), None, 5, by)),
        call!(read "query" "history" Members, |it, by| async {
            it.client.case_history(of(it), &[Field::new("Status")], None, 5, by).await
        }),
        call!(read "query" "emails" Members, |it, by| it.client.case_emails(of(it), None, 5, by)),
        call!(read "query" "statuses" Members, |it, by| it.client.case_statuses(by)),
        call!(read "query" "files" Members, |it, by| it.client.case_files(&it.case, by)),
    ]
}

fn record_writes() -> Vec<Call<Salesforce>> {
    vec![
        call!(write "create" Members, |it, by| async {
            it.client.create(CASE, &new_case(), WriteOptions::default(), by).await
        }),
        call!(write "create" "comment" Members, |it, by| it.client.create_case_comment(&it.case, "A fault", by)),
        call!(write "update" Verdict, |it, by| async {
            it.client.update(CASE, &it.case, &new_case(), WriteOptions::default(), by).await
        }),
        call!(write "delete" Verdict, |it, by| it.client.delete(CASE, &it.case, by)),
        call!(write "upsert" Members, |it, by| async {
            let key = key("Portal_Request_Id__c", "0191-fault");
            it.client.upsert(CASE, &key, &new_case(), WriteOptions::default(), by).await
        }),
    ]
}

/// The first refusal of a single record is the call's.
fn all(results: Vec<Result<SalesforceId, Refusal>>) -> Result<(), Error> {
    results.into_iter().try_for_each(|result| result.map(drop).map_err(Error::Refused))
}

fn new_contact() -> Record {
    Record { object: CONTACT, fields: Fields::new().set(Field::new("LastName"), "Clarke") }
}

fn joan() -> CustomerRecord {
    CustomerRecord {
        client_key: "900".to_owned(),
        contact_key: "900-90".to_owned(),
        account_name: "Hut 8".to_owned(),
        first_name: "Joan".to_owned(),
        last_name: "Clarke".to_owned(),
        email: "joan@example.com".to_owned(),
        phone: None,
    }
}

fn batch_writes() -> Vec<Call<Salesforce>> {
    vec![
        call!(write "composite" "customer" Members, |it, by| async {
            it.client.upsert_customer(&joan(), by).await
        }),
        call!(write "composite" Members, |it, by| async {
            let part = Reference::new("new");
            let request = Composite::all_or_none().create(part, CASE, new_case());
            it.client.composite(&request, by).await?.id(part)
        }),
        call!(write "collections_create" Members, |it, by| async {
            all(it.client.create_many(&[new_contact(), new_contact()], true, by).await?)
        }),
        call!(write "collections_update" Members, |it, by| async {
            let change = Record { object: CASE, fields: new_case() };
            all(it.client.update_many(&[(it.case.clone(), change)], true, by).await?)
        }),
        call!(write "collections_delete" Members, |it, by| async {
            all(it.client.delete_many(std::slice::from_ref(&it.case), true, by).await?)
        }),
    ]
}

/// Opens a file and reads it to its end.
async fn whole_file(it: &Salesforce, patience: Duration) -> Result<(), Error> {
    let mut file = it.client.download(&it.file, 1 << 16, within(patience)).await?;
    while file.chunk().await?.is_some() {}
    Ok(())
}

fn file_calls() -> Vec<Call<Salesforce>> {
    vec![
        call!(write "upload" Members, |it, by| async {
            it.client.upload_bytes(&new_file(it), b"a fault", by).await
        }),
        call!(write "upload" "streamed" Members, |it, by| async {
            let content = futures::stream::once(async { Ok("a fault".into()) });
            it.client.upload_stream(&new_file(it), 7, content, by).await
        }),
        Call {
            name: "download",
            variant: "",
            writes: false,
            reads: Reads::Bytes,
            make: |it, patience| Box::pin(async move { whole_file(it, patience).await.into() }),
        },
    ]
}

fn new_file(it: &Salesforce) -> NewFile {
    NewFile {
        title: "fault".to_owned(),
        path_on_client: "fault.txt".to_owned(),
        first_publish_location_id: it.case.clone(),
    }
}
