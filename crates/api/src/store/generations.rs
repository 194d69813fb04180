//! Generations of cached data: part of every cache key, so that raising one empties the cache behind it.
//!
//! The database holds them so that replicas agree without Redis: they poll for what has changed.

use std::time::Duration;

use chrono::{DateTime, Utc};
use sea_orm::{EntityTrait as _, FromQueryResult, QueryFilter as _};
use shared_types::ids::UserId;
use uuid::Uuid;

use super::entities::cache_generation::{COLUMN, Entity};
use super::error::StoreError;
use super::transaction::Tx;
use crate::clock::earlier;

/// Whose cached data.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum GenerationScope {
    /// Everybody's, such as the catalogue.
    Global,
    /// One user's.
    User(UserId),
}

impl GenerationScope {
    /// The row-level policy of users relies on this form.
    fn text(self) -> String {
        match self {
            Self::Global => "global".to_owned(),
            Self::User(user) => format!("u:{user}"),
        }
    }

    fn parse(text: &str) -> Option<Self> {
        if text == "global" {
            return Some(Self::Global);
        }
        let id = Uuid::parse_str(text.strip_prefix("u:")?).ok()?;
        Some(Self::User(UserId::from_uuid(id)))
    }
}

/// A generation that was raised.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Generation {
    /// Whose.
    pub scope: GenerationScope,
    /// Of what.
    pub namespace: String,
    /// The number; 0 is that of data never invalidated, for which there is no row.
    pub generation: i64,
    /// When it was raised.
    pub updated_at: DateTime<Utc>,
}

const BUMP: &str = "
    INSERT INTO cache_generations (scope, namespace, generation, updated_at) VALUES ($1, $2, 1, $3)
    ON CONFLICT (scope, namespace) DO UPDATE
       SET generation = cache_generations.generation + 1, updated_at = $3
    RETURNING generation";

#[derive(FromQueryResult)]
struct Number {
    generation: i64,
}

/// Generations of one scope.
pub struct UserGenerations<'t> {
    tx: &'t Tx,
    scope: GenerationScope,
}

impl<'t> UserGenerations<'t> {
    pub(super) const fn new(tx: &'t Tx, scope: GenerationScope) -> Self {
        Self { tx, scope }
    }

    /// Raises the generation and returns it.
    pub async fn bump(&self, namespace: &str) -> Result<i64, StoreError> {
        let values = [self.scope.text().into(), namespace.into(), self.tx.now().into()];
        let row = self.tx.one::<Number>(BUMP, values).await?;
        row.map(|row| row.generation).ok_or_else(|| StoreError::corrupt("cache_generations"))
    }

    /// The present generation.
    pub async fn get(&self, namespace: &str) -> Result<i64, StoreError> {
        let key = (self.scope.text(), namespace.to_owned());
        let row = Entity::find_by_id(key).one(self.tx.connection()).await?;
        Ok(row.map_or(0, |row| row.generation))
    }
}

/// Generations of all scopes.
pub struct Generations<'t> {
    tx: &'t Tx,
}

impl<'t> Generations<'t> {
    pub(super) const fn new(tx: &'t Tx) -> Self {
        Self { tx }
    }

    /// Generations of one scope.
    #[must_use]
    pub const fn of(&self, scope: GenerationScope) -> UserGenerations<'t> {
        UserGenerations::new(self.tx, scope)
    }

    /// What was raised since a time. The overlap looks further back, for transactions that took their time to commit
    /// and for clocks that differ: some are reported twice, none is missed.
    pub async fn changed_since(
        &self,
        since: DateTime<Utc>,
        overlap: Duration,
    ) -> Result<Vec<Generation>, StoreError> {
        let query = Entity::find().filter(COLUMN.updated_at.gte(earlier(since, overlap)));
        let rows = query.all(self.tx.connection()).await?;
        rows.into_iter()
            .map(|row| {
                let scope = GenerationScope::parse(&row.scope);
                Ok(Generation {
                    scope: scope.ok_or_else(|| StoreError::corrupt("cache_generations.scope"))?,
                    namespace: row.namespace,
                    generation: row.generation,
                    updated_at: row.updated_at,
                })
            })
            .collect()
    }
}
