//! Found records to the rows of the answer: fields, parents as nested objects, children as nested results.

use std::collections::HashMap;

use serde_json::json;

use super::filter::From;
use super::resolve::{Path, Scope};
use super::select;
use crate::ledger::salesforce::Record;
use crate::salesforce::error::RestError;
use crate::salesforce::print::{attributes, value_of};
use crate::salesforce::schema::{Field, Object};
use crate::salesforce::soql::{Item, Name, Query};
use crate::salesforce::wire::Out;

/// What one item of SELECT puts into a row.
enum Column<'a> {
    Field(Path<'a>),
    /// Name of the relationship, and the rows by parent.
    Children(&'static str, HashMap<&'a str, Vec<Out>>),
}

/// The answer's rows.
pub fn rows<'a>(
    scope: &Scope<'a>,
    from: From<'a, '_>,
    items: &[Item],
    found: &[&'a Record],
) -> Result<Vec<Out>, RestError> {
    let mut columns = Vec::with_capacity(items.len());
    for item in items {
        columns.push(match item {
            Item::Field(name) => Column::Field(scope.path(from.object, from.alias, name)?),
            Item::Children(query) => children(scope, from.object, query)?,
            Item::CountAll | Item::Aggregate { .. } => {
                return Err(RestError::malformed_query("Only aggregate expressions use field aliasing"));
            }
        });
    }
    Ok(found.iter().map(|record| row(scope, record, &columns)).collect())
}

fn row<'a>(scope: &Scope<'a>, record: &'a Record, columns: &[Column<'a>]) -> Out {
    let mut row = Out::object([("attributes", attributes(scope.version, record))]);
    for column in columns {
        match column {
            Column::Field(path) => place(scope, record, &path.references, path.field, &mut row),
            Column::Children(name, rows) => row.set(name, nested(rows.get(record.id.as_str()))),
        }
    }
    row
}

/// A list of children; null for none.
fn nested(rows: Option<&Vec<Out>>) -> Out {
    rows.filter(|rows| !rows.is_empty()).map_or(Out::NULL, |rows| {
        Out::object([
            ("totalSize", json!(rows.len()).into()),
            ("done", true.into()),
            ("records", Out::List(rows.clone())),
        ])
    })
}

/// Puts a value where its path says: parents are nested objects, or null when the reference is empty.
fn place(scope: &Scope<'_>, record: &Record, references: &[&Field], field: &Field, into: &mut Out) {
    let Some((reference, rest)) = references.split_first() else {
        into.set(field.name, value_of(scope.store, scope.version, record, field).into());
        return;
    };
    let name = reference.relationship.unwrap_or(reference.name);
    let Some(parent) = scope.parent(record, reference) else {
        into.set(name, Out::NULL);
        return;
    };
    let mut nested = match into.get(name) {
        Some(nested) => nested.clone(),
        None => Out::object([("attributes", attributes(scope.version, parent))]),
    };
    place(scope, parent, rest, field, &mut nested);
    into.set(name, nested);
}

/// Runs a sub-select once and sorts its rows to the parents.
fn children<'a>(scope: &Scope<'a>, parent: &'a Object, query: &Query) -> Result<Column<'a>, RestError> {
    // `FROM Account.Contacts` is `FROM Contacts`.
    let wanted = query.from.text.rsplit('.').next().unwrap_or_default();
    let (object, reference) = scope.store.schema.children(parent, wanted).ok_or_else(|| {
        let message = format!(
            "Didn't understand relationship '{wanted}' in FROM part of query call. If you are attempting to use a \
             custom relationship, be sure to append the '__r' after the custom relationship name. Please reference \
             your WSDL or the describe call for the appropriate names."
        );
        scope.marked("INVALID_TYPE", query.from.at, &message)
    })?;
    let found = select::fitting(scope, object, query)?;
    let mut by_parent: HashMap<&str, Vec<&Record>> = HashMap::new();
    for record in found {
        if let Some(id) = record.get(reference.name).as_str() {
            by_parent.entry(id).or_default().push(record);
        }
    }
    let from = From { object, alias: query.alias.as_deref() };
    // Checked even when no parent has children.
    rows(scope, from, &query.select, &[])?;
    let mut printed = HashMap::with_capacity(by_parent.len());
    for (id, found) in by_parent {
        printed.insert(id, rows(scope, from, &query.select, &select::cut(found, query)?)?);
    }
    Ok(Column::Children(reference.children.unwrap_or(object.name), printed))
}

/// Names that are selected plainly, with their place.
pub fn plain(items: &[Item]) -> impl Iterator<Item = &Name> {
    items.iter().filter_map(|item| match item {
        Item::Field(name) => Some(name),
        _ => None,
    })
}
