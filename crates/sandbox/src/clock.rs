//! The sandbox's own clock: real time plus an offset that the control API moves. The only place that reads the system clock.

use chrono::{DateTime, Duration, NaiveDateTime, TimeDelta, Utc};

/// Real time shifted by an offset, so that expiry and due dates can be played without waiting.
#[derive(Debug, Default)]
pub struct Clock {
    offset: Duration,
}

impl Clock {
    #[expect(clippy::disallowed_methods, reason = "this is the sandbox's clock")]
    fn real() -> DateTime<Utc> {
        Utc::now()
    }

    /// The sandbox's present moment.
    pub fn now(&self) -> DateTime<Utc> {
        Self::real().checked_add_signed(self.offset).unwrap_or(DateTime::<Utc>::MAX_UTC)
    }

    /// The present moment as WHMCS stores it: no zone; the simulated server runs in UTC.
    pub fn local(&self) -> NaiveDateTime {
        self.now().naive_utc()
    }

    /// Moves the clock by `seconds`, backwards when negative.
    pub fn advance(&mut self, seconds: i64) {
        let step = TimeDelta::try_seconds(seconds).unwrap_or_default();
        self.offset = self.offset.checked_add(&step).unwrap_or(self.offset);
    }

    /// Makes `moment` the present.
    pub fn set(&mut self, moment: DateTime<Utc>) {
        self.offset = moment.signed_duration_since(Self::real());
    }
}
