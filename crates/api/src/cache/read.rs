//! What a reader goes through, from the quickest source to the slowest.

use std::sync::Arc;
use std::time::Duration;

use serde::Serialize;
use serde::de::DeserializeOwned;
use shared_types::page::{Meta, Source};
use tokio::time::{Instant, timeout_at};

use super::entry::{Demand, Entry, Freshness, Grade, Hit};
use super::flight::{Boarding, Outcome, Waiter};
use super::key::{CacheKey, Place};
use super::{Cache, LoaderError};

/// A value with its age.
#[derive(Clone, Debug)]
pub struct Typed<T> {
    /// The value.
    pub value: T,
    /// How old it is.
    pub meta: Meta,
}

impl Cache {
    /// The value of `key`, from the quickest place that has it.
    ///
    /// With `max_age` the reader takes nothing older than that unless the load fails; loads that began within `max_age`
    /// before the reader came are shared. `loader` runs at most once, in a task of its own on the runtime of
    /// [`Cache::new`], possibly after the reader has its answer, so it must bring its own deadline; it is cut off at
    /// [`CacheSettings::load_limit`](super::CacheSettings::load_limit).
    ///
    /// A reader whose `deadline` passes gets the last good copy or the timeout error; the load goes on for the others.
    /// All loaders of one namespace must give the same type of value.
    pub async fn read<T, E, F, Fut>(
        &self,
        key: &CacheKey,
        max_age: Option<Duration>,
        deadline: Instant,
        loader: F,
    ) -> Result<Hit, E>
    where
        T: Serialize + Send + 'static,
        E: LoaderError,
        F: FnOnce() -> Fut + Send + 'static,
        Fut: Future<Output = Result<T, E>> + Send + 'static,
    {
        let policy = self.inner.settings.policy(key.namespace());
        let demand = Demand { max_age, arrival: self.inner.clock.now(), policy };
        let place = self.place(key, deadline).await?;
        let meters = self.inner.meters.of(key.namespace());
        let at_hand = self.inner.l1.get(&place).await.map(|entry| (demand.grade(&entry), entry));
        let fallback = match at_hand {
            Some((Grade::Fresh, entry)) => {
                meters.l1_hits.increment(1);
                return Ok(Hit::cached(entry, Freshness::Fresh));
            }
            Some((Grade::Revalidate, entry)) => {
                if !entry.failed_lately(demand.arrival)
                    && let Boarding::Leads(lead) = self.inner.flights.board::<E>(place, None, demand.arrival)
                {
                    self.spawn_load(place, demand, lead, loader, true);
                }
                return Ok(self.stale(place, entry));
            }
            Some((Grade::Fallback, entry)) if entry.failed_lately(demand.arrival) => {
                return Ok(self.stale(place, entry));
            }
            Some((Grade::Fallback, entry)) => Some(entry),
            Some((Grade::Dead, _)) | None => None,
        };
        meters.misses.increment(1);
        self.wait_for_load(place, demand, deadline, fallback, loader).await
    }

    /// As [`read`](Self::read), for a caller that needs the value itself. A copy that does not have the form of `T` is
    /// thrown away and gives the internal error once.
    pub async fn read_as<T, E, F, Fut>(
        &self,
        key: &CacheKey,
        max_age: Option<Duration>,
        deadline: Instant,
        loader: F,
    ) -> Result<Typed<T>, E>
    where
        T: Serialize + DeserializeOwned + Send + 'static,
        E: LoaderError,
        F: FnOnce() -> Fut + Send + 'static,
        Fut: Future<Output = Result<T, E>> + Send + 'static,
    {
        let hit = self.read(key, max_age, deadline, loader).await?;
        if let Ok(value) = hit.decode() {
            return Ok(Typed { value, meta: hit.meta() });
        }
        // serde's message may quote the value, so it is not logged.
        tracing::error!(namespace = key.namespace().name(), "a cached value has an unexpected form");
        let place = self.place::<E>(key, deadline).await?;
        self.inner.discard(place).await;
        Err(E::internal_error())
    }

    /// Where the value lies now. Without a known generation that is a place where nothing is kept: better slow than a
    /// value that was invalidated.
    async fn place<E: LoaderError>(&self, key: &CacheKey, deadline: Instant) -> Result<Place, E> {
        let current = self.inner.generations.current(key.scope(), key.namespace());
        match timeout_at(deadline, current).await {
            Ok(Ok(generation)) => Ok(key.at(Some(generation))),
            Ok(Err(error)) => {
                self.inner.meters.of(key.namespace()).generation_errors.increment(1);
                let error: &dyn std::error::Error = &error;
                tracing::warn!(error, "reading past the cache");
                Ok(key.at(None))
            }
            Err(_) => Err(E::timeout_error()),
        }
    }

    async fn wait_for_load<T, E, F, Fut>(
        &self,
        place: Place,
        demand: Demand,
        deadline: Instant,
        fallback: Option<Arc<Entry>>,
        loader: F,
    ) -> Result<Hit, E>
    where
        T: Serialize + Send + 'static,
        E: LoaderError,
        F: FnOnce() -> Fut + Send + 'static,
        Fut: Future<Output = Result<T, E>> + Send + 'static,
    {
        // A joined load may end with a copy from Redis that is good enough for its leader but not for this reader, who
        // then boards again.
        let waiter = loop {
            match self.inner.flights.board::<E>(place, demand.earliest_start(), self.inner.clock.now()) {
                Boarding::Leads(lead) => {
                    let waiter = lead.waiter();
                    self.spawn_load(place, demand, lead, loader, false);
                    break waiter;
                }
                Boarding::Joined(waiter) => {
                    self.inner.meters.of(place.namespace()).joins.increment(1);
                    let ending = Ending::of(waiter, deadline).await;
                    if let Ending::Landed(Outcome::Loaded { entry, source: Source::Cache }) = &ending
                        && !matches!(demand.grade(entry), Grade::Fresh | Grade::Revalidate)
                    {
                        continue;
                    }
                    return self.settle(place, demand, fallback, ending);
                }
            }
        };
        let ending = Ending::of(waiter, deadline).await;
        self.settle(place, demand, fallback, ending)
    }

    /// What the reader gets of a load.
    fn settle<E: LoaderError>(
        &self,
        place: Place,
        demand: Demand,
        fallback: Option<Arc<Entry>>,
        ending: Ending,
    ) -> Result<Hit, E> {
        let (error, fallback) = match ending {
            Ending::Landed(Outcome::Loaded { entry, source: Source::Live }) => return Ok(Hit::live(entry)),
            Ending::Landed(Outcome::Loaded { entry, .. }) if demand.grade(&entry) == Grade::Fresh => {
                return Ok(Hit::cached(entry, Freshness::Fresh));
            }
            Ending::Landed(Outcome::Loaded { entry, .. }) => return Ok(self.stale(place, entry)),
            Ending::Landed(Outcome::Failed { error, last_good }) => {
                (error.get::<E>(), last_good.or(fallback))
            }
            Ending::Lost => (E::internal_error(), fallback),
            Ending::Overdue => (E::timeout_error(), fallback),
        };
        match fallback {
            Some(entry) if error.may_serve_stale() && demand.grade(&entry) != Grade::Dead => {
                Ok(self.stale(place, entry))
            }
            _ => Err(error),
        }
    }

    fn stale(&self, place: Place, entry: Arc<Entry>) -> Hit {
        self.inner.meters.of(place.namespace()).stale_served.increment(1);
        Hit::cached(entry, Freshness::Stale)
    }
}

/// How a reader's wait for a load ended.
enum Ending {
    Landed(Outcome),
    /// The load ended without an outcome.
    Lost,
    /// The reader's deadline passed first.
    Overdue,
}

impl Ending {
    async fn of(waiter: Waiter, deadline: Instant) -> Self {
        match timeout_at(deadline, waiter.outcome()).await {
            Ok(Some(outcome)) => Self::Landed(outcome),
            Ok(None) => Self::Lost,
            Err(_) => Self::Overdue,
        }
    }
}
