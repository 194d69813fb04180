//! Properties of the two encoders, checked with readers that were written from PHP's rules and not from the
//! encoders. Fuzz targets as well: `cargo bolero test -p whmcs encoders::a_serialised_array_reads_back`.

use bolero::{TypeGenerator, check};
use url::form_urlencoded;
use whmcs::{
    form::{Form, Value},
    php::{PhpArray, PhpValue},
};

/// A form value that can be compared.
#[derive(Debug, Clone, PartialEq, TypeGenerator)]
enum Model {
    Text(String),
    Flag(bool),
    Number(i64),
    Null,
    List(Vec<Model>),
    Map(Vec<(String, Model)>),
}

impl From<Model> for Value {
    fn from(model: Model) -> Self {
        match model {
            Model::Text(text) => text.into(),
            Model::Flag(flag) => flag.into(),
            Model::Number(number) => number.into(),
            Model::Null => Self::Null,
            Model::List(items) => items.into(),
            Model::Map(members) => {
                Self::Map(members.into_iter().map(|(key, member)| (key, member.into())).collect())
            }
        }
    }
}

/// The pairs that PHP's `http_build_query` is documented to make, names still decoded.
fn pairs(name: &str, model: &Model, into: &mut Vec<(String, String)>) {
    match model {
        Model::Text(text) => into.push((name.to_owned(), text.clone())),
        Model::Flag(flag) => into.push((name.to_owned(), u8::from(*flag).to_string())),
        Model::Number(number) => into.push((name.to_owned(), number.to_string())),
        Model::Null => {}
        Model::List(items) => {
            for (index, item) in items.iter().enumerate() {
                pairs(&format!("{name}[{index}]"), item, into);
            }
        }
        Model::Map(members) => {
            for (key, member) in members {
                pairs(&format!("{name}[{key}]"), member, into);
            }
        }
    }
}

/// A PHP value as a reader of serialised PHP sees it.
#[derive(Debug, Clone, PartialEq, TypeGenerator)]
enum Php {
    Int(i64),
    Text(String),
    Array(Vec<(Php, Php)>),
}

/// Reads the subset of `unserialize` that the writer emits; lengths are bytes.
fn unserialize(input: &[u8]) -> (Php, &[u8]) {
    let until = |bytes: &'_ [u8], stop: u8| bytes.iter().position(|byte| *byte == stop).unwrap();
    let number = |bytes: &[u8]| std::str::from_utf8(bytes).unwrap().parse::<i64>().unwrap();
    assert_eq!(input[1], b':');
    let rest = &input[2..];
    if input[0] == b'i' {
        let end = until(rest, b';');
        return (Php::Int(number(&rest[..end])), &rest[end + 1..]);
    }
    let end = until(rest, b':');
    let length = usize::try_from(number(&rest[..end])).unwrap();
    let mut rest = &rest[end + 1..];
    if input[0] == b's' {
        assert_eq!((rest[0], &rest[length + 1..length + 3]), (b'"', b"\";".as_slice()));
        let text = String::from_utf8(rest[1..=length].to_vec()).unwrap();
        return (Php::Text(text), &rest[length + 3..]);
    }
    assert_eq!((input[0], rest[0]), (b'a', b'{'));
    rest = &rest[1..];
    let mut entries = Vec::new();
    for _ in 0..length {
        let (key, after_key) = unserialize(rest);
        let (value, after_value) = unserialize(after_key);
        entries.push((key, value));
        rest = after_value;
    }
    assert_eq!(rest[0], b'}');
    (Php::Array(entries), &rest[1..])
}

/// An array that PHP could hold: each key once, and no array as a key. Text keys get a letter in front, so that
/// none of them is a number, which PHP would keep as an integer.
fn possible_entries(entries: Vec<(Php, Php)>) -> Vec<(Php, Php)> {
    let mut possible: Vec<(Php, Php)> = Vec::new();
    for (key, value) in entries {
        let key = match key {
            Php::Text(text) => Php::Text(format!("k{text}")),
            Php::Int(number) => Php::Int(number),
            Php::Array(_) => continue,
        };
        let value = match value {
            Php::Array(inner) => Php::Array(possible_entries(inner)),
            scalar => scalar,
        };
        if possible.iter().all(|(known, _)| *known != key) {
            possible.push((key, value));
        }
    }
    possible
}

fn array(entries: &[(Php, Php)]) -> PhpArray {
    entries.iter().fold(PhpArray::new(), |array, (key, value)| match key {
        // An integer key is given as text: it must arrive as an integer.
        Php::Int(number) => array.with(number.to_string().as_str(), written(value)),
        Php::Text(text) => array.with(text.as_str(), written(value)),
        Php::Array(_) => unreachable!("no such key"),
    })
}

fn written(value: &Php) -> PhpValue {
    match value {
        Php::Int(number) => PhpValue::Int(*number),
        Php::Text(text) => PhpValue::Text(text.clone()),
        Php::Array(entries) => PhpValue::Array(array(entries)),
    }
}

#[test]
fn a_form_carries_what_http_build_query_would() {
    check!().with_iterations(300).with_type::<Vec<(String, Model)>>().cloned().for_each(|members| {
        let mut expected = Vec::new();
        let mut form = Form::new();
        for (name, model) in members {
            pairs(&name, &model, &mut expected);
            form = form.with(&name, model);
        }
        let body = form.into_body();
        assert!(body.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"*-._+%=&".contains(&byte)));
        let read = form_urlencoded::parse(body.as_bytes()).into_owned().collect::<Vec<_>>();
        assert_eq!(read, expected);
    });
}

#[test]
fn a_serialised_array_reads_back() {
    check!().with_iterations(300).with_type::<Vec<(Php, Php)>>().cloned().for_each(|entries| {
        let entries = possible_entries(entries);
        let text = array(&entries).serialized();
        let (value, rest) = unserialize(text.as_bytes());
        assert_eq!(value, Php::Array(entries));
        assert!(rest.is_empty());
    });
}
