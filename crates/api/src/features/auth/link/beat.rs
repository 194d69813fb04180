//! When refusals leave.
//!
//! WHMCS may take longer over a wrong password than over an address that it does not know, and the portal asks it something else
//! where it must not ask about a password at all. So refusals leave on a beat: those that differ by less than a beat look alike.

use std::time::Duration;

use tokio::time::{Instant, sleep_until};

/// Longer than such differences, short enough for a person who has mistyped.
const BEAT: Duration = Duration::from_millis(250);

/// Waits for the next beat, counted from `began`. How many wait at once is bounded by the limits on what they wait for.
pub(super) async fn next(began: Instant) {
    sleep_until(began + until(began.elapsed())).await;
}

/// The beat after this time.
fn until(elapsed: Duration) -> Duration {
    let whole = elapsed.as_millis() / BEAT.as_millis();
    BEAT.saturating_mul(u32::try_from(whole).unwrap_or(u32::MAX).saturating_add(1))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_takes_a_little_longer_leaves_on_the_same_beat() {
        let ms = Duration::from_millis;
        for elapsed in [0, 1, 80, 249] {
            assert_eq!(until(ms(elapsed)), ms(250), "{elapsed}");
        }
        assert_eq!(until(ms(250)), ms(500));
        assert_eq!(until(ms(9_999)), ms(10_000));
    }
}
