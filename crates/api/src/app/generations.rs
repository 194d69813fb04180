//! Where the cache's generations are kept: in the database, for all replicas.

use std::time::Duration;

use async_trait::async_trait;

use crate::{
    cache::{Change, Changes, Cursor, GenerationError, GenerationStore, Namespace, Scope},
    clock::Clock,
    store::{Db, GenerationScope, StoreError},
};

/// How far back to look for raised generations: longer than any transaction may take.
const OVERLAP: Duration = Duration::from_secs(15);

/// Generations of cached values, in the database.
pub(super) struct StoredGenerations {
    pub(super) db: Db,
    pub(super) clock: Clock,
}

#[async_trait]
impl GenerationStore for StoredGenerations {
    async fn get(&self, scope: Scope, namespace: Namespace) -> Result<u64, GenerationError> {
        let read = async {
            let tx = self.db.read_as_system().await?;
            tx.generations().of(stored(scope)).get(namespace.name()).await
        };
        read.await.map(count).map_err(GenerationError::new)
    }

    async fn bump(&self, scope: Scope, namespace: Namespace) -> Result<u64, GenerationError> {
        let raise = async {
            let tx = self.db.as_system().await?;
            let raised = tx.generations().of(stored(scope)).bump(namespace.name()).await?;
            tx.commit().await?;
            Ok::<_, StoreError>(raised)
        };
        raise.await.map(count).map_err(GenerationError::new)
    }

    async fn changed_since(&self, cursor: Option<Cursor>) -> Result<Changes, GenerationError> {
        let now = Cursor(self.clock.now().timestamp_micros());
        let Some(since) = cursor.and_then(|cursor| chrono::DateTime::from_timestamp_micros(cursor.0)) else {
            return Ok(Changes { changes: Vec::new(), cursor: now });
        };
        let read = async {
            let tx = self.db.read_as_system().await?;
            tx.generations().changed_since(since, OVERLAP).await
        };
        let raised = read.await.map_err(GenerationError::new)?;
        let known = |row: crate::store::Generation| {
            // A namespace that this version does not know belongs to another one; nothing here is stored under it.
            let namespace = Namespace::from_name(&row.namespace)?;
            let scope = match row.scope {
                GenerationScope::Global => Scope::Public,
                GenerationScope::User(user) => Scope::User(user),
            };
            Some(Change { scope, namespace, generation: count(row.generation) })
        };
        Ok(Changes { changes: raised.into_iter().filter_map(known).collect(), cursor: now })
    }
}

const fn stored(scope: Scope) -> GenerationScope {
    match scope {
        Scope::Public => GenerationScope::Global,
        Scope::User(user) => GenerationScope::User(user),
    }
}

fn count(generation: i64) -> u64 {
    u64::try_from(generation).unwrap_or_default()
}
