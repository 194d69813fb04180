//! Whatever comes over the wire, reading it ends in a value or an error.

use proptest::prelude::*;
use url::Url;

use crate::{
    add_client::added_client,
    answer::{Head, read},
    client_details::client_details,
    currencies::currencies,
    invoice::invoice,
    invoices::invoices_page,
    object::Object,
    services::services_page,
    sso::sso_link,
    users::users_page,
    whmcs_details::whmcs_details,
};

fn read_as_everything(answer: &Object) {
    let base = Url::parse("https://billing.example.test").unwrap();
    let _ = added_client(answer);
    let _ = client_details(answer);
    let _ = currencies(answer);
    let _ = invoice(answer);
    let _ = invoices_page(answer, 0);
    let _ = services_page(answer, 0);
    let _ = sso_link(answer, &base);
    let _ = users_page(answer);
    let _ = whmcs_details(answer);
}

/// Names that the decoders look for, so that arbitrary values land in the right places.
const NAMES: [&str; 24] = [
    "result",
    "status",
    "message",
    "client",
    "users",
    "user",
    "clients",
    "id",
    "userid",
    "invoiceid",
    "invoices",
    "invoice",
    "items",
    "item",
    "transactions",
    "products",
    "product",
    "clientid",
    "date",
    "total",
    "currency",
    "credit",
    "redirect_url",
    "whmcs",
];

fn scalar() -> impl Strategy<Value = String> {
    prop_oneof![
        Just("null".to_owned()),
        any::<bool>().prop_map(|flag| flag.to_string()),
        any::<i64>().prop_map(|number| number.to_string()),
        any::<f64>().prop_filter_map("JSON has no infinities", |n| n.is_finite().then(|| n.to_string())),
        any::<String>().prop_map(|text| serde_json::to_string(&text).unwrap()),
        prop_oneof![
            Just("\"success\""),
            Just("\"0000-00-00\""),
            Just("\"2016-02-30 25:00:00\""),
            Just("\"1\""),
            Just("\"15.95\""),
            Just("\"&#x110000;&\""),
        ]
        .prop_map(str::to_owned),
    ]
}

fn json() -> impl Strategy<Value = String> {
    scalar().prop_recursive(5, 64, 8, |inner| {
        let name = prop_oneof![
            proptest::sample::select(NAMES.as_slice()).prop_map(str::to_owned),
            (0_u8..4).prop_map(|key| key.to_string()),
        ];
        prop_oneof![
            prop::collection::vec(inner.clone(), 0..4).prop_map(|items| format!("[{}]", items.join(","))),
            prop::collection::vec((name, inner), 0..8).prop_map(|members| {
                let members = members.into_iter().map(|(name, value)| format!("\"{name}\":{value}"));
                format!("{{{}}}", members.collect::<Vec<_>>().join(","))
            }),
        ]
    })
}

proptest! {
    #[test]
    fn bytes_never_panic(status in 100_u16..600, body in prop::collection::vec(any::<u8>(), 0..256)) {
        let _ = read(Head { status, retry_after: None }, &body);
    }

    #[test]
    fn json_never_panics(value in json()) {
        let body = format!("{{\"client\":{value},\"invoices\":{value},\"products\":{value},\"users\":{value},\
             \"items\":{value},\"id\":1,\"whmcs\":{value},\"currencies\":{value},\"result\":\"success\"}}");
        let answer = read(Head { status: 200, retry_after: None }, body.as_bytes());
        prop_assert!(answer.is_ok());
        read_as_everything(&answer.unwrap());
        if let Ok(object) = read(Head { status: 200, retry_after: None }, value.as_bytes()) {
            read_as_everything(&object);
        }
    }

    #[test]
    fn a_cut_answer_is_never_a_success(value in json(), cut in any::<prop::sample::Index>()) {
        let body = format!("{{\"result\":\"success\",\"x\":{value}}}");
        let cut = cut.index(body.len());
        let answer = read(Head { status: 200, retry_after: None }, &body.as_bytes()[..cut]);
        prop_assert!(answer.is_err());
    }
}
