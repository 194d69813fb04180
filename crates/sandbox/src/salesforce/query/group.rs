//! Aggregates: `COUNT(Id)`, `GROUP BY`. Rows are of type `AggregateResult`.

use std::cmp::Ordering;

use serde_json::{Value, json};

use super::filter::From;
use super::resolve::{Key, Path, Scope};
use super::rows::plain;
use super::select;
use crate::ledger::salesforce::Record;
use crate::salesforce::error::RestError;
use crate::salesforce::schema::Field;
use crate::salesforce::soql::{Function, Item, Name, Query};
use crate::salesforce::wire::Out;

/// Whether a statement is answered with aggregate rows.
pub fn is_aggregate(query: &Query) -> bool {
    !query.group.is_empty() || query.select.iter().any(|item| matches!(item, Item::Aggregate { .. }))
}

struct Group<'a> {
    keys: Vec<Key>,
    members: Vec<&'a Record>,
}

pub fn rows<'a>(
    scope: &Scope<'a>,
    from: From<'a, '_>,
    query: &Query,
    found: Vec<&'a Record>,
) -> Result<Vec<Out>, RestError> {
    for name in plain(&query.select) {
        if !query.group.iter().any(|grouped| grouped.text.eq_ignore_ascii_case(&name.text)) {
            let message = format!("Field must be grouped or aggregated: {}", name.text);
            return Err(scope.marked("MALFORMED_QUERY", name.at, &message));
        }
    }
    let mut paths = Vec::with_capacity(query.group.len());
    for name in &query.group {
        let path = scope.path(from.object, from.alias, name)?;
        if !path.field.sortable() {
            let message = format!("field '{}' can not be grouped in a query call", path.field.name);
            return Err(scope.marked("INVALID_FIELD", name.at, &message));
        }
        paths.push(path);
    }
    let mut groups = grouped(scope, &paths, found, query.group.is_empty());
    order(scope, query, &mut groups)?;
    let rows = groups.iter().map(|group| row(scope, from, query, group)).collect::<Result<Vec<_>, _>>()?;
    select::cut(rows, query)
}

/// Groups in the order of their keys; one group of all when nothing is grouped by.
fn grouped<'a>(scope: &Scope<'a>, paths: &[Path<'a>], found: Vec<&'a Record>, all: bool) -> Vec<Group<'a>> {
    if all {
        return vec![Group { keys: Vec::new(), members: found }];
    }
    let mut groups: Vec<Group<'a>> = Vec::new();
    for record in found {
        let keys: Vec<Key> = paths.iter().map(|path| scope.key(record, path)).collect();
        match groups.iter_mut().find(|group| group.keys == keys) {
            Some(group) => group.members.push(record),
            None => groups.push(Group { keys, members: vec![record] }),
        }
    }
    groups.sort_by(|own, other| {
        let pairs = own.keys.iter().zip(&other.keys);
        pairs
            .map(|(own, other)| own.order(other))
            .find(|ordering| ordering.is_ne())
            .unwrap_or(Ordering::Equal)
    });
    groups
}

/// ORDER BY may name what is grouped by.
fn order(scope: &Scope<'_>, query: &Query, groups: &mut [Group<'_>]) -> Result<(), RestError> {
    let place =
        |name: &Name| query.group.iter().position(|grouped| grouped.text.eq_ignore_ascii_case(&name.text));
    let mut terms = Vec::with_capacity(query.order.len());
    for term in &query.order {
        let index = place(&term.name).ok_or_else(|| {
            let message = format!("Ordered field must be grouped or aggregated: {}", term.name.text);
            scope.marked("MALFORMED_QUERY", term.name.at, &message)
        })?;
        terms.push((index, term));
    }
    groups.sort_by(|own, other| {
        terms
            .iter()
            .filter_map(|(index, term)| {
                Some(select::precedence(own.keys.get(*index)?, other.keys.get(*index)?, term))
            })
            .find(|ordering| ordering.is_ne())
            .unwrap_or(Ordering::Equal)
    });
    Ok(())
}

fn row<'a>(
    scope: &Scope<'a>,
    from: From<'a, '_>,
    query: &Query,
    group: &Group<'a>,
) -> Result<Out, RestError> {
    let mut row = Out::object([("attributes", json!({ "type": "AggregateResult" }).into())]);
    let mut unnamed = 0;
    for item in &query.select {
        match item {
            Item::Field(name) => {
                let path = scope.path(from.object, from.alias, name)?;
                let value = group.members.first().map_or(Value::Null, |record| scope.value(record, &path));
                row.set(path.field.name, value.into());
            }
            Item::Aggregate { function, name, alias } => {
                let path = scope.path(from.object, from.alias, name)?;
                let value = aggregate(scope, *function, &path, &group.members);
                let label = alias.clone().unwrap_or_else(|| {
                    unnamed += 1;
                    format!("expr{}", unnamed - 1)
                });
                row.set(&label, value.into());
            }
            Item::CountAll | Item::Children(_) => {
                return Err(RestError::malformed_query("Grouped query cannot have child relationships"));
            }
        }
    }
    Ok(row)
}

fn aggregate<'a>(scope: &Scope<'a>, function: Function, path: &Path<'_>, members: &[&'a Record]) -> Value {
    let held: Vec<Value> =
        members.iter().map(|record| scope.value(record, path)).filter(|value| !value.is_null()).collect();
    let numbers = || held.iter().filter_map(Value::as_f64);
    match function {
        Function::Count => json!(held.len()),
        Function::CountDistinct => {
            let mut seen: Vec<Key> = Vec::new();
            for value in &held {
                let key = Key::of(path.field, value);
                if !seen.contains(&key) {
                    seen.push(key);
                }
            }
            json!(seen.len())
        }
        Function::Min => extreme(path.field, &held, Ordering::Less),
        Function::Max => extreme(path.field, &held, Ordering::Greater),
        Function::Sum if held.is_empty() => Value::Null,
        Function::Sum => json!(numbers().sum::<f64>()),
        Function::Avg => match u32::try_from(numbers().count()) {
            Ok(count) if count > 0 => json!(numbers().sum::<f64>() / f64::from(count)),
            _ => Value::Null,
        },
    }
}

fn extreme(field: &Field, held: &[Value], wanted: Ordering) -> Value {
    let mut best: Option<&Value> = None;
    for value in held {
        if best.is_none_or(|best| Key::of(field, value).order(&Key::of(field, best)) == wanted) {
            best = Some(value);
        }
    }
    best.cloned().unwrap_or(Value::Null)
}
