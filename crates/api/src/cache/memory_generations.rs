//! Generations in memory: for tests and for tools that have no database. Clones share one history.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use async_trait::async_trait;

use super::generation::{Change, Changes, Cursor, GenerationError, GenerationStore};
use super::{Namespace, Scope};

#[derive(Debug, Default)]
struct History {
    generations: HashMap<(Scope, Namespace), u64>,
    /// In the order of the raises; a cursor is a length of this list.
    raises: Vec<Change>,
}

/// A [`GenerationStore`] in memory. It forgets nothing, so it is not for long runs.
#[derive(Clone, Debug, Default)]
pub struct MemoryGenerations(Arc<Mutex<History>>);

impl MemoryGenerations {
    fn lock(&self) -> MutexGuard<'_, History> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[async_trait]
impl GenerationStore for MemoryGenerations {
    async fn get(&self, scope: Scope, namespace: Namespace) -> Result<u64, GenerationError> {
        Ok(self.lock().generations.get(&(scope, namespace)).copied().unwrap_or_default())
    }

    async fn bump(&self, scope: Scope, namespace: Namespace) -> Result<u64, GenerationError> {
        let mut history = self.lock();
        let generation = history.generations.entry((scope, namespace)).or_default();
        *generation += 1;
        let generation = *generation;
        history.raises.push(Change { scope, namespace, generation });
        Ok(generation)
    }

    async fn changed_since(&self, cursor: Option<Cursor>) -> Result<Changes, GenerationError> {
        let history = self.lock();
        let end = history.raises.len();
        let start = cursor.and_then(|cursor| usize::try_from(cursor.0).ok()).unwrap_or(end);
        let changes = history.raises.get(start..).unwrap_or_default().to_vec();
        Ok(Changes { changes, cursor: Cursor(i64::try_from(end).unwrap_or(i64::MAX)) })
    }
}
