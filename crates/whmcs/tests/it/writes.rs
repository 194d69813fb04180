//! What the writing calls send, byte for byte, and what they refuse to send.

use std::{collections::BTreeMap, num::NonZeroU32};

use whmcs::{
    AcceptOrder, CancelOrder, CancelRequest, CancellationKind, ClientChanges, ClientId, ConfigChoiceId,
    ConfigOptionId, CustomFieldId, EmailKind, Error, InvoiceId, NewOrder, NewUser, NotSent, OptionSelection,
    OrderCycle, OrderId, OrderItem, Outcome, ProductId, RefusalKind, ServiceId, Unknown, Upgrade,
    UpgradeChange, UserChanges, UserId,
};

use crate::{
    every_call::{new_order, upgrade},
    helpers::{bodies, client, deadline, params, whmcs},
};

const ME: ClientId = ClientId::new(5);
const DONE: &str = r#"{"result":"success"}"#;

#[tokio::test]
async fn changes_to_a_client_are_a_closed_list() {
    let server = whmcs(r#"{"result":"success","clientid":"5"}"#).await;
    let changes = ClientChanges {
        first_name: Some("Zoë".into()),
        address2: Some(String::new()),
        tax_id: Some("DE1".into()),
        language: Some("german".into()),
        default_gateway: Some("stripe".into()),
        marketing_opt_in: Some(false),
        email_preferences: BTreeMap::from([(EmailKind::Support, true), (EmailKind::Product, false)]),
        custom_fields: BTreeMap::from([(CustomFieldId::new(1), "Google".into())]),
        skip_validation: true,
        ..ClientChanges::default()
    };
    client(&server.uri()).update_client(ME, &changes, deadline()).await.unwrap();
    assert_eq!(
        params(&server, "UpdateClient").await,
        "clientid=5&firstname=Zo%C3%AB&address2=&tax_id=DE1&language=german&paymentmethod=stripe\
         &marketingoptin=0&email_preferences%5Bproduct%5D=0&email_preferences%5Bsupport%5D=1\
         &customfields=YToxOntpOjE7czo2OiJHb29nbGUiO30%3D&skipvalidation=1"
    );
}

#[tokio::test]
async fn changes_that_change_nothing_are_not_sent() {
    let server = whmcs(DONE).await;
    let client = client(&server.uri());
    let nothing = Err(Error::NotSent(NotSent::InvalidRequest));
    assert_eq!(client.update_client(ME, &ClientChanges::default(), deadline()).await, nothing);
    assert_eq!(client.update_user(UserId::new(1), &UserChanges::default(), deadline()).await, nothing);
    let change = UpgradeChange::Options(BTreeMap::new());
    let upgrade = Upgrade { change, ..upgrade() };
    let error = client.upgrade(&upgrade, deadline()).await.unwrap_err();
    assert_eq!(error, Error::NotSent(NotSent::InvalidRequest));
    assert!(bodies(&server).await.is_empty());
}

#[tokio::test]
async fn an_answer_about_somebody_else_is_no_confirmation() {
    let server = whmcs(r#"{"result":"success","clientid":6,"user_id":"6"}"#).await;
    let client = client(&server.uri());
    let changes = ClientChanges { city: Some("Ulm".into()), ..ClientChanges::default() };
    let error = client.update_client(ME, &changes, deadline()).await.unwrap_err();
    assert_eq!(
        (error.outcome(), error),
        (Outcome::Unknown, Error::Unknown(Unknown::Shape { field: "clientid" }))
    );
    let changes = UserChanges { email: Some("a@example.com".into()), ..UserChanges::default() };
    let error = client.update_user(UserId::new(5), &changes, deadline()).await.unwrap_err();
    assert_eq!(error, Error::Unknown(Unknown::Shape { field: "user_id" }));
}

#[tokio::test]
async fn users_are_made_and_changed() {
    let server = whmcs(r#"{"result":"success","user_id":"9"}"#).await;
    let user = NewUser {
        first_name: "Zoë".into(),
        last_name: "B".into(),
        email: "z@example.com".into(),
        password: "p&w".into(),
        language: Some("german".into()),
    };
    let id = client(&server.uri()).add_user(&user, deadline()).await.unwrap();
    assert_eq!(id, UserId::new(9));
    assert_eq!(
        params(&server, "AddUser").await,
        "firstname=Zo%C3%AB&lastname=B&email=z%40example.com&password2=p%26w&language=german"
    );

    let server = whmcs(r#"{"result":"success","user_id":9}"#).await;
    let changes = UserChanges { email: Some("y@example.com".into()), ..UserChanges::default() };
    client(&server.uri()).update_user(id, &changes, deadline()).await.unwrap();
    assert_eq!(params(&server, "UpdateUser").await, "user_id=9&email=y%40example.com");
}

#[tokio::test]
async fn the_smallest_order_is_lists_of_one() {
    let server = whmcs(r#"{"result":"success","orderid":76,"productids":"66","serviceids":"66","addonids":"","domainids":"","invoiceid":70}"#).await;
    let added = client(&server.uri()).add_order(&new_order(), deadline()).await.unwrap();
    assert_eq!((added.order_id, added.invoice_id), (OrderId::new(76), Some(InvoiceId::new(70))));
    assert_eq!(added.service_ids, [ServiceId::new(66)]);
    assert_eq!(
        params(&server, "AddOrder").await,
        "clientid=5&paymentmethod=stripe&pid%5B0%5D=11&billingcycle%5B0%5D=monthly"
    );
}

/// Takes `name[0]=…`, `name[1]=…` out of a body, in the order of the indexes.
fn list(body: &str, name: &str) -> Vec<String> {
    let pairs = url::form_urlencoded::parse(body.as_bytes()).into_owned().collect::<Vec<_>>();
    let find = |index: usize| {
        let wanted = format!("{name}[{index}]");
        pairs.iter().find(|(name, _)| *name == wanted).map(|(_, value)| value.clone())
    };
    (0..).map_while(find).collect()
}

#[tokio::test]
async fn the_lists_of_an_order_have_no_gaps() {
    let server = whmcs(r#"{"result":"success","orderid":"1","serviceids":"1,2,3"}"#).await;
    let mut second = OrderItem::new(ProductId::new(12), OrderCycle::OneTime);
    second.quantity = NonZeroU32::new(3).unwrap();
    second.domain = Some("x.test".into());
    let mut third = OrderItem::new(ProductId::new(11), OrderCycle::SemiAnnually);
    third.custom_fields = BTreeMap::from([(CustomFieldId::new(2), "Zoë".into())]);
    third.options = BTreeMap::from([
        (ConfigOptionId::new(4), OptionSelection::Choice(ConfigChoiceId::new(9))),
        (ConfigOptionId::new(5), OptionSelection::Quantity(2)),
        (ConfigOptionId::new(6), OptionSelection::Flag(true)),
    ]);
    let mut order = new_order().and(second).and(third);
    order.promo_code = Some("HALF".into());
    order.client_ip = Some("2001:db8::7".parse().unwrap());
    (order.no_invoice, order.no_invoice_email, order.no_email) = (true, true, true);
    let added = client(&server.uri()).add_order(&order, deadline()).await.unwrap();
    assert_eq!((added.service_ids.len(), added.invoice_id), (3, None));

    let body = params(&server, "AddOrder").await;
    assert_eq!(list(&body, "pid"), ["11", "12", "11"]);
    assert_eq!(list(&body, "qty"), ["1", "3", "1"]);
    assert_eq!(list(&body, "billingcycle"), ["monthly", "onetime", "semiannually"]);
    assert_eq!(list(&body, "domain"), ["", "x.test", ""]);
    // `a:0:{}` and `a:1:{i:2;s:4:"Zoë";}`.
    assert_eq!(list(&body, "customfields"), ["YTowOnt9", "YTowOnt9", "YToxOntpOjI7czo0OiJab8OrIjt9"]);
    // `a:3:{i:4;i:9;i:5;i:2;i:6;i:1;}`.
    assert_eq!(
        list(&body, "configoptions"),
        ["YTowOnt9", "YTowOnt9", "YTozOntpOjQ7aTo5O2k6NTtpOjI7aTo2O2k6MTt9"]
    );
    assert!(
        body.ends_with("&promocode=HALF&clientip=2001%3Adb8%3A%3A7&noinvoice=1&noinvoiceemail=1&noemail=1")
    );
    assert!(!format!("{order:?}").contains("Zo"));
}

#[tokio::test]
async fn an_order_without_invoice_says_so_in_many_ways() {
    for invoice in
        ["", r#","invoiceid":0"#, r#","invoiceid":"0""#, r#","invoiceid":"""#, r#","invoiceid":null"#]
    {
        for services in [r#""serviceids":"67""#, r#""productids":67"#] {
            let server =
                whmcs(&format!("{{\"result\":\"success\",\"orderid\":77,{services}{invoice}}}")).await;
            let added = client(&server.uri()).add_order(&new_order(), deadline()).await.unwrap();
            assert_eq!((added.invoice_id, added.service_ids), (None, vec![ServiceId::new(67)]), "{invoice}");
        }
    }
}

async fn refusal(message: &str, make: impl AsyncFn(whmcs::Client) -> Error) -> RefusalKind {
    let server = whmcs(&format!("{{\"result\":\"error\",\"message\":\"{message}\"}}")).await;
    match make(client(&server.uri())).await {
        Error::Refused(refusal) => refusal.kind(),
        error => panic!("{error:?}"),
    }
}

#[tokio::test]
async fn refused_orders_are_told_apart() {
    let add = async |client: whmcs::Client| client.add_order(&new_order(), deadline()).await.unwrap_err();
    for (message, kind) in [
        ("Client ID Not Found", RefusalKind::ClientNotFound),
        ("Unable to add order when client status is Closed", RefusalKind::ClientClosed),
        ("Invalid Payment Method. Valid options include paypal", RefusalKind::PaymentMethodInvalid),
        ("No items added to cart so order cannot proceed", RefusalKind::OrderEmpty),
        ("Something new", RefusalKind::Other),
    ] {
        assert_eq!(refusal(message, add).await, kind, "{message}");
    }
}

#[tokio::test]
async fn orders_are_accepted_and_cancelled() {
    let server = whmcs(DONE).await;
    let id = OrderId::new(3);
    client(&server.uri()).accept_order(id, AcceptOrder::default(), deadline()).await.unwrap();
    assert_eq!(params(&server, "AcceptOrder").await, "orderid=3");

    let server = whmcs(DONE).await;
    let how = AcceptOrder { auto_setup: Some(false), send_email: Some(true) };
    client(&server.uri()).accept_order(id, how, deadline()).await.unwrap();
    assert_eq!(params(&server, "AcceptOrder").await, "orderid=3&autosetup=0&sendemail=1");

    let server = whmcs(DONE).await;
    let how = CancelOrder { cancel_subscription: true, no_email: true };
    client(&server.uri()).cancel_order(id, how, deadline()).await.unwrap();
    assert_eq!(params(&server, "CancelOrder").await, "orderid=3&cancelsub=1&noemail=1");
}

#[tokio::test]
async fn a_module_that_fails_leaves_the_order_unknown() {
    let id = OrderId::new(3);
    let server = whmcs(r#"{"result":"error","message":"Could not connect to saturn.example.com"}"#).await;
    let error = client(&server.uri()).accept_order(id, AcceptOrder::default(), deadline()).await.unwrap_err();
    assert_eq!((error.outcome(), &error), (Outcome::Unknown, &Error::Unknown(Unknown::SetupFailed)));
    assert!(!format!("{error} {error:?}").contains("saturn"));

    let pending = "Order ID not found or Status not Pending";
    let accept = async |client: whmcs::Client| {
        client.accept_order(id, AcceptOrder::default(), deadline()).await.unwrap_err()
    };
    assert_eq!(refusal(pending, accept).await, RefusalKind::OrderNotPending);
    let cancel = async |client: whmcs::Client| {
        client.cancel_order(id, CancelOrder::default(), deadline()).await.unwrap_err()
    };
    assert_eq!(refusal(pending, cancel).await, RefusalKind::OrderNotPending);
    let subscription = "Subscription Cancellation Failed - Please check the gateway log";
    assert_eq!(refusal(subscription, cancel).await, RefusalKind::SubscriptionNotCancelled);
}

#[tokio::test]
async fn a_price_is_asked_for_before_an_upgrade_is_ordered() {
    let figures = r#""oldproductid":"12","oldproductname":"5 &amp; up","newproductid":11,"newproductname":"4",
        "daysuntilrenewal":13,"totaldays":"30","newproductbillingcycle":"semiannually","price":"$-8.67 USD""#;
    let server = whmcs(&format!("{{\"result\":\"success\",{figures},\"upgradeinprogress\":0}}")).await;
    let quote = client(&server.uri()).quote_upgrade(&upgrade(), deadline()).await.unwrap();
    assert_eq!(quote.price_text.as_deref(), Some("$-8.67 USD"));
    assert_eq!(quote.old_product_name.as_deref(), Some("5 & up"));
    assert_eq!(quote.new_cycle, Some(OrderCycle::SemiAnnually.into()));
    assert_eq!((quote.days_until_renewal, quote.total_days), (Some(13), Some(30)));
    assert_eq!(quote.in_progress, Some(false));
    let ordered = "serviceid=31&paymentmethod=stripe&type=product&newproductid=12\
                   &newproductbillingcycle=annually";
    assert_eq!(params(&server, "UpgradeProduct").await, format!("{ordered}&calconly=1"));

    let order = r#""id":"44","orderid":73,"order_number":"9093331404","invoiceid":null"#;
    let server = whmcs(&format!("{{\"result\":\"success\",{figures},{order}}}")).await;
    let made = client(&server.uri()).upgrade(&upgrade(), deadline()).await.unwrap();
    assert_eq!((made.order_id, made.invoice_id), (OrderId::new(73), None));
    assert_eq!(
        (made.order_number.as_deref(), &made.quote.price_text),
        (Some("9093331404"), &quote.price_text)
    );
    assert_eq!(params(&server, "UpgradeProduct").await, ordered);

    let server = whmcs(DONE).await;
    let error = client(&server.uri()).upgrade(&upgrade(), deadline()).await.unwrap_err();
    assert_eq!(error, Error::Unknown(Unknown::Shape { field: "orderid" }));
}

#[tokio::test]
async fn options_are_upgraded_by_their_ids() {
    let server = whmcs(r#"{"result":"success","orderid":"7"}"#).await;
    let options = BTreeMap::from([
        (ConfigOptionId::new(4), OptionSelection::Choice(ConfigChoiceId::new(9))),
        (ConfigOptionId::new(1), OptionSelection::Quantity(3)),
    ]);
    let promo_code = Some("HALF".to_owned());
    let upgrade = Upgrade { change: UpgradeChange::Options(options), promo_code, ..upgrade() };
    client(&server.uri()).upgrade(&upgrade, deadline()).await.unwrap();
    assert_eq!(
        params(&server, "UpgradeProduct").await,
        "serviceid=31&paymentmethod=stripe&type=configoptions&configoptions%5B1%5D=3&configoptions%5B4%5D=9\
         &promocode=HALF"
    );
}

#[tokio::test]
async fn a_cancellation_is_asked_for_once() {
    let server = whmcs(r#"{"result":"success","serviceid":"31","userid":"5"}"#).await;
    let kind = CancellationKind::EndOfBillingPeriod;
    let request = CancelRequest { service_id: ServiceId::new(31), kind, reason: Some("too big".into()) };
    let owner = client(&server.uri()).add_cancel_request(&request, deadline()).await.unwrap();
    assert_eq!(owner, Some(ME));
    assert_eq!(
        params(&server, "AddCancelRequest").await,
        "serviceid=31&type=End+of+Billing+Period&reason=too+big"
    );
    assert!(!format!("{request:?}").contains("too big"));
    let again =
        async |client: whmcs::Client| client.add_cancel_request(&request, deadline()).await.unwrap_err();
    assert_eq!(refusal("Existing Cancellation Request Exists", again).await, RefusalKind::CancellationExists);
    assert_eq!(refusal("Service ID Not Found", again).await, RefusalKind::ServiceNotFound);
}

#[tokio::test]
async fn a_line_in_the_log_may_name_a_client() {
    let server = whmcs(DONE).await;
    client(&server.uri()).log_activity(Some(ME), "Signed in & out", deadline()).await.unwrap();
    assert_eq!(params(&server, "LogActivity").await, "clientid=5&description=Signed+in+%26+out");
    let server = whmcs(DONE).await;
    client(&server.uri()).log_activity(None, "x", deadline()).await.unwrap();
    assert_eq!(params(&server, "LogActivity").await, "description=x");
}

#[test]
fn an_order_has_its_items_in_order() {
    let order = NewOrder::new(ME, "stripe".into(), OrderItem::new(ProductId::new(1), OrderCycle::Free))
        .and(OrderItem::new(ProductId::new(2), OrderCycle::Free));
    assert_eq!(order.items().map(|item| item.product_id.get()).collect::<Vec<_>>(), [1, 2]);
}
