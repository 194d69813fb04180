//! `POST /api/invoices/{id}/sso-link`: the link that signs a customer in to WHMCS. It opens the whole account there, so nearly everything
//! here is about when there is none.

use std::time::Duration;

use reqwest::{
    Method, Response,
    header::{COOKIE, LOCATION, SET_COOKIE},
};
use serde_json::{Value, json};

use crate::helpers::{Answer, Browser, PASSWORD, TestApp, new_key, on_both_engines, with_settings};

on_both_engines!(
    each_purpose_leads_to_its_page,
    only_what_is_open_can_be_paid,
    there_is_no_link_to_somebody_elses_invoice,
    an_old_password_must_be_proved_anew,
    a_customer_who_switched_single_sign_on_off_gets_a_reason,
    a_failing_whmcs_gives_no_link,
    no_link_is_made_on_the_strength_of_an_old_copy,
    every_key_gets_a_token_of_its_own,
);

async fn ask(browser: &Browser<'_>, invoice: u64, purpose: &str) -> Answer {
    browser
        .post_with_key(
            &format!("/api/invoices/{invoice}/sso-link"),
            &new_key(),
            &json!({ "purpose": purpose }),
        )
        .await
}

fn link(answer: &Answer) -> String {
    answer.json()["data"]["url"].as_str().unwrap().to_owned()
}

async fn tokens(app: &TestApp) -> usize {
    app.calls("whmcs", "CreateSsoToken").await
}

/// Opens a link as a new tab would; the answer is not followed.
async fn open(app: &TestApp, url: &str) -> Response {
    app.http.get(url).send().await.unwrap()
}

fn header(answer: &Response, name: &reqwest::header::HeaderName) -> String {
    answer.headers().get(name).map_or(String::new(), |value| value.to_str().unwrap().to_owned())
}

async fn each_purpose_leads_to_its_page(app: &TestApp) {
    let ada = app.signed_in("ada@example.com").await;
    let pages = [
        ("pay", "viewinvoice.php?id=7", "INV-00007"),
        ("view", "viewinvoice.php?id=7", "INV-00007"),
        ("pdf", "dl.php?type=i&id=7", "%PDF-"),
    ];
    for (purpose, page, text) in pages {
        let answer = ask(&ada, 7, purpose).await.expect(200);
        assert_eq!(answer.header("cache-control"), "no-store");
        let url = link(&answer);
        assert!(
            url.starts_with(app.sandbox.base_url().as_str()),
            "the link leads to WHMCS and nowhere else: {url}"
        );

        let entered = open(app, &url).await;
        assert_eq!(entered.status(), 302, "{purpose}");
        assert_eq!(header(&entered, &LOCATION), format!("/whmcs/{page}"));
        let session = header(&entered, &SET_COOKIE).split(';').next().unwrap().to_owned();
        let there = app.sandbox.base_url().join(&header(&entered, &LOCATION)).unwrap();
        let shown = app.http.get(there).header(COOKIE, session).send().await.unwrap();
        assert_eq!(shown.status(), 200);
        let shown = String::from_utf8_lossy(&shown.bytes().await.unwrap()).into_owned();
        assert!(shown.contains(text), "{purpose}: {shown}");

        assert_eq!(open(app, &url).await.status(), 403, "a link works once");
    }
    let late = link(&ask(&ada, 7, "view").await.expect(200));
    app.advance(Duration::from_secs(61)).await;
    assert_eq!(open(app, &late).await.status(), 403, "a link works for a minute");
}

async fn only_what_is_open_can_be_paid(app: &TestApp) {
    let ada = app.signed_in("ada@example.com").await;
    for (invoice, state) in [(1, "paid"), (3, "refunded"), (4, "cancelled"), (9, "payment pending")] {
        ask(&ada, invoice, "pay").await.expect_problem(409, "conflict.invoice_state");
        assert_eq!(tokens(app).await, 0, "{state}");
    }
    ask(&ada, 10, "pay").await.expect_problem(404, "not_found");
    assert_eq!(tokens(app).await, 0, "a draft is not there");
    for invoice in [5, 6, 7, 8] {
        ask(&ada, invoice, "pay").await.expect(200);
    }
    ask(&ada, 1, "view").await.expect(200);
    ask(&ada, 4, "pdf").await.expect(200);
    assert_eq!(tokens(app).await, 6);

    // Paid at WHMCS a moment ago: what the portal knew before does not count.
    app.control("invoices/7/pay", json!({})).await;
    app.clock.advance(Duration::from_secs(3));
    ask(&ada, 7, "pay").await.expect_problem(409, "conflict.invoice_state");
}

async fn there_is_no_link_to_somebody_elses_invoice(app: &TestApp) {
    let ada = app.signed_in("ada@example.com").await;
    let mallory = app.signed_in("mallory@example.com").await;
    for purpose in ["pay", "view", "pdf"] {
        ask(&mallory, 7, purpose).await.expect_problem(404, "not_found");
        ask(&ada, 999_999, purpose).await.expect_problem(404, "not_found");
    }
    assert_eq!(tokens(app).await, 0);
}

async fn an_old_password_must_be_proved_anew(app: &TestApp) {
    let ada = app.signed_in("ada@example.com").await;
    app.advance(Duration::from_mins(20)).await;
    ask(&ada, 7, "view").await.expect(200);
    app.advance(Duration::from_mins(10)).await;
    ask(&ada, 7, "view").await.expect(200);
    app.advance(Duration::from_secs(1)).await;
    ask(&ada, 7, "view").await.expect_problem(403, "auth.step_up_required");
    assert_eq!(tokens(app).await, 2);
    ada.get("/api/invoices/7").await.expect(200);

    ada.log_in("ada@example.com", "wrong horse battery staple")
        .await
        .expect_problem(401, "auth.invalid_credentials");
    ask(&ada, 7, "view").await.expect_problem(403, "auth.step_up_required");
    ada.log_in("ada@example.com", PASSWORD).await.expect(200);
    ask(&ada, 7, "view").await.expect(200);
}

async fn a_customer_who_switched_single_sign_on_off_gets_a_reason(app: &TestApp) {
    let person = json!({ "email": "emmy@example.com", "first_name": "Emmy", "last_name": "Noether", "allow_sso": false });
    let client = app.control("people", person).await["client_id"].clone();
    let new = json!({ "client_id": client, "lines": [{ "description": "Hosting", "amount": "10.00" }] });
    let invoice = app.control("invoices", new).await["id"].as_u64().unwrap();
    let emmy = app.signed_in("emmy@example.com").await;
    let refused = ask(&emmy, invoice, "pay").await.expect_problem(409, "conflict.single_sign_on_blocked");
    assert!(!String::from_utf8_lossy(&refused.body).contains("blocked for client"), "no text of WHMCS");
}

async fn a_failing_whmcs_gives_no_link(app: &TestApp) {
    let ada = app.signed_in("ada@example.com").await;
    let faults = [
        (json!({ "kind": "dropped" }), 503, "upstream.unavailable"),
        (json!({ "kind": "status", "status": 503, "retry_after": 9 }), 503, "upstream.unavailable"),
        (json!({ "kind": "html", "message": "canary-of-whmcs" }), 502, "upstream.invalid"),
        (json!({ "kind": "error", "message": "canary-of-whmcs" }), 502, "upstream.invalid"),
        (json!({ "kind": "null" }), 502, "upstream.invalid"),
        (json!({ "kind": "wrong_types" }), 502, "upstream.invalid"),
        (json!({ "kind": "latency", "ms": 4_000 }), 504, "upstream.timeout"),
    ];
    for (fault, status, code) in faults {
        let mut planted = fault.clone();
        let place = json!({ "target": "whmcs", "action": "CreateSsoToken", "times": 1 });
        planted.as_object_mut().unwrap().extend(place.as_object().unwrap().clone());
        app.fault(planted).await;
        let refused = ask(&ada, 7, "pay").await.expect_problem(status, code);
        let text = String::from_utf8_lossy(&refused.body);
        assert!(!text.contains("canary") && !text.contains("singlesignon"), "{fault}: {text}");
        assert_ne!(refused.header("retry-after"), "", "{fault}");
    }
    ask(&ada, 7, "pay").await.expect(200);
}

async fn no_link_is_made_on_the_strength_of_an_old_copy(app: &TestApp) {
    let ada = app.signed_in("ada@example.com").await;
    ada.get("/api/invoices/7").await.expect(200);
    app.clock.advance(Duration::from_secs(10));
    app.fault(json!({ "target": "whmcs", "action": "GetInvoice", "kind": "dropped" })).await;
    ada.get("/api/invoices/7").await.expect(200);
    let refused = ask(&ada, 7, "pay").await.expect_problem(503, "upstream.unavailable");
    assert_ne!(refused.header("retry-after"), "");
    assert_eq!(tokens(app).await, 0);
}

async fn every_key_gets_a_token_of_its_own(app: &TestApp) {
    let ada = app.signed_in("ada@example.com").await;
    let (one, two) = (ask(&ada, 7, "view").await.expect(200), ask(&ada, 7, "view").await.expect(200));
    assert_ne!(link(&one), link(&two), "links are in no cache");
    assert_eq!(tokens(app).await, 2);
    let read = ada.request(Method::GET, "/api/invoices/7/sso-link");
    ada.send(read).await.expect_problem(405, "request.method_not_allowed");
}

#[actix_web::test]
async fn links_are_counted_by_the_hour() {
    with_settings(&[("PORTAL_LIMIT_SSO_LINKS", "3")], async |app| {
        let ada = app.signed_in("ada@example.com").await;
        let mallory = app.signed_in("mallory@example.com").await;
        for _ in 0..3 {
            ask(&ada, 7, "view").await.expect(200);
        }
        let key = new_key();
        let body: Value = json!({ "purpose": "view" });
        let limited = ada
            .post_with_key("/api/invoices/7/sso-link", &key, &body)
            .await
            .expect_problem(429, "rate_limited");
        let wait: u64 = limited.header("retry-after").parse().unwrap();
        assert!((1..=1200).contains(&wait), "{wait}");
        assert_eq!(tokens(app).await, 3);
        ask(&mallory, 14, "view").await.expect(200);
        app.advance(Duration::from_secs(wait)).await;
        ada.post_with_key("/api/invoices/7/sso-link", &key, &body).await.expect(200);
    })
    .await;
}
