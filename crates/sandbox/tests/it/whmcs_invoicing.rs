//! Invoices made, changed and paid over the API; transactions, credit, pay methods.

use serde_json::{Value, json};

use crate::driver::Driver;
use crate::whmcs_orders::{fired, names};

async fn invoice(it: &Driver, id: &str) -> Value {
    it.whmcs("GetInvoice", &[("invoiceid", id)]).await
}

const NEW: [(&str, &str); 8] = [
    ("userid", "43"),
    ("itemdescription2", "Second & last"),
    ("itemamount2", "5.00"),
    ("itemtaxed2", "1"),
    ("itemdescription1", "First"),
    ("itemamount1", "10.00"),
    ("taxrate", "20.000"),
    ("duedate", "2031-02-03"),
];

async fn create(it: &Driver, extra: &[(&str, &str)]) -> (String, Value) {
    let body = it.whmcs("CreateInvoice", &[&NEW[..], extra].concat()).await;
    assert_eq!(body["result"], "success", "{body}");
    (body["invoiceid"].to_string(), body["status"].clone())
}

#[tokio::test]
async fn an_invoice_is_created_from_numbered_lines() {
    let it = Driver::start().await;
    let (id, status) = create(&it, &[("sendinvoice", "1")]).await;
    assert_eq!(status, "Unpaid");
    let made = invoice(&it, &id).await;
    assert_eq!(
        (&made["total"], &made["tax"], &made["duedate"]),
        (&json!("16.00"), &json!("1.00"), &json!("2031-02-03"))
    );
    assert_eq!(made["items"]["item"][1]["description"], "Second &amp; last");
    let events = fired(&it).await;
    assert_eq!(names(&events), ["InvoiceCreation", "InvoiceCreationPreEmail", "InvoiceCreated"]);
    assert_eq!(events[2].1, json!({"invoiceid": made["invoiceid"], "client_id": 43}));
    assert_eq!(it.refused("CreateInvoice", &[("userid", "999")]).await, "Client ID Not Found");
    let both = [("userid", "43"), ("draft", "1"), ("sendinvoice", "1")];
    let message =
        "Cannot create and send a draft invoice in a single API request. Please create and send separately.";
    assert_eq!(it.refused("CreateInvoice", &both).await, message);
}

#[tokio::test]
async fn credit_pays_and_the_answer_may_not_have_noticed() {
    let it = Driver::start().await;
    let params =
        [("userid", "42"), ("itemdescription0", "x"), ("itemamount0", "10.00"), ("autoapplycredit", "1")];
    let stale = it.whmcs("CreateInvoice", &params).await;
    assert_eq!(stale["status"], "Unpaid");
    let paid = invoice(&it, &stale["invoiceid"].to_string()).await;
    assert_eq!(
        (&paid["status"], &paid["credit"], &paid["balance"]),
        (&json!("Paid"), &json!("10.00"), &json!("0.00"))
    );
    let credits = it.whmcs("GetCredits", &[("clientid", "42")]).await;
    let last = credits["credits"]["credit"].as_array().unwrap().last().unwrap().clone();
    assert_eq!(
        (&last["amount"], &credits["clientid"], &credits["totalresults"]),
        (&json!("-10.00"), &json!("42"), &json!("3"))
    );
    let details = it.whmcs("GetClientsDetails", &[("clientid", "42")]).await;
    assert_eq!(details["client"]["credit"], "15.00");
    it.set("config", json!({"created_status": "fresh"})).await;
    assert_eq!(it.whmcs("CreateInvoice", &params).await["status"], "Paid");
    assert_eq!(it.refused("GetCredits", &[("clientid", "1")]).await, "Client ID Not Found");
}

#[tokio::test]
async fn payments_add_up_and_the_last_one_settles() {
    let it = Driver::start().await;
    let pay = |transid: &'static str, amount: &'static str| {
        [
            ("invoiceid", "6"),
            ("transid", transid),
            ("gateway", "stripe"),
            ("date", "2026-01-02 03:04:05"),
            ("amount", amount),
            ("fees", "0.30"),
        ]
    };
    assert_eq!(it.whmcs("AddInvoicePayment", &pay("T-1", "7.95")).await, json!({"result": "success"}));
    let partly = invoice(&it, "6").await;
    assert_eq!((&partly["status"], &partly["balance"]), (&json!("Unpaid"), &json!("30.00")));
    assert_eq!(names(&fired(&it).await), ["AddInvoicePayment"]);
    // No amount: all that is due.
    it.whmcs("AddInvoicePayment", &[("invoiceid", "6"), ("transid", "T-2"), ("gateway", "stripe")]).await;
    let paid = invoice(&it, "6").await;
    assert_eq!((&paid["status"], &paid["balance"]), (&json!("Paid"), &json!("0.00")));
    assert_eq!(names(&fired(&it).await)[1..], ["AddInvoicePayment", "InvoicePaidPreEmail", "InvoicePaid"]);
    let found = it.whmcs("GetTransactions", &[("transid", "T-1")]).await;
    let row = &found["transactions"]["transaction"][0];
    assert_eq!(
        (&row["invoiceid"], &row["amountin"], &row["fees"], &row["gateway"], &row["date"]),
        (&json!("6"), &json!("7.95"), &json!("0.30"), &json!("stripe"), &json!("2026-01-02 03:04:05"))
    );
    assert_eq!(it.whmcs("GetTransactions", &[("invoiceid", "6")]).await["totalresults"], 2);
    assert_eq!(it.whmcs("GetTransactions", &[("transid", "none")]).await["transactions"], "");
    for (id, message) in [
        ("999", "Invoice ID Not Found"),
        ("4", "It is not possible to add a payment to an invoice that is Cancelled"),
    ] {
        assert_eq!(it.refused("AddInvoicePayment", &[("invoiceid", id), ("transid", "T")]).await, message);
    }
}

#[tokio::test]
async fn a_repeated_transaction_id_doubles_the_money_unless_refused() {
    let it = Driver::start().await;
    let pay = [("invoiceid", "6"), ("transid", "T-1"), ("gateway", "stripe"), ("amount", "37.95")];
    for _ in 0..2 {
        it.whmcs("AddInvoicePayment", &pay).await;
    }
    let credit = it.whmcs("GetClientsDetails", &[("clientid", "42")]).await["client"]["credit"].clone();
    assert_eq!(credit, "62.95");
    it.set("config", json!({"duplicate_transid": "refused", "overpayment": "kept"})).await;
    assert_eq!(it.refused("AddInvoicePayment", &pay).await, "Transaction ID must be Unique");
    it.whmcs("AddInvoicePayment", &[&pay[..], &[("transid", "T-2")]].concat()).await;
    let credit = it.whmcs("GetClientsDetails", &[("clientid", "42")]).await["client"]["credit"].clone();
    assert_eq!(credit, "62.95");
}

#[tokio::test]
async fn lines_are_changed_added_and_deleted() {
    let it = Driver::start().await;
    let (id, status) = create(&it, &[("draft", "1")]).await;
    assert_eq!((status, invoice(&it, &id).await["invoicenum"].clone()), (json!("Draft"), json!("")));
    let items = invoice(&it, &id).await["items"]["item"].clone();
    let line = |n: usize| items[n]["id"].to_string();
    let (text, amount, taxed) = (
        format!("itemdescription[{}]", line(0)),
        format!("itemamount[{}]", line(0)),
        format!("itemtaxed[{}]", line(0)),
    );
    let partial = it.refused("UpdateInvoice", &[("invoiceid", &id), (&amount, "1.00")]).await;
    assert!(partial.starts_with("Missing Variables: itemdescription, itemamount and itemtaxed"));
    let body = it
        .whmcs(
            "UpdateInvoice",
            &[
                ("invoiceid", &id),
                (&text, "Changed"),
                (&amount, "1.00"),
                (&taxed, "1"),
                ("deletelineids[0]", &line(1)),
                ("newitemdescription[0]", "New"),
                ("newitemamount[0]", "2.00"),
                ("newitemtaxed[0]", "0"),
                ("publishandsendemail", "1"),
            ],
        )
        .await;
    assert_eq!(body["invoiceid"].to_string(), id);
    let after = invoice(&it, &id).await;
    assert_eq!(
        (&after["status"], &after["subtotal"], &after["tax"]),
        (&json!("Unpaid"), &json!("3.00"), &json!("0.20"))
    );
    assert_ne!(after["invoicenum"], "");
    for (extra, message) in [
        (("publish", "1"), "Invoice must be in Draft status to be published"),
        (("status", "Nonsense"), "Invalid status Nonsense"),
        (("invoiceid", "999"), "Invoice ID Not Found"),
    ] {
        assert_eq!(it.refused("UpdateInvoice", &[("invoiceid", &id), extra]).await, message);
    }
    assert_eq!(
        names(&fired(&it).await),
        ["InvoiceCreation", "InvoiceCreationPreEmail", "InvoiceCreated", "UpdateInvoiceTotal"]
    );
}

#[tokio::test]
async fn a_status_set_over_the_api_runs_no_hook_point_unless_switched() {
    let it = Driver::start().await;
    it.whmcs("UpdateInvoice", &[("invoiceid", "6"), ("status", "Cancelled")]).await;
    assert_eq!(names(&fired(&it).await), ["UpdateInvoiceTotal"]);
    it.set("config", json!({"update_invoice_hooks": "fires"})).await;
    it.whmcs("UpdateInvoice", &[("invoiceid", "7"), ("status", "Cancelled"), ("paymentmethod", "stripe")])
        .await;
    assert_eq!(
        names(&fired(&it).await)[1..],
        ["UpdateInvoiceTotal", "InvoiceChangeGateway", "InvoiceCancelled"]
    );
}

#[tokio::test]
async fn from_nine_on_only_drafts_change() {
    let it = Driver::start().await;
    it.set("config", json!({"version": "9.0"})).await;
    let change = [("invoiceid", "6"), ("duedate", "2031-01-01")];
    let text = "This is an Unpaid Invoice. You cannot modify an Invoice that is Unpaid.";
    assert_eq!(it.refused("UpdateInvoice", &change).await, text);
    it.whmcs("UpdateInvoice", &[("invoiceid", "10"), ("duedate", "2031-01-01")]).await;
    assert_eq!(invoice(&it, "10").await["duedate"], "2031-01-01");
    it.set("config", json!({"immutability": "short_text"})).await;
    assert_eq!(it.refused("UpdateInvoice", &change).await, "Invoice is immutable");
    it.set("config", json!({"immutability": "off"})).await;
    assert_eq!(it.whmcs("UpdateInvoice", &change).await["result"], "success");
}

#[tokio::test]
async fn pay_methods_come_bare_with_their_tokens() {
    let it = Driver::start().await;
    let body = it.whmcs("GetPayMethods", &[("clientid", "42")]).await;
    let rows = body["paymethods"].as_array().unwrap();
    let types: Vec<&Value> = rows.iter().map(|row| &row["type"]).collect();
    assert_eq!(types, ["RemoteCreditCard", "CreditCard", "BankAccount", "RemoteBankAccount"]);
    assert!(rows[0]["remote_token"].as_str().unwrap().contains("sandbox-token"));
    assert!(rows[0]["last_updated"].as_str().unwrap().contains('/'));
    let cards = it.whmcs("GetPayMethods", &[("clientid", "42"), ("type", "CreditCard")]).await;
    assert_eq!(cards["paymethods"].as_array().unwrap().len(), 2);
    let one = it.whmcs("GetPayMethods", &[("clientid", "42"), ("paymethodid", "3")]).await;
    assert_eq!(one["paymethods"][0]["bank_name"], "Bank of Babbage");
    for (params, message) in [
        (&[][..], "Client ID Is Required"),
        (&[("clientid", "1")], "Client Not Found"),
        (
            &[("clientid", "42"), ("type", "Cash")],
            "Invalid Pay Method Type. Should be 'BankAccount' or 'CreditCard'",
        ),
    ] {
        assert_eq!(it.refused("GetPayMethods", params).await, message);
    }
}

#[tokio::test]
async fn thousands_of_invoices_are_made_at_once_and_read_by_the_page() {
    let it = Driver::start().await;
    let made = it.set("invoices", json!({"client_id": 43, "count": 3000})).await;
    let first = made["id"].as_u64().unwrap();
    let newest = [("userid", "43"), ("order", "desc"), ("limitnum", "2")];
    let body = it.whmcs("GetInvoices", &newest).await;
    assert_eq!(body["totalresults"], 3001);
    assert_eq!(body["invoices"]["invoice"][0]["id"], first + 2999);
    let unpaid = it.whmcs("GetInvoices", &[&newest[..], &[("status", "Unpaid")]].concat()).await;
    let by_date = it.whmcs("GetInvoices", &[&newest[..], &[("orderby", "date")]].concat()).await;
    assert_eq!(unpaid["numreturned"], 2);
    assert_eq!(by_date["invoices"]["invoice"][0]["id"], first + 2999);
    // Nobody else's.
    assert_eq!(it.whmcs("GetInvoices", &[("userid", "42")]).await["totalresults"], 10);
}

#[tokio::test]
async fn credit_is_added_and_applied_within_its_bounds() {
    let it = Driver::start().await;
    let add = |amount: &'static str, kind: &'static str| {
        [("clientid", "43"), ("description", "Gift & more"), ("amount", amount), ("type", kind)]
    };
    assert_eq!(it.whmcs("AddCredit", &add("25.00", "add")).await["newbalance"], "25.00");
    assert_eq!(it.whmcs("AddCredit", &add("3.00", "remove")).await["newbalance"], "22.00");
    for (params, message) in [
        (add("1.00", "lend"), "Type can only be add or remove"),
        (add("", "add"), "No Amount Provided"),
        (add("1,00", "add"), "Amount must be in decimal format: ### or ###.##"),
    ] {
        assert_eq!(it.refused("AddCredit", &params).await, message);
    }
    // Grace's only invoice: 20.00 unpaid.
    let apply = |id: &'static str, amount: &'static str| [("invoiceid", id), ("amount", amount)];
    for (params, message) in [
        (apply("999", "1.00"), "Invoice ID Not Found"),
        (apply("1", "1.00"), "Invoice Not in Unpaid Status"),
        (apply("11", "0"), "Credit Amount to apply must be greater than zero"),
        (apply("11", "22.01"), "Amount exceeds customer credit balance"),
        (apply("11", "21.00"), "Amount Exceeds Invoice Balance"),
    ] {
        assert_eq!(it.refused("ApplyCredit", &params).await, message);
    }
    assert_eq!(it.whmcs("ApplyCredit", &apply("11", "5.00")).await["invoicepaid"], "false");
    let all = it.whmcs("ApplyCredit", &apply("11", "full")).await;
    assert_eq!((&all["amount"], &all["invoicepaid"]), (&json!("15.00"), &json!("true")));
    assert_eq!(names(&fired(&it).await), ["InvoicePaidPreEmail", "InvoicePaid"]);
}
