//! One customer, all the way through.

use serde_json::json;

use crate::helpers::{TestApp, new_key, on_both_engines};

on_both_engines!(a_new_customer_gets_an_account_everywhere, ada_pays_an_invoice);

async fn a_new_customer_gets_an_account_everywhere(app: &TestApp) {
    let browser = app.browser();
    let view = browser.become_customer("hedy@example.com").await.expect(200).json();
    assert_eq!(view["data"]["user"]["email"], "hedy@example.com");
    assert_eq!(browser.get("/api/me").await.expect(200).json()["data"]["account_state"], "setting_up");

    app.run_jobs().await;
    let me = browser.get("/api/me").await.expect(200).json();
    assert_eq!(me["data"]["account_state"], "ready", "{me}");
    assert_eq!(me["data"]["billing"]["data"]["company_name"], "Frequency & Sons");
    let summary = browser.get("/api/me/summary").await.expect(200).json();
    assert_eq!(summary["data"]["billing"]["data"]["unpaid_count"], 0, "{summary}");
    assert_eq!(summary["data"]["support"]["data"]["open_cases"], 0, "{summary}");
    let ledger = app.ledger().await.to_string();
    assert!(ledger.contains("hedy@example.com"), "{ledger}");
    assert_eq!(app.calls("whmcs", "AddClient").await, 1);
    assert_eq!(app.calls("salesforce", "composite").await, 1);
}

async fn ada_pays_an_invoice(app: &TestApp) {
    let ada = app.signed_in("ada@example.com").await;
    let invoice = ada.get("/api/invoices/7").await.expect(200).json();
    assert_eq!(invoice["data"]["payable"], true, "{invoice}");

    let link = ada.post_with_key("/api/invoices/7/sso-link", &new_key(), &json!({ "purpose": "pay" })).await;
    let url = link.expect(200).json()["data"]["url"].as_str().unwrap().to_owned();
    assert!(url.starts_with(app.sandbox.base_url().as_str()), "{url}");
    app.control("invoices/7/pay", json!({})).await;

    let paid = ada.get_fresh("/api/invoices/7").await.expect(200).json();
    // The page asks for an answer not older than two seconds; the one that made the link is as old as the standing clock.
    app.clock.advance(std::time::Duration::from_secs(3));
    let paid_later = ada.get_fresh("/api/invoices/7").await.expect(200).json();
    assert_eq!(paid_later["data"]["status"], "paid", "{paid} {paid_later}");
    ada.post_with_key("/api/invoices/7/sso-link", &new_key(), &json!({ "purpose": "pay" }))
        .await
        .expect_problem(409, "conflict.invoice_state");
}
