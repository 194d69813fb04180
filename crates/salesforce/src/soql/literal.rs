//! Values in a query: the one place where text is quoted.
//!
//! Source of the escapes: SOQL and SOSL Reference, "Quoted String Escape Sequences" and "Reserved Characters".

use std::fmt;

use chrono::{DateTime, NaiveDate, Utc};

use crate::id::SalesforceId;
use crate::time;

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

impl Value {
    /// A string, checked and quoted.
    pub fn text(text: &str) -> Result<Self, LiteralError> {
        Text::new(text).map(Self::Str)
    }
}

impl From<&SalesforceId> for Value {
    fn from(id: &SalesforceId) -> Self {
        Self::Id(id.clone())
    }
}

impl Text {
    /// Checks and quotes.
    pub fn new(text: &str) -> Result<Self, LiteralError> {
        escape(text, false).map(|escaped| Self(format!("'{escaped}'")))
    }
}

/// The quoted LIKE pattern of the text between two wildcards.
pub(super) fn pattern(before: &str, text: &str, after: &str) -> Result<String, LiteralError> {
    escape(text, true).map(|escaped| format!("'{before}{escaped}{after}'"))
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
            Self::DateTime(at) => f.write_str(&time::seconds(*at)),
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
    use super::*;

    #[test]
    fn the_escaping_table_is_exact() {
        let literal = |text| Value::Str(Text::new(text).unwrap()).to_string();
        assert_eq!(literal("\\'\"\n\r\t\u{8}\u{c}%_"), r#"'\\\'\"\n\r\t\b\f%_'"#);
        assert_eq!(literal(r"\' OR Name != '"), r"'\\\' OR Name != \''");
        assert_eq!(pattern("%", "50%_\\", "%").unwrap(), r"'%50\%\_\\%'");
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
