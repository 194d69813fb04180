//! Shapes that several actions print: dates, lists, pages, the stringy profile, XML.

use std::fmt::Write as _;

use chrono::{NaiveDate, NaiveDateTime, Timelike as _};
use serde_json::{Value, json};

use super::{Fields, Params};
use crate::config::{Config, EmptyList, RowList};

/// `YYYY-MM-DD`, or WHMCS's unset date.
pub fn date(date: Option<NaiveDate>) -> String {
    date.map_or_else(|| "0000-00-00".to_owned(), |date| date.to_string())
}

/// `YYYY-MM-DD HH:MM:SS`, or WHMCS's unset moment.
pub fn moment(moment: Option<NaiveDateTime>) -> String {
    moment.map_or_else(
        || "0000-00-00 00:00:00".to_owned(),
        |moment| {
            let (hour, minute, second) = (moment.hour(), moment.minute(), moment.second());
            format!("{} {hour:02}:{minute:02}:{second:02}", moment.date())
        },
    )
}

/// Text as WHMCS stores it: HTML special characters as entities.
pub fn stored(text: &str) -> String {
    crate::html::escape(text)
}

/// One page of `rows` with the paging members in front.
pub struct Page<T> {
    pub total: usize,
    pub start: usize,
    pub rows: Vec<T>,
}

impl<T> Page<T> {
    /// Cuts the page that `limitstart` and `limitnum` (25 when absent) ask for, reading each row once.
    /// `known` is how many there are, when nothing is left out of them.
    pub fn cut(
        config: &Config,
        params: &Params,
        known: Option<usize>,
        rows: impl IntoIterator<Item = T>,
    ) -> Self {
        let number = |name: &str| params.number(name).and_then(|n| usize::try_from(n).ok());
        let start = number("limitstart").unwrap_or(0);
        let mut size = number("limitnum").filter(|size| *size > 0).unwrap_or(25);
        if config.max_limit > 0 {
            size = size.min(config.max_limit);
        }
        let mut all = rows.into_iter();
        let passed = all.by_ref().take(start).count();
        let page: Vec<T> = all.by_ref().take(size).collect();
        let total = known.unwrap_or_else(|| passed + page.len() + all.count());
        Self { total, start, rows: page }
    }

    pub fn members(&self) -> Fields {
        let mut fields = Fields::new();
        fields.insert("totalresults".to_owned(), json!(self.total));
        fields.insert("startnumber".to_owned(), json!(self.start));
        fields.insert("numreturned".to_owned(), json!(self.rows.len()));
        fields
    }
}

/// Puts `rows` under `name`, wrapped as `{inner: […]}`, or bare when `inner` is `None`; an empty list in the configured variant.
pub fn put_list(config: &mut Config, into: &mut Fields, name: &str, inner: Option<&str>, rows: Vec<Value>) {
    let wrap = |value: Value| inner.map_or_else(|| value.clone(), |inner| json!({ inner: value.clone() }));
    let value = if rows.is_empty() {
        match config.next_empty() {
            EmptyList::Documented if name == "transactions" => json!(""),
            EmptyList::Documented | EmptyList::Wrapped | EmptyList::Cycle => wrap(json!([])),
            EmptyList::WrappedText => wrap(json!("")),
            EmptyList::Text => json!(""),
            EmptyList::Array => json!([]),
            EmptyList::Object => json!({}),
            EmptyList::Null => Value::Null,
            EmptyList::Missing => return,
        }
    } else {
        wrap(match config.row_list {
            RowList::Keyed => {
                rows.into_iter().enumerate().map(|(index, row)| (index.to_string(), row)).collect()
            }
            RowList::BareSingle if rows.len() == 1 => rows.into_iter().next().unwrap_or_default(),
            RowList::Array | RowList::BareSingle => Value::Array(rows),
        })
    };
    into.insert(name.to_owned(), value);
}

/// A list inside a row, with its wrapper, in the same variants.
pub fn inner_list(config: &mut Config, row: &mut Fields, name: &str, inner: &str, rows: Vec<Value>) {
    put_list(config, row, name, Some(inner), rows);
}

/// The members of an object literal.
pub fn fields(value: Value) -> Fields {
    match value {
        Value::Object(fields) => fields,
        _ => Fields::new(),
    }
}

/// Turns every number and boolean into the string PHP's conversion gives.
pub fn stringify(value: &mut Value) {
    match value {
        Value::Bool(flag) => *value = json!(if *flag { "1" } else { "" }),
        Value::Number(number) => *value = Value::String(number.to_string()),
        Value::Array(items) => items.iter_mut().for_each(stringify),
        Value::Object(members) => members.values_mut().for_each(stringify),
        Value::Null | Value::String(_) => {}
    }
}

/// Decodes stored text everywhere but in HTML descriptions.
pub fn decode_text(value: &mut Value) {
    match value {
        Value::String(text) if text.contains('&') && !text.contains('<') => {
            *text = crate::html::decode(text);
        }
        Value::Array(items) => items.iter_mut().for_each(decode_text),
        Value::Object(members) => members.values_mut().for_each(decode_text),
        _ => {}
    }
}

/// Stands for bytes that are not UTF-8, which Rust text cannot hold.
pub const MALFORMED: char = '\u{fffd}';

/// What `json_encode` leaves behind when it meets such bytes.
pub const MALFORMED_ERROR: &str =
    "Error generating JSON encoded response: Malformed UTF-8 characters, possibly incorrectly encoded";

/// Whether some text could not be printed as JSON.
pub fn malformed(value: &Value) -> bool {
    match value {
        Value::String(text) => text.contains(MALFORMED),
        Value::Array(items) => items.iter().any(malformed),
        Value::Object(members) => members.values().any(malformed),
        _ => false,
    }
}

/// The same answer as XML: what a caller gets who does not ask for JSON.
pub fn xml(body: &Value) -> String {
    fn write(out: &mut String, value: &Value) {
        match value {
            Value::Null => {}
            Value::Bool(flag) => out.push_str(if *flag { "1" } else { "" }),
            Value::Number(number) => out.push_str(&number.to_string()),
            Value::String(text) => out.push_str(&crate::html::escape(text)),
            Value::Array(items) => items.iter().for_each(|item| element(out, "item", item)),
            Value::Object(members) => members.iter().for_each(|(name, member)| match member {
                Value::Array(items) => items.iter().for_each(|item| element(out, name, item)),
                member => element(out, name, member),
            }),
        }
    }
    fn element(out: &mut String, name: &str, value: &Value) {
        // Writing to a `String` cannot fail.
        let _ = write!(out, "<{name}>");
        write(out, value);
        let _ = writeln!(out, "</{name}>");
    }
    let mut out = String::from("<?xml version=\"1.0\" encoding=\"utf-8\"?>\n");
    element(&mut out, "whmcsapi", body);
    out
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    #[test]
    fn the_stringy_profile_leaves_no_number_and_no_boolean() {
        let mut value = json!({"id": 1, "list": [{"on": true, "off": false}], "none": null});
        super::stringify(&mut value);
        assert_eq!(value, json!({"id": "1", "list": [{"on": "1", "off": ""}], "none": null}));
    }
}
