//! Token, composite, upsert, read, query, limits.

use reqwest::Method;
use sandbox::demo;
use serde_json::{Value, json};

use crate::driver::{Driver, json_of, sign};

/// A key nobody trusts; made for these tests.
const FOREIGN_KEY: &str = include_str!("foreign-key.pem");

#[tokio::test]
async fn a_good_assertion_gets_a_token() {
    let it = Driver::start().await;
    let (status, body) = it.token(&it.assertion(&json!({}))).await;
    assert_eq!(status, 200);
    assert_eq!(body["token_type"], "Bearer");
    assert_eq!(body["instance_url"], it.url("salesforce"));
    assert!(body["access_token"].as_str().unwrap().contains('!'));
    assert!(body.get("expires_in").is_none() && body.get("refresh_token").is_none());
    let base = it.sandbox.base_url();
    let port = base.port().unwrap();
    for changes in [
        json!({"aud": "https://login.salesforce.com"}),
        json!({"aud": "https://test.salesforce.com"}),
        json!({"aud": base.join("salesforce").unwrap().as_str()}),
        json!({"aud": format!("http://localhost:{port}")}),
        json!({"exp": "99999999999"}),
        json!({"exp": 1_900_000_000_000_u64}),
        json!({"sub": "someone@else.example", "prn": demo::SF_USERNAME}),
        json!({"iat": 1, "jti": "x"}),
    ] {
        assert_eq!(it.token(&it.assertion(&changes)).await.0, 200, "{changes}");
    }
}

#[tokio::test]
async fn bad_assertions_get_the_errors_of_real_organisations() {
    let it = Driver::start().await;
    let oauth = |error: &str, description: &str| json!({"error": error, "error_description": description});
    let cases = [
        (json!({"aud": "https://login.salesforce.com/"}), oauth("invalid_grant", "audience is invalid")),
        (json!({"exp": 1}), oauth("invalid_grant", "expired authorization code")),
        (json!({"iss": "unknown"}), oauth("invalid_client_id", "client identifier invalid")),
        (json!({"sub": "nobody@example.com"}), oauth("invalid_grant", "user hasn't approved this consumer")),
    ];
    for (changes, expected) in cases {
        assert_eq!(it.token(&it.assertion(&changes)).await, (400, expected), "{changes}");
    }
    let invalid = (400, oauth("invalid_grant", "invalid assertion"));
    assert_eq!(it.token("nonsense").await, invalid);
    let claims = json!({"iss": demo::SF_CLIENT_ID, "sub": demo::SF_USERNAME, "exp": 9_999_999_999_u64});
    assert_eq!(it.token(&sign(&claims, FOREIGN_KEY)).await, invalid);
}

fn sign_up(last_name: &Value) -> Value {
    json!({"allOrNone": true, "collateSubrequests": false, "compositeRequest": [
        {"method": "PATCH", "referenceId": "acc",
         "url": "/services/data/v62.0/sobjects/Account/WHMCS_Client_Id__c/77", "body": {"Name": "Noor Ltd"}},
        {"method": "PATCH", "referenceId": "con",
         "url": "/services/data/v62.0/sobjects/Contact/WHMCS_Contact_Id__c/77-7",
         "body": {"LastName": last_name, "FirstName": "Noor", "Email": "noor@example.net",
                  "Account": {"WHMCS_Client_Id__c": "77"}}}]})
}

#[tokio::test]
async fn sign_up_is_one_call_and_may_be_repeated() {
    let it = Driver::start().await;
    let token = it.login().await;
    let (status, first) = it.rest(&token, Method::POST, "composite", Some(sign_up(&json!("Noor")))).await;
    assert_eq!(status, 200);
    let parts = first["compositeResponse"].as_array().unwrap();
    for (part, reference) in parts.iter().zip(["acc", "con"]) {
        assert_eq!(part["httpStatusCode"], 201, "{part}");
        assert_eq!(part["referenceId"], reference);
        assert_eq!((&part["body"]["success"], &part["body"]["created"]), (&json!(true), &json!(true)));
        assert!(part["httpHeaders"]["Location"].is_string());
        assert_eq!(part["body"]["id"].as_str().unwrap().len(), 18);
    }
    let (_, second) = it.rest(&token, Method::POST, "composite", Some(sign_up(&json!("Noor")))).await;
    for (before, after) in parts.iter().zip(second["compositeResponse"].as_array().unwrap()) {
        assert_eq!((&after["httpStatusCode"], &after["body"]["created"]), (&json!(200), &json!(false)));
        assert_eq!(after["body"]["id"], before["body"]["id"]);
    }
    let path = format!("sobjects/Contact/{}", parts[1]["body"]["id"].as_str().unwrap());
    let (_, contact) = it.rest(&token, Method::GET, &path, None).await;
    assert_eq!((&contact["Name"], &contact["AccountId"]), (&json!("Noor Noor"), &parts[0]["body"]["id"]));
    assert_eq!(contact["Phone"], Value::Null);
    assert_eq!(contact["attributes"]["type"], "Contact");
    assert!(contact["CreatedDate"].as_str().unwrap().ends_with("+0000"));
}

#[tokio::test]
async fn a_failed_part_rolls_everything_back() {
    let it = Driver::start().await;
    let token = it.login().await;
    let (status, body) = it.rest(&token, Method::POST, "composite", Some(sign_up(&Value::Null))).await;
    assert_eq!(status, 200);
    let parts = &body["compositeResponse"];
    assert_eq!(parts[0]["httpStatusCode"], 400);
    assert_eq!(parts[0]["body"][0]["errorCode"], "PROCESSING_HALTED");
    assert_eq!(
        parts[1]["body"],
        json!([{"message": "Required fields are missing: [LastName]", "errorCode": "REQUIRED_FIELD_MISSING",
                "fields": ["LastName"]}])
    );
    let (status, _) = it.rest(&token, Method::GET, "sobjects/Account/WHMCS_Client_Id__c/77", None).await;
    assert_eq!(status, 404);
    let mut independent = sign_up(&Value::Null);
    independent["allOrNone"] = json!(false);
    let (_, body) = it.rest(&token, Method::POST, "composite", Some(independent)).await;
    assert_eq!(body["compositeResponse"][0]["httpStatusCode"], 201);
    let (status, _) = it.rest(&token, Method::GET, "sobjects/account/whmcs_client_id__c/77", None).await;
    assert_eq!(status, 200);
}

#[tokio::test]
async fn upserts_check_their_fields() {
    let it = Driver::start().await;
    let token = it.login().await;
    let cases = [
        ("sobjects/Contact/WHMCS_Contact_Id__c/1", json!({"LastName": "x", "Nope": 1}), 400, "INVALID_FIELD"),
        (
            "sobjects/Contact/WHMCS_Contact_Id__c/1",
            json!({"LastName": "x", "Email": "no"}),
            400,
            "INVALID_EMAIL_ADDRESS",
        ),
        (
            "sobjects/Contact/WHMCS_Contact_Id__c/1",
            json!({"LastName": "x".repeat(81)}),
            400,
            "STRING_TOO_LONG",
        ),
        (
            "sobjects/Contact/WHMCS_Contact_Id__c/1",
            json!({"LastName": "x", "Account": {"WHMCS_Client_Id__c": "0"}}),
            400,
            "INVALID_FIELD",
        ),
        (
            "sobjects/Contact/WHMCS_Contact_Id__c/1",
            json!({"LastName": "x", "AccountId": "001SB0000000001ZZZ"}),
            400,
            "MALFORMED_ID",
        ),
        (
            "sobjects/Contact/WHMCS_Contact_Id__c/1",
            json!({"LastName": "x", "WHMCS_Contact_Id__c": "1"}),
            400,
            "INVALID_FIELD",
        ),
        (
            "sobjects/Contact/WHMCS_Contact_Id__c/1",
            json!({"LastName": "x", "CreatedDate": "x"}),
            400,
            "INVALID_FIELD_FOR_INSERT_UPDATE",
        ),
        ("sobjects/Contact/Email/1", json!({"LastName": "x"}), 404, "NOT_FOUND"),
        ("sobjects/Spaceship__c/Key__c/1", json!({}), 404, "NOT_FOUND"),
        ("sobjects/Contact/WHMCS_Contact_Id__c/1", json!([]), 400, "JSON_PARSER_ERROR"),
    ];
    for (path, body, status, code) in cases {
        let (got, answer) = it.rest(&token, Method::PATCH, path, Some(body)).await;
        assert_eq!((got, answer[0]["errorCode"].as_str().unwrap()), (status, code), "{answer}");
    }
}

#[tokio::test]
async fn the_key_is_one_encoded_segment_and_ignores_case() {
    let it = Driver::start().await;
    let token = it.login().await;
    let path = "sobjects/Case/Portal_Request_Id__c/a%2Fb";
    let (status, created) = it.rest(&token, Method::PATCH, path, Some(json!({"Subject": "s"}))).await;
    assert_eq!(status, 201);
    let (status, again) = it
        .rest(
            &token,
            Method::PATCH,
            "sobjects/Case/Portal_Request_Id__c/A%2FB",
            Some(json!({"Subject": "t"})),
        )
        .await;
    assert_eq!((status, &again["id"]), (200, &created["id"]));
    let (_, case) = it
        .rest(
            &token,
            Method::GET,
            "sobjects/Case/Portal_Request_Id__c/a%2Fb?fields=Subject,CaseNumber,Status,IsClosed",
            None,
        )
        .await;
    assert_eq!(
        (&case["Subject"], &case["Status"], &case["IsClosed"]),
        (&json!("t"), &json!("New"), &json!(false))
    );
    assert_eq!(case["CaseNumber"].as_str().unwrap().len(), 8);
}

#[tokio::test]
async fn cases_are_counted_and_listed() {
    let it = Driver::start().await;
    let token = it.login().await;
    let count = async |statement: &str| it.query(&token, statement).await.1["totalSize"].as_u64().unwrap();
    assert_eq!(
        count("SELECT COUNT() FROM Case WHERE Account.WHMCS_Client_Id__c = '42' AND IsClosed = false").await,
        3
    );
    assert_eq!(count("SELECT COUNT() FROM Case WHERE Account.WHMCS_Client_Id__c = '42'").await, 5);
    assert_eq!(count("select count() from case where account.whmcs_client_id__c = '46' and status in ('new', 'Working')").await, 1);
    assert_eq!(count("SELECT COUNT() FROM Case WHERE Type != 'nothing' AND ContactId = null").await, 6);
    assert_eq!(count("SELECT COUNT() FROM Contact WHERE Email = ''").await, 0);
    it.set("cases", json!({"client_id": 42, "subject": "It's new"})).await;
    let (status, body) =
        it.query(&token, "SELECT Subject, Account.Name FROM Case WHERE Subject = 'It\\'s new' LIMIT 1").await;
    assert_eq!(status, 200);
    assert_eq!((&body["totalSize"], &body["done"]), (&json!(1), &json!(true)));
    let row = &body["records"][0];
    assert_eq!(
        (&row["Subject"], &row["Account"]["Name"]),
        (&json!("It's new"), &json!("Lovelace & Daughters"))
    );
    assert_eq!(row["Account"]["attributes"]["type"], "Account");
    assert!(row.get("Id").is_none());
    let (_, empty) = it.query(&token, "SELECT COUNT() FROM Case WHERE Subject = 'none'").await;
    assert_eq!(empty, json!({"totalSize": 0, "done": true, "records": []}));
}

#[tokio::test]
async fn wrong_queries_get_recorded_errors() {
    let it = Driver::start().await;
    let token = it.login().await;
    let (status, body) = it.query(&token, "SELEKT Name FROM Account").await;
    assert_eq!(
        (status, body),
        (400, json!([{"message": "unexpected token: SELEKT", "errorCode": "MALFORMED_QUERY"}]))
    );
    let (status, body) = it.query(&token, "SELECT Bacon__c FROM Account LIMIT 2").await;
    assert_eq!(status, 400);
    assert_eq!(body[0]["errorCode"], "INVALID_FIELD");
    assert_eq!(
        body[0]["message"],
        "\nSELECT Bacon__c FROM Account LIMIT 2\n       ^\nERROR at Row:1:Column:8\nNo such column 'Bacon__c' on entity \
         'Account'. If you are attempting to use a custom field, be sure to append the '__c' after the custom field \
         name. Please reference your WSDL or the describe call for the appropriate names."
    );
    let (_, body) = it.query(&token, "SELECT Id FROM Nope").await;
    assert_eq!(body[0]["errorCode"], "INVALID_TYPE");
    let (_, body) = it.query(&token, "SELECT Id FROM Case WHERE Description = 'x'").await;
    assert_eq!(body[0]["errorCode"], "INVALID_FIELD");
}

#[tokio::test]
async fn sessions_versions_and_limits() {
    let it = Driver::start().await;
    let token = it.login().await;
    let bad = it.data("badToken", Method::GET, "limits", None).send().await.unwrap();
    assert_eq!(bad.status(), 401);
    assert_eq!(bad.headers()["www-authenticate"], "Token");
    assert!(bad.headers().get("sforce-limit-info").is_none());
    assert_eq!(
        json_of(bad).await,
        json!([{"message": "Session expired or invalid", "errorCode": "INVALID_SESSION_ID"}])
    );

    let versions = json_of(it.http.get(it.url("salesforce/services/data/")).send().await.unwrap()).await;
    let list = versions.as_array().unwrap();
    assert_eq!(
        list.last().unwrap(),
        &json!({"label": "Winter '27", "url": "/services/data/v68.0", "version": "68.0"})
    );

    let bad =
        it.http.get(it.url("salesforce/services/data/v1.0/limits")).bearer_auth(&token).send().await.unwrap();
    assert_eq!(bad.status(), 404);
    assert!(bad.headers().get("sforce-limit-info").is_none());

    let limits = it.data(&token, Method::GET, "limits", None).send().await.unwrap();
    assert_eq!(limits.headers()["sforce-limit-info"], "api-usage=1/15000");
    assert_eq!(json_of(limits).await["DailyApiRequests"], json!({"Max": 15000, "Remaining": 14999}));
    it.set("config", json!({"api_quota": 1})).await;
    let over = it.data(&token, Method::GET, "limits", None).send().await.unwrap();
    assert_eq!(over.status(), 403);
    assert_eq!(json_of(over).await[0]["errorCode"], "REQUEST_LIMIT_EXCEEDED");

    it.set("config", json!({"api_quota": 100})).await;
    it.control(Method::POST, "tokens/expire", None).await;
    assert_eq!(it.rest(&token, Method::GET, "limits", None).await.0, 401);
    let token = it.login().await;
    it.set("clock", json!({"advance_seconds": 7300})).await;
    assert_eq!(it.rest(&token, Method::GET, "limits", None).await.0, 401);
}
