//! The life of an `Idempotency-Key`: made when a form opens, kept until the question is settled.

use super::ApiError;

/// Length of a key.
const KEY_CHARACTERS: usize = 32;
/// 64 characters that need no escaping in a header, so that six random bits choose one evenly.
const ALPHABET: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";

/// Makes a key of random bytes.
pub fn key_of(random: [u8; KEY_CHARACTERS]) -> String {
    random
        .iter()
        .filter_map(|byte| ALPHABET.get(usize::from(byte & 63)))
        .map(|byte| char::from(*byte))
        .collect()
}

/// The key of one form, or of one click.
#[derive(Debug)]
pub struct KeyCycle {
    key: String,
    settled: bool,
}

impl KeyCycle {
    /// Begins with a new key.
    pub fn new(key: String) -> Self {
        Self { key, settled: false }
    }

    /// The key to send. A retry of the same submission sends the same one.
    pub fn current(&self) -> &str {
        &self.key
    }

    /// Takes note of a refusal. As long as the outcome is open the key stays, whatever else happens.
    pub fn refused(&mut self, error: &ApiError) {
        self.settled = error.is_final();
    }

    /// The customer changed the input. If the last question is settled, this is a new one and gets a new key.
    pub fn changed(&mut self, fresh: impl FnOnce() -> String) {
        if self.settled {
            *self = Self::new(fresh());
        }
    }
}

#[cfg(test)]
mod tests {
    use shared_types::problem::{Problem, ProblemCode};

    use super::*;

    fn refusal(code: ProblemCode) -> ApiError {
        ApiError::Problem { problem: Box::new(Problem::new(code, "r")), retry_after: None }
    }

    #[test]
    fn keys_are_32_characters_that_a_header_can_carry() {
        let mut random = [0; KEY_CHARACTERS];
        for (byte, value) in random.iter_mut().zip(200_u8..) {
            *byte = value;
        }
        let key = key_of(random);
        assert_eq!(key.len(), KEY_CHARACTERS);
        assert!(key.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"-_".contains(&byte)));
    }

    #[test]
    fn the_key_stays_while_the_outcome_is_open() {
        let mut cycle = KeyCycle::new("first".to_owned());
        cycle.changed(|| "second".to_owned());
        assert_eq!(cycle.current(), "first", "nothing was sent yet");
        cycle.refused(&ApiError::Timeout);
        cycle.changed(|| "second".to_owned());
        assert_eq!(cycle.current(), "first", "it may have been carried out");
    }

    #[test]
    fn a_change_after_a_final_refusal_is_a_new_question() {
        let mut cycle = KeyCycle::new("first".to_owned());
        cycle.refused(&refusal(ProblemCode::Validation));
        assert_eq!(cycle.current(), "first", "sent again unchanged it is the same question");
        cycle.changed(|| "second".to_owned());
        assert_eq!(cycle.current(), "second");
        cycle.changed(|| "third".to_owned());
        assert_eq!(cycle.current(), "second", "one submission, one key");
    }

    #[test]
    fn a_key_that_is_still_at_work_stays() {
        let mut cycle = KeyCycle::new("first".to_owned());
        cycle.refused(&refusal(ProblemCode::IdempotencyInProgress));
        cycle.changed(|| "second".to_owned());
        assert_eq!(cycle.current(), "first");
    }
}
