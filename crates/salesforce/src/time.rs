//! Salesforce's spellings of points in time. Answers have `2011-07-07T00:37:00.000+0000`, which RFC 3339 parsers
//! refuse, change events have `…Z`; both are read. Written is always `…Z`.
//!
//! For fields of rows: `#[serde(deserialize_with = "salesforce::time::deserialize")]`, or [`optional`] together with
//! `#[serde(default)]`.

use chrono::{DateTime, Utc};
use serde::{Deserialize, Deserializer, de};

/// Reads either spelling; `None` for other text.
#[must_use]
pub fn parse(text: &str) -> Option<DateTime<Utc>> {
    DateTime::parse_from_rfc3339(text)
        .or_else(|_| DateTime::parse_from_str(text, "%Y-%m-%dT%H:%M:%S%.f%z"))
        .ok()
        .map(|time| time.with_timezone(&Utc))
}

/// The spelling for requests, with milliseconds: `2026-11-01T10:00:00.000Z`.
#[must_use]
pub fn text(time: DateTime<Utc>) -> String {
    time.format("%Y-%m-%dT%H:%M:%S%.3fZ").to_string()
}

/// The spelling for query parameters and queries: `2026-11-01T10:00:00Z`.
pub(crate) fn seconds(time: DateTime<Utc>) -> String {
    time.format("%Y-%m-%dT%H:%M:%SZ").to_string()
}

/// The HTTP-date of conditional requests (RFC 9110, 5.6.7).
pub(crate) fn http_date(time: DateTime<Utc>) -> String {
    time.format("%a, %d %b %Y %H:%M:%S GMT").to_string()
}

/// For serde: a point in time.
pub fn deserialize<'de, D: Deserializer<'de>>(deserializer: D) -> Result<DateTime<Utc>, D::Error> {
    let text = String::deserialize(deserializer)?;
    parse(&text).ok_or_else(|| de::Error::custom("no point in time"))
}

/// For serde: a point in time, or null.
pub fn optional<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<DateTime<Utc>>, D::Error> {
    match Option::<String>::deserialize(deserializer)? {
        None => Ok(None),
        Some(text) => parse(&text).map(Some).ok_or_else(|| de::Error::custom("no point in time")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn both_spellings_are_read() {
        let time = DateTime::from_timestamp(1_310_000_220, 0).unwrap();
        for spelling in [
            "2011-07-07T00:57:00.000+0000",
            "2011-07-07T00:57:00Z",
            "2011-07-07T00:57:00.000Z",
            "2011-07-07T02:57:00.000+0200",
            "2011-07-07T00:57:00+00:00",
        ] {
            assert_eq!(parse(spelling), Some(time), "{spelling}");
        }
        assert_eq!(text(time), "2011-07-07T00:57:00.000Z");
        assert_eq!(seconds(time), "2011-07-07T00:57:00Z");
        assert_eq!(http_date(time), "Thu, 07 Jul 2011 00:57:00 GMT");
    }

    #[test]
    fn other_text_is_no_time() {
        for text in ["", "2011-07-07", "2011-07-07T00:37:00", "2011-13-07T00:37:00Z", "TODAY", "é"] {
            assert_eq!(parse(text), None, "{text}");
        }
    }

    #[test]
    fn an_empty_field_is_no_time() {
        #[derive(Deserialize)]
        struct Row {
            #[serde(default, deserialize_with = "optional")]
            at: Option<DateTime<Utc>>,
        }
        assert_eq!(serde_json::from_str::<Row>(r#"{"at":null}"#).unwrap().at, None);
        assert_eq!(serde_json::from_str::<Row>("{}").unwrap().at, None);
        assert!(serde_json::from_str::<Row>(r#"{"at":"x"}"#).is_err());
    }
}
