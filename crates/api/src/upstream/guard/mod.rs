//! Stands between the portal and one upstream: so many calls at once, none while the upstream is down, a few repeats of
//! reads, and never a call past its deadline.
//!
//! This is the only layer that repeats calls. Writes are never repeated: who does not know whether a write arrived has to
//! ask the upstream, not send it again.

mod breaker;
mod budget;
mod bulkhead;
mod call;

use std::sync::Arc;
use std::time::Duration;

use metrics::{Counter, Gauge, Histogram, counter, gauge, histogram};

use crate::crypto::Random;
use breaker::Breaker;
use budget::RetryBudget;
use bulkhead::Bulkhead;

/// What the outcome of a call says about the upstream's health.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Verdict {
    /// It works. A refusal for a business reason is such an outcome too.
    Ok,
    /// It does not: no connection, no answer in time, an answer that is none.
    Failure,
    /// The call says nothing about it, for example because it never left the portal.
    Neutral,
}

/// How the errors of an upstream's client are to be taken.
pub trait CallError {
    /// What the error says about the upstream's health.
    fn verdict(&self) -> Verdict;

    /// Whether the same read may succeed a moment later.
    fn is_retryable(&self) -> bool {
        self.verdict() == Verdict::Failure
    }

    /// How long the upstream asked to be left alone.
    fn retry_after(&self) -> Option<Duration> {
        None
    }
}

/// Why a guarded call gave nothing.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum GuardError<E> {
    /// The call was not made: the breaker is open, or no place became free before the deadline. A write that is
    /// rejected was certainly not sent.
    #[error("the upstream is not called at present")]
    Rejected {
        /// When another try makes sense.
        retry_after: Duration,
    },
    /// The call was made and cut off at its deadline. Whether a write had its effect is unknown.
    #[error("the upstream did not answer in time")]
    Deadline,
    /// The call was made and failed.
    #[error(transparent)]
    Inner(E),
}

/// Limits of a [`Guard`].
#[derive(Clone, Copy, Debug)]
pub struct GuardSettings {
    /// Calls at once.
    pub concurrent: usize,
    /// Calls at once for one user.
    pub concurrent_per_user: usize,
    /// The breaker looks back this far.
    pub window: Duration,
    /// The breaker does not judge fewer calls than this.
    pub min_calls: u32,
    /// The breaker opens when this many per cent of the calls failed.
    pub failure_percent: u32,
    /// The breaker stays open this long before a probe.
    pub open_for: Duration,
    /// Repeats of a read, beyond the first attempt.
    pub retries: u32,
    /// Shortest wait before a repeat.
    pub backoff_least: Duration,
    /// Longest wait before a repeat that the upstream did not ask for.
    pub backoff_most: Duration,
    /// Repeats allowed per hundred calls, beyond [`retries_per_second`](Self::retries_per_second).
    pub retry_percent: u32,
    /// Repeats allowed per second, however few calls there are.
    pub retries_per_second: u32,
    /// An attempt needs at least this long: no repeat is begun with less, and an attempt that was cut off sooner does
    /// not count against the upstream.
    pub attempt_needs: Duration,
}

impl Default for GuardSettings {
    fn default() -> Self {
        Self {
            concurrent: 8,
            concurrent_per_user: 2,
            window: Duration::from_secs(10),
            min_calls: 10,
            failure_percent: 50,
            open_for: Duration::from_secs(5),
            retries: 2,
            backoff_least: Duration::from_millis(100),
            backoff_most: Duration::from_secs(1),
            retry_percent: 10,
            retries_per_second: 1,
            attempt_needs: Duration::from_millis(500),
        }
    }
}

/// The guard of one upstream. Clones are the same guard.
#[derive(Clone)]
pub struct Guard(Arc<Inner>);

struct Inner {
    settings: GuardSettings,
    random: Random,
    bulkhead: Bulkhead,
    budget: RetryBudget,
    reads: Class,
    writes: Class,
}

/// One class of calls. A list page that fails must not stop orders, so each class has its own breaker.
struct Class {
    breaker: Breaker,
    meters: Meters,
}

impl Guard {
    /// A guard for the upstream of this name, which appears in metrics only. Must be called after the metrics recorder
    /// is installed. `random` spreads the repeats.
    #[must_use]
    pub fn new(upstream: &'static str, settings: GuardSettings, random: Random) -> Self {
        let class = |name| Class { breaker: Breaker::new(settings), meters: Meters::new(upstream, name) };
        Self(Arc::new(Inner {
            settings,
            random,
            bulkhead: Bulkhead::new(settings.concurrent, settings.concurrent_per_user),
            budget: RetryBudget::new(settings),
            reads: class("read"),
            writes: class("write"),
        }))
    }
}

struct Meters {
    ok: Counter,
    failures: Counter,
    neutral: Counter,
    timeouts: Counter,
    retries: Counter,
    rejected_open: Counter,
    rejected_full: Counter,
    is_open: Gauge,
    in_flight: Gauge,
    queue_seconds: Histogram,
    call_seconds: Histogram,
}

impl Meters {
    fn new(upstream: &'static str, class: &'static str) -> Self {
        let calls = |outcome: &'static str| counter!("portal_upstream_calls_total", "upstream" => upstream, "class" => class, "outcome" => outcome);
        let rejected = |reason: &'static str| counter!("portal_upstream_rejected_total", "upstream" => upstream, "class" => class, "reason" => reason);
        Self {
            ok: calls("ok"),
            failures: calls("failure"),
            neutral: calls("neutral"),
            timeouts: calls("timeout"),
            retries: counter!("portal_upstream_retries_total", "upstream" => upstream, "class" => class),
            rejected_open: rejected("breaker_open"),
            rejected_full: rejected("bulkhead_full"),
            is_open: gauge!("portal_upstream_breaker_open", "upstream" => upstream, "class" => class),
            in_flight: gauge!("portal_upstream_in_flight", "upstream" => upstream, "class" => class),
            queue_seconds: histogram!("portal_upstream_queue_seconds", "upstream" => upstream, "class" => class),
            call_seconds: histogram!("portal_upstream_call_seconds", "upstream" => upstream, "class" => class),
        }
    }
}
