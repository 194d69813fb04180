//! What to say about a call that failed.

use crate::{
    api::ApiError,
    i18n::{codes, en},
    passkeys::PasskeyTrouble,
};

/// A failure in words.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Message {
    /// What happened.
    pub title: String,
    /// What the customer can do about it.
    pub detail: String,
    /// What to name in a question to support.
    pub request_id: Option<String>,
}

/// Puts a failure into words.
pub fn message_of(error: &ApiError) -> Message {
    let (title, detail) = match error {
        ApiError::Problem { problem, .. } => codes::problem(problem.code),
        ApiError::Unreadable { .. } => en::errors::UNREADABLE,
        ApiError::Network => en::errors::NETWORK,
        ApiError::Timeout => en::errors::TIMEOUT,
    };
    let detail = match error.retry_after() {
        Some(seconds) if seconds > 1 => {
            let detail = detail.strip_suffix(en::errors::IN_A_MOMENT).unwrap_or(detail).trim_end();
            let separator = if detail.is_empty() { "" } else { " " };
            format!("{detail}{separator}{}", en::errors::retry_after(seconds))
        }
        _ => detail.to_owned(),
    };
    Message { title: title.to_owned(), detail, request_id: error.request_id() }
}

/// Why the browser's dialog for passkeys had no outcome.
pub fn passkey_trouble(trouble: PasskeyTrouble) -> Message {
    let (title, detail) = match trouble {
        PasskeyTrouble::Dismissed => en::passkey::DISMISSED,
        PasskeyTrouble::Unsupported => en::passkey::UNSUPPORTED,
    };
    Message { title: title.to_owned(), detail: detail.to_owned(), request_id: None }
}

#[cfg(test)]
mod tests {
    use shared_types::problem::{Problem, ProblemCode};

    use super::*;

    #[test]
    fn every_problem_has_words_and_names_the_wait() {
        for code in ProblemCode::ALL {
            let problem = Box::new(Problem::new(*code, "req-7"));
            let message = message_of(&ApiError::Problem { problem, retry_after: Some(90) });
            assert!(!message.title.is_empty() && message.detail.contains("2 minutes"), "{code}: {message:?}");
            assert!(!message.detail.contains("in a moment"), "{code} names two waits: {message:?}");
            assert_eq!(message.request_id.as_deref(), Some("req-7"));
        }
    }
}
