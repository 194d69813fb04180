//! Parameters in the query: each known, each given once, each in range.

use std::collections::HashSet;

use actix_web::{FromRequest, HttpRequest, dev::Payload};
use serde::de::DeserializeOwned;
use shared_types::problem::{FieldCode, FieldError, ProblemCode};

use crate::error::ApiError;

/// Longest query, in bytes.
const MAX_QUERY: usize = 2048;

/// A query that says which of its parameters are out of range.
pub trait Query: DeserializeOwned {
    /// The parameters that are wrong although they can be read.
    fn wrong(&self) -> Vec<(&'static str, FieldCode)>;
}

/// A query that was understood and is valid.
#[derive(Clone, Debug)]
pub struct ValidQuery<T>(pub T);

impl<T: Query> FromRequest for ValidQuery<T> {
    type Error = ApiError;
    type Future = std::future::Ready<Result<Self, ApiError>>;

    fn from_request(request: &HttpRequest, _: &mut Payload) -> Self::Future {
        std::future::ready(parse(request.query_string()).map(Self))
    }
}

fn parse<T: Query>(query: &str) -> Result<T, ApiError> {
    if query.len() > MAX_QUERY {
        return Err(ApiError::new(ProblemCode::RequestMalformed));
    }
    let mut seen = HashSet::new();
    for (name, _) in url::form_urlencoded::parse(query.as_bytes()) {
        if !seen.insert(name.clone()) {
            return Err(malformed(&name, FieldCode::Choice).with_detail("A parameter may be given once."));
        }
    }
    let pairs = url::form_urlencoded::parse(query.as_bytes());
    let value: T =
        serde_path_to_error::deserialize(serde_urlencoded::Deserializer::new(pairs)).map_err(|error| {
            let message = error.inner().to_string();
            let code = if message.starts_with("unknown field") {
                FieldCode::Unknown
            } else if message.starts_with("unknown variant") {
                FieldCode::Choice
            } else {
                FieldCode::Type
            };
            malformed(&error.path().to_string(), code)
        })?;
    let wrong = value.wrong();
    if wrong.is_empty() {
        return Ok(value);
    }
    let errors =
        wrong.into_iter().map(|(name, code)| FieldError { pointer: format!("?{name}"), code }).collect();
    Err(ApiError::new(ProblemCode::RequestMalformed).with_fields(errors))
}

fn malformed(name: &str, code: FieldCode) -> ApiError {
    let mut pointer = format!("?{name}");
    pointer.truncate(pointer.floor_char_boundary(100));
    ApiError::new(ProblemCode::RequestMalformed).with_fields(vec![FieldError { pointer, code }])
}

#[cfg(test)]
mod tests {
    use serde::Deserialize;

    use super::*;

    #[derive(Debug, Deserialize, PartialEq)]
    #[serde(deny_unknown_fields)]
    struct Sample {
        page: Option<u32>,
    }

    impl Query for Sample {
        fn wrong(&self) -> Vec<(&'static str, FieldCode)> {
            if self.page == Some(0) { vec![("page", FieldCode::OutOfRange)] } else { Vec::new() }
        }
    }

    #[test]
    fn refuses_what_is_unknown_doubled_or_out_of_range() {
        let wrong = |query: &str| parse::<Sample>(query).unwrap_err().problem("r").errors.remove(0);
        assert_eq!(parse::<Sample>("page=2").unwrap(), Sample { page: Some(2) });
        assert_eq!(parse::<Sample>("").unwrap(), Sample { page: None });
        for (query, code) in [
            ("page=0", FieldCode::OutOfRange),
            ("page=x", FieldCode::Type),
            ("page=-1", FieldCode::Type),
            ("page=99999999999", FieldCode::Type),
            ("page=1&page=2", FieldCode::Choice),
        ] {
            assert_eq!(wrong(query), FieldError { pointer: "?page".into(), code }, "{query}");
        }
        assert_eq!(wrong("pgae=1"), FieldError { pointer: "?pgae".into(), code: FieldCode::Unknown });
    }
}
