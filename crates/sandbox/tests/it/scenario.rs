//! Whole worlds from JSON files.

use std::path::Path;
use std::time::Instant;

use reqwest::Method;
use sandbox::{Options, Sandbox};
use serde_json::{Value, json};

use crate::driver::Driver;

const DEMO: &str = include_str!("../../scenarios/demo.json");

fn demo() -> Value {
    serde_json::from_str(DEMO).unwrap()
}

#[tokio::test]
async fn the_example_file_becomes_a_world() {
    let it = Driver::start().await;
    it.set("invoices/6/pay", Value::Null).await;
    let made = it.set("scenario", demo()).await;
    let counts = json!({"users": 2, "clients": 3, "invoices": 44, "services": 6, "orders": 6, "products": 3});
    assert_eq!(made, counts);
    let now = it.control(Method::GET, "clock", None).await.1;
    assert!(now["now"].as_str().unwrap().starts_with("2030-03-15T09:0"));
    let overdue = it.whmcs("GetInvoices", &[("userid", "700"), ("status", "Overdue")]).await;
    let row = &overdue["invoices"]["invoice"][0];
    assert_eq!((&row["duedate"], &row["currencycode"]), (&json!("2030-03-09"), &json!("EUR")));
    // The profile is stringy.
    assert_eq!(overdue["totalresults"], "1");
    let (_, first) = it.control(Method::GET, "ledger?part=whmcs.invoices.1", None).await;
    assert_eq!(
        (&first["items"][0]["description"], &first["date"]),
        (&json!("Chapter 1"), &json!("2029-02-18"))
    );
    let (_, finn) = it.control(Method::GET, "ledger?part=whmcs.clients", None).await;
    let finn = finn.as_object().unwrap().values().find(|c| c["company"] == "Finn&#039;s Hotel &amp; Sons");
    assert_eq!((&finn.unwrap()["members"], &finn.unwrap()["currency"]), (&json!([70]), &json!(3)));
    // 2030-03-15T09:02:30Z
    let (_, granted) = it.token(&it.assertion(&json!({"exp": 1_899_795_750}))).await;
    let token = granted["access_token"].as_str().unwrap().to_owned();
    let (_, found) = it.query(&token, "SELECT Subject FROM Case WHERE Status = 'New'").await;
    assert_eq!(found["records"][0]["Subject"], "Where is chapter 7?");
    assert_eq!(it.control(Method::GET, "faults", None).await.1.as_array().unwrap().len(), 1);
    // A reset goes back to the scenario, a named seed away from it.
    it.set("clock", json!({"advance_seconds": 86_400})).await;
    assert_eq!(it.control(Method::POST, "reset", None).await.0, 204);
    let (_, services) = it.control(Method::GET, "ledger?part=whmcs.services", None).await;
    assert_eq!(services.as_object().unwrap().len(), 6);
    it.set("reset", json!({"seed": "demo"})).await;
    assert_eq!(it.control(Method::GET, "ledger?part=whmcs.users.41", None).await.0, 200);
}

#[tokio::test]
async fn products_are_for_sale_and_orders_have_what_belongs_to_them() {
    let it = Driver::start().await;
    it.set("scenario", demo()).await;
    let products = it.whmcs("GetProducts", &[]).await["products"]["product"].clone();
    let names: Vec<_> = products.as_array().unwrap().iter().map(|row| &row["name"]).collect();
    assert_eq!(names, ["Press", "Proofs", "Linotype"]);
    let press = &products[0];
    assert_eq!((&press["slug"], &press["paytype"]), (&json!("press"), &json!("recurring")));
    let euros = &press["pricing"]["EUR"];
    assert_eq!(
        (&euros["annually"], &euros["asetupfee"], &euros["quarterly"]),
        (&json!("190.00"), &json!("5.00"), &json!("-1.00"))
    );
    let orders = it.whmcs("GetOrders", &[("userid", "700")]).await["orders"]["order"].clone();
    let of = |name: &str| {
        let line =
            |order: &&Value| order["lineitems"]["lineitem"][0]["product"].as_str().unwrap().ends_with(name);
        orders.as_array().unwrap().iter().find(line).unwrap().clone()
    };
    let (press, proofs) = (of("- Press"), of("- Proofs"));
    assert_eq!(
        (&press["status"], &press["amount"], &press["paymentstatus"]),
        (&json!("Active"), &json!("195.00"), &json!("Paid"))
    );
    assert_eq!(
        (&proofs["status"], &proofs["amount"], &proofs["paymentstatus"]),
        (&json!("Pending"), &json!("80.00"), &json!("Unpaid"))
    );
    let service =
        it.whmcs("GetClientsProducts", &[("clientid", "700"), ("domain", "press.ulysses.example")]).await;
    let service = &service["products"]["product"][0];
    assert_eq!(
        (&service["billingcycle"], &service["recurringamount"], &service["nextduedate"]),
        (&json!("Annually"), &json!("190.00"), &json!("2031-02-13"))
    );
    // What is paid belongs to the order.
    let invoice = proofs["invoiceid"].as_str().unwrap();
    it.set(&format!("invoices/{invoice}/pay"), Value::Null).await;
    let (_, events) = it.control(Method::GET, "events", None).await;
    assert!(events.as_array().unwrap().iter().any(|event| event["event"] == "OrderPaid"), "{events}");
    // And new orders can be placed.
    let params =
        [("clientid", "700"), ("paymentmethod", "stripe"), ("pid[0]", "1"), ("billingcycle[0]", "monthly")];
    let placed = it.whmcs("AddOrder", &params).await;
    assert_eq!(placed["result"], "success", "{placed}");
}

#[tokio::test]
async fn a_mistake_is_named_by_its_place_and_changes_nothing() {
    let it = Driver::start().await;
    let cases: [(&str, Value, &str); 18] = [
        ("/surprise", json!(1), "surprise"),
        ("/people/0/clients/1/currency", json!("XXX"), "people[0].clients[1].currency"),
        ("/people/0/clients/0/typo", json!(1), "people[0].clients[0].typo"),
        ("/people/0/clients/0/members", json!(["nobody@example.com"]), "people[0].clients[0].members[0]"),
        ("/people/1/email", json!("nora@example.com"), "people[1].email"),
        ("/invoices/template/client", json!("nobody"), "invoices.template.client"),
        ("/invoices/rows/1/lines/0/amount", json!("12.345"), "invoices.rows[1].lines[0].amount"),
        ("/services/2/client", json!(12_345), "services[2].client"),
        ("/cases/0/client", json!("closed"), "cases[0].client"),
        ("/faults/0/kind", json!("explode"), "faults[0].kind"),
        ("/switches/version", json!("1.0"), "switches.version"),
        ("/currencies", json!(["EUR", "EUR"]), "currencies[1]"),
        ("/products/0/prices/CHF", json!({"monthly": 1}), "products[0].prices.CHF"),
        ("/products/0/prices/EUR/weekly", json!(1), "products[0].prices.EUR.weekly"),
        ("/products/1/id", json!(1), "products[1].id"),
        ("/orders/0/product", json!("Pulp"), "orders[0].product"),
        ("/orders/0/cycle", json!("quarterly"), "orders[0].cycle"),
        ("/orders/1/cycle", json!("monthly"), "orders[1].cycle"),
    ];
    for (pointer, value, path) in cases {
        let mut scenario = demo();
        let (parent, name) = pointer.rsplit_once('/').unwrap();
        scenario.pointer_mut(parent).unwrap()[name] = value;
        let (status, trouble) = it.control(Method::POST, "scenario", Some(scenario)).await;
        assert_eq!((status, trouble["path"].as_str().unwrap()), (422, path), "{trouble}");
        assert!(!trouble["error"].as_str().unwrap().is_empty());
    }
    // Ada is still there.
    assert_eq!(it.control(Method::GET, "ledger?part=whmcs.users.41", None).await.0, 200);
}

#[tokio::test]
async fn a_hundred_thousand_invoices_load_in_seconds() {
    let it = Driver::start().await;
    let scenario = json!({
        "people": [{"email": "p@example.com", "first_name": "P", "last_name": "Q", "clients": [{"key": "c"}]}],
        "invoices": {"count": 100_000, "over_days": 3_000, "template":
            {"client": "c", "status": "Paid", "lines": [{"description": "Line {n}", "amount": "9.95"}]}},
    });
    let started = Instant::now();
    let made = it.set("scenario", scenario).await;
    assert_eq!(made["invoices"], 100_000);
    assert!(started.elapsed().as_secs() < 30, "{:?}", started.elapsed());
    let (_, last) =
        it.control(Method::GET, "ledger?part=whmcs.invoices.100000.items.0.description", None).await;
    assert_eq!(last, "Line 100000");
}

#[tokio::test]
async fn a_sandbox_can_start_with_a_file() {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("scenarios/demo.json");
    let options = Options { scenario: Some(path), ..Options::default() };
    let sandbox = Sandbox::start(options).await.unwrap();
    let http = reqwest::Client::builder().build().unwrap();
    let url = sandbox.base_url().join("_control/ledger?part=whmcs.users.70.email").unwrap();
    assert_eq!(http.get(url).send().await.unwrap().text().await.unwrap(), "\"james@example.com\"");
    let missing = Options { scenario: Some("no/such/file.json".into()), ..Options::default() };
    assert!(Sandbox::start(missing).await.is_err());
    let broken = Path::new(env!("CARGO_MANIFEST_DIR")).join("Cargo.toml");
    let broken = Options { scenario: Some(broken), ..Options::default() };
    assert_eq!(Sandbox::start(broken).await.unwrap_err().kind(), std::io::ErrorKind::InvalidData);
}
