//! Single records.

use salesforce::{Error, ExternalKey, Field, NotSent, Object, RefusalKind};
use serde_json::{Value, json};
use wiremock::ResponseTemplate;

use crate::rig::{ACCOUNT, Rig, account, soon};

const OBJECT: Object = Object::new("Account");
const KEY: Field = Field::new("WHMCS_Client_Id__c");

async fn rig(at: &str, answer: ResponseTemplate) -> Rig {
    let rig = Rig::start().await;
    rig.mount_tokens().await;
    rig.mount("GET", at, answer).await;
    rig
}

fn found() -> ResponseTemplate {
    ResponseTemplate::new(200).set_body_json(json!({ "Id": ACCOUNT, "Name": "Ada Ltd" }))
}

fn kind(error: Error) -> RefusalKind {
    match error {
        Error::Refused(refusal) => refusal.kind(),
        other => panic!("{other:?}"),
    }
}

#[tokio::test]
async fn a_record_by_its_id() {
    let at = format!("/services/data/v62.0/sobjects/Account/{ACCOUNT}");
    let rig = rig(&at, found()).await;
    let fields = [Field::ID, Field::new("Name")];
    let record: Value = rig.client.get(OBJECT, &account(), &fields, soon()).await.unwrap();
    assert_eq!(record["Name"], "Ada Ltd");
    rig.client.get::<Value>(OBJECT, &account(), &[], soon()).await.unwrap();
    let sent: Vec<_> =
        rig.requests(&at).await.iter().map(|request| request.url.query().map(str::to_owned)).collect();
    assert_eq!(sent, [Some("fields=Id%2CName".to_owned()), None]);
}

#[tokio::test]
async fn a_record_by_a_key() {
    let at = "/services/data/v62.0/sobjects/Account/WHMCS_Client_Id__c/a%2Fb%20c";
    let rig = rig(at, found()).await;
    let key = ExternalKey::new(KEY, "a/b c").unwrap();
    let record: Value = rig.client.get_by_key(OBJECT, &key, &[], soon()).await.unwrap();
    assert_eq!(record["Id"], ACCOUNT);
}

#[tokio::test]
async fn no_record_and_several_are_told_apart() {
    let at = "/services/data/v62.0/sobjects/Account/WHMCS_Client_Id__c/42";
    let key = ExternalKey::new(KEY, "42").unwrap();
    let none = ResponseTemplate::new(404).set_body_json(json!([{ "errorCode": "NOT_FOUND", "message": "" }]));
    let several = ResponseTemplate::new(300)
        .set_body_json(json!(["/services/data/v62.0/sobjects/Account/001R00000033JNuIAM"]));
    for (answer, expected) in [(none, RefusalKind::Gone), (several, RefusalKind::AmbiguousKey)] {
        let rig = rig(at, answer).await;
        let error = rig.client.get_by_key::<Value>(OBJECT, &key, &[], soon()).await.unwrap_err();
        assert_eq!(kind(error), expected);
    }
}

#[test]
fn keys_that_are_no_segment_are_refused() {
    let long = "é".repeat(256);
    for value in ["", ".", "..", "a\nb", "\0", &long] {
        let error = ExternalKey::new(KEY, value).unwrap_err();
        assert!(matches!(error, Error::NotSent(NotSent::InvalidInput("external key"))), "{value:?}");
    }
    assert!(ExternalKey::new(Field::new("Account.Key__c"), "42").is_err());
    let key = ExternalKey::new(KEY, &long[2..]).unwrap();
    assert!(!format!("{key:?}").contains('é'));
}
