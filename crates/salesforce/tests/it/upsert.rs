//! The composite upsert: what is sent, and how each answer is read.

use salesforce::{CustomerRecord, Error, NotSent, Outcome, Refusal, RefusalKind, Unknown};
use serde_json::{Value, json};
use wiremock::ResponseTemplate;

use crate::rig::{ACCOUNT, COMPOSITE, CONTACT, Rig, ada, soon};

fn part(reference: &str, status: u16, body: &Value) -> Value {
    json!({ "body": body, "httpHeaders": {}, "httpStatusCode": status, "referenceId": reference })
}

fn upserted(reference: &str, id: &str, created: bool) -> Value {
    let body = json!({ "id": id, "success": true, "errors": [], "created": created });
    part(reference, if created { 201 } else { 200 }, &body)
}

fn failed(reference: &str, code: &str) -> Value {
    part(reference, 400, &json!([{ "message": "about ada@example.com", "errorCode": code, "fields": [] }]))
}

fn halted(reference: &str) -> Value {
    failed(reference, "PROCESSING_HALTED")
}

fn duplicate(reference: &str, spelling: &str, allow_save: bool) -> Value {
    let body = json!([{
        spelling: { "allowSave": allow_save, "matchResults": [] },
        "errorCode": "DUPLICATES_DETECTED", "message": "Use one of these records?",
    }]);
    part(reference, 400, &body)
}

fn composite(parts: &[Value]) -> ResponseTemplate {
    ResponseTemplate::new(200).set_body_json(json!({ "compositeResponse": parts }))
}

fn success() -> ResponseTemplate {
    composite(&[upserted("acc", ACCOUNT, true), upserted("con", CONTACT, true)])
}

async fn rig_answering(answers: Vec<ResponseTemplate>) -> Rig {
    let rig = Rig::start().await;
    rig.mount_tokens().await;
    for answer in answers {
        rig.mount_once("POST", COMPOSITE, answer).await;
    }
    rig
}

async fn sent(rig: &Rig) -> Vec<Value> {
    let requests = rig.requests(COMPOSITE).await;
    requests.iter().map(|request| request.body_json().unwrap()).collect()
}

async fn refusal(rig: &Rig) -> Refusal {
    let error = rig.upsert().await.unwrap_err();
    assert_eq!(error.outcome(), Outcome::Refused);
    match error {
        Error::Refused(refusal) => refusal,
        other => panic!("{other:?}"),
    }
}

#[tokio::test]
async fn the_request_is_exact() {
    let rig = rig_answering(vec![success()]).await;
    let ids = rig.upsert().await.unwrap();
    assert_eq!((ids.account.as_str(), ids.contact.as_str()), (ACCOUNT, CONTACT));
    let expected = json!({
        "allOrNone": true, "collateSubrequests": false, "compositeRequest": [
            {
                "method": "PATCH", "referenceId": "acc",
                "url": "/services/data/v62.0/sobjects/Account/WHMCS_Client_Id__c/42",
                "body": { "Name": "Ada Ltd" },
            },
            {
                "method": "PATCH", "referenceId": "con",
                "url": "/services/data/v62.0/sobjects/Contact/WHMCS_Contact_Id__c/42-7",
                "body": {
                    "LastName": "Lovelace", "FirstName": "Ada", "Email": "ada@example.com",
                    "Account": { "WHMCS_Client_Id__c": "42" },
                },
            },
        ],
    });
    assert_eq!(sent(&rig).await, [expected]);
    assert_eq!(rig.requests(COMPOSITE).await[0].headers["content-type"], "application/json");
}

#[tokio::test]
async fn keys_are_one_path_segment_and_field_names_are_settings() {
    let rig = Rig::with(|settings| settings.account_key_field = "Portal_Key__c".to_owned()).await;
    rig.mount_tokens().await;
    rig.mount("POST", COMPOSITE, success()).await;
    let mut record = ada();
    record.client_key = "a/b c?d#é%2F".to_owned();
    record.phone = Some("+1 555".to_owned());
    rig.client.upsert_customer(&record, soon()).await.unwrap();
    let request = &sent(&rig).await[0]["compositeRequest"];
    assert_eq!(
        request[0]["url"],
        "/services/data/v62.0/sobjects/Account/Portal_Key__c/a%2Fb%20c%3Fd%23%C3%A9%252F"
    );
    assert_eq!(request[1]["body"]["Account"], json!({ "Portal_Key__c": "a/b c?d#é%2F" }));
    assert_eq!(request[1]["body"]["Phone"], "+1 555");
}

type Spoil = fn(&mut CustomerRecord);

#[tokio::test]
async fn unusable_arguments_are_not_sent() {
    let rig = Rig::start().await;
    let cases: [(&str, Spoil); 6] = [
        ("client_key", |record| record.client_key.clear()),
        ("client_key", |record| record.client_key = "..".to_owned()),
        ("contact_key", |record| record.contact_key = "a\nb".to_owned()),
        ("first_name", |record| record.first_name = "@{acc.id}".to_owned()),
        ("account_name", |record| record.account_name = "x@{con.id}".to_owned()),
        ("phone", |record| record.phone = Some("@{".to_owned())),
    ];
    for (argument, spoil) in cases {
        let mut record = ada();
        spoil(&mut record);
        let error = rig.client.upsert_customer(&record, soon()).await.unwrap_err();
        assert!(
            matches!(error, Error::NotSent(NotSent::InvalidInput(named)) if named == argument),
            "{error:?}"
        );
    }
}

#[tokio::test]
async fn a_rolled_back_part_is_not_the_reason() {
    let rig = rig_answering(vec![composite(&[halted("acc"), failed("con", "INVALID_EMAIL_ADDRESS")])]).await;
    let refusal = refusal(&rig).await;
    assert_eq!(refusal.kind(), RefusalKind::Validation);
    assert_eq!((refusal.resource(), refusal.code()), ("Contact", Some("INVALID_EMAIL_ADDRESS")));
    assert!(refusal.raw_for_diagnosis().contains("ada@example.com"));
    for printed in [refusal.to_string(), format!("{refusal:?}"), Error::Refused(refusal).to_string()] {
        assert!(!printed.contains("ada"), "{printed}");
    }
}

#[tokio::test]
async fn a_success_beside_a_failure_is_a_failure() {
    let answer = composite(&[upserted("acc", ACCOUNT, true), failed("con", "UNABLE_TO_LOCK_ROW")]);
    let refusal = refusal(&rig_answering(vec![answer]).await).await;
    assert_eq!(refusal.kind(), RefusalKind::LockedRow);
    assert!(refusal.is_transient());
    let answer = composite(&[halted("acc"), halted("con")]);
    assert_eq!(refusal_kind_of(answer).await, RefusalKind::RolledBack);
}

async fn refusal_kind_of(answer: ResponseTemplate) -> RefusalKind {
    refusal(&rig_answering(vec![answer]).await).await.kind()
}

#[tokio::test]
async fn alert_rules_are_confirmed_once_for_the_part_they_stop() {
    let rig = rig_answering(vec![
        composite(&[duplicate("acc", "duplicateResut", true), halted("con")]),
        composite(&[halted("acc"), duplicate("con", "duplicateResult", true)]),
        success(),
    ])
    .await;
    rig.upsert().await.unwrap();
    let header = |request: &Value, index: usize| {
        request["compositeRequest"][index]["httpHeaders"]["Sforce-Duplicate-Rule-Header"].clone()
    };
    let headers: Vec<_> =
        sent(&rig).await.iter().map(|request| [header(request, 0), header(request, 1)]).collect();
    let allow = json!("allowSave=true");
    assert_eq!(headers, [[Value::Null, Value::Null], [allow.clone(), Value::Null], [allow.clone(), allow]]);
}

#[tokio::test]
async fn an_alert_that_ignores_the_confirmation_is_final() {
    let alert = || composite(&[halted("acc"), duplicate("con", "duplicateResut", true)]);
    let rig = rig_answering(vec![alert(), alert(), success()]).await;
    assert_eq!(refusal(&rig).await.kind(), RefusalKind::DuplicateRule { allow_save: true });
    assert_eq!(sent(&rig).await.len(), 2);
}

#[tokio::test]
async fn block_rules_are_final() {
    let block = composite(&[halted("acc"), duplicate("con", "duplicateResut", false)]);
    let rig = rig_answering(vec![block, success()]).await;
    let refusal = refusal(&rig).await;
    assert_eq!(refusal.kind(), RefusalKind::DuplicateRule { allow_save: false });
    assert_eq!(refusal.resource(), "Contact");
    assert_eq!(sent(&rig).await.len(), 1);
    // An alert beside a block must not be confirmed.
    let both =
        composite(&[duplicate("acc", "duplicateResut", true), duplicate("con", "duplicateResut", false)]);
    let rig = rig_answering(vec![both, success()]).await;
    rig.upsert().await.unwrap_err();
    assert_eq!(sent(&rig).await.len(), 1);
}

#[tokio::test]
async fn a_lost_race_is_run_again_once() {
    let lost = || composite(&[failed("acc", "DUPLICATE_VALUE"), halted("con")]);
    let rig = rig_answering(vec![lost(), success()]).await;
    rig.upsert().await.unwrap();
    let rig = rig_answering(vec![lost(), lost(), success()]).await;
    let refusal = refusal(&rig).await;
    assert_eq!((refusal.kind(), refusal.code()), (RefusalKind::DuplicateValue, Some("DUPLICATE_VALUE")));
    assert_eq!(sent(&rig).await.len(), 2);
}

#[tokio::test]
async fn a_key_that_several_records_or_none_can_have_is_named() {
    let urls = json!(["/services/data/v62.0/sobjects/Account/001R00000033JNuIAM"]);
    let answer = composite(&[part("acc", 300, &urls), halted("con")]);
    assert_eq!(refusal_kind_of(answer).await, RefusalKind::AmbiguousKey);
    let answer = composite(&[part("acc", 404, &json!([{ "errorCode": "NOT_FOUND" }])), halted("con")]);
    assert_eq!(refusal_kind_of(answer).await, RefusalKind::MisconfiguredOrBug);
}

#[tokio::test]
async fn answers_that_do_not_add_up_leave_the_outcome_unknown() {
    let account = || upserted("acc", ACCOUNT, true);
    let unsuccessful = part("con", 200, &json!({ "id": CONTACT, "success": false, "errors": [] }));
    for parts in [
        vec![],
        vec![account()],
        vec![account(), account(), upserted("con", CONTACT, true)],
        vec![account(), upserted("con", ACCOUNT, true)],
        vec![account(), upserted("con", "003R00000025REHIA5", true)],
        vec![account(), unsuccessful],
        vec![account(), part("con", 204, &Value::Null)],
    ] {
        let rig = rig_answering(vec![composite(&parts)]).await;
        let error = rig.upsert().await.unwrap_err();
        assert!(matches!(error, Error::Unknown(Unknown::InvalidAnswer { .. })), "{parts:?}: {error:?}");
    }
    let failing =
        composite(&[part("acc", 500, &json!([{ "errorCode": "UNKNOWN_EXCEPTION" }])), halted("con")]);
    let error = rig_answering(vec![failing]).await.upsert().await.unwrap_err();
    assert!(matches!(error, Error::Unknown(Unknown::ServerFailure { status: 500 })), "{error:?}");
}
