//! `GET /query`: evaluates a parsed statement over the records.

use serde_json::{Map, Value, json};

use super::error::RestError;
use super::records::{field_value, print};
use super::schema::{self, Field, FieldKind, Object};
use super::soql::{self, Condition, Literal, Query, Select, SoqlError};
use super::{RestCall, data_answer, id};
use crate::answer::Answer;
use crate::ledger::salesforce::{Record, Salesforce};
use crate::world::World;

pub fn run(world: &World, call: &RestCall) -> Result<Answer, RestError> {
    let statement = call.param("q").unwrap_or_default();
    let query = soql::parse(statement).map_err(|error| malformed(&error))?;
    let object = schema::object(&query.from).ok_or_else(|| {
        let message = format!(
            "\n{statement}\n^\nERROR at Row:1:Column:1\nsObject type '{}' is not supported. If you are attempting to \
             use a custom object, be sure to append the '__c' after the entity name. Please reference your WSDL or \
             the describe call for the appropriate names.",
            query.from
        );
        RestError::new(400, "INVALID_TYPE", message)
    })?;
    let store = &world.ledger.salesforce;
    let found = select(store, object, &query, statement)?;
    let rows = match &query.select {
        Select::Count => Vec::new(),
        Select::Fields(fields) => {
            let paths = fields
                .iter()
                .map(|(name, at)| resolve(object, name, *at, statement))
                .collect::<Result<Vec<_>, _>>()?;
            found.iter().map(|record| row(store, call, record, &paths)).collect()
        }
    };
    let body = json!({ "totalSize": found.len(), "done": true, "records": rows });
    Ok(data_answer(200, Some(&body)))
}

fn malformed(error: &SoqlError) -> RestError {
    let message = match error {
        SoqlError::Empty => "SOQL statements cannot be empty or null".to_owned(),
        SoqlError::Unexpected(token) => format!("unexpected token: {token}"),
        SoqlError::Unfinished => "unexpected token: <EOF>".to_owned(),
        SoqlError::Escape => {
            "Invalid string literal. Illegal character sequence in string literal.".to_owned()
        }
    };
    RestError::new(400, "MALFORMED_QUERY", message)
}

/// A field reached over lookups.
struct Path {
    lookups: Vec<(&'static Field, &'static Object)>,
    field: &'static Field,
}

fn resolve(object: &Object, path: &str, at: usize, statement: &str) -> Result<Path, RestError> {
    let unknown = |name: &str, entity: &str| {
        let message = format!(
            "\n{statement}\n{:width$}^\nERROR at Row:1:Column:{}\nNo such column '{name}' on entity '{entity}'. If you \
             are attempting to use a custom field, be sure to append the '__c' after the custom field name. Please \
             reference your WSDL or the describe call for the appropriate names.",
            "",
            at + 1,
            width = at,
        );
        RestError::new(400, "INVALID_FIELD", message)
    };
    let (parents, name) = path.rsplit_once('.').map_or((None, path), |(parents, name)| (Some(parents), name));
    let mut lookups: Vec<(&Field, &Object)> = Vec::new();
    let field = {
        let mut entity = object;
        for parent in parents.into_iter().flat_map(|parents| parents.split('.')) {
            let step = entity.relationship(parent).ok_or_else(|| unknown(parent, entity.name))?;
            entity = step.1;
            lookups.push(step);
        }
        entity.field(name).ok_or_else(|| unknown(name, entity.name))?
    };
    Ok(Path { lookups, field })
}

impl Path {
    /// The value, null when a lookup on the way is empty.
    fn value(&self, store: &Salesforce, record: &Record) -> Value {
        let mut at = record;
        for (lookup, _) in &self.lookups {
            match at.get(lookup.name).as_str().and_then(|id| store.get(id)) {
                Some(parent) => at = parent,
                None => return Value::Null,
            }
        }
        field_value(at, self.field)
    }
}

fn select<'a>(
    store: &'a Salesforce,
    object: &'static Object,
    query: &Query,
    statement: &str,
) -> Result<Vec<&'a Record>, RestError> {
    let mut conditions = Vec::with_capacity(query.conditions.len());
    for condition in &query.conditions {
        let path = resolve(object, &condition.path, condition.at, statement)?;
        if matches!(path.field.kind, FieldKind::LongText(_)) {
            let message = format!("field '{}' can not be filtered in a query call", path.field.name);
            return Err(RestError::new(400, "INVALID_FIELD", message));
        }
        conditions.push((path, condition));
    }
    let matches = |record: &&Record| {
        conditions.iter().all(|(path, condition)| holds(&path.value(store, record), path.field, condition))
    };
    Ok(store.all(object).filter(matches).take(query.limit.unwrap_or(usize::MAX)).collect())
}

/// Comparison ignores case; `= ''` means null; `!=` includes nulls.
fn holds(value: &Value, field: &Field, condition: &Condition) -> bool {
    let equal = condition.values.iter().any(|literal| match (literal, value) {
        (Literal::Null, value) => value.is_null(),
        (Literal::Text(text), value) if text.is_empty() => value.is_null(),
        (Literal::Text(text), Value::String(held)) => match field.kind {
            FieldKind::Id | FieldKind::Lookup(_) => id::normalise(text).as_deref() == Some(held),
            _ => held.to_lowercase() == text.to_lowercase(),
        },
        (Literal::Boolean(flag), Value::Bool(held)) => flag == held,
        (Literal::Bare(text), held) => held.as_str().is_some_and(|held| same_moment(held, text)),
        _ => false,
    });
    equal != condition.negated
}

/// Date-times compare as moments, not as text.
fn same_moment(held: &str, literal: &str) -> bool {
    let held = chrono::DateTime::parse_from_str(held, "%Y-%m-%dT%H:%M:%S%.f%z");
    let literal = chrono::DateTime::parse_from_rfc3339(literal);
    matches!((held, literal), (Ok(held), Ok(literal)) if held == literal)
}

fn row(store: &Salesforce, call: &RestCall, record: &Record, paths: &[Path]) -> Value {
    let mut row = print(call.version(), record, &[]);
    for path in paths {
        place(store, call, record, path, 0, &mut row);
    }
    Value::Object(row)
}

/// Puts a value where its path says: parents are nested objects, or null when the lookup is empty.
fn place(
    store: &Salesforce,
    call: &RestCall,
    record: &Record,
    path: &Path,
    depth: usize,
    into: &mut Map<String, Value>,
) {
    let Some((lookup, _)) = path.lookups.get(depth) else {
        into.insert(path.field.name.to_owned(), field_value(record, path.field));
        return;
    };
    let name = lookup.name.trim_end_matches("Id").to_owned();
    let Some(parent) = record.get(lookup.name).as_str().and_then(|id| store.get(id)) else {
        into.insert(name, Value::Null);
        return;
    };
    let nested = into.entry(name).or_insert_with(|| Value::Object(print(call.version(), parent, &[])));
    if let Value::Object(nested) = nested {
        place(store, call, parent, path, depth + 1, nested);
    }
}
