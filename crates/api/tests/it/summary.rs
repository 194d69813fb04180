//! `GET /api/me/summary`: the dashboard's figures against the books of the sandbox, and what is left of it when a system is down.

use std::time::Duration;

use serde_json::{Value, json};

use crate::helpers::{Browser, PASSWORD, TestApp, eventually, on_both_engines};

on_both_engines!(
    the_figures_are_those_of_the_books,
    payments_and_credit_are_taken_off,
    each_customer_sees_one_currency,
    without_salesforce_the_rest_is_there,
    without_whmcs_support_is_there,
    a_new_account_says_that_it_is_not_ready,
    too_many_overdue_invoices_are_said_to_be_inexact,
    an_account_without_anything_owes_nothing,
);

async fn summary(browser: &Browser<'_>) -> Value {
    browser.get("/api/me/summary").await.expect(200).json()["data"].clone()
}

/// Hundredths of an amount of the books.
fn hundredths(amount: &Value) -> i64 {
    let text = amount.as_str().unwrap();
    let (whole, fraction) = text.split_once('.').unwrap();
    assert_eq!(fraction.len(), 2, "{text}");
    format!("{whole}{fraction}").parse().unwrap()
}

/// What is open of an invoice: lines and tax less credit and payments, computed from the books alone.
fn open(invoice: &Value) -> i64 {
    let lines = invoice["items"].as_array().unwrap();
    let sum =
        |lines: &mut dyn Iterator<Item = &Value>| lines.map(|line| hundredths(&line["amount"])).sum::<i64>();
    let taxed = sum(&mut lines.iter().filter(|line| line["taxed"] == true));
    let tax = (taxed * invoice["tax_rate"].as_i64().unwrap() + 50_000).div_euclid(100_000);
    let payments = invoice["transactions"].as_array().unwrap().iter();
    let paid: i64 =
        payments.map(|entry| hundredths(&entry["amount_in"]) - hundredths(&entry["amount_out"])).sum();
    sum(&mut lines.iter()) + tax - hundredths(&invoice["credit"]) - paid
}

/// The unpaid invoices of a client with what is open of each, the first due first: overdue ones, and the others.
async fn unpaid(app: &TestApp, client: u64) -> (Vec<(Value, i64)>, Vec<(Value, i64)>) {
    let ledger = app.ledger().await;
    let mut unpaid: Vec<Value> = ledger["whmcs"]["invoices"].as_object().unwrap().values().cloned().collect();
    unpaid.retain(|invoice| invoice["client_id"] == client && invoice["status"] == "Unpaid");
    unpaid.sort_by_key(|invoice| (invoice["due"].as_str().unwrap().to_owned(), invoice["id"].as_u64()));
    let today = app.clock.now().date_naive().to_string();
    let rows = unpaid.into_iter().map(|invoice| {
        let balance = open(&invoice);
        (invoice, balance)
    });
    rows.partition(|(invoice, _)| invoice["due"].as_str().unwrap() < today.as_str())
}

fn amount(hundredths: i64) -> String {
    format!("{}.{:02}", hundredths / 100, hundredths % 100)
}

/// Compares the billing part with the books.
async fn expect_figures_of_the_books(
    app: &TestApp,
    browser: &Browser<'_>,
    client: u64,
    currency: &str,
) -> Value {
    let (overdue, later) = unpaid(app, client).await;
    let billing = summary(browser).await["billing"].clone();
    assert_eq!(billing["state"], "ready", "{billing}");
    assert_eq!(billing["meta"]["stale"], false);
    let data = billing["data"].clone();
    assert_eq!(data["unpaid_count"], overdue.len() + later.len());
    assert_eq!(data["overdue_count"], overdue.len());
    let total: i64 = overdue.iter().map(|(_, open)| open).sum();
    let totals = if overdue.is_empty() {
        json!([])
    } else {
        json!([{ "amount": amount(total), "currency": currency }])
    };
    assert_eq!(data["overdue"], totals);
    let due = |row: Option<&(Value, i64)>| {
        row.map_or(Value::Null, |(invoice, open)| {
            json!({ "id": invoice["id"], "number": invoice["number"], "due_on": invoice["due"],
                "balance": { "amount": amount(*open), "currency": currency } })
        })
    };
    assert_eq!(data["next_due"], due(later.first()));
    assert_eq!(data["oldest_overdue"], due(overdue.first()));
    data
}

async fn the_figures_are_those_of_the_books(app: &TestApp) {
    let ada = app.signed_in("ada@example.com").await;
    let data = expect_figures_of_the_books(app, &ada, 42, "USD").await;
    assert_eq!(data["exact"], true);
    let summary = summary(&ada).await;
    assert_eq!(summary["account_state"], "ready");

    let ledger = app.ledger().await;
    let services: Vec<&Value> = ledger["whmcs"]["services"]
        .as_object()
        .unwrap()
        .values()
        .filter(|service| service["client_id"] == 42)
        .collect();
    let count = |status: &str| services.iter().filter(|service| service["status"] == status).count();
    let expected = json!({ "active": count("Active"), "suspended": count("Suspended"), "pending": count("Pending"), "total": services.len() });
    assert_eq!(summary["services"]["data"], expected);

    let records = ledger["salesforce"]["records"].as_array().unwrap();
    let account = records.iter().find(|record| record["fields"]["WHMCS_Client_Id__c"] == "42").unwrap();
    let is_open = |record: &&Value| {
        record["type"] == "Case"
            && record["fields"]["AccountId"] == account["id"]
            && record["fields"]["Status"] != "Closed"
    };
    assert_eq!(summary["support"]["data"]["open_cases"], records.iter().filter(is_open).count());
}

async fn payments_and_credit_are_taken_off(app: &TestApp) {
    app.seed("ada@example.com").await;
    let credited = json!({ "client_id": 42, "duedate": -3, "credit": "4.50", "lines": [{ "description": "Domain", "amount": "20.00" }] });
    app.control("invoices", credited).await;
    // A month later the invoice that was paid in part is overdue too.
    app.advance(Duration::from_hours(25 * 24)).await;
    let ada = app.browser();
    ada.log_in("ada@example.com", PASSWORD).await.expect(200);
    let data = expect_figures_of_the_books(app, &ada, 42, "USD").await;
    assert_eq!(data["exact"], true);
    assert_eq!(data["overdue_count"], 4, "{data}");
    let (overdue, _) = unpaid(app, 42).await;
    let in_part = overdue.iter().find(|(invoice, _)| invoice["id"] == 8).unwrap();
    assert_eq!(in_part.1, 5_000, "100.00 less 20.00 credit and 30.00 paid");
}

async fn each_customer_sees_one_currency(app: &TestApp) {
    let ada = app.signed_in("ada@example.com").await;
    let tove = app.signed_in("tove@example.com").await;
    expect_figures_of_the_books(app, &ada, 42, "USD").await;
    expect_figures_of_the_books(app, &tove, 47, "EUR").await;
    // Linus owns a client in each currency; his portal account is one of them, and the other one's debts are not added to it.
    let linus = app.signed_in("linus@example.com").await;
    expect_figures_of_the_books(app, &linus, 44, "USD").await;
}

async fn without_salesforce_the_rest_is_there(app: &TestApp) {
    let ada = app.signed_in("ada@example.com").await;
    app.fault(json!({ "target": "salesforce", "action": "*", "kind": "dropped" })).await;
    let summary = summary(&ada).await;
    assert_eq!(summary["support"], json!({ "state": "unavailable", "code": "upstream.unavailable" }));
    assert_eq!(summary["billing"]["state"], "ready");
    assert_eq!(summary["services"]["state"], "ready");
}

async fn without_whmcs_support_is_there(app: &TestApp) {
    let ada = app.signed_in("ada@example.com").await;
    app.fault(json!({ "target": "whmcs", "action": "*", "kind": "dropped" })).await;
    let without = summary(&ada).await;
    let unavailable = json!({ "state": "unavailable", "code": "upstream.unavailable" });
    assert_eq!(without["billing"], unavailable);
    assert_eq!(without["services"], unavailable);
    assert_eq!(without["support"]["state"], "ready");
    assert_eq!(without["support"]["data"]["open_cases"], 3);

    app.clear_faults().await;
    // Failures are not kept, but if there were many the portal leaves WHMCS alone for some seconds.
    eventually("the figures are back", async || summary(&ada).await["billing"]["state"] == "ready").await;
    let with = summary(&ada).await;
    app.fault(json!({ "target": "whmcs", "action": "*", "kind": "dropped" })).await;
    app.advance(Duration::from_mins(20)).await;
    let old = summary(&ada).await;
    assert_eq!(old["billing"]["state"], "ready");
    assert_eq!(old["billing"]["meta"]["stale"], true);
    assert_eq!(old["billing"]["data"], with["billing"]["data"], "the last good copy");
    assert_eq!(old["services"]["meta"]["stale"], true);
}

async fn a_new_account_says_that_it_is_not_ready(app: &TestApp) {
    let browser = app.browser();
    browser.become_customer("hedy@example.com").await.expect(200);
    let not_ready = json!({ "state": "not_ready" });
    let before = summary(&browser).await;
    let expected = json!({ "account_state": "setting_up", "billing": not_ready, "services": not_ready, "support": not_ready });
    assert_eq!(before, expected);
    app.run_jobs().await;
    assert_eq!(summary(&browser).await["billing"]["state"], "ready");
}

async fn too_many_overdue_invoices_are_said_to_be_inexact(app: &TestApp) {
    let mallory = app.signed_in("mallory@example.com").await;
    for n in 1..=11 {
        let new = json!({ "client_id": 46, "duedate": -n, "credit": "1.00", "lines": [{ "description": "Hosting", "amount": "11.00" }] });
        app.control("invoices", new).await;
    }
    let billing = summary(&mallory).await["billing"]["data"].clone();
    assert_eq!(billing["exact"], false, "{billing}");
    assert_eq!(billing["overdue_count"], 11);
    assert_eq!(
        billing["overdue"],
        json!([{ "amount": "110.00", "currency": "USD" }]),
        "totals of the list, net of credit"
    );
    assert_eq!(
        app.calls("whmcs", "GetInvoice").await,
        11,
        "ten overdue ones and the next one due, not one call more"
    );
}

async fn an_account_without_anything_owes_nothing(app: &TestApp) {
    app.control(
        "people",
        json!({ "email": "emmy@example.com", "first_name": "Emmy", "last_name": "Noether" }),
    )
    .await;
    let emmy = app.signed_in("emmy@example.com").await;
    let summary = summary(&emmy).await;
    let nothing = json!({ "next_due": null, "overdue": [], "overdue_count": 0, "oldest_overdue": null, "unpaid_count": 0, "exact": true });
    assert_eq!(summary["billing"]["data"], nothing);
    assert_eq!(summary["services"]["data"]["total"], 0);
    assert_eq!(summary["support"]["data"]["open_cases"], 0);
}
