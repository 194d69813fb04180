//! Days and moments, as RFC 3339 writes them. chrono's own parser and formatter read and write anything, which costs 7 KB of the bundle.

use chrono::{DateTime, Datelike, NaiveDate, NaiveDateTime, NaiveTime, Timelike, Utc};

use super::{Node, Wire, Writer};

impl Wire for NaiveDate {
    fn read(node: Node<'_>) -> Self {
        node.some_or(day(node.text()), Self::default())
    }
    fn write(&self, out: &mut Writer) {
        out.text(&day_text(*self));
    }
}

impl Wire for DateTime<Utc> {
    fn read(node: Node<'_>) -> Self {
        node.some_or(moment(node.text()), Self::default())
    }
    fn write(&self, out: &mut Writer) {
        out.text(&moment_text(*self));
    }
}

/// A day as `2026-03-04`. Years have four digits: no system behind the portal knows others.
#[must_use]
pub fn day_text(day: NaiveDate) -> String {
    let year = padded(u32::try_from(day.year()).unwrap_or(0), 4);
    format!("{year}-{}-{}", padded(day.month(), 2), padded(day.day(), 2))
}

/// A moment as `2026-03-04T05:06:07Z`, with as much of a second as there is.
#[must_use]
pub fn moment_text(moment: DateTime<Utc>) -> String {
    let time = moment.time();
    let fraction = match time.nanosecond() {
        0 => String::new(),
        nanoseconds if nanoseconds % 1_000_000 == 0 => format!(".{}", padded(nanoseconds / 1_000_000, 3)),
        nanoseconds if nanoseconds % 1_000 == 0 => format!(".{}", padded(nanoseconds / 1_000, 6)),
        nanoseconds => format!(".{}", padded(nanoseconds, 9)),
    };
    let [hour, minute, second] = [time.hour(), time.minute(), time.second()].map(|part| padded(part, 2));
    format!("{}T{hour}:{minute}:{second}{fraction}Z", day_text(moment.date_naive()))
}

/// A number with zeros before it. `format!("{:02}")` would bring all of the machinery of padding along.
fn padded(number: u32, digits: usize) -> String {
    let number = number.to_string();
    let mut text = "0".repeat(digits.saturating_sub(number.len()));
    text.push_str(&number);
    text
}

fn day(text: &str) -> Option<NaiveDate> {
    let mut rest = text.as_bytes();
    let day = take_day(&mut rest)?;
    rest.is_empty().then_some(day)
}

fn moment(text: &str) -> Option<DateTime<Utc>> {
    let mut rest = text.as_bytes();
    let day = take_day(&mut rest)?;
    take(&mut rest, b'T')?;
    let hour = digits(&mut rest, 2)?;
    take(&mut rest, b':')?;
    let minute = digits(&mut rest, 2)?;
    take(&mut rest, b':')?;
    let second = digits(&mut rest, 2)?;
    let mut nanosecond = 0;
    if take(&mut rest, b'.').is_some() {
        let mut unit = 100_000_000;
        while let Some(digit) = digits(&mut rest, 1) {
            nanosecond += digit * unit;
            unit /= 10;
        }
    }
    take(&mut rest, b'Z')?;
    let time = NaiveTime::from_hms_nano_opt(hour, minute, second, nanosecond)?;
    rest.is_empty().then(|| NaiveDateTime::new(day, time).and_utc())
}

fn take_day(rest: &mut &[u8]) -> Option<NaiveDate> {
    let year = digits(rest, 4)?;
    take(rest, b'-')?;
    let month = digits(rest, 2)?;
    take(rest, b'-')?;
    let day = digits(rest, 2)?;
    NaiveDate::from_ymd_opt(i32::try_from(year).ok()?, month, day)
}

fn take(rest: &mut &[u8], mark: u8) -> Option<()> {
    let (first, others) = rest.split_first()?;
    (*first == mark).then(|| *rest = others)
}

fn digits(rest: &mut &[u8], count: usize) -> Option<u32> {
    let mut number = 0;
    for _ in 0..count {
        let (first, others) = rest.split_first().filter(|(first, _)| first.is_ascii_digit())?;
        number = number * 10 + u32::from(first - b'0');
        *rest = others;
    }
    Some(number)
}
