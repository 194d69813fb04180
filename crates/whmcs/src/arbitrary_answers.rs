//! Whatever comes over the wire, reading it ends in a value or an error.
//!
//! These are fuzz targets as well: `cargo bolero test -p whmcs arbitrary_answers::bytes_never_panic`. As tests
//! they go through the corpora under `__fuzz__` and a few hundred random inputs.

use bolero::{TypeGenerator, check};

use crate::{
    answer::{Head, read},
    known_answers::{answers, object},
    object::Object,
};

fn read_as_everything(object: &Object) {
    for answer in answers() {
        let _ = (answer.read)(object);
    }
}

/// Names that the decoders look for, so that arbitrary values land in the right places.
const NAMES: [&str; 40] = [
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
    "transaction",
    "products",
    "product",
    "clientid",
    "date",
    "total",
    "currency",
    "credit",
    "redirect_url",
    "whmcs",
    "orders",
    "order",
    "lineitems",
    "pid",
    "pricing",
    "paytype",
    "monthly",
    "configoptions",
    "customfields",
    "paymethods",
    "expiry_date",
    "permissions",
    "promotions",
    "serviceids",
    "0",
];

/// Texts that mean something to some reader.
const WORDS: [&str; 10] = [
    "success",
    "0000-00-00",
    "2016-02-30 25:00:00",
    "1",
    "15.95",
    "&#x110000;&",
    "recurring",
    "1,2,",
    "99999999999999999999",
    "02/25",
];

/// A JSON value that grows towards the names above.
#[derive(Debug, Clone, TypeGenerator)]
enum Grown {
    Null,
    Flag(bool),
    Integer(i64),
    Decimal(i32, u8),
    Word(u8),
    Text(String),
    List(Vec<Grown>),
    Map(Vec<(u8, Grown)>),
}

fn pick<'a>(list: &[&'a str], index: u8) -> &'a str {
    list[usize::from(index) % list.len()]
}

impl Grown {
    fn json(&self) -> String {
        match self {
            Self::Null => "null".to_owned(),
            Self::Flag(flag) => flag.to_string(),
            Self::Integer(number) => number.to_string(),
            Self::Decimal(whole, part) => format!("{whole}.{part:02}"),
            Self::Word(word) => format!("\"{}\"", pick(&WORDS, *word)),
            Self::Text(text) => serde_json::to_string(text).unwrap(),
            Self::List(items) => {
                format!("[{}]", items.iter().map(Self::json).collect::<Vec<_>>().join(","))
            }
            Self::Map(members) => {
                let members = members
                    .iter()
                    .map(|(name, value)| format!("\"{}\":{}", pick(&NAMES, *name), value.json()));
                format!("{{{}}}", members.collect::<Vec<_>>().join(","))
            }
        }
    }
}

#[test]
fn bytes_never_panic() {
    check!().with_iterations(5000).for_each(|body: &[u8]| {
        for status in [200, 403, 500] {
            if let Ok(object) = read(Head { status, retry_after: None }, body) {
                read_as_everything(&object);
            }
        }
    });
}

#[test]
fn changed_answers_never_panic() {
    let answers = answers();
    check!().with_iterations(3000).with_type::<(u8, Vec<(u16, u8)>)>().for_each(|(which, changes)| {
        let mut body = answers[usize::from(*which) % answers.len()].body.as_bytes().to_vec();
        for (place, byte) in changes {
            let place = usize::from(*place) % body.len();
            body[place] = *byte;
        }
        if let Ok(object) = object(&body) {
            read_as_everything(&object);
        }
    });
}

#[test]
fn grown_answers_never_panic() {
    check!().with_iterations(300).with_type::<(u8, Grown)>().for_each(|(name, value)| {
        let body = format!("{{\"{}\":{},\"result\":\"success\"}}", pick(&NAMES, *name), value.json());
        if let Ok(object) = object(body.as_bytes()) {
            read_as_everything(&object);
        }
    });
}

#[test]
fn grafted_answers_never_panic() {
    // A whole answer in which one member is replaced, wherever it stands.
    let answers = answers();
    check!().with_iterations(300).with_type::<(u8, u8, Grown)>().for_each(|(which, name, value)| {
        let body = answers[usize::from(*which) % answers.len()].body;
        let member = format!("\"{}\": ", pick(&NAMES, *name));
        let grafted = body.replace(&member, &format!("{member}{},\"old\":", value.json()));
        if let Ok(object) = object(grafted.as_bytes()) {
            read_as_everything(&object);
        }
    });
}

#[test]
fn a_cut_answer_is_never_a_success() {
    for answer in answers() {
        let body = answer.body.trim_end().as_bytes();
        for cut in 0..body.len() {
            assert!(object(&body[..cut]).is_err(), "{} cut at {cut}", answer.action);
        }
    }
}
