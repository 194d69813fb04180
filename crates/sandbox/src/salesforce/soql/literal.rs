//! The values in a condition: strings with their escapes, numbers, dates, date literals.

use chrono::{DateTime, NaiveDate};

use super::{Glob, Literal, SoqlError};
use crate::salesforce::query::dates;

/// Longest string of a condition, in characters.
const MAX_TEXT: usize = 4_000;

/// Anything that is not a string.
pub fn bare(word: &str) -> Option<Literal> {
    let upper = word.to_ascii_uppercase();
    match upper.as_str() {
        "NULL" => return Some(Literal::Null),
        "TRUE" => return Some(Literal::Boolean(true)),
        "FALSE" => return Some(Literal::Boolean(false)),
        _ => {}
    }
    if let Ok(date) = NaiveDate::parse_from_str(word, "%Y-%m-%d") {
        return Some(Literal::Date(date));
    }
    if upper.contains('T') && word.starts_with(|first: char| first.is_ascii_digit()) {
        let moment = DateTime::parse_from_rfc3339(&upper)
            .or_else(|_| DateTime::parse_from_str(&upper, "%Y-%m-%dT%H:%M:%S%.f%z"));
        return moment.ok().map(Literal::DateTime);
    }
    let digits = word.strip_prefix(['-', '+']).unwrap_or(word);
    if digits.starts_with(|first: char| first.is_ascii_digit())
        && digits.bytes().all(|byte| byte.is_ascii_digit() || byte == b'.')
        && digits.parse::<f64>().is_ok()
    {
        return Some(Literal::Number(word.to_owned()));
    }
    let (name, number) = match upper.split_once(':') {
        Some((name, number)) => (name.to_owned(), Some(number.parse().ok()?)),
        None => (upper, None),
    };
    dates::known(&name, number.is_some()).then_some(Literal::Relative(name, number))
}

/// The escapes of a quoted string; a backslash before anything else is an error.
fn pieces(raw: &str, in_pattern: bool) -> Result<Vec<Glob>, SoqlError> {
    if raw.chars().count() > MAX_TEXT {
        return Err(SoqlError::Limit(
            "String literals in a WHERE clause cannot be longer than 4000 characters.",
        ));
    }
    let mut characters = raw.chars();
    let mut found = Vec::with_capacity(raw.len());
    while let Some(character) = characters.next() {
        found.push(match character {
            '%' if in_pattern => Glob::Any,
            '_' if in_pattern => Glob::One,
            '\\' => Glob::Exactly(match characters.next().ok_or(SoqlError::Text)? {
                'n' | 'N' => '\n',
                'r' | 'R' => '\r',
                't' | 'T' => '\t',
                'b' | 'B' => '\u{8}',
                'f' | 'F' => '\u{c}',
                same @ ('"' | '\'' | '\\') => same,
                wild @ ('%' | '_') if in_pattern => wild,
                'u' | 'U' => {
                    let digits: String = characters.by_ref().take(4).collect();
                    let code = u32::from_str_radix(&digits, 16).ok().filter(|_| digits.len() == 4);
                    code.and_then(char::from_u32).ok_or(SoqlError::Text)?
                }
                _ => return Err(SoqlError::Text),
            }),
            plain => Glob::Exactly(plain),
        });
    }
    Ok(found)
}

pub fn text(raw: &str) -> Result<String, SoqlError> {
    let exact = |piece| match piece {
        Glob::Exactly(character) => character,
        Glob::Any => '%',
        Glob::One => '_',
    };
    pieces(raw, false).map(|pieces| pieces.into_iter().map(exact).collect())
}

pub fn pattern(raw: &str) -> Result<Vec<Glob>, SoqlError> {
    pieces(raw, true)
}
