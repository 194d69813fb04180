//! Many calls in one: references, rollback, collections, graphs; and what listeners hear of it.

use reqwest::Method;
use serde_json::{Value, json};

use crate::driver::Driver;

fn part(method: &str, reference: &str, path: &str, body: &Value) -> Value {
    let url = format!("/services/data/v62.0/{path}");
    let mut part = json!({"method": method, "referenceId": reference, "url": url});
    if !body.is_null() {
        part["body"] = body.clone();
    }
    part
}

async fn composite(it: &Driver, token: &str, all_or_none: bool, parts: Value) -> Vec<Value> {
    let request = json!({"allOrNone": all_or_none, "collateSubrequests": false, "compositeRequest": parts});
    let (status, body) = it.rest(token, Method::POST, "composite", Some(request)).await;
    assert_eq!(status, 200, "{body}");
    body["compositeResponse"].as_array().unwrap().clone()
}

async fn salesforce_events(it: &Driver) -> usize {
    let events = it.control(Method::GET, "events", None).await.1;
    events.as_array().unwrap().iter().filter(|event| event["source"] == "salesforce").count()
}

#[tokio::test]
async fn later_calls_use_earlier_answers() {
    let it = Driver::start().await;
    let token = it.login().await;
    let answers = composite(&it, &token, true, json!([
        part("POST", "acc", "sobjects/Account", &json!({"Name": "O'Ship & Co"})),
        part("GET", "info", "sobjects/Account/@{acc.id}", &Value::Null),
        part("POST", "con", "sobjects/Contact", &json!({
            "LastName": "Doe", "Title": "CTO of @{info.Name}", "AccountId": "@{info.Id}", "Phone": "@{info.Phone}"})),
        part("GET", "found", "query?q=SELECT+Id,Title,Phone+FROM+Contact+WHERE+AccountId='@{acc.id}'", &Value::Null),
        part("PATCH", "upd", "sobjects/Contact/@{found.records[0].Id}", &json!({"FirstName": "Jo"})),
        part("DELETE", "gone", "sobjects/Contact/@{con.id}", &Value::Null),
    ]))
    .await;
    let codes: Vec<&Value> = answers.iter().map(|answer| &answer["httpStatusCode"]).collect();
    assert_eq!(codes, [201, 200, 201, 200, 204, 204], "{answers:?}");
    assert!(answers[1]["httpHeaders"]["ETag"].is_string());
    assert_eq!(answers[3]["body"]["records"][0]["Title"], "CTO of O'Ship & Co");
    // Since v52 a reference to null passes null.
    assert_eq!(answers[3]["body"]["records"][0]["Phone"], Value::Null);
    assert_eq!((&answers[4]["body"], &answers[4]["httpHeaders"]), (&Value::Null, &json!({})));
    assert_eq!(
        it.rest(&token, Method::GET, "limits", None).await.1["DailyApiRequests"]["Remaining"],
        15_000 - 2
    );
}

#[tokio::test]
async fn broken_references_halt_only_those_who_use_them() {
    let it = Driver::start().await;
    let token = it.login().await;
    let parts = json!([
        part("POST", "bad", "sobjects/Account", &json!({})),
        part("POST", "child", "sobjects/Contact", &json!({"LastName": "x", "AccountId": "@{bad.id}"})),
        part("POST", "free", "sobjects/Contact", &json!({"LastName": "free"})),
        // After a creation the member is called `id`; names mind case.
        part("PATCH", "typo", "sobjects/Contact/@{free.Id}", &json!({"FirstName": "x"})),
    ]);
    let answers = composite(&it, &token, false, parts.clone()).await;
    let codes: Vec<&Value> = answers.iter().map(|answer| &answer["body"][0]["errorCode"]).collect();
    assert_eq!((codes[0], codes[1]), (&json!("REQUIRED_FIELD_MISSING"), &json!("PROCESSING_HALTED")));
    assert_eq!(
        answers[1]["body"][0]["message"],
        "Invalid reference specified. No value for bad.id found in bad. Provided referenceId ('bad.id') must start with a \
         letter or a number, and it can contain only letters, numbers and underscores ('_')."
    );
    assert_eq!((&answers[2]["httpStatusCode"], codes[3]), (&json!(201), &json!("PROCESSING_HALTED")));
    let heard = salesforce_events(&it).await;
    let answers = composite(&it, &token, true, parts).await;
    let halted = "The transaction was rolled back since another operation in the same transaction failed.";
    assert_eq!(answers[0]["body"][0]["errorCode"], "REQUIRED_FIELD_MISSING");
    assert_eq!(answers[2]["body"], json!([{"errorCode": "PROCESSING_HALTED", "message": halted}]));
    assert_eq!(salesforce_events(&it).await, heard, "what was rolled back is no news");
}

#[tokio::test]
async fn what_was_rolled_back_never_happened() {
    let it = Driver::start().await;
    let token = it.login().await;
    let before = it.control(Method::GET, "ledger", None).await.1["salesforce"]["records"].clone();
    let heard = salesforce_events(&it).await;
    let collection = json!({"records": [
        {"attributes": {"type": "Account"}, "Name": "kept in print"}, {"attributes": {"type": "Contact"}}]});
    let answers = composite(
        &it,
        &token,
        true,
        json!([
            part(
                "POST",
                "one",
                "sobjects/ContentVersion",
                &json!({"PathOnClient": "a.txt", "VersionData": "QQ=="})
            ),
            part("POST", "many", "composite/sobjects", &collection),
            part("POST", "never", "sobjects/Account", &json!({"Name": "never"})),
        ]),
    )
    .await;
    assert_eq!(answers[0]["body"][0]["errorCode"], "PROCESSING_HALTED");
    // As documented: a collection prints success although it was undone.
    assert_eq!(
        (&answers[1]["httpStatusCode"], &answers[1]["body"][0]["success"]),
        (&json!(200), &json!(true))
    );
    assert_eq!(answers[1]["body"][1]["errors"][0]["statusCode"], "REQUIRED_FIELD_MISSING");
    assert_eq!(it.control(Method::GET, "ledger", None).await.1["salesforce"]["records"], before);
    assert_eq!(salesforce_events(&it).await, heard);
}

#[tokio::test]
async fn malformed_requests_are_refused_as_a_whole() {
    let it = Driver::start().await;
    let token = it.login().await;
    let get = |reference: &str, path: &str| part("GET", reference, path, &Value::Null);
    let many =
        |count: usize, path: &str| -> Value { (0..count).map(|n| get(&format!("r{n}"), path)).collect() };
    let mut authorised = get("a", "limits");
    authorised["httpHeaders"] = json!({"Authorization": "Bearer x"});
    let cases = [
        json!([]),
        many(26, "limits"),
        many(6, "query?q=SELECT+Id+FROM+Case"),
        json!([get("a-b", "limits")]),
        json!([get("a", "limits"), get("a", "limits")]),
        json!([get("a", "composite/graph")]),
        json!([authorised]),
        json!([{"method": "get", "referenceId": "a", "url": "/services/data/v62.0/limits"}]),
        json!([{"method": "GET", "referenceId": "a", "url": "/limits"}]),
    ];
    for parts in cases {
        let (status, body) =
            it.rest(&token, Method::POST, "composite", Some(json!({"compositeRequest": parts}))).await;
        assert_eq!(status, 400, "{body}");
    }
    let old = json!([{"method": "GET", "referenceId": "a", "url": "/services/data/v99.0/limits"}]);
    assert_eq!(composite(&it, &token, false, old).await[0]["httpStatusCode"], 404);
    let nested = composite(&it, &token, false, json!([get("a", "nonsense")])).await;
    assert_eq!(nested[0]["httpStatusCode"], 404);
}

#[tokio::test]
async fn collated_creations_draw_others_of_their_kind() {
    let it = Driver::start().await;
    let token = it.login().await;
    let parts = json!([
        part("POST", "a", "sobjects/Account", &json!({"Name": "first"})),
        part(
            "GET",
            "count",
            "query?q=SELECT+COUNT()+FROM+Account+WHERE+Name+IN+('first','second')",
            &Value::Null
        ),
        part("POST", "b", "sobjects/Account", &json!({"Name": "second"})),
        part("POST", "c", "sobjects/Account", &json!({"Name": "third of @{count.totalSize}"})),
    ]);
    let run = async |collate: bool| {
        let request = json!({"collateSubrequests": collate, "compositeRequest": parts});
        it.rest(&token, Method::POST, "composite", Some(request)).await.1["compositeResponse"].clone()
    };
    let collated = run(true).await;
    assert_eq!(collated[1]["body"]["totalSize"], 2, "{collated}");
    assert_eq!(collated[1]["referenceId"], "count");
    assert_eq!(run(false).await[1]["body"]["totalSize"], 3);
}

#[tokio::test]
async fn collections_change_delete_and_retrieve() {
    let it = Driver::start().await;
    let token = it.login().await;
    let typed = |fields: Value| {
        let mut record = fields;
        record["attributes"] = json!({"type": "Account"});
        record
    };
    let body = json!({"records": [typed(json!({"Name": "one"})), typed(json!({"Name": "two"}))]});
    let (_, made) = it.rest(&token, Method::POST, "composite/sobjects", Some(body)).await;
    let ids = [made[0]["id"].as_str().unwrap(), made[1]["id"].as_str().unwrap()];
    let body = json!({"allOrNone": true, "records": [
        typed(json!({"id": ids[0], "Name": "changed"})), typed(json!({"Id": ids[1], "Nope__c": 1}))]});
    let (_, changed) = it.rest(&token, Method::PATCH, "composite/sobjects", Some(body)).await;
    assert_eq!(changed[0]["errors"][0]["statusCode"], "ALL_OR_NONE_OPERATION_ROLLED_BACK");
    assert_eq!(changed[1]["errors"][0]["statusCode"], "INVALID_FIELD");
    let path = format!("composite/sobjects/Account?ids={},{},001SB0000999999&fields=Name", ids[0], ids[1]);
    let (_, found) = it.rest(&token, Method::GET, &path, None).await;
    assert_eq!(
        (&found[0]["Name"], &found[1]["Name"], &found[2]),
        (&json!("one"), &json!("two"), &Value::Null)
    );
    let body = json!({"records": [
        typed(json!({"WHMCS_Client_Id__c": "42", "Phone": "1"})), typed(json!({"WHMCS_Client_Id__c": 4711, "Name": "new"}))]});
    let (_, upserted) =
        it.rest(&token, Method::PATCH, "composite/sobjects/Account/WHMCS_Client_Id__c", Some(body)).await;
    assert_eq!((&upserted[0]["created"], &upserted[1]["created"]), (&json!(false), &json!(true)));
    let path = format!("composite/sobjects?ids={},{},garbage", ids[0], ids[1]);
    let (_, gone) = it.rest(&token, Method::DELETE, &path, None).await;
    assert_eq!(
        (&gone[0]["success"], &gone[1]["success"], &gone[2]["success"]),
        (&json!(true), &json!(true), &json!(false))
    );
    let (_, again) = it.rest(&token, Method::DELETE, &path, None).await;
    assert_eq!(again[0]["errors"][0]["statusCode"], "ENTITY_IS_DELETED");
}

#[tokio::test]
async fn each_graph_stands_alone() {
    let it = Driver::start().await;
    let token = it.login().await;
    let graph = |id: &str, name: &str, last: Value| {
        json!({"graphId": id, "compositeRequest": [
            part("POST", "a", "sobjects/Account", &json!({"Name": name})),
            part("POST", "c", "sobjects/Contact", &json!({"LastName": last, "AccountId": "@{a.id}"})),
        ]})
    };
    let body =
        json!({"graphs": [graph("bad", "graph bad", Value::Null), graph("good", "graph good", json!("x"))]});
    let (_, answer) = it.rest(&token, Method::POST, "composite/graph", Some(body)).await;
    let graphs = &answer["graphs"];
    assert_eq!((&graphs[0]["isSuccessful"], &graphs[1]["isSuccessful"]), (&json!(false), &json!(true)));
    let failed = &graphs[0]["graphResponse"]["compositeResponse"];
    assert_eq!(failed[0]["body"][0]["errorCode"], "PROCESSING_HALTED");
    assert_eq!(failed[1]["body"][0]["errorCode"], "REQUIRED_FIELD_MISSING");
    let (_, found) = it.query(&token, "SELECT Name FROM Account WHERE Name LIKE 'graph%'").await;
    assert_eq!((&found["totalSize"], &found["records"][0]["Name"]), (&json!(1), &json!("graph good")));
}
