//! The pages behind the session: every SSO destination, mass payment, funds, services, details.

use reqwest::Method;
use sandbox::demo;
use serde_json::{Value, json};

use crate::browser::{Browser, token};
use crate::driver::Driver;

async fn ada(it: &Driver) -> Browser<'_> {
    let mut browser = Browser::new(it);
    browser.password("ada@example.com").await;
    browser
}

async fn status_of(it: &Driver, invoice: &str) -> Value {
    it.whmcs("GetInvoice", &[("invoiceid", invoice)]).await["status"].clone()
}

/// The ids of the invoices that a hook point ran for.
async fn fired(it: &Driver, event: &str) -> Vec<u64> {
    let (_, events) = it.control(Method::GET, "events", None).await;
    let events = events.as_array().unwrap().iter().filter(|row| row["event"] == event);
    events.map(|row| row["ids"]["invoiceid"].as_u64().unwrap()).collect()
}

#[tokio::test]
async fn every_destination_leads_to_a_page() {
    let it = Driver::start().await;
    for (destination, page) in [
        ("clientarea:profile", "clientarea.php?action=details"),
        ("clientarea:billing_info", "index.php?rp=/account/paymentmethods"),
        ("clientarea:emails", "clientarea.php?action=emails"),
        ("clientarea:announcements", "index.php?rp=/announcements"),
        ("clientarea:downloads", "index.php?rp=/download"),
        ("clientarea:knowledgebase", "index.php?rp=/knowledgebase"),
        ("clientarea:network_status", "serverstatus.php"),
        ("clientarea:services", "clientarea.php?action=services"),
        ("clientarea:product_details", "clientarea.php?action=productdetails&id=1"),
        ("clientarea:domains", "clientarea.php?action=domains"),
        ("clientarea:domain_details", "clientarea.php?action=domaindetails&id=3"),
        ("clientarea:invoices", "clientarea.php?action=invoices"),
        ("clientarea:tickets", "supporttickets.php"),
        ("clientarea:submit_ticket", "submitticket.php"),
        ("clientarea:shopping_cart", "cart.php"),
        ("clientarea:shopping_cart_addons", "cart.php?gid=addons"),
        ("clientarea:shopping_cart_domain_register", "cart.php?a=add&domain=register"),
        ("clientarea:shopping_cart_domain_transfer", "cart.php?a=add&domain=transfer"),
        ("", "clientarea.php"),
    ] {
        let ids = [("client_id", "42"), ("user_id", "41"), ("service_id", "1"), ("domain_id", "3")];
        let mut params = ids.to_vec();
        params.push(("destination", destination));
        let body = it.whmcs("CreateSsoToken", &params).await;
        let link = body["redirect_url"].as_str().unwrap();
        let mut browser = Browser::new(&it);
        let seen = browser.get(link.strip_prefix(it.sandbox.base_url().as_str()).unwrap()).await;
        assert_eq!(seen.location, format!("/whmcs/{page}"), "{destination}");
        assert_eq!(browser.get(&seen.location[1..]).await.status, 200, "{destination}");
    }
}

#[tokio::test]
async fn what_single_sign_on_leaves_open_is_switched() {
    let it = Driver::start().await;
    let slash = [
        ("client_id", "42"),
        ("destination", "sso:custom_redirect"),
        ("sso_redirect_path", "/viewinvoice.php?id=7"),
    ];
    let linus = demo::LINUS.to_string();
    let tove = demo::TOVE_CLIENT.to_string();
    let guest = [("client_id", tove.as_str()), ("user_id", linus.as_str())];
    assert_eq!(it.whmcs("CreateSsoToken", &slash).await["result"], "success");
    assert_eq!(it.whmcs("CreateSsoToken", &guest).await["result"], "success");
    let refused = json!({"client_area": {"sso_leading_slash": "refused", "sso_non_owner": "refused"}});
    it.set("config", refused).await;
    assert_eq!(it.refused("CreateSsoToken", &slash).await, "Invalid destination");
    assert_eq!(it.refused("CreateSsoToken", &guest).await, "Invalid user_id for client");
    it.set("config", json!({ "client_area": {} })).await;
    assert_eq!(it.whmcs("CreateSsoToken", &slash).await["result"], "success");
}

#[tokio::test]
async fn switching_sso_off_in_the_client_area_kills_links_under_way() {
    let it = Driver::start().await;
    let body = it.whmcs("CreateSsoToken", &[("client_id", "42")]).await;
    let mut browser = ada(&it).await;
    let seen = browser.submit("whmcs/clientarea.php?action=security", &[("allow_sso", "0")]).await;
    assert_eq!(seen.status, 303);
    let link = it.http.get(body["redirect_url"].as_str().unwrap()).send().await.unwrap();
    assert_eq!(link.status(), 403);
    assert!(link.text().await.unwrap().contains("denied per configuration for User ID: 41"));
    let message = it.refused("CreateSsoToken", &[("client_id", "42")]).await;
    assert_eq!(message, "SSO authentication blocked for client 42");
}

#[tokio::test]
async fn mass_payment_pays_what_is_chosen_in_one_go() {
    let it = Driver::start().await;
    let mut browser = ada(&it).await;
    let page = "whmcs/clientarea.php?action=masspay&all=true";
    let seen = browser.get(page).await.body;
    assert_eq!(seen.matches(" checked>").count(), 4, "{seen}");
    let paid =
        browser.submit(page, &[("invoiceids[]", "6"), ("invoiceids[]", "8"), ("invoiceids[]", "6")]).await;
    assert_eq!(paid.location, "/whmcs/clientarea.php?action=invoices&payment=success");
    assert!(browser.get(&paid.location[1..]).await.body.contains("payment was received"));
    let mut numbers = Vec::new();
    for id in ["6", "8"] {
        let invoice = it.whmcs("GetInvoice", &[("invoiceid", id)]).await;
        assert_eq!((&invoice["status"], &invoice["balance"]), (&json!("Paid"), &json!("0.00")));
        let transactions = invoice["transactions"]["transaction"].as_array().unwrap();
        numbers.push(transactions.last().unwrap()["transid"].clone());
    }
    assert_eq!(numbers[0], numbers[1], "one payment");
    assert_eq!(status_of(&it, "7").await, "Unpaid");
    assert_eq!(fired(&it, "InvoicePaid").await, [6, 8]);
}

#[tokio::test]
async fn mass_payment_with_an_invoice_that_is_paid_meanwhile() {
    let it = Driver::start().await;
    let mut browser = ada(&it).await;
    let page = "whmcs/clientarea.php?action=masspay&all=true";
    let token = token(&browser.get(page).await.body);
    let fields = [("token", token.as_str()), ("invoiceids[]", "6"), ("invoiceids[]", "7")];
    it.set("invoices/6/pay", json!({})).await;
    let refused = browser.post(page, &fields).await;
    assert!(refused.status == 409 && refused.body.contains("Nothing was paid"), "{}", refused.body);
    assert_eq!(status_of(&it, "7").await, "Unpaid");
    it.set("config", json!({"client_area": {"mass_payment": "rest"}})).await;
    let partly = browser.post(page, &fields).await;
    assert_eq!(
        (partly.status, partly.location.as_str()),
        (303, "/whmcs/clientarea.php?action=masspay&failed=6")
    );
    assert!(browser.get(&partly.location[1..]).await.body.contains("could not be paid: #INV-00006"));
    assert_eq!(status_of(&it, "7").await, "Paid");
    assert_eq!(fired(&it, "InvoicePaid").await, [6, 7]);
}

#[tokio::test]
async fn mass_payment_refuses_strangers_forgers_and_nothing() {
    let it = Driver::start().await;
    let mut mallory = Browser::new(&it);
    mallory.password("mallory@example.com").await;
    let page = "whmcs/clientarea.php?action=masspay";
    let token = token(&mallory.get(page).await.body);
    let with = |id: &'static str, token: &str| {
        [("token".to_owned(), token.to_owned()), ("invoiceids[]".to_owned(), id.to_owned())]
    };
    for (id, token, status) in [("7", token.as_str(), 404), ("99999", &token, 404), ("14", "forged", 403)] {
        let fields = with(id, token);
        let fields: Vec<(&str, &str)> = fields.iter().map(|(a, b)| (a.as_str(), b.as_str())).collect();
        assert_eq!(mallory.post(page, &fields).await.status, status, "{id}");
    }
    assert_eq!(mallory.post(page, &[("token", &token)]).await.status, 422);
    let named = mallory.get("whmcs/clientarea.php?action=masspay&failed=7").await.body;
    assert!(!named.contains("INV-00007"), "{named}");
    assert!(fired(&it, "InvoicePaid").await.is_empty());
}

#[tokio::test]
async fn added_funds_become_credit_when_paid() {
    let it = Driver::start().await;
    let mut browser = ada(&it).await;
    let page = "whmcs/clientarea.php?action=addfunds";
    for amount in ["", "4.99", "1000.01", "-5", "ten"] {
        assert_eq!(browser.submit(page, &[("amount", amount)]).await.status, 422, "{amount}");
    }
    let invoice = browser.submit(page, &[("amount", "25.50")]).await;
    assert_eq!(invoice.status, 303);
    let path = &invoice.location[1..];
    assert!(browser.submit(path, &[("pay", "1")]).await.location.ends_with("payment=success"));
    assert!(browser.submit("whmcs/viewinvoice.php?id=6", &[("pay", "1")]).await.status == 303);
    let details = it.whmcs("GetClientsDetails", &[("clientid", "42")]).await;
    assert_eq!(details["client"]["credit"], "50.50", "25.00 were there before");
    let credits = it.whmcs("GetCredits", &[("clientid", "42")]).await;
    let amounts: Vec<_> =
        credits["credits"]["credit"].as_array().unwrap().iter().map(|row| &row["amount"]).collect();
    assert!(amounts.iter().any(|amount| **amount == "25.50"), "{credits}");
}

#[tokio::test]
async fn services_are_shown_to_their_client_only() {
    let it = Driver::start().await;
    let mut browser = ada(&it).await;
    let list = browser.get("whmcs/clientarea.php?action=services").await.body;
    assert!(list.contains("analytical-engine.example") && !list.contains("mallory.example"));
    let one = browser.get("whmcs/clientarea.php?action=productdetails&id=1").await.body;
    assert!(one.contains("Status: Active") && one.contains("upgrade.php?type=package&amp;id=1"), "{one}");
    let panel = browser.get("whmcs/clientarea.php?action=productdetails&id=1&dosinglesignon=1").await;
    assert!(panel.status == 200 && panel.body.contains("Control panel"));
    let mut mallory = Browser::new(&it);
    mallory.password("mallory@example.com").await;
    let unknown = mallory.get("whmcs/clientarea.php?action=productdetails&id=99999").await.body;
    for path in [
        "whmcs/clientarea.php?action=productdetails&id=1",
        "whmcs/clientarea.php?action=cancel&id=1",
        "whmcs/upgrade.php?type=package&id=1",
    ] {
        let seen = mallory.get(path).await;
        assert_eq!((seen.status, &seen.body), (404, &unknown), "{path}");
        assert_eq!(mallory.post(path, &[("reason", "x")]).await.status, 404, "{path}");
    }
}

#[tokio::test]
async fn cancelling_says_what_became_of_it() {
    let it = Driver::start().await;
    let mut browser = ada(&it).await;
    let page = "whmcs/clientarea.php?action=cancel&id=1";
    let fields = [("type", "End of Billing Period"), ("cancellationreason", "moving")];
    assert_eq!(browser.submit(page, &[("type", "Now"), ("cancellationreason", "x")]).await.status, 422);
    assert_eq!(browser.post(page, &fields).await.status, 403);
    let known = sandbox::coverage().iter().any(|call| call.name == "AddCancelRequest");
    let first = browser.submit(page, &fields).await;
    assert_eq!(first.status, if known { 200 } else { 501 }, "{}", first.body);
    if known {
        let again = browser.submit(page, &fields).await;
        assert!(again.status == 409 && again.body.contains("Existing Cancellation Request Exists"));
    }
}

#[tokio::test]
async fn upgrades_details_and_payment_methods_are_pages() {
    let it = Driver::start().await;
    let mut browser = ada(&it).await;
    for (path, text) in [
        ("whmcs/upgrade.php?type=package&id=1", "Upgrade Starter"),
        ("whmcs/clientarea.php?action=details", "value=\"Lovelace &amp; Daughters\""),
        ("whmcs/index.php?rp=/account/paymentmethods", "Payment methods"),
        ("whmcs/account/paymentmethods", "Payment methods"),
        ("whmcs/supporttickets.php", "Not part of the sandbox"),
    ] {
        let seen = browser.get(path).await;
        assert!(seen.status == 200 && seen.body.contains(text), "{path}: {}", seen.body);
    }
    let known = sandbox::coverage().iter().any(|call| call.name == "UpdateClient");
    let saved =
        browser.submit("whmcs/clientarea.php?action=details", &[("firstname", "Augusta"), ("lastname", "L")]);
    assert_eq!(saved.await.status == 501, !known);
}

#[tokio::test]
async fn faults_reach_pages_by_name() {
    let it = Driver::start().await;
    let mut browser = ada(&it).await;
    for (action, path) in [
        ("masspay", "whmcs/clientarea.php?action=masspay"),
        ("services", "whmcs/clientarea.php?action=services"),
        ("invoices", "whmcs/clientarea.php?action=invoices"),
        ("login", "whmcs/login"),
    ] {
        it.fault(json!({"target": "whmcs", "action": action, "kind": "status", "status": 418, "times": 1}))
            .await;
        assert_eq!(browser.get(path).await.status, 418, "{action}");
        assert_ne!(browser.get(path).await.status, 418, "{action}");
    }
}
