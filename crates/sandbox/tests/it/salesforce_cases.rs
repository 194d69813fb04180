//! Cases with their comments, mails, files and history; what agents do to them; rules and limits.

use reqwest::Method;
use serde_json::{Value, json};

use crate::driver::{Driver, form, json_of};

async fn one(it: &Driver, token: &str, statement: &str) -> Value {
    let (status, body) = it.query(token, statement).await;
    assert_eq!((status, &body["totalSize"]), (200, &json!(1)), "{statement}: {body}");
    body["records"][0].clone()
}

async fn rows(it: &Driver, token: &str, statement: &str) -> Vec<Value> {
    let (status, body) = it.query(token, statement).await;
    assert_eq!(status, 200, "{statement}: {body}");
    body["records"].as_array().unwrap().clone()
}

async fn case_of(it: &Driver, subject: &str) -> String {
    let body = it.set("cases", json!({"client_id": 42, "subject": subject})).await;
    body["id"].as_str().unwrap().to_owned()
}

async fn patch(it: &Driver, path: &str, body: Value) -> u16 {
    it.control(Method::PATCH, path, Some(body)).await.0
}

#[tokio::test]
async fn a_new_case_takes_what_salesforce_gives_it() {
    let it = Driver::start().await;
    let token = it.login().await;
    let contact = one(&it, &token, "SELECT Id, AccountId FROM Contact WHERE Email = 'ada@example.com'").await;
    let body = json!({"Subject": "s", "Contact": {"WHMCS_Contact_Id__c": "42-41"}, "Comments": "internal"});
    let (_, made) = it.rest(&token, Method::POST, "sobjects/Case", Some(body)).await;
    let id = made["id"].as_str().unwrap();
    let (_, case) = it.rest(&token, Method::GET, &format!("sobjects/Case/{id}"), None).await;
    assert_eq!(case["AccountId"], contact["AccountId"]);
    assert_eq!(
        (&case["Status"], &case["Priority"], &case["IsClosed"]),
        (&json!("New"), &json!("Medium"), &json!(false))
    );
    assert_eq!((&case["ContactEmail"], &case["Comments"]), (&json!("ada@example.com"), &Value::Null));
    assert!(
        case["CaseNumber"].as_str().unwrap() >= "00001000"
            && case["OwnerId"].as_str().unwrap().starts_with("00G")
    );
    let comment = one(
        &it,
        &token,
        &format!("SELECT CommentBody, IsPublished FROM CaseComment WHERE ParentId = '{id}'"),
    )
    .await;
    assert_eq!((&comment["CommentBody"], &comment["IsPublished"]), (&json!("internal"), &json!(false)));
    let own = it
        .data(&token, Method::POST, "sobjects/Case", Some(json!({"Subject": "mine"})))
        .header("Sforce-Auto-Assign", "FALSE");
    let own = json_of(own.send().await.unwrap()).await["id"].as_str().unwrap().to_owned();
    let own = one(&it, &token, &format!("SELECT Owner.Name FROM Case WHERE Id = '{own}'")).await;
    assert_eq!(own["Owner"]["Name"], "Portal Integration");
    it.set("salesforce", json!({"auto_response_rule": true})).await;
    let (status, body) = it.rest(&token, Method::POST, "sobjects/Case", Some(json!({}))).await;
    assert_eq!((status, &body[0]["fields"]), (400, &json!(["SuppliedEmail"])));
}

#[tokio::test]
async fn status_and_owner_leave_history() {
    let it = Driver::start().await;
    let token = it.login().await;
    let id = case_of(&it, "history").await;
    it.set("clock", json!({"advance_seconds": 5})).await;
    assert_eq!(patch(&it, &format!("cases/{id}"), json!({"status": "Closed"})).await, 204);
    let case = one(
        &it,
        &token,
        &format!("SELECT IsClosed, ClosedDate, LastModifiedById FROM Case WHERE Id = '{id}'"),
    )
    .await;
    assert_eq!(case["IsClosed"], true);
    let agent = one(&it, &token, "SELECT Id FROM User WHERE Alias = 'agnes'").await;
    assert_eq!(case["LastModifiedById"], agent["Id"]);
    it.set("clock", json!({"advance_seconds": 5})).await;
    let (_, none) = it.rest(&token, Method::GET, "limits", None).await;
    assert!(none["DailyApiRequests"].is_object());
    let reopened =
        it.data(&token, Method::PATCH, &format!("sobjects/Case/{id}"), Some(json!({"Status": "Working"})));
    assert_eq!(reopened.send().await.unwrap().status(), 204);
    let case = one(&it, &token, &format!("SELECT IsClosed, ClosedDate FROM Case WHERE Id = '{id}'")).await;
    assert_eq!((&case["IsClosed"], &case["ClosedDate"]), (&json!(false), &Value::Null));
    assert_eq!(patch(&it, &format!("cases/{id}"), json!({"owner": "queue"})).await, 204);
    let statement = format!(
        "SELECT Field, OldValue, NewValue FROM CaseHistory WHERE CaseId = '{id}' ORDER BY CreatedDate, Id"
    );
    let history = rows(&it, &token, &statement).await;
    let line =
        |row: &Value| format!("{} {} {}", row["Field"], row["OldValue"], row["NewValue"]).replace('"', "");
    let lines: Vec<String> = history.iter().map(line).collect();
    assert_eq!(lines[..3], ["created null null", "Status New Closed", "Status Closed Working"]);
    assert_eq!(lines[3], "Owner Agnes Agent Support");
    assert!(lines[4].starts_with("Owner 005") && lines.len() == 5, "{lines:?}");
    it.set("salesforce/objects", json!({"name": "Case", "fields": [{"name": "Status", "type": "picklist", "values": [
        {"value": "Open", "default": true}, {"value": "Solved", "closed": true}, {"value": "Dropped", "closed": true}]}]}))
    .await;
    let closed =
        rows(&it, &token, "SELECT ApiName FROM CaseStatus WHERE IsClosed = true ORDER BY SortOrder").await;
    assert_eq!((&closed[0]["ApiName"], &closed[1]["ApiName"]), (&json!("Solved"), &json!("Dropped")));
}

#[tokio::test]
async fn comments_are_counted_in_bytes_and_stay_as_they_are() {
    let it = Driver::start().await;
    let token = it.login().await;
    let id = case_of(&it, "comments").await;
    let create = async |body: Value| it.rest(&token, Method::POST, "sobjects/CaseComment", Some(body)).await;
    let (status, _) =
        create(json!({"ParentId": id, "CommentBody": "é".repeat(2_000), "IsPublished": true})).await;
    assert_eq!(status, 201);
    let (_, long) = create(json!({"ParentId": id, "CommentBody": "é".repeat(2_001)})).await;
    assert_eq!(long[0]["errorCode"], "STRING_TOO_LONG");
    assert!(long[0]["message"].as_str().unwrap().ends_with("(max length=4000)"));
    let answer = it.set(&format!("cases/{id}/comments"), json!({"body": "from an agent"})).await;
    let comment = answer["id"].as_str().unwrap();
    let path = format!("sobjects/CaseComment/{comment}");
    let (_, fixed) = it.rest(&token, Method::PATCH, &path, Some(json!({"CommentBody": "other"}))).await;
    assert_eq!(fixed[0]["errorCode"], "INVALID_FIELD_FOR_INSERT_UPDATE");
    let hidden =
        it.data(&token, Method::PATCH, &path, Some(json!({"IsPublished": false}))).send().await.unwrap();
    assert_eq!(hidden.status(), 204);
    let (_, refused) = it.rest(&token, Method::DELETE, &path, None).await;
    assert_eq!(refused[0]["errorCode"], "INSUFFICIENT_ACCESS_OR_READONLY");
    assert_eq!(patch(&it, &format!("comments/{comment}"), json!({"published": true})).await, 204);
    let published = format!("SELECT COUNT() FROM CaseComment WHERE ParentId = '{id}' AND IsPublished = true");
    assert_eq!(it.query(&token, &published).await.1["totalSize"], 2);
    it.set("salesforce", json!({"modify_all": true})).await;
    assert_eq!(it.data(&token, Method::DELETE, &path, None).send().await.unwrap().status(), 204);
    let mail = it.set(&format!("cases/{id}/emails"), json!({"body": "hello", "subject": "Re"})).await;
    let path = format!("sobjects/EmailMessage/{}", mail["id"].as_str().unwrap());
    let (_, sent) = it.rest(&token, Method::PATCH, &path, Some(json!({"TextBody": "other"}))).await;
    assert_eq!(sent[0]["errorCode"], "INSUFFICIENT_ACCESS_OR_READONLY");
    let (_, shown) = it.rest(&token, Method::GET, &path, None).await;
    assert_eq!(
        (&shown["Status"], &shown["IsExternallyVisible"], &shown["Incoming"]),
        (&json!("3"), &json!(true), &json!(false))
    );
}

#[tokio::test]
async fn files_go_up_both_ways_and_come_down_whole() {
    let it = Driver::start().await;
    let token = it.login().await;
    let id = case_of(&it, "files").await;
    let bytes: Vec<u8> = (0..=255).collect();
    let about =
        json!({"Title": "log", "PathOnClient": "a/log.bin", "FirstPublishLocationId": id}).to_string();
    let parts = [
        b"--b1\r\nContent-Disposition: form-data; name=\"VersionData\"; filename=\"log.bin\"\r\nContent-Type: application/octet-stream\r\n\r\n".to_vec(),
        bytes.clone(),
        format!("\r\n--b1\r\nContent-Disposition: form-data; name=\"ContentVersion\"\r\nContent-Type: application/json\r\n\r\n{about}\r\n--b1--\r\n").into_bytes(),
    ];
    let upload = it.data(&token, Method::POST, "sobjects/ContentVersion", None);
    let upload = upload
        .header("Content-Type", "multipart/form-data; boundary=\"b1\"")
        .body(parts.concat())
        .send()
        .await
        .unwrap();
    assert_eq!(upload.status(), 201);
    let version = json_of(upload).await["id"].as_str().unwrap().to_owned();
    let shown = one(&it, &token, &format!(
        "SELECT Title, FileExtension, ContentSize, IsLatest, VersionData, ContentDocument.Title FROM ContentVersion WHERE Id = '{version}'"))
    .await;
    assert_eq!(
        (&shown["Title"], &shown["FileExtension"], &shown["ContentSize"]),
        (&json!("log"), &json!("bin"), &json!(256))
    );
    let place = format!("/services/data/v62.0/sobjects/ContentVersion/{version}/VersionData");
    assert_eq!(shown["VersionData"], place);
    let download = it.http.get(it.url("salesforce") + &place).bearer_auth(&token).send().await.unwrap();
    assert_eq!(download.headers()["content-type"], "application/octetstream");
    assert_eq!(download.bytes().await.unwrap(), bytes);
    let links = "SELECT ContentDocumentId, Visibility, ShareType, ContentDocument.LatestPublishedVersionId FROM ContentDocumentLink";
    let link = one(&it, &token, &format!("{links} WHERE LinkedEntityId = '{id}'")).await;
    assert_eq!((&link["Visibility"], &link["ShareType"]), (&json!("AllUsers"), &json!("V")));
    assert_eq!(link["ContentDocument"]["LatestPublishedVersionId"], version.as_str());
}

#[tokio::test]
async fn files_have_versions_and_hidden_links() {
    let it = Driver::start().await;
    let token = it.login().await;
    let id = case_of(&it, "files").await;
    let links = "SELECT ContentDocumentId, ContentDocument.LatestPublishedVersionId FROM ContentDocumentLink";
    let first = it.set(&format!("cases/{id}/files"), json!({"name": "log.txt", "text": "A"})).await;
    let version = first["id"].as_str().unwrap();
    let link = one(&it, &token, &format!("{links} WHERE LinkedEntityId = '{id}'")).await;
    let next = json!({"PathOnClient": "log2.txt", "VersionData": "QUE=", "ContentDocumentId": link["ContentDocumentId"]});
    let (status, second) = it.rest(&token, Method::POST, "sobjects/ContentVersion", Some(next)).await;
    assert_eq!(status, 201, "{second}");
    let latest = one(
        &it,
        &token,
        &format!(
            "SELECT Id, VersionNumber FROM ContentVersion WHERE IsLatest = true AND ContentDocumentId = '{}'",
            link["ContentDocumentId"].as_str().unwrap()
        ),
    )
    .await;
    assert_eq!((&latest["Id"], &latest["VersionNumber"]), (&second["id"], &json!("2")));
    let bad = json!({"PathOnClient": "x", "VersionData": "no base64!"});
    assert_eq!(it.rest(&token, Method::POST, "sobjects/ContentVersion", Some(bad)).await.0, 400);
    let fixed = it.data(
        &token,
        Method::PATCH,
        &format!("sobjects/ContentVersion/{version}"),
        Some(json!({"VersionData": "QQ=="})),
    );
    assert_eq!(fixed.send().await.unwrap().status(), 400);

    let secret = it
        .set(&format!("cases/{id}/files"), json!({"name": "n.txt", "text": "internal", "visible": false}))
        .await;
    let hidden = one(
        &it,
        &token,
        &format!("{links} WHERE LinkedEntityId IN ('{id}') AND Visibility = 'InternalUsers'"),
    )
    .await;
    assert_eq!(hidden["ContentDocument"]["LatestPublishedVersionId"], secret["id"]);
}

#[tokio::test]
async fn agents_merge_delete_and_restore() {
    let it = Driver::start().await;
    let token = it.login().await;
    let (kept, merged) = (case_of(&it, "kept").await, case_of(&it, "merged").await);
    it.set(&format!("cases/{merged}/comments"), json!({"body": "moves along"})).await;
    it.set(&format!("cases/{merged}/merge"), json!({"into": kept})).await;
    let comment =
        one(&it, &token, &format!("SELECT CommentBody FROM CaseComment WHERE ParentId = '{kept}'")).await;
    assert_eq!(comment["CommentBody"], "moves along");
    let (status, body) = it.rest(&token, Method::GET, &format!("sobjects/Case/{merged}"), None).await;
    assert_eq!((status, &body[0]["errorCode"]), (404, &json!("ENTITY_IS_DELETED")));
    let statement = format!("SELECT MasterRecordId, IsDeleted FROM Case WHERE Id = '{merged}'");
    let (_, all) =
        it.rest(&token, Method::GET, &format!("queryAll?{}", form(&[("q", &statement)])), None).await;
    assert_eq!(
        (&all["records"][0]["MasterRecordId"], &all["records"][0]["IsDeleted"]),
        (&json!(kept), &json!(true))
    );

    assert_eq!(it.control(Method::DELETE, &format!("cases/{kept}"), None).await.0, 204);
    let now = it.control(Method::GET, "clock", None).await.1["now"].as_str().unwrap().to_owned();
    let from = format!("{}T00:00:00+00:00", &now[..10]);
    let span = form(&[("start", &from), ("end", "2099-01-01T00:00:00Z")]);
    let (_, deleted) = it.rest(&token, Method::GET, &format!("sobjects/Case/deleted/?{span}"), None).await;
    let ids: Vec<&str> =
        deleted["deletedRecords"].as_array().unwrap().iter().map(|row| row["id"].as_str().unwrap()).collect();
    assert!(ids.contains(&kept.as_str()) && ids.contains(&merged.as_str()), "{deleted}");
    assert!(deleted["latestDateCovered"].as_str().unwrap().ends_with("+0000"));
    assert_eq!(it.control(Method::POST, &format!("cases/{kept}/undelete"), None).await.0, 204);
    one(&it, &token, &format!("SELECT Id FROM CaseComment WHERE ParentId = '{kept}'")).await;
    let (_, updated) = it.rest(&token, Method::GET, &format!("sobjects/Case/updated/?{span}"), None).await;
    assert!(updated["ids"].as_array().unwrap().contains(&json!(kept)));
    let (status, _) = it.rest(&token, Method::GET, "sobjects/Case/updated/?start=x&end=y", None).await;
    assert_eq!(status, 400);
    assert_eq!(
        it.control(Method::POST, "cases/500SB0000999999/comments", Some(json!({"body": "x"}))).await.0,
        422
    );
}

#[tokio::test]
async fn rules_refuse_and_alerts_let_those_pass_who_insist() {
    let it = Driver::start().await;
    let token = it.login().await;
    it.set("salesforce", json!({
        "validation_rules": [{"object": "Case", "condition": "Status = 'Closed' AND Priority = 'High'",
                              "message": "Lower the priority first.", "field": "Priority"}],
        "duplicate_rules": [{"object": "Contact", "fields": ["Email"], "allow_save": true, "name": "Same_Email"}],
    }))
    .await;
    let bad = json!({"Status": "Closed", "Priority": "High"});
    let (status, body) = it.rest(&token, Method::POST, "sobjects/Case", Some(bad)).await;
    let expected = json!([{"message": "Lower the priority first.", "errorCode": "FIELD_CUSTOM_VALIDATION_EXCEPTION", "fields": ["Priority"]}]);
    assert_eq!((status, body), (400, expected));
    let (_, made) = it.rest(&token, Method::POST, "sobjects/Case", Some(json!({"Priority": "High"}))).await;
    let path = format!("sobjects/Case/{}", made["id"].as_str().unwrap());
    assert_eq!(it.rest(&token, Method::PATCH, &path, Some(json!({"Status": "Closed"}))).await.0, 400);
    assert_eq!(it.rest(&token, Method::GET, &path, None).await.1["Status"], "New");

    let contact = json!({"LastName": "Double", "Email": "ADA@example.com"});
    let (status, body) = it.rest(&token, Method::POST, "sobjects/Contact", Some(contact.clone())).await;
    assert_eq!((status, &body[0]["errorCode"]), (400, &json!("DUPLICATES_DETECTED")));
    let found = &body[0]["duplicateResut"];
    assert_eq!((&found["allowSave"], &found["duplicateRule"]), (&json!(true), &json!("Same_Email")));
    assert_eq!(found["matchResults"][0]["matchRecords"][0]["record"]["attributes"]["type"], "Contact");
    let insisted = it.data(&token, Method::POST, "sobjects/Contact", Some(contact.clone()));
    let insisted =
        insisted.header("Sforce-Duplicate-Rule-Header", "allowSave=true; includeRecordDetails=false");
    assert_eq!(insisted.send().await.unwrap().status(), 201);
    let rule = json!([{"object": "Contact", "fields": ["Email"]}]);
    it.set("salesforce", json!({"duplicate_rules": rule})).await;
    let insisted = it
        .data(&token, Method::POST, "sobjects/Contact", Some(contact))
        .header("Sforce-Duplicate-Rule-Header", "allowSave=true");
    assert_eq!(insisted.send().await.unwrap().status(), 400);
}

#[tokio::test]
async fn accounts_may_be_there_before_the_portal() {
    let it = Driver::start().await;
    let token = it.login().await;
    let made = it
        .set(
            "accounts",
            json!({"name": "Old Ltd", "contacts": [{"last_name": "Old", "email": "old@example.com"}]}),
        )
        .await;
    let (_, found) = it
        .query(
            &token,
            "SELECT Name, (SELECT Email FROM Contacts) FROM Account WHERE WHMCS_Client_Id__c = null",
        )
        .await;
    assert_eq!(
        found["records"][0]["attributes"]["url"],
        format!("/services/data/v62.0/sobjects/Account/{}", made["id"].as_str().unwrap())
    );
    assert_eq!(found["records"][0]["Contacts"]["records"][0]["Email"], "old@example.com");
    let fields = json!({"Subject": "long ago", "CreatedDate": "2020-01-02T03:04:05.000+0000", "CaseNumber": "00000007"});
    it.set("salesforce/records", json!([{"type": "Case", "fields": fields}])).await;
    let old = one(
        &it,
        &token,
        "SELECT CaseNumber FROM Case WHERE CreatedDate = LAST_N_YEARS:20 AND Subject = 'long ago'",
    )
    .await;
    assert_eq!(old["CaseNumber"], "00000007");
}

#[tokio::test]
async fn the_demo_has_something_of_everything() {
    let it = Driver::seeded(sandbox::Seed::DemoWithBulk).await;
    let token = it.login().await;
    let count = async |statement: &str| it.query(&token, statement).await.1["totalSize"].as_u64().unwrap();
    let ada = "Parent.Account.WHMCS_Client_Id__c = '42'";
    assert_eq!(
        count(&format!("SELECT COUNT() FROM CaseComment WHERE {ada} AND IsPublished = true")).await,
        4
    );
    assert_eq!(
        count(&format!("SELECT COUNT() FROM CaseComment WHERE {ada} AND IsPublished = false")).await,
        2
    );
    assert_eq!(
        count(&format!("SELECT COUNT() FROM EmailMessage WHERE {ada} AND IsExternallyVisible = true")).await,
        1
    );
    assert_eq!(count("SELECT COUNT() FROM Case WHERE Account.WHMCS_Client_Id__c IN ('48', '49')").await, 600);
    let visible = "SELECT Id FROM ContentDocumentLink WHERE LinkedEntityId IN (SELECT Id FROM Case) AND Visibility = 'AllUsers'";
    assert_eq!(rows(&it, &token, visible).await.len(), 2);
    assert_eq!(it.control(Method::GET, "events", None).await.1, json!([]));
}
