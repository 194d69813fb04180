//! Shapes and filters of the reading actions.

use std::collections::BTreeSet;
use std::time::{Duration, Instant};

use sandbox::{Seed, demo};
use serde_json::{Value, json};

use crate::driver::{Driver, Pairs, json_of, keys};

fn rows<'a>(body: &'a Value, list: &str, inner: &str) -> &'a Vec<Value> {
    body[list][inner].as_array().unwrap()
}

const INVOICE_ROW: [&str; 28] = [
    "companyname",
    "created_at",
    "credit",
    "currencycode",
    "currencyprefix",
    "currencysuffix",
    "date",
    "date_cancelled",
    "date_refunded",
    "datepaid",
    "duedate",
    "firstname",
    "id",
    "invoicenum",
    "last_capture_attempt",
    "lastname",
    "notes",
    "paymentmethod",
    "paymethodid",
    "status",
    "subtotal",
    "tax",
    "tax2",
    "taxrate",
    "taxrate2",
    "total",
    "updated_at",
    "userid",
];

#[tokio::test]
async fn invoices_have_the_documented_row_and_every_status() {
    let it = Driver::start().await;
    let body = it.whmcs("GetInvoices", &[("userid", "42"), ("limitnum", "100")]).await;
    assert_eq!(body["result"], "success");
    assert_eq!(body["totalresults"], 10);
    let list = rows(&body, "invoices", "invoice");
    assert_eq!(keys(&list[0]), INVOICE_ROW);
    let statuses: BTreeSet<&str> = list.iter().map(|row| row["status"].as_str().unwrap()).collect();
    let all = ["Cancelled", "Collections", "Draft", "Paid", "Payment Pending", "Refunded", "Unpaid"];
    assert_eq!(statuses, BTreeSet::from(all));
    for row in list {
        assert_eq!(row["userid"], 42);
        assert_eq!(row["companyname"], "Lovelace &amp; Daughters");
        assert_eq!(row["currencycode"], "USD");
        assert!(row["total"].is_string() && row["id"].is_number());
    }
}

#[tokio::test]
async fn the_answer_is_escaped_as_php_escapes_it() {
    let it = Driver::start().await;
    let response = it.api("GetInvoice", &[("invoiceid", "1")]).send().await.unwrap();
    assert!(response.headers()["content-type"].to_str().unwrap().starts_with("application/json"));
    let text = response.text().await.unwrap();
    assert!(text.contains("\\/") && !text.contains("</"), "{text}");
}

#[tokio::test]
async fn overdue_is_a_filter_and_rows_say_unpaid() {
    let it = Driver::start().await;
    let body = it.whmcs("getinvoices", &[("userid", "42"), ("status", "Overdue")]).await;
    assert_eq!(body["totalresults"], 1);
    let overdue = &rows(&body, "invoices", "invoice")[0];
    assert_eq!(overdue["status"], "Unpaid");
    // A month later everything unpaid is overdue.
    it.set("clock", json!({ "advance_seconds": 30 * 86_400 })).await;
    let body = it.whmcs("GetInvoices", &[("userid", "42"), ("status", "Overdue")]).await;
    assert_eq!(body["totalresults"], 3);
    let none = it.whmcs("GetInvoices", &[("userid", "42"), ("status", "Nonsense")]).await;
    assert_eq!(none["totalresults"], 0);
}

#[tokio::test]
async fn invoices_are_sorted_and_paged() {
    let it = Driver::start().await;
    let ids = |body: &Value| -> Vec<u64> {
        rows(body, "invoices", "invoice").iter().map(|row| row["id"].as_u64().unwrap()).collect()
    };
    let base = [("userid", "42"), ("orderby", "id"), ("order", "desc"), ("limitnum", "4")];
    let first = it.whmcs("GetInvoices", &[&base[..], &[("limitstart", "0")]].concat()).await;
    let last = it.whmcs("GetInvoices", &[&base[..], &[("limitstart", "8")]].concat()).await;
    assert_eq!(ids(&first), [10, 9, 8, 7]);
    assert_eq!(ids(&last), [2, 1]);
    assert_eq!(
        (&last["startnumber"], &last["numreturned"], &last["totalresults"]),
        (&json!(8), &json!(2), &json!(10))
    );
    let by_total = it.whmcs("GetInvoices", &[("userid", "42"), ("orderby", "total")]).await;
    let totals: Vec<f64> = rows(&by_total, "invoices", "invoice")
        .iter()
        .map(|row| row["subtotal"].as_str().unwrap().parse().unwrap())
        .collect();
    assert!(totals.is_sorted(), "{totals:?}");
}

#[tokio::test]
async fn without_a_client_everybodys_invoices_are_given() {
    let it = Driver::start().await;
    let body = it.whmcs("GetInvoices", &[("limitnum", "100")]).await;
    let owners: BTreeSet<u64> =
        rows(&body, "invoices", "invoice").iter().map(|row| row["userid"].as_u64().unwrap()).collect();
    assert!(owners.len() > 3, "{owners:?}");
}

#[tokio::test]
async fn one_invoice_has_lines_transactions_and_a_balance() {
    let it = Driver::start().await;
    let partly = it.whmcs("GetInvoice", &[("invoiceid", "8")]).await;
    assert_eq!(
        (&partly["subtotal"], &partly["credit"], &partly["total"], &partly["balance"]),
        (&json!("100.00"), &json!("20.00"), &json!("80.00"), &json!("50.00"))
    );
    assert_eq!(partly["ccgateway"], false);
    assert_eq!(rows(&partly, "items", "item").len(), 2);
    let transaction = &rows(&partly, "transactions", "transaction")[0];
    assert_eq!(transaction["amountin"], "30.00");
    assert_eq!(
        keys(transaction),
        [
            "amountin",
            "amountout",
            "currency",
            "date",
            "description",
            "fees",
            "gateway",
            "id",
            "invoiceid",
            "rate",
            "refundid",
            "transid",
            "userid"
        ]
    );
    let taxed = it.whmcs("GetInvoice", &[("invoiceid", "7")]).await;
    assert_eq!(
        (&taxed["subtotal"], &taxed["tax"], &taxed["total"], &taxed["taxrate"]),
        (&json!("123.45"), &json!("24.69"), &json!("148.14"), &json!("20.000"))
    );
    let unpaid = it.whmcs("GetInvoice", &[("invoiceid", "6")]).await;
    assert_eq!(unpaid["transactions"], "");
    assert_eq!(unpaid["datepaid"], "0000-00-00 00:00:00");
    assert!(unpaid.get("currencycode").is_none());
    assert_eq!(it.refused("GetInvoice", &[("invoiceid", "9999")]).await, "Invoice ID Not Found");
    it.set("config", json!({ "total": "gross" })).await;
    assert_eq!(it.whmcs("GetInvoice", &[("invoiceid", "8")]).await["total"], "100.00");
}

#[tokio::test]
async fn services_are_strings_with_the_filters_echoed() {
    let it = Driver::start().await;
    let body = it.whmcs("GetClientsProducts", &[("clientid", "42")]).await;
    assert_eq!(
        (&body["clientid"], &body["serviceid"], &body["totalresults"], &body["numreturned"]),
        (&json!("42"), &Value::Null, &json!("8"), &json!(8))
    );
    let list = rows(&body, "products", "product");
    let statuses: BTreeSet<&str> = list.iter().map(|row| row["status"].as_str().unwrap()).collect();
    assert_eq!(statuses.len(), 7);
    for row in list {
        assert!(row["id"].is_string() && row["clientid"] == "42" && row["recurringamount"].is_string());
        let due = row["nextduedate"].as_str().unwrap();
        assert_eq!(row["status"] == "Completed", due == "0000-00-00");
    }
    assert!(list.iter().any(|row| row.get("ordernumber").is_none()));
    let one = it.whmcs("GetClientsProducts", &[("clientid", "42"), ("serviceid", "2")]).await;
    assert_eq!(one["totalresults"], "1");
}

#[tokio::test]
async fn client_details_by_id_and_by_the_clients_email() {
    let it = Driver::start().await;
    let body = it.whmcs("GetClientsDetails", &[("clientid", "47"), ("stats", "1")]).await;
    let client = &body["client"];
    assert_eq!(
        (&client["id"], &client["client_id"], &client["userid"]),
        (&json!(47), &json!(47), &json!(47))
    );
    assert_eq!(client["owner_user_id"], demo::TOVE);
    assert_eq!(client["allowSingleSignOn"], 1);
    assert_eq!(
        client["users"]["user"],
        json!([
            {"id": demo::TOVE, "name": "Tove Jansson", "email": "tove@example.com", "is_owner": true},
            {"id": demo::LINUS, "name": "Linus O&#039;Kernel", "email": "linus@example.com", "is_owner": false},
        ])
    );
    assert_eq!(body["stats"]["numunpaidinvoices"], 1);
    let by_email = it.whmcs("GetClientsDetails", &[("email", "ADA@example.com")]).await;
    assert_eq!(by_email["client"]["id"], demo::ADA_CLIENT);
    assert!(by_email.get("stats").is_none());
    assert_eq!(it.refused("GetClientsDetails", &[]).await, "Either clientid Or email Is Required");
    assert_eq!(it.refused("GetClientsDetails", &[("clientid", "1")]).await, "Client Not Found");
}

#[tokio::test]
async fn users_are_found_by_prefix_with_their_clients() {
    let it = Driver::start().await;
    let body = it.whmcs("GetUsers", &[("search", "linus@")]).await;
    assert_eq!(
        body["users"][0]["clients"],
        json!([{"id": 44, "isOwner": true}, {"id": 45, "isOwner": true}, {"id": 47, "isOwner": false}])
    );
    it.set("people", json!({"email": "ada@example.co", "first_name": "Ada", "last_name": "Byron"})).await;
    assert_eq!(it.whmcs("GetUsers", &[("search", "ada@example.co")]).await["totalresults"], 2);
    assert_eq!(it.whmcs("GetUsers", &[("search", "Ada Lov")]).await["totalresults"], 1);
    assert_eq!(it.whmcs("GetUsers", &[("search", "example.com")]).await["totalresults"], 0);
}

#[tokio::test]
async fn currencies_and_version() {
    let it = Driver::start().await;
    let body = it.whmcs("GetCurrencies", &[]).await;
    assert_eq!(
        rows(&body, "currencies", "currency")[1],
        json!({"id": "2", "code": "EUR", "prefix": "€", "suffix": " EUR", "format": "1", "rate": "0.92000"})
    );
    assert_eq!(it.whmcs("WhmcsDetails", &[]).await["whmcs"]["version"], "8.12.0");
    it.set("config", json!({ "version": "8.0" })).await;
    assert_eq!(it.whmcs("WhmcsDetails", &[]).await["whmcs"]["canonicalversion"], "8.0.0-release.1");
    let response = it.api("GetUsers", &[]).send().await.unwrap();
    assert_eq!(response.status(), 403);
}

#[tokio::test]
async fn credentials_role_and_action_are_checked() {
    let it = Driver::start().await;
    let cases: [(Pairs<'_>, u16, &str); 6] = [
        (&[("action", "GetInvoices")], 403, "Authentication Failed"),
        (&[("action", "x"), ("identifier", "a"), ("secret", "b")], 403, "Invalid or missing credentials"),
        (&[("action", "x"), ("identifier", demo::IDENTIFIER), ("secret", "b")], 403, "Authentication Failed"),
        (&[("identifier", demo::IDENTIFIER), ("secret", demo::SECRET)], 400, "Empty action request"),
        (
            &[("action", "NoSuchThing"), ("identifier", demo::IDENTIFIER), ("secret", demo::SECRET)],
            403,
            "Invalid Permissions: API action \"nosuchthing\" is not allowed",
        ),
        (
            &[("action", "GetUsers"), ("identifier", demo::IDENTIFIER), ("secret", demo::SECRET)],
            403,
            "Invalid Permissions: API action \"getusers\" is not allowed",
        ),
    ];
    it.set("config", json!({ "denied_actions": ["GetUsers"] })).await;
    for (params, status, message) in cases {
        let params = [params, &[("responsetype", "json"), ("accesskey", "ignored")]].concat();
        let response = it.post_form("whmcs/includes/api.php", &params).send().await.unwrap();
        assert_eq!(response.status(), status, "{message}");
        assert_eq!(json_of(response).await, json!({"result": "error", "message": message}));
    }
}

#[tokio::test]
async fn without_a_response_type_the_answer_is_xml() {
    let it = Driver::start().await;
    let pairs = [("action", "WhmcsDetails"), ("identifier", demo::IDENTIFIER), ("secret", demo::SECRET)];
    let response = it.post_form("whmcs/includes/api.php", &pairs).send().await.unwrap();
    assert!(response.headers()["content-type"].to_str().unwrap().contains("application/xml"));
    assert!(response.text().await.unwrap().contains("<whmcsapi><result>success</result>"));
}

#[tokio::test]
async fn the_stringy_profile_has_no_numbers() {
    fn scalars_are_text(value: &Value) -> bool {
        match value {
            Value::Number(_) | Value::Bool(_) => false,
            Value::Array(items) => items.iter().all(scalars_are_text),
            Value::Object(members) => members.values().all(scalars_are_text),
            Value::Null | Value::String(_) => true,
        }
    }
    let it = Driver::start().await;
    it.set("config", json!({ "profile": "stringy" })).await;
    for (action, params) in [
        ("GetInvoices", [("userid", "42")]),
        ("GetInvoice", [("invoiceid", "8")]),
        ("GetClientsDetails", [("clientid", "42")]),
        ("GetUsers", [("search", "ada")]),
    ] {
        let body = it.whmcs(action, &params).await;
        assert_eq!(body["result"], "success");
        assert!(scalars_are_text(&body), "{body}");
    }
}

#[tokio::test]
async fn empty_lists_take_every_shape() {
    let it = Driver::start().await;
    let shapes = [
        ("wrapped", Some(json!({"invoice": []}))),
        ("wrapped_text", Some(json!({"invoice": ""}))),
        ("text", Some(json!(""))),
        ("array", Some(json!([]))),
        ("object", Some(json!({}))),
        ("null", Some(Value::Null)),
        ("missing", None),
    ];
    for (name, shape) in shapes {
        it.set("config", json!({ "empty_list": name })).await;
        let body = it.whmcs("GetInvoices", &[("userid", "1")]).await;
        assert_eq!(body.get("invoices"), shape.as_ref(), "{name}");
        assert_eq!(body["totalresults"], 0);
    }
    it.set("config", json!({ "empty_list": "cycle" })).await;
    let mut seen = BTreeSet::new();
    for _ in 0..7 {
        let body = it.whmcs("GetInvoices", &[("userid", "1")]).await;
        seen.insert(body.get("invoices").map(Value::to_string));
    }
    assert_eq!(seen.len(), 7);
}

#[tokio::test]
async fn the_bulk_buyer_has_thousands_in_two_currencies() {
    let it = Driver::seeded(Seed::DemoWithBulk).await;
    let mut total = 0;
    for (client, code) in [("48", "USD"), ("49", "EUR")] {
        let body = it.whmcs("GetInvoices", &[("userid", client), ("limitnum", "1")]).await;
        assert_eq!(rows(&body, "invoices", "invoice")[0]["currencycode"], code);
        total += body["totalresults"].as_u64().unwrap();
    }
    assert_eq!(total, 5_000);
    let services = it.whmcs("GetClientsProducts", &[("clientid", "48"), ("limitnum", "1")]).await;
    assert_eq!(services["totalresults"], "480");
    let token = it.login().await;
    let (_, cases) =
        it.query(&token, "SELECT COUNT() FROM Case WHERE Account.WHMCS_Client_Id__c IN ('48','49')").await;
    assert_eq!(cases["totalSize"], 600);
}

#[tokio::test]
async fn starting_is_quick_enough_for_one_sandbox_per_test() {
    let started = Instant::now();
    for _ in 0..5 {
        Driver::start().await.sandbox.stop().await;
    }
    assert!(started.elapsed() < Duration::from_secs(5), "{:?}", started.elapsed());
}
