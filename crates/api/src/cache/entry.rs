//! A cached value and what a reader gets of it.

use std::sync::atomic::{AtomicI64, Ordering};
use std::sync::{Arc, OnceLock};
use std::time::Duration;

use bytes::Bytes;
use chrono::{DateTime, TimeDelta, Utc};
use serde::de::DeserializeOwned;
use shared_types::page::{Meta, Source};

use super::Policy;

/// A copy dated further ahead than this was made under a wrong clock and is not used.
const MAX_CLOCK_SKEW: TimeDelta = TimeDelta::minutes(1);
/// After a failed load the copy at hand is served for this long before the upstream is asked again.
const FAILURE_GATE: TimeDelta = TimeDelta::seconds(1);
/// Bookkeeping of one entry in the process, in bytes: key, pointers, counters.
const ENTRY_OVERHEAD: usize = 384;

/// A value as JSON, and when its load began: the upstream said so then or later.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Fragment {
    /// The serialised value.
    pub bytes: Bytes,
    /// Start of the load that gave it.
    pub as_of: DateTime<Utc>,
}

/// A value in the process.
#[derive(Debug)]
pub struct Entry {
    fragment: Fragment,
    soft_ttl: Duration,
    ready: OnceLock<Bytes>,
    /// When a load last failed while this copy was at hand, in microseconds; `i64::MIN` for never.
    failed_at: AtomicI64,
}

impl Entry {
    pub(super) const fn new(fragment: Fragment, soft_ttl: Duration) -> Self {
        Self { fragment, soft_ttl, ready: OnceLock::new(), failed_at: AtomicI64::new(i64::MIN) }
    }

    /// The value.
    #[must_use]
    pub const fn fragment(&self) -> &Fragment {
        &self.fragment
    }

    /// The answer made of this copy while it is fresh: made once, then cloned.
    pub fn ready(&self, make: impl FnOnce(&Fragment) -> Bytes) -> Bytes {
        self.ready.get_or_init(|| make(&self.fragment)).clone()
    }

    /// Room taken in the process, in bytes. The ready answer is counted in advance, since it comes after the weighing.
    pub(super) fn weight(&self) -> u32 {
        let bytes = self.fragment.bytes.len().saturating_mul(2).saturating_add(ENTRY_OVERHEAD);
        u32::try_from(bytes).unwrap_or(u32::MAX)
    }

    pub(super) fn note_failure(&self, now: DateTime<Utc>) {
        self.failed_at.store(now.timestamp_micros(), Ordering::Relaxed);
    }

    /// A load failed less than a second ago.
    pub(super) fn failed_lately(&self, now: DateTime<Utc>) -> bool {
        let failed_at = self.failed_at.load(Ordering::Relaxed);
        DateTime::from_timestamp_micros(failed_at).is_some_and(|at| at <= now && now - at < FAILURE_GATE)
    }

    /// Age at `now`, in full; `None` when the copy claims to come from the future.
    fn age(&self, now: DateTime<Utc>) -> Option<Duration> {
        let age = now - self.fragment.as_of;
        (age >= -MAX_CLOCK_SKEW).then(|| age.to_std().unwrap_or_default())
    }
}

/// What a copy is good for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Grade {
    /// As good as a new one.
    Fresh,
    /// To be shown, marked stale, while a new one is loaded.
    Revalidate,
    /// Only when the upstream does not answer.
    Fallback,
    /// For nothing.
    Dead,
}

/// What a reader wants.
#[derive(Clone, Copy, Debug)]
pub(super) struct Demand {
    pub(super) max_age: Option<Duration>,
    /// When the reader came. Ages are measured against it, so that a slow load does not make its own result too old.
    pub(super) arrival: DateTime<Utc>,
    pub(super) policy: Policy,
}

impl Demand {
    pub(super) fn grade(&self, entry: &Entry) -> Grade {
        let Some(age) = entry.age(self.arrival) else { return Grade::Dead };
        let revalidate = self.policy.soft_ttl.saturating_mul(self.policy.swr_factor);
        if age > self.policy.stale_if_error {
            Grade::Dead
        } else if let Some(max_age) = self.max_age {
            if age <= max_age.min(entry.soft_ttl) { Grade::Fresh } else { Grade::Fallback }
        } else if age <= entry.soft_ttl {
            Grade::Fresh
        } else if age <= revalidate {
            Grade::Revalidate
        } else {
            Grade::Fallback
        }
    }

    /// Loads that began before this are of no use to the reader; `None`: any load is.
    pub(super) fn earliest_start(&self) -> Option<DateTime<Utc>> {
        self.max_age.map(|max_age| crate::clock::earlier(self.arrival, max_age))
    }
}

/// Whether a copy is as new as it should be.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Freshness {
    /// Within its time.
    Fresh,
    /// Older than it should be. Nothing may be paid on the strength of it.
    Stale,
}

/// What a reader gets.
#[derive(Clone, Debug)]
pub struct Hit {
    /// The value.
    pub entry: Arc<Entry>,
    /// Whether it is as new as it should be.
    pub freshness: Freshness,
    /// [`Source::Live`] when it was loaded while the reader waited, else [`Source::Cache`].
    pub source: Source,
}

impl Hit {
    pub(super) const fn live(entry: Arc<Entry>) -> Self {
        Self { entry, freshness: Freshness::Fresh, source: Source::Live }
    }

    pub(super) const fn cached(entry: Arc<Entry>, freshness: Freshness) -> Self {
        Self { entry, freshness, source: Source::Cache }
    }

    /// How old it is, as answers say it.
    #[must_use]
    pub fn meta(&self) -> Meta {
        Meta {
            as_of: self.entry.fragment.as_of,
            stale: self.freshness == Freshness::Stale,
            source: self.source,
        }
    }

    /// The answer to send. For a fresh copy from the cache `make` runs once per copy and later calls clone the bytes;
    /// so `make` may depend on nothing but its arguments, and one namespace has one `make`.
    pub fn body(&self, make: impl FnOnce(&Fragment, Meta) -> Bytes) -> Bytes {
        let meta = self.meta();
        if self.freshness == Freshness::Fresh && self.source == Source::Cache {
            self.entry.ready(|fragment| make(fragment, meta))
        } else {
            make(&self.entry.fragment, meta)
        }
    }

    /// The value itself.
    pub fn decode<T: DeserializeOwned>(&self) -> Result<T, serde_json::Error> {
        serde_json::from_slice(&self.entry.fragment.bytes)
    }
}
