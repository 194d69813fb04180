//! The sample answers printed in WHMCS's API reference and seen in the wild, where a collection of them lies
//! beside the checkout. They are not part of the repository; without them this test says that it is skipped.

use std::{fs, path::PathBuf};

use serde_json::Value;
use whmcs::{
    ACTIONS, Action, Client, ClientChanges, ClientId, Denied, Error, InvoiceId, InvoiceQuery, LoginModel,
    OrderQuery, PayMethodKind, ProductFilter, RefusalKind, ServiceId, TransactionQuery, Unknown, UserChanges,
    UserId,
};
use wiremock::ResponseTemplate;

use crate::every_call::{Call, every_call};
use crate::helpers::{answering, client, deadline, json, settings};

fn sample(name: &str) -> Option<Value> {
    let folder = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../../../shared/upstreams/whmcs");
    let Ok(text) = fs::read_to_string(folder.join(name)) else {
        println!("skipped: no sample {name}");
        return None;
    };
    Some(serde_json::from_str(&text).unwrap())
}

/// All bodies of a sample file: the printed example, what was seen, what was made up, and the listed errors.
fn collect_bodies(sample: &Value) -> Vec<Value> {
    let lists = ["observed", "synthetic", "errors"].into_iter().filter_map(|list| sample[list].as_array());
    let listed = lists.flatten().map(|case| case["body"].clone());
    std::iter::once(sample["success"].clone()).chain(listed).collect()
}

fn number(value: &Value) -> u64 {
    value.as_u64().or_else(|| value.as_str()?.parse().ok()).unwrap_or(1)
}

/// Makes the call that a body answers, and gives back how many rows were read where that can be counted.
async fn read(action: &str, client: &Client, body: &Value) -> Result<Option<usize>, Error> {
    match read_list(action, client, body).await {
        Some(result) => result.map(Some),
        None => read_record(action, client, body).await.map(|()| None),
    }
}

async fn read_list(action: &str, client: &Client, body: &Value) -> Option<Result<usize, Error>> {
    let me = ClientId::new(1);
    Some(match action {
        "GetCancelledPackages" => {
            let services = [ServiceId::new(1), ServiceId::new(2)];
            client.cancellations(&services, deadline()).await.map(|rows| rows.len())
        }
        "GetClientsProducts" => client.services(me, 0, 25, deadline()).await.map(|page| page.rows.len()),
        "GetCredits" => client.credits(me, deadline()).await.map(|rows| rows.len()),
        "GetCurrencies" => client.currencies(deadline()).await.map(|rows| rows.len()),
        "GetInvoices" => {
            client.invoices(me, &InvoiceQuery::default(), deadline()).await.map(|page| page.rows.len())
        }
        "GetOrderStatuses" => client.order_statuses(deadline()).await.map(|rows| rows.len()),
        "GetOrders" => {
            client.orders(me, &OrderQuery::default(), deadline()).await.map(|page| page.rows.len())
        }
        "GetPayMethods" => client.pay_methods(me, deadline()).await.map(|rows| {
            assert_eq!(rows.len(), body["paymethods"].as_array().unwrap().len());
            assert!(rows.iter().all(|row| row.kind != PayMethodKind::Other(String::new())));
            rows.len()
        }),
        "GetPaymentMethods" => client.payment_methods(deadline()).await.map(|rows| rows.len()),
        "GetProducts" => client.products(&ProductFilter::All, deadline()).await.map(|rows| {
            assert!(rows.iter().all(|row| row.pricing.iter().all(|list| !list.prices.is_empty())));
            rows.len()
        }),
        "GetPromotions" => {
            let code = body["promotions"]["promotion"][0]["code"].as_str().unwrap();
            client.promotion(code, deadline()).await.map(|row| usize::from(row.is_some()))
        }
        "GetTransactions" => {
            let rows = client.transactions(me, &TransactionQuery::default(), deadline()).await;
            rows.map(|rows| rows.len())
        }
        _ => return None,
    })
}

async fn read_record(action: &str, client: &Client, body: &Value) -> Result<(), Error> {
    let me = ClientId::new(number(&body["clientid"]));
    match action {
        "GetUsers" => {
            let email = body["users"][0]["email"].as_str().unwrap();
            let users = client.find_users(email, deadline()).await?;
            assert_eq!(users[0].clients.len(), body["users"][0]["clients"].as_array().unwrap().len());
            assert_eq!(users.len(), 1, "the other rows match the prefix only");
        }
        "GetInvoice" => {
            let owner = ClientId::new(number(&body["userid"]));
            let invoice =
                client.invoice(owner, InvoiceId::new(number(&body["invoiceid"])), deadline()).await?;
            // The one listed error is "not found", which is no error here.
            assert_eq!(invoice.is_some(), body["result"] == "success");
        }
        "GetClientsDetails" => {
            let details = client.client_details(ClientId::new(1), deadline()).await?;
            assert_eq!(details.email_preferences.len(), 6);
        }
        "UpdateClient" => {
            let changes = ClientChanges { city: Some("Ulm".into()), ..ClientChanges::default() };
            client.update_client(me, &changes, deadline()).await?;
        }
        "UpdateUser" => {
            let changes = UserChanges { first_name: Some("A".into()), ..UserChanges::default() };
            client.update_user(UserId::new(1), &changes, deadline()).await?;
        }
        "ValidateLogin" => {
            let model = if body["contactid"].is_null() { LoginModel::Users } else { LoginModel::Clients };
            let login = client.validate_login(model, "a@example.com", &"p".into(), deadline()).await?;
            assert_eq!(login.second_factor_due, body["passwordhash"].is_null());
            assert!(login.subject.is_some());
        }
        _ => {
            let calls = every_call().into_iter().filter(|call| call.action == action);
            for Call { make, .. } in calls {
                make(client).await?;
            }
        }
    }
    Ok(())
}

/// A client whose requests for the host of a sample's single sign-on link go to the test server.
fn client_for(body: &Value, server: &wiremock::MockServer) -> Client {
    let Some(link) = body["redirect_url"].as_str() else { return client(&server.uri()) };
    let host = link.split('/').nth(2).unwrap();
    let http = reqwest::Client::builder().no_proxy().resolve(host, *server.address()).build().unwrap();
    Client::new(http, settings(&format!("http://{host}:{}", server.address().port())))
}

#[tokio::test]
async fn documented_answers_are_understood() {
    for Action { name: action, .. } in ACTIONS.iter().copied() {
        let Some(sample) = sample(&format!("{action}.json")) else { return };
        for body in collect_bodies(&sample) {
            let server = answering(json(200, &body.to_string())).await;
            let result = read(action, &client_for(&body, &server), &body).await;
            match result {
                Ok(rows) => {
                    let expected = body.get("numreturned").or(body.get("totalresults")).map(number);
                    if let (Some(rows), Some(expected)) = (rows, expected) {
                        assert_eq!(u64::try_from(rows).unwrap(), expected, "{action} {body}");
                    }
                    assert!(body["result"] == "success" || action == "GetInvoice", "{action} {body}");
                }
                Err(Error::Refused(refusal)) => {
                    assert_eq!(body["result"], "error", "{action} {body}");
                    assert_ne!(refusal.kind(), RefusalKind::Other, "{action} {body}");
                }
                Err(Error::Unknown(Unknown::SetupFailed)) => assert_eq!(action, "AcceptOrder"),
                Err(Error::Unknown(Unknown::NullBody)) => assert!(body.is_null(), "{action} {body}"),
                Err(Error::Unknown(Unknown::NotEncodable)) => assert_eq!(body["result"], "error"),
                Err(error) => panic!("{action} {body}: {error:?}"),
            }
        }
    }
}

fn expected_failure(name: &str, error: &Error) -> bool {
    match (name, error) {
        ("credentials_missing" | "identifier_unknown" | "secret_wrong" | "admin_disabled", error) => {
            *error == Error::Denied(Denied::Credentials)
        }
        ("ip_not_allowed_v4" | "ip_not_allowed_v6", error) => {
            matches!(error, Error::Denied(Denied::IpNotAllowed { seen: Some(_) }))
        }
        ("action_not_in_role", error) => *error == Error::Denied(Denied::ActionNotInRole),
        ("internal_only_action" | "unknown_action_custom", error) => {
            *error == Error::Denied(Denied::ActionUnavailable)
        }
        ("access_denied", error) => *error == Error::Denied(Denied::Other),
        ("empty_action", error) => matches!(error, Error::Refused(_)),
        ("json_encode_failure", error) => *error == Error::Unknown(Unknown::NotEncodable),
        ("null_body", error) => *error == Error::Unknown(Unknown::NullBody),
        ("stray_output_500" | "php_fatal_html", error) => {
            matches!(error, Error::Unknown(Unknown::HttpStatus { status: 500, .. }))
        }
        ("waf_challenge", error) => {
            matches!(error, Error::Unknown(Unknown::HttpStatus { status: 403, .. }))
        }
        _ => false,
    }
}

#[tokio::test]
async fn collected_failures_are_told_apart() {
    let Some(sample) = sample("_transport_errors.json") else { return };
    for case in sample["cases"].as_array().unwrap() {
        let status = u16::try_from(case["http_status"].as_u64().unwrap_or(200)).unwrap();
        let body = case["body_text"].as_str().map_or_else(|| case["body"].to_string(), str::to_owned);
        let content_type = case["content_type"].as_str().unwrap();
        let template = ResponseTemplate::new(status).set_body_raw(body, content_type);
        let error = client(&answering(template).await.uri()).whmcs_details(deadline()).await.unwrap_err();
        let name = case["name"].as_str().unwrap();
        assert!(expected_failure(name, &error), "{name}: {error:?}");
    }
}
