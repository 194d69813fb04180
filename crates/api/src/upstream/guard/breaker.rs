//! Stops calling an upstream that fails, and finds out with single calls when it is back.

use std::collections::VecDeque;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use tokio::time::Instant;

use super::{GuardSettings, Verdict};

/// The window is counted in this many steps.
const STEPS: u32 = 10;
/// Told to callers while a probe is under way.
const PROBE_RETRY_AFTER: Duration = Duration::from_secs(1);

/// The breaker of one class of calls. Clones are the same breaker.
#[derive(Clone)]
pub(super) struct Breaker {
    settings: GuardSettings,
    circuit: Arc<Mutex<Circuit>>,
}

struct Circuit {
    state: State,
    /// Raised at every change of state: outcomes of calls that began before it no longer count.
    epoch: u64,
}

enum State {
    Closed(Window),
    Open { until: Instant },
    HalfOpen { probing: bool },
}

/// The right to make one call. Dropped without a verdict, it counts as neutral.
pub(super) struct Ticket {
    breaker: Breaker,
    epoch: u64,
    is_settled: bool,
}

impl Breaker {
    pub(super) fn new(settings: GuardSettings) -> Self {
        let circuit = Circuit { state: State::Closed(Window::default()), epoch: 0 };
        Self { settings, circuit: Arc::new(Mutex::new(circuit)) }
    }

    /// Whether a call has a chance at `now`, without taking the place of the probe; else when to come again.
    pub(super) fn check(&self, now: Instant) -> Result<(), Duration> {
        match &self.lock().state {
            State::Open { until } if now < *until => Err(*until - now),
            State::HalfOpen { probing: true } => Err(PROBE_RETRY_AFTER),
            State::Closed(_) | State::Open { .. } | State::HalfOpen { probing: false } => Ok(()),
        }
    }

    /// Admits a call, or says when to come again.
    pub(super) fn admit(&self, now: Instant) -> Result<Ticket, Duration> {
        let mut circuit = self.lock();
        match &mut circuit.state {
            State::Closed(_) => {}
            State::Open { until } if now < *until => return Err(*until - now),
            State::HalfOpen { probing: true } => return Err(PROBE_RETRY_AFTER),
            State::HalfOpen { probing } => *probing = true,
            State::Open { .. } => circuit.change(State::HalfOpen { probing: true }),
        }
        Ok(Ticket { breaker: self.clone(), epoch: circuit.epoch, is_settled: false })
    }

    pub(super) fn is_closed(&self) -> bool {
        matches!(self.lock().state, State::Closed(_))
    }

    fn settle(&self, epoch: u64, verdict: Verdict, now: Instant) {
        let mut circuit = self.lock();
        if circuit.epoch != epoch {
            return;
        }
        let open = State::Open { until: now + self.settings.open_for };
        match (&mut circuit.state, verdict) {
            (State::Closed(_), Verdict::Neutral) | (State::Open { .. }, _) => {}
            (State::Closed(window), verdict) => {
                window.note(now, self.settings.window, verdict);
                // Only a failure may open it: after an outage the first successes would otherwise complete a bad window.
                if verdict == Verdict::Failure && window.is_bad(self.settings) {
                    circuit.change(open);
                }
            }
            (State::HalfOpen { .. }, Verdict::Ok) => circuit.change(State::Closed(Window::default())),
            (State::HalfOpen { .. }, Verdict::Failure) => circuit.change(open),
            (State::HalfOpen { probing }, Verdict::Neutral) => *probing = false,
        }
    }

    fn lock(&self) -> MutexGuard<'_, Circuit> {
        self.circuit.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Circuit {
    fn change(&mut self, state: State) {
        self.state = state;
        self.epoch = self.epoch.wrapping_add(1);
    }
}

impl Ticket {
    pub(super) fn settle(mut self, verdict: Verdict, now: Instant) {
        self.is_settled = true;
        self.breaker.settle(self.epoch, verdict, now);
    }
}

impl Drop for Ticket {
    fn drop(&mut self) {
        if !self.is_settled {
            self.breaker.settle(self.epoch, Verdict::Neutral, Instant::now());
        }
    }
}

/// Outcomes of late, in steps of a tenth of the window.
#[derive(Default)]
struct Window(VecDeque<Step>);

struct Step {
    began: Instant,
    calls: u32,
    failures: u32,
}

impl Window {
    fn note(&mut self, now: Instant, window: Duration, verdict: Verdict) {
        self.0.retain(|step| now.saturating_duration_since(step.began) < window);
        if self.0.back().is_none_or(|step| now.saturating_duration_since(step.began) >= window / STEPS) {
            self.0.push_back(Step { began: now, calls: 0, failures: 0 });
        }
        if let Some(step) = self.0.back_mut() {
            step.calls = step.calls.saturating_add(1);
            step.failures = step.failures.saturating_add(u32::from(verdict == Verdict::Failure));
        }
    }

    fn is_bad(&self, settings: GuardSettings) -> bool {
        let calls: u64 = self.0.iter().map(|step| u64::from(step.calls)).sum();
        let failures: u64 = self.0.iter().map(|step| u64::from(step.failures)).sum();
        calls >= u64::from(settings.min_calls)
            && failures * 100 >= calls * u64::from(settings.failure_percent)
    }
}
