//! The answers in all the shapes that versions of WHMCS print: what is read must not depend on the shape.

use serde_json::{Map, Value, json};

use crate::{
    action::ACTIONS,
    known_answers::{Answer, answers, object},
};

fn value(answer: &Answer) -> Value {
    serde_json::from_str(answer.body).unwrap()
}

fn assert_same(answer: &Answer, other: &Value, how: &str) {
    let read = (answer.read)(&object(answer.body.as_bytes()).unwrap()).ok().unwrap();
    let other = object(other.to_string().as_bytes()).unwrap();
    if let Err(error) = (answer.read)(&other) {
        panic!("{} {how}: {error:?}", answer.action);
    }
    assert!((read.equals)(&other), "{} {how}", answer.action);
}

/// Changes every scalar of an answer but the flag of success.
fn each_scalar(value: Value, change: fn(Value) -> Value) -> Value {
    match value {
        Value::Object(members) => members
            .into_iter()
            .map(|(name, member)| match name.as_str() {
                "result" => (name, member),
                _ => (name, each_scalar(member, change)),
            })
            .collect::<Map<_, _>>()
            .into(),
        Value::Array(items) => items.into_iter().map(|item| each_scalar(item, change)).collect(),
        scalar => change(scalar),
    }
}

#[test]
fn every_action_of_the_catalogue_has_an_answer() {
    let actions = answers().iter().map(|answer| answer.action).collect::<Vec<_>>();
    assert_eq!(actions, ACTIONS.iter().map(|action| action.name).collect::<Vec<_>>());
}

#[test]
fn numbers_and_booleans_may_be_text() {
    let older = |scalar: Value| match scalar {
        Value::Number(number) => json!(number.to_string()),
        Value::Bool(flag) => json!(if flag { "1" } else { "" }),
        Value::Null => json!(""),
        other => other,
    };
    let worded = |scalar: Value| match scalar {
        Value::Bool(flag) => json!(if flag { "true" } else { "false" }),
        other => other,
    };
    let switched = |scalar: Value| match scalar {
        Value::Bool(flag) => json!(if flag { "on" } else { "off" }),
        other => other,
    };
    for answer in answers() {
        assert_same(&answer, &each_scalar(value(&answer), older), "as text");
        assert_same(&answer, &each_scalar(value(&answer), worded), "in words");
        assert_same(&answer, &each_scalar(value(&answer), switched), "as switches");
    }
}

#[test]
fn text_may_be_numbers_and_booleans() {
    let newer = |scalar: Value| match &scalar {
        Value::String(text) => match text.parse::<u64>() {
            Ok(number) if number.to_string() == *text => json!(number),
            _ => scalar,
        },
        Value::Bool(flag) => json!(u8::from(*flag)),
        _ => scalar,
    };
    for answer in answers() {
        assert_same(&answer, &each_scalar(value(&answer), newer), "as numbers");
    }
}

#[test]
fn text_is_entity_encoded_or_not() {
    let encoded = |scalar: Value| match scalar {
        Value::String(text) if text.contains("ë") => json!(text.replace('ë', "&euml;")),
        other => other,
    };
    for answer in answers() {
        assert_same(&answer, &each_scalar(value(&answer), encoded), "with entities");
    }
}

#[test]
fn an_answer_may_say_status_for_result() {
    for answer in answers() {
        let mut other = value(&answer);
        let members = other.as_object_mut().unwrap();
        members.remove("result");
        members.insert("status".to_owned(), json!("success"));
        // An invoice has a state of its own under that name.
        if answer.action != "GetInvoice" {
            assert_same(&answer, &other, "with status");
        }
    }
}

#[test]
fn rows_come_in_every_wrapper() {
    for answer in answers() {
        let Some((outer, inner)) = answer.list else { continue };
        let sent = value(&answer);
        let rows = match &sent[outer] {
            Value::Array(rows) => rows.clone(),
            wrapper => wrapper[inner].as_array().unwrap().clone(),
        };
        let read = (answer.read)(&object(answer.body.as_bytes()).unwrap()).ok().unwrap();
        assert_eq!(read.rows, rows.len(), "{}", answer.action);
        let numbered = rows.iter().enumerate().map(|(index, row)| (index.to_string(), row.clone()));
        let numbered = Value::Object(numbered.collect());
        for list in
            [json!({ inner: rows.clone() }), json!(rows), json!({ inner: numbered.clone() }), numbered]
        {
            let mut other = sent.clone();
            other[outer] = list;
            assert_same(&answer, &other, "in another wrapper");
        }
        for list in [json!({ inner: rows[0].clone() }), rows[0].clone()] {
            let mut other = sent.clone();
            other[outer] = list;
            let other = (answer.read)(&object(other.to_string().as_bytes()).unwrap()).ok().unwrap();
            assert_eq!(other.rows, 1, "{}", answer.action);
        }
    }
}

#[test]
fn no_rows_come_in_every_shape() {
    for answer in answers() {
        let Some((outer, inner)) = answer.list else { continue };
        let shapes = [
            None,
            Some(json!("")),
            Some(json!(null)),
            Some(json!([])),
            Some(json!({})),
            Some(json!({ inner: [] })),
            Some(json!({ inner: "" })),
            Some(json!({ inner: null })),
            Some(json!({ inner: {} })),
        ];
        for shape in shapes {
            for total in [json!(0), json!("0"), json!(null)] {
                let mut other = value(&answer);
                other["totalresults"] = total;
                match &shape {
                    Some(list) => other[outer] = list.clone(),
                    None => drop(other.as_object_mut().unwrap().remove(outer)),
                }
                let other = object(other.to_string().as_bytes()).unwrap();
                let read = (answer.read)(&other).ok().unwrap();
                assert_eq!(read.rows, 0, "{} {shape:?}", answer.action);
            }
        }
    }
}

#[test]
fn the_lists_inside_a_record_may_be_empty_in_every_shape() {
    let inner = [
        ("GetClientsDetails", "/client", "users"),
        ("GetClientsProducts", "/products/product/0", "customfields"),
        ("GetClientsProducts", "/products/product/0", "configoptions"),
        ("GetInvoice", "", "items"),
        ("GetInvoice", "", "transactions"),
        ("GetOrders", "/orders/order/0", "lineitems"),
        ("GetProducts", "/products/product/0", "customfields"),
        ("GetProducts", "/products/product/0", "configoptions"),
        ("GetProducts", "/products/product/0", "pricing"),
        ("GetProducts", "/products/product/0/configoptions/configoption/0", "options"),
        ("GetUsers", "/users/0", "clients"),
    ];
    for (action, place, list) in inner {
        let answer = answers().into_iter().find(|answer| answer.action == action).unwrap();
        for shape in [json!(""), json!(null), json!([]), json!({})] {
            let mut other = value(&answer);
            let record = other.pointer_mut(place).unwrap();
            assert!(record[list].is_object() || record[list].is_array(), "{action} {list}");
            record[list] = shape.clone();
            let other = object(other.to_string().as_bytes()).unwrap();
            assert!((answer.read)(&other).is_ok(), "{action} {list} {shape}");
        }
    }
}

#[test]
fn an_answer_without_its_number_is_no_answer() {
    for (action, member) in [
        ("AddClient", "clientid"),
        ("AddOrder", "orderid"),
        ("AddUser", "user_id"),
        ("CreateSsoToken", "redirect_url"),
        ("GetClientsDetails", "client"),
        ("GetInvoice", "invoiceid"),
        ("UpdateClient", "clientid"),
        ("UpdateUser", "user_id"),
        ("UpgradeProduct", "orderid"),
        ("ValidateLogin", "userid"),
        ("WhmcsDetails", "whmcs"),
    ] {
        let answer = answers().into_iter().find(|answer| answer.action == action).unwrap();
        for missing in [json!(null), json!(0), json!(""), json!("x y")] {
            let mut other = value(&answer);
            other[member] = missing.clone();
            let other = object(other.to_string().as_bytes()).unwrap();
            assert!((answer.read)(&other).is_err(), "{action} {member} {missing}");
        }
    }
}
