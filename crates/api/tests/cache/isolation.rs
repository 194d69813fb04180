//! Customers who ask the same question at the same time get their own answers, and none from before what they were told
//! is done. The check is run on a faulty key as well, to see that it would notice.

use std::collections::HashMap;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use portal_api::bus::Bus;
use portal_api::cache::{Cache, CacheKey, CacheSettings, MemoryGenerations, Namespace, Scope};
use rand::rngs::StdRng;
use rand::{RngExt as _, SeedableRng as _};
use shared_types::ids::UserId;

use super::harness::*;
use super::redis_server::RedisServer;

type MakeKey = fn(UserId, u32) -> CacheKey;

fn right_key(user: UserId, page: u32) -> CacheKey {
    CacheKey::for_user(user, Namespace::Invoices, &("page", page)).unwrap()
}

/// The fault that the check must find: the customer is left out.
fn key_without_the_user(_: UserId, page: u32) -> CacheKey {
    CacheKey::public(Namespace::Invoices, &("page", page)).unwrap()
}

const USERS: u128 = 4;
const PAGES: u32 = 3;

/// The upstream's truth, and what the portal has told each user to be done.
#[derive(Default)]
struct Ledger {
    version: HashMap<UserId, u64>,
    acknowledged: HashMap<UserId, u64>,
}

#[derive(Default, Debug, PartialEq, Eq)]
struct Findings {
    answers: usize,
    of_others: usize,
    outdated: usize,
}

struct World {
    setup: Setup,
    ledger: Mutex<Ledger>,
    findings: Mutex<Findings>,
    make_key: MakeKey,
    /// Whether an invalidation reaches the cache. Left out to see that the check would notice.
    invalidates: bool,
}

impl World {
    async fn read(self: &Arc<Self>, rng: &mut StdRng) {
        let (user, page) = (user(rng.random_range(1..=USERS)), rng.random_range(0..PAGES));
        let floor = self.ledger.lock().unwrap().acknowledged.get(&user).copied().unwrap_or_default();
        let max_age = rng.random_bool(0.3).then(|| Duration::from_millis(rng.random_range(0..3_000)));
        let (world, steps, fails) = (Arc::clone(self), rng.random_range(0..6_usize), rng.random_bool(0.1));
        let loader = move || async move {
            pause(steps).await;
            let version = world.ledger.lock().unwrap().version.get(&user).copied().unwrap_or_default();
            pause(steps).await;
            if fails { Err(Failure::Down) } else { Ok((user, page, version)) }
        };
        let key = (self.make_key)(user, page);
        let Ok(hit) = self.setup.cache.read(&key, max_age, soon(), loader).await else { return };
        let (owner, of_page, version): (UserId, u32, u64) = hit.decode().unwrap();
        let mut findings = self.findings.lock().unwrap();
        findings.answers += 1;
        findings.of_others += usize::from((owner, of_page) != (user, page));
        findings.outdated += usize::from(owner == user && version < floor);
    }

    async fn change(&self, rng: &mut StdRng) {
        let user = user(rng.random_range(1..=USERS));
        let version = {
            let mut ledger = self.ledger.lock().unwrap();
            let version = ledger.version.entry(user).or_default();
            *version += 1;
            *version
        };
        if self.invalidates {
            let cache: &Cache = &self.setup.cache;
            cache.invalidate(Scope::User(user), Namespace::Invoices).await.unwrap();
        }
        let mut ledger = self.ledger.lock().unwrap();
        let acknowledged = ledger.acknowledged.entry(user).or_default();
        *acknowledged = version.max(*acknowledged);
    }
}

async fn pause(steps: usize) {
    for _ in 0..steps {
        tokio::task::yield_now().await;
    }
}

async fn observe(make_key: MakeKey, invalidates: bool, seed: u64) -> Findings {
    observe_in(Setup::new(), make_key, invalidates, seed).await
}

/// Many customers at once, interleaved by the seed.
async fn observe_in(setup: Setup, make_key: MakeKey, invalidates: bool, seed: u64) -> Findings {
    let (ledger, findings) = (Mutex::default(), Mutex::default());
    let world = Arc::new(World { setup, ledger, findings, make_key, invalidates });
    let actors = (0..40).map(|actor| {
        let world = Arc::clone(&world);
        let mut rng = StdRng::seed_from_u64(seed * 1_000 + actor);
        tokio::spawn(async move {
            for _ in 0..50 {
                pause(rng.random_range(0..4)).await;
                match rng.random_range(0..20) {
                    0 => world.change(&mut rng).await,
                    1 => world.setup.clock.advance(Duration::from_millis(rng.random_range(0..60_000))),
                    _ => world.read(&mut rng).await,
                }
            }
        })
    });
    for actor in futures::future::join_all(actors).await {
        actor.unwrap();
    }
    std::mem::take(&mut *world.findings.lock().unwrap())
}

#[tokio::test]
async fn customers_with_equal_parameters_share_nothing() {
    let setup = Setup::new();
    assert_eq!(setup.read(&key(1)).await, live("v1"));
    assert_eq!(setup.read(&key(2)).await, live("v2"));
    assert_eq!(setup.read(&key(1)).await, cached("v1"));
}

#[tokio::test]
async fn nobody_sees_anothers_data_or_the_past_on_one_thread() {
    for seed in 0..8 {
        let findings = observe(right_key, true, seed).await;
        assert_eq!((findings.of_others, findings.outdated), (0, 0), "seed {seed}");
        assert!(findings.answers > 1_000, "seed {seed}: {findings:?}");
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn nobody_sees_anothers_data_or_the_past_on_many_threads() {
    for seed in 0..8 {
        let findings = observe(right_key, true, seed).await;
        assert_eq!((findings.of_others, findings.outdated), (0, 0), "seed {seed}");
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn nobody_sees_anothers_data_or_the_past_through_redis() {
    let Some(server) = RedisServer::start() else { return };
    for seed in 0..3 {
        // Nothing survives in the process, so that every second answer comes from Redis.
        let settings = CacheSettings { memory_bytes: 0, ..settings() };
        let setup =
            Setup::of(settings, MemoryGenerations::default(), Bus::in_process(), Some(server.level()));
        let findings = observe_in(setup, right_key, true, seed).await;
        assert_eq!((findings.of_others, findings.outdated), (0, 0), "seed {seed}");
        assert!(findings.answers > 1_000, "seed {seed}: {findings:?}");
        server.empty().await;
    }
}

#[tokio::test]
async fn the_check_notices_a_key_without_the_user() {
    assert!(observe(key_without_the_user, true, 1).await.of_others > 0);
}

#[tokio::test]
async fn the_check_notices_a_missing_invalidation() {
    assert!(observe(right_key, false, 1).await.outdated > 0);
}
