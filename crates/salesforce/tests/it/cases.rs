//! What belongs to a case.

use salesforce::{CaseOf, Error, Field, NotSent, SalesforceId};
use serde_json::{Value, json};
use wiremock::ResponseTemplate;

use crate::rig::{CONTACT, QUERY, Rig, account, soon};

const CASE: &str = "5003000000D8cuIAAR";
const AT: &str = "2026-11-01T10:00:00.000+0000";

fn case() -> SalesforceId {
    CASE.parse().unwrap()
}

fn numbered(prefix: &str, number: usize) -> String {
    format!("{prefix}30000000000{number:01}").parse::<SalesforceId>().unwrap().to_string()
}

async fn rig(records: Vec<Value>) -> Rig {
    let rig = Rig::start().await;
    rig.mount_tokens().await;
    let body = json!({ "totalSize": records.len(), "done": true, "records": records });
    rig.mount("GET", QUERY, ResponseTemplate::new(200).set_body_json(body)).await;
    rig
}

async fn asked(rig: &Rig) -> String {
    let requests = rig.requests(QUERY).await;
    let (name, value) = requests.last().unwrap().url.query_pairs().into_owned().next().unwrap();
    assert_eq!(name, "q");
    value
}

fn comment(number: usize, published: bool) -> Value {
    json!({
        "Id": numbered("00a", number), "CommentBody": "text", "CreatedById": "0053000000D8cuI",
        "CreatedDate": AT, "IsPublished": published,
    })
}

#[tokio::test]
async fn comments_are_listed_in_pages_of_published_ones() {
    let rig = rig(vec![comment(1, true), comment(2, false), comment(3, true)]).await;
    let (case, account) = (case(), account());
    let of = CaseOf { case: &case, account: &account };
    let first = rig.client.case_comments(of, None, 2, soon()).await.unwrap();
    // The second is internal although it was asked for published ones: it is left out, and the page goes on after it.
    assert_eq!(first.rows.len(), 1);
    let next = first.next.unwrap();
    assert_eq!(next.id.as_str(), numbered("00a", 2));
    assert_eq!(
        asked(&rig).await,
        "SELECT Id, CommentBody, CreatedById, CreatedDate, IsPublished FROM CaseComment \
         WHERE ParentId = '5003000000D8cuIAAR' AND Parent.AccountId = '001R00000033JNuIAM' AND IsPublished = true \
         ORDER BY CreatedDate ASC NULLS LAST, Id ASC NULLS LAST LIMIT 3"
    );
    let all = rig.client.case_comments(of, Some(&next), 10, soon()).await.unwrap();
    assert_eq!((all.rows.len(), all.next), (2, None));
    let after = format!(
        "(CreatedDate > 2026-11-01T10:00:00Z OR (CreatedDate = 2026-11-01T10:00:00Z AND Id > '{}'))",
        next.id
    );
    assert!(asked(&rig).await.contains(&after));
    assert!(!format!("{:?}", all.rows).contains("text"));
}

#[tokio::test]
async fn ids_of_other_objects_are_not_asked_for() {
    let rig = rig(vec![]).await;
    let (case, account, contact) = (case(), account(), CONTACT.parse().unwrap());
    for of in [CaseOf { case: &contact, account: &account }, CaseOf { case: &case, account: &contact }] {
        let error = rig.client.case_comments(of, None, 2, soon()).await.unwrap_err();
        assert!(matches!(error, Error::NotSent(NotSent::InvalidInput(_))), "{error:?}");
    }
    assert!(rig.client.case_files(&contact, soon()).await.is_err());
    assert!(rig.client.create_case_comment(&contact, "x", soon()).await.is_err());
    assert!(rig.requests(QUERY).await.is_empty());
}

#[tokio::test]
async fn a_comment_is_published_and_fits() {
    let rig = rig(vec![]).await;
    let at = "/services/data/v62.0/sobjects/CaseComment";
    let body = json!({ "id": numbered("00a", 1), "success": true, "errors": [] });
    rig.mount("POST", at, ResponseTemplate::new(201).set_body_json(body)).await;
    rig.client.create_case_comment(&case(), &"é".repeat(2000), soon()).await.unwrap();
    let sent: Value = rig.requests(at).await[0].body_json().unwrap();
    assert_eq!((&sent["ParentId"], &sent["IsPublished"]), (&json!(CASE), &json!(true)));
    // 4,000 is bytes.
    for body in [String::new(), "é".repeat(2001)] {
        let error = rig.client.create_case_comment(&case(), &body, soon()).await.unwrap_err();
        assert!(matches!(error, Error::NotSent(NotSent::InvalidInput("comment"))), "{error:?}");
    }
}

#[tokio::test]
async fn only_the_history_asked_for_is_listed() {
    let change = |number, field: &str, new: Value| {
        json!({
            "Id": numbered("017", number), "Field": field, "OldValue": null, "NewValue": new, "CreatedDate": AT,
        })
    };
    let rig =
        rig(vec![change(1, "Status", json!("New")), change(2, "ownerAssignment", json!("Agent Smith"))])
            .await;
    let (case, account) = (case(), account());
    let of = CaseOf { case: &case, account: &account };
    let listed = rig.client.case_history(of, &[Field::new("Status")], None, 50, soon()).await.unwrap();
    assert_eq!((listed.rows.len(), &listed.rows[0].new_value), (1, &json!("New")));
    assert!(asked(&rig).await.contains("AND Case.AccountId = '001R00000033JNuIAM' AND Field IN ('Status')"));
    assert!(rig.client.case_history(of, &[], None, 50, soon()).await.is_err());
}

#[tokio::test]
async fn internal_emails_and_drafts_are_left_out() {
    let email = |number, visible: bool, status: &str| {
        json!({
            "Id": numbered("02s", number), "Subject": "Re", "TextBody": "text", "FromName": null, "Incoming": true,
            "MessageDate": null, "CreatedDate": AT, "IsExternallyVisible": visible, "Status": status,
        })
    };
    let rig = rig(vec![email(1, true, "3"), email(2, false, "3"), email(3, true, "5")]).await;
    let (case, account) = (case(), account());
    let of = CaseOf { case: &case, account: &account };
    let listed = rig.client.case_emails(of, None, 50, soon()).await.unwrap();
    let ids: Vec<_> = listed.rows.iter().map(|row| row.id.to_string()).collect();
    assert_eq!(ids, [numbered("02s", 1)]);
    assert!(asked(&rig).await.contains("IsExternallyVisible = true AND Status != '5'"));
}

#[tokio::test]
async fn internal_files_are_left_out() {
    let file = |number, visibility: &str| {
        json!({
            "ContentDocumentId": numbered("069", number), "Visibility": visibility,
            "ContentDocument": {
                "Title": "log", "FileExtension": "txt", "ContentSize": 5, "CreatedDate": AT,
                "LatestPublishedVersionId": numbered("068", number),
            },
        })
    };
    let rig = rig(vec![file(1, "AllUsers"), file(2, "InternalUsers")]).await;
    let files = rig.client.case_files(&case(), soon()).await.unwrap();
    assert_eq!(files.len(), 1);
    assert_eq!((files[0].title.as_str(), files[0].size), ("log", 5));
    assert_eq!(files[0].version_id.as_str(), numbered("068", 1));
    assert!(asked(&rig).await.contains(&format!("WHERE LinkedEntityId = '{CASE}' AND Visibility IN (")));
}

#[tokio::test]
async fn statuses_tell_which_are_closed() {
    let status = |name: &str, closed: bool| {
        json!({
            "ApiName": name, "MasterLabel": name, "IsClosed": closed, "IsDefault": !closed, "SortOrder": 1,
        })
    };
    let rig = rig(vec![status("New", false), status("Closed", true)]).await;
    let statuses = rig.client.case_statuses(soon()).await.unwrap();
    let closed: Vec<_> = statuses.iter().map(|entry| (entry.api_name.as_str(), entry.is_closed)).collect();
    assert_eq!(closed, [("New", false), ("Closed", true)]);
}
