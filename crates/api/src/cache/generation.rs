//! Generations: one number per scope and namespace that every invalidation raises.
//!
//! The number is part of the place where a value lies, so raising it leaves all older values behind at once, without
//! looking for them, in every process and in Redis. The database is the truth; the process remembers what it read.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use async_trait::async_trait;
use tokio::sync::{Mutex, OnceCell};

use super::{Namespace, Scope};

/// Remembered generations. The least recently used goes first and is read again when it is needed.
const REMEMBERED: u64 = 20_000;
/// A remembered generation is read again after this time, whatever the poll and the bus said.
const REMEMBERED_FOR: Duration = Duration::from_mins(5);

/// The store of generations did not answer.
#[derive(Debug, thiserror::Error)]
#[error("the store of cache generations did not answer")]
pub struct GenerationError(#[source] Box<dyn std::error::Error + Send + Sync>);

impl GenerationError {
    /// Wraps the store's own error.
    pub fn new(source: impl std::error::Error + Send + Sync + 'static) -> Self {
        Self(Box::new(source))
    }
}

/// A point in the history of all generations. What the number means is the store's business.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Cursor(pub i64);

/// A generation that was raised.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Change {
    /// Whose values.
    pub scope: Scope,
    /// Which values.
    pub namespace: Namespace,
    /// The generation that holds now, or one that held after the raise.
    pub generation: u64,
}

/// What was raised since a [`Cursor`].
#[derive(Clone, Debug)]
pub struct Changes {
    /// In any order; the same change may come several times.
    pub changes: Vec<Change>,
    /// Where to go on.
    pub cursor: Cursor,
}

/// Where generations are kept for all processes.
#[async_trait]
pub trait GenerationStore: Send + Sync + 'static {
    /// The generation that holds; 0 where there never was an invalidation.
    async fn get(&self, scope: Scope, namespace: Namespace) -> Result<u64, GenerationError>;

    /// Raises the generation by one and gives the new one. Atomic: two callers get two numbers.
    async fn bump(&self, scope: Scope, namespace: Namespace) -> Result<u64, GenerationError>;

    /// What was raised since `cursor`; with `None` nothing, only the cursor of this moment.
    ///
    /// No raise may be left out. A store that orders them by time or sequence must look back over the longest
    /// transaction it allows, since a raise may be committed after a later one; repeats do no harm.
    async fn changed_since(&self, cursor: Option<Cursor>) -> Result<Changes, GenerationError>;
}

/// What the process knows of one generation.
#[derive(Default)]
struct Known {
    generation: AtomicU64,
    read: OnceCell<()>,
}

/// The generations as this process knows them.
pub(super) struct Generations {
    store: Arc<dyn GenerationStore>,
    known: moka::future::Cache<(Scope, Namespace), Arc<Known>>,
    cursor: Mutex<Option<Cursor>>,
}

impl Generations {
    pub(super) fn new(store: Arc<dyn GenerationStore>) -> Self {
        let known = moka::future::Cache::builder()
            .max_capacity(REMEMBERED)
            .time_to_live(REMEMBERED_FOR)
            .eviction_policy(moka::policy::EvictionPolicy::lru())
            .build();
        Self { store, known, cursor: Mutex::new(None) }
    }

    /// The generation that holds. Reads the store on the first use only.
    pub(super) async fn current(&self, scope: Scope, namespace: Namespace) -> Result<u64, GenerationError> {
        let known = self.known(scope, namespace).await;
        if known.read.initialized() {
            return Ok(known.generation.load(Ordering::Acquire));
        }
        let read = async {
            let generation = self.store.get(scope, namespace).await?;
            known.generation.fetch_max(generation, Ordering::AcqRel);
            Ok(())
        };
        known.read.get_or_try_init(|| read).await?;
        Ok(known.generation.load(Ordering::Acquire))
    }

    /// Raises the generation for everybody.
    pub(super) async fn bump(&self, scope: Scope, namespace: Namespace) -> Result<u64, GenerationError> {
        let generation = self.store.bump(scope, namespace).await?;
        self.raise(scope, namespace, generation).await;
        Ok(generation)
    }

    /// Takes over a generation that the store gave. It never goes down.
    pub(super) async fn raise(&self, scope: Scope, namespace: Namespace, generation: u64) {
        self.known(scope, namespace).await.generation.fetch_max(generation, Ordering::AcqRel);
    }

    /// Somebody says that `generation` holds now. The number is not taken over: a forged one would cut this process
    /// off from later invalidations. If it is news, the store is read again on the next use.
    pub(super) async fn suspect(&self, scope: Scope, namespace: Namespace, generation: u64) {
        if let Some(known) = self.known.get(&(scope, namespace)).await
            && (!known.read.initialized() || known.generation.load(Ordering::Acquire) < generation)
        {
            self.known.invalidate(&(scope, namespace)).await;
        }
    }

    /// Forgets everything: invalidations may have been missed.
    pub(super) fn forget_all(&self) {
        self.known.invalidate_all();
    }

    /// Takes over what was raised elsewhere since the last time.
    pub(super) async fn poll(&self) -> Result<(), GenerationError> {
        let mut cursor = self.cursor.lock().await;
        let changes = self.store.changed_since(*cursor).await?;
        if cursor.is_none() {
            // What was read before the first cursor may have been raised in between.
            self.forget_all();
        }
        for change in changes.changes {
            self.raise(change.scope, change.namespace, change.generation).await;
        }
        *cursor = Some(changes.cursor);
        Ok(())
    }

    async fn known(&self, scope: Scope, namespace: Namespace) -> Arc<Known> {
        if let Some(known) = self.known.get(&(scope, namespace)).await {
            return known;
        }
        self.known.get_with((scope, namespace), async { Arc::default() }).await
    }
}
