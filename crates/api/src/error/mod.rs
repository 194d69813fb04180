//! What the API answers when it refuses: [`ApiError`], and its way to a problem document (RFC 9457).
//!
//! An error is logged once, where it becomes an answer (`http::edge`). No text of an upstream, of SQL or of a cause gets into a body.

mod convert;

use std::{fmt, time::Duration};

use actix_web::{HttpResponse, ResponseError, http::StatusCode};
use shared_types::{
    auth::SecondFactor,
    problem::{FieldCode, FieldError, Problem, ProblemCode},
};

/// Result of a handler.
pub type ApiResult<T> = Result<T, ApiError>;

type Cause = Box<dyn std::error::Error + Send + Sync>;

/// A refusal: a code for the client, and perhaps a cause for the log.
#[derive(Debug)]
pub struct ApiError {
    code: ProblemCode,
    detail: Option<&'static str>,
    errors: Vec<FieldError>,
    methods: Option<Vec<SecondFactor>>,
    retry_after: Option<Duration>,
    cause: Option<Cause>,
}

impl ApiError {
    /// A refusal with this code.
    #[must_use]
    pub const fn new(code: ProblemCode) -> Self {
        Self { code, detail: None, errors: Vec::new(), methods: None, retry_after: None, cause: None }
    }

    /// Absent, or not yours.
    #[must_use]
    pub const fn not_found() -> Self {
        Self::new(ProblemCode::NotFound)
    }

    /// Our mistake; the cause goes to the log only.
    #[must_use]
    pub fn internal(cause: impl Into<Cause>) -> Self {
        Self::new(ProblemCode::Internal).because(cause)
    }

    /// One wrong field.
    #[must_use]
    pub fn field(pointer: &str, code: FieldCode) -> Self {
        Self::new(ProblemCode::Validation).with_fields(vec![FieldError { pointer: pointer.to_owned(), code }])
    }

    /// Says more in words of our own.
    #[must_use]
    pub const fn with_detail(mut self, detail: &'static str) -> Self {
        self.detail = Some(detail);
        self
    }

    /// Names the wrong fields.
    #[must_use]
    pub fn with_fields(mut self, errors: Vec<FieldError>) -> Self {
        self.errors = errors;
        self
    }

    /// Names the second factors that can be given.
    #[must_use]
    pub fn with_methods(mut self, methods: Vec<SecondFactor>) -> Self {
        self.methods = Some(methods);
        self
    }

    /// Says when to come back.
    #[must_use]
    pub const fn retry_after(mut self, wait: Duration) -> Self {
        self.retry_after = Some(wait);
        self
    }

    /// Keeps the cause for the log.
    #[must_use]
    pub fn because(mut self, cause: impl Into<Cause>) -> Self {
        self.cause = Some(cause.into());
        self
    }

    /// The code that the client sees.
    #[must_use]
    pub const fn code(&self) -> ProblemCode {
        self.code
    }

    /// The problem document for a request.
    #[must_use]
    pub fn problem(&self, request_id: &str) -> Problem {
        let mut problem = Problem::new(self.code, request_id);
        problem.detail = self.detail.map(str::to_owned);
        problem.errors.clone_from(&self.errors);
        problem.methods.clone_from(&self.methods);
        problem
    }

    /// Whole seconds for `Retry-After`, at least one.
    #[must_use]
    pub fn retry_after_seconds(&self) -> Option<u64> {
        self.retry_after.map(|wait| wait.as_secs().saturating_add(u64::from(wait.subsec_nanos() > 0)).max(1))
    }

    /// The cause with its own causes, for the log. Their `Display` shows no personal data by the rule of each error type.
    #[must_use]
    pub fn cause_chain(&self) -> Option<String> {
        let mut error: &(dyn std::error::Error + 'static) = self.cause.as_deref()?;
        let mut chain = error.to_string();
        while let Some(source) = error.source() {
            chain = format!("{chain}: {source}");
            error = source;
        }
        Some(chain)
    }
}

impl fmt::Display for ApiError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.code.as_str())
    }
}

impl std::error::Error for ApiError {}

impl ResponseError for ApiError {
    fn status_code(&self) -> StatusCode {
        StatusCode::from_u16(self.code.status()).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR)
    }

    /// An answer without a body: `http::edge` finds this error in the answer and writes the document, since only there the id of the
    /// request is known.
    fn error_response(&self) -> HttpResponse {
        HttpResponse::new(self.status_code())
    }
}
