//! Descriptions of objects.

use chrono::DateTime;
use salesforce::{Error, Object, RefusalKind};
use serde_json::json;
use wiremock::ResponseTemplate;

use crate::rig::{Rig, soon};

const CASE: Object = Object::new("Case");
const DESCRIBE: &str = "/services/data/v62.0/sobjects/Case/describe";

fn described() -> ResponseTemplate {
    ResponseTemplate::new(200).set_body_json(json!({
        "name": "Case", "label": "Case", "keyPrefix": "500", "createable": true, "updateable": true,
        "queryable": true, "deletable": false,
        "childRelationships": [
            { "childSObject": "CaseComment", "field": "ParentId", "relationshipName": "CaseComments" },
            { "childSObject": "Other", "field": "CaseId", "relationshipName": null },
        ],
        "fields": [{
            "name": "Status", "label": "Status", "type": "picklist", "length": 255, "nillable": true,
            "createable": true, "updateable": true, "filterable": true, "sortable": true,
            "restrictedPicklist": false, "controllerName": null, "referenceTo": [],
            "picklistValues": [
                { "active": true, "defaultValue": true, "label": "New", "validFor": null, "value": "New" },
                { "active": false, "defaultValue": false, "label": null, "validFor": "gAAA", "value": "Old" },
            ],
        }],
    }))
}

#[tokio::test]
async fn rights_and_picklists_are_read() {
    let rig = Rig::start().await;
    rig.mount_tokens().await;
    rig.mount("GET", DESCRIBE, described()).await;
    let case = rig.client.describe(CASE, soon()).await.unwrap();
    assert_eq!((case.key_prefix.as_deref(), case.createable, case.deletable), (Some("500"), true, false));
    assert_eq!(case.child_relationships[0].relationship_name.as_deref(), Some("CaseComments"));
    let status = case.field("status").unwrap();
    assert!(status.updateable && status.filterable && !status.restricted_picklist && !status.unique);
    let values: Vec<_> =
        status.picklist_values.iter().map(|entry| (entry.value.as_str(), entry.active)).collect();
    assert_eq!(values, [("New", true), ("Old", false)]);
    assert!(case.field("Hidden__c").is_none());
}

#[tokio::test]
async fn an_unchanged_description_is_not_sent_again() {
    let rig = Rig::start().await;
    rig.mount_tokens().await;
    rig.mount_once("GET", DESCRIBE, ResponseTemplate::new(304)).await;
    rig.mount("GET", DESCRIBE, described()).await;
    let since = DateTime::from_timestamp(1_310_000_000, 0).unwrap();
    assert_eq!(rig.client.describe_if_modified(CASE, since, soon()).await.unwrap(), None);
    assert!(rig.client.describe_if_modified(CASE, since, soon()).await.unwrap().is_some());
    assert_eq!(rig.requests(DESCRIBE).await[0].headers["if-modified-since"], "Thu, 07 Jul 2011 00:53:20 GMT");
}

#[tokio::test]
async fn an_unknown_object_is_a_misconfiguration() {
    let rig = Rig::start().await;
    rig.mount_tokens().await;
    let body = json!([{ "errorCode": "NOT_FOUND", "message": "The requested resource does not exist" }]);
    rig.mount("GET", DESCRIBE, ResponseTemplate::new(404).set_body_json(body)).await;
    let error = rig.client.describe(CASE, soon()).await.unwrap_err();
    assert!(matches!(&error, Error::Refused(refusal) if refusal.kind() == RefusalKind::MisconfiguredOrBug));
}
