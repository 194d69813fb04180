//! JSON as WHMCS prints it, read into a tree that keeps each number's text: amounts must not pass through a
//! float.

use std::fmt;

use serde::{
    Deserialize, Deserializer,
    de::{MapAccess, Visitor},
};
use serde_json::value::RawValue;

use crate::object::Object;

/// Answers of WHMCS nest six deep; far deeper ones are hostile.
const MAX_DEPTH: usize = 32;

/// One JSON value.
#[derive(Clone, PartialEq, Eq)]
pub(crate) enum Json {
    Null,
    Flag(bool),
    /// The number's own text.
    Number(String),
    Text(String),
    List(Vec<Json>),
    Map(Object),
}

/// Why a body is not a JSON value.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Unreadable {
    NotJson,
    Truncated,
    TooDeep,
}

impl Json {
    pub(crate) fn parse(body: &[u8]) -> Result<Self, Unreadable> {
        // A PHP file saved with a byte order mark puts it in front of every answer.
        let body = body.strip_prefix(b"\xEF\xBB\xBF").unwrap_or(body);
        let text = match std::str::from_utf8(body) {
            Ok(text) => text,
            Err(error) if error.error_len().is_none() => return Err(Unreadable::Truncated),
            Err(_) => return Err(Unreadable::NotJson),
        };
        if text.trim().is_empty() {
            return Err(Unreadable::NotJson);
        }
        let raw = serde_json::from_str::<&RawValue>(text).map_err(|error| reason(&error))?;
        Self::from_raw(raw, MAX_DEPTH)
    }

    fn from_raw(raw: &RawValue, depth: usize) -> Result<Self, Unreadable> {
        let text = raw.get();
        let inner = depth.checked_sub(1).ok_or(Unreadable::TooDeep)?;
        Ok(match text.bytes().next() {
            Some(b'{') => {
                let Members(members) = read(text)?;
                let members = members
                    .into_iter()
                    .map(|(name, value)| Ok((name, Self::from_raw(value, inner)?)))
                    .collect::<Result<_, _>>()?;
                Self::Map(Object::new(members))
            }
            Some(b'[') => {
                let items = read::<Vec<&RawValue>>(text)?;
                Self::List(
                    items.into_iter().map(|item| Self::from_raw(item, inner)).collect::<Result<_, _>>()?,
                )
            }
            Some(b'"') => Self::Text(read(text)?),
            Some(b't') => Self::Flag(true),
            Some(b'f') => Self::Flag(false),
            Some(b'n') => Self::Null,
            _ => Self::Number(text.to_owned()),
        })
    }
}

fn read<'a, T: Deserialize<'a>>(text: &'a str) -> Result<T, Unreadable> {
    serde_json::from_str(text).map_err(|error| reason(&error))
}

fn reason(error: &serde_json::Error) -> Unreadable {
    if error.is_eof() { Unreadable::Truncated } else { Unreadable::NotJson }
}

/// The members of an object in the order they were sent: numeric-keyed objects stand for lists.
struct Members<'a>(Vec<(String, &'a RawValue)>);

impl<'de: 'a, 'a> Deserialize<'de> for Members<'a> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct InOrder;

        impl<'de> Visitor<'de> for InOrder {
            type Value = Vec<(String, &'de RawValue)>;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("an object")
            }

            fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Self::Value, A::Error> {
                let mut members = Vec::new();
                while let Some(member) = map.next_entry()? {
                    members.push(member);
                }
                Ok(members)
            }
        }

        deserializer.deserialize_map(InOrder).map(Members)
    }
}

#[cfg(test)]
mod tests {
    use super::{Json, Unreadable};

    fn number(body: &str) -> String {
        match Json::parse(body.as_bytes()) {
            Ok(Json::Number(text)) => text,
            _ => panic!("no number: {body}"),
        }
    }

    #[test]
    fn numbers_keep_their_text() {
        assert_eq!(number("15.90"), "15.90");
        assert_eq!(number("12345678901234567890.12"), "12345678901234567890.12");
    }

    #[test]
    fn says_why_a_body_is_unreadable() {
        let reason = |body: &[u8]| Json::parse(body).err();
        assert_eq!(reason(b""), Some(Unreadable::NotJson));
        assert_eq!(reason(b"  \n"), Some(Unreadable::NotJson));
        assert_eq!(reason(b"<!DOCTYPE html>"), Some(Unreadable::NotJson));
        assert_eq!(reason(b"<br />Notice {\"result\":\"success\"}"), Some(Unreadable::NotJson));
        assert_eq!(reason(b"{\"a\":\"\xFF\"}"), Some(Unreadable::NotJson));
        assert_eq!(reason(b"{\"a\":\"\\ud800\"}"), Some(Unreadable::NotJson));
        assert_eq!(reason(b"{\"result\":\"succ"), Some(Unreadable::Truncated));
        assert_eq!(reason(b"{\"name\":\"Zo\xC3"), Some(Unreadable::Truncated));
        assert_eq!(reason(&b"[".repeat(100_000)), Some(Unreadable::Truncated));
        let deep = [b"[".repeat(40), b"]".repeat(40)].concat();
        assert_eq!(reason(&deep), Some(Unreadable::TooDeep));
        assert_eq!(reason(b"\xEF\xBB\xBFnull"), None);
    }
}
