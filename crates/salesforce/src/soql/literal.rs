//! Values in a query: the one place where text is quoted.
//!
//! Source of the escapes: SOQL and SOSL Reference, "Quoted String Escape Sequences" and "Reserved Characters".

use std::fmt;

use chrono::{DateTime, NaiveDate, Utc};

use crate::id::SalesforceId;

/// Longest string in a condition, counted as it is written in the query.
const MAX_CHARS: usize = 4000;

/// A value in a condition.
#[derive(Clone, Debug, PartialEq)]
pub enum Value {
    /// A string.
    Str(Text),
    /// A record id.
    Id(SalesforceId),
    /// A point in time, to the second; for date-time fields only.
    DateTime(DateTime<Utc>),
    /// A day; for date fields only.
    Date(NaiveDate),
    /// A whole number.
    Int(i64),
    /// A truth value.
    Bool(bool),
    /// An empty field.
    Null,
}

/// A string that has been checked and quoted.
#[derive(Clone, PartialEq, Eq)]
pub struct Text(String);

/// A string that cannot stand in a query.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum LiteralError {
    /// It holds the NUL character.
    #[error("a string in a query must not hold NUL")]
    Nul,
    /// It is longer than 4,000 characters when escaped.
    #[error("a string in a query is limited to 4,000 characters")]
    TooLong,
}

impl Text {
    /// Checks and quotes.
    pub fn new(text: &str) -> Result<Self, LiteralError> {
        escape(text, false).map(|escaped| Self(format!("'{escaped}'")))
    }
}

/// The quoted LIKE pattern that finds the text anywhere in a field.
pub(super) fn containing(text: &str) -> Result<String, LiteralError> {
    escape(text, true).map(|escaped| format!("'%{escaped}%'"))
}

/// One pass over the text, so that no escape is escaped again.
fn escape(text: &str, pattern: bool) -> Result<String, LiteralError> {
    let mut escaped = String::with_capacity(text.len());
    for character in text.chars() {
        match character {
            '\0' => return Err(LiteralError::Nul),
            '\\' => escaped.push_str(r"\\"),
            '\'' => escaped.push_str(r"\'"),
            '"' => escaped.push_str("\\\""),
            '\n' => escaped.push_str(r"\n"),
            '\r' => escaped.push_str(r"\r"),
            '\t' => escaped.push_str(r"\t"),
            '\u{8}' => escaped.push_str(r"\b"),
            '\u{c}' => escaped.push_str(r"\f"),
            '%' if pattern => escaped.push_str(r"\%"),
            '_' if pattern => escaped.push_str(r"\_"),
            other => escaped.push(other),
        }
    }
    if escaped.encode_utf16().count() > MAX_CHARS { Err(LiteralError::TooLong) } else { Ok(escaped) }
}

impl fmt::Display for Value {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Str(text) => f.write_str(&text.0),
            // Letters and digits only.
            Self::Id(id) => write!(f, "'{id}'"),
            // `Z`, because a `+` offset would need encoding once more; unquoted, or it would be a string.
            Self::DateTime(time) => write!(f, "{}", time.format("%Y-%m-%dT%H:%M:%SZ")),
            Self::Date(date) => write!(f, "{}", date.format("%Y-%m-%d")),
            Self::Int(number) => write!(f, "{number}"),
            Self::Bool(truth) => write!(f, "{truth}"),
            Self::Null => f.write_str("null"),
        }
    }
}

impl fmt::Debug for Text {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Text([redacted])")
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    /// Reads a literal by the reference's grammar: the content (wildcards left as `None`) and what follows it.
    fn unescape(query: &str, pattern: bool) -> Result<(Vec<Option<char>>, &str), String> {
        let mut characters = query.strip_prefix('\'').ok_or("no opening quote")?.chars();
        let mut content = Vec::new();
        loop {
            let read = match characters.next().ok_or("no closing quote")? {
                '\'' => return Ok((content, characters.as_str())),
                '\\' => match characters.next().ok_or("cut escape")? {
                    'n' | 'N' => Some('\n'),
                    'r' | 'R' => Some('\r'),
                    't' | 'T' => Some('\t'),
                    'b' | 'B' => Some('\u{8}'),
                    'f' | 'F' => Some('\u{c}'),
                    plain @ ('"' | '\'' | '\\') => Some(plain),
                    plain @ ('%' | '_') if pattern => Some(plain),
                    other => return Err(format!("invalid escape {other:?}")),
                },
                '%' | '_' if pattern => None,
                plain => Some(plain),
            };
            content.push(read);
        }
    }

    fn hostile() -> impl Strategy<Value = String> {
        let piece = prop_oneof![
            Just("'".to_owned()),
            Just("\\".to_owned()),
            Just("\\'".to_owned()),
            Just(" OR Name != '".to_owned()),
            Just("%".to_owned()),
            Just("_".to_owned()),
            Just("\\u0027".to_owned()),
            "[\\x01-\\x1f]".prop_map(|text| text),
            "\\PC{0,6}".prop_map(|text| text),
        ];
        proptest::collection::vec(piece, 0..24).prop_map(|pieces| pieces.concat())
    }

    proptest! {
        #[test]
        fn any_string_round_trips_and_never_ends_the_literal(text in hostile()) {
            let value = Value::Str(Text::new(&text).unwrap());
            let query = format!("{value} AND IsClosed = false");
            let (content, rest) = unescape(&query, false).unwrap();
            let expected: Vec<_> = text.chars().map(Some).collect();
            prop_assert_eq!(content, expected);
            prop_assert_eq!(rest, " AND IsClosed = false");
        }

        #[test]
        fn any_string_is_searched_for_literally(text in hostile()) {
            let query = format!("{} LIMIT 1", containing(&text).unwrap());
            let (content, rest) = unescape(&query, true).unwrap();
            let expected: Vec<_> =
                std::iter::once(None).chain(text.chars().map(Some)).chain(std::iter::once(None)).collect();
            prop_assert_eq!(content, expected);
            prop_assert_eq!(rest, " LIMIT 1");
        }
    }

    #[test]
    fn the_escaping_table_is_exact() {
        let literal = |text| Value::Str(Text::new(text).unwrap()).to_string();
        assert_eq!(literal("\\'\"\n\r\t\u{8}\u{c}%_"), r#"'\\\'\"\n\r\t\b\f%_'"#);
        assert_eq!(literal(r"\' OR Name != '"), r"'\\\' OR Name != \''");
        assert_eq!(containing("50%_\\").unwrap(), r"'%50\%\_\\%'");
    }

    #[test]
    fn nul_and_overlong_strings_are_refused() {
        assert_eq!(Text::new("a\0b"), Err(LiteralError::Nul));
        assert!(Text::new(&"x".repeat(4000)).is_ok());
        assert_eq!(Text::new(&"x".repeat(4001)), Err(LiteralError::TooLong));
        assert_eq!(Text::new(&"'".repeat(2001)), Err(LiteralError::TooLong));
    }

    #[test]
    fn typed_values_are_unquoted() {
        let time = DateTime::from_timestamp(1_793_527_200, 123_000_000).unwrap();
        let date = NaiveDate::from_ymd_opt(2026, 2, 3).unwrap();
        assert_eq!(Value::DateTime(time).to_string(), "2026-11-01T10:00:00Z");
        assert_eq!(Value::Date(date).to_string(), "2026-02-03");
        assert_eq!(Value::Int(-7).to_string(), "-7");
        assert_eq!(Value::Bool(true).to_string(), "true");
        assert_eq!(Value::Null.to_string(), "null");
        assert_eq!(Value::Id("00190000001pPvH".parse().unwrap()).to_string(), "'00190000001pPvHAAU'");
    }
}
