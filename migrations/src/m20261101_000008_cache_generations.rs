//! Generations of cached data. Raising one makes everything cached under the former unreachable.

use sea_orm_migration::prelude::*;

use crate::dialect::{UserAccess, run, secure};

/// See the module.
#[derive(DeriveMigrationName)]
pub(crate) struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        run(manager, CACHE_GENERATIONS).await?;
        let own = UserAccess::Owned {
            condition: "scope = 'u:' || {user}::text",
            privileges: "SELECT, INSERT, UPDATE",
        };
        secure(manager, "cache_generations", own, "SELECT, INSERT, UPDATE, DELETE").await
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        run(manager, "DROP TABLE cache_generations;").await
    }
}

const CACHE_GENERATIONS: &str = "
    CREATE TABLE cache_generations (
        scope text NOT NULL,
        namespace text NOT NULL,
        generation {bigint} NOT NULL CHECK (generation > 0),
        updated_at {time} NOT NULL,
        PRIMARY KEY (scope, namespace)
    ) {options};
    CREATE INDEX cache_generations_changed_idx ON cache_generations (updated_at);";
