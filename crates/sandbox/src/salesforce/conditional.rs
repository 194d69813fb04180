//! Conditional requests (RFC 9110 section 13) on single records and descriptions.

use chrono::{DateTime, Utc};

use super::data_answer;
use super::error::RestError;
use super::rest::RestCall;
use super::wire::Out;
use super::write::read_time;
use crate::answer::Answer;
use crate::ledger::salesforce::Record;

/// `Fri, 22 Jul 2016 20:19:37 GMT`
fn http_date(moment: DateTime<Utc>) -> String {
    moment.format("%a, %d %b %Y %H:%M:%S GMT").to_string()
}

fn read_http_date(text: &str) -> Option<DateTime<Utc>> {
    DateTime::parse_from_rfc2822(text).ok().map(|moment| moment.with_timezone(&Utc))
}

/// A strong tag over the printed body.
fn etag(body: &str) -> String {
    // FNV-1a: stable, and nobody's security hangs on it.
    let hash = body.bytes().fold(0xcbf2_9ce4_8422_2325_u64, |hash, byte| {
        (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3)
    });
    format!("\"{hash:016x}\"")
}

/// 200 with `ETag` and `Last-Modified`, or 304 when the caller has it already.
pub fn answer(call: &RestCall, body: &Out, modified: DateTime<Utc>) -> Answer {
    let tag = etag(&body.text());
    let matches = match call.header("if-none-match") {
        Some(list) => list.split(',').any(|known| ["*", tag.as_str()].contains(&known.trim())),
        None => call
            .header("if-modified-since")
            .and_then(read_http_date)
            .is_some_and(|since| modified.timestamp() <= since.timestamp()),
    };
    let answer = if matches { data_answer(304, None) } else { data_answer(200, Some(body)) };
    answer.with("ETag", tag).with("Last-Modified", http_date(modified))
}

/// When a record was last written.
pub fn modified(record: &Record) -> DateTime<Utc> {
    read_time(record.text("SystemModstamp")).unwrap_or(DateTime::<Utc>::UNIX_EPOCH)
}

/// 412 when the record was written after `If-Unmodified-Since`.
pub fn unchanged(call: &RestCall, record: &Record) -> Result<(), RestError> {
    let since = call.header("if-unmodified-since").and_then(read_http_date);
    if since.is_some_and(|since| modified(record).timestamp() > since.timestamp()) {
        let message = "The record was modified after the time given in If-Unmodified-Since";
        return Err(RestError::new(412, "PRECONDITION_FAILED", message));
    }
    Ok(())
}
