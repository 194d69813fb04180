//! Both ways must read and write the same.

use std::collections::BTreeMap;

use chrono::{DateTime, NaiveDate, Utc};
use proptest::prelude::*;
use serde::{Deserialize, Serialize, de::DeserializeOwned};
use uuid::Uuid;

use super::{Document, Unreadable, Wire, from_text, to_text};
use crate::{
    account::{MeView, SummaryView},
    auth::{ChallengeView, ConfirmCodeRequest, LoginRequest, SessionView, SignupRequest},
    billing::{InvoiceDetailView, InvoiceView, SsoLinkRequest, SsoLinkView, SsoPurpose},
    ids::ChallengeId,
    page::{DataView, ItemView, ListView},
    problem::{FieldCode, Problem, ProblemCode},
};

/// Reads a text both ways, and writes it both ways.
fn agrees<T: Wire + Serialize + DeserializeOwned + PartialEq + std::fmt::Debug>(text: &str) -> T {
    let value = from_text::<T>(text).unwrap();
    assert_eq!(value, serde_json::from_str::<T>(text).unwrap());
    writes_the_same(&value);
    value
}

/// Writes a value both ways.
fn writes_the_same<T: Wire + Serialize>(value: &T) {
    let ours: serde_json::Value = serde_json::from_str(&to_text(value)).unwrap();
    assert_eq!(ours, serde_json::to_value(value).unwrap());
}

const INVOICE: &str = r#""id":7,"number":"INV-7","status":"payment_pending","status_label":"Payment Pending","overdue":false,
    "issued_on":"2026-01-31","due_on":null,"paid_on":null,"total":{"amount":"15.95","currency":"USD"}"#;
const META: &str = r#""meta":{"as_of":"2026-02-01T10:00:00.123456Z","stale":true,"source":"mirror"}"#;
const ID: &str = "018f0000-0000-7000-8000-000000000001";

#[test]
fn lists_and_details_read_as_serde_reads_them() {
    let page = r#""page":{"number":1,"size":25,"total_items":1,"total_pages":1}"#;
    let list = agrees::<ListView<InvoiceView>>(&format!(r#"{{"data":[{{{INVOICE}}}],{page},{META}}}"#));
    assert_eq!(list.data[0].total.amount(), "15.95");
    let money = r#"{"amount":"1.00","currency":"USD"}"#;
    let more = format!(
        r#""subtotal":{money},"taxes":[{{"rate":"19.000","amount":{money}}}],"credit":{money},"balance":{money},
        "lines":[{{"id":1,"description":"a\nb","amount":{money},"taxed":true}}],"payable":true,
        "transactions":[{{"id":2,"booked_on":"2026-01-31","gateway":"g","reference":"","amount_in":{money},"amount_out":{money}}}]"#
    );
    let detail = agrees::<ItemView<InvoiceDetailView>>(&format!(r#"{{"data":{{{INVOICE},{more}}},{META}}}"#));
    assert!(detail.data.payable);
    let newer = format!(r#"{{"data":{{{INVOICE},{more},"new":{{"x":[1.5]}}}},{META}}}"#);
    assert_eq!(from_text::<ItemView<InvoiceDetailView>>(&newer), Ok(detail), "a newer portal may say more");
}

#[test]
fn sections_and_sessions_read_as_serde_reads_them() {
    agrees::<DataView<SummaryView>>(&format!(
        r#"{{"data":{{"account_state":"billing_ready","billing":{{"state":"unavailable","code":"upstream.timeout"}},
        "services":{{"state":"ready","data":{{"active":1,"suspended":0,"pending":2,"total":3}},{META}}},
        "support":{{"state":"not_ready"}}}}}}"#
    ));
    agrees::<DataView<MeView>>(&format!(
        r#"{{"data":{{"id":"{ID}","email":"a@b.de","first_name":"A","last_name":"B","account_state":"ready",
        "created_at":"2026-02-01T10:00:00Z","billing":{{"state":"not_ready"}}}}}}"#
    ));
    agrees::<DataView<SessionView>>(r#"{"data":{"state":"anonymous"}}"#);
    agrees::<DataView<SessionView>>(&format!(
        r#"{{"data":{{"state":"signed_in","user":{{"id":"{ID}","email":"a@b.de","first_name":"A","last_name":"B"}},
        "can_switch":true,"second_factors":["totp"],"auth_time":"2026-02-01T10:00:00Z","idle_expires_at":"2026-02-01T10:00:00Z","expires_at":"2026-02-01T10:00:00Z"}}}}"#
    ));
    agrees::<ChallengeView>(&format!(r#"{{"challenge_id":"{ID}","expires_at":"2026-02-01T10:00:00Z"}}"#));
    agrees::<SsoLinkView>(r#"{"url":"https://b.example/x?y=1&z=\"","expires_at":"2026-02-01T10:00:00Z"}"#);
}

#[test]
fn requests_are_written_as_serde_writes_them() {
    let text = |text: &str| text.to_owned();
    writes_the_same(&LoginRequest {
        email: text("a@b.de"),
        password: text("quote \" \\ \n \u{1} \u{7f} é 🦀"),
    });
    writes_the_same(&SignupRequest {
        email: text("a@b.de"),
        password: text("p"),
        first_name: text("A"),
        last_name: text("B"),
        company_name: String::new(),
    });
    let challenge_id = ChallengeId::from_uuid(Uuid::parse_str(ID).unwrap());
    writes_the_same(&ConfirmCodeRequest { challenge_id, code: text("123456") });
    writes_the_same(&SsoLinkRequest { purpose: SsoPurpose::Pdf });
}

#[test]
fn problems_read_and_nonsense_does_not() {
    let problem = agrees::<Problem>(
        r#"{"type":"/problems/validation","title":"t","status":422,"instance":"r","code":"validation",
        "errors":[{"pointer":"/email","code":"email"}]}"#,
    );
    assert_eq!(problem.code, ProblemCode::Validation);
    for bad in ["", "<html>", "[]", "{}", r#"{"type":1}"#, "null", r#"{"type":"a","title":"t","status":-1}"#]
    {
        assert_eq!(from_text::<Problem>(bad), Err(Unreadable), "{bad}");
        assert!(serde_json::from_str::<Problem>(bad).is_err(), "{bad}");
    }
    for code in ProblemCode::ALL {
        agrees::<ProblemCode>(&format!("\"{code}\""));
    }
    for code in FieldCode::ALL {
        agrees::<FieldCode>(&format!("\"{code}\""));
    }
    assert_eq!(from_text::<FieldCode>("\"unheard_of\""), Err(Unreadable));
}

#[test]
fn one_stale_part_makes_an_answer_stale() {
    let stale = |text: &str| Document::parse(text).unwrap().is_stale();
    assert!(stale(&format!(r#"{{"data":{{"billing":{{"state":"ready",{META}}}}}}}"#)));
    assert!(!stale(r#"{"data":[{"stale":false}],"meta":{"stale":false}}"#));
}

#[derive(Debug, PartialEq, Serialize, Deserialize, Wire)]
struct Every {
    small: u8,
    number: i64,
    #[serde(default)]
    missing: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    maybe: Option<Box<Every>>,
    names: BTreeMap<String, Vec<bool>>,
    #[serde(flatten)]
    kind: Kind,
}

#[derive(Debug, PartialEq, Serialize, Deserialize, Wire)]
#[serde(tag = "kind", rename_all = "snake_case")]
enum Kind {
    Plain,
    FullOf(Inner),
}

#[derive(Debug, PartialEq, Serialize, Deserialize, Wire)]
struct Inner {
    #[serde(rename = "as")]
    what: Word,
}

#[derive(Debug, PartialEq, Serialize, Deserialize, Wire)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
enum Word {
    One,
    TwoWords,
}

#[derive(Debug, Default, PartialEq, Serialize, Deserialize, Wire)]
#[serde(default, rename_all = "kebab-case")]
struct Change {
    #[serde(skip_serializing_if = "Option::is_none")]
    first_name: Option<String>,
    last: String,
}

#[test]
fn every_attribute_means_what_serde_means_by_it() {
    let inner = r#"{"small":0,"number":-9223372036854775808,"names":{},"kind":"plain"}"#;
    let text = format!(
        r#"{{"small":255,"number":9223372036854775807,"maybe":{inner},"names":{{"a":[true,false]}},"kind":"full_of","as":"TWO_WORDS"}}"#
    );
    let value = agrees::<Every>(&text);
    assert_eq!(value.kind, Kind::FullOf(Inner { what: Word::TwoWords }));
    agrees::<Every>(inner);
    agrees::<Change>("{}");
    agrees::<Change>(r#"{"first-name":"A","last":"B"}"#);
    for (from, to) in
        [("255", "256"), ("255", "1.0"), ("9223372036854775807", "9223372036854775808"), ("TWO_", "")]
    {
        let bad = text.replace(from, to);
        assert_eq!(from_text::<Every>(&bad), Err(Unreadable), "{bad}");
        assert!(serde_json::from_str::<Every>(&bad).is_err(), "{bad}");
    }
}

#[test]
fn deep_texts_are_refused_and_do_not_use_up_the_stack() {
    assert!(Document::parse(&"[".repeat(1_000_000)).is_err());
    assert!(Document::parse(&format!("{}{}", "[".repeat(60), "]".repeat(60))).is_ok());
}

/// Text that is JSON more often than chance would have it.
fn near_json() -> impl Strategy<Value = String> {
    let part = prop_oneof![
        Just("{"),
        Just("}"),
        Just("["),
        Just("]"),
        Just(","),
        Just(":"),
        Just("\""),
        Just("\"a\""),
        Just("0"),
        Just("-1"),
        Just("01"),
        Just("true"),
        Just("null"),
        Just(" "),
        Just("\\u00e9"),
        Just("\"\\ud83e\\udd80\""),
        Just("\"\\ud83e\""),
        Just("\"\\n\\/\""),
        Just("18446744073709551616"),
        Just("1.5e-3"),
        Just("\n"),
    ];
    proptest::collection::vec(part, 0..8).prop_map(|parts| parts.concat())
}

fn json() -> impl Strategy<Value = serde_json::Value> {
    use serde_json::Value;
    let leaf = prop_oneof![
        Just(Value::Null),
        any::<bool>().prop_map(Value::from),
        any::<u64>().prop_map(Value::from),
        any::<i64>().prop_map(Value::from),
        ".*".prop_map(Value::from),
    ];
    leaf.prop_recursive(4, 32, 6, |inner| {
        prop_oneof![
            proptest::collection::vec(inner.clone(), 0..6).prop_map(Value::from),
            proptest::collection::btree_map(".*", inner, 0..6)
                .prop_map(|entries| Value::from(serde_json::Map::from_iter(entries))),
        ]
    })
}

proptest! {
    #[test]
    fn what_is_json_and_what_is_not(text in near_json()) {
        prop_assert_eq!(Document::parse(&text).is_ok(), serde_json::from_str::<serde_json::Value>(&text).is_ok(), "{}", text);
    }

    #[test]
    fn any_json_is_taken_apart(value in json()) {
        prop_assert!(Document::parse(&value.to_string()).is_ok());
        let spaced = format!(" {value:#}\n");
        prop_assert!(Document::parse(&spaced).is_ok());
    }

    #[test]
    fn texts_survive(text in ".*") {
        prop_assert_eq!(from_text::<String>(&serde_json::to_string(&text).unwrap()), Ok(text.clone()));
        prop_assert_eq!(serde_json::from_str::<String>(&to_text(&text)).unwrap(), text);
    }

    #[test]
    fn moments_survive(seconds in 0_i64..4_102_444_800, nanoseconds in 0_u32..1_000_000_000, precision in 0_u32..10) {
        let unit = 10_u32.pow(9 - precision);
        let moment = DateTime::<Utc>::from_timestamp(seconds, nanoseconds / unit * unit).unwrap();
        let text = serde_json::to_string(&moment).unwrap();
        prop_assert_eq!(from_text::<DateTime<Utc>>(&text), Ok(moment));
        prop_assert_eq!(to_text(&moment), text);
        let day = moment.date_naive();
        prop_assert_eq!(from_text::<NaiveDate>(&serde_json::to_string(&day).unwrap()), Ok(day));
        prop_assert_eq!(to_text(&day), serde_json::to_string(&day).unwrap());
    }

    #[test]
    fn reading_days_and_moments_never_panics(text in "[0-9TZ:.+-]{0,32}") {
        let quoted = format!("\"{text}\"");
        let _ = from_text::<DateTime<Utc>>(&quoted);
        let _ = from_text::<NaiveDate>(&quoted);
    }
}
