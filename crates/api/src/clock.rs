//! The only source of the present time.
//!
//! Everything that depends on time takes a [`Clock`], so that tests move time forward and never sleep.
//! Nothing else in the portal may call `Utc::now`.

use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};
use std::time::Duration;

use chrono::{DateTime, SubsecRound as _, TimeDelta, Utc};

/// Tells the time: the machine's, or in tests one that stands still until it is moved.
///
/// Clones of a fixed clock share one time.
#[derive(Clone, Debug)]
pub struct Clock(Source);

#[derive(Clone, Debug)]
enum Source {
    System,
    /// Microseconds since the Unix epoch.
    Fixed(Arc<AtomicI64>),
}

impl Clock {
    /// The machine's clock.
    #[must_use]
    pub const fn system() -> Self {
        Self(Source::System)
    }

    /// A clock that stands at `at` until [`Clock::advance`] moves it.
    #[must_use]
    pub fn fixed(at: DateTime<Utc>) -> Self {
        Self(Source::Fixed(Arc::new(AtomicI64::new(at.timestamp_micros()))))
    }

    /// The present time, truncated to microseconds: Postgres keeps six digits and SQLite nine, so a finer
    /// time would not come back from the database as it went in.
    #[must_use]
    pub fn now(&self) -> DateTime<Utc> {
        match &self.0 {
            Source::System => {
                #[expect(clippy::disallowed_methods, reason = "the one place that reads the machine's clock")]
                let now = Utc::now();
                now.trunc_subsecs(6)
            }
            Source::Fixed(micros) => {
                DateTime::from_timestamp_micros(micros.load(Ordering::SeqCst)).unwrap_or_default()
            }
        }
    }

    /// Moves a fixed clock and all its clones forward. The machine's clock cannot be moved: nothing happens.
    pub fn advance(&self, by: Duration) {
        if let Source::Fixed(micros) = &self.0 {
            let by = i64::try_from(by.as_micros()).unwrap_or(i64::MAX);
            micros.fetch_add(by, Ordering::SeqCst);
        }
    }
}

/// A time `by` later than `at`; the last representable time when that lies beyond it.
#[must_use]
pub fn later(at: DateTime<Utc>, by: Duration) -> DateTime<Utc> {
    TimeDelta::from_std(by)
        .ok()
        .and_then(|delta| at.checked_add_signed(delta))
        .unwrap_or(DateTime::<Utc>::MAX_UTC)
        .trunc_subsecs(6)
}

/// A time `by` before `at`; the first representable time when that lies before it.
#[must_use]
pub fn earlier(at: DateTime<Utc>, by: Duration) -> DateTime<Utc> {
    TimeDelta::from_std(by)
        .ok()
        .and_then(|delta| at.checked_sub_signed(delta))
        .unwrap_or(DateTime::<Utc>::MIN_UTC)
        .trunc_subsecs(6)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn system_time_has_no_digits_below_a_microsecond() {
        assert_eq!(Clock::system().now().timestamp_subsec_nanos() % 1_000, 0);
    }

    #[test]
    fn clones_of_a_fixed_clock_move_together() {
        let start = DateTime::from_timestamp(1_700_000_000, 0).unwrap();
        let clock = Clock::fixed(start);
        let clone = clock.clone();
        clock.advance(Duration::from_millis(1_500));
        assert_eq!(clone.now() - start, TimeDelta::milliseconds(1_500));
        assert_eq!(clone.now(), clone.now());
    }

    #[test]
    fn later_and_earlier_stop_at_the_ends_of_time() {
        assert_eq!(
            later(DateTime::UNIX_EPOCH, Duration::MAX).timestamp(),
            DateTime::<Utc>::MAX_UTC.timestamp()
        );
        assert_eq!(earlier(DateTime::UNIX_EPOCH, Duration::from_secs(5)).timestamp(), -5);
    }
}
