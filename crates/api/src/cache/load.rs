//! One load: the look into Redis, the call of the loader, and where the value goes. Runs in a task of its own.

use std::sync::Arc;

use bytes::Bytes;
use chrono::{DateTime, Utc};
use serde::Serialize;
use shared_types::page::Source;
use tokio::time::timeout;

use super::entry::{Demand, Entry, Fragment, Grade};
use super::flight::{Boarding, Lead, Outcome, SharedError};
use super::key::Place;
use super::{Cache, Inner, LoaderError};

impl Cache {
    /// Loads for everybody who boards. `behind`: the readers have their answer, so a stale copy from Redis is no end.
    pub(super) fn spawn_load<T, E, F, Fut>(
        &self,
        place: Place,
        demand: Demand,
        lead: Lead,
        loader: F,
        behind: bool,
    ) where
        T: Serialize + Send + 'static,
        E: LoaderError,
        F: FnOnce() -> Fut + Send + 'static,
        Fut: Future<Output = Result<T, E>> + Send + 'static,
    {
        let inner = Arc::clone(&self.inner);
        self.inner.runtime.spawn(async move {
            if let Some((lead, last_good)) = inner.find_copy::<E>(place, demand, lead, behind).await {
                inner.load(place, lead, last_good, loader).await;
            }
        });
    }
}

impl Inner {
    /// Forgets one copy, here and in Redis.
    pub(super) async fn discard(&self, place: Place) {
        self.l1.invalidate(&place).await;
        if let Some(redis) = self.redis.as_ref().filter(|_| place.is_storable()) {
            redis.delete(&place, self.meters.of(place.namespace())).await;
        }
    }

    /// Ends the flight with a copy that is good enough, or gives the lead back with the copy to fall back on.
    async fn find_copy<E: LoaderError>(
        &self,
        place: Place,
        demand: Demand,
        lead: Lead,
        behind: bool,
    ) -> Option<(Lead, Option<Arc<Entry>>)> {
        if !place.is_storable() {
            return Some((lead, None));
        }
        // An earlier flight may have landed between the reader's look and its boarding.
        let mut copy = self.l1.get(&place).await;
        if let Some(entry) = &copy
            && demand.grade(entry) == Grade::Fresh
        {
            lead.land(Outcome::Loaded { entry: Arc::clone(entry), source: Source::Cache });
            return None;
        }
        let meters = self.meters.of(place.namespace());
        if let Some(redis) = &self.redis
            && let Some(fragment) = redis.get(&place, meters).await
        {
            copy = Some(self.keep(place, fragment).await.0);
        }
        let Some(entry) = copy else { return Some((lead, None)) };
        match demand.grade(&entry) {
            Grade::Dead => Some((lead, None)),
            Grade::Fallback => Some((lead, Some(entry))),
            Grade::Revalidate if behind => Some((lead, Some(entry))),
            Grade::Fresh => {
                meters.l2_hits.increment(1);
                lead.land(Outcome::Loaded { entry, source: Source::Cache });
                None
            }
            Grade::Revalidate => {
                meters.l2_hits.increment(1);
                lead.land(Outcome::Loaded { entry: Arc::clone(&entry), source: Source::Cache });
                match self.flights.board::<E>(place, None, self.clock.now()) {
                    Boarding::Leads(lead) => Some((lead, Some(entry))),
                    Boarding::Joined(_) => None,
                }
            }
        }
    }

    async fn load<T, E, F, Fut>(&self, place: Place, lead: Lead, last_good: Option<Arc<Entry>>, loader: F)
    where
        T: Serialize,
        E: LoaderError,
        F: FnOnce() -> Fut,
        Fut: Future<Output = Result<T, E>>,
    {
        let meters = self.meters.of(place.namespace());
        let as_of = self.clock.now();
        let answer =
            timeout(self.settings.load_limit, loader()).await.unwrap_or_else(|_| Err(E::timeout_error()));
        match answer.and_then(|value| serialise(&value, as_of)) {
            Ok(fragment) => self.deliver(place, lead, fragment).await,
            Err(error) => {
                meters.loader_errors.increment(1);
                match &last_good {
                    Some(entry) if error.may_serve_stale() => entry.note_failure(self.clock.now()),
                    // The upstream has spoken against the copy: the next reader must hear it too.
                    Some(_) => self.discard(place).await,
                    None => {}
                }
                lead.land(Outcome::Failed { error: SharedError::new(error), last_good });
            }
        }
    }

    /// Keeps the value, hands it to the waiters, and then shares it with the other replicas.
    async fn deliver(&self, place: Place, lead: Lead, fragment: Fragment) {
        if !place.is_storable() {
            let entry = Arc::new(self.entry(place, fragment));
            lead.land(Outcome::Loaded { entry, source: Source::Live });
            return;
        }
        let (entry, is_newest) = self.keep(place, fragment).await;
        lead.land(Outcome::Loaded { entry: Arc::clone(&entry), source: Source::Live });
        if let Some(redis) = self.redis.as_ref().filter(|_| is_newest) {
            let meters = self.meters.of(place.namespace());
            redis.set(&place, entry.fragment(), self.settings.stale_if_error, meters).await;
        }
    }

    /// Puts a value into the process unless a newer one is there. Gives the one that is there then, and whether it is
    /// this one.
    async fn keep(&self, place: Place, fragment: Fragment) -> (Arc<Entry>, bool) {
        let entry = Arc::new(self.entry(place, fragment));
        let kept = self.l1.entry(place).and_upsert_with(|present| {
            let newest = match present.map(moka::Entry::into_value) {
                Some(present) if present.fragment().as_of > entry.fragment().as_of => present,
                _ => Arc::clone(&entry),
            };
            std::future::ready(newest)
        });
        let kept = kept.await.into_value();
        let is_newest = Arc::ptr_eq(&kept, &entry);
        (kept, is_newest)
    }

    fn entry(&self, place: Place, fragment: Fragment) -> Entry {
        let seed = place.jitter_seed(fragment.as_of.timestamp_micros());
        let soft_ttl = self.settings.policy(place.namespace()).jittered_ttl(seed);
        Entry::new(fragment, soft_ttl)
    }
}

fn serialise<T: Serialize, E: LoaderError>(value: &T, as_of: DateTime<Utc>) -> Result<Fragment, E> {
    match serde_json::to_vec(value) {
        Ok(json) => Ok(Fragment { bytes: Bytes::from(json), as_of }),
        Err(_) => Err(E::internal_error()),
    }
}
