//! Orders: placing, pricing, refusals, acceptance, cancellation, lists.

use reqwest::Method;
use serde_json::{Value, json};

use crate::driver::{Driver, Pairs};

/// The WHMCS hook points that ran so far, with their ids.
pub async fn fired(it: &Driver) -> Vec<(String, Value)> {
    let (_, events) = it.control(Method::GET, "events", None).await;
    let whmcs = events.as_array().unwrap().iter().filter(|event| event["source"] == "whmcs");
    whmcs.map(|event| (event["event"].as_str().unwrap().to_owned(), event["ids"].clone())).collect()
}

pub fn names(events: &[(String, Value)]) -> Vec<&str> {
    events.iter().map(|(name, _)| name.as_str()).collect()
}

const ADA: [(&str, &str); 2] = [("clientid", "42"), ("paymentmethod", "stripe")];

async fn order(it: &Driver, params: Pairs<'_>) -> Value {
    let body = it.whmcs("AddOrder", &[&ADA[..], params].concat()).await;
    assert_eq!(body["result"], "success", "{body}");
    body
}

async fn refused(it: &Driver, params: Pairs<'_>) -> String {
    it.refused("AddOrder", &[&ADA[..], params].concat()).await
}

async fn amount(it: &Driver, body: &Value) -> Value {
    let id = body["orderid"].to_string();
    it.whmcs("GetOrders", &[("id", &id)]).await["orders"]["order"][0]["amount"].clone()
}

async fn services(it: &Driver, body: &Value) -> Vec<Value> {
    let mut rows = Vec::new();
    for id in body["serviceids"].as_str().unwrap().split(',') {
        let found = it.whmcs("GetClientsProducts", &[("serviceid", id)]).await;
        rows.push(found["products"]["product"][0].clone());
    }
    rows
}

#[tokio::test]
async fn an_order_is_pending_with_services_and_an_unpaid_invoice() {
    let it = Driver::start().await;
    let body = order(
        &it,
        &[
            ("pid[0]", "2"),
            ("billingcycle[0]", "monthly"),
            ("domain[0]", "new.example"),
            // array("2" => "ord_1")
            ("customfields[0]", "YToxOntpOjI7czo1OiJvcmRfMSI7fQ=="),
            ("pid[1]", "1"),
            ("billingcycle[1]", "annually"),
            // array("1" => "on")
            ("configoptions[1]", "YToxOntpOjE7czoyOiJvbiI7fQ=="),
        ],
    )
    .await;
    assert_eq!(body["productids"], body["serviceids"]);
    assert_eq!((&body["addonids"], &body["domainids"]), (&json!(""), &json!("")));
    let invoice_id = body["invoiceid"].to_string();
    let made = services(&it, &body).await;
    assert_eq!(made[0]["status"], "Pending");
    assert_eq!(made[0]["customfields"]["customfield"][0]["value"], "ord_1");
    assert_eq!(
        (&made[0]["firstpaymentamount"], &made[0]["recurringamount"], &made[0]["billingcycle"]),
        (&json!("29.95"), &json!("24.95"), &json!("Monthly"))
    );
    assert_eq!(made[1]["recurringamount"], "149.50");
    assert_eq!(made[1]["configoptions"]["configoption"][0]["type"], "yesno");
    let invoice = it.whmcs("GetInvoice", &[("invoiceid", &invoice_id)]).await;
    assert_eq!(
        (&invoice["status"], &invoice["total"], &invoice["paymentmethod"], &invoice["userid"]),
        (&json!("Unpaid"), &json!("179.45"), &json!("stripe"), &json!(42))
    );
    let kinds: Vec<&Value> =
        invoice["items"]["item"].as_array().unwrap().iter().map(|item| &item["type"]).collect();
    assert_eq!(kinds, ["Hosting", "Setup", "Hosting"]);
    let listed = it.whmcs("GetOrders", &[("userid", "42"), ("limitnum", "1")]).await;
    let row = &listed["orders"]["order"][0];
    assert_eq!((&row["id"], &row["status"]), (&body["orderid"], &json!("Pending")));
    assert_eq!((&row["amount"], &row["paymentstatus"]), (&json!("179.45"), &json!("Unpaid")));
    assert_eq!(row["lineitems"]["lineitem"][0]["product"], "Shared Hosting - Plus &amp; Backup");
    assert_eq!(row["ipaddress"], "127.0.0.1");
    let events = fired(&it).await;
    assert_eq!(
        names(&events),
        ["InvoiceCreation", "InvoiceCreationPreEmail", "InvoiceCreated", "AfterShoppingCartCheckout"]
    );
    assert_eq!(events[3].1["orderid"], body["orderid"]);
    let (_, mails) = it.page("", "mail/messages?to=ada@example.com").await;
    assert!(mails.contains("Order Confirmation") && mails.contains("Customer Invoice"));
}

#[tokio::test]
async fn paying_and_accepting_are_two_things() {
    let it = Driver::start().await;
    let body = order(&it, &[("pid[]", "1"), ("noemail", "1")]).await;
    let (id, invoice) = (body["orderid"].to_string(), body["invoiceid"].to_string());
    assert!(it.page("", "mail/messages?to=ada@example.com").await.1.starts_with("[]"));
    let before = fired(&it).await.len();
    assert_eq!(it.whmcs("AcceptOrder", &[("orderid", &id)]).await, json!({"result": "success"}));
    assert_eq!(services(&it, &body).await[0]["status"], "Active");
    assert_eq!(it.whmcs("GetInvoice", &[("invoiceid", &invoice)]).await["status"], "Unpaid");
    let twice = it.refused("AcceptOrder", &[("orderid", &id)]).await;
    assert_eq!(twice, "Order ID not found or Status not Pending");
    it.set(&format!("invoices/{invoice}/pay"), Value::Null).await;
    let events = fired(&it).await.split_off(before);
    assert_eq!(
        names(&events),
        [
            "AcceptOrder",
            "AfterModuleCreate",
            "AddInvoicePayment",
            "InvoicePaidPreEmail",
            "InvoicePaid",
            "OrderPaid"
        ]
    );
    let ids = json!({"orderid": body["orderid"], "client_id": 42, "invoiceid": body["invoiceid"]});
    assert_eq!(events[5].1, ids);
    // Paid: the next due date moved one period on.
    let made = services(&it, &body).await;
    assert_ne!(made[0]["nextduedate"], made[0]["regdate"]);
}

#[tokio::test]
async fn orders_are_refused_with_the_documented_texts() {
    let it = Driver::start().await;
    let known = [("pid[0]", "1")];
    let cases: [(Pairs<'_>, &str); 12] = [
        (&[("clientid", "999")], "Client ID Not Found"),
        (
            &[("paymentmethod", "cash")],
            "Invalid Payment Method. Valid options include paypalcheckout,stripe,banktransfer",
        ),
        (&[], "No items added to cart so order cannot proceed"),
        (&[("pid[0]", "999")], "No items added to cart so order cannot proceed"),
        // Sold in euros only.
        (&[("pid[0]", "10")], "No items added to cart so order cannot proceed"),
        (&[("pid", "1")], "Expecting parameter 'pid' to be an array"),
        (
            &[("pid[0]", "1"), ("billingcycle", "monthly")],
            "Expecting parameter 'billingcycle' to be an array",
        ),
        (&[("addonid", "3")], "Addon ID invalid"),
        (&[("serviceids[0]", "9")], "Service ID not owned by Client ID provided"),
        (&[("servicerenewals[0]", "999")], "Service ID not owned by Client ID provided"),
        (&[("servicerenewals[0]", "1")], "Service ID 1 can not be renewed at this time."),
        (&[("domainrenewals[lovelace.example]", "1")], "Domain not owned by Client ID provided"),
    ];
    for (params, message) in cases {
        assert_eq!(refused(&it, params).await, message, "{params:?}");
    }
    it.whmcs("UpdateClient", &[("clientid", "42"), ("status", "Closed")]).await;
    assert_eq!(refused(&it, &known).await, "Unable to add order when client status is Closed");
    let body = it.whmcs("GetInvoices", &[("userid", "42")]).await;
    assert_eq!(body["totalresults"], 10);
}

#[tokio::test]
async fn older_versions_take_scalars_and_know_no_quantities() {
    let it = Driver::start().await;
    it.set("config", json!({"version": "8.1"})).await;
    let body = order(&it, &[("pid", "6"), ("qty[0]", "3")]).await;
    assert_eq!(services(&it, &body).await.len(), 1);
    it.set("config", json!({"version": "8.6", "array_params": "domains_only"})).await;
    order(&it, &[("pid", "1"), ("billingcycle", "monthly")]).await;
    let domains = refused(&it, &[("pid", "1"), ("domaintype[0]", "register")]).await;
    assert_eq!(domains, "Expecting parameter 'pid' to be an array");
}

#[tokio::test]
async fn quantities_overrides_and_gaps() {
    let it = Driver::start().await;
    // Several pieces of one service, several services, and neither.
    let servers = order(
        &it,
        &[("pid[0]", "3"), ("qty[0]", "2"), ("configoptions[0]", "YToyOntpOjI7aTozO2k6MztpOjI7fQ==")],
    )
    .await;
    let made = services(&it, &servers).await;
    assert_eq!((made.len(), &made[0]["qty"]), (1, &json!("2")));
    // Twice: 39.00, 8 GB for 10.00, two addresses for 2.00 each.
    assert_eq!(amount(&it, &servers).await, "106.00");
    let audits = order(&it, &[("pid[0]", "6"), ("qty[0]", "2")]).await;
    assert_eq!(services(&it, &audits).await.len(), 2);
    assert_eq!(services(&it, &audits).await[0]["nextduedate"], "0000-00-00");
    let plain = order(&it, &[("pid[0]", "1"), ("qty[0]", "2")]).await;
    assert_eq!(amount(&it, &plain).await, "12.95");
    it.set("config", json!({"quantity": "separate_services"})).await;
    assert_eq!(services(&it, &order(&it, &[("pid[0]", "3"), ("qty[0]", "2")]).await).await.len(), 2);
    // Indexes correlate: the cycle of index 1 belongs to nobody.
    let gap = order(
        &it,
        &[("pid[0]", "1"), ("pid[2]", "1"), ("billingcycle[0]", "annually"), ("billingcycle[1]", "annually")],
    )
    .await;
    let cycles: Vec<Value> =
        services(&it, &gap).await.into_iter().map(|row| row["billingcycle"].clone()).collect();
    assert_eq!(cycles, ["Annually", "Monthly"]);
    let override_ = [("pid[0]", "2"), ("priceoverride[0]", "1.00")];
    for (reach, first, recurring) in [
        ("recurring_keeps_setup", "6.00", "1.00"),
        ("recurring_without_setup", "1.00", "1.00"),
        ("first_payment_only", "1.00", "24.95"),
    ] {
        it.set("config", json!({"price_override": reach})).await;
        let body = order(&it, &override_).await;
        let row = services(&it, &body).await.remove(0);
        assert_eq!((&row["firstpaymentamount"], &row["recurringamount"]), (&json!(first), &json!(recurring)));
    }
}

#[tokio::test]
async fn cycles_that_are_not_offered_follow_the_switch() {
    let it = Driver::start().await;
    let wanted = [("pid[0]", "1"), ("billingcycle[0]", "quarterly")];
    assert_eq!(services(&it, &order(&it, &wanted).await).await[0]["billingcycle"], "Monthly");
    it.set("config", json!({"disabled_cycle": "no_item"})).await;
    assert_eq!(refused(&it, &wanted).await, "No items added to cart so order cannot proceed");
    it.set("config", json!({"disabled_cycle": "negative"})).await;
    assert_eq!(services(&it, &order(&it, &wanted).await).await[0]["recurringamount"], "-1.00");
}

#[tokio::test]
async fn without_an_invoice_its_id_takes_the_form_of_the_switch() {
    let it = Driver::start().await;
    let free = [("pid[0]", "7")];
    let no_invoice = [("pid[0]", "1"), ("noinvoice", "1")];
    for params in [&free[..], &no_invoice[..]] {
        assert_eq!(order(&it, params).await["invoiceid"], 0);
    }
    for (form, value) in [("missing", None), ("text", Some(json!(""))), ("null", Some(Value::Null))] {
        it.set("config", json!({"no_invoice": form})).await;
        assert_eq!(order(&it, &free).await.get("invoiceid").cloned(), value, "{form}");
    }
    it.set("config", json!({"zero_order": "paid_invoice", "customer_mail": "off"})).await;
    let body = order(&it, &free).await;
    let invoice = it.whmcs("GetInvoice", &[("invoiceid", &body["invoiceid"].to_string())]).await;
    assert_eq!((&invoice["status"], &invoice["total"]), (&json!("Paid"), &json!("0.00")));
    let free_service = services(&it, &body).await.remove(0);
    assert_eq!(free_service["billingcycle"], "Free Account");
}

#[tokio::test]
async fn promotions_take_their_part_and_bad_codes_follow_the_switch() {
    let it = Driver::start().await;
    let cases = [
        // Setup fee 5.00 and 24.95 a month.
        ("SPRING10", "2", "26.95"),
        ("FIVEOFF", "2", "24.95"),
        ("FIVEOFF", "2", "29.95"),
        ("NOSETUP", "2", "24.95"),
        ("SPRING10", "3", "39.00"),
        ("YEARLY", "2", "29.95"),
        ("EXPIRED", "2", "29.95"),
        ("USEDUP", "2", "29.95"),
        ("WELCOME", "2", "29.95"),
        ("NONSENSE", "2", "29.95"),
    ];
    for (code, pid, total) in cases {
        let body = order(&it, &[("pid[0]", pid), ("promocode", code)]).await;
        assert_eq!(amount(&it, &body).await, total, "{code} for {pid}");
    }
    let yearly = [("pid[0]", "1"), ("billingcycle[0]", "annually"), ("promocode", "YEARLY")];
    assert_eq!(amount(&it, &order(&it, &yearly).await).await, "99.00");
    let spring = order(&it, &[("pid[0]", "1"), ("promocode", "spring10")]).await;
    assert_eq!(services(&it, &spring).await[0]["recurringamount"], "11.65");
    let uses = it.whmcs("GetPromotions", &[("code", "SPRING10")]).await;
    assert_eq!(uses["promotions"]["promotion"][0]["uses"], 3);
    it.set("config", json!({"bad_promocode": "refused"})).await;
    assert_eq!(refused(&it, &[("pid[0]", "1"), ("promocode", "EXPIRED")]).await, "Invalid Promotion Code");
}

#[tokio::test]
async fn only_pending_orders_are_cancelled_and_only_ended_ones_deleted() {
    let it = Driver::start().await;
    let body = order(&it, &[("pid[0]", "1")]).await;
    let (id, invoice) = (body["orderid"].to_string(), body["invoiceid"].to_string());
    let params = [("orderid", id.as_str())];
    let early = it.refused("DeleteOrder", &params).await;
    assert!(early.contains("Cancelled or Fraud"));
    it.whmcs("CancelOrder", &params).await;
    assert_eq!(it.whmcs("GetInvoice", &[("invoiceid", &invoice)]).await["status"], "Cancelled");
    assert_eq!(services(&it, &body).await[0]["status"], "Cancelled");
    for (action, message) in [
        ("CancelOrder", "Order ID not found or Status not Pending"),
        ("AcceptOrder", "Order ID not found or Status not Pending"),
    ] {
        assert_eq!(it.refused(action, &params).await, message);
    }
    it.whmcs("PendingOrder", &params).await;
    assert_eq!(services(&it, &body).await[0]["status"], "Pending");
    it.whmcs("FraudOrder", &params).await;
    it.whmcs("DeleteOrder", &params).await;
    for action in ["GetOrders", "GetClientsProducts"] {
        let left = it.whmcs(action, &[("userid", "42"), ("clientid", "42")]).await;
        assert_eq!(left["totalresults"].to_string().trim_matches('"'), "8", "{action}");
    }
    assert_eq!(it.refused("PendingOrder", &params).await, "Order ID Not Found");
    let events = fired(&it).await.split_off(4);
    // Its id is not given again.
    assert_ne!(order(&it, &[("pid[0]", "1")]).await["orderid"], body["orderid"]);
    assert_eq!(
        names(&events),
        ["CancelOrder", "InvoiceCancelled", "PendingOrder", "FraudOrder", "DeleteOrder"]
    );
    it.set("config", json!({"cancelled_order": "leaves_invoice"})).await;
    let body = order(&it, &[("pid[0]", "1")]).await;
    it.whmcs("CancelOrder", &[("orderid", &body["orderid"].to_string())]).await;
    let kept = it.whmcs("GetInvoice", &[("invoiceid", &body["invoiceid"].to_string())]).await;
    assert_eq!(kept["status"], "Unpaid");
}

#[tokio::test]
async fn a_failing_module_leaves_the_order_as_the_switch_says() {
    let it = Driver::start().await;
    for (module, status) in [("fails_pending", "Pending"), ("fails_active", "Active")] {
        it.set("config", json!({"module": module})).await;
        let body = order(&it, &[("pid[0]", "1")]).await;
        let id = body["orderid"].to_string();
        let message = it.refused("AcceptOrder", &[("orderid", &id)]).await;
        assert_eq!(message, "Server and/or registrar response message");
        let row = it.whmcs("GetOrders", &[("id", &id)]).await;
        assert_eq!(row["orders"]["order"][0]["status"], status);
        assert_eq!(services(&it, &body).await[0]["status"], "Pending");
    }
}

#[tokio::test]
async fn orders_are_listed_by_client_status_and_id() {
    let it = Driver::start().await;
    let ada = it.whmcs("GetOrders", &[("userid", "42"), ("limitnum", "3")]).await;
    assert_eq!((&ada["totalresults"], &ada["numreturned"]), (&json!(8), &json!(3)));
    let fraud = it.whmcs("GetOrders", &[("userid", "42"), ("status", "fraud")]).await;
    assert_eq!(fraud["totalresults"], 1);
    assert_eq!(fraud["orders"]["order"][0]["requestor_id"], sandbox::demo::ADA);
    let everybody = it.whmcs("GetOrders", &[]).await["totalresults"].as_u64().unwrap();
    assert!(everybody > 10);
    // A service made by hand has an order of its own, which no later order takes.
    let service = it.set("services", json!({"client_id": 43})).await["id"].to_string();
    let params = [("serviceid", service.as_str())];
    let made = it.whmcs("GetClientsProducts", &params).await["products"]["product"][0].clone();
    let later = order(&it, &[("pid[0]", "1")]).await;
    assert_ne!(made["orderid"], later["orderid"].to_string());
    let everybody = everybody + 2;
    let statuses = it.whmcs("GetOrderStatuses", &[]).await;
    assert_eq!(statuses["totalresults"], 5);
    let counts: u64 = statuses["statuses"]["status"]
        .as_array()
        .unwrap()
        .iter()
        .map(|status| status["count"].as_u64().unwrap())
        .sum();
    assert_eq!(counts, everybody);
}
