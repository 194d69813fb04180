//! A JSON object with readers as tolerant as WHMCS is loose: every scalar may come as number, string or
//! boolean, an unset date as zeros, an empty list in seven shapes.
//!
//! HTML entities. WHMCS stores text entity-encoded in places (`&amp;`, `&#039;`, accents) and does not say
//! where, so the `display` readers decode once and only once; whoever prints the text escapes it again.
//! `html-escape` does the decoding: it is small, kept up, knows every named and numeric entity that PHP's
//! `htmlentities` emits, and leaves control characters and entities without a semicolon alone. A table of our
//! own would only be a part of that one.

use chrono::{NaiveDate, NaiveDateTime};

use crate::{amount::Amount, error::Error, json::Json, piece::Piece};

type Result<T> = std::result::Result<T, Error>;

/// The members of a JSON object, in the order they were sent.
#[derive(Clone, PartialEq, Eq, Default)]
pub(crate) struct Object {
    pub(crate) members: Vec<(Piece, Json)>,
}

impl Object {
    pub(crate) const fn new(members: Vec<(Piece, Json)>) -> Self {
        Self { members }
    }

    /// The member, the last one if it was sent twice, as PHP and browsers read it.
    pub(crate) fn get(&self, name: &str) -> Option<&Json> {
        self.members.iter().rev().find(|(known, _)| known.as_str() == name).map(|(_, value)| value)
    }

    /// Whether the member is there and not null.
    pub(crate) fn has(&self, name: &str) -> bool {
        !matches!(self.get(name), None | Some(Json::Null))
    }

    /// Text as sent; empty if missing or null.
    fn raw(&self, name: &'static str) -> Result<&str> {
        match self.get(name) {
            None | Some(Json::Null | Json::Flag(false)) => Ok(""),
            Some(Json::Flag(true)) => Ok("1"),
            Some(Json::Number(text) | Json::Text(text)) => Ok(text.as_str()),
            // PHP prints an empty array where it means nothing.
            Some(Json::List(items)) if items.is_empty() => Ok(""),
            Some(Json::List(_) | Json::Map(_)) => Err(Error::shape(name)),
        }
    }

    /// Text as sent; empty if missing or null.
    pub(crate) fn text(&self, name: &'static str) -> Result<String> {
        self.raw(name).map(str::to_owned)
    }

    /// [`Self::text`], `None` when blank.
    pub(crate) fn optional_text(&self, name: &'static str) -> Result<Option<String>> {
        Ok(Some(self.raw(name)?).filter(|text| !text.trim().is_empty()).map(str::to_owned))
    }

    /// Text for people, entities decoded once.
    pub(crate) fn display(&self, name: &'static str) -> Result<String> {
        Ok(html_escape::decode_html_entities(self.raw(name)?).into_owned())
    }

    /// [`Self::display`], `None` when blank.
    pub(crate) fn optional_display(&self, name: &'static str) -> Result<Option<String>> {
        Ok(Some(self.display(name)?).filter(|text| !text.trim().is_empty()))
    }

    /// A whole number that is not negative; `None` if missing, null or blank.
    pub(crate) fn number(&self, name: &'static str) -> Result<Option<u64>> {
        let text = match self.get(name) {
            Some(Json::Flag(flag)) => return Ok(Some((*flag).into())),
            _ => self.raw(name)?,
        };
        match text.trim() {
            "" => Ok(None),
            digits => digits.parse().map(Some).map_err(|_| Error::shape(name)),
        }
    }

    /// A record's number, which must be there and not zero.
    pub(crate) fn id<T: From<u64>>(&self, name: &'static str) -> Result<T> {
        self.optional_id(name)?.ok_or_else(|| Error::shape(name))
    }

    /// A record's number; zero means none.
    pub(crate) fn optional_id<T: From<u64>>(&self, name: &'static str) -> Result<Option<T>> {
        Ok(self.number(name)?.filter(|number| *number != 0).map(T::from))
    }

    /// A decimal, which must be there.
    pub(crate) fn amount(&self, name: &'static str) -> Result<Amount> {
        Amount::parse(self.raw(name)?.trim()).ok_or_else(|| Error::shape(name))
    }

    /// A decimal; `None` if missing, null or blank.
    pub(crate) fn optional_amount(&self, name: &'static str) -> Result<Option<Amount>> {
        match self.raw(name)?.trim() {
            "" => Ok(None),
            text => Amount::parse(text).map(Some).ok_or_else(|| Error::shape(name)),
        }
    }

    /// A yes or no; `None` if missing or null.
    pub(crate) fn flag(&self, name: &'static str) -> Result<Option<bool>> {
        if !self.has(name) {
            return Ok(None);
        }
        match self.raw(name)?.trim().to_ascii_lowercase().as_str() {
            "1" | "on" | "true" | "yes" => Ok(Some(true)),
            "" | "0" | "off" | "false" | "no" => Ok(Some(false)),
            _ => Err(Error::shape(name)),
        }
    }

    /// A date without zone; `None` when unset.
    pub(crate) fn date(&self, name: &'static str) -> Result<Option<NaiveDate>> {
        Ok(self.date_time(name)?.map(|moment| moment.date()))
    }

    /// Date and time in the zone of the WHMCS server, which it does not tell; `None` when unset.
    pub(crate) fn date_time(&self, name: &'static str) -> Result<Option<NaiveDateTime>> {
        let text = self.raw(name)?.trim();
        // The second form is a zero date that went through PHP's DateTime.
        if text.is_empty() || text.starts_with("0000-00-00") || text.starts_with("-0001-11-30") {
            return Ok(None);
        }
        moment(text).map(Some).ok_or_else(|| Error::shape(name))
    }

    /// An object, which must be there.
    pub(crate) fn object(&self, name: &'static str) -> Result<&Self> {
        match self.get(name) {
            Some(Json::Map(object)) => Ok(object),
            _ => Err(Error::shape(name)),
        }
    }

    /// An object; `None` in all the shapes of nothing.
    pub(crate) fn optional_object(&self, name: &'static str) -> Result<Option<&Self>> {
        match self.get(name) {
            None | Some(Json::Null | Json::Flag(false)) => Ok(None),
            Some(Json::Text(text)) if text.as_str().trim().is_empty() => Ok(None),
            Some(Json::List(items)) if items.is_empty() => Ok(None),
            Some(Json::Map(object)) => Ok(Some(object)),
            Some(_) => Err(Error::shape(name)),
        }
    }
}

/// `2016-01-08` or `2016-01-08 14:06:34`. Written out because a page of a list holds hundreds of them, and
/// chrono reads its format string for each one again.
fn moment(text: &str) -> Option<NaiveDateTime> {
    let (day, time) = text.split_once(' ').unwrap_or((text, "00:00:00"));
    let [year, month, day] = numbers(day, '-', [4, 2, 2])?;
    let [hour, minute, second] = numbers(time, ':', [2, 2, 2])?;
    NaiveDate::from_ymd_opt(i32::try_from(year).ok()?, month, day)?.and_hms_opt(hour, minute, second)
}

/// Three numbers of so many digits each.
fn numbers(text: &str, separator: char, digits: [usize; 3]) -> Option<[u32; 3]> {
    let mut parts = text.split(separator);
    let mut numbers = [0; 3];
    for (number, length) in numbers.iter_mut().zip(digits) {
        let part = parts.next()?;
        if part.len() != length || !part.bytes().all(|byte| byte.is_ascii_digit()) {
            return None;
        }
        *number = part.parse().ok()?;
    }
    parts.next().is_none().then_some(numbers)
}

#[cfg(test)]
pub(crate) mod tests {
    use chrono::NaiveDate;

    use super::Object;
    use crate::{error::Error, ids::ClientId, json::Json};

    pub(crate) fn object(text: &str) -> Object {
        match Json::parse(text.as_bytes()) {
            Ok(Json::Map(object)) => object,
            _ => panic!("not an object: {text}"),
        }
    }

    pub(crate) fn field(value: &str) -> Object {
        object(&format!("{{\"x\":{value}}}"))
    }

    #[test]
    fn numbers_come_as_number_text_or_boolean() {
        for (value, number) in [("7", 7), ("\"7\"", 7), ("\" 7 \"", 7), ("true", 1), ("false", 0)] {
            assert_eq!(field(value).number("x"), Ok(Some(number)), "{value}");
        }
        for value in ["null", "\"\"", "[]"] {
            assert_eq!(field(value).number("x"), Ok(None), "{value}");
        }
        assert_eq!(object("{}").number("x"), Ok(None));
        for value in ["-1", "1.5", "\"seven\"", "99999999999999999999", "[1]", "{}"] {
            assert_eq!(field(value).number("x"), Err(Error::shape("x")), "{value}");
        }
    }

    #[test]
    fn an_id_is_neither_missing_nor_zero() {
        assert_eq!(field("\"41\"").id("x"), Ok(ClientId::new(41)));
        assert_eq!(field("0").id::<ClientId>("x"), Err(Error::shape("x")));
        assert_eq!(object("{}").id::<ClientId>("x"), Err(Error::shape("x")));
        assert_eq!(field("0").optional_id::<ClientId>("x"), Ok(None));
    }

    #[test]
    fn booleans_come_in_every_dress() {
        for value in ["true", "1", "\"1\"", "\"on\"", "\"true\"", "\"True\""] {
            assert_eq!(field(value).flag("x"), Ok(Some(true)), "{value}");
        }
        for value in ["false", "0", "\"0\"", "\"\"", "\"off\"", "\"false\""] {
            assert_eq!(field(value).flag("x"), Ok(Some(false)), "{value}");
        }
        assert_eq!(field("null").flag("x"), Ok(None));
        assert_eq!(object("{}").flag("x"), Ok(None));
        assert_eq!(field("\"maybe\"").flag("x"), Err(Error::shape("x")));
        assert_eq!(field("2").flag("x"), Err(Error::shape("x")));
    }

    #[test]
    fn unset_dates_are_none_and_odd_dates_are_not_swallowed() {
        let day = NaiveDate::from_ymd_opt(2016, 1, 8).unwrap();
        assert_eq!(field("\"2016-01-08\"").date("x"), Ok(Some(day)));
        assert_eq!(field("\"2016-01-08 14:06:34\"").date("x"), Ok(Some(day)));
        assert_eq!(field("\"2016-01-08 14:06:34\"").date_time("x"), Ok(day.and_hms_opt(14, 6, 34)));
        for value in
            ["null", "\"\"", "\"0000-00-00\"", "\"0000-00-00 00:00:00\"", "\"-0001-11-30 00:00:00\"", "false"]
        {
            assert_eq!(field(value).date_time("x"), Ok(None), "{value}");
        }
        for value in [
            "\"17/05/2019 10:01\"",
            "\"2016-13-01\"",
            "\"2016-02-30\"",
            "\"2016-01-08 25:00:00\"",
            "\"2016-01-08 14:06\"",
            "\"2016-01-08T14:06:34\"",
            "\"2016-1-8\"",
            "\"2016-01-08-01\"",
            "\"+016-01-08\"",
            "true",
            "20160108",
        ] {
            assert_eq!(field(value).date("x"), Err(Error::shape("x")), "{value}");
        }
    }

    #[test]
    fn amounts_keep_their_text_and_must_be_there() {
        assert_eq!(field("\"15.90\"").amount("x").unwrap().as_str(), "15.90");
        assert_eq!(field("15.90").amount("x").unwrap().as_str(), "15.90");
        for value in ["\"\"", "null", "\"$15.90\"", "1e3"] {
            assert_eq!(field(value).amount("x"), Err(Error::shape("x")), "{value}");
        }
    }

    #[test]
    fn an_optional_amount_may_be_absent_but_not_garbled() {
        for value in ["null", "\"\"", "[]", "false"] {
            assert_eq!(field(value).optional_amount("x"), Ok(None), "{value}");
        }
        assert_eq!(field("-1").optional_amount("x").unwrap().unwrap().as_str(), "-1");
        assert_eq!(field("\"$1.00\"").optional_amount("x"), Err(Error::shape("x")));
    }

    #[test]
    fn entities_are_decoded_once_and_only_for_people() {
        let text = field(
            r#""Caf&eacute; O&#039;Brien &amp;amp; S\u00f6hne &lt;GmbH&gt; &quot;A&quot; &unknown; A&B""#,
        );
        assert_eq!(text.display("x").unwrap(), "Café O'Brien &amp; Söhne <GmbH> \"A\" &unknown; A&B");
        assert!(text.text("x").unwrap().starts_with("Caf&eacute;"));
        assert_eq!(field("\" \"").optional_display("x"), Ok(None));
    }

    #[test]
    fn the_last_of_two_equal_members_counts() {
        assert_eq!(object(r#"{"x":1,"x":2}"#).number("x"), Ok(Some(2)));
    }
}
