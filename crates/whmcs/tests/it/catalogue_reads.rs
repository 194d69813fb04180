//! What becomes of the answers about the catalogue, orders and permissions.

use chrono::NaiveDate;
use whmcs::{
    BillingCycle, ClientId, OrderCycle, OrderId, OrderQuery, OrderStatus, PayType, Permission, ProductFilter,
    ProductGroupId, ProductId, ProductOptionKind, ServiceId, UserId,
};

use crate::helpers::{bodies, client, deadline, whmcs};

const ME: ClientId = ClientId::new(5);

/// A row of the price table: the first setup fee, then the prices of the six cycles.
fn columns(setup: &str, prices: [&str; 6]) -> String {
    let cycles = ["monthly", "quarterly", "semiannually", "annually", "biennially", "triennially"];
    let fees = ["qsetupfee", "ssetupfee", "asetupfee", "bsetupfee", "tsetupfee"];
    let fees = fees.iter().map(|name| format!("\"{name}\":\"0.00\"")).collect::<Vec<_>>().join(",");
    let prices = cycles.iter().zip(prices).map(|(name, price)| format!("\"{name}\":{price}"));
    let prices = prices.collect::<Vec<_>>().join(",");
    format!("{{\"prefix\":\"&euro;\",\"suffix\":\" EUR\",\"msetupfee\":{setup},{fees},{prices}}}")
}

fn product(id: u32, pay_type: &str, pricing: &str, extra: &str) -> String {
    format!(
        r#"{{"pid":"{id}","gid":"3","type":"other","name":"R &amp; D","slug":"r-d",
        "product_url":"https://x.test/r-d","description":"<b>A &amp; B</b>","module":"cpanel",
        "paytype":"{pay_type}","allowqty":2,"quantity_available":"0","pricing":{pricing}{extra}}}"#
    )
}

async fn listed(rows: &str, filter: &ProductFilter) -> Vec<whmcs::Product> {
    let server = whmcs(&format!("{{\"result\":\"success\",\"products\":{{\"product\":{rows}}}}}")).await;
    client(&server.uri()).products(filter, deadline()).await.unwrap()
}

#[tokio::test]
async fn only_cycles_that_are_offered_have_prices() {
    let table = columns("\"5.00\"", ["\"9.95\"", "\"-1.00\"", "-1", "\"0.00\"", "null", "\"\""]);
    let both = format!("{{\"EUR\":{table},\"USD\":{table}}}");
    let rows = listed(&product(11, "recurring", &both, ""), &ProductFilter::All).await;
    let product = &rows[0];
    assert_eq!((product.id, product.group_id), (ProductId::new(11), Some(ProductGroupId::new(3))));
    assert_eq!((product.name.as_str(), product.pay_type.clone()), ("R & D", PayType::Recurring));
    assert_eq!(product.description_html, "<b>A &amp; B</b>");
    assert_eq!(product.url.as_deref(), Some("https://x.test/r-d"));
    assert!(product.allows_quantity);
    let codes = product.pricing.iter().map(|list| list.currency_code.as_str()).collect::<Vec<_>>();
    assert_eq!(codes, ["EUR", "USD"]);
    let euros = product.prices_in("EUR").unwrap();
    assert_eq!((euros.prefix.as_str(), euros.suffix.as_str()), ("€", " EUR"));
    let prices = euros.prices.iter().map(|price| (price.cycle, price.price.as_str())).collect::<Vec<_>>();
    assert_eq!(prices, [(OrderCycle::Monthly, "9.95"), (OrderCycle::Annually, "0.00")]);
    assert_eq!(euros.price(OrderCycle::Monthly).unwrap().setup_fee.as_str(), "5.00");
    assert_eq!(euros.price(OrderCycle::Quarterly), None);
    assert!(product.prices_in("GBP").is_none());
}

#[tokio::test]
async fn how_a_product_is_paid_decides_what_the_columns_mean() {
    let table = format!("{{\"EUR\":{}}}", columns("\"1.00\"", ["\"250.00\""; 6]));
    let zeros = format!("{{\"EUR\":{}}}", columns("\"0.00\"", ["\"0.00\""; 6]));
    let rows = format!(
        "[{},{},{},{}]",
        product(1, "onetime", &table, ""),
        product(2, "free", &zeros, ""),
        product(3, "barter", &table, ""),
        product(4, "free", "[]", "")
    );
    let products = listed(&rows, &ProductFilter::All).await;
    let offers = products.iter().map(|product| {
        let prices = product.pricing.iter().flat_map(|list| &list.prices);
        prices.map(|price| (price.cycle, price.price.as_str().to_owned())).collect::<Vec<_>>()
    });
    let offers = offers.collect::<Vec<_>>();
    assert_eq!(offers[0], [(OrderCycle::OneTime, "250.00".to_owned())]);
    assert_eq!(offers[1], [(OrderCycle::Free, "0.00".to_owned())]);
    assert_eq!(products[2].pay_type, PayType::Other("barter".into()));
    assert!(offers[2].is_empty() && offers[3].is_empty());
}

#[tokio::test]
async fn options_and_fields_can_be_filled_in() {
    let price = format!("{{\"EUR\":{}}}", columns("\"0.00\"", ["\"2.99\""; 6]));
    let extra = format!(
        r#","customfields":{{"customfield":[{{"id":"2","name":"O&#039;Name","description":"","required":"on"}},
        {{"id":3,"name":"B","description":"x","required":""}}]}},
        "configoptions":{{"configoption":[{{"id":4,"name":"Disk","type":"4","minqty":"1","maxqty":0,
        "options":{{"option":[{{"id":"9","name":"GB","rawName":null,"recurring":0,"required":null,
        "pricing":{price}}}]}}}},{{"id":5,"name":"Odd","type":9,"options":""}}]}}"#
    );
    let rows = listed(&product(1, "recurring", &price, &extra), &ProductFilter::All).await;
    let fields =
        rows[0].custom_fields.iter().map(|field| (field.id.get(), field.name.as_str(), field.required));
    assert_eq!(fields.collect::<Vec<_>>(), [(2, "O'Name", true), (3, "B", false)]);
    assert_eq!(rows[0].custom_fields[0].description, None);
    let options = &rows[0].options;
    assert_eq!(
        (options[0].kind, options[1].kind),
        (ProductOptionKind::Quantity, ProductOptionKind::Other(9))
    );
    assert_eq!((options[0].min_quantity, options[0].max_quantity), (Some(1), None));
    let choice = &options[0].choices[0];
    assert_eq!((choice.id.get(), choice.pricing[0].prices.len()), (9, 6));
    assert!(options[1].choices.is_empty());
}

#[tokio::test]
async fn products_that_were_not_asked_for_are_left_out() {
    let rows = format!("[{},{}]", product(1, "free", "[]", ""), product(2, "free", "[]", ""));
    let only_two = ProductFilter::Ids(vec![ProductId::new(2), ProductId::new(7)]);
    let ids = |products: Vec<whmcs::Product>| products.iter().map(|row| row.id.get()).collect::<Vec<_>>();
    assert_eq!(ids(listed(&rows, &only_two).await), [2]);
    assert_eq!(ids(listed(&rows, &ProductFilter::Group(ProductGroupId::new(3))).await), [1, 2]);
    assert!(listed(&rows, &ProductFilter::Group(ProductGroupId::new(4))).await.is_empty());

    let server = whmcs(r#"{"result":"success","products":""}"#).await;
    let client = client(&server.uri());
    assert!(client.products(&ProductFilter::Ids(Vec::new()), deadline()).await.unwrap().is_empty());
    assert!(bodies(&server).await.is_empty(), "an empty list of ids would list everything");
    client.products(&only_two, deadline()).await.unwrap();
    assert!(bodies(&server).await[0].ends_with("&pid=2%2C7"));
}

#[tokio::test]
async fn gateways_have_a_module_and_a_name() {
    let body = r#"{"result":"success","totalresults":"2","paymentmethods":{"paymentmethod":{
        "0":{"module":"paypal","displayname":"PayPal"},
        "1":{"module":"banktransfer","displayname":"Bank &amp; Co"}}}}"#;
    let server = whmcs(body).await;
    let methods = client(&server.uri()).payment_methods(deadline()).await.unwrap();
    assert_eq!((methods[1].module.as_str(), methods[1].display_name.as_str()), ("banktransfer", "Bank & Co"));
}

#[tokio::test]
async fn permissions_that_are_missing_or_unknown_grant_nothing() {
    for (permissions, stated, granted) in [
        ("", false, vec![]),
        (r#","permissions":null"#, false, vec![]),
        (r#","permissions":"""#, true, vec![]),
        (r#","permissions":{"permission":[]}"#, true, vec![]),
        (
            r#","permissions":{"permission":["orders","invoices","root","Invoices"]}"#,
            true,
            vec![Permission::Invoices, Permission::Orders],
        ),
        (r#","permissions":["profile"]"#, true, vec![Permission::Profile]),
        (
            r#","permissions":"profile, manageproducts""#,
            true,
            vec![Permission::Profile, Permission::ManageProducts],
        ),
    ] {
        let server = whmcs(&format!("{{\"result\":\"success\"{permissions}}}")).await;
        let client = client(&server.uri());
        let read = client.user_permissions(UserId::new(9), ME, deadline()).await.unwrap();
        assert_eq!((read.stated, &read.granted), (stated, &granted), "{permissions}");
        assert_eq!(read.allows(Permission::Orders), granted.contains(&Permission::Orders));
        assert!(bodies(&server).await[0].ends_with("&user_id=9&client_id=5"));
    }
}

fn order(id: u32, client: u32, status: &str) -> String {
    format!(
        r#"{{"id":"{id}","ordernum":7858259149,"userid":{client},"requestor_id":0,
        "date":"2020-09-23 13:59:35","nameservers":"","transfersecret":"canary","renewals":"",
        "promocode":"","orderdata":"canary","amount":"8.00","paymentmethod":"stripe","invoiceid":"0",
        "status":"{status}","ipaddress":"canary","fraudoutput":"canary","notes":"canary",
        "paymentmethodname":"Stripe","paymentstatus":"Paid","name":"canary","currencyprefix":"$",
        "currencysuffix":" USD","lineitems":{{"lineitem":[
        {{"type":"product","relid":"31","producttype":"Other","product":"A &amp; B","domain":"",
        "billingcycle":"One-Time","amount":"$8.00 USD","status":"Active"}},
        {{"type":"domain","relid":31,"product":"x.test","domain":"x.test","billingcycle":"Annually",
        "amount":"8.00","status":"Active"}}]}}}}"#
    )
}

#[tokio::test]
async fn orders_are_read_without_what_nobody_may_see() {
    let rows = [order(1, 5, "Active"), order(2, 6, "Active"), order(3, 5, "On Hold")].join(",");
    let body = format!("{{\"result\":\"success\",\"totalresults\":\"3\",\"orders\":{{\"order\":[{rows}]}}}}");
    let server = whmcs(&body).await;
    let client = client(&server.uri());
    let query = OrderQuery { status: Some(OrderStatus::Pending), offset: 10, limit: 5 };
    let page = client.orders(ME, &query, deadline()).await.unwrap();
    assert!(bodies(&server).await[0].ends_with("&userid=5&status=Pending&limitstart=10&limitnum=5"));
    assert_eq!((page.total, page.start, page.rows.len()), (3, 10, 2));
    let first = &page.rows[0];
    assert_eq!(
        (first.number.as_deref(), first.invoice_id, first.requestor_id),
        (Some("7858259149"), None, None)
    );
    assert_eq!(first.placed_at, NaiveDate::from_ymd_opt(2020, 9, 23).unwrap().and_hms_opt(13, 59, 35));
    assert_eq!(first.lines[0].billing_cycle, BillingCycle::OneTime);
    assert_eq!((first.lines[0].product.as_str(), first.lines[0].amount.as_ref()), ("A & B", None));
    assert_eq!(first.lines[0].service_id(), Some(ServiceId::new(31)));
    assert_eq!(first.lines[1].service_id(), None);
    assert_eq!(first.lines[1].amount.as_ref().unwrap().as_str(), "8.00");
    assert_eq!(page.rows[1].status, OrderStatus::Other("On Hold".into()));
    assert!(!format!("{page:?}").contains("canary"));
}

#[tokio::test]
async fn somebody_elses_order_is_no_order() {
    let rows = [order(1, 5, "Active"), order(2, 6, "Active")].join(",");
    let server = whmcs(&format!("{{\"result\":\"success\",\"orders\":{{\"order\":[{rows}]}}}}")).await;
    let client = client(&server.uri());
    let found = client.order(ME, OrderId::new(1), deadline()).await.unwrap().unwrap();
    assert_eq!(found.id, OrderId::new(1));
    assert_eq!(client.order(ME, OrderId::new(2), deadline()).await, Ok(None));
    assert_eq!(client.order(ME, OrderId::new(3), deadline()).await, Ok(None));
    assert!(bodies(&server).await[0].ends_with("&id=1&userid=5"));
}
