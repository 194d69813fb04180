//! WHERE: conditions checked against the schema, then held against records.
//!
//! Two-valued: `!=` and `NOT IN` include nulls, `= ''` means null, `<` and its kin never hold for null.

use std::cmp::Ordering;
use std::collections::HashSet;

use chrono::Utc;

use super::resolve::{Key, Path, Scope};
use super::{dates, select};
use crate::ledger::salesforce::Record;
use crate::salesforce::error::RestError;
use crate::salesforce::id;
use crate::salesforce::schema::{Field, Kind, Object};
use crate::salesforce::soql::{Condition, Glob, Item, Literal, Name, Operator, Query};
use crate::salesforce::write::moment;

/// A condition whose names are resolved.
pub enum Test<'a> {
    All(Vec<Self>),
    Any(Vec<Self>),
    Not(Box<Self>),
    Field(Path<'a>, Check),
}

pub enum Check {
    Compare(Operator, Key),
    /// First value and the one after the last.
    Span(Operator, Key, Key),
    Like(Vec<Glob>),
    In(Vec<Key>, bool),
    /// Ids.
    Among(HashSet<String>, bool),
}

/// What names in a condition start from.
#[derive(Clone, Copy)]
pub struct From<'a, 'q> {
    pub object: &'a Object,
    pub alias: Option<&'q str>,
}

pub fn compile<'a>(
    scope: &Scope<'a>,
    from: From<'a, '_>,
    condition: &Condition,
) -> Result<Test<'a>, RestError> {
    let parts =
        |parts: &[Condition]| parts.iter().map(|part| compile(scope, from, part)).collect::<Result<_, _>>();
    Ok(match condition {
        Condition::And(inner) => Test::All(parts(inner)?),
        Condition::Or(inner) => Test::Any(parts(inner)?),
        Condition::Not(inner) => Test::Not(Box::new(compile(scope, from, inner)?)),
        Condition::Compare { name, operator, value } => {
            let path = filterable(scope, from, name)?;
            let check = comparison(scope, path.field, name, *operator, value)?;
            Test::Field(path, check)
        }
        Condition::Like { name, pattern } => {
            let path = filterable(scope, from, name)?;
            if !path.field.kind.textual() {
                let message = format!("invalid operator on {} field", wire(path.field));
                return Err(scope.marked("INVALID_QUERY_FILTER_OPERATOR", name.at, &message));
            }
            Test::Field(path, Check::Like(pattern.clone()))
        }
        Condition::In { name, negated, values } => {
            let path = filterable(scope, from, name)?;
            let keys =
                values.iter().map(|value| key(scope, path.field, name, value)).collect::<Result<_, _>>()?;
            Test::Field(path, Check::In(keys, *negated))
        }
        Condition::Join { name, negated, query } => {
            let path = filterable(scope, from, name)?;
            if !path.field.kind.identifier() {
                let message =
                    format!("The left operand '{}' of a semi join must be an id or a reference", name.text);
                return Err(scope.marked("MALFORMED_QUERY", name.at, &message));
            }
            Test::Field(path, Check::Among(joined(scope, query)?, *negated))
        }
    })
}

/// The ids that a sub-select finds.
fn joined(scope: &Scope<'_>, query: &Query) -> Result<HashSet<String>, RestError> {
    let object = scope.object(&query.from)?;
    let [Item::Field(name)] = query.select.as_slice() else {
        return Err(RestError::malformed_query("semi join sub-selects can only select one field"));
    };
    let path = scope.path(object, query.alias.as_deref(), name)?;
    if !path.field.kind.identifier() {
        let message =
            format!("The selected field '{}' in the semi join must be an id or a reference", name.text);
        return Err(scope.marked("MALFORMED_QUERY", name.at, &message));
    }
    let found = select::records(scope, object, query)?;
    Ok(found
        .into_iter()
        .filter_map(|record| scope.value(record, &path).as_str().map(str::to_owned))
        .collect())
}

fn filterable<'a>(scope: &Scope<'a>, from: From<'a, '_>, name: &Name) -> Result<Path<'a>, RestError> {
    let path = scope.path(from.object, from.alias, name)?;
    if path.field.filterable {
        return Ok(path);
    }
    let message = format!("field '{}' can not be filtered in a query call", path.field.name);
    Err(scope.marked("INVALID_FIELD", name.at, &message))
}

fn comparison(
    scope: &Scope<'_>,
    field: &Field,
    name: &Name,
    operator: Operator,
    value: &Literal,
) -> Result<Check, RestError> {
    let Literal::Relative(literal, number) = value else {
        return Ok(Check::Compare(operator, key(scope, field, name, value)?));
    };
    let offset = scope.store.settings.user_offset_minutes;
    let span = dates::days(literal, number.unwrap_or_default(), dates::today(scope.now, offset));
    let (first, after) = span.ok_or_else(|| wrong_type(scope, field, name))?;
    let bound = |day| match field.kind {
        Kind::Date => Ok(Key::Text(format!("{day}"))),
        Kind::DateTime => Ok(Key::of(field, &moment(dates::midnight(day, offset)))),
        _ => Err(wrong_type(scope, field, name)),
    };
    Ok(Check::Span(operator, bound(first)?, bound(after)?))
}

/// The name of a field's type in messages.
fn wire(field: &Field) -> &'static str {
    match field.kind {
        Kind::Id | Kind::Reference => "id",
        Kind::Boolean => "boolean",
        Kind::Int => "int",
        Kind::Double => "double",
        Kind::Date => "date",
        Kind::DateTime => "dateTime",
        Kind::Picklist => "picklist",
        _ => "string",
    }
}

fn wrong_type(scope: &Scope<'_>, field: &Field, name: &Name) -> RestError {
    let quotes = if field.kind.textual() || field.kind.identifier() { "should be" } else { "should not be" };
    let kind = if field.kind.identifier() { "ID" } else { wire(field) };
    let message = format!(
        "value of filter criterion for field '{}' must be of type {kind} and {quotes} enclosed in quotes",
        field.name
    );
    scope.marked("INVALID_FIELD", name.at, &message)
}

fn key(scope: &Scope<'_>, field: &Field, name: &Name, value: &Literal) -> Result<Key, RestError> {
    Ok(match (value, field.kind) {
        (Literal::Null, _) => Key::Null,
        (Literal::Text(text), kind) if kind.identifier() => {
            if text.is_empty() {
                return Ok(Key::Null);
            }
            id::normalise(text).map(Key::Text).ok_or_else(|| {
                let message = format!("invalid ID field: {text}");
                scope.marked("INVALID_QUERY_FILTER_OPERATOR", name.at, &message)
            })?
        }
        (Literal::Text(text), kind) if kind.textual() => Key::text(field, text),
        (Literal::Boolean(flag), Kind::Boolean) => Key::Boolean(*flag),
        (Literal::Number(text), Kind::Int | Kind::Double) => {
            text.parse().map(Key::Number).map_err(|_| wrong_type(scope, field, name))?
        }
        (Literal::Date(date), Kind::Date) => Key::Text(format!("{date}")),
        (Literal::DateTime(at), Kind::DateTime) => Key::of(field, &moment(at.with_timezone(&Utc))),
        _ => return Err(wrong_type(scope, field, name)),
    })
}

impl<'a> Test<'a> {
    pub fn holds(&self, scope: &Scope<'a>, record: &'a Record) -> bool {
        match self {
            Self::All(parts) => parts.iter().all(|part| part.holds(scope, record)),
            Self::Any(parts) => parts.iter().any(|part| part.holds(scope, record)),
            Self::Not(inner) => !inner.holds(scope, record),
            Self::Field(path, check) => check.holds(&scope.key(record, path)),
        }
    }
}

impl Check {
    fn holds(&self, held: &Key) -> bool {
        match self {
            Self::Compare(operator, key) => compare(*operator, held, key),
            Self::Span(operator, first, after) => match operator {
                Operator::Equal => within(held, first, after),
                Operator::NotEqual => !within(held, first, after),
                Operator::Less => compare(Operator::Less, held, first),
                Operator::LessOrEqual => compare(Operator::Less, held, after),
                Operator::Greater => compare(Operator::GreaterOrEqual, held, after),
                Operator::GreaterOrEqual => compare(Operator::GreaterOrEqual, held, first),
            },
            Self::Like(pattern) => matches!(held, Key::Text(text) if like(text, pattern)),
            Self::In(keys, negated) => keys.contains(held) != *negated,
            Self::Among(ids, negated) => matches!(held, Key::Text(id) if ids.contains(id)) != *negated,
        }
    }
}

fn within(held: &Key, first: &Key, after: &Key) -> bool {
    compare(Operator::GreaterOrEqual, held, first) && compare(Operator::Less, held, after)
}

fn compare(operator: Operator, held: &Key, key: &Key) -> bool {
    match operator {
        Operator::Equal => held == key,
        Operator::NotEqual => held != key,
        _ if matches!(held, Key::Null) || matches!(key, Key::Null) => false,
        Operator::Less => held.order(key) == Ordering::Less,
        Operator::LessOrEqual => held.order(key) != Ordering::Greater,
        Operator::Greater => held.order(key) == Ordering::Greater,
        Operator::GreaterOrEqual => held.order(key) != Ordering::Less,
    }
}

/// Greedy with one way back to the latest `%`: linear in practice, never exponential.
fn like(text: &str, pattern: &[Glob]) -> bool {
    let text: Vec<char> = text.to_lowercase().chars().collect();
    let (mut at, mut piece) = (0, 0);
    let mut retry: Option<(usize, usize)> = None;
    while at < text.len() {
        match pattern.get(piece) {
            Some(Glob::Any) => {
                retry = Some((piece, at));
                piece += 1;
                continue;
            }
            Some(Glob::One) => {
                (at, piece) = (at + 1, piece + 1);
                continue;
            }
            Some(Glob::Exactly(wanted)) => {
                let same = text
                    .get(at)
                    .is_some_and(|own| own == wanted || wanted.to_lowercase().eq(std::iter::once(*own)));
                if same {
                    (at, piece) = (at + 1, piece + 1);
                    continue;
                }
            }
            None => {}
        }
        let Some((any, from)) = retry else { return false };
        retry = Some((any, from + 1));
        (at, piece) = (from + 1, any + 1);
    }
    pattern.iter().skip(piece).all(|rest| *rest == Glob::Any)
}

#[cfg(test)]
mod tests {
    use super::like;
    use crate::salesforce::soql::Glob;

    #[test]
    fn wildcards_match_as_the_reference_says() {
        let pattern = |text: &str| -> Vec<Glob> {
            text.chars()
                .map(|character| match character {
                    '%' => Glob::Any,
                    '_' => Glob::One,
                    other => Glob::Exactly(other),
                })
                .collect()
        };
        for (text, like_this, expected) in [
            ("Router reboots", "%REBOOT%", true),
            ("Router reboots", "router", false),
            ("abc", "a_c", true),
            ("ac", "a_c", false),
            ("aXbXc", "a%b%c", true),
            ("aab", "%ab", true),
            ("", "%", true),
            ("Straße", "stra_e", true),
        ] {
            assert_eq!(like(text, &pattern(like_this)), expected, "{text} {like_this}");
        }
    }
}
