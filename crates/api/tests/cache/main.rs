//! The cache, the bus and the guards, as the rest of the portal uses them.
#![expect(clippy::unwrap_used, reason = "tests may panic")]

mod breaker;
mod bulkhead;
mod bus;
mod flights;
mod freshness;
mod harness;
mod invalidation;
mod isolation;
mod redis_level;
mod redis_server;
mod retries;
