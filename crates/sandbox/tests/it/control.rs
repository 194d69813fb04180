//! The control API.

use reqwest::Method;
use sandbox::demo;
use serde_json::{Value, json};

use crate::driver::Driver;

#[tokio::test]
async fn a_reset_makes_everything_as_after_the_start() {
    let it = Driver::start().await;
    it.set("invoices/6/pay", Value::Null).await;
    it.set("config", json!({"profile": "stringy"})).await;
    it.set("clock", json!({"advance_seconds": 86_400})).await;
    it.fault(json!({"target": "whmcs", "action": "*", "kind": "html"})).await;
    assert_eq!(it.control(Method::POST, "reset", None).await.0, 204);
    let invoice = it.whmcs("GetInvoice", &[("invoiceid", "6")]).await;
    assert_eq!((&invoice["status"], &invoice["invoiceid"]), (&json!("Unpaid"), &json!(6)));
    assert_eq!(it.control(Method::POST, "reset", Some(json!({"seed": "empty"}))).await.0, 204);
    assert_eq!(it.refused("GetClientsDetails", &[("clientid", "42")]).await, "Client Not Found");
    assert_eq!(it.whmcs("GetCurrencies", &[]).await["totalresults"], "2");
    assert_eq!(it.control(Method::POST, "reset", Some(json!({"seed": "nope"}))).await.0, 422);
    assert_eq!(it.control(Method::GET, "health", None).await.0, 204);
}

#[tokio::test]
async fn people_invoices_and_services_can_be_made() {
    let it = Driver::seeded(sandbox::Seed::Empty).await;
    let person = json!({"email": "p@example.com", "first_name": "P", "last_name": "Q", "company": "A & B", "currency": "EUR"});
    let ids = it.set("people", person.clone()).await;
    let client_id = ids["client_id"].to_string();
    assert_eq!(it.control(Method::POST, "people", Some(person)).await.0, 422);
    let made = it
        .set(
            "invoices",
            json!({"client_id": ids["client_id"], "status": "Unpaid", "duedate": -3, "credit": "1.00",
                   "lines": [{"description": "One & two", "amount": "10.50"}, {"description": "b", "amount": 2}]}),
        )
        .await;
    let body = it.whmcs("GetInvoices", &[("userid", &client_id), ("status", "Overdue")]).await;
    let row = &body["invoices"]["invoice"][0];
    assert_eq!(
        (&row["id"], &row["subtotal"], &row["currencycode"]),
        (&made["id"], &json!("12.50"), &json!("EUR"))
    );
    assert_eq!(row["companyname"], "A &amp; B");
    let id = made["id"].to_string();
    it.set(&format!("invoices/{id}/pay"), Value::Null).await;
    assert_eq!(it.whmcs("GetInvoice", &[("invoiceid", &id)]).await["balance"], "0.00");
    assert_eq!(it.control(Method::POST, &format!("invoices/{id}/pay"), None).await.0, 409);
    assert_eq!(it.control(Method::POST, "invoices/999/pay", None).await.0, 404);
    it.set(
        "services",
        json!({"client_id": ids["client_id"], "status": "Suspended", "nextduedate": "2030-01-02"}),
    )
    .await;
    let services = it.whmcs("GetClientsProducts", &[("clientid", &client_id)]).await;
    let service = &services["products"]["product"][0];
    assert_eq!((&service["status"], &service["nextduedate"]), (&json!("Suspended"), &json!("2030-01-02")));
    for body in [
        json!({"client_id": 1, "lines": []}),
        json!({"client_id": 999, "lines": [{"description": "", "amount": 1}]}),
    ] {
        assert_eq!(it.control(Method::POST, "invoices", Some(body)).await.0, 422);
    }
}

#[tokio::test]
async fn the_clock_can_be_set_and_moved() {
    let it = Driver::start().await;
    let now = it.set("clock", json!({"set": "2030-05-06T07:08:09Z"})).await;
    assert!(now["now"].as_str().unwrap().starts_with("2030-05-06T07:08:"), "{now}");
    it.set("invoices/6/pay", Value::Null).await;
    let paid = it.whmcs("GetInvoice", &[("invoiceid", "6")]).await["datepaid"].clone();
    assert!(paid.as_str().unwrap().starts_with("2030-05-06 07:08:"), "{paid}");
    assert_eq!(it.control(Method::POST, "clock", Some(json!({}))).await.0, 422);
}

#[tokio::test]
async fn the_request_log_tells_who_called_what_and_no_secret() {
    let it = Driver::start().await;
    it.whmcs("getinvoices", &[("userid", "42")]).await;
    it.whmcs("AddClient", &[("email", "x@example.net"), ("password2", "hush"), ("skipvalidation", "1")])
        .await;
    let token = it.login().await;
    it.query(&token, "SELECT COUNT() FROM Case").await;
    let (_, calls) = it.control(Method::GET, "requests?target=whmcs&action=GetInvoices", None).await;
    assert_eq!(calls.as_array().unwrap().len(), 1);
    assert_eq!(
        (&calls[0]["action"], &calls[0]["status"], &calls[0]["client_id"]),
        (&json!("GetInvoices"), &json!(200), &json!(42))
    );
    let (_, all) = it.control(Method::GET, "requests", None).await;
    let actions: Vec<&str> =
        all.as_array().unwrap().iter().map(|call| call["action"].as_str().unwrap()).collect();
    assert_eq!(actions, ["GetInvoices", "AddClient", "token", "query"]);
    let text = all.to_string();
    for secret in ["hush", demo::SECRET, demo::IDENTIFIER, token.as_str(), "x@example.net"] {
        assert!(!text.contains(secret));
    }
    assert_eq!(it.control(Method::DELETE, "requests", None).await.0, 204);
    assert_eq!(it.control(Method::GET, "requests", None).await.1, json!([]));
}

#[tokio::test]
async fn the_ledger_can_be_read_in_parts() {
    let it = Driver::start().await;
    let (_, whole) = it.control(Method::GET, "ledger", None).await;
    for (part, pointer) in [
        ("whmcs", "/whmcs"),
        ("whmcs.invoices", "/whmcs/invoices"),
        ("whmcs.invoices.7", "/whmcs/invoices/7"),
        ("whmcs.invoices.7.items.1.amount", "/whmcs/invoices/7/items/1/amount"),
        ("whmcs.currencies.1.code", "/whmcs/currencies/1/code"),
        ("salesforce.records", "/salesforce/records"),
        ("mail", "/mail"),
    ] {
        let (status, found) = it.control(Method::GET, &format!("ledger?part={part}"), None).await;
        assert_eq!((status, Some(&found)), (200, whole.pointer(pointer)), "{part}");
    }
    for part in ["nothing", "whmcs.nothing", "whmcs.invoices.x", "whmcs.invoices.7.nothing", ""] {
        assert_eq!(it.control(Method::GET, &format!("ledger?part={part}"), None).await.0, 404, "{part}");
    }
}

#[tokio::test]
async fn the_index_lists_people_and_links() {
    let it = Driver::start().await;
    let (status, page) = it.page("", "").await;
    assert_eq!(status, 200);
    assert!(
        page.contains("linus@example.com") && page.contains("47 Moomin Oy (guest)") && page.contains("/mail")
    );
    assert_eq!(it.page("", "_sandbox/style.css").await.0, 200);
}

#[tokio::test]
async fn several_workers_share_one_world() {
    let options = sandbox::Options { workers: 2, ..sandbox::Options::default() };
    let sandbox = sandbox::Sandbox::start(options).await.unwrap();
    let url = sandbox.base_url().join("_control/services").unwrap();
    let calls = (0..32).map(|_| {
        let url = url.clone();
        tokio::spawn(async move {
            // A connection of its own each, so that both workers get some.
            let http = reqwest::Client::builder().build().unwrap();
            http.post(url).body("{\"client_id\": 42}").send().await.unwrap().text().await.unwrap()
        })
    });
    let mut ids: Vec<String> = Vec::new();
    for call in calls.collect::<Vec<_>>() {
        ids.push(call.await.unwrap());
    }
    ids.sort();
    ids.dedup();
    assert_eq!(ids.len(), 32);
}

#[actix_web::test]
async fn a_sandbox_runs_under_actix_and_a_stopped_one_is_gone() {
    let it = Driver::start().await;
    let (url, smtp) = (it.url("_control/health"), it.sandbox.smtp_addr());
    assert_eq!(it.http.get(&url).send().await.unwrap().status(), 204);
    it.sandbox.stop().await;
    let fresh = reqwest::Client::builder().build().unwrap();
    assert!(fresh.get(&url).send().await.unwrap_err().is_connect());
    assert!(tokio::net::TcpStream::connect(smtp).await.is_err());
}
