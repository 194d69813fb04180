//! Lists as WHMCS prints them: wrapped or bare, numbered or single, and empty in seven shapes. More readers of
//! [`Object`].

use crate::{error::Error, json::Json, object::Object};

type Result<T> = std::result::Result<T, Error>;

impl Object {
    /// The rows of a list, whichever way they are wrapped: `{outer: {inner: […]}}`, `{outer: […]}`, a
    /// numeric-keyed object or one bare object in place of either array, and all the shapes of no rows.
    pub(crate) fn rows(&self, outer: &'static str, inner: &'static str) -> Result<Vec<&Self>> {
        let list = match self.get(outer) {
            Some(Json::Map(wrapper)) => wrapper.get(inner).or(self.get(outer)),
            other => other,
        };
        match list {
            None | Some(Json::Null | Json::Flag(false)) => Ok(Vec::new()),
            Some(Json::Text(text)) if text.as_str().trim().is_empty() => Ok(Vec::new()),
            Some(Json::List(items)) => objects(items.iter(), outer),
            Some(Json::Map(map)) if map.is_numeric_keyed() => {
                objects(map.members.iter().map(|(_, value)| value), outer)
            }
            Some(Json::Map(row)) => Ok(vec![row]),
            Some(_) => Err(Error::shape(outer)),
        }
    }

    /// A list of texts, wrapped like [`Self::rows`] or given as one text; `None` if it is missing or null.
    pub(crate) fn texts(&self, outer: &'static str, inner: &'static str) -> Result<Option<Vec<String>>> {
        let list = match self.get(outer) {
            Some(Json::Map(wrapper)) => wrapper.get(inner).or(self.get(outer)),
            other => other,
        };
        let items: Vec<&Json> = match list {
            None | Some(Json::Null) => return Ok(None),
            Some(Json::List(items)) => items.iter().collect(),
            Some(Json::Map(map)) if map.is_numeric_keyed() => {
                map.members.iter().map(|(_, value)| value).collect()
            }
            Some(Json::Map(_)) => return Err(Error::shape(outer)),
            Some(scalar) => vec![scalar],
        };
        let texts = items.into_iter().map(|item| match item {
            Json::Text(text) | Json::Number(text) => Ok(text.as_str().to_owned()),
            Json::Null | Json::Flag(false) => Ok(String::new()),
            _ => Err(Error::shape(outer)),
        });
        Ok(Some(
            texts
                .filter(|text| text.as_ref().map_or(true, |text| !text.is_empty()))
                .collect::<Result<_>>()?,
        ))
    }

    /// The members of an object that maps names to objects, in the order they were sent. Where there are none,
    /// PHP prints a list or a scalar.
    pub(crate) fn entries(&self, name: &'static str) -> Result<Vec<(&str, &Self)>> {
        let members = self.optional_object(name)?.into_iter().flat_map(|map| &map.members);
        members
            .map(|(key, value)| match value {
                Json::Map(object) => Ok((key.as_str(), object)),
                _ => Err(Error::shape(name)),
            })
            .collect()
    }

    /// Record numbers, as comma-separated text, as one number or as a list of them; zeros are left out.
    pub(crate) fn ids<T: From<u64>>(&self, name: &'static str) -> Result<Vec<T>> {
        let texts = self.texts(name, name)?.unwrap_or_default();
        let numbers = texts.iter().flat_map(|text| text.split(',')).map(str::trim);
        numbers
            .filter(|digits| !digits.is_empty() && *digits != "0")
            .map(|digits| digits.parse().map(T::from).map_err(|_| Error::shape(name)))
            .collect()
    }

    fn is_numeric_keyed(&self) -> bool {
        self.members
            .iter()
            .map(|(name, _)| name.as_str())
            .all(|name| !name.is_empty() && name.bytes().all(|byte| byte.is_ascii_digit()))
    }
}

fn objects<'a>(items: impl Iterator<Item = &'a Json>, list: &'static str) -> Result<Vec<&'a Object>> {
    items
        .map(|item| match item {
            Json::Map(object) => Ok(object),
            _ => Err(Error::shape(list)),
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use crate::{
        error::Error,
        object::tests::{field, object},
    };

    #[test]
    fn ids_come_with_commas_or_as_a_list() {
        for value in ["\"1,2\"", "\" 1 , 2,\"", "[1,\"2\"]", "{\"x\":[1,2]}", "{\"0\":1,\"1\":2}"] {
            assert_eq!(field(value).ids::<u64>("x"), Ok(vec![1, 2]), "{value}");
        }
        for value in ["null", "\"\"", "[]", "{}", "0", "\"0\"", "false"] {
            assert_eq!(field(value).ids::<u64>("x"), Ok(Vec::new()), "{value}");
        }
        for value in ["\"1;2\"", "-1", "[[1]]", "true"] {
            assert_eq!(field(value).ids::<u64>("x"), Err(Error::shape("x")), "{value}");
        }
    }

    #[test]
    fn texts_tell_missing_from_empty() {
        assert_eq!(object("{}").texts("x", "y"), Ok(None));
        assert_eq!(field("null").texts("x", "y"), Ok(None));
        for value in ["\"\"", "[]", "{}", "{\"y\":[]}", "{\"y\":\"\"}"] {
            assert_eq!(field(value).texts("x", "y"), Ok(Some(Vec::new())), "{value}");
        }
        for value in ["[\"a\",\"b\"]", "{\"y\":[\"a\",\"b\"]}", "{\"0\":\"a\",\"1\":\"b\"}"] {
            assert_eq!(field(value).texts("x", "y"), Ok(Some(vec!["a".into(), "b".into()])), "{value}");
        }
        assert_eq!(field("{\"z\":1}").texts("x", "y"), Err(Error::shape("x")));
    }

    #[test]
    fn entries_keep_their_order() {
        let prices = field(r#"{"USD":{"id":1},"EUR":{"id":2}}"#);
        let keys = prices.entries("x").unwrap().into_iter().map(|(key, _)| key).collect::<Vec<_>>();
        assert_eq!(keys, ["USD", "EUR"]);
        for value in ["null", "\"\"", "[]", "{}"] {
            assert!(field(value).entries("x").unwrap().is_empty(), "{value}");
        }
        for value in ["1", "[1]", r#"{"USD":1}"#] {
            assert!(field(value).entries("x").is_err(), "{value}");
        }
    }

    fn row_ids(text: &str) -> Result<Vec<u64>, Error> {
        object(text).rows("rows", "row")?.into_iter().map(|row| row.id::<u64>("id")).collect()
    }

    #[test]
    fn rows_are_found_in_every_wrapper() {
        for text in [
            r#"{"rows":{"row":[{"id":1},{"id":2}]}}"#,
            r#"{"rows":[{"id":1},{"id":"2"}]}"#,
            r#"{"rows":{"row":{"0":{"id":1},"1":{"id":2}}}}"#,
            r#"{"rows":{"0":{"id":1},"10":{"id":2}}}"#,
        ] {
            assert_eq!(row_ids(text), Ok(vec![1, 2]), "{text}");
        }
        for text in [r#"{"rows":{"row":{"id":7}}}"#, r#"{"rows":{"id":7}}"#] {
            assert_eq!(row_ids(text), Ok(vec![7]), "{text}");
        }
    }

    #[test]
    fn no_rows_come_in_many_shapes() {
        for value in
            ["\"\"", "null", "[]", "{}", r#"{"row":[]}"#, r#"{"row":""}"#, r#"{"row":null}"#, r#"{"row":{}}"#]
        {
            assert_eq!(row_ids(&format!("{{\"rows\":{value}}}")), Ok(Vec::new()), "{value}");
        }
        assert_eq!(row_ids("{}"), Ok(Vec::new()));
    }

    #[test]
    fn what_is_no_list_is_not_an_empty_list() {
        for value in ["5", "\"x\"", "true", "[1]", "[null]", r#"{"row":"x"}"#, r#"{"0":1}"#] {
            assert_eq!(row_ids(&format!("{{\"rows\":{value}}}")), Err(Error::shape("rows")), "{value}");
        }
    }
}
