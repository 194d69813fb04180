//! Salesforce's error bodies: an array of `{message, errorCode, fields?}`.

use serde_json::{Value, json};

use crate::answer::Answer;

/// A refused REST call.
#[derive(Debug, Clone, PartialEq)]
pub struct RestError {
    pub status: u16,
    pub code: String,
    pub message: String,
    /// Present, even empty, for errors about a record; absent for queries and resources.
    pub fields: Option<Vec<String>>,
}

impl RestError {
    pub fn new(status: u16, code: &str, message: impl Into<String>) -> Self {
        Self { status, code: code.to_owned(), message: message.into(), fields: None }
    }

    /// An error about a record.
    pub fn record(status: u16, code: &str, message: impl Into<String>, fields: &[&str]) -> Self {
        let fields = fields.iter().map(|&field| field.to_owned()).collect();
        Self { fields: Some(fields), ..Self::new(status, code, message) }
    }

    pub fn not_found() -> Self {
        Self::new(404, "NOT_FOUND", "The requested resource does not exist")
    }

    pub fn session() -> Self {
        Self::new(401, "INVALID_SESSION_ID", "Session expired or invalid")
    }

    pub fn bad_json() -> Self {
        Self::new(400, "JSON_PARSER_ERROR", "The HTTP entity body is required to be well-formed JSON")
    }

    pub fn no_such_column(field: &str, object: &str) -> Self {
        Self::new(400, "INVALID_FIELD", format!("No such column '{field}' on sobject of type {object}"))
    }

    pub fn body(&self) -> Value {
        let mut error = json!({ "message": self.message, "errorCode": self.code });
        if let (Some(fields), Value::Object(members)) = (&self.fields, &mut error) {
            members.insert("fields".to_owned(), json!(fields));
        }
        json!([error])
    }

    pub fn answer(&self) -> Answer {
        let answer = super::data_answer(self.status, Some(&self.body()));
        if self.status == 401 { answer.with("WWW-Authenticate", "Token") } else { answer }
    }
}
