//! Which records a statement finds, in which order.

use super::filter::{From, compile};
use super::resolve::{Key, Scope};
use crate::ledger::salesforce::Record;
use crate::salesforce::error::RestError;
use crate::salesforce::schema::Object;
use crate::salesforce::soql::{Condition, Operator, Order, Query};

const MAX_OFFSET: u64 = 2_000;

/// The records that fit, ordered, without OFFSET and LIMIT.
pub fn fitting<'a>(
    scope: &Scope<'a>,
    object: &'a Object,
    query: &Query,
) -> Result<Vec<&'a Record>, RestError> {
    let from = From { object, alias: query.alias.as_deref() };
    let test = query.filter.as_ref().map(|filter| compile(scope, from, filter)).transpose()?;
    let found = scope.store.all(object).filter(|record| {
        (scope.deleted || !record.deleted()) && test.as_ref().is_none_or(|test| test.holds(scope, record))
    });
    let found = found.collect();
    if query.order.is_empty() || !query.group.is_empty() {
        return Ok(found);
    }
    ordered(scope, from, &query.order, found)
}

/// The records that fit, ordered and cut.
pub fn records<'a>(
    scope: &Scope<'a>,
    object: &'a Object,
    query: &Query,
) -> Result<Vec<&'a Record>, RestError> {
    if object.name == "ContentDocumentLink" && !query.filter.as_ref().is_some_and(names_a_file_or_place) {
        return Err(RestError::malformed_query(
            "Implementation restriction: ContentDocumentLink requires a filter by a single Id on ContentDocumentId or \
             LinkedEntityId using the equals operator or multiple Id's using the IN operator.",
        ));
    }
    let found = fitting(scope, object, query)?;
    cut(found, query)
}

/// OFFSET and LIMIT.
pub fn cut<T>(rows: Vec<T>, query: &Query) -> Result<Vec<T>, RestError> {
    let offset = query.offset.unwrap_or_default();
    if offset > MAX_OFFSET {
        let message = format!("Maximum SOQL offset allowed is {MAX_OFFSET}");
        return Err(RestError::new(400, "NUMBER_OUTSIDE_VALID_RANGE", message));
    }
    let size = |number: u64| usize::try_from(number).unwrap_or(usize::MAX);
    Ok(rows.into_iter().skip(size(offset)).take(query.limit.map_or(usize::MAX, size)).collect())
}

fn ordered<'a>(
    scope: &Scope<'a>,
    from: From<'a, '_>,
    order: &[Order],
    found: Vec<&'a Record>,
) -> Result<Vec<&'a Record>, RestError> {
    let mut paths = Vec::with_capacity(order.len());
    for term in order {
        let path = scope.path(from.object, from.alias, &term.name)?;
        if !path.field.sortable() {
            let message = format!("field '{}' can not be sorted in a query call", path.field.name);
            return Err(scope.marked("INVALID_FIELD", term.name.at, &message));
        }
        paths.push((path, term));
    }
    let mut keyed: Vec<(Vec<Key>, &Record)> = found
        .into_iter()
        .map(|record| (paths.iter().map(|(path, _)| scope.sort_key(record, path)).collect(), record))
        .collect();
    keyed.sort_by(|(own, _), (other, _)| {
        own.iter()
            .zip(other)
            .zip(order)
            .map(|((own, other), term)| precedence(own, other, term))
            .find(|ordering| ordering.is_ne())
            .unwrap_or(std::cmp::Ordering::Equal)
    });
    Ok(keyed.into_iter().map(|(_, record)| record).collect())
}

/// Nulls go where the term says, whatever its direction.
pub fn precedence(own: &Key, other: &Key, term: &Order) -> std::cmp::Ordering {
    let nulls = (own == &Key::Null, other == &Key::Null);
    let ordering = own.order(other);
    match nulls {
        (false, false) if term.descending => ordering.reverse(),
        (false, false) | (true, true) => ordering,
        _ if term.nulls_last => ordering.reverse(),
        _ => ordering,
    }
}

/// Whether every row is bound to given ids of a file or a place.
fn names_a_file_or_place(condition: &Condition) -> bool {
    match condition {
        Condition::And(parts) => parts.iter().any(names_a_file_or_place),
        Condition::Compare { name, operator: Operator::Equal, .. }
        | Condition::In { name, negated: false, .. }
        | Condition::Join { name, negated: false, .. } => {
            let field = name.text.rsplit('.').next().unwrap_or_default();
            ["ContentDocumentId", "LinkedEntityId"].iter().any(|known| known.eq_ignore_ascii_case(field))
        }
        _ => false,
    }
}
