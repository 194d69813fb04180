//! The pages at `/` and below `/_sandbox`: what they show and what their forms do.

use reqwest::Method;
use serde_json::{Value, json};

use crate::driver::{Driver, Pairs};

async fn post(it: &Driver, path: &str, pairs: Pairs<'_>) -> (u16, String) {
    let response = it.post_form(path, pairs).send().await.unwrap();
    let status = response.status().as_u16();
    let location = response.headers().get("location").map(|to| to.to_str().unwrap().to_owned());
    (status, location.unwrap_or(response.text().await.unwrap()))
}

#[tokio::test]
async fn every_page_is_there_and_links_to_the_others() {
    let it = Driver::start().await;
    it.fault(json!({"target": "whmcs", "action": "<b>", "kind": "status", "times": 3})).await;
    it.whmcs("GetCurrencies", &[]).await;
    for (path, shows) in [
        ("", "linus@example.com"),
        ("_sandbox/requests", "GetCurrencies"),
        ("_sandbox/ledger", "Lovelace &amp; Daughters"),
        ("_sandbox/ledger/invoices", "INV-00007"),
        ("_sandbox/ledger/services", "lovelace.example"),
        ("_sandbox/ledger/cases", "Cannot reach the control panel"),
        ("_sandbox/ledger/mail", "Nothing yet."),
        ("_sandbox/faults", "&lt;b&gt;"),
        ("_sandbox/switches", "denied_actions"),
        ("_sandbox/webhooks", "Nobody listens yet."),
    ] {
        let (status, page) = it.page("", path).await;
        assert_eq!(status, 200, "{path}");
        assert!(page.contains(shows), "{path}");
        assert!(page.contains("href=\"/_sandbox/webhooks\"") && !page.contains("<script"), "{path}");
    }
    assert_eq!(it.page("", "_sandbox/ledger/nothing").await.0, 422);
    assert_eq!(it.page("", "_sandbox/overview.css").await.0, 200);
}

#[tokio::test]
async fn the_ledger_is_shown_in_pages() {
    let it = Driver::seeded(sandbox::Seed::DemoWithBulk).await;
    let (_, first) = it.page("", "_sandbox/ledger/invoices").await;
    assert!(first.contains("1 to 50 of 5016") && first.contains("?from=50") && !first.contains("Newer"));
    let (_, last) = it.page("", "_sandbox/ledger/invoices?from=5000").await;
    assert!(last.contains("5001 to 5016 of 5016") && last.contains("?from=4950") && !last.contains("Older"));
}

#[tokio::test]
async fn a_person_can_be_entered_from_the_overview() {
    let it = Driver::start().await;
    let (status, to) = post(&it, "_sandbox/sign-in", &[("user_id", "43"), ("client_id", "45")]).await;
    assert_eq!(status, 303);
    let (status, _) = it.page("", to.trim_start_matches('/')).await;
    assert_eq!(status, 302);
}

#[tokio::test]
async fn faults_switches_and_the_clock_are_changed_by_forms() {
    let it = Driver::start().await;
    let fault =
        [("target", "whmcs"), ("action", "*"), ("kind", "rate_limited"), ("retry_after", "5"), ("times", "")];
    assert_eq!(post(&it, "_sandbox/faults", &fault).await.0, 303);
    let (_, planted) = it.control(Method::GET, "faults", None).await;
    assert_eq!((&planted[0]["retry_after"], &planted[0]["times"]), (&json!(5), &Value::Null));
    let wrong = [("target", "whmcs"), ("action", "*"), ("kind", "redirect")];
    let (status, page) = post(&it, "_sandbox/faults", &wrong).await;
    assert!(status == 422 && page.contains("redirect needs to"));
    assert_eq!(post(&it, "_sandbox/faults/clear", &[("id", "1")]).await.0, 303);
    assert_eq!(it.control(Method::GET, "faults", None).await.1, json!([]));

    let switches = [("profile", "stringy"), ("denied_actions", "[\"GetUsers\"]"), ("api_quota", "7")];
    assert_eq!(post(&it, "_sandbox/switches", &switches).await.0, 303);
    let (_, config) = it.control(Method::GET, "config", None).await;
    assert_eq!((&config["profile"], &config["denied_actions"]), (&json!("stringy"), &json!(["getusers"])));
    let (_, quota) = it.control(Method::GET, "ledger?part=salesforce.api_quota", None).await;
    assert_eq!(quota, 7);
    assert_eq!(post(&it, "_sandbox/switches", &[("profile", "odd")]).await.0, 422);

    assert_eq!(post(&it, "_sandbox/clock", &[("set", "2031-02-03T04:05:06Z")]).await.0, 303);
    assert_eq!(post(&it, "_sandbox/clock", &[("advance", "86400")]).await.0, 303);
    let (_, now) = it.control(Method::GET, "clock", None).await;
    assert!(now["now"].as_str().unwrap().starts_with("2031-02-04T04:05:"));
    assert_eq!(post(&it, "_sandbox/clock", &[("set", "tomorrow")]).await.0, 422);
    assert_eq!(post(&it, "_sandbox/reset", &[("seed", "")]).await.0, 303);
    assert_eq!(it.control(Method::GET, "config", None).await.1["profile"], "typed");
}

#[tokio::test]
async fn webhooks_are_registered_switched_fired_and_listed_by_forms() {
    let it = Driver::start().await;
    // Nobody listens there; the delivery fails at once.
    let receiver = [
        ("url", "http://127.0.0.1:1/hook"),
        ("source", "whmcs"),
        ("secret", "a secret of more than twenty-four bytes"),
        ("events", "[\"InvoicePaid\"]"),
    ];
    assert_eq!(post(&it, "_sandbox/webhooks", &receiver).await.0, 303);
    assert_eq!(post(&it, "_sandbox/webhooks", &[("url", "nowhere"), ("source", "whmcs")]).await.0, 422);
    let switches = [("duplicate", "2"), ("delay_ms", ""), ("hold", "on")];
    assert_eq!(post(&it, "_sandbox/webhooks/1", &switches).await.0, 303);
    let (_, listed) = it.control(Method::GET, "webhooks", None).await;
    assert_eq!(
        (&listed[0]["switches"]["duplicate"], &listed[0]["switches"]["hold"]),
        (&json!(2), &json!(true))
    );
    let event = [("event", "InvoicePaid"), ("ids", "{\"invoiceid\": 6}")];
    assert_eq!(post(&it, "_sandbox/webhooks/fire", &event).await.0, 303);
    assert_eq!(post(&it, "_sandbox/webhooks/fire", &[("event", "InvoicePaid"), ("ids", "6")]).await.0, 422);
    assert_eq!(post(&it, "_sandbox/webhooks/flush", &[]).await.0, 303);
    let (_, page) = it.page("", "_sandbox/webhooks").await;
    assert!(page.contains("no answer") && page.contains("&quot;invoiceid&quot;:6"));
    assert_eq!(post(&it, "_sandbox/webhooks/1/forget", &[]).await.0, 303);
    assert_eq!(it.control(Method::GET, "webhooks", None).await.1, json!([]));
}
