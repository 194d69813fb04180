//! Invoices from the cache: how old a copy may be, who asks WHMCS, and what is shown when WHMCS does not answer.

use std::time::{Duration, Instant};

use futures::future::join_all;
use portal_api::{domain::account::BillingAccount, upstream::billing::InvoiceQuery};
use reqwest::Method;
use serde_json::{Value, json};
use shared_types::billing::InvoiceSort;

use crate::helpers::{Answer, Browser, TestApp, eventually, on_both_engines, with_settings};

on_both_engines!(
    a_second_read_is_a_copy,
    an_old_copy_is_shown_at_once_and_renewed_behind,
    a_copy_that_is_too_old_is_read_anew,
    no_cache_asks_whmcs,
    equal_misses_share_one_call,
    another_replica_reads_on_its_own_terms,
);

async fn reads(app: &TestApp) -> usize {
    app.calls("whmcs", "GetInvoices").await
}

#[track_caller]
fn meta(answer: &Answer) -> (String, bool) {
    let meta = answer.json()["meta"].clone();
    (meta["source"].as_str().unwrap().to_owned(), meta["stale"].as_bool().unwrap())
}

fn was(source: &str, stale: bool) -> (String, bool) {
    (source.to_owned(), stale)
}

async fn a_second_read_is_a_copy(app: &TestApp) {
    let ada = app.signed_in("ada@example.com").await;
    for (path, action) in [("/api/invoices", "GetInvoices"), ("/api/invoices/7", "GetInvoice")] {
        let first = ada.get(path).await.expect(200);
        assert_eq!(meta(&first), was("live", false));
        assert_eq!(first.json()["meta"]["as_of"], json!(app.clock.now()));
        app.clock.advance(Duration::from_mins(1));
        let second = ada.get(path).await.expect(200);
        assert_eq!(meta(&second), was("cache", false));
        assert_eq!(second.json()["data"], first.json()["data"]);
        assert_eq!(second.json()["meta"]["as_of"], first.json()["meta"]["as_of"], "as old as it is");
        assert_eq!(app.calls("whmcs", action).await, 1);
    }
    app.clock.advance(Duration::from_mins(20));
    ada.get("/api/invoices").await.expect(200);
    assert_eq!(reads(app).await, 2);
    // Another page, order or filter is another list.
    ada.get("/api/invoices?page=2").await.expect(200);
    ada.get("/api/invoices?sort=total").await.expect(200);
    ada.get("/api/invoices?status=paid").await.expect(200);
    assert_eq!(reads(app).await, 5);
    // What the defaults are called does not matter.
    ada.get("/api/invoices?page=1&size=25&sort=-issued_on").await.expect(200);
    assert_eq!(reads(app).await, 5);
}

async fn an_old_copy_is_shown_at_once_and_renewed_behind(app: &TestApp) {
    let ada = app.signed_in("ada@example.com").await;
    let first = ada.get("/api/invoices").await.expect(200);
    app.control("invoices/7/pay", json!({})).await;
    app.clock.advance(Duration::from_secs(100));
    app.hold("whmcs", "GetInvoices", 1_000).await;
    let old = ada.get("/api/invoices").await.expect(200);
    assert_eq!(meta(&old), was("cache", true));
    assert_eq!(old.json()["data"], first.json()["data"]);
    assert_eq!(reads(app).await, 1, "the answer did not wait for WHMCS");
    eventually("a new copy", async || {
        meta(&ada.get("/api/invoices").await.expect(200)) == was("cache", false)
    })
    .await;
    assert_eq!(reads(app).await, 2, "one renewal, however many asked");
    let new = ada.get("/api/invoices").await.expect(200).json();
    assert_eq!(new["data"][2]["status"], "paid", "{new}");
}

async fn a_copy_that_is_too_old_is_read_anew(app: &TestApp) {
    let ada = app.signed_in("ada@example.com").await;
    ada.get("/api/invoices").await.expect(200);
    app.clock.advance(Duration::from_mins(20));
    app.control("invoices/7/pay", json!({})).await;
    let new = ada.get("/api/invoices").await.expect(200);
    assert_eq!(meta(&new), was("live", false));
    assert_eq!(new.json()["data"][2]["status"], "paid");
}

async fn no_cache_asks_whmcs(app: &TestApp) {
    let ada = app.signed_in("ada@example.com").await;
    ada.get("/api/invoices").await.expect(200);
    app.clock.advance(Duration::from_secs(3));
    app.control("invoices/7/pay", json!({})).await;
    assert_eq!(
        ada.get("/api/invoices").await.json()["data"][2]["status"],
        "unpaid",
        "nobody has told the portal"
    );
    let new = ada.get_fresh("/api/invoices").await.expect(200);
    assert_eq!(meta(&new), was("live", false));
    assert_eq!(new.json()["data"][2]["status"], "paid");
    assert_eq!(reads(app).await, 2);
    // Twenty tabs that refresh at once share it.
    assert_eq!(meta(&ada.get_fresh("/api/invoices").await.expect(200)), was("cache", false));
    assert_eq!(reads(app).await, 2);
}

/// Forty of the five hundred come over HTTP; a socket for each would try this machine's patience and not the portal's.
async fn equal_misses_share_one_call(app: &TestApp) {
    let ada = app.signed_in("ada@example.com").await;
    let account = BillingAccount { client_id: 42, user_id: 41 };
    let reader = app.app.reader(app.user_id("ada@example.com").await, account, None);
    let query = InvoiceQuery { page: 1, size: 25, filter: None, sort: InvoiceSort::default() };
    app.hold("whmcs", "GetInvoices", 1_500).await;
    let over_http = join_all((0..40).map(|_| ada.request(Method::GET, "/api/invoices").send()));
    let inside = join_all((0..460).map(|_| app.app.readings.invoices(reader, query)));
    let (over_http, inside) = futures::join!(over_http, inside);
    for answer in over_http {
        let answer = Answer::of(answer.unwrap()).await.expect(200);
        assert_eq!(answer.json()["page"]["total_items"], 9);
    }
    for hit in inside {
        assert_eq!(hit.unwrap().decode::<Value>().unwrap()["page"]["total_items"], 9);
    }
    assert_eq!(reads(app).await, 1);
}

async fn another_replica_reads_on_its_own_terms(app: &TestApp) {
    let ada = app.signed_in("ada@example.com").await;
    let first = ada.get("/api/invoices").await.expect(200);
    // The copy reaches Redis after the answer is out.
    let other = app.replica().await;
    let there = ada.at(&other.base);
    let second = there.get("/api/invoices").await.expect(200);
    assert_eq!(second.json()["data"], first.json()["data"]);
    assert!(reads(app).await <= 2);
    other.stop().await;
}

/// What WHMCS does, and what the portal says about it when it has no copy.
async fn expect_outage(fault: Value, status: u16, code: &str, retry_after: Option<&str>) {
    with_settings(&[("PORTAL_UPSTREAM_READ_SECONDS", "2")], async |app| {
        let ada = app.signed_in("ada@example.com").await;
        let good = ada.get("/api/invoices").await.expect(200);
        ada.get("/api/invoices/7").await.expect(200);
        // Too old to be shown while WHMCS answers.
        app.advance(Duration::from_mins(20)).await;
        plant(app, &fault).await;

        for path in ["/api/invoices?sort=total", "/api/invoices/6"] {
            let began = Instant::now();
            let refused = ada.get(path).await.expect_problem(status, code);
            assert!(began.elapsed() < Duration::from_secs(3), "within the deadline of two seconds");
            expect_words_of_our_own(&refused);
            let wait = refused.header("retry-after");
            assert!(retry_after.map_or(!wait.is_empty(), |expected| wait == expected), "Retry-After: {wait}");
        }
        let began = Instant::now();
        let old = ada.get("/api/invoices").await.expect(200);
        assert!(began.elapsed() < Duration::from_secs(3), "within the deadline of two seconds");
        assert_eq!(meta(&old), was("cache", true), "the last good copy, and it says so");
        assert_eq!(old.json()["data"], good.json()["data"]);
        assert_eq!(old.json()["meta"]["as_of"], good.json()["meta"]["as_of"]);
        assert_eq!(meta(&ada.get("/api/invoices/7").await.expect(200)), was("cache", true));

        app.clear_faults().await;
        eventually("the portal has noticed", async || {
            ada.get("/api/invoices?sort=total").await.status == 200
        })
        .await;
        app.clock.advance(Duration::from_secs(2));
        eventually("a live answer", async || {
            meta(&ada.get_fresh("/api/invoices").await.expect(200)) == was("live", false)
        })
        .await;
    })
    .await;
}

async fn plant(app: &TestApp, fault: &Value) {
    let mut planted = fault.clone();
    planted
        .as_object_mut()
        .unwrap()
        .extend(json!({ "target": "whmcs", "action": "*" }).as_object().unwrap().clone());
    app.fault(planted).await;
}

/// Nothing of what the upstream said is in the answer: it is the bare problem of its code.
#[track_caller]
fn expect_words_of_our_own(refused: &Answer) {
    let problem = refused.json();
    let members: Vec<&String> = problem.as_object().unwrap().keys().collect();
    assert_eq!(members, ["code", "instance", "status", "title", "type"], "{problem}");
    for (name, value) in &refused.headers {
        assert!(!value.to_str().unwrap_or_default().contains("canary"), "{name}");
    }
    assert!(!problem.to_string().contains("canary"), "{problem}");
}

macro_rules! outages {
    ($($name:ident: $fault:tt => $status:literal $code:literal $($retry_after:literal)?;)+) => {$(
        #[actix_web::test]
        async fn $name() {
            let retry_after: Option<&str> = None$(.or(Some($retry_after)))?;
            expect_outage(json!($fault), $status, $code, retry_after).await;
        }
    )+};
}

outages! {
    whmcs_closes_the_connection: { "kind": "dropped" } => 503 "upstream.unavailable";
    whmcs_answers_with_a_page: { "kind": "html", "message": "canary" } => 502 "upstream.invalid";
    whmcs_answers_null: { "kind": "null" } => 502 "upstream.invalid";
    whmcs_breaks_off: { "kind": "cut" } => 502 "upstream.invalid";
    whmcs_answers_nonsense: { "kind": "wrong_types" } => 502 "upstream.invalid";
    whmcs_fails: { "kind": "status", "status": 500 } => 502 "upstream.invalid";
    whmcs_is_closed_for_maintenance: { "kind": "status", "status": 503, "retry_after": 17 } => 503 "upstream.unavailable" "17";
    whmcs_limits_us: { "kind": "status", "status": 429, "retry_after": 17 } => 503 "upstream.unavailable" "17";
    whmcs_sends_us_elsewhere: { "kind": "status", "status": 302 } => 502 "upstream.invalid";
    whmcs_does_not_know_us: { "kind": "error", "status": 403, "message": "Authentication Failed canary" } => 502 "upstream.invalid";
    whmcs_is_slow: { "kind": "latency", "ms": 2_500 } => 504 "upstream.timeout";
}

/// A dead upstream is left alone after ten failures, and found again.
#[actix_web::test]
async fn a_dead_upstream_is_left_alone_and_found_again() {
    with_settings(&[], async |app| {
        let ada = app.signed_in("ada@example.com").await;
        ada.get("/api/invoices").await.expect(200);
        app.cut_upstreams().await;
        let refused = |browser: &Browser<'_>, page: u32| {
            let request = browser.request(Method::GET, &format!("/api/invoices?page={page}"));
            async move {
                Answer::of(request.send().await.unwrap()).await.expect_problem(503, "upstream.unavailable")
            }
        };
        let mut page = 1;
        eventually("the breaker opens", async || {
            page += 1;
            let before = app.calls("whmcs", "GetInvoices").await;
            refused(&ada, page).await;
            app.calls("whmcs", "GetInvoices").await == before
        })
        .await;
        let before = app.calls("whmcs", "GetInvoices").await;
        for other in 100..110 {
            let wait: u64 = refused(&ada, other).await.header("retry-after").parse().unwrap();
            assert!((1..=5).contains(&wait), "{wait}");
        }
        assert_eq!(app.calls("whmcs", "GetInvoices").await, before, "no call reaches it");
        // A copy is shown without a call.
        app.clock.advance(Duration::from_mins(20));
        assert_eq!(meta(&ada.get("/api/invoices").await.expect(200)), was("cache", true));
        assert_eq!(app.calls("whmcs", "GetInvoices").await, before);

        app.clear_faults().await;
        // The breaker keeps time of its own, five seconds before the probe.
        eventually("the probe finds it", async || ada.get("/api/invoices?page=200").await.status == 200)
            .await;
        ada.get("/api/invoices?page=201").await.expect(200);
    })
    .await;
}
