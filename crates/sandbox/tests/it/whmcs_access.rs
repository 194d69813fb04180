//! Addresses, administrators, forms of answer, statuses, paging limits, the version table.

use sandbox::demo;
use serde_json::{Value, json};

use crate::driver::{Driver, Pairs, json_of};

async fn told(it: &Driver, action: &str, params: Pairs<'_>) -> (u16, String) {
    let response = it.api(action, params).send().await.unwrap();
    let status = response.status().as_u16();
    (status, json_of(response).await["message"].as_str().unwrap_or("none").to_owned())
}

#[tokio::test]
async fn the_address_is_checked_after_the_credential_and_before_the_role() {
    let it = Driver::start().await;
    it.set("config", json!({"allowed_ips": ["192.0.2.1"], "denied_actions": ["GetProducts"]})).await;
    assert_eq!(told(&it, "GetProducts", &[]).await, (403, "Invalid IP 127.0.0.1".to_owned()));
    assert_eq!(told(&it, "GetProducts", &[("secret", "x")]).await, (403, "Authentication Failed".to_owned()));
    it.set("config", json!({"seen_ip": "2001:db8::7", "invalid_ip": "bad_request"})).await;
    assert_eq!(told(&it, "GetProducts", &[]).await, (400, "Invalid IP 2001:db8::7".to_owned()));
    it.set("config", json!({"seen_ip": "192.0.2.1"})).await;
    let (status, message) = told(&it, "GetProducts", &[]).await;
    assert_eq!(
        (status, message.as_str()),
        (403, "Invalid Permissions: API action \"getproducts\" is not allowed")
    );
    it.set("config", json!({"banned_ips": ["192.0.2.1"]})).await;
    assert_eq!(told(&it, "GetCurrencies", &[]).await, (403, "Forbidden IP 192.0.2.1".to_owned()));
}

#[tokio::test]
async fn the_access_key_passes_the_address_check() {
    let it = Driver::start().await;
    it.set("config", json!({"allowed_ips": ["192.0.2.1"], "access_key": "let.me(in)"})).await;
    assert_eq!(told(&it, "GetCurrencies", &[("accesskey", "wrong")]).await.0, 403);
    assert_eq!(told(&it, "GetCurrencies", &[("accesskey", "let.me(in)")]).await.0, 200);
    let pairs = [
        ("action", "GetCurrencies"),
        ("identifier", demo::IDENTIFIER),
        ("secret", demo::SECRET),
        ("responsetype", "json"),
    ];
    let path = "whmcs/includes/api.php?accesskey=let.me(in)";
    assert_eq!(it.post_form(path, &pairs).send().await.unwrap().status(), 200);
}

#[tokio::test]
async fn an_administrator_can_call_with_the_md5_of_the_password() {
    let it = Driver::start().await;
    let call = async |password: &'static str| {
        let pairs = [
            ("action", "GetCurrencies"),
            ("username", "sandbox-admin"),
            ("password", password),
            ("responsetype", "json"),
        ];
        it.post_form("whmcs/includes/api.php", &pairs).send().await.unwrap().status().as_u16()
    };
    assert_eq!(call("9cc2ae8a1ba7a93da39b46fc1019c481").await, 200);
    assert_eq!(call(demo::PASSWORD).await, 403);
    for (state, message) in [("disabled", "Administrator Account Disabled"), ("denied", "Access Denied")] {
        it.set("config", json!({"admin": state})).await;
        assert_eq!(told(&it, "GetCurrencies", &[]).await, (403, message.to_owned()));
    }
}

#[tokio::test]
async fn unknown_actions_and_business_errors_take_the_status_of_the_switches() {
    let it = Driver::start().await;
    it.set("config", json!({"unknown_action": "not_found", "business_error": "bad_request"})).await;
    assert_eq!(told(&it, "NoSuchThing", &[]).await, (200, "API Function Not Found".to_owned()));
    assert_eq!(
        told(&it, "GetInvoice", &[("invoiceid", "999")]).await,
        (400, "Invoice ID Not Found".to_owned())
    );
    it.set("config", json!({"default_response": "json"})).await;
    let pairs = [("action", "WhmcsDetails"), ("identifier", demo::IDENTIFIER), ("secret", demo::SECRET)];
    let response = it.post_form("whmcs/includes/api.php", &pairs).send().await.unwrap();
    assert_eq!(response.headers()["content-type"], "application/json");
}

#[tokio::test]
async fn a_largest_page_caps_what_is_asked() {
    let it = Driver::start().await;
    it.set("config", json!({"max_limit": 3})).await;
    let body = it.whmcs("GetInvoices", &[("userid", "42"), ("limitnum", "100")]).await;
    assert_eq!((&body["numreturned"], &body["totalresults"]), (&json!(3), &json!(10)));
    let rest = it.whmcs("GetInvoices", &[("userid", "42"), ("limitnum", "100"), ("limitstart", "9")]).await;
    assert_eq!(rest["numreturned"], 1);
    let beyond =
        it.whmcs("GetInvoices", &[("userid", "42"), ("status", "Unpaid"), ("limitstart", "9")]).await;
    assert_eq!((&beyond["numreturned"], &beyond["totalresults"]), (&json!(0), &json!(3)));
}

#[tokio::test]
async fn rows_can_come_keyed_or_bare() {
    let it = Driver::start().await;
    it.set("config", json!({"row_list": "keyed"})).await;
    let body = it.whmcs("GetTransactions", &[("clientid", "42")]).await;
    assert!(body["transactions"]["transaction"]["0"]["transid"].is_string(), "{body}");
    it.set("config", json!({"row_list": "bare_single"})).await;
    let body = it.whmcs("GetTransactions", &[("invoiceid", "1")]).await;
    assert_eq!(body["transactions"]["transaction"]["invoiceid"], "1");
    let several = it.whmcs("GetTransactions", &[("clientid", "42")]).await;
    assert!(several["transactions"]["transaction"].is_array());
}

#[tokio::test]
async fn bytes_that_are_no_text_spoil_the_whole_json_answer_but_not_the_xml() {
    let it = Driver::start().await;
    let id = it.set("services", json!({"client_id": 43, "malformed": true})).await["id"].to_string();
    let message = it.refused("GetClientsProducts", &[("clientid", "43")]).await;
    assert_eq!(
        message,
        "Error generating JSON encoded response: Malformed UTF-8 characters, possibly incorrectly encoded"
    );
    let xml = it.api("GetClientsProducts", &[("clientid", "43"), ("responsetype", "xml")]);
    assert!(xml.send().await.unwrap().text().await.unwrap().contains(&format!("<id>{id}</id>")));
    assert_eq!(it.whmcs("GetClientsProducts", &[("clientid", "42")]).await["result"], "success");
}

#[tokio::test]
async fn every_switch_is_read_and_wrong_values_are_refused() {
    let it = Driver::start().await;
    let (_, before) = it.control(reqwest::Method::GET, "config", None).await;
    let defaults: Value = before.clone();
    for (name, value) in defaults.as_object().unwrap() {
        let answer = it.set("config", json!({ name: value })).await;
        assert_eq!(answer[name], *value);
    }
    let wrong = it.control(reqwest::Method::POST, "config", Some(json!({"no_invoice": "nonsense"}))).await;
    assert_eq!(wrong.0, 422);
    let unknown = it.control(reqwest::Method::POST, "config", Some(json!({"no_such_switch": 1}))).await;
    assert_eq!(unknown.0, 422);
}
