//! How many repeats an upstream gets: a share of the calls it gets anyway, so that repeats cannot multiply its load.

use std::sync::{Mutex, PoisonError};

use tokio::time::Instant;

use super::GuardSettings;

/// One repeat, in thousandths.
const REPEAT: u64 = 1000;
/// Repeats that may be saved up.
const SAVED_MOST: u64 = 10 * REPEAT;

/// A bucket of repeats, filled by calls and by time.
pub(super) struct RetryBudget {
    per_call: u64,
    per_milli: u64,
    state: Mutex<State>,
}

struct State {
    saved: u64,
    filled_at: Instant,
}

impl RetryBudget {
    pub(super) fn new(settings: GuardSettings) -> Self {
        Self {
            per_call: u64::from(settings.retry_percent) * REPEAT / 100,
            per_milli: u64::from(settings.retries_per_second) * REPEAT / 1000,
            state: Mutex::new(State { saved: REPEAT, filled_at: Instant::now() }),
        }
    }

    /// Notes a first attempt.
    pub(super) fn note_call(&self) {
        let mut state = self.state.lock().unwrap_or_else(PoisonError::into_inner);
        state.saved = state.saved.saturating_add(self.per_call).min(SAVED_MOST);
    }

    /// Takes a repeat, if there is one.
    pub(super) fn take(&self, now: Instant) -> bool {
        let mut state = self.state.lock().unwrap_or_else(PoisonError::into_inner);
        let passed = now.saturating_duration_since(state.filled_at);
        let earned = u64::try_from(passed.as_millis()).unwrap_or(u64::MAX).saturating_mul(self.per_milli);
        if earned > 0 {
            state.saved = state.saved.saturating_add(earned).min(SAVED_MOST);
            state.filled_at = now;
        }
        if state.saved < REPEAT {
            return false;
        }
        state.saved -= REPEAT;
        true
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;

    fn drain(budget: &RetryBudget, now: Instant) -> usize {
        (0..100).take_while(|_| budget.take(now)).count()
    }

    #[test]
    fn ten_calls_and_one_second_earn_one_repeat_each() {
        let budget = RetryBudget::new(GuardSettings::default());
        let start = Instant::now();
        drain(&budget, start);
        for _ in 0..30 {
            budget.note_call();
        }
        assert_eq!(drain(&budget, start), 3);
        assert_eq!(drain(&budget, start + Duration::from_millis(2_500)), 2);
    }

    #[test]
    fn no_more_than_ten_repeats_are_saved_up() {
        let budget = RetryBudget::new(GuardSettings::default());
        for _ in 0..10_000 {
            budget.note_call();
        }
        assert_eq!(drain(&budget, Instant::now() + Duration::from_hours(1)), 10);
    }
}
