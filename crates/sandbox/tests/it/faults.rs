//! Every kind of fault, on both HTTP targets.

use std::time::{Duration, Instant};

use reqwest::Method;
use serde_json::{Value, json};

use crate::driver::{Driver, json_of};

fn fault(target: &str, action: &str, kind: &str) -> Value {
    json!({"target": target, "action": action, "kind": kind, "times": 1})
}

const NEW_CLIENT: [(&str, &str); 3] =
    [("email", "new@example.net"), ("password2", "x"), ("skipvalidation", "1")];

async fn clients(it: &Driver) -> usize {
    let (_, ledger) = it.control(Method::GET, "ledger", None).await;
    ledger["whmcs"]["clients"].as_object().unwrap().len()
}

#[tokio::test]
async fn answers_are_replaced_without_doing_anything() {
    let it = Driver::start().await;
    let before = clients(&it).await;
    for (kind, status, json) in [("status", 503, false), ("html", 500, false), ("error", 200, true)] {
        it.fault(fault("whmcs", "AddClient", kind)).await;
        let answer = it.api("AddClient", &NEW_CLIENT).send().await.unwrap();
        assert_eq!(answer.status(), status, "{kind}");
        let kind_of = answer.headers()["content-type"].to_str().unwrap().to_owned();
        assert_eq!(kind_of.starts_with("application/json"), json, "{kind}");
    }
    it.fault(fault("whmcs", "addclient", "dropped")).await;
    let error = it.api("AddClient", &NEW_CLIENT).send().await.unwrap_err();
    assert!(error.is_request(), "{error:?}");
    assert_eq!(clients(&it).await, before);
    assert_eq!(it.whmcs("AddClient", &NEW_CLIENT).await["result"], "success");
}

#[tokio::test]
async fn writes_are_done_although_the_answer_is_lost() {
    for kind in ["null", "cut", "wrong_types", "did_then_failed", "did_then_dropped"] {
        let it = Driver::start().await;
        let before = clients(&it).await;
        it.fault(fault("whmcs", "AddClient", kind)).await;
        let answer = it.api("AddClient", &NEW_CLIENT).send().await;
        match (kind, answer) {
            ("did_then_dropped", answer) => assert!(answer.is_err()),
            ("cut", answer) => {
                let answer = answer.unwrap();
                assert_eq!(answer.status(), 200);
                assert!(answer.text().await.is_err());
            }
            ("did_then_failed", answer) => assert_eq!(answer.unwrap().status(), 500),
            ("null", answer) => assert_eq!(json_of(answer.unwrap()).await, Value::Null),
            (_, answer) => {
                let body = json_of(answer.unwrap()).await;
                assert_eq!(body["result"], "success");
                assert!(body["clientid"].is_object(), "{body}");
            }
        }
        assert_eq!(clients(&it).await, before + 1, "{kind}");
    }
}

#[tokio::test]
async fn latency_adds_up_and_goes_before_the_next_fault() {
    let it = Driver::start().await;
    for _ in 0..2 {
        it.fault(json!({"target": "whmcs", "action": "*", "kind": "latency", "ms": 60, "times": null})).await;
    }
    it.fault(json!({"target": "whmcs", "action": "*", "kind": "status", "status": 429, "retry_after": 7}))
        .await;
    let started = Instant::now();
    let answer = it.api("GetCurrencies", &[]).send().await.unwrap();
    assert!(started.elapsed() >= Duration::from_millis(120));
    assert_eq!((answer.status().as_u16(), answer.headers()["retry-after"].to_str().unwrap()), (429, "7"));
    assert_eq!(it.control(Method::DELETE, "faults", None).await.0, 204);
    assert_eq!(it.whmcs("GetCurrencies", &[]).await["result"], "success");
}

#[tokio::test]
async fn a_write_is_done_although_the_client_gave_up_waiting() {
    let it = Driver::start().await;
    it.fault(json!({"target": "whmcs", "action": "AddClient", "kind": "latency", "ms": 250, "times": 2}))
        .await;
    let short = Duration::from_millis(50);
    assert!(it.api("AddClient", &NEW_CLIENT).timeout(short).send().await.unwrap_err().is_timeout());
    // Waits as long as the first and began later, so the first is over when this one is answered.
    let message = it.refused("AddClient", &NEW_CLIENT).await;
    assert_eq!(message, "A user already exists with that email address");
    let (_, calls) = it.control(Method::GET, "requests?action=AddClient", None).await;
    assert_eq!(calls.as_array().unwrap().len(), 2);
}

#[tokio::test]
async fn faults_end_after_their_times_and_hit_only_their_action() {
    let it = Driver::start().await;
    it.fault(json!({"target": "whmcs", "action": "GetInvoices", "kind": "html", "times": 2})).await;
    assert_eq!(it.whmcs("GetCurrencies", &[]).await["result"], "success");
    for status in [500, 500, 200] {
        assert_eq!(it.api("GetInvoices", &[]).send().await.unwrap().status(), status);
    }
}

#[tokio::test]
async fn salesforce_refuses_in_its_own_form() {
    let it = Driver::start().await;
    let token = it.login().await;
    it.fault(json!({"target": "salesforce", "action": "query", "kind": "status", "status": 401, "times": 1}))
        .await;
    let (status, body) = it.query(&token, "SELECT COUNT() FROM Case").await;
    assert_eq!((status, body[0]["errorCode"].as_str().unwrap()), (401, "INVALID_SESSION_ID"));
    it.fault(
        json!({"target": "salesforce", "action": "query", "kind": "error", "code": "UNABLE_TO_LOCK_ROW",
                    "message": "unable to obtain exclusive access", "times": 1}),
    )
    .await;
    let (status, body) = it.query(&token, "SELECT COUNT() FROM Case").await;
    assert_eq!((status, body[0]["errorCode"].as_str().unwrap()), (400, "UNABLE_TO_LOCK_ROW"));
    it.fault(json!({"target": "salesforce", "action": "token", "kind": "error", "times": 1,
                    "code": "invalid_app_access", "message": "user is not admin approved to access this app"}))
        .await;
    let (status, body) = it.token(&it.assertion(&json!({}))).await;
    assert_eq!((status, body["error"].as_str().unwrap()), (400, "invalid_app_access"));
    it.fault(fault("salesforce", "upsert", "did_then_dropped")).await;
    let path = "sobjects/Account/WHMCS_Client_Id__c/900";
    assert!(it.data(&token, Method::PATCH, path, Some(json!({"Name": "x"}))).send().await.is_err());
    assert_eq!(it.rest(&token, Method::GET, path, None).await.0, 200);
}

#[tokio::test]
async fn a_nonsense_fault_is_refused() {
    let it = Driver::start().await;
    for body in [
        json!({"target": "whmcs", "action": "*", "kind": "explode"}),
        json!({"target": "whmcs", "action": "*", "kind": "html", "typo": 1}),
        json!({"target": "whmcs", "action": "*", "kind": "status", "status": 99}),
    ] {
        assert_eq!(it.control(Method::POST, "faults", Some(body)).await.0, 422);
    }
}
