//! The second level: sealed values in Redis, shared by all replicas.
//!
//! Redis is a convenience. Every operation has a budget, a row of failures takes Redis out of the way for a while, and no
//! failure reaches a reader. Only GET, SET and DEL are used: nothing that searches, nothing that blocks.

use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use bytes::Bytes;
use chrono::DateTime;
use redis::{AsyncConnectionConfig, FromRedisValue, RedisError};
use tokio::time::{Instant, timeout};

use super::entry::Fragment;
use super::key::Place;
use super::meters::Meters;
use crate::crypto;

/// Failures in a row after which Redis is left alone.
const FAILURES_TO_OPEN: u32 = 5;
/// How long it is left alone, and the pause between probes after that.
const PAUSE: Duration = Duration::from_secs(2);
/// Larger values are not worth Redis's memory and stay in the process.
const MAX_VALUE_BYTES: usize = 1024 * 1024;
/// Version of the plaintext: `version (1) | start of load, microseconds since 1970 (8) | JSON`.
const FORMAT: u8 = 1;

/// Seals what leaves the process, bound to the place where it lies.
pub trait Sealer: Send + Sync + 'static {
    /// Seals `plaintext` so that it opens only with the same `associated_data`.
    fn seal(&self, associated_data: &[u8], plaintext: &[u8]) -> Result<Vec<u8>, SealingError>;
    /// Opens what [`seal`](Self::seal) gave.
    fn open(&self, associated_data: &[u8], sealed: &[u8]) -> Result<Vec<u8>, SealingError>;
}

/// A value could not be sealed or opened.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("a cached value could not be sealed or opened")]
pub struct SealingError;

impl Sealer for crypto::Sealer {
    fn seal(&self, associated_data: &[u8], plaintext: &[u8]) -> Result<Vec<u8>, SealingError> {
        Self::seal(self, &crypto::Aad::CacheKey(associated_data), plaintext).map_err(|_| SealingError)
    }

    fn open(&self, associated_data: &[u8], sealed: &[u8]) -> Result<Vec<u8>, SealingError> {
        let opened = Self::open(self, &crypto::Aad::CacheKey(associated_data), sealed);
        opened.map(|plaintext| plaintext.to_vec()).map_err(|_| SealingError)
    }
}

/// Redis as the second level.
pub struct RedisLevel {
    pool: deadpool_redis::Pool,
    prefix: String,
    sealer: Box<dyn Sealer>,
    budget: Duration,
    fuse: Fuse,
}

impl RedisLevel {
    /// `prefix` starts every key, `budget` bounds every operation, waiting for a connection included.
    #[must_use]
    pub fn new(
        pool: deadpool_redis::Pool,
        prefix: String,
        sealer: Box<dyn Sealer>,
        budget: Duration,
    ) -> Self {
        Self { pool, prefix, sealer, budget, fuse: Fuse::default() }
    }

    /// A pool for the cache: connections are made when needed, and nothing waits longer than `budget` for an answer.
    pub fn pool(url: &str, size: usize, budget: Duration) -> Result<deadpool_redis::Pool, PoolError> {
        let config = AsyncConnectionConfig::new()
            .set_connection_timeout(Some(budget))
            .set_response_timeout(Some(budget));
        let manager = deadpool_redis::Manager::new_with_config(url, config).map_err(|_| PoolError)?;
        deadpool_redis::Pool::builder(manager)
            .max_size(size)
            .runtime(deadpool_redis::Runtime::Tokio1)
            .build()
            .map_err(|_| PoolError)
    }

    pub(super) async fn get(&self, place: &Place, meters: &Meters) -> Option<Fragment> {
        let mut command = redis::cmd("GET");
        command.arg(place.redis_key(&self.prefix));
        let sealed = self.run::<Option<Vec<u8>>>(&command, meters).await??;
        let opened = self.sealer.open(&place.associated_data(), &sealed).ok().and_then(parse);
        if opened.is_none() {
            meters.open_failures.increment(1);
            tracing::error!(
                namespace = place.namespace().name(),
                "a cached value does not open under its key"
            );
        }
        opened
    }

    pub(super) async fn set(&self, place: &Place, fragment: &Fragment, ttl: Duration, meters: &Meters) {
        if fragment.bytes.len() > MAX_VALUE_BYTES {
            return;
        }
        let mut plaintext = Vec::with_capacity(fragment.bytes.len() + 9);
        plaintext.push(FORMAT);
        plaintext.extend_from_slice(&fragment.as_of.timestamp_micros().to_be_bytes());
        plaintext.extend_from_slice(&fragment.bytes);
        let Ok(sealed) = self.sealer.seal(&place.associated_data(), &plaintext) else {
            tracing::error!(namespace = place.namespace().name(), "a cached value could not be sealed");
            return;
        };
        let ttl = u64::try_from(ttl.as_millis()).unwrap_or(u64::MAX).max(1);
        let mut command = redis::cmd("SET");
        command.arg(place.redis_key(&self.prefix)).arg(sealed).arg("PX").arg(ttl);
        self.run::<()>(&command, meters).await;
    }

    pub(super) async fn delete(&self, place: &Place, meters: &Meters) {
        let mut command = redis::cmd("DEL");
        command.arg(place.redis_key(&self.prefix));
        self.run::<()>(&command, meters).await;
    }

    /// Runs a command within the budget. `None` when Redis is out of the way or failed.
    async fn run<T: FromRedisValue>(&self, command: &redis::Cmd, meters: &Meters) -> Option<T> {
        if !self.fuse.admits(Instant::now()) {
            return None;
        }
        let attempt = async {
            let mut connection = self.pool.get().await.map_err(Failure::Pool)?;
            command.query_async::<T>(&mut connection).await.map_err(Failure::Command)
        };
        let failure = match timeout(self.budget, attempt).await {
            Ok(Ok(answer)) => {
                self.fuse.succeeded();
                return Some(answer);
            }
            Ok(Err(failure)) => failure,
            Err(_) => Failure::Budget,
        };
        self.fuse.failed(Instant::now());
        meters.redis_errors.increment(1);
        let error: &dyn std::error::Error = &failure;
        tracing::debug!(error, "redis failed");
        None
    }
}

/// The address is not one of a Redis server.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("the address is not one of a Redis server")]
pub struct PoolError;

#[derive(Debug, thiserror::Error)]
enum Failure {
    #[error("no connection")]
    Pool(#[source] deadpool_redis::PoolError),
    #[error("command failed")]
    Command(#[source] RedisError),
    #[error("over budget")]
    Budget,
}

fn parse(plaintext: Vec<u8>) -> Option<Fragment> {
    let plaintext = Bytes::from(plaintext);
    let (&[FORMAT], rest) = plaintext.split_first_chunk::<1>()? else { return None };
    let (micros, _) = rest.split_first_chunk::<8>()?;
    let as_of = DateTime::from_timestamp_micros(i64::from_be_bytes(*micros))?;
    Some(Fragment { bytes: plaintext.slice(9..), as_of })
}

/// Takes Redis out of the way after a row of failures, and lets one operation through after each pause.
#[derive(Default)]
struct Fuse(Mutex<FuseState>);

#[derive(Default)]
struct FuseState {
    failures: u32,
    next_probe: Option<Instant>,
}

impl Fuse {
    fn admits(&self, now: Instant) -> bool {
        let mut state = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        match state.next_probe {
            None => true,
            Some(at) if now < at => false,
            Some(_) => {
                state.next_probe = Some(now + PAUSE);
                true
            }
        }
    }

    fn succeeded(&self) {
        *self.0.lock().unwrap_or_else(PoisonError::into_inner) = FuseState::default();
    }

    fn failed(&self, now: Instant) {
        let mut state = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        state.failures = state.failures.saturating_add(1);
        if state.failures >= FAILURES_TO_OPEN {
            state.next_probe = Some(now + PAUSE);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn five_failures_in_a_row_open_the_fuse_and_one_probe_passes_after_the_pause() {
        let fuse = Fuse::default();
        let start = Instant::now();
        for _ in 0..4 {
            fuse.failed(start);
        }
        fuse.succeeded();
        for _ in 0..4 {
            fuse.failed(start);
        }
        assert!(fuse.admits(start), "a success ends the row");
        fuse.failed(start);
        assert!(!fuse.admits(start + PAUSE - Duration::from_millis(1)));
        assert!(fuse.admits(start + PAUSE));
        assert!(!fuse.admits(start + PAUSE), "one probe at a time");
        fuse.succeeded();
        assert!(fuse.admits(start + PAUSE));
    }

    #[test]
    fn foreign_plaintexts_are_refused() {
        assert_eq!(parse(Vec::new()), None);
        assert_eq!(parse(vec![FORMAT, 0, 0]), None);
        assert_eq!(parse(vec![9; 20]), None);
        let fragment = parse([&[FORMAT][..], &5_i64.to_be_bytes(), b"{}"].concat()).unwrap();
        assert_eq!((fragment.bytes.as_ref(), fragment.as_of.timestamp_micros()), (b"{}".as_slice(), 5));
    }
}
