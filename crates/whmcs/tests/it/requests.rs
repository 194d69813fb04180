//! What goes over the wire, byte for byte.

use reqwest::header::{ACCEPT, AUTHORIZATION, CONTENT_TYPE, COOKIE};
use whmcs::{
    Client, ClientId, CurrencyId, DomainId, InvoiceFilter, InvoiceId, InvoiceOrder, InvoiceQuery, NewClient,
    ServiceId, SsoDestination, SsoRequest, UserId,
};
use wiremock::MockServer;

use crate::helpers::{CREDENTIALS, answering, bodies, client, deadline, http, json, params, settings, whmcs};

#[tokio::test]
async fn posts_a_form_to_the_api_file_without_cookies() {
    let body = r#"{"result":"success","whmcs":{"version":"8.12.0"}}"#;
    let server = answering(json(200, body).insert_header("set-cookie", "WHMCSsession=1; path=/")).await;
    for base in ["", "/", "/billing/whmcs", "/billing/whmcs/", "/?x=1#y"] {
        let client = client(&format!("{}{base}", server.uri()));
        client.whmcs_details(deadline()).await.unwrap();
        client.whmcs_details(deadline()).await.unwrap();
    }
    let requests = server.received_requests().await.unwrap();
    let paths = requests.iter().map(|request| request.url.path()).collect::<Vec<_>>();
    assert_eq!(paths[..4], ["/includes/api.php"; 4]);
    assert_eq!(paths[4..8], ["/billing/whmcs/includes/api.php"; 4]);
    assert_eq!(paths[8..], ["/includes/api.php"; 2]);
    for request in &requests {
        assert_eq!(request.method.as_str(), "POST");
        assert_eq!(request.url.query(), None);
        assert_eq!(request.headers[CONTENT_TYPE], "application/x-www-form-urlencoded");
        assert_eq!(request.headers[ACCEPT], "application/json");
        assert!(!request.headers.contains_key(COOKIE) && !request.headers.contains_key(AUTHORIZATION));
        assert_eq!(request.body, format!("action=WhmcsDetails&{CREDENTIALS}").into_bytes());
    }
}

#[tokio::test]
async fn the_access_key_travels_in_the_body() {
    let server = whmcs(r#"{"result":"success","currencies":""}"#).await;
    let mut settings = settings(&server.uri());
    settings.access_key = Some("a(b)*[c]$".into());
    Client::new(http(), settings).currencies(deadline()).await.unwrap();
    assert_eq!(
        bodies(&server).await,
        [
            "action=GetCurrencies&identifier=ident&secret=s%26cret&accesskey=a%28b%29*%5Bc%5D%24&responsetype=json"
        ]
    );
}

#[tokio::test]
async fn a_client_with_everything() {
    let server = whmcs(r#"{"result":"success","clientid":"7"}"#).await;
    let mut new = NewClient::new("Zoë".into(), "O'Neil".into(), "zoe+1@example.com".into(), "p w".into());
    new.company_name = Some("A & B".into());
    new.address1 = Some("1 Way".into());
    new.city = Some("Ulm".into());
    new.state = Some("BW".into());
    new.postcode = Some("89073".into());
    new.country = Some("DE".into());
    new.phone = Some("+49 1".into());
    new.tax_id = Some("DE1".into());
    new.currency = Some(CurrencyId::new(2));
    new.client_ip = Some("2001:db8::7".parse().unwrap());
    new.notes = Some("portal:abc".into());
    new.custom_fields = vec![(1, "Google".into())];
    new.no_email = true;
    new.skip_validation = true;
    client(&server.uri()).add_client(&new, deadline()).await.unwrap();
    assert_eq!(
        params(&server, "AddClient").await,
        "firstname=Zo%C3%AB&lastname=O%27Neil&email=zoe%2B1%40example.com&password2=p+w&companyname=A+%26+B\
         &address1=1+Way&city=Ulm&state=BW&postcode=89073&country=DE&phonenumber=%2B49+1&tax_id=DE1&currency=2\
         &clientip=2001%3Adb8%3A%3A7&notes=portal%3Aabc&customfields=YToxOntpOjE7czo2OiJHb29nbGUiO30%3D\
         &noemail=1&skipvalidation=1"
    );
}

#[tokio::test]
async fn a_client_with_nothing_optional() {
    let server = whmcs(r#"{"result":"success","clientid":7,"owner_id":9}"#).await;
    let new = NewClient::new("A".into(), "B".into(), "a@example.com".into(), "p".into());
    let added = client(&server.uri()).add_client(&new, deadline()).await.unwrap();
    assert_eq!((added.client_id, added.owner_user_id), (ClientId::new(7), Some(UserId::new(9))));
    assert_eq!(
        params(&server, "AddClient").await,
        "firstname=A&lastname=B&email=a%40example.com&password2=p"
    );
}

#[tokio::test]
async fn lists_are_asked_for_by_client_and_place() {
    let empty = r#"{"result":"success","totalresults":0}"#;
    let server = whmcs(empty).await;
    let query = InvoiceQuery {
        status: Some(InvoiceFilter::PaymentPending),
        order_by: InvoiceOrder::DueDate,
        descending: false,
        offset: 50,
        limit: 10,
    };
    client(&server.uri()).invoices(ClientId::new(5), &query, deadline()).await.unwrap();
    assert_eq!(
        params(&server, "GetInvoices").await,
        "userid=5&status=Payment+Pending&orderby=duedate&order=asc&limitstart=50&limitnum=10"
    );

    let server = whmcs(empty).await;
    client(&server.uri()).invoices(ClientId::new(5), &InvoiceQuery::default(), deadline()).await.unwrap();
    assert_eq!(
        params(&server, "GetInvoices").await,
        "userid=5&orderby=id&order=desc&limitstart=0&limitnum=25"
    );

    let server = whmcs(empty).await;
    client(&server.uri()).services(ClientId::new(5), 100, 50, deadline()).await.unwrap();
    assert_eq!(params(&server, "GetClientsProducts").await, "clientid=5&limitstart=100&limitnum=50");

    let server = whmcs(empty).await;
    client(&server.uri()).find_users(" a+b@example.com ", deadline()).await.unwrap();
    assert_eq!(params(&server, "GetUsers").await, "limitstart=0&limitnum=100&search=a%2Bb%40example.com");
}

#[tokio::test]
async fn an_empty_address_is_not_searched_for() {
    let server = whmcs(r#"{"result":"success"}"#).await;
    assert!(client(&server.uri()).find_users("  ", deadline()).await.unwrap().is_empty());
    assert!(bodies(&server).await.is_empty());
}

#[tokio::test]
async fn every_destination_has_its_fixed_place() {
    let id = InvoiceId::new(59);
    let table = [
        (SsoDestination::Home, ""),
        (SsoDestination::Domains, "&destination=clientarea%3Adomains"),
        (SsoDestination::Domain(DomainId::new(4)), "&destination=clientarea%3Adomain_details&domain_id=4"),
        (SsoDestination::Emails, "&destination=clientarea%3Aemails"),
        (SsoDestination::Tickets, "&destination=clientarea%3Atickets"),
        (SsoDestination::SubmitTicket, "&destination=clientarea%3Asubmit_ticket"),
        (SsoDestination::Announcements, "&destination=clientarea%3Aannouncements"),
        (SsoDestination::Downloads, "&destination=clientarea%3Adownloads"),
        (SsoDestination::KnowledgeBase, "&destination=clientarea%3Aknowledgebase"),
        (SsoDestination::NetworkStatus, "&destination=clientarea%3Anetwork_status"),
        (SsoDestination::ShoppingCart, "&destination=clientarea%3Ashopping_cart"),
        (SsoDestination::ShoppingCartAddons, "&destination=clientarea%3Ashopping_cart_addons"),
        (
            SsoDestination::ShoppingCartDomainRegister,
            "&destination=clientarea%3Ashopping_cart_domain_register",
        ),
        (
            SsoDestination::ShoppingCartDomainTransfer,
            "&destination=clientarea%3Ashopping_cart_domain_transfer",
        ),
        (SsoDestination::Profile, "&destination=clientarea%3Aprofile"),
        (SsoDestination::PaymentMethods, "&destination=clientarea%3Abilling_info"),
        (SsoDestination::Invoices, "&destination=clientarea%3Ainvoices"),
        (SsoDestination::Services, "&destination=clientarea%3Aservices"),
        (
            SsoDestination::Service(ServiceId::new(3)),
            "&destination=clientarea%3Aproduct_details&service_id=3",
        ),
        (
            SsoDestination::Invoice(id),
            "&destination=sso%3Acustom_redirect&sso_redirect_path=viewinvoice.php%3Fid%3D59",
        ),
        (
            SsoDestination::InvoicePdf(id),
            "&destination=sso%3Acustom_redirect&sso_redirect_path=dl.php%3Ftype%3Di%26id%3D59",
        ),
        (
            SsoDestination::PayAllInvoices,
            "&destination=sso%3Acustom_redirect&sso_redirect_path=clientarea.php%3Faction%3Dmasspay%26all%3Dtrue",
        ),
    ];
    for (destination, expected) in table {
        let server = MockServer::start().await;
        let link = format!("{}/oauth/singlesignon.php?access_token=abc", server.uri());
        let body = format!("{{\"result\":\"success\",\"access_token\":\"abc\",\"redirect_url\":\"{link}\"}}");
        wiremock::Mock::given(wiremock::matchers::any()).respond_with(json(200, &body)).mount(&server).await;
        let request = SsoRequest { client_id: ClientId::new(5), user_id: Some(UserId::new(6)), destination };
        let made = client(&server.uri()).create_sso_token(&request, deadline()).await.unwrap();
        assert_eq!(made.expose(), link);
        assert_eq!(params(&server, "CreateSsoToken").await, format!("client_id=5&user_id=6{expected}"));
    }
}
