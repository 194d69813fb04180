//! `GET /query`, `/queryAll` and `/query/{cursor}`.

pub mod dates;
pub mod filter;
mod group;
pub mod resolve;
mod rows;
mod select;
#[cfg(test)]
mod tests;

use chrono::{DateTime, Utc};
use serde_json::json;

use super::error::RestError;
use super::soql::{self, Item, SoqlError};
use super::wire::Out;
use super::{RestCall, data_answer};
use crate::answer::Answer;
use crate::ledger::salesforce::Salesforce;
use crate::world::World;
use filter::From;
use resolve::Scope;

/// Rows per page when nobody asks for fewer, and the fewest one may ask for.
const MAX_BATCH: usize = 2_000;
const MIN_BATCH: usize = 200;

pub fn run(world: &mut World, call: &RestCall, _: &[&str]) -> Result<Answer, RestError> {
    answer(world, call, false)
}

/// Deleted records included.
pub fn run_all(world: &mut World, call: &RestCall, _: &[&str]) -> Result<Answer, RestError> {
    answer(world, call, true)
}

fn answer(world: &mut World, call: &RestCall, deleted: bool) -> Result<Answer, RestError> {
    let now = world.clock.now();
    let store = &world.ledger.salesforce;
    let statement = call.param("q").unwrap_or_default();
    let scope = Scope { store, statement, now, version: call.version(), deleted };
    let (total, mut rows) = evaluate(&scope)?;
    let batch = batch(call);
    let salesforce = &mut world.ledger.salesforce;
    for member in rows.iter_mut().flat_map(Out::members_mut) {
        split_children(salesforce, call, member, batch, now);
    }
    if rows.len() <= batch {
        return Ok(page(total, None, rows));
    }
    let first = rows.iter().take(batch).cloned().collect();
    let cursor = salesforce.cursors.open(rows, batch, &salesforce.settings, now);
    Ok(page(total, Some(locator(call, &cursor, batch)), first))
}

/// `totalSize` and the rows of a statement.
fn evaluate(scope: &Scope<'_>) -> Result<(usize, Vec<Out>), RestError> {
    let query = soql::parse(scope.statement).map_err(|error| malformed(&error))?;
    let object = scope.object(&query.from)?;
    let from = From { object, alias: query.alias.as_deref() };
    if matches!(query.select.as_slice(), [Item::CountAll]) && query.group.is_empty() {
        return Ok((select::records(scope, object, &query)?.len(), Vec::new()));
    }
    let rows = if group::is_aggregate(&query) {
        group::rows(scope, from, &query, select::fitting(scope, object, &query)?)?
    } else {
        let found = select::records(scope, object, &query)?;
        rows::rows(scope, from, &query.select, &found)?
    };
    Ok((rows.len(), rows))
}

pub fn malformed(error: &SoqlError) -> RestError {
    let message = match error {
        SoqlError::Empty => "SOQL statements cannot be empty or null".to_owned(),
        SoqlError::Unexpected(Some(token)) => format!("unexpected token: {token}"),
        SoqlError::Unexpected(None) => "unexpected token: <EOF>".to_owned(),
        SoqlError::Text => "Invalid string literal. Illegal character sequence in string literal.".to_owned(),
        SoqlError::Limit(message) => (*message).to_owned(),
    };
    RestError::malformed_query(message)
}

/// `Sforce-Query-Options: batchSize=500`, held within the allowed range.
fn batch(call: &RestCall) -> usize {
    call.header("sforce-query-options")
        .and_then(|options| {
            options.split([',', ';']).find_map(|option| option.trim().strip_prefix("batchSize="))
        })
        .and_then(|number| number.trim().parse().ok())
        .map_or(MAX_BATCH, |number: usize| number.clamp(MIN_BATCH, MAX_BATCH))
}

fn locator(call: &RestCall, cursor: &str, next: usize) -> String {
    format!("/services/data/{}/query/{cursor}-{next}", call.version())
}

/// Gives a list of children that is longer than a page a cursor of its own.
fn split_children(
    store: &mut Salesforce,
    call: &RestCall,
    member: &mut Out,
    batch: usize,
    now: DateTime<Utc>,
) {
    let Some(Out::List(records)) = member.get("records").filter(|_| member.get("totalSize").is_some()) else {
        return;
    };
    if records.len() <= batch {
        return;
    }
    let records = records.clone();
    let (total, first) = (records.len(), records.iter().take(batch).cloned().collect());
    let cursor = store.cursors.open(records, batch, &store.settings, now);
    *member = listing(total, Some(locator(call, &cursor, batch)), first);
}

fn page(total: usize, next: Option<String>, rows: Vec<Out>) -> Answer {
    data_answer(200, Some(&listing(total, next, rows)))
}

fn listing(total: usize, next: Option<String>, rows: Vec<Out>) -> Out {
    let mut body = Out::object([("totalSize", json!(total).into()), ("done", next.is_none().into())]);
    if let Some(next) = next {
        body.set("nextRecordsUrl", next.into());
    }
    body.set("records", Out::List(rows));
    body
}

/// The page that begins after so many rows.
pub fn more(world: &mut World, call: &RestCall, parts: &[&str]) -> Result<Answer, RestError> {
    let lost = || RestError::new(400, "INVALID_QUERY_LOCATOR", "invalid query locator");
    let [locator_text] = parts else { return Err(lost()) };
    let (id, start) = locator_text.rsplit_once('-').ok_or_else(lost)?;
    let start: usize = start.parse().map_err(|_| lost())?;
    let store = &world.ledger.salesforce;
    let cursor = store.cursors.get(id, &store.settings, world.clock.now()).ok_or_else(lost)?;
    if start >= cursor.rows.len() {
        return Err(lost());
    }
    let end = start + cursor.batch;
    let rows = cursor.rows.iter().skip(start).take(cursor.batch).cloned().collect();
    let next = (end < cursor.rows.len()).then(|| locator(call, &cursor.id, end));
    Ok(page(cursor.rows.len(), next, rows))
}
