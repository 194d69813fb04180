//! Copies of what the upstreams said: quick, no older than they say, and never another customer's.
//!
//! `this process → Redis → one load for all who wait → the last good copy when that fails`.
//!
//! - Keys are typed and carry the customer ([`CacheKey`]). Values in Redis are sealed and bound to their key.
//! - Every invalidation raises a generation that is part of the place of a value. It is read before a load begins, so a
//!   load that raced an invalidation stores its value where nobody looks.
//! - Each copy tells its age. Between its soft TTL and ten times that it is shown marked stale while one load runs
//!   behind it; after that readers wait for the load; if it fails for a reason that permits it, the last good copy of
//!   the same generation is shown up to 24 h, marked stale.
//! - Errors are shared by those who waited and are never kept. After a failure the copy at hand is shown for one second
//!   before the next attempt, so that a dead upstream is not asked by every reader.
//! - A load runs in a task of its own: readers come and go without disturbing it.
//!
//! Not for what decides access or moves money: sessions, SSO links, the progress of orders.

mod entry;
mod error;
mod flight;
mod generation;
mod key;
mod load;
mod memory_generations;
mod meters;
mod namespace;
mod read;
mod redis_level;

use std::sync::Arc;

use tokio::runtime::Handle;
use tokio::sync::broadcast::error::RecvError;
use tokio::task::AbortHandle;
use tokio::time::MissedTickBehavior;

pub use entry::{Entry, Fragment, Freshness, Hit};
pub use error::LoaderError;
pub use generation::{Change, Changes, Cursor, GenerationError, GenerationStore};
pub use key::{CacheKey, KeyError, Scope};
pub use memory_generations::MemoryGenerations;
pub use namespace::{CacheSettings, Namespace, Policy};
pub use read::Typed;
pub use redis_level::{PoolError, RedisLevel, Sealer, SealingError};

use crate::bus::{Bus, Event};
use crate::clock::Clock;
use flight::Flights;
use generation::Generations;
use key::Place;
use meters::AllMeters;

/// What a [`Cache`] is made of.
pub struct CacheParts {
    /// Times and room.
    pub settings: CacheSettings,
    /// Tells the age of copies.
    pub clock: Clock,
    /// The truth about invalidations.
    pub generations: Arc<dyn GenerationStore>,
    /// Carries invalidations between replicas.
    pub bus: Bus,
    /// The second level, where there is one.
    pub redis: Option<RedisLevel>,
}

/// The cache of this process. Clones are the same cache.
#[derive(Clone)]
pub struct Cache {
    inner: Arc<Inner>,
    /// Ends the background tasks with the last clone. Loads hold `inner` only.
    _background: Arc<Background>,
}

struct Inner {
    settings: CacheSettings,
    clock: Clock,
    bus: Bus,
    l1: moka::future::Cache<Place, Arc<Entry>>,
    redis: Option<RedisLevel>,
    generations: Arc<Generations>,
    flights: Flights,
    meters: AllMeters,
    runtime: Handle,
}

struct Background([AbortHandle; 2]);

impl Drop for Background {
    fn drop(&mut self) {
        self.0.iter().for_each(AbortHandle::abort);
    }
}

impl Cache {
    /// Builds the cache and starts listening for invalidations. Must be called on the Tokio runtime that outlives all
    /// readers, since loads run there, and after the metrics recorder is installed.
    #[must_use]
    pub fn new(parts: CacheParts) -> Self {
        let CacheParts { settings, clock, generations, bus, redis } = parts;
        let l1 = moka::future::Cache::builder()
            .max_capacity(settings.memory_bytes)
            .weigher(|_: &Place, entry: &Arc<Entry>| entry.weight())
            .time_to_live(settings.stale_if_error)
            .build();
        let generations = Arc::new(Generations::new(generations));
        let background = Arc::new(Background([
            tokio::spawn(listen(bus.subscribe(), Arc::clone(&generations))).abort_handle(),
            tokio::spawn(poll(settings.generation_poll, Arc::clone(&generations))).abort_handle(),
        ]));
        let inner = Inner {
            settings,
            clock,
            bus,
            l1,
            redis,
            generations,
            flights: Flights::default(),
            meters: AllMeters::new(),
            runtime: Handle::current(),
        };
        Self { inner: Arc::new(inner), _background: background }
    }

    /// Makes all copies of this scope and namespace unreachable, here before this returns and elsewhere within moments,
    /// and gives the new generation. After an error nothing is invalidated: the caller must try again.
    pub async fn invalidate(&self, scope: Scope, namespace: Namespace) -> Result<u64, GenerationError> {
        let generation = self.inner.generations.bump(scope, namespace).await?;
        self.inner.bus.publish(Event::Invalidated { scope, namespace, generation });
        Ok(generation)
    }

    /// As [`invalidate`](Self::invalidate), for a generation that the caller raised in a transaction of its own. To be
    /// called once that is committed; if it never is, the poll brings the news.
    pub async fn announce(&self, scope: Scope, namespace: Namespace, generation: u64) {
        self.inner.generations.raise(scope, namespace, generation).await;
        self.inner.bus.publish(Event::Invalidated { scope, namespace, generation });
    }

    /// Takes over invalidations made elsewhere, as happens every [`CacheSettings::generation_poll`] anyway.
    pub async fn poll_generations(&self) -> Result<(), GenerationError> {
        self.inner.generations.poll().await
    }

    /// Bytes taken by values in this process.
    pub async fn memory_used(&self) -> u64 {
        self.inner.l1.run_pending_tasks().await;
        self.inner.l1.weighted_size()
    }
}

/// Follows the bus until the cache is dropped.
async fn listen(mut events: tokio::sync::broadcast::Receiver<Event>, generations: Arc<Generations>) {
    loop {
        match events.recv().await {
            Ok(Event::Invalidated { scope, namespace, generation }) => {
                generations.suspect(scope, namespace, generation).await;
            }
            Ok(Event::SessionRevoked { .. } | Event::UserSessionsRevoked { .. }) => {}
            Err(RecvError::Lagged(_)) => generations.forget_all(),
            Err(RecvError::Closed) => return,
        }
    }
}

/// Reads raised generations from the store until the cache is dropped. Runs with Redis too, since that may lose messages.
async fn poll(every: std::time::Duration, generations: Arc<Generations>) {
    let mut ticks = tokio::time::interval(every);
    ticks.set_missed_tick_behavior(MissedTickBehavior::Delay);
    loop {
        ticks.tick().await;
        if let Err(error) = generations.poll().await {
            metrics::counter!("portal_cache_poll_errors_total").increment(1);
            let error: &dyn std::error::Error = &error;
            tracing::warn!(error, "cache generations could not be polled");
        }
    }
}
