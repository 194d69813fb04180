//! Loads in progress: equal requests board the same one.

use std::any::{Any, TypeId};
use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use chrono::{DateTime, Utc};
use shared_types::page::Source;
use tokio::sync::watch;

use super::LoaderError;
use super::entry::Entry;
use super::key::Place;

/// How a load ended, for everybody who waited.
#[derive(Clone)]
pub(super) enum Outcome {
    Loaded { entry: Arc<Entry>, source: Source },
    Failed { error: SharedError, last_good: Option<Arc<Entry>> },
}

/// The loader's error with its type taken off. The flight is keyed by that type, so it can be put on again.
#[derive(Clone)]
pub(super) struct SharedError(Arc<dyn Any + Send + Sync>);

impl SharedError {
    pub(super) fn new<E: LoaderError>(error: E) -> Self {
        Self(Arc::new(error))
    }

    pub(super) fn get<E: LoaderError>(&self) -> E {
        self.0.downcast_ref::<E>().map_or_else(E::internal_error, E::clone)
    }
}

#[derive(Clone, Copy, PartialEq, Eq, Hash)]
struct FlightKey {
    place: Place,
    error: TypeId,
}

struct Flight {
    number: u64,
    started: DateTime<Utc>,
    outcome: watch::Receiver<Option<Outcome>>,
}

#[derive(Default)]
struct Board {
    flights: HashMap<FlightKey, Flight>,
    last_number: u64,
}

/// All loads in progress in this process.
#[derive(Clone, Default)]
pub(super) struct Flights(Arc<Mutex<Board>>);

/// What boarding gave.
pub(super) enum Boarding {
    /// Somebody loads already.
    Joined(Waiter),
    /// The caller has to load.
    Leads(Lead),
}

impl Flights {
    /// Joins the load in progress, unless it began before `earliest_start`; else opens one that began at `now`.
    pub(super) fn board<E: LoaderError>(
        &self,
        place: Place,
        earliest_start: Option<DateTime<Utc>>,
        now: DateTime<Utc>,
    ) -> Boarding {
        let key = FlightKey { place, error: TypeId::of::<E>() };
        let mut board = self.lock();
        if let Some(flight) = board.flights.get(&key)
            && earliest_start.is_none_or(|earliest| flight.started >= earliest)
        {
            return Boarding::Joined(Waiter(flight.outcome.clone()));
        }
        board.last_number += 1;
        let number = board.last_number;
        let (sender, outcome) = watch::channel(None);
        board.flights.insert(key, Flight { number, started: now, outcome });
        Boarding::Leads(Lead { flights: self.clone(), key, number, sender })
    }

    fn lock(&self) -> MutexGuard<'_, Board> {
        // The map is whole after every statement, so a panic elsewhere does not make it unusable.
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Waits for a load that somebody else leads.
pub(super) struct Waiter(watch::Receiver<Option<Outcome>>);

impl Waiter {
    /// `None` when the load ended without an outcome: the loader panicked or the process is shutting down.
    pub(super) async fn outcome(mut self) -> Option<Outcome> {
        self.0.wait_for(Option::is_some).await.ok().and_then(|outcome| outcome.clone())
    }
}

/// The right and duty to load. Dropped without [`land`](Lead::land), it releases the waiters empty-handed.
pub(super) struct Lead {
    flights: Flights,
    key: FlightKey,
    number: u64,
    sender: watch::Sender<Option<Outcome>>,
}

impl Lead {
    pub(super) fn waiter(&self) -> Waiter {
        Waiter(self.sender.subscribe())
    }

    /// Ends the load. What it gave must be in the cache already: who comes now looks there.
    pub(super) fn land(self, outcome: Outcome) {
        self.sender.send_replace(Some(outcome));
    }
}

impl Drop for Lead {
    fn drop(&mut self) {
        let mut board = self.flights.lock();
        // A reader who wanted a newer load may have put its own in this place.
        if board.flights.get(&self.key).is_some_and(|flight| flight.number == self.number) {
            board.flights.remove(&self.key);
        }
    }
}
