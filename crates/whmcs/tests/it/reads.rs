//! What becomes of the answers: ownership, drafts, matching, loose types.

use chrono::NaiveDate;
use whmcs::{
    BillingCycle, ClientId, ClientStatus, Error, InvoiceId, InvoiceQuery, InvoiceStatus, OrderId, Outcome,
    RefusalKind, ServiceStatus, Unknown, UserId,
};
use wiremock::{Mock, MockServer, matchers::body_string_contains};

use crate::helpers::{client, deadline, json, whmcs};

const ME: ClientId = ClientId::new(5);

fn user(id: u32, email: &str) -> String {
    format!(
        r#"{{"id":{id},"firstname":"Zo&euml;","lastname":"Poe","email":"{email}","clients":[{{"id":"41",
        "isOwner":"1"}},{{"id":52,"isOwner":false}}]}}"#
    )
}

#[tokio::test]
async fn a_prefix_match_is_no_match() {
    let rows = [
        user(1, "ann@example.co"),
        user(2, "ann@example.com"),
        user(3, "Ann@Example.CO"),
        user(4, "o&#039;ann@example.co"),
        // The Kelvin sign folds to k outside ASCII.
        user(5, "\u{212A}ann@example.co"),
    ]
    .join(",");
    for users in [format!("[{rows}]"), format!("{{\"user\":[{rows}]}}")] {
        let server =
            whmcs(&format!("{{\"result\":\"success\",\"totalresults\":\"5\",\"users\":{users}}}")).await;
        let client = client(&server.uri());
        let ids = |users: Vec<whmcs::User>| users.iter().map(|user| user.id.get()).collect::<Vec<_>>();
        assert_eq!(ids(client.find_users("ANN@example.co", deadline()).await.unwrap()), [1, 3]);
        assert_eq!(ids(client.find_users("kann@example.co", deadline()).await.unwrap()), [0_u64; 0]);
        let found = client.find_users("o'ann@example.co", deadline()).await.unwrap();
        assert_eq!((found[0].first_name.as_str(), found[0].email.as_str()), ("Zoë", "o'ann@example.co"));
        let clients = found[0].clients.iter().map(|part| (part.id.get(), part.is_owner)).collect::<Vec<_>>();
        assert_eq!(clients, [(41, true), (52, false)]);
    }
}

#[tokio::test]
async fn users_are_read_to_the_last_page() {
    let server = MockServer::start().await;
    for (start, id, email) in [(0, 1, "a@example.com"), (1, 1, "a@example.com"), (2, 2, "A@example.com")] {
        let body = format!(
            "{{\"result\":\"success\",\"totalresults\":3,\"startnumber\":{start},\"users\":[{}]}}",
            user(id, email)
        );
        Mock::given(body_string_contains(format!("limitstart={start}&")))
            .respond_with(json(200, &body))
            .expect(1)
            .mount(&server)
            .await;
    }
    let found = client(&server.uri()).find_users("a@example.com", deadline()).await.unwrap();
    assert_eq!(found.iter().map(|user| user.id).collect::<Vec<_>>(), [UserId::new(1), UserId::new(2)]);
}

#[tokio::test]
async fn a_list_that_never_ends_is_given_up() {
    let server = whmcs(&format!(
        "{{\"result\":\"success\",\"totalresults\":1000000,\"users\":[{}]}}",
        user(1, "a@example.com")
    ))
    .await;
    let error = client(&server.uri()).find_users("a@example.com", deadline()).await.unwrap_err();
    assert_eq!(error, Error::Unknown(Unknown::Shape { field: "totalresults" }));
}

fn details(extra: &str) -> String {
    format!(
        r#"{{"result":"success","client":{{"client_id":"5","userid":5,"id":5,"owner_user_id":"9",
        "uuid":"u-1","firstname":"Ada",
        "lastname":"O&#039;Neil","companyname":"A &amp;amp; B","email":"ada@example.com",
        "address1":"1 Way","address2":"",
        "fullstate":"Bavaria","state":"BY","city":null,"country":"DE","phonenumber":"01","tax_id":"",
        "currency":"1",
        "currency_code":"EUR","defaultgateway":"","status":"Active","credit":"12.50","users":{{"user":[
        {{"id":9,"name":"Ada","email":"ada@example.com","is_owner":1}},{{"id":"10",
        "email":"b@example.com","is_owner":"false"}}]}},
        "notes":"called twice\r\nportal:abc&amp;def"{extra}}}}}"#
    )
}

#[tokio::test]
async fn a_client_is_read_from_loose_types() {
    let server = whmcs(&details("")).await;
    let details = client(&server.uri()).client_details(ME, deadline()).await.unwrap();
    assert_eq!((details.id, details.owner_user_id, details.currency_id.get()), (ME, Some(UserId::new(9)), 1));
    assert_eq!((details.last_name.as_str(), details.company_name.as_deref()), ("O'Neil", Some("A &amp; B")));
    assert_eq!((details.state.as_deref(), details.city.as_deref()), (Some("Bavaria"), None));
    assert_eq!((details.status, details.credit.as_str()), (ClientStatus::Active, "12.50"));
    assert_eq!((details.tax_id, details.default_gateway, details.address2), (None, None, None));
    assert!(details.single_sign_on_allowed);
    assert_eq!(details.email_verified, None);
    assert_eq!(details.users.iter().map(|user| user.is_owner).collect::<Vec<_>>(), [true, false]);
}

#[tokio::test]
async fn notes_answer_only_for_a_marker() {
    let server = whmcs(&details("")).await;
    let details = client(&server.uri()).client_details(ME, deadline()).await.unwrap();
    assert!(details.notes_contain("portal:abc&def"));
    assert!(!details.notes_contain("portal:xyz"));
    assert!(!details.notes_contain(""));
    assert!(!format!("{details:?}").contains("called"));
}

#[tokio::test]
async fn whether_the_address_is_proved_may_be_left_open() {
    for (value, verified) in [("true", Some(true)), ("\"1\"", Some(true)), ("0", Some(false)), ("null", None)]
    {
        let server = whmcs(&details(&format!(",\"email_verified\":{value}"))).await;
        let details = client(&server.uri()).client_details(ME, deadline()).await.unwrap();
        assert_eq!(details.email_verified, verified, "{value}");
    }
}

#[tokio::test]
async fn single_sign_on_can_be_off() {
    for (value, allowed) in [("0", false), ("\"\"", false), ("false", false), ("1", true), ("null", true)] {
        let server = whmcs(&details(&format!(",\"allowSingleSignOn\":{value}"))).await;
        let details = client(&server.uri()).client_details(ME, deadline()).await.unwrap();
        assert_eq!(details.single_sign_on_allowed, allowed, "{value}");
    }
}

#[tokio::test]
async fn somebody_elses_details_are_not_given_out() {
    let server = whmcs(&details("")).await;
    let error = client(&server.uri()).client_details(ClientId::new(6), deadline()).await.unwrap_err();
    assert_eq!(error, Error::Unknown(Unknown::Shape { field: "client_id" }));

    let server = whmcs(r#"{"result":"error","message":"Client Not Found"}"#).await;
    let error = client(&server.uri()).client_details(ME, deadline()).await.unwrap_err();
    assert_eq!(error.outcome(), Outcome::Refused);
    assert!(matches!(error, Error::Refused(refusal) if refusal.kind() == RefusalKind::ClientNotFound));
}

fn row(id: u32, client: u32, status: &str) -> String {
    format!(
        r#"{{"id":"{id}","userid":{client},"firstname":"Ada","invoicenum":"","date":"2016-01-01",
        "duedate":"2016-01-08",
        "datepaid":"0000-00-00 00:00:00","subtotal":"15.95","credit":"0.00","tax":0,"tax2":"0.00",
        "total":"15.95",
        "status":"{status}","paymentmethod":"paypal","notes":"staff only","currencycode":"USD",
        "currencyprefix":"$"}}"#
    )
}

#[tokio::test]
async fn drafts_and_foreign_rows_stay_behind() {
    let rows = [
        row(1, 5, "Unpaid"),
        row(2, 6, "Paid"),
        row(3, 5, "Draft"),
        row(4, 5, "Disputed"),
        row(5, 5, "Payment Pending"),
    ]
    .join(",");
    let body = format!(
        "{{\"result\":\"success\",\"totalresults\":\"40\",\"startnumber\":\"20\",\"invoices\":{{\"invoice\":[{rows}]}}}}"
    );
    let server = whmcs(&body).await;
    let page = client(&server.uri()).invoices(ME, &InvoiceQuery::default(), deadline()).await.unwrap();
    assert_eq!((page.total, page.start), (40, 20));
    let read = page.rows.iter().map(|row| (row.id.get(), row.status.clone())).collect::<Vec<_>>();
    assert_eq!(
        read,
        [
            (1, InvoiceStatus::Unpaid),
            (4, InvoiceStatus::Other("Disputed".into())),
            (5, InvoiceStatus::PaymentPending)
        ]
    );
    let first = &page.rows[0];
    assert_eq!((first.number.as_deref(), first.paid_at, first.tax.as_str()), (None, None, "0"));
    assert_eq!(first.due_date, NaiveDate::from_ymd_opt(2016, 1, 8));
    assert_eq!(first.currency_code.as_deref(), Some("USD"));
}

#[tokio::test]
async fn a_row_without_an_owner_spoils_the_page() {
    let body = row(1, 0, "Unpaid");
    let server = whmcs(&format!("{{\"result\":\"success\",\"invoices\":[{body}]}}")).await;
    let error = client(&server.uri()).invoices(ME, &InvoiceQuery::default(), deadline()).await.unwrap_err();
    assert_eq!(error, Error::Unknown(Unknown::Shape { field: "userid" }));
}

fn invoice(client: u32, status: &str) -> String {
    format!(
        r#"{{"result":"success","invoiceid":"59","invoicenum":"INV-59","userid":"{client}",
        "date":"2016-01-01","duedate":"2020-12-30",
        "datepaid":"2016-01-01 06:41:11","subtotal":"45.90","credit":"5.90","tax":"0.00","tax2":"0.00",
        "total":"40.00",
        "balance":"0.00","taxrate":"0.000","taxrate2":"0.000","status":"{status}",
        "paymentmethod":"paypal","notes":"x","ccgateway":"",
        "items":{{"item":{{"id":1,"type":"Hosting","relid":0,"description":"M&uuml;ller &lt;b&gt;\nJan",
        "amount":"45.90","taxed":"1"}}}},
        "transactions":{{"transaction":{{"0":{{"id":10,"gateway":"paypal","date":"2016-01-01 06:41:11",
        "description":"Invoice Payment",
        "amountin":"45.90","fees":"1.33","amountout":"0.00","transid":"t-1","refundid":0}}}}}}}}"#
    )
}

#[tokio::test]
async fn an_invoice_has_lines_and_payments() {
    let server = whmcs(&invoice(5, "Paid")).await;
    let invoice = client(&server.uri()).invoice(ME, InvoiceId::new(59), deadline()).await.unwrap().unwrap();
    assert_eq!((invoice.id.get(), invoice.number.as_deref()), (59, Some("INV-59")));
    assert_eq!(
        (invoice.total.as_str(), invoice.balance.as_str(), invoice.status),
        ("40.00", "0.00", InvoiceStatus::Paid)
    );
    assert_eq!(invoice.paid_at, NaiveDate::from_ymd_opt(2016, 1, 1).unwrap().and_hms_opt(6, 41, 11));
    let line = &invoice.lines[0];
    assert_eq!((line.description.as_str(), line.related_id, line.taxed), ("Müller <b>\nJan", None, true));
    let payment = &invoice.transactions[0];
    assert_eq!((payment.amount_in.as_str(), payment.transaction_id.as_deref()), ("45.90", Some("t-1")));
    assert_eq!(payment.refund_of, None);
}

#[tokio::test]
async fn missing_foreign_and_draft_invoices_look_alike() {
    for body in [
        r#"{"result":"error","message":"Invoice ID Not Found"}"#.to_owned(),
        invoice(6, "Paid"),
        invoice(5, "Draft"),
    ] {
        let server = whmcs(&body).await;
        assert_eq!(client(&server.uri()).invoice(ME, InvoiceId::new(59), deadline()).await, Ok(None));
    }
    let server = whmcs(&invoice(5, "Paid")).await;
    let other = client(&server.uri()).invoice(ME, InvoiceId::new(60), deadline()).await;
    assert_eq!(other, Err(Error::Unknown(Unknown::Shape { field: "invoiceid" })));
}

fn service(id: u32, client: u32, cycle: &str, status: &str) -> String {
    format!(
        r#"{{"id":"{id}","qty":"2","clientid":"{client}","orderid":"3","pid":"4","regdate":"2015-01-01",
        "name":"R &amp; D",
        "groupname":"","domain":"example.com","firstpaymentamount":"12.95","recurringamount":"12.95",
        "paymentmethod":"authorize",
        "paymentmethodname":"Credit Card","billingcycle":"{cycle}","nextduedate":"0000-00-00",
        "status":"{status}",
        "username":"root","password":"hunter2","notes":"staff only","serverip":"1.2.3.4",
        "customfields":{{"customfield":[]}},
        "configoptions":{{"configoption":[{{"id":"1","option":"Disk","type":"dropdown",
        "value":"10 &gt; 5"}}]}}}}"#
    )
}

#[tokio::test]
async fn services_are_read_without_their_secrets() {
    let rows = [
        service(1, 5, "Semi-Annually", "Active"),
        service(2, 6, "Monthly", "Active"),
        service(3, 5, "One Time", "Odd"),
    ]
    .join(",");
    let body = format!(
        "{{\"result\":\"success\",\"clientid\":\"5\",\"serviceid\":null,\"totalresults\":\"3\",\"products\":{{\"product\":[{rows}]}}}}"
    );
    let server = whmcs(&body).await;
    let page = client(&server.uri()).services(ME, 7, 25, deadline()).await.unwrap();
    assert_eq!((page.rows.len(), page.total, page.start), (2, 3, 7));
    let first = &page.rows[0];
    assert_eq!((first.name.as_str(), first.group_name.as_deref(), first.quantity), ("R & D", None, 2));
    assert_eq!((first.order_id, first.next_due_date), (Some(OrderId::new(3)), None));
    assert_eq!((&first.billing_cycle, &first.status), (&BillingCycle::SemiAnnually, &ServiceStatus::Active));
    assert_eq!((first.options[0].name.as_str(), first.options[0].value.as_str()), ("Disk", "10 > 5"));
    assert_eq!(page.rows[1].billing_cycle, BillingCycle::OneTime);
    assert_eq!(page.rows[1].status, ServiceStatus::Other("Odd".into()));
    assert!(!format!("{page:?}").contains("hunter2"));
}

#[tokio::test]
async fn a_success_without_a_number_is_an_unknown_outcome() {
    let new = whmcs::NewClient::new("A".into(), "B".into(), "a@example.com".into(), "p".into());
    for body in [
        r#"{"result":"success"}"#,
        r#"{"result":"success","clientid":""}"#,
        r#"{"result":"success","clientid":0}"#,
    ] {
        let server = whmcs(body).await;
        let error = client(&server.uri()).add_client(&new, deadline()).await.unwrap_err();
        assert_eq!(error, Error::Unknown(Unknown::Shape { field: "clientid" }));
    }
}
