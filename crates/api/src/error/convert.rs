//! From the errors of the layers below to the API's own.

use std::time::Duration;

use shared_types::problem::ProblemCode;

use super::ApiError;
use crate::{
    passkeys::PasskeyError,
    passwords::PasswordError,
    store::StoreError,
    upstream::{UpstreamError, UpstreamFailure},
};

/// When to come back after the database or an upstream failed.
const COME_BACK: Duration = Duration::from_secs(5);

impl From<StoreError> for ApiError {
    fn from(error: StoreError) -> Self {
        let code = match &error {
            StoreError::Unavailable(_) => ProblemCode::Busy,
            _ => return Self::internal(error),
        };
        Self::new(code).retry_after(COME_BACK).because(error)
    }
}

impl From<UpstreamError> for ApiError {
    fn from(error: UpstreamError) -> Self {
        let code = match error.failure() {
            UpstreamFailure::Unavailable => ProblemCode::UpstreamUnavailable,
            UpstreamFailure::Timeout => ProblemCode::UpstreamTimeout,
            UpstreamFailure::Invalid => ProblemCode::UpstreamInvalid,
            UpstreamFailure::NotFound => return Self::not_found(),
            UpstreamFailure::SingleSignOnBlocked => return Self::new(ProblemCode::SingleSignOnBlocked),
            UpstreamFailure::Internal => return Self::internal(error),
        };
        let wait = error.retry_after().unwrap_or(COME_BACK);
        Self::new(code).retry_after(wait).because(error)
    }
}

impl From<PasskeyError> for ApiError {
    fn from(error: PasskeyError) -> Self {
        match error {
            PasskeyError::Refused(_) | PasskeyError::Copied => {
                Self::new(ProblemCode::PasskeyInvalid).because(error)
            }
            PasskeyError::Unreadable | PasskeyError::Host => Self::internal(error),
        }
    }
}

impl From<PasswordError> for ApiError {
    fn from(error: PasswordError) -> Self {
        match error {
            PasswordError::QueueFull => Self::new(ProblemCode::Busy).retry_after(Duration::from_secs(2)),
            PasswordError::Failed => Self::internal(error),
        }
    }
}
