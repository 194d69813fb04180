//! `GET /api/invoices` and `/api/invoices/{id}`: what they show against the sandbox's books, whatever form WHMCS gives it.

use std::time::Duration;

use serde_json::{Value, json};

use crate::helpers::{Browser, TestApp, on_both_engines};

on_both_engines!(
    pages_together_are_the_whole_list,
    a_page_out_of_range_is_refused,
    each_filter_shows_its_invoices,
    each_order_is_kept,
    drafts_are_not_there,
    amounts_are_those_of_the_books,
    texts_are_plain,
    every_form_of_the_same_answer_reads_the_same,
);

const ADA: u64 = 42;

async fn list(browser: &Browser<'_>, query: &str) -> Value {
    browser.get(&format!("/api/invoices?{query}")).await.expect(200).json()
}

fn ids(list: &Value) -> Vec<u64> {
    list["data"].as_array().unwrap().iter().map(|row| row["id"].as_u64().unwrap()).collect()
}

/// A client's invoices in the books, drafts left out, by id.
async fn books(app: &TestApp, client: u64) -> Vec<Value> {
    let ledger = app.ledger().await;
    let all = ledger["whmcs"]["invoices"].as_object().unwrap().values();
    let mut invoices: Vec<Value> = all
        .filter(|invoice| invoice["client_id"] == client && invoice["status"] != "Draft")
        .cloned()
        .collect();
    invoices.sort_by_key(|invoice| invoice["id"].as_u64());
    invoices
}

fn hundredths(amount: &Value) -> i64 {
    amount.as_str().unwrap().replace('.', "").parse().unwrap()
}

fn text(hundredths: i64) -> String {
    format!("{}.{:02}", hundredths / 100, hundredths % 100)
}

/// Lines, tax, total before credit, in hundredths.
fn figures(invoice: &Value) -> (i64, i64, i64) {
    let lines = invoice["items"].as_array().unwrap();
    let subtotal: i64 = lines.iter().map(|line| hundredths(&line["amount"])).sum();
    let taxed: i64 =
        lines.iter().filter(|line| line["taxed"] == true).map(|line| hundredths(&line["amount"])).sum();
    let tax = (taxed * invoice["tax_rate"].as_i64().unwrap() + 50_000).div_euclid(100_000);
    (subtotal, tax, subtotal + tax)
}

async fn pages_together_are_the_whole_list(app: &TestApp) {
    let ada = app.signed_in("ada@example.com").await;
    let whole = list(&ada, "").await;
    assert_eq!(whole["page"], json!({ "number": 1, "size": 25, "total_items": 9, "total_pages": 1 }));
    assert_eq!(ids(&whole), [9, 8, 7, 6, 5, 4, 3, 2, 1], "newest first");

    for size in [1, 2, 4, 9, 100] {
        let mut seen = Vec::new();
        let mut page = 1;
        loop {
            let part = list(&ada, &format!("size={size}&page={page}&sort=issued_on")).await;
            assert_eq!(part["page"]["number"], page);
            assert_eq!(part["page"]["size"], size);
            assert!(ids(&part).len() <= size);
            seen.extend(ids(&part));
            if part["page"]["total_pages"].as_u64().unwrap() <= page {
                break;
            }
            page += 1;
        }
        assert_eq!(seen, [1, 2, 3, 4, 5, 6, 7, 8, 9], "pages of {size}");
    }
    let behind = list(&ada, "size=4&page=90000").await;
    assert_eq!(behind["data"], json!([]));
    assert_eq!(behind["page"]["number"], 90_000);
}

async fn a_page_out_of_range_is_refused(app: &TestApp) {
    let ada = app.signed_in("ada@example.com").await;
    for (query, error) in [
        ("page=0", "?page out_of_range"),
        ("page=100001", "?page out_of_range"),
        ("page=-1", "?page type"),
        ("size=0", "?size out_of_range"),
        ("size=101", "?size out_of_range"),
        ("page=1&page=2", "?page choice"),
        ("colour=red", "?colour unknown"),
    ] {
        let refused =
            ada.get(&format!("/api/invoices?{query}")).await.expect_problem(400, "request.malformed");
        assert_eq!(refused.field_errors(), [error], "{query}");
    }
    for query in ["status=draft", "status=", "sort=secret", "sort=--total"] {
        ada.get(&format!("/api/invoices?{query}")).await.expect_problem(400, "request.malformed");
    }
    assert_eq!(app.calls("whmcs", "GetInvoices").await, 0);
    ada.get("/api/invoices/0x7").await.expect_problem(404, "not_found");
    ada.get("/api/invoices/-7").await.expect_problem(404, "not_found");
    ada.get("/api/invoices/99999999999999999999999").await.expect_problem(404, "not_found");
}

async fn each_filter_shows_its_invoices(app: &TestApp) {
    let ada = app.signed_in("ada@example.com").await;
    let today = app.clock.now().date_naive().to_string();
    let filters = [
        ("unpaid", "Unpaid"),
        ("paid", "Paid"),
        ("cancelled", "Cancelled"),
        ("refunded", "Refunded"),
        ("collections", "Collections"),
        ("payment_pending", "Payment Pending"),
    ];
    let books = books(app, ADA).await;
    for (filter, status) in filters {
        let expected: Vec<_> = books.iter().filter(|invoice| invoice["status"] == status).collect();
        assert!(!expected.is_empty(), "{status}");
        let shown = list(&ada, &format!("status={filter}&sort=issued_on")).await;
        assert_eq!(
            ids(&shown),
            expected.iter().map(|invoice| invoice["id"].as_u64().unwrap()).collect::<Vec<_>>()
        );
        for row in shown["data"].as_array().unwrap() {
            assert_eq!(row["status"], filter);
            assert_eq!(row["status_label"], status);
        }
    }
    let is_overdue =
        |invoice: &Value| invoice["status"] == "Unpaid" && invoice["due"].as_str().unwrap() < today.as_str();
    let overdue: Vec<_> = books
        .iter()
        .filter(|invoice| is_overdue(invoice))
        .map(|invoice| invoice["id"].as_u64().unwrap())
        .collect();
    assert_eq!(ids(&list(&ada, "status=overdue&sort=issued_on").await), overdue);
    for row in list(&ada, "").await["data"].as_array().unwrap() {
        let detail = ada.get(&format!("/api/invoices/{}", row["id"])).await.expect(200).json();
        let expected = overdue.contains(&row["id"].as_u64().unwrap());
        assert_eq!(
            (&row["overdue"], &detail["data"]["overdue"]),
            (&json!(expected), &json!(expected)),
            "{row}"
        );
    }
}

async fn each_order_is_kept(app: &TestApp) {
    let ada = app.signed_in("ada@example.com").await;
    let books = books(app, ADA).await;
    let key = |sort: &str, invoice: &Value| match sort {
        "issued_on" => (invoice["date"].as_str().unwrap().to_owned(), 0),
        "due_on" => (invoice["due"].as_str().unwrap().to_owned(), 0),
        "total" => (String::new(), figures(invoice).2),
        _ => (invoice["number"].as_str().unwrap().to_owned(), 0),
    };
    for sort in ["issued_on", "due_on", "total", "number"] {
        let mut expected = books.clone();
        expected.sort_by_key(|invoice| (key(sort, invoice), invoice["id"].as_u64()));
        let mut expected: Vec<_> = expected.iter().map(|invoice| invoice["id"].as_u64().unwrap()).collect();
        assert_eq!(ids(&list(&ada, &format!("sort={sort}")).await), expected, "{sort}");
        expected.reverse();
        assert_eq!(ids(&list(&ada, &format!("sort=-{sort}")).await), expected, "-{sort}");
    }
}

async fn drafts_are_not_there(app: &TestApp) {
    let ada = app.signed_in("ada@example.com").await;
    assert_eq!(app.ledger().await["whmcs"]["invoices"]["10"]["status"], "Draft");
    ada.get("/api/invoices/10").await.expect_problem(404, "not_found");
    for query in ["", "size=1&page=1", "sort=-total", "sort=number", "status=unpaid"] {
        assert!(!ids(&list(&ada, query).await).contains(&10), "{query}");
    }
}

async fn amounts_are_those_of_the_books(app: &TestApp) {
    let ada = app.signed_in("ada@example.com").await;
    let shown = list(&ada, "sort=issued_on").await;
    for (row, booked) in shown["data"].as_array().unwrap().iter().zip(books(app, ADA).await) {
        let id = &booked["id"];
        let (subtotal, tax, gross) = figures(&booked);
        let credit = hundredths(&booked["credit"]);
        let money = |amount: i64| json!({ "amount": text(amount), "currency": "USD" });
        assert_eq!(row["total"], money(gross - credit), "{id}");
        assert_eq!(
            (&row["issued_on"], &row["due_on"], &row["number"]),
            (&booked["date"], &booked["due"], &booked["number"])
        );
        let paid_on = booked["paid_at"].as_str().map_or(Value::Null, |at| json!(at[..10]));
        assert_eq!(row["paid_on"], paid_on, "{id}");

        let detail = ada.get(&format!("/api/invoices/{id}")).await.expect(200).json()["data"].clone();
        let payments = booked["transactions"].as_array().unwrap();
        let paid: i64 = payments
            .iter()
            .map(|entry| hundredths(&entry["amount_in"]) - hundredths(&entry["amount_out"]))
            .sum();
        assert_eq!(detail["total"], row["total"]);
        assert_eq!(detail["subtotal"], money(subtotal));
        assert_eq!(detail["credit"], money(credit));
        assert_eq!(detail["balance"], money(gross - credit - paid), "{id}");
        let taxes = if tax == 0 { json!([]) } else { json!([{ "rate": "20.000", "amount": money(tax) }]) };
        assert_eq!(detail["taxes"], taxes);
        let lines: Vec<Value> = booked["items"]
            .as_array()
            .unwrap()
            .iter()
            .map(|line| json!({ "amount": line["amount"], "currency": "USD" }))
            .collect();
        let amounts = |member: &str, amount: &str| -> Vec<Value> {
            detail[member].as_array().unwrap().iter().map(|entry| entry[amount].clone()).collect()
        };
        assert_eq!(amounts("lines", "amount"), lines);
        let came_in: Vec<Value> =
            payments.iter().map(|entry| json!({ "amount": entry["amount_in"], "currency": "USD" })).collect();
        assert_eq!(amounts("transactions", "amount_in"), came_in);
        let payable = matches!(booked["status"].as_str().unwrap(), "Unpaid" | "Collections")
            && gross - credit - paid > 0;
        assert_eq!(detail["payable"], payable, "{id}");
    }
}

async fn texts_are_plain(app: &TestApp) {
    let ada = app.signed_in("ada@example.com").await;
    let me = ada.get("/api/me").await.expect(200).json();
    assert_eq!(me["data"]["billing"]["data"]["company_name"], "Lovelace & Daughters");
    assert_eq!(me["data"]["billing"]["data"]["address1"], "12 St James's Square");
    let lines = ada.get("/api/invoices/7").await.expect(200).json()["data"]["lines"].clone();
    assert_eq!(lines[1]["description"], "Support & maintenance");
    let hostile = json!({ "client_id": ADA, "lines": [{ "description": "<img src=x onerror=alert(1)> &amp; \"more\"", "amount": "1.00" }] });
    let id = app.control("invoices", hostile).await["id"].clone();
    let shown = ada.get(&format!("/api/invoices/{id}")).await.expect(200).json();
    assert_eq!(
        shown["data"]["lines"][0]["description"], "<img src=x onerror=alert(1)> &amp; \"more\"",
        "text, decoded once"
    );
}

/// WHMCS prints numbers as texts or as numbers, and empty lists in eight ways.
async fn every_form_of_the_same_answer_reads_the_same(app: &TestApp) {
    app.control(
        "people",
        json!({ "email": "emmy@example.com", "first_name": "Emmy", "last_name": "Noether" }),
    )
    .await;
    let ada = app.signed_in("ada@example.com").await;
    let emmy = app.signed_in("emmy@example.com").await;
    let mut reference = None;
    for profile in ["typed", "stringy"] {
        for empty in
            ["documented", "wrapped", "wrapped_text", "text", "array", "object", "null", "missing", "cycle"]
        {
            app.control("config", json!({ "profile": profile, "empty_list": empty })).await;
            // `no-cache` still takes a copy of two seconds.
            app.clock.advance(Duration::from_secs(3));
            let mut read = Vec::new();
            for (browser, path) in [
                (&ada, "/api/invoices?sort=issued_on"),
                (&ada, "/api/invoices/6"),
                (&ada, "/api/invoices/8"),
                (&emmy, "/api/invoices"),
                (&emmy, "/api/me/summary"),
            ] {
                let answer = browser.get_fresh(path).await.expect(200).json();
                let mut data = answer["data"].clone();
                for section in ["billing", "services", "support"] {
                    if let Some(section) = data.get_mut(section).and_then(Value::as_object_mut) {
                        assert_eq!(section["state"], "ready", "{profile} {empty} {path}");
                        section.remove("meta");
                    }
                }
                read.push((path, data, answer["page"].clone()));
            }
            assert_eq!(reference.get_or_insert(read.clone()), &read, "{profile} {empty}");
        }
    }
    let reference = reference.unwrap();
    assert_eq!(reference[0].1.as_array().unwrap().len(), 9);
    assert_eq!(reference[1].1["transactions"], json!([]));
    assert_eq!(reference[3].2["total_items"], 0);
}
