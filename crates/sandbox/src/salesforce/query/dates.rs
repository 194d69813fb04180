//! Date literals: `TODAY`, `LAST_N_DAYS:7` and the like, as spans of time in the user's zone.

use chrono::{DateTime, Datelike, Months, NaiveDate, TimeDelta, Utc};

/// Literals without a number, and those that need one.
const PLAIN: [&str; 17] = [
    "YESTERDAY",
    "TODAY",
    "TOMORROW",
    "LAST_WEEK",
    "THIS_WEEK",
    "NEXT_WEEK",
    "LAST_MONTH",
    "THIS_MONTH",
    "NEXT_MONTH",
    "LAST_90_DAYS",
    "NEXT_90_DAYS",
    "LAST_QUARTER",
    "THIS_QUARTER",
    "NEXT_QUARTER",
    "LAST_YEAR",
    "THIS_YEAR",
    "NEXT_YEAR",
];
const NUMBERED: [&str; 9] = [
    "LAST_N_DAYS",
    "NEXT_N_DAYS",
    "N_DAYS_AGO",
    "LAST_N_WEEKS",
    "NEXT_N_WEEKS",
    "LAST_N_MONTHS",
    "NEXT_N_MONTHS",
    "LAST_N_YEARS",
    "NEXT_N_YEARS",
];

/// Whether this is a date literal, with or without a number.
pub fn known(name: &str, numbered: bool) -> bool {
    if numbered { NUMBERED.contains(&name) } else { PLAIN.contains(&name) }
}

/// First day and the day after the last, for somebody for whom it is `today`.
pub fn days(name: &str, number: u32, today: NaiveDate) -> Option<(NaiveDate, NaiveDate)> {
    let day = |offset: i64| today.checked_add_signed(TimeDelta::try_days(offset)?);
    let n = i64::from(number);
    // Weeks begin on Sunday, as in the default locale.
    let sunday = day(-i64::from(today.weekday().num_days_from_sunday()))?;
    let week = |offset: i64| sunday.checked_add_signed(TimeDelta::try_weeks(offset)?);
    let month = |offset: i64| shift(today.with_day(1)?, offset);
    let january = today.with_ordinal(1)?;
    let year = |offset: i64| shift(january, offset.checked_mul(12)?);
    let quarter = |offset: i64| {
        let into = i64::from(today.month0() % 3);
        shift(today.with_day(1)?, offset * 3 - into)
    };
    Some(match name {
        "YESTERDAY" => (day(-1)?, today),
        "TODAY" => (today, day(1)?),
        "TOMORROW" => (day(1)?, day(2)?),
        "N_DAYS_AGO" => (day(-n)?, day(1 - n)?),
        // The last days include today.
        "LAST_N_DAYS" => (day(-n)?, day(1)?),
        "LAST_90_DAYS" => (day(-90)?, day(1)?),
        "NEXT_N_DAYS" => (day(1)?, day(n + 1)?),
        "NEXT_90_DAYS" => (day(1)?, day(91)?),
        "LAST_WEEK" => (week(-1)?, sunday),
        "THIS_WEEK" => (sunday, week(1)?),
        "NEXT_WEEK" => (week(1)?, week(2)?),
        "LAST_N_WEEKS" => (week(-n)?, sunday),
        "NEXT_N_WEEKS" => (week(1)?, week(n + 1)?),
        "LAST_MONTH" => (month(-1)?, month(0)?),
        "THIS_MONTH" => (month(0)?, month(1)?),
        "NEXT_MONTH" => (month(1)?, month(2)?),
        "LAST_N_MONTHS" => (month(-n)?, month(0)?),
        "NEXT_N_MONTHS" => (month(1)?, month(n + 1)?),
        "LAST_QUARTER" => (quarter(-1)?, quarter(0)?),
        "THIS_QUARTER" => (quarter(0)?, quarter(1)?),
        "NEXT_QUARTER" => (quarter(1)?, quarter(2)?),
        "LAST_YEAR" => (year(-1)?, january),
        "THIS_YEAR" => (january, year(1)?),
        "NEXT_YEAR" => (year(1)?, year(2)?),
        "LAST_N_YEARS" => (year(-n)?, january),
        "NEXT_N_YEARS" => (year(1)?, year(n + 1)?),
        _ => return None,
    })
}

/// So many months later, or earlier.
fn shift(day: NaiveDate, months: i64) -> Option<NaiveDate> {
    let size = Months::new(u32::try_from(months.unsigned_abs()).ok()?);
    if months < 0 { day.checked_sub_months(size) } else { day.checked_add_months(size) }
}

/// The user's present day.
pub fn today(now: DateTime<Utc>, offset_minutes: i32) -> NaiveDate {
    let offset = TimeDelta::try_minutes(i64::from(offset_minutes)).unwrap_or_default();
    now.checked_add_signed(offset).unwrap_or(now).date_naive()
}

/// The moment at which a day begins for the user.
pub fn midnight(day: NaiveDate, offset_minutes: i32) -> DateTime<Utc> {
    let offset = TimeDelta::try_minutes(i64::from(offset_minutes)).unwrap_or_default();
    let start = day.and_time(chrono::NaiveTime::MIN);
    start.checked_sub_signed(offset).unwrap_or(start).and_utc()
}

#[cfg(test)]
mod tests {
    use super::{NUMBERED, PLAIN, days, midnight, today};

    #[test]
    fn spans_meet_without_gaps() {
        let now = "2026-11-22T23:30:00Z".parse().unwrap();
        assert_eq!(today(now, 0).to_string(), "2026-11-22");
        let day = today(now, 60);
        assert_eq!(day.to_string(), "2026-11-23");
        assert_eq!(midnight(day, 60).to_rfc3339(), "2026-11-22T23:00:00+00:00");
        let span = |name, number| days(name, number, day).map(|(from, to)| format!("{from} {to}")).unwrap();
        assert_eq!(span("TODAY", 0), "2026-11-23 2026-11-24");
        assert_eq!(span("LAST_N_DAYS", 7), "2026-11-16 2026-11-24");
        assert_eq!(span("THIS_WEEK", 0), "2026-11-22 2026-11-29");
        assert_eq!(span("LAST_MONTH", 0), "2026-10-01 2026-11-01");
        assert_eq!(span("THIS_QUARTER", 0), "2026-10-01 2027-01-01");
        assert_eq!(span("LAST_YEAR", 0), "2025-01-01 2026-01-01");
        for unit in ["WEEK", "MONTH", "QUARTER", "YEAR"] {
            let [last, this, next] =
                ["LAST", "THIS", "NEXT"].map(|place| days(&format!("{place}_{unit}"), 0, day).unwrap());
            assert_eq!((last.1, this.1), (this.0, next.0), "{unit}");
        }
        for name in PLAIN.iter().chain(&NUMBERED) {
            let (from, to) = days(name, 3, day).unwrap();
            assert!(from < to, "{name}");
            assert!(days(name, u32::MAX, day).is_none_or(|(from, to)| from < to), "{name}");
        }
    }
}
