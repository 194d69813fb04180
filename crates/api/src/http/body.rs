//! JSON bodies: read within bounds, parsed strictly, validated by the rules of shared-types.

use std::{future::Future, pin::Pin, time::Duration};

use actix_web::{FromRequest, HttpRequest, dev::Payload, web::BytesMut};
use futures::StreamExt;
use serde::de::DeserializeOwned;
use shared_types::{
    problem::{FieldCode, FieldError, ProblemCode},
    validate::Validate,
};

use crate::error::ApiError;

/// Largest body of an operation, in bytes.
pub const MAX_BODY: usize = 32 * 1024;
/// How long a body may take to arrive. actix's own timeout ends with the head of a request.
const BODY_TIMEOUT: Duration = Duration::from_secs(10);

/// A body that was understood and is valid. Unknown fields are refused by the types themselves (`deny_unknown_fields`).
#[derive(Clone, Debug)]
pub struct ValidJson<T>(pub T);

impl<T: DeserializeOwned + Validate + 'static> FromRequest for ValidJson<T> {
    type Error = ApiError;
    type Future = Pin<Box<dyn Future<Output = Result<Self, ApiError>>>>;

    fn from_request(_: &HttpRequest, payload: &mut Payload) -> Self::Future {
        let payload = payload.take();
        Box::pin(async move {
            let reading = tokio::time::timeout(BODY_TIMEOUT, read(payload));
            let bytes = reading.await.map_err(|_| ApiError::new(ProblemCode::RequestTimeout))??;
            parse(&bytes).map(Self)
        })
    }
}

async fn read(mut payload: Payload) -> Result<BytesMut, ApiError> {
    let mut bytes = BytesMut::new();
    while let Some(chunk) = payload.next().await {
        let chunk = chunk.map_err(|_| ApiError::new(ProblemCode::RequestMalformed))?;
        if bytes.len() + chunk.len() > MAX_BODY {
            return Err(ApiError::new(ProblemCode::RequestTooLarge));
        }
        bytes.extend_from_slice(&chunk);
    }
    Ok(bytes)
}

fn parse<T: DeserializeOwned + Validate>(bytes: &[u8]) -> Result<T, ApiError> {
    let mut json = serde_json::Deserializer::from_slice(bytes);
    let value: T = serde_path_to_error::deserialize(&mut json).map_err(|error| malformed(&error))?;
    json.end().map_err(|_| ApiError::new(ProblemCode::RequestMalformed))?;
    value.validate().map_err(|errors| ApiError::new(ProblemCode::Validation).with_fields(errors))?;
    Ok(value)
}

/// A body of the wrong shape. Where the JSON itself is sound, the wrong field is named; its value never is.
fn malformed(error: &serde_path_to_error::Error<serde_json::Error>) -> ApiError {
    let refused = ApiError::new(ProblemCode::RequestMalformed);
    if error.inner().classify() != serde_json::error::Category::Data {
        return refused;
    }
    let message = error.inner().to_string();
    let code = if message.starts_with("unknown field") {
        FieldCode::Unknown
    } else if message.starts_with("missing field") {
        FieldCode::Required
    } else if message.starts_with("unknown variant") {
        FieldCode::Choice
    } else {
        FieldCode::Type
    };
    let pointer = match code {
        FieldCode::Required => format!("{}/{}", pointer(error.path()), named(&message)),
        _ => pointer(error.path()),
    };
    refused.with_fields(vec![FieldError { pointer, code }])
}

/// The name between backticks in serde's message, which is one of our own field names.
fn named(message: &str) -> &str {
    message.split('`').nth(1).unwrap_or_default()
}

fn pointer(path: &serde_path_to_error::Path) -> String {
    use serde_path_to_error::Segment;
    let mut pointer = String::new();
    for segment in path {
        pointer.push('/');
        match segment {
            Segment::Seq { index } => pointer.push_str(&index.to_string()),
            Segment::Map { key } => pointer.push_str(&key.replace('~', "~0").replace('/', "~1")),
            Segment::Enum { variant } => pointer.push_str(variant),
            Segment::Unknown => {}
        }
    }
    pointer.truncate(200);
    pointer
}

#[cfg(test)]
mod tests {
    use shared_types::auth::LoginRequest;

    use super::*;

    fn refused(body: &str) -> (ProblemCode, Vec<(String, FieldCode)>) {
        let error = parse::<LoginRequest>(body.as_bytes()).unwrap_err();
        let problem = error.problem("r");
        (problem.code, problem.errors.into_iter().map(|field| (field.pointer, field.code)).collect())
    }

    #[test]
    fn names_the_field_that_is_wrong() {
        let of = |pointer: &str, code| vec![(pointer.to_owned(), code)];
        assert_eq!(refused("{").1, []);
        assert_eq!(refused(r#"{"email":"a@b.example","password":"x"} x"#).0, ProblemCode::RequestMalformed);
        assert_eq!(refused(r#"{"email":1,"password":"x"}"#).1, of("/email", FieldCode::Type));
        assert_eq!(refused(r#"{"email":"a@b.example"}"#).1, of("/password", FieldCode::Required));
        assert_eq!(
            refused(r#"{"email":"a@b.example","password":"x","admin":true}"#).1,
            of("/admin", FieldCode::Unknown)
        );
        assert_eq!(
            refused(r#"{"email":"nobody","password":"x"}"#),
            (ProblemCode::Validation, of("/email", FieldCode::Email))
        );
        assert_eq!(refused(r#"{"email":"\ud800","password":"x"}"#).0, ProblemCode::RequestMalformed);
    }
}
