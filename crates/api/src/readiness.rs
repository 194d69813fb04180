//! Whether this process should get requests, judged in the background so that a probe costs nothing and one slow answer changes nothing.

use std::{
    sync::{
        Arc,
        atomic::{AtomicBool, AtomicU32, Ordering},
    },
    time::Duration,
};

use crate::store::Db;

/// Time between two looks.
const INTERVAL: Duration = Duration::from_secs(2);
/// Failures in a row that make the process unready.
const PATIENCE: u32 = 3;

/// The verdict.
#[derive(Clone, Debug, Default)]
pub struct Readiness(Arc<State>);

#[derive(Debug, Default)]
struct State {
    ready: AtomicBool,
    stopping: AtomicBool,
    failures: AtomicU32,
}

impl Readiness {
    /// Ready and not about to stop.
    #[must_use]
    pub fn is_ready(&self) -> bool {
        self.0.ready.load(Ordering::Relaxed) && !self.0.stopping.load(Ordering::Relaxed)
    }

    /// No more requests, please: the process is about to stop.
    pub fn stop(&self) {
        self.0.stopping.store(true, Ordering::Relaxed);
    }

    /// Looks once: the first success makes ready, some failures in a row unready.
    pub async fn look(&self, db: &Db) {
        let fine = db.ping().await.is_ok();
        if fine {
            self.0.failures.store(0, Ordering::Relaxed);
            self.0.ready.store(true, Ordering::Relaxed);
        } else if self.0.failures.fetch_add(1, Ordering::Relaxed) + 1 >= PATIENCE {
            self.0.ready.store(false, Ordering::Relaxed);
        }
    }

    /// Looks until the process ends.
    pub async fn watch(self, db: Db) {
        let mut ticks = tokio::time::interval(INTERVAL);
        loop {
            ticks.tick().await;
            self.look(&db).await;
        }
    }
}
