//! Randomness that can be injected: the system's generator, or in tests a seeded one.
//!
//! Production code must never be handed a seeded source; `Random::seeded` exists so that tests repeat.

use std::fmt;
use std::sync::{Arc, Mutex, PoisonError};

use chrono::{DateTime, Utc};
use rand::rngs::StdRng;
use rand::{Rng, RngExt as _, SeedableRng as _};
use uuid::Uuid;

/// Number of one-time codes: `000000` to `999999`.
const CODES: u32 = 1_000_000;

/// A source of random values. Clones of a seeded source draw from one stream.
#[derive(Clone)]
pub struct Random(Source);

#[derive(Clone)]
enum Source {
    System,
    Seeded(Arc<Mutex<StdRng>>),
}

impl Random {
    /// A cryptographically secure generator, seeded by the operating system.
    #[must_use]
    pub const fn system() -> Self {
        Self(Source::System)
    }

    /// Repeats the same values for the same seed. For tests only: whoever knows the seed knows every token.
    #[must_use]
    pub fn seeded(seed: u64) -> Self {
        Self(Source::Seeded(Arc::new(Mutex::new(StdRng::seed_from_u64(seed)))))
    }

    /// `N` random bytes.
    #[must_use]
    pub fn bytes<const N: usize>(&self) -> [u8; N] {
        let mut bytes = [0; N];
        self.draw(|rng| rng.fill_bytes(&mut bytes));
        bytes
    }

    /// A bearer secret of 256 bits: session tokens, links. A UUID is never used as one.
    #[must_use]
    pub fn token(&self) -> [u8; 32] {
        self.bytes()
    }

    /// A one-time code of six decimal digits, each of the million equally likely.
    #[must_use]
    pub fn six_digit_code(&self) -> String {
        let mut code = 0;
        self.draw(|rng| code = rng.random_range(0..CODES));
        format!("{code:06}")
    }

    /// A random fraction of `u64::MAX`, for jitter.
    #[must_use]
    pub fn number(&self) -> u64 {
        u64::from_le_bytes(self.bytes())
    }

    /// A UUID of version 7 (RFC 9562, 5.7) born at `at`. It shows its time of birth and is no secret.
    #[must_use]
    pub fn uuid(&self, at: DateTime<Utc>) -> Uuid {
        let millis = u64::try_from(at.timestamp_millis()).unwrap_or_default();
        uuid::Builder::from_unix_timestamp_millis(millis, &self.bytes()).into_uuid()
    }

    fn draw(&self, use_rng: impl FnOnce(&mut dyn Rng)) {
        match &self.0 {
            Source::System => use_rng(&mut rand::rng()),
            // A panic while drawing leaves a generator that is still good to draw from.
            Source::Seeded(rng) => use_rng(&mut *rng.lock().unwrap_or_else(PoisonError::into_inner)),
        }
    }
}

impl fmt::Debug for Random {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self.0 {
            Source::System => "Random(system)",
            Source::Seeded(_) => "Random(seeded)",
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn seeded_sources_repeat_and_system_sources_do_not() {
        assert_eq!(Random::seeded(1).token(), Random::seeded(1).token());
        assert_ne!(Random::seeded(1).token(), Random::seeded(2).token());
        assert_ne!(Random::system().token(), Random::system().token());
    }

    #[test]
    fn clones_share_one_stream() {
        let random = Random::seeded(1);
        assert_ne!(random.clone().token(), random.token());
    }

    #[test]
    fn codes_have_six_digits_and_use_the_whole_range() {
        let random = Random::seeded(7);
        let mut first_digits = [0_u32; 10];
        for _ in 0..10_000 {
            let code = random.six_digit_code();
            assert_eq!(code.len(), 6);
            let digit = code.chars().next().unwrap().to_digit(10).unwrap();
            first_digits[usize::try_from(digit).unwrap()] += 1;
        }
        // 1000 expected each; five standard deviations (150) either way.
        assert!(first_digits.iter().all(|count| (850..1150).contains(count)), "{first_digits:?}");
    }

    #[test]
    fn uuids_are_version_7_and_carry_the_given_time() {
        let at = DateTime::from_timestamp_millis(1_700_000_000_123).unwrap();
        let id = Random::seeded(1).uuid(at);
        assert_eq!(id.get_version_num(), 7);
        assert_eq!(id.as_u128() >> 80, 1_700_000_000_123);
    }
}
