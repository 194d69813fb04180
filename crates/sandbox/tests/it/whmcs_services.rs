//! Upgrades, cancellations, `UpdateClient`, `LogActivity`.

use reqwest::Method;
use serde_json::{Value, json};

use crate::driver::{Driver, Pairs};
use crate::whmcs_orders::{fired, names};

/// Service 8 is Ada's: Starter, monthly, due in twenty days.
const SERVICE: [(&str, &str); 2] = [("serviceid", "8"), ("paymentmethod", "stripe")];

async fn upgrade(it: &Driver, params: Pairs<'_>) -> Value {
    let body = it.whmcs("UpgradeProduct", &[&SERVICE[..], params].concat()).await;
    assert_eq!(body["result"], "success", "{body}");
    body
}

async fn service(it: &Driver) -> Value {
    it.whmcs("GetClientsProducts", &[("serviceid", "8")]).await["products"]["product"][0].clone()
}

#[tokio::test]
async fn an_upgrade_is_priced_ordered_and_done_when_paid() {
    let it = Driver::start().await;
    it.set("clock", json!({"set": "2030-06-15T12:00:00Z"})).await;
    it.control(Method::POST, "reset", None).await;
    let wanted = [("type", "product"), ("newproductid", "2"), ("newproductbillingcycle", "monthly")];
    let quote = upgrade(&it, &[&wanted[..], &[("calconly", "1")]].concat()).await;
    assert_eq!((&quote["daysuntilrenewal"], &quote["upgradeinprogress"]), (&json!(20), &json!(0)));
    assert_eq!((&quote["oldproductid"], &quote["newproductid"]), (&json!("1"), &json!(2)));
    assert_eq!(quote["newproductname"], "Plus &amp; Backup");
    assert!(quote.get("orderid").is_none());
    let price = quote["price"].as_str().unwrap();
    assert!(price.starts_with('$') && price.ends_with(" USD"), "{price}");
    let total = quote["totaldays"].as_f64().unwrap();
    let expected = ((2495.0_f64 * 20.0 / total).round() - (1295.0_f64 * 20.0 / total).round()) / 100.0;
    assert_eq!(price, format!("${expected:.2} USD"));
    let made = upgrade(&it, &wanted).await;
    assert!(made["id"].is_string() && made["orderid"].is_number() && made["order_number"].is_string());
    assert_eq!(service(&it).await["pid"], "1");
    let blocked = it.refused("UpgradeProduct", &[&SERVICE[..], &wanted[..]].concat()).await;
    assert_eq!(
        blocked,
        "Unable to accept upgrade order. Previous upgrade invoice for service is still unpaid."
    );
    let again = upgrade(&it, &[&wanted[..], &[("calconly", "1")]].concat()).await;
    assert_eq!(again["upgradeinprogress"], 1);
    it.set(&format!("invoices/{}/pay", made["invoiceid"]), Value::Null).await;
    let after = service(&it).await;
    assert_eq!(
        (&after["pid"], &after["name"], &after["recurringamount"]),
        (&json!("2"), &json!("Plus &amp; Backup"), &json!("24.95"))
    );
    let events = fired(&it).await;
    assert_eq!(
        names(&events)[3..],
        ["AddInvoicePayment", "InvoicePaidPreEmail", "InvoicePaid", "AfterProductUpgrade", "OrderPaid"]
    );
}

#[tokio::test]
async fn a_downgrade_costs_nothing_and_happens_at_once() {
    let it = Driver::start().await;
    let down = [("type", "product"), ("newproductid", "7")];
    let body = upgrade(&it, &down).await;
    assert!(body["price"].as_str().unwrap().starts_with("$-"), "{body}");
    assert_eq!(body["invoiceid"], Value::Null);
    assert_eq!(service(&it).await["billingcycle"], "Free Account");
    assert_eq!(names(&fired(&it).await), ["AfterProductUpgrade"]);
}

#[tokio::test]
async fn options_are_upgraded_by_id() {
    let it = Driver::start().await;
    let wanted = [("type", "configoptions"), ("configoptions[1]", "1")];
    let body = upgrade(&it, &wanted).await;
    it.set(&format!("invoices/{}/pay", body["invoiceid"]), Value::Null).await;
    let after = service(&it).await;
    assert_eq!(after["configoptions"]["configoption"][0]["option"], "Off-site Backups");
    assert_eq!(after["recurringamount"], "14.95");
    assert!(names(&fired(&it).await).contains(&"AfterConfigOptionsUpgrade"));
}

#[tokio::test]
async fn upgrades_are_refused_with_the_documented_texts_and_promotions_hold() {
    let it = Driver::start().await;
    let cases: [(Pairs<'_>, &str); 5] = [
        (&[("serviceid", "999")], "Service ID Not Found"),
        (&[("type", "nonsense")], "Invalid Upgrade Type"),
        (
            &[("paymentmethod", "cash")],
            "Invalid Payment Method. Valid options include paypalcheckout,stripe,banktransfer",
        ),
        (
            &[("type", "product"), ("newproductid", "2"), ("newproductbillingcycle", "weekly")],
            "Invalid Billing Cycle Requested",
        ),
        (
            &[("type", "product"), ("newproductid", "3"), ("newproductbillingcycle", "quarterly")],
            "Invalid Billing Cycle Requested",
        ),
    ];
    for (params, message) in cases {
        assert_eq!(it.refused("UpgradeProduct", &[&SERVICE[..], params].concat()).await, message);
    }
    let wanted = [
        ("type", "product"),
        ("newproductid", "2"),
        ("newproductbillingcycle", "annually"),
        ("calconly", "1"),
    ];
    let amount = |body: &Value| -> f64 {
        body["price"].as_str().unwrap().trim_matches(|c: char| !c.is_ascii_digit()).parse().unwrap()
    };
    let full = amount(&upgrade(&it, &wanted).await);
    let half = amount(&upgrade(&it, &[&wanted[..], &[("promocode", "MOVEUP")]].concat()).await);
    let same = amount(&upgrade(&it, &[&wanted[..], &[("promocode", "SPRING10")]].concat()).await);
    assert!((full - half * 2.0).abs() < 0.02 && (full - same).abs() < f64::EPSILON, "{full} {half} {same}");
}

#[tokio::test]
async fn a_cancellation_is_asked_for_once_and_listed_for_everybody() {
    let it = Driver::start().await;
    let wish = [("serviceid", "1"), ("type", "Immediate"), ("reason", "It's over")];
    let body = it.whmcs("AddCancelRequest", &wish).await;
    assert_eq!(body, json!({"result": "success", "serviceid": "1", "userid": "42"}));
    assert_eq!(it.refused("AddCancelRequest", &wish).await, "Existing Cancellation Request Exists");
    assert_eq!(it.refused("AddCancelRequest", &[("serviceid", "99")]).await, "Service ID Not Found");
    let list = it.whmcs("GetCancelledPackages", &[("limitstart", "2")]).await;
    assert_eq!(
        (&list["totalresults"], &list["startnumber"], &list["numreturned"]),
        (&json!("3"), &json!("2"), &json!("1"))
    );
    let row = &list["packages"]["package"][0];
    assert_eq!(
        (&row["relid"], &row["type"], &row["reason"]),
        (&json!("1"), &json!("Immediate"), &json!("It&#039;s over"))
    );
    let events = fired(&it).await;
    assert_eq!(events, [("CancellationRequest".to_owned(), json!({"client_id": 42, "serviceid": 1}))]);
}

#[tokio::test]
async fn a_client_is_changed_field_by_field() {
    let it = Driver::start().await;
    let body = it
        .whmcs(
            "UpdateClient",
            &[
                ("clientid", "42"),
                ("companyname", "A & B"),
                ("tax_id", "GB 1"),
                ("country", "de"),
                ("paymentmethod", "banktransfer"),
                ("email_preferences[support]", "0"),
                ("separateinvoices", "1"),
                ("customfields", "YToxOntpOjE7czo1OiJvcmRfMSI7fQ=="),
                ("email", "countess@example.com"),
            ],
        )
        .await;
    assert_eq!(body, json!({"result": "success", "clientid": "42"}));
    let client = it.whmcs("GetClientsDetails", &[("clientid", "42")]).await["client"].clone();
    for (name, value) in [
        ("companyname", json!("A &amp; B")),
        ("tax_id", json!("GB 1")),
        ("country", json!("DE")),
        ("defaultgateway", json!("banktransfer")),
        ("separateinvoices", json!(true)),
        ("customfields", json!([{"id": 1, "value": "ord_1"}])),
        ("customfields1", json!("ord_1")),
        ("firstname", json!("Ada")),
        ("email", json!("countess@example.com")),
    ] {
        assert_eq!(client[name], value, "{name}");
    }
    assert_eq!(
        (&client["email_preferences"]["support"], &client["email_preferences"]["general"]),
        (&json!("0"), &json!("1"))
    );
    // The login keeps its own address.
    assert_eq!(it.whmcs("GetUsers", &[("search", "ada@example.com")]).await["totalresults"], 1);
    assert_eq!(fired(&it).await, [("ClientEdit".to_owned(), json!({"client_id": 42}))]);
}

#[tokio::test]
async fn a_change_of_a_client_is_refused_with_the_documented_texts() {
    let it = Driver::start().await;
    for (params, message) in [
        (&[("clientid", "999")][..], "Client ID Not Found"),
        (&[("clientemail", "nobody@example.com")], "Client ID Not Found"),
        (&[("clientid", "42"), ("email", "Grace@example.com")], "Duplicate Email Address"),
        (&[("clientid", "42"), ("email", "nonsense")], "The email address entered is not valid"),
        (&[("clientid", "42"), ("clearcreditcard", "1")], "Multiple Credit Card Pay Methods Found"),
        (&[("clientid", "42"), ("bankacct", "1")], "Multiple Bank Account Pay Methods Found"),
    ] {
        assert_eq!(it.refused("UpdateClient", params).await, message, "{params:?}");
    }
    let last = it.refused("UpdateClient", &[("clientid", "42"), ("email_preferences[domain]", "0")]).await;
    assert!(last.contains("as required by ICANN"));
}

#[tokio::test]
async fn empty_fields_and_warnings_follow_the_switches() {
    let it = Driver::start().await;
    let by_email = [("clientemail", "grace@example.com"), ("city", ""), ("cardnum", "4111")];
    it.set("config", json!({"empty_field": "ignored"})).await;
    let body = it.whmcs("UpdateClient", &by_email).await;
    assert!(body["warning"].as_str().unwrap().starts_with("Credit card related parameters"));
    let city = async || it.whmcs("GetClientsDetails", &[("clientid", "43")]).await["client"]["city"].clone();
    assert_eq!(city().await, "London");
    it.set("config", json!({"empty_field": "cleared", "warnings": "absent"})).await;
    assert_eq!(it.whmcs("UpdateClient", &by_email).await, json!({"result": "success", "clientid": "43"}));
    assert_eq!(city().await, "");
}

#[tokio::test]
async fn activity_is_logged_under_the_clients_parameter_of_the_version() {
    let it = Driver::start().await;
    it.whmcs("LogActivity", &[("clientid", "42"), ("description", "Portal <signed in>")]).await;
    it.set("config", json!({"version": "7.10"})).await;
    it.whmcs("LogActivity", &[("userid", "43"), ("clientid", "44"), ("description", "Old")]).await;
    let (_, ledger) = it.control(Method::GET, "ledger", None).await;
    let log = ledger["whmcs"]["activity"].as_array().unwrap();
    let last: Vec<(&Value, &Value)> =
        log.iter().rev().take(2).map(|line| (&line["client_id"], &line["text"])).collect();
    assert_eq!(last, [(&json!(43), &json!("Old")), (&json!(42), &json!("Portal &lt;signed in&gt;"))]);
}
