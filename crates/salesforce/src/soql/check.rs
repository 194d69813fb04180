//! SOQL's rules that no type expresses.
//!
//! Sources: SOQL and SOSL Reference, "Comparison Operators" (semi-joins), "Understanding Relationship Query
//! Limitations", "OFFSET", "Date Formats and Date Literals"; Salesforce Developer Limits, "SOQL and SOSL Limits".

use std::collections::BTreeSet;

use chrono::Datelike;

use super::condition::{Condition, Expression, Operator};
use super::literal::Value;
use super::query::{Query, QueryError};

/// Longest query, in UTF-16 code units.
pub(super) const MAX_CHARS: usize = 100_000;
const MAX_OFFSET: u32 = 2000;
const MAX_CHILD_LISTS: usize = 20;
const MAX_PARENTS: usize = 55;
const MAX_SEMI_JOINS: usize = 2;
const YEARS: std::ops::RangeInclusive<i32> = 1700..=4000;

/// Checks a whole query.
pub(super) fn query(query: &Query) -> Result<(), QueryError> {
    select(query)?;
    if query.children.len() > MAX_CHILD_LISTS {
        return Err(QueryError::Relationships);
    }
    for children in &query.children {
        if !children.children.is_empty() {
            return Err(QueryError::Relationships);
        }
        if children.is_count || children.offset.is_some() || children.batch.is_some() {
            return Err(QueryError::Children);
        }
        select(children)?;
    }
    let parents: BTreeSet<String> = std::iter::once(query).chain(&query.children).flat_map(parents).collect();
    if parents.len() > MAX_PARENTS {
        return Err(QueryError::Relationships);
    }
    if query.batch.is_some_and(|rows| !(200..=2000).contains(&rows)) {
        return Err(QueryError::BatchSize);
    }
    Ok(())
}

/// Checks one SELECT without the lists of children in it.
fn select(query: &Query) -> Result<(), QueryError> {
    if !query.is_count && query.fields.is_empty() && query.children.is_empty() {
        return Err(QueryError::NothingSelected);
    }
    let mut seen = BTreeSet::new();
    if !query.fields.iter().all(|field| seen.insert(field.name().to_ascii_lowercase())) {
        return Err(QueryError::DuplicateField);
    }
    if query.offset.is_some_and(|rows| rows > MAX_OFFSET) {
        return Err(QueryError::OffsetTooLarge);
    }
    let mut semi_joins = 0;
    for condition in &query.filters {
        semi_joins += walk(condition, query, true)?;
    }
    if semi_joins > MAX_SEMI_JOINS { Err(QueryError::SemiJoin) } else { Ok(()) }
}

/// Checks a condition and counts the semi-joins in it, which may stand only where all above them is AND.
fn walk(condition: &Condition, of: &Query, joins_allowed: bool) -> Result<usize, QueryError> {
    match &condition.0 {
        Expression::Compare(_, operator, found) => {
            let ordering = !matches!(operator, Operator::Equal | Operator::NotEqual);
            if ordering && matches!(found, Value::Null | Value::Bool(_)) {
                return Err(QueryError::Unordered);
            }
            value(found)?;
            Ok(0)
        }
        Expression::Like(..) => Ok(0),
        Expression::In(_, values) | Expression::NotIn(_, values) => {
            if values.is_empty() {
                return Err(QueryError::EmptyList);
            }
            values.iter().try_for_each(value)?;
            Ok(0)
        }
        Expression::InSelect(_, inner) | Expression::NotInSelect(_, inner) => {
            if !joins_allowed || !is_semi_join(inner, of) {
                return Err(QueryError::SemiJoin);
            }
            inner.filters.iter().try_for_each(|condition| walk(condition, inner, false).map(drop))?;
            Ok(1)
        }
        Expression::Not(inner) => walk(inner, of, false),
        Expression::Any(conditions) => sum(conditions, of, false),
        Expression::All(conditions) => sum(conditions, of, joins_allowed),
    }
}

fn sum(conditions: &[Condition], of: &Query, joins_allowed: bool) -> Result<usize, QueryError> {
    conditions.iter().try_fold(0, |sum, condition| Ok(sum + walk(condition, of, joins_allowed)?))
}

/// One field of another object, without order, limit and the like.
fn is_semi_join(inner: &Query, outer: &Query) -> bool {
    matches!(inner.fields.as_slice(), [field] if field.parents().next().is_none())
        && !inner.is_count
        && inner.children.is_empty()
        && inner.order.is_empty()
        && inner.limit.is_none()
        && inner.offset.is_none()
        && inner.batch.is_none()
        && !inner.object.name().eq_ignore_ascii_case(outer.object.name())
}

fn value(value: &Value) -> Result<(), QueryError> {
    let year = match value {
        Value::DateTime(time) => time.year(),
        Value::Date(date) => date.year(),
        Value::Str(_) | Value::Id(_) | Value::Int(_) | Value::Bool(_) | Value::Null => return Ok(()),
    };
    if YEARS.contains(&year) { Ok(()) } else { Err(QueryError::TimeOutOfRange) }
}

/// Every parent that one SELECT names, from its own object on.
fn parents(query: &Query) -> BTreeSet<String> {
    let mut fields = query.fields.clone();
    fields.extend(query.order.iter().map(|order| order.field));
    let mut conditions: Vec<&Condition> = query.filters.iter().collect();
    while let Some(condition) = conditions.pop() {
        match &condition.0 {
            Expression::Compare(field, ..)
            | Expression::Like(field, _)
            | Expression::In(field, _)
            | Expression::NotIn(field, _)
            | Expression::InSelect(field, _)
            | Expression::NotInSelect(field, _) => fields.push(*field),
            Expression::Not(inner) => conditions.push(inner),
            Expression::Any(inner) | Expression::All(inner) => conditions.extend(inner),
        }
    }
    let object = query.object.name();
    fields
        .iter()
        .flat_map(|field| field.parents())
        .map(|parent| format!("{object}.{parent}").to_ascii_lowercase())
        .collect()
}
