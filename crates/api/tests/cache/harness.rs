//! An upstream that does as it is told, and a cache in front of it.

use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use chrono::{DateTime, Utc};
use futures::FutureExt as _;
use futures::future::BoxFuture;
use portal_api::bus::Bus;
use portal_api::cache::{
    Cache, CacheKey, CacheParts, CacheSettings, Freshness, Hit, LoaderError, MemoryGenerations, Namespace,
    RedisLevel,
};
use portal_api::clock::Clock;
use shared_types::ids::UserId;
use shared_types::page::Source;
use tokio::sync::watch;
use tokio::time::Instant;
use uuid::Uuid;

pub fn user(number: u128) -> UserId {
    UserId::from_uuid(Uuid::from_u128(number))
}

pub fn key(user_number: u128) -> CacheKey {
    CacheKey::for_user(user(user_number), Namespace::Invoices, &("page", 1)).unwrap()
}

pub fn start() -> DateTime<Utc> {
    DateTime::from_timestamp(1_800_000_000, 0).unwrap()
}

pub fn soon() -> Instant {
    Instant::now() + Duration::from_secs(10)
}

pub const fn seconds(seconds: u64) -> Duration {
    Duration::from_secs(seconds)
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Failure {
    /// The upstream is down.
    Down,
    /// The upstream says no.
    Refused,
    Timeout,
    Internal,
}

impl LoaderError for Failure {
    fn may_serve_stale(&self) -> bool {
        matches!(self, Self::Down | Self::Timeout)
    }

    fn timeout_error() -> Self {
        Self::Timeout
    }

    fn internal_error() -> Self {
        Self::Internal
    }
}

/// Answers `v1` to the first call, `v2` to the second and so on, unless told to fail.
#[derive(Clone)]
pub struct Upstream(Arc<State>);

struct State {
    calls: AtomicUsize,
    began: watch::Sender<usize>,
    open: watch::Sender<bool>,
    failure: Mutex<Option<Failure>>,
}

impl Upstream {
    pub fn new() -> Self {
        Self(Arc::new(State {
            calls: AtomicUsize::new(0),
            began: watch::Sender::new(0),
            open: watch::Sender::new(true),
            failure: Mutex::new(None),
        }))
    }

    pub fn calls(&self) -> usize {
        self.0.calls.load(Ordering::SeqCst)
    }

    /// From now on calls begin but do not end.
    pub fn hold(&self) {
        self.0.open.send_replace(false);
    }

    pub fn release(&self) {
        self.0.open.send_replace(true);
    }

    pub fn fail(&self, failure: impl Into<Option<Failure>>) {
        *self.0.failure.lock().unwrap() = failure.into();
    }

    /// Waits until so many calls have begun.
    pub async fn began(&self, calls: usize) {
        self.0.began.subscribe().wait_for(|began| *began >= calls).await.unwrap();
    }

    pub fn loader(&self) -> impl FnOnce() -> BoxFuture<'static, Result<String, Failure>> + Send + 'static {
        let state = Arc::clone(&self.0);
        move || {
            async move {
                let call = state.calls.fetch_add(1, Ordering::SeqCst) + 1;
                state.began.send_modify(|began| *began += 1);
                state.open.subscribe().wait_for(|open| *open).await.unwrap();
                match *state.failure.lock().unwrap() {
                    Some(failure) => Err(failure),
                    None => Ok(format!("v{call}")),
                }
            }
            .boxed()
        }
    }
}

/// What a test cares about in a hit.
pub type Seen = (String, Freshness, Source);

pub fn seen(hit: &Hit) -> Seen {
    (hit.decode().unwrap(), hit.freshness, hit.source)
}

#[expect(clippy::unnecessary_wraps, reason = "compared with what a read gives")]
pub fn live(value: &str) -> Result<Seen, Failure> {
    Ok((value.to_owned(), Freshness::Fresh, Source::Live))
}

#[expect(clippy::unnecessary_wraps, reason = "compared with what a read gives")]
pub fn cached(value: &str) -> Result<Seen, Failure> {
    Ok((value.to_owned(), Freshness::Fresh, Source::Cache))
}

#[expect(clippy::unnecessary_wraps, reason = "compared with what a read gives")]
pub fn stale(value: &str) -> Result<Seen, Failure> {
    Ok((value.to_owned(), Freshness::Stale, Source::Cache))
}

/// A cache with a clock that stands still and no jitter. The poll is so slow that tests decide when it happens.
#[derive(Clone)]
pub struct Setup {
    pub cache: Cache,
    pub clock: Clock,
    pub upstream: Upstream,
    pub generations: MemoryGenerations,
}

impl Setup {
    pub fn new() -> Self {
        Self::with(MemoryGenerations::default(), Bus::in_process(), None)
    }

    pub fn with(generations: MemoryGenerations, bus: Bus, redis: Option<RedisLevel>) -> Self {
        Self::of(settings(), generations, bus, redis)
    }

    pub fn of(
        settings: CacheSettings,
        generations: MemoryGenerations,
        bus: Bus,
        redis: Option<RedisLevel>,
    ) -> Self {
        let clock = Clock::fixed(start());
        let cache = Cache::new(CacheParts {
            settings,
            clock: clock.clone(),
            generations: Arc::new(generations.clone()),
            bus,
            redis,
        });
        Self { cache, clock, upstream: Upstream::new(), generations }
    }

    pub async fn read(&self, key: &CacheKey) -> Result<Seen, Failure> {
        self.read_within(key, None).await
    }

    pub async fn read_within(
        &self,
        key: &CacheKey,
        max_age: impl Into<Option<Duration>> + Send,
    ) -> Result<Seen, Failure> {
        let hit = self.cache.read(key, max_age.into(), soon(), self.upstream.loader()).await;
        hit.map(|hit| seen(&hit))
    }
}

pub fn settings() -> CacheSettings {
    CacheSettings { jitter_percent: 0, generation_poll: seconds(24 * 3600), ..CacheSettings::default() }
}

/// Waits for something that other tasks or processes bring about, without a pause between looks.
pub async fn eventually<F: Future<Output = bool>>(what: &str, mut look: impl FnMut() -> F) {
    let waiting = async {
        while !look().await {
            tokio::task::yield_now().await;
        }
    };
    assert!(tokio::time::timeout(seconds(20), waiting).await.is_ok(), "never happened: {what}");
}
