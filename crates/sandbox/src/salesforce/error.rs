//! Salesforce's error bodies: an array of `{message, errorCode, fields?}`; in collections `statusCode` instead of `errorCode`.

use super::wire::Out;
use crate::answer::Answer;

/// A refused REST call.
#[derive(Debug, Clone)]
pub struct RestError {
    pub status: u16,
    pub code: String,
    pub message: String,
    /// Present, even empty, for errors about a record; absent for queries and resources.
    pub fields: Option<Vec<String>>,
    /// What a duplicate rule found.
    pub duplicates: Option<Box<Out>>,
}

/// Status, text and presence of `fields` of the codes that faults plant by name.
const CATALOGUE: &[(&str, u16, &str, bool)] = &[
    ("INVALID_SESSION_ID", 401, "Session expired or invalid", false),
    ("NOT_FOUND", 404, "The requested resource does not exist", false),
    ("INVALID_CROSS_REFERENCE_KEY", 404, "invalid cross reference id", true),
    ("ENTITY_IS_DELETED", 404, "entity is deleted", true),
    (
        "DUPLICATE_VALUE",
        400,
        "duplicate value found: unknown duplicates value on record with id: unknown",
        true,
    ),
    ("DUPLICATES_DETECTED", 400, "Use one of these records?", false),
    ("FIELD_CUSTOM_VALIDATION_EXCEPTION", 400, "This value is not allowed.", true),
    ("INSUFFICIENT_ACCESS_OR_READONLY", 400, "insufficient access rights on object id", true),
    (
        "INSUFFICIENT_ACCESS_ON_CROSS_REFERENCE_ENTITY",
        400,
        "insufficient access rights on cross-reference id: 001SB0000000001",
        true,
    ),
    ("INVALID_QUERY_LOCATOR", 400, "invalid query locator", false),
    ("UNABLE_TO_LOCK_ROW", 400, "unable to obtain exclusive access to this record", true),
    ("REQUEST_LIMIT_EXCEEDED", 403, "TotalRequests Limit exceeded.", false),
    ("TOO_MANY_APEX_REQUESTS", 503, "Too many requests, please try again", false),
    ("QUERY_TIMEOUT", 400, "Your query request was running for too long.", false),
    ("STORAGE_LIMIT_EXCEEDED", 400, "storage limit exceeded", true),
    ("SERVER_UNAVAILABLE", 503, "The server is temporarily unavailable.", false),
    ("UNKNOWN_EXCEPTION", 500, "An unexpected error occurred.", false),
];

impl RestError {
    pub fn new(status: u16, code: &str, message: impl Into<String>) -> Self {
        Self { status, code: code.to_owned(), message: message.into(), fields: None, duplicates: None }
    }

    /// An error about a record.
    pub fn record(status: u16, code: &str, message: impl Into<String>, fields: &[&str]) -> Self {
        let fields = fields.iter().map(|&field| field.to_owned()).collect();
        Self { fields: Some(fields), ..Self::new(status, code, message) }
    }

    /// The error as it is known under its code, if it is known.
    pub fn known(code: &str) -> Option<Self> {
        let (code, status, message, fields) = CATALOGUE.iter().find(|(known, ..)| *known == code)?;
        Some(Self { fields: fields.then(Vec::new), ..Self::new(*status, code, *message) })
    }

    pub fn not_found() -> Self {
        Self::new(404, "NOT_FOUND", "The requested resource does not exist")
    }

    pub fn session() -> Self {
        Self::new(401, "INVALID_SESSION_ID", "Session expired or invalid")
    }

    pub fn deleted() -> Self {
        Self::record(404, "ENTITY_IS_DELETED", "entity is deleted", &[])
    }

    pub fn cross_reference(status: u16, fields: &[&str]) -> Self {
        Self::record(status, "INVALID_CROSS_REFERENCE_KEY", "invalid cross reference id", fields)
    }

    pub fn malformed_id(label: &str, id: &str, field: &str) -> Self {
        let message = format!("{label}: id value of incorrect type: {id}");
        Self::record(400, "MALFORMED_ID", message, &[field])
    }

    pub fn bad_json() -> Self {
        Self::new(400, "JSON_PARSER_ERROR", "The HTTP entity body is required to be well-formed JSON")
    }

    pub fn malformed_query(message: impl Into<String>) -> Self {
        Self::new(400, "MALFORMED_QUERY", message)
    }

    pub fn no_such_column(field: &str, object: &str) -> Self {
        Self::new(400, "INVALID_FIELD", format!("No such column '{field}' on sobject of type {object}"))
    }

    /// For a segment that is neither an id nor a key field.
    pub fn no_such_key(segment: &str) -> Self {
        let message = format!("Provided external ID field does not exist or is not accessible: {segment}");
        Self::new(404, "NOT_FOUND", message)
    }

    /// The array; `NOT_FOUND` and a duplicate rule's error have their members the other way round, as recorded.
    pub fn body(&self) -> Out {
        let message = ("message".to_owned(), Out::from(self.message.clone()));
        let code = ("errorCode".to_owned(), Out::from(self.code.clone()));
        let reversed = self.code == "NOT_FOUND" || self.duplicates.is_some();
        let mut members = if reversed { vec![code, message] } else { vec![message, code] };
        if let Some(found) = &self.duplicates {
            // Spelled so by Salesforce.
            members.insert(0, ("duplicateResut".to_owned(), found.as_ref().clone()));
        }
        if let Some(fields) = &self.fields {
            members.push(("fields".to_owned(), Out::from(fields.clone())));
        }
        Out::List(vec![Out::Object(members)])
    }

    /// One entry of `errors` in collections and trees.
    pub fn entry(&self) -> Out {
        Out::object([
            ("statusCode", self.code.clone().into()),
            ("message", self.message.clone().into()),
            ("fields", self.fields.clone().unwrap_or_default().into()),
        ])
    }

    pub fn answer(&self) -> Answer {
        let answer = super::data_answer(self.status, Some(&self.body()));
        if self.status == 401 { answer.with("WWW-Authenticate", "Token") } else { answer }
    }
}
