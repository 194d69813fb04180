//! What becomes of the answers about logins, money and services.

use chrono::NaiveDate;
use whmcs::{
    CancellationKind, CardExpiry, ClientId, CustomFieldId, EmailKind, Error, InvoiceId, LoginModel,
    LoginSubject, PayMethodKind, ProductId, PromotionKind, RefusalKind, ServiceId, ServiceQuery,
    TransactionQuery, Unknown, UserId, ValidatedLogin,
};
use wiremock::{Mock, MockServer, matchers::body_string_contains};

use crate::helpers::{bodies, client, deadline, json, params, whmcs};

const ME: ClientId = ClientId::new(5);

async fn login(model: LoginModel, members: &str) -> Result<ValidatedLogin, Error> {
    let server = whmcs(&format!("{{\"result\":\"success\"{members}}}")).await;
    let login =
        client(&server.uri()).validate_login(model, "a+b@example.com", &"p w".into(), deadline()).await;
    assert_eq!(params(&server, "ValidateLogin").await, "email=a%2Bb%40example.com&password2=p+w");
    login
}

#[tokio::test]
async fn a_login_is_of_the_kind_that_the_version_has() {
    let hash = r#","userid":"12","passwordhash":"canary""#;
    let user = login(LoginModel::Users, &format!(r#"{hash},"twoFactorEnabled":"false""#)).await.unwrap();
    assert_eq!(user.subject, Some(LoginSubject::User(UserId::new(12))));
    assert!(!user.second_factor_due && !format!("{user:?}").contains("canary"));
    let old = login(LoginModel::Clients, hash).await.unwrap();
    assert_eq!(old.subject, Some(LoginSubject::Client(ClientId::new(12))));
    let contact = login(LoginModel::Clients, &format!(r#"{hash},"contactid":"3""#)).await.unwrap();
    let expected = LoginSubject::Contact { client_id: ClientId::new(12), contact_id: 3 };
    assert_eq!(contact.subject, Some(expected));
    // A contact's number gives WHMCS 7 away: the other number is a client's, not a user's.
    let mixed_up = login(LoginModel::Users, &format!(r#"{hash},"contactid":3"#)).await;
    assert_eq!(mixed_up, Err(Error::Unknown(Unknown::Shape { field: "contactid" })));
}

#[tokio::test]
async fn a_second_factor_is_due_unless_whmcs_says_otherwise() {
    for (members, due) in [
        (r#","userid":1,"twoFactorEnabled":true"#, true),
        (r#","userid":1,"twoFactorEnabled":"true""#, true),
        (r#","userid":1,"twoFactorEnabled":1"#, true),
        (r#","twoFactorEnabled":true"#, true),
        (r#","userid":1,"passwordhash":"x","twoFactorEnabled":true"#, true),
        (r#","userid":1"#, true),
        (r#","userid":1,"passwordhash":"""#, true),
        (r#","userid":1,"passwordhash":"x""#, false),
        (r#","userid":1,"passwordhash":"x","twoFactorEnabled":"false""#, false),
        (r#","userid":1,"passwordhash":"x","twoFactorEnabled":"""#, false),
        (r#","userid":1,"passwordhash":"x","twoFactorEnabled":0"#, false),
    ] {
        assert_eq!(login(LoginModel::Users, members).await.unwrap().second_factor_due, due, "{members}");
    }
    let nobody = login(LoginModel::Users, r#","passwordhash":"x","twoFactorEnabled":false"#).await;
    assert_eq!(nobody, Err(Error::Unknown(Unknown::Shape { field: "userid" })));
    let odd = login(LoginModel::Users, r#","userid":1,"passwordhash":"x","twoFactorEnabled":"maybe""#).await;
    assert_eq!(odd, Err(Error::Unknown(Unknown::Shape { field: "twoFactorEnabled" })));
}

#[tokio::test]
async fn a_wrong_password_is_a_refusal() {
    let server = whmcs(r#"{"result":"error","message":"Email or Password Invalid"}"#).await;
    let client = client(&server.uri());
    let error = client.validate_login(LoginModel::Users, "a@example.com", &"p".into(), deadline()).await;
    assert!(matches!(error, Err(Error::Refused(refusal)) if refusal.kind() == RefusalKind::LoginInvalid));
}

fn transaction(id: u32, owner: &str, invoice: &str) -> String {
    format!(
        r#"{{"id":"{id}","userid":{owner},"currency":"0","gateway":"paypal","date":"2016-01-01 06:41:11",
        "description":"Caf&eacute;","amountin":"45.90","fees":"1.99","amountout":"0.00","rate":"1.00000",
        "transid":"","invoiceid":{invoice},"refundid":"0"}}"#
    )
}

#[tokio::test]
async fn transactions_of_others_stay_behind() {
    let rows = [transaction(1, "5", "59"), transaction(2, "6", "59"), transaction(3, "0", "0")].join(",");
    let server =
        whmcs(&format!("{{\"result\":\"success\",\"transactions\":{{\"transaction\":[{rows}]}}}}")).await;
    let query = TransactionQuery { invoice_id: Some(InvoiceId::new(59)), transaction_id: Some("t-1".into()) };
    let rows = client(&server.uri()).transactions(ME, &query, deadline()).await.unwrap();
    assert_eq!(params(&server, "GetTransactions").await, "clientid=5&invoiceid=59&transid=t-1");
    assert_eq!(rows.iter().map(|row| row.id).collect::<Vec<_>>(), [1]);
    assert_eq!((rows[0].invoice_id, rows[0].transaction_id.as_deref()), (Some(InvoiceId::new(59)), None));
    assert_eq!((rows[0].description.as_str(), rows[0].amount_in.as_str()), ("Café", "45.90"));
}

#[tokio::test]
async fn credit_that_was_spent_is_negative() {
    let body = r#"{"result":"success","totalresults":"2","clientid":"5","credits":{"credit":[
        {"id":"1","date":"2016-01-01","description":"A &amp; B","amount":"10.00","relid":"0"},
        {"id":2,"date":"0000-00-00","description":"","amount":-10.00,"relid":"59"}]}}"#;
    let server = whmcs(body).await;
    let client = client(&server.uri());
    let credits = client.credits(ME, deadline()).await.unwrap();
    assert_eq!(credits[0].description, "A & B");
    assert_eq!(
        (credits[1].amount.as_str(), credits[1].related_id, credits[1].date),
        ("-10.00", Some(59), None)
    );
    assert!(credits[1].amount.is_negative());
    let other = client.credits(ClientId::new(6), deadline()).await;
    assert_eq!(other, Err(Error::Unknown(Unknown::Shape { field: "clientid" })));
}

#[tokio::test]
async fn stored_cards_are_masked() {
    let body = r#"{"result":"success","clientid":"5","paymethods":[
        {"id":1,"type":"RemoteCreditCard","description":"Card","gateway_name":"stripe","contact_type":"Client",
        "contact_id":1,"card_last_four":4242,"expiry_date":"02/25","start_date":"","card_type":"Visa",
        "remote_token":"{\"customer\":\"canary\"}","last_updated":"17/05/2019 10:01"},
        {"id":"3","type":"BankAccount","description":"A &amp; B","gateway_name":"","bank_name":"Bank",
        "remote_token":"canary","last_updated":"17/05/2019 10:01"},
        {"id":4,"type":"Voucher","description":""}]}"#;
    let server = whmcs(body).await;
    let client = client(&server.uri());
    let methods = client.pay_methods(ME, deadline()).await.unwrap();
    assert_eq!(methods[0].kind, PayMethodKind::RemoteCreditCard);
    assert_eq!(
        (methods[0].last_four.as_deref(), methods[0].card_type.as_deref()),
        (Some("4242"), Some("Visa"))
    );
    assert_eq!(methods[0].expiry, Some(CardExpiry { year: 2025, month: 2 }));
    assert_eq!((methods[1].bank_name.as_deref(), methods[1].gateway.as_deref()), (Some("Bank"), None));
    assert_eq!(methods[2].kind, PayMethodKind::Other("Voucher".into()));
    assert!(!format!("{methods:?}").contains("canary"));
    let other = client.pay_methods(ClientId::new(6), deadline()).await;
    assert_eq!(other, Err(Error::Unknown(Unknown::Shape { field: "clientid" })));
}

#[tokio::test]
async fn one_promotion_is_asked_for_and_nothing_of_the_others_leaves() {
    let row = |id: u32, code: &str| {
        format!(
            r#"{{"id":{id},"code":"{code}","type":"Fixed Amount","recurring":1,"value":10,"cycles":
            "Monthly,Semi-Annually","appliesto":"1,A2,D.com","requires":"","startdate":"0000-00-00",
            "expirationdate":"2030-01-31","maxuses":"0","uses":1,"newsignups":"1","onceperclient":0,
            "recurfor":3,"upgradeconfig":"a:0:{{}}","notes":"canary"}}"#
        )
    };
    let body = format!(
        "{{\"result\":\"success\",\"promotions\":{{\"promotion\":[{},{}]}}}}",
        row(1, "OTHER"),
        row(2, "Half")
    );
    let server = whmcs(&body).await;
    let client = client(&server.uri());
    let promotion = client.promotion(" HALF ", deadline()).await.unwrap().unwrap();
    assert!(bodies(&server).await[0].ends_with("&code=HALF"));
    assert_eq!((promotion.id, promotion.kind.clone()), (2, PromotionKind::FixedAmount));
    assert_eq!((promotion.value.as_str(), promotion.recurs_for), ("10", Some(3)));
    assert_eq!(promotion.cycles.len(), 2);
    assert!(
        promotion.applies_to_product(ProductId::new(1)) && !promotion.applies_to_product(ProductId::new(2))
    );
    assert!(promotion.requires.is_empty() && promotion.starts_on.is_none());
    assert_eq!(promotion.expires_on, NaiveDate::from_ymd_opt(2030, 1, 31));
    assert_eq!(
        (promotion.max_uses, promotion.new_sign_ups_only, promotion.once_per_client),
        (None, true, false)
    );
    assert!(!format!("{promotion:?}").contains("canary"));
    assert_eq!(client.promotion("third", deadline()).await, Ok(None));
    assert_eq!(client.promotion("  ", deadline()).await, Ok(None));
    assert_eq!(bodies(&server).await.len(), 2, "an empty code would list all");
}

#[tokio::test]
async fn cancellations_of_others_stay_behind_on_every_page() {
    let server = MockServer::start().await;
    let row = |id: u32, service: u32, kind: &str| {
        format!(
            r#"{{"id":"{id}","date":"2016-02-24 21:27:04","relid":"{service}","reason":"canary &amp; co",
            "type":"{kind}"}}"#
        )
    };
    let pages = [
        (0, [row(1, 31, "Immediate"), row(2, 99, "Immediate")]),
        (2, [row(2, 99, "Immediate"), row(3, 32, "End of Billing Period")]),
    ];
    for (start, rows) in pages {
        let body = format!(
            "{{\"result\":\"success\",\"totalresults\":\"4\",\"packages\":{{\"package\":[{}]}}}}",
            rows.join(",")
        );
        Mock::given(body_string_contains(format!("&limitstart={start}&limitnum=250")))
            .respond_with(json(200, &body))
            .expect(1)
            .mount(&server)
            .await;
    }
    let client = client(&server.uri());
    let services = [ServiceId::new(31), ServiceId::new(32)];
    let found = client.cancellations(&services, deadline()).await.unwrap();
    let kinds = found.iter().map(|row| (row.service_id.get(), row.kind)).collect::<Vec<_>>();
    let expected =
        [(31, Some(CancellationKind::Immediate)), (32, Some(CancellationKind::EndOfBillingPeriod))];
    assert_eq!(kinds, expected);
    assert_eq!(found[0].reason.as_deref(), Some("canary & co"));
    assert!(!format!("{found:?}").contains("canary"));
    assert_eq!(client.cancellations(&[], deadline()).await, Ok(Vec::new()));
}

#[tokio::test]
async fn a_list_of_cancellations_that_never_ends_is_given_up() {
    let row = r#"{"id":1,"date":"","relid":1,"reason":"","type":"Odd"}"#;
    let body =
        format!("{{\"result\":\"success\",\"totalresults\":1000000,\"packages\":{{\"package\":{row}}}}}");
    let server = whmcs(&body).await;
    let error = client(&server.uri()).cancellations(&[ServiceId::new(1)], deadline()).await.unwrap_err();
    assert_eq!(error, Error::Unknown(Unknown::Shape { field: "totalresults" }));
}

fn service(id: u32, owner: u32) -> String {
    format!(
        r#"{{"id":"{id}","qty":"1","clientid":"{owner}","pid":"4","name":"A","domain":"","status":"Suspended",
        "suspensionreason":"Overdue &amp; late","firstpaymentamount":"1.00","recurringamount":"1.00",
        "billingcycle":"Monthly","nextduedate":"2016-11-25","username":"canary","password":"canary",
        "serverip":"canary","notes":"canary","subscriptionid":"canary",
        "customfields":{{"customfield":[{{"id":"7","name":"Mark","value":"abc&amp;def"}},
        {{"id":8,"name":"Staff only","value":"canary"}}]}},
        "configoptions":{{"configoption":[{{"id":"1","option":"Disk","type":"dropdown","value":"10"}}]}}}}"#
    )
}

#[tokio::test]
async fn a_service_shows_a_field_only_to_who_knows_it() {
    let rows = [service(1, 5), service(2, 6)].join(",");
    let server = whmcs(&format!("{{\"result\":\"success\",\"products\":{{\"product\":[{rows}]}}}}")).await;
    let client = client(&server.uri());
    let own = client.service(ME, ServiceId::new(1), deadline()).await.unwrap().unwrap();
    assert!(bodies(&server).await[0].ends_with("&clientid=5&serviceid=1"));
    assert_eq!(own.custom_field(CustomFieldId::new(7)), Some("abc&def"));
    assert_eq!(own.custom_field(CustomFieldId::new(9)), None);
    assert_eq!(own.suspension_reason.as_deref(), Some("Overdue & late"));
    assert_eq!(own.options[0].id.unwrap().get(), 1);
    assert!(!format!("{own:?}").contains("canary"));
    assert_eq!(client.service(ME, ServiceId::new(2), deadline()).await, Ok(None));
    assert_eq!(client.service(ME, ServiceId::new(3), deadline()).await, Ok(None));
}

#[tokio::test]
async fn services_are_found_by_product_and_domain() {
    let server = whmcs(r#"{"result":"success","products":""}"#).await;
    let query = ServiceQuery {
        product_id: Some(ProductId::new(4)),
        domain: Some("x.test".into()),
        offset: 5,
        limit: 9,
    };
    client(&server.uri()).find_services(ME, &query, deadline()).await.unwrap();
    assert_eq!(
        params(&server, "GetClientsProducts").await,
        "clientid=5&pid=4&domain=x.test&limitstart=5&limitnum=9"
    );
}

#[tokio::test]
async fn a_client_says_which_mails_are_welcome() {
    for (preferences, expected) in [
        (
            r#","email_preferences":{"general":"1","invoice":"0","support":1,"odd":"x"},"language":"german",
            "marketing_emails_opt_in":false"#,
            vec![(EmailKind::General, true), (EmailKind::Invoice, false), (EmailKind::Support, true)],
        ),
        (r#","email_preferences":"""#, vec![]),
        (r#","email_preferences":[]"#, vec![]),
        ("", vec![]),
    ] {
        let body = format!(
            "{{\"result\":\"success\",\"client\":{{\"id\":5,\"status\":\"Active\",\"currency\":1,\
             \"credit\":\"0.00\"{preferences}}}}}"
        );
        let server = whmcs(&body).await;
        let details = client(&server.uri()).client_details(ME, deadline()).await.unwrap();
        assert_eq!(details.email_preferences.into_iter().collect::<Vec<_>>(), expected);
        assert_eq!(details.language.is_some(), details.marketing_opt_in.is_some());
    }
}
