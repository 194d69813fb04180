//! Single records: create, read, change, delete; and who may log in.

use reqwest::Method;
use serde_json::{Value, json};

use crate::driver::{Driver, json_of};

async fn made(it: &Driver, token: &str, object: &str, fields: Value) -> String {
    let (status, body) = it.rest(token, Method::POST, &format!("sobjects/{object}"), Some(fields)).await;
    assert_eq!(status, 201, "{body}");
    body["id"].as_str().unwrap().to_owned()
}

async fn status(it: &Driver, token: &str, method: Method, path: &str, body: Option<Value>) -> u16 {
    it.data(token, method, path, body).send().await.unwrap().status().as_u16()
}

#[tokio::test]
async fn a_record_lives_and_dies() {
    let it = Driver::start().await;
    let token = it.login().await;
    let body = json!({"name": "Ship Ltd", "PHONE": 42, "Website": ""});
    let response = it.data(&token, Method::POST, "sobjects/account/", Some(body)).send().await.unwrap();
    assert_eq!(response.status(), 201);
    let location = response.headers()["location"].to_str().unwrap().to_owned();
    let id = json_of(response).await["id"].as_str().unwrap().to_owned();
    assert_eq!(location, format!("/services/data/v62.0/sobjects/Account/{id}"));

    let path = format!("sobjects/Account/{id}");
    let (_, account) = it.rest(&token, Method::GET, &path, None).await;
    assert_eq!(
        (&account["Name"], &account["Phone"], &account["Website"]),
        (&json!("Ship Ltd"), &json!("42"), &Value::Null)
    );
    // Fifteen characters are enough; the case of one decides.
    let short = format!("sobjects/Account/{}?fields=Id,Name", &id[..15]);
    let (_, shown) = it.rest(&token, Method::GET, &short, None).await;
    assert_eq!(crate::driver::keys(&shown), ["Id", "Name", "attributes"]);
    let (status_code, body) =
        it.rest(&token, Method::GET, &format!("sobjects/Account/{}", id.to_lowercase()), None).await;
    assert_eq!((status_code, &body[0]["errorCode"]), (404, &json!("NOT_FOUND")));

    let changed = it.data(&token, Method::PATCH, &path, Some(json!({"Phone": null}))).send().await.unwrap();
    assert_eq!((changed.status().as_u16(), changed.headers().get("content-type")), (204, None));
    let (_, account) = it.rest(&token, Method::GET, &path, None).await;
    assert_eq!(account["Phone"], Value::Null);

    assert_eq!(status(&it, &token, Method::DELETE, &path, None).await, 204);
    for (method, body) in
        [(Method::GET, None), (Method::DELETE, None), (Method::PATCH, Some(json!({"Phone": "1"})))]
    {
        let (status, body) = it.rest(&token, method, &path, body).await;
        let expected =
            json!([{"message": "entity is deleted", "errorCode": "ENTITY_IS_DELETED", "fields": []}]);
        assert_eq!((status, body), (404, expected));
    }
    let events = it.control(Method::GET, "events", None).await.1;
    let told: Vec<(&str, &str)> = events
        .as_array()
        .unwrap()
        .iter()
        .filter(|event| event["id"] == id.as_str())
        .map(|event| (event["object"].as_str().unwrap(), event["change"].as_str().unwrap()))
        .collect();
    assert_eq!(told, [("Account", "created"), ("Account", "updated"), ("Account", "deleted")]);
}

#[tokio::test]
async fn absent_and_misshapen_ids_have_their_own_errors() {
    let it = Driver::start().await;
    let token = it.login().await;
    let cases = [
        (Method::GET, "sobjects/Account/001SB0000999999IAB", 404, "NOT_FOUND"),
        (Method::GET, "sobjects/Account/001SB0000999999", 404, "NOT_FOUND"),
        (Method::GET, "sobjects/Account/garbage", 404, "NOT_FOUND"),
        (Method::PATCH, "sobjects/Account/001SB0000999999", 404, "INVALID_CROSS_REFERENCE_KEY"),
        (Method::DELETE, "sobjects/Account/001SB0000999999", 404, "INVALID_CROSS_REFERENCE_KEY"),
        (Method::DELETE, "sobjects/Account/003SB0000999999", 400, "MALFORMED_ID"),
        (Method::PATCH, "sobjects/Account/001SB0000000001ZZZ", 400, "MALFORMED_ID"),
        (Method::DELETE, "sobjects/Account/rid", 404, "NOT_FOUND"),
        (Method::DELETE, "sobjects/User/005SB00000agent", 400, "INVALID_TYPE_FOR_OPERATION"),
        (Method::GET, "sobjects/Nope/001SB0000000001", 404, "NOT_FOUND"),
        (Method::GET, "nonsense", 404, "NOT_FOUND"),
    ];
    for (method, path, status, code) in cases {
        let body = (method == Method::PATCH).then(|| json!({}));
        let (got, answer) = it.rest(&token, method, path, body).await;
        assert_eq!((got, answer[0]["errorCode"].as_str().unwrap()), (status, code), "{path}: {answer}");
    }
}

/// Fields of every kind that the demo lacks.
async fn define_fields(it: &Driver) {
    it.set(
        "salesforce/objects",
        json!({"name": "Case", "fields": [
            {"name": "Severity__c", "type": "picklist", "restricted": true,
             "values": [{"value": "S1"}, {"value": "S0", "active": false}]},
            {"name": "Due__c", "type": "date"}, {"name": "Score__c", "type": "double"},
            {"name": "Code__c", "length": 5, "external_id": true, "unique": true, "case_sensitive": true},
        ]}),
    )
    .await;
}

#[tokio::test]
async fn values_are_checked_against_the_schema() {
    let it = Driver::start().await;
    let token = it.login().await;
    let account = made(&it, &token, "Account", json!({"Name": "x"})).await;
    define_fields(&it).await;
    let cases = [
        (
            "Case",
            json!({"Severity__c": "S2"}),
            "INVALID_OR_NULL_FOR_RESTRICTED_PICKLIST",
            "Severity: bad value for restricted picklist field: S2",
        ),
        ("Case", json!({"Severity__c": "S0"}), "INVALID_OR_NULL_FOR_RESTRICTED_PICKLIST", "S0"),
        (
            "Case",
            json!({"Code__c": "sixsix"}),
            "STRING_TOO_LONG",
            "Code: data value too large: sixsix (max length=5)",
        ),
        ("Case", json!({"Due__c": "2026-13-01"}), "JSON_PARSER_ERROR", "date"),
        ("Case", json!({"Score__c": "7"}), "JSON_PARSER_ERROR", "double"),
        ("Case", json!({"IsEscalated": "yes"}), "JSON_PARSER_ERROR", "boolean"),
        ("Case", json!({"Subject": ["x"]}), "JSON_PARSER_ERROR", "START_ARRAY"),
        (
            "Case",
            json!({"IsClosed": true, "CaseNumber": "1"}),
            "INVALID_FIELD_FOR_INSERT_UPDATE",
            "CaseNumber, IsClosed",
        ),
        (
            "Case",
            json!({"AccountId": "003SB0000000001"}),
            "MALFORMED_ID",
            "Account ID: id value of incorrect type",
        ),
        (
            "Case",
            json!({"ContactId": "003SB0000999999"}),
            "INVALID_CROSS_REFERENCE_KEY",
            "invalid cross reference id",
        ),
        (
            "Contact",
            json!({"LastName": "x", "Email": "a@b"}),
            "INVALID_EMAIL_ADDRESS",
            "Email: invalid email address: a@b",
        ),
        ("Account", json!({"Phone": "1"}), "REQUIRED_FIELD_MISSING", "Required fields are missing: [Name]"),
        ("CaseStatus", json!({"ApiName": "x"}), "INVALID_TYPE_FOR_OPERATION", "cannot be inserted"),
        ("Case", json!({"ParentId": account.clone()}), "MALFORMED_ID", "Parent Case ID"),
    ];
    for (object, fields, code, part) in cases {
        let (status, body) = it.rest(&token, Method::POST, &format!("sobjects/{object}"), Some(fields)).await;
        assert_eq!((status, body[0]["errorCode"].as_str().unwrap()), (400, code), "{body}");
        assert!(body[0]["message"].as_str().unwrap().contains(part), "{body}");
    }
}

#[tokio::test]
async fn values_come_back_as_they_were_sent_and_keys_may_mind_case() {
    let it = Driver::start().await;
    let token = it.login().await;
    define_fields(&it).await;
    let fields = json!({"Code__c": "ab", "Due__c": "2026-02-28", "Score__c": 1.5, "Severity__c": "s1"});
    let id = made(&it, &token, "Case", fields).await;
    made(&it, &token, "Case", json!({"Code__c": "AB"})).await;
    let (_, body) = it.rest(&token, Method::POST, "sobjects/Case", Some(json!({"Code__c": "ab"}))).await;
    let message = format!("duplicate value found: Code__c duplicates value on record with id: {}", &id[..15]);
    assert_eq!(body, json!([{"message": message, "errorCode": "DUPLICATE_VALUE", "fields": []}]));
    let (_, case) = it.rest(&token, Method::GET, "sobjects/Case/Code__c/ab", None).await;
    assert_eq!(
        (&case["Due__c"], &case["Score__c"], &case["Severity__c"]),
        (&json!("2026-02-28"), &json!(1.5), &json!("S1"))
    );
}

#[tokio::test]
async fn records_answer_conditional_requests() {
    let it = Driver::start().await;
    let token = it.login().await;
    let id = made(&it, &token, "Account", json!({"Name": "x"})).await;
    let path = format!("sobjects/Account/{id}");
    let first = it.data(&token, Method::GET, &path, None).send().await.unwrap();
    let header = |name: &str| first.headers()[name].to_str().unwrap().to_owned();
    let (tag, modified) = (header("etag"), header("last-modified"));
    for (name, value) in [("If-Modified-Since", modified.as_str()), ("If-None-Match", tag.as_str())] {
        let again = it.data(&token, Method::GET, &path, None).header(name, value).send().await.unwrap();
        assert_eq!(again.status(), 304, "{name}");
        assert_eq!(again.text().await.unwrap(), "");
    }
    it.set("clock", json!({"advance_seconds": 60})).await;
    let change = |body: Value| {
        it.data(&token, Method::PATCH, &path, Some(body)).header("If-Unmodified-Since", &modified)
    };
    assert_eq!(change(json!({"Phone": "1"})).send().await.unwrap().status(), 204);
    assert_eq!(change(json!({"Phone": "2"})).send().await.unwrap().status(), 412);
    let changed = it.data(&token, Method::GET, &path, None).header("If-Modified-Since", &modified);
    assert_eq!(changed.send().await.unwrap().status(), 200);
    let described = it.data(&token, Method::GET, "sobjects/Case/describe", None);
    let described = described.header("If-Modified-Since", &modified).send().await.unwrap();
    assert_eq!(described.status(), 304);
}

#[tokio::test]
async fn upserts_may_be_for_updates_only_and_may_lose_a_race() {
    let it = Driver::start().await;
    let token = it.login().await;
    let path = "sobjects/Case/Portal_Request_Id__c/k1";
    let body = || Some(json!({"Subject": "s"}));
    assert_eq!(status(&it, &token, Method::PATCH, &format!("{path}?updateOnly=true"), body()).await, 404);
    it.set("salesforce", json!({"upsert_races": 1})).await;
    let (status_code, lost) = it.rest(&token, Method::PATCH, path, body()).await;
    assert_eq!((status_code, &lost[0]["errorCode"]), (400, &json!("DUPLICATE_VALUE")));
    // The winner's record is there.
    let (_, winner) = it.rest(&token, Method::GET, path, None).await;
    assert!(lost[0]["message"].as_str().unwrap().ends_with(&winner["Id"].as_str().unwrap()[..15]));
    let (status_code, again) = it.rest(&token, Method::PATCH, path, body()).await;
    assert_eq!((status_code, &again["created"]), (200, &json!(false)));
    let old = it.http.patch(it.url(&format!("salesforce/services/data/v45.0/{path}"))).bearer_auth(&token);
    let old = old.header("Content-Type", "application/json").body(r#"{"Subject":"t"}"#).send().await.unwrap();
    assert_eq!((old.status().as_u16(), old.text().await.unwrap().as_str()), (204, ""));
    // A race lost inside a transaction: it is undone, the other request's record is not.
    it.set("salesforce", json!({"upsert_races": 1})).await;
    let part = |reference: &str, key: &str| {
        json!({
        "method": "PATCH", "referenceId": reference, "body": {"Subject": "s"},
        "url": format!("/services/data/v62.0/sobjects/Case/Portal_Request_Id__c/{key}")})
    };
    let request = json!({"allOrNone": true, "compositeRequest": [part("a", "k2"), part("b", "k3")]});
    let (_, answer) = it.rest(&token, Method::POST, "composite", Some(request)).await;
    assert_eq!(answer["compositeResponse"][0]["body"][0]["errorCode"], "DUPLICATE_VALUE");
    assert_eq!(it.rest(&token, Method::GET, "sobjects/Case/Portal_Request_Id__c/k2", None).await.0, 200);
    assert_eq!(it.rest(&token, Method::GET, "sobjects/Case/Portal_Request_Id__c/k3", None).await.0, 404);
}

#[tokio::test]
async fn logins_follow_the_organisations_policy() {
    let it = Driver::start().await;
    let refused = async |switches: Value, claims: Value| {
        it.set("salesforce", switches).await;
        let (status, body) = it.token(&it.assertion(&claims)).await;
        (
            status,
            body["error"].as_str().unwrap_or("").to_owned(),
            body["error_description"].as_str().unwrap_or("").to_owned(),
        )
    };
    let own = |error: &str, text: &str| (400, error.to_owned(), text.to_owned());
    let site = json!({"aud": "https://site.force.com/customers"});
    assert_eq!(refused(json!({}), site.clone()).await, own("invalid_grant", "audience is invalid"));
    assert_eq!(refused(json!({"audiences": ["https://site.force.com/customers"]}), site).await.0, 200);
    assert_eq!(
        refused(json!({"user_approved": false}), json!({})).await,
        own("invalid_grant", "user hasn't approved this consumer")
    );
    assert_eq!(
        refused(json!({"user_approved": true, "admin_approved": false}), json!({})).await,
        own("invalid_app_access", "user is not admin approved to access this app")
    );
    let far = json!({"exp": 9_999_999_999_u64});
    assert_eq!(
        refused(json!({"admin_approved": true, "max_assertion_age": 300}), far).await,
        own("invalid_grant", "expired authorization code")
    );
    assert_eq!(refused(json!({}), json!({})).await.0, 200);
    let (status, _) = it.control(Method::POST, "salesforce", Some(json!({"audience": []}))).await;
    assert_eq!(status, 422);
}

#[tokio::test]
async fn logins_may_say_more_than_needed_and_in_chunks() {
    let it = Driver::start().await;
    let token = it.login().await;
    let grant = "urn:ietf:params:oauth:grant-type:jwt-bearer";
    let assertion = it.assertion(&json!({}));
    let form = crate::driver::form(&[
        ("client_id", "x"),
        ("grant_type", grant),
        ("client_secret", "y"),
        ("assertion", &assertion),
    ]);
    let (first, second) = form.split_at(40);
    let pieces = [first.to_owned(), second.to_owned()].map(Ok::<_, std::io::Error>);
    let chunked = it
        .http
        .post(it.url("salesforce/services/oauth2/token"))
        .header("Content-Type", "application/x-www-form-urlencoded")
        .body(reqwest::Body::wrap_stream(futures::stream::iter(pieces)));
    assert_eq!(chunked.send().await.unwrap().status(), 200);

    let login = json_of(
        it.post_form("salesforce/services/oauth2/token", &[("grant_type", grant), ("assertion", &assertion)])
            .send()
            .await
            .unwrap(),
    )
    .await;
    let identity = it.http.get(login["id"].as_str().unwrap()).bearer_auth(&token).send().await.unwrap();
    assert_eq!(json_of(identity).await["username"], sandbox::demo::SF_USERNAME);
    let revoked =
        it.post_form("salesforce/services/oauth2/revoke", &[("token", &token)]).send().await.unwrap();
    assert_eq!(revoked.status(), 200);
    assert_eq!(it.rest(&token, Method::GET, "limits", None).await.0, 401);
}

#[tokio::test]
async fn the_schema_describes_itself() {
    let it = Driver::start().await;
    let token = it.login().await;
    let (_, global) = it.rest(&token, Method::GET, "sobjects", None).await;
    let names: Vec<&str> = global["sobjects"]
        .as_array()
        .unwrap()
        .iter()
        .map(|object| object["name"].as_str().unwrap())
        .collect();
    for name in ["Account", "Case", "CaseComment", "CaseHistory", "ContentVersion", "EmailMessage"] {
        assert!(names.contains(&name), "{name}");
    }
    let (_, case) = it.rest(&token, Method::GET, "sobjects/case/describe", None).await;
    let field = |name: &str| {
        case["fields"].as_array().unwrap().iter().find(|field| field["name"] == name).unwrap().clone()
    };
    let status = field("Status");
    let first =
        json!({"active": true, "defaultValue": true, "label": "New", "validFor": null, "value": "New"});
    assert_eq!((&status["type"], &status["picklistValues"][0]), (&json!("picklist"), &first));
    assert_eq!(
        (&field("Description")["filterable"], &field("Description")["sortable"]),
        (&json!(false), &json!(false))
    );
    let key = field("Portal_Request_Id__c");
    assert_eq!(
        (&key["externalId"], &key["unique"], &key["idLookup"]),
        (&json!(true), &json!(true), &json!(true))
    );
    assert_eq!(field("OwnerId")["referenceTo"], json!(["User", "Group"]));
    let relations: Vec<&str> = case["childRelationships"]
        .as_array()
        .unwrap()
        .iter()
        .filter_map(|child| child["relationshipName"].as_str())
        .collect();
    for name in ["CaseComments", "EmailMessages", "Histories", "ContentDocumentLinks"] {
        assert!(relations.contains(&name), "{name}");
    }
    let (_, basic) = it.rest(&token, Method::GET, "sobjects/Case", None).await;
    assert_eq!(basic["objectDescribe"]["keyPrefix"], "500");
    let (status, _) =
        it.control(Method::POST, "salesforce/objects", Some(json!({"name": "X__c", "prefix": "500"}))).await;
    assert_eq!(status, 422);
}
