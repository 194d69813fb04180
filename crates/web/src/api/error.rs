//! What can come back instead of an answer.

use shared_types::problem::{FieldError, Problem, ProblemCode};

/// Why a call has no result.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum ApiError {
    /// The portal said what is wrong.
    Problem {
        /// What it said.
        problem: Box<Problem>,
        /// Seconds after which it may be tried again.
        retry_after: Option<u32>,
    },
    /// Something answered, but not in the portal's words: a proxy on the way, or an app older than the portal.
    Unreadable {
        /// Status of the answer.
        status: u16,
        /// The request's id, where the answer names it.
        request_id: Option<String>,
    },
    /// No answer: no network, or the portal is down.
    Network,
    /// No answer within the time that a customer can be asked to wait.
    Timeout,
}

impl ApiError {
    /// The portal's code, if it was the portal that answered.
    pub fn code(&self) -> Option<ProblemCode> {
        match self {
            Self::Problem { problem, .. } => Some(problem.code),
            Self::Unreadable { .. } | Self::Network | Self::Timeout => None,
        }
    }

    /// Whether the portal answered with this code.
    pub fn is(&self, code: ProblemCode) -> bool {
        self.code() == Some(code)
    }

    /// What to name in a question to support.
    pub fn request_id(&self) -> Option<String> {
        match self {
            Self::Problem { problem, .. } => Some(problem.instance.clone()),
            Self::Unreadable { request_id, .. } => request_id.clone(),
            Self::Network | Self::Timeout => None,
        }
    }

    /// Seconds to wait before the next try, if the portal named them.
    pub fn retry_after(&self) -> Option<u32> {
        match self {
            Self::Problem { retry_after, .. } => *retry_after,
            Self::Unreadable { .. } | Self::Network | Self::Timeout => None,
        }
    }

    /// The wrong fields.
    pub fn field_errors(&self) -> &[FieldError] {
        match self {
            Self::Problem { problem, .. } => &problem.errors,
            Self::Unreadable { .. } | Self::Network | Self::Timeout => &[],
        }
    }

    /// Whether the question is settled: sending the same request once more would only bring the same refusal.
    ///
    /// Everything else may have been carried out, or still may be, so its idempotency key has to stay.
    pub fn is_final(&self) -> bool {
        let Some(code) = self.code() else { return false };
        match code {
            ProblemCode::AuthRequired
            | ProblemCode::MfaRequired
            | ProblemCode::StepUpRequired
            | ProblemCode::IdempotencyInProgress
            | ProblemCode::RequestTimeout
            | ProblemCode::RateLimited
            | ProblemCode::Internal
            | ProblemCode::Busy
            | ProblemCode::UpstreamInvalid
            | ProblemCode::UpstreamUnavailable
            | ProblemCode::UpstreamTimeout => false,
            ProblemCode::RequestMalformed
            | ProblemCode::MethodNotAllowed
            | ProblemCode::RequestTooLarge
            | ProblemCode::UnsupportedMediaType
            | ProblemCode::InvalidCredentials
            | ProblemCode::Forbidden
            | ProblemCode::Csrf
            | ProblemCode::NotFound
            | ProblemCode::AccountNotReady
            | ProblemCode::InvoiceState
            | ProblemCode::SingleSignOnBlocked
            | ProblemCode::IdempotencyKey
            | ProblemCode::IdempotencyMismatch
            | ProblemCode::Validation
            | ProblemCode::CodeInvalid
            | ProblemCode::FactorInvalid
            | ProblemCode::PasskeyInvalid
            | ProblemCode::LinkSecondFactor
            | ProblemCode::LinkNoAccount
            | ProblemCode::LinkTaken
            | ProblemCode::StepOutOfOrder
            | ProblemCode::BillingRefused
            | ProblemCode::LimitReached => true,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn problem(code: ProblemCode) -> ApiError {
        ApiError::Problem { problem: Box::new(Problem::new(code, "r-1")), retry_after: None }
    }

    #[test]
    fn refusals_are_final_and_trouble_is_not() {
        for code in ProblemCode::ALL {
            let server_side = code.status() >= 500;
            assert!(!(server_side && problem(*code).is_final()), "{code} may have been carried out");
        }
        assert!(problem(ProblemCode::Validation).is_final());
        assert!(!problem(ProblemCode::IdempotencyInProgress).is_final());
        assert!(!ApiError::Timeout.is_final());
    }

    #[test]
    fn only_the_portal_names_a_code() {
        assert!(problem(ProblemCode::NotFound).is(ProblemCode::NotFound));
        assert_eq!(problem(ProblemCode::NotFound).request_id().as_deref(), Some("r-1"));
        assert_eq!(ApiError::Unreadable { status: 502, request_id: None }.code(), None);
    }
}
