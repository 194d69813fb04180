//! Ways in which a good body turns into a bad one.

use std::fmt::Write as _;

use bytes::Bytes;
use serde_json::{Map, Value, json};

/// Deeper than any parser's limit, small enough for any cap.
const DEPTH: usize = 10_000;

/// The half that a careless proxy lets through; never the whole.
pub fn truncated(body: &[u8]) -> Bytes {
    Bytes::copy_from_slice(body.get(..body.len() / 2).unwrap_or_default())
}

/// Bytes that are no UTF-8 at the start of the last text.
pub fn invalid_utf8(body: &[u8]) -> Bytes {
    let opening = body.windows(3).rposition(|window| window == b"\":\"").map(|at| at + 3);
    let at = opening.unwrap_or(body.len() / 2);
    let (before, after) = body.split_at_checked(at).unwrap_or((body, b""));
    Bytes::from([before, b"\xff\xfe\xc3", after].concat())
}

pub fn trailing_garbage(body: &[u8]) -> Bytes {
    Bytes::from([body, b"\n<!-- Page generated in 0.0123 seconds -->\n{}"].concat())
}

/// What `display_errors` prints before the answer.
pub fn php_warning(body: &[u8]) -> Bytes {
    const WARNING: &[u8] = b"<br />\n<b>Warning</b>:  Undefined array key \"ref\" in \
        <b>/var/www/whmcs/includes/hooks/tracking.php</b> on line <b>12</b><br />\n";
    Bytes::from([WARNING, body].concat())
}

pub fn byte_order_mark(body: &[u8]) -> Bytes {
    Bytes::from([b"\xef\xbb\xbf", body].concat())
}

/// Adds a first member to an object; other bodies are replaced by the member's value.
fn prepend(body: &[u8], name: &str, value: &str) -> Bytes {
    let text = body.trim_ascii();
    match text.strip_prefix(b"{") {
        Some(rest) => {
            let comma: &[u8] = if rest.trim_ascii_start().starts_with(b"}") { b"" } else { b"," };
            Bytes::from([format!("{{\"{name}\":{value}").as_bytes(), comma, rest].concat())
        }
        None => Bytes::from(value.to_owned()),
    }
}

pub fn deep_nesting(body: &[u8]) -> Bytes {
    prepend(body, "sandbox_nested", &format!("{}{}", "[".repeat(DEPTH), "]".repeat(DEPTH)))
}

/// Rewrites a JSON body; anything else stays as it is.
fn rewritten(body: &[u8], rewrite: impl FnOnce(Value) -> String) -> Bytes {
    serde_json::from_slice(body)
        .map_or_else(|_| Bytes::copy_from_slice(body), |value| Bytes::from(rewrite(value)))
}

/// Every member twice, first as `null`: parsers differ in which one they believe.
pub fn duplicate_keys(body: &[u8]) -> Bytes {
    fn write(out: &mut String, value: &Value) {
        match value {
            Value::Object(members) => {
                out.push('{');
                for (index, (name, member)) in members.iter().enumerate() {
                    let name = Value::from(name.as_str());
                    out.push_str(if index == 0 { "" } else { "," });
                    // Writing to a `String` cannot fail.
                    let _ = write!(out, "{name}:null,{name}:");
                    write(out, member);
                }
                out.push('}');
            }
            Value::Array(items) => {
                out.push('[');
                for (index, item) in items.iter().enumerate() {
                    out.push_str(if index == 0 { "" } else { "," });
                    write(out, item);
                }
                out.push(']');
            }
            scalar => out.push_str(&scalar.to_string()),
        }
    }
    rewritten(body, |value| {
        let mut out = String::new();
        write(&mut out, &value);
        out
    })
}

/// Members nobody announced, at every level. A client that follows the documentation does not mind.
pub fn extra_fields(body: &[u8]) -> Bytes {
    fn add(value: &mut Value) {
        match value {
            Value::Object(members) => {
                members.values_mut().for_each(add);
                members.insert("sandbox_extra".to_owned(), json!({ "since": "9.9", "list": [1, null, "x"] }));
            }
            Value::Array(items) => items.iter_mut().for_each(add),
            _ => {}
        }
    }
    rewritten(body, |mut value| {
        add(&mut value);
        value.to_string()
    })
}

/// Applies `change` to the members of the outer object, sparing the envelope's `result`.
fn members(body: &[u8], change: fn(Value) -> Value) -> Bytes {
    rewritten(body, |value| {
        match value {
            Value::Object(members) => Value::Object(
                members
                    .into_iter()
                    .map(|(name, member)| {
                        let member = if name == "result" { member } else { change(member) };
                        (name, member)
                    })
                    .collect::<Map<_, _>>(),
            ),
            other => change(other),
        }
        .to_string()
    })
}

pub fn null_fields(body: &[u8]) -> Bytes {
    members(body, |_| Value::Null)
}

/// Keeps the envelope readable and turns every other member into a type that means nothing there.
pub fn wrong_types(body: &[u8]) -> Bytes {
    members(body, |member| match member {
        Value::Array(_) | Value::Object(_) => json!("unexpected"),
        scalar => json!({ "unexpected": scalar }),
    })
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    const BODY: &[u8] = br#"{"result":"success","client":{"id":42,"name":"Ada"},"list":[{"a":1}]}"#;

    fn value(body: &[u8]) -> Value {
        serde_json::from_slice(body).unwrap()
    }

    #[test]
    fn what_stays_json_stays_json() {
        assert_eq!(value(&super::duplicate_keys(BODY)), value(BODY));
        assert_eq!(value(&super::extra_fields(BODY))["list"][0]["sandbox_extra"]["since"], "9.9");
        assert_eq!(
            value(&super::null_fields(BODY)),
            json!({"result": "success", "client": null, "list": null})
        );
        assert_eq!(value(&super::wrong_types(BODY))["list"], "unexpected");
    }

    #[test]
    fn what_is_broken_is_broken() {
        for body in [
            super::truncated(BODY),
            super::invalid_utf8(BODY),
            super::trailing_garbage(BODY),
            super::php_warning(BODY),
            super::byte_order_mark(BODY),
            super::deep_nesting(BODY),
            super::deep_nesting(b"[]"),
        ] {
            assert!(serde_json::from_slice::<Value>(&body).is_err());
        }
        assert!(super::deep_nesting(b"{}").ends_with(b"]}"));
        assert!(std::str::from_utf8(&super::invalid_utf8(BODY)).is_err());
        assert!(std::str::from_utf8(&super::invalid_utf8(b"null")).is_err());
    }
}
