//! Making a customer in WHMCS and Salesforce, whatever dies in between: the customer exists once in each, and nothing that was accepted is
//! lost.
//!
//! A worker is killed while an upstream holds its call; whether the call is carried out nevertheless is part of each case. Another worker
//! takes over when the lease is out.

use std::{sync::Arc, time::Duration};

use portal_api::jobs::Worker;
use serde_json::{Value, json};

use crate::helpers::{Browser, TestApp, eventually, on_both_engines, with_settings};

on_both_engines!(
    killed_while_searching,
    killed_in_add_client_that_was_not_done,
    killed_in_add_client_that_was_done,
    killed_while_the_found_client_is_looked_at,
    killed_while_fetching_a_salesforce_token,
    killed_in_a_salesforce_upsert_that_was_not_done,
    killed_in_a_salesforce_upsert_that_was_done,
    nothing_is_sent_again_before_whmcs_has_settled,
    what_whmcs_did_after_the_connection_was_lost_is_found,
    what_whmcs_did_after_our_deadline_is_found,
    an_attempt_that_lands_beside_the_next_one_is_adopted,
    a_strangers_address_is_never_adopted,
    a_stranger_who_comes_between_search_and_add_client_is_never_adopted,
    a_refusal_of_salesforce_leaves_billing_usable,
    a_role_that_lacks_add_client_is_waited_for,
    two_workers_make_one_customer,
);

const EMAIL: &str = "hedy@example.com";
/// Just over the lease of a job.
const LEASE: Duration = Duration::from_secs(31);
/// Just over the time that WHMCS gets to finish what we gave up on.
const SETTLE: Duration = Duration::from_secs(91);

/// What is left of [`SETTLE`] after [`LEASE`].
const REST_OF_SETTLE: Duration = Duration::from_mins(1);

/// Whether a held call is carried out in the end.
#[derive(Clone, Copy, PartialEq)]
enum Fate {
    Done,
    NotDone,
}

/// A worker dies while the upstream holds its call. When this is back the upstream has let go of the call.
async fn kill_worker_inside(app: &TestApp, target: &str, action: &str, fate: Fate) {
    let before = app.calls(target, action).await;
    app.hold(target, action, 800).await;
    if fate == Fate::NotDone {
        app.fault(json!({ "target": target, "action": action, "kind": "dropped", "times": 1 })).await;
    }
    let worker = Worker::new(Arc::clone(&app.app));
    let work = tokio::spawn(async move { worker.work_one().await.map(drop) });
    app.until_faults_are_drawn().await;
    assert_eq!(app.calls(target, action).await, before, "the upstream still holds the call");
    work.abort();
    assert!(work.await.unwrap_err().is_cancelled(), "the worker died at work");
    eventually("the upstream lets go of the call", async || app.calls(target, action).await == before + 1)
        .await;
}

async fn account_state(browser: &Browser<'_>) -> String {
    browser.get("/api/me").await.expect(200).json()["data"]["account_state"].as_str().unwrap().to_owned()
}

/// The clients of WHMCS with an address.
async fn clients(app: &TestApp, email: &str) -> Vec<Value> {
    let ledger = app.ledger().await;
    let clients = ledger["whmcs"]["clients"].as_object().unwrap();
    clients.values().filter(|client| client["email"] == email).cloned().collect()
}

/// Lets another worker take over, and checks that everything exists once.
async fn expect_one_customer(app: &TestApp, browser: &Browser<'_>) {
    assert_eq!(account_state(browser).await, "ready");
    let clients = clients(app, EMAIL).await;
    assert_eq!(clients.len(), 1, "{clients:?}");
    assert!(clients[0]["notes"].as_str().unwrap().contains("portal_"), "{clients:?}");
    let ledger = app.ledger().await;
    let users = ledger["whmcs"]["users"].as_object().unwrap();
    assert_eq!(users.values().filter(|user| user["email"] == EMAIL).count(), 1);
    let records = ledger["salesforce"]["records"].as_array().unwrap();
    let of = |object: &str, field: &str, value: &str| {
        records.iter().filter(|record| record["type"] == object && record["fields"][field] == value).count()
    };
    assert_eq!(of("Account", "WHMCS_Client_Id__c", &clients[0]["id"].to_string()), 1);
    assert_eq!(of("Contact", "Email", EMAIL), 1);
    let me = browser.get("/api/me").await.json();
    assert_eq!(me["data"]["billing"]["data"]["company_name"], "Frequency & Sons", "{me}");
}

/// Nobody takes the job as long as the dead worker's lease runs.
async fn take_over(app: &TestApp) {
    let before = (app.calls("whmcs", "GetUsers").await, app.calls("whmcs", "AddClient").await);
    app.run_jobs().await;
    let after = (app.calls("whmcs", "GetUsers").await, app.calls("whmcs", "AddClient").await);
    assert_eq!(before, after, "the lease of the dead worker still runs");
    app.advance(LEASE).await;
    app.run_jobs().await;
}

async fn killed_while_searching(app: &TestApp) {
    let browser = app.browser();
    browser.become_customer(EMAIL).await.expect(200);
    kill_worker_inside(app, "whmcs", "GetUsers", Fate::Done).await;
    assert_eq!(account_state(&browser).await, "setting_up");
    take_over(app).await;
    expect_one_customer(app, &browser).await;
    assert_eq!(app.calls("whmcs", "AddClient").await, 1);
}

async fn killed_in_add_client_that_was_not_done(app: &TestApp) {
    let browser = app.browser();
    browser.become_customer(EMAIL).await.expect(200);
    kill_worker_inside(app, "whmcs", "AddClient", Fate::NotDone).await;
    assert!(clients(app, EMAIL).await.is_empty());
    take_over(app).await;
    // The new worker knows only that something was sent: WHMCS may still be at it.
    assert_eq!(app.calls("whmcs", "AddClient").await, 1);
    assert_eq!(account_state(&browser).await, "setting_up");
    app.advance(REST_OF_SETTLE).await;
    app.run_jobs().await;
    assert_eq!(app.calls("whmcs", "AddClient").await, 2, "now it is certain that nothing came of the first");
    expect_one_customer(app, &browser).await;
}

async fn killed_in_add_client_that_was_done(app: &TestApp) {
    let browser = app.browser();
    browser.become_customer(EMAIL).await.expect(200);
    kill_worker_inside(app, "whmcs", "AddClient", Fate::Done).await;
    assert_eq!(clients(app, EMAIL).await.len(), 1);
    assert_eq!(account_state(&browser).await, "setting_up");
    take_over(app).await;
    expect_one_customer(app, &browser).await;
    assert_eq!(app.calls("whmcs", "AddClient").await, 1);
}

async fn killed_while_the_found_client_is_looked_at(app: &TestApp) {
    let browser = app.browser();
    browser.become_customer(EMAIL).await.expect(200);
    kill_worker_inside(app, "whmcs", "AddClient", Fate::Done).await;
    app.advance(LEASE).await;
    kill_worker_inside(app, "whmcs", "GetClientsDetails", Fate::Done).await;
    take_over(app).await;
    expect_one_customer(app, &browser).await;
    assert_eq!(app.calls("whmcs", "AddClient").await, 1);
}

async fn killed_while_fetching_a_salesforce_token(app: &TestApp) {
    let browser = app.browser();
    browser.become_customer(EMAIL).await.expect(200);
    kill_worker_inside(app, "salesforce", "token", Fate::Done).await;
    assert_eq!(account_state(&browser).await, "billing_ready");
    take_over(app).await;
    expect_one_customer(app, &browser).await;
    assert_eq!(app.calls("whmcs", "AddClient").await, 1);
}

async fn killed_in_a_salesforce_upsert_that_was_not_done(app: &TestApp) {
    killed_in_the_upsert(app, Fate::NotDone).await;
}

async fn killed_in_a_salesforce_upsert_that_was_done(app: &TestApp) {
    killed_in_the_upsert(app, Fate::Done).await;
}

async fn killed_in_the_upsert(app: &TestApp, fate: Fate) {
    let browser = app.browser();
    browser.become_customer(EMAIL).await.expect(200);
    kill_worker_inside(app, "salesforce", "composite", fate).await;
    assert_eq!(account_state(&browser).await, "billing_ready");
    browser.get("/api/invoices").await.expect(200);
    take_over(app).await;
    expect_one_customer(app, &browser).await;
    assert_eq!(app.calls("whmcs", "AddClient").await, 1);
    // An upsert by external id may be repeated: the second one meets what the first one made.
    assert_eq!(app.calls("salesforce", "composite").await, 2);
}

async fn nothing_is_sent_again_before_whmcs_has_settled(app: &TestApp) {
    let browser = app.browser();
    browser.become_customer(EMAIL).await.expect(200);
    app.fault(json!({ "target": "whmcs", "action": "AddClient", "kind": "dropped", "times": 1 })).await;
    app.run_jobs().await;
    assert_eq!(app.calls("whmcs", "AddClient").await, 1);
    for _ in 0..8 {
        app.advance(Duration::from_secs(11)).await;
        app.run_jobs().await;
        assert_eq!(app.calls("whmcs", "AddClient").await, 1, "WHMCS may still be at it");
        assert_eq!(account_state(&browser).await, "setting_up");
    }
    app.advance(Duration::from_secs(3)).await;
    app.run_jobs().await;
    assert_eq!(app.calls("whmcs", "AddClient").await, 2);
    expect_one_customer(app, &browser).await;
}

async fn what_whmcs_did_after_the_connection_was_lost_is_found(app: &TestApp) {
    for (kind, email) in [
        ("did_then_dropped", "one@example.com"),
        ("did_then_failed", "two@example.com"),
        ("cut", "three@example.com"),
    ] {
        let browser = app.browser();
        browser.become_customer(email).await.expect(200);
        let before = app.calls("whmcs", "AddClient").await;
        app.fault(json!({ "target": "whmcs", "action": "AddClient", "kind": kind, "times": 1 })).await;
        app.run_jobs().await;
        assert_eq!(account_state(&browser).await, "setting_up", "{kind}");
        app.advance(SETTLE).await;
        app.run_jobs().await;
        assert_eq!(account_state(&browser).await, "ready", "{kind}");
        assert_eq!(app.calls("whmcs", "AddClient").await, before + 1, "{kind}");
        assert_eq!(clients(app, email).await.len(), 1, "{kind}");
    }
}

async fn what_whmcs_did_after_our_deadline_is_found(app: &TestApp) {
    let browser = app.browser();
    browser.become_customer(EMAIL).await.expect(200);
    app.hold("whmcs", "AddClient", 3_500).await;
    app.run_jobs().await;
    assert_eq!(app.calls("whmcs", "AddClient").await, 0, "the worker has given up, WHMCS has not");
    assert!(clients(app, EMAIL).await.is_empty());
    eventually("WHMCS ends the call", async || app.calls("whmcs", "AddClient").await == 1).await;
    app.run_jobs().await;
    assert_eq!(account_state(&browser).await, "setting_up");
    app.advance(SETTLE).await;
    app.run_jobs().await;
    expect_one_customer(app, &browser).await;
    assert_eq!(app.calls("whmcs", "AddClient").await, 1);
}

/// WHMCS takes longer than it is given: the first attempt ends while the second is on its way.
async fn an_attempt_that_lands_beside_the_next_one_is_adopted(app: &TestApp) {
    let browser = app.browser();
    browser.become_customer(EMAIL).await.expect(200);
    app.hold("whmcs", "AddClient", 1_200).await;
    let worker = Worker::new(Arc::clone(&app.app));
    let work = tokio::spawn(async move { worker.work_one().await.map(drop) });
    app.until_faults_are_drawn().await;
    work.abort();
    assert!(work.await.unwrap_err().is_cancelled());
    app.hold("whmcs", "AddClient", 2_400).await;
    app.advance(SETTLE).await;
    app.run_jobs().await;
    expect_one_customer(app, &browser).await;
    assert_eq!(
        app.calls("whmcs", "AddClient").await,
        2,
        "the second was refused, the first one's client adopted"
    );
}

async fn a_strangers_address_is_never_adopted(app: &TestApp) {
    app.control("people", json!({ "email": EMAIL, "first_name": "Some", "last_name": "Body" })).await;
    let browser = app.browser();
    browser.become_customer(EMAIL).await.expect(200);
    app.run_jobs().await;
    expect_nothing_adopted(app, &browser).await;
    assert_eq!(app.calls("whmcs", "AddClient").await, 0);
}

async fn a_stranger_who_comes_between_search_and_add_client_is_never_adopted(app: &TestApp) {
    let browser = app.browser();
    browser.become_customer(EMAIL).await.expect(200);
    app.hold("whmcs", "AddClient", 800).await;
    let meanwhile = async {
        app.until_faults_are_drawn().await;
        app.control("people", json!({ "email": EMAIL, "first_name": "Some", "last_name": "Body" })).await;
    };
    futures::join!(app.run_jobs(), meanwhile);
    expect_nothing_adopted(app, &browser).await;
    assert_eq!(app.calls("whmcs", "AddClient").await, 1);
}

async fn expect_nothing_adopted(app: &TestApp, browser: &Browser<'_>) {
    assert_eq!(account_state(browser).await, "needs_link");
    assert_eq!(browser.get("/api/me").await.json()["data"]["billing"]["state"], "not_ready");
    browser.get("/api/invoices").await.expect_problem(409, "conflict.account_not_ready");
    let clients = clients(app, EMAIL).await;
    assert_eq!(clients.len(), 1);
    assert_eq!(clients[0]["first_name"], "Some", "the stranger's client is as it was");
    assert!(!clients[0]["notes"].as_str().unwrap().contains("portal_"));
    assert_eq!(app.calls("salesforce", "composite").await, 0);
    app.advance(SETTLE).await;
    app.run_jobs().await;
    assert_eq!(account_state(browser).await, "needs_link", "time does not make it ours");
}

async fn a_refusal_of_salesforce_leaves_billing_usable(app: &TestApp) {
    let browser = app.browser();
    browser.become_customer(EMAIL).await.expect(200);
    app.fault(json!({ "target": "salesforce", "action": "composite", "kind": "error",
        "code": "FIELD_CUSTOM_VALIDATION_EXCEPTION", "message": "Accounts need a region" }))
        .await;
    app.run_jobs().await;
    assert_eq!(account_state(&browser).await, "billing_ready");
    browser.get("/api/invoices").await.expect(200);
    let summary = browser.get("/api/me/summary").await.expect(200).json();
    assert_eq!(summary["data"]["billing"]["state"], "ready", "{summary}");
    assert_eq!(summary["data"]["support"]["state"], "not_ready", "{summary}");
    let tx = app.app.db.read_as_system().await.unwrap();
    assert_eq!(tx.job_work().counts().await.unwrap().dead, 1, "somebody has to look at it");
}

async fn a_role_that_lacks_add_client_is_waited_for(app: &TestApp) {
    let browser = app.browser();
    browser.become_customer(EMAIL).await.expect(200);
    app.control("config", json!({ "denied_actions": ["AddClient"] })).await;
    for _ in 0..4 {
        app.run_jobs().await;
        assert_eq!(account_state(&browser).await, "setting_up");
        app.advance(Duration::from_secs(30)).await;
    }
    assert!(
        app.calls("whmcs", "AddClient").await > 1,
        "it is tried again, without the wait for an unknown outcome"
    );
    app.control("config", json!({ "denied_actions": [] })).await;
    app.advance(Duration::from_mins(1)).await;
    app.run_jobs().await;
    expect_one_customer(app, &browser).await;
}

async fn two_workers_make_one_customer(app: &TestApp) {
    let browser = app.browser();
    browser.become_customer(EMAIL).await.expect(200);
    app.hold("whmcs", "AddClient", 300).await;
    let other = app.replica().await;
    let (one, two) = (Worker::new(Arc::clone(&app.app)), Worker::new(Arc::clone(&other.app)));
    let (one, two) = futures::join!(one.work_one(), two.work_one());
    assert_eq!(
        [one.unwrap(), two.unwrap()].iter().filter(|worked| **worked).count(),
        1,
        "the job belongs to one of them"
    );
    expect_one_customer(app, &browser).await;
    assert_eq!(app.calls("whmcs", "AddClient").await, 1);
    other.stop().await;
}

/// The counts above can tell a portal that does not wait: with a settle time shorter than the lease the same death leads to a second
/// `AddClient` at the takeover.
#[actix_web::test]
async fn a_settle_time_that_is_too_short_shows_in_the_counts() {
    with_settings(&[("PORTAL_SETTLE_SECONDS", "1")], async |app| {
        let browser = app.browser();
        browser.become_customer(EMAIL).await.expect(200);
        kill_worker_inside(app, "whmcs", "AddClient", Fate::NotDone).await;
        take_over(app).await;
        assert_eq!(app.calls("whmcs", "AddClient").await, 2);
        assert_eq!(account_state(&browser).await, "ready");
    })
    .await;
}
