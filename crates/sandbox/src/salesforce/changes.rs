//! `/sobjects/{object}/deleted` and `/updated`: what changed between two moments.

use chrono::{DateTime, DurationRound, TimeDelta, Utc};

use super::data_answer;
use super::error::RestError;
use super::records::known;
use super::rest::RestCall;
use super::wire::Out;
use super::write::{read_time, wire_time};
use crate::answer::Answer;
use crate::ledger::salesforce::Record;
use crate::world::World;

/// Days for which deletions are known.
const KEPT_DAYS: i64 = 30;

/// `start` and `end`, to the whole minute, as the service rounds them.
fn span(call: &RestCall, now: DateTime<Utc>) -> Result<(DateTime<Utc>, DateTime<Utc>), RestError> {
    let read = |name: &str| {
        let text = call.param(name).unwrap_or_default().replace(' ', "+");
        let moment = read_time(&text).ok_or_else(|| {
            RestError::new(400, "INVALID_VALUE", format!("{name} is not a valid date-time"))
        })?;
        Ok(moment.duration_trunc(TimeDelta::minutes(1)).unwrap_or(moment))
    };
    let (start, end) = (read("start")?, read("end")?);
    if start >= end {
        return Err(RestError::new(400, "INVALID_REPLICATION_DATE", "startDate before endDate"));
    }
    if now.signed_duration_since(start) > TimeDelta::days(KEPT_DAYS) {
        let message = format!("startDate cannot be more than {KEPT_DAYS} days ago");
        return Err(RestError::new(400, "INVALID_REPLICATION_DATE", message));
    }
    Ok((start, end))
}

fn within(record: &Record, (start, end): (DateTime<Utc>, DateTime<Utc>)) -> bool {
    read_time(record.text("SystemModstamp")).is_some_and(|at| start <= at && at < end)
}

pub fn deleted(world: &mut World, call: &RestCall, parts: &[&str]) -> Result<Answer, RestError> {
    let [object] = parts else { return Err(RestError::not_found()) };
    let now = world.clock.now();
    let store = &world.ledger.salesforce;
    let object = known(store, object)?;
    let span = span(call, now)?;
    let found = store.all(&object).filter(|record| record.deleted() && within(record, span));
    let records: Out = found
        .map(|record| {
            Out::object([
                ("id", record.id.clone().into()),
                ("deletedDate", record.get("SystemModstamp").clone().into()),
            ])
        })
        .collect();
    let earliest = now.checked_sub_signed(TimeDelta::days(KEPT_DAYS)).unwrap_or(now);
    let body = Out::object([
        ("deletedRecords", records),
        ("earliestDateAvailable", wire_time(earliest).into()),
        ("latestDateCovered", wire_time(span.1.min(now)).into()),
    ]);
    Ok(data_answer(200, Some(&body)))
}

pub fn updated(world: &mut World, call: &RestCall, parts: &[&str]) -> Result<Answer, RestError> {
    let [object] = parts else { return Err(RestError::not_found()) };
    let now = world.clock.now();
    let store = &world.ledger.salesforce;
    let object = known(store, object)?;
    let span = span(call, now)?;
    let found = store.all(&object).filter(|record| !record.deleted() && within(record, span));
    let ids: Vec<String> = found.map(|record| record.id.clone()).collect();
    let body = Out::object([("ids", ids.into()), ("latestDateCovered", wire_time(span.1.min(now)).into())]);
    Ok(data_answer(200, Some(&body)))
}
