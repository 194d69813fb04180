//! What was invalidated is never served again, whatever was under way.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use async_trait::async_trait;
use portal_api::bus::{Bus, Event};
use portal_api::cache::{
    Cache, CacheKey, CacheParts, Changes, Cursor, GenerationError, GenerationStore, MemoryGenerations,
    Namespace, Scope,
};
use portal_api::clock::Clock;

use super::harness::*;

#[tokio::test]
async fn an_invalidation_reaches_its_scope_and_namespace_only() {
    let setup = Setup::new();
    let cases = CacheKey::for_user(user(1), Namespace::Cases, &()).unwrap();
    for key in [key(1), key(2), cases] {
        setup.read(&key).await.unwrap();
    }
    setup.cache.invalidate(Scope::User(user(1)), Namespace::Invoices).await.unwrap();
    assert_eq!(setup.read(&key(2)).await, cached("v2"));
    assert_eq!(setup.read(&cases).await, cached("v3"));
    assert_eq!(setup.read(&key(1)).await, live("v4"));
}

#[tokio::test]
async fn a_load_that_raced_an_invalidation_is_not_served_to_later_readers() {
    let setup = Setup::new();
    setup.upstream.hold();
    let early = tokio::spawn({
        let setup = setup.clone();
        async move { setup.read(&key(1)).await }
    });
    setup.upstream.began(1).await;
    setup.cache.invalidate(Scope::User(user(1)), Namespace::Invoices).await.unwrap();
    let late = tokio::spawn({
        let setup = setup.clone();
        async move { setup.read(&key(1)).await }
    });
    setup.upstream.began(2).await;
    setup.upstream.release();
    assert_eq!(early.await.unwrap().unwrap().0, "v1");
    assert_eq!(
        late.await.unwrap().unwrap().0,
        "v2",
        "who came after the invalidation does not join the load before it"
    );
    assert_eq!(setup.read(&key(1)).await, cached("v2"));
}

#[tokio::test]
async fn an_invalidated_copy_does_not_stand_in_for_a_failed_load() {
    let setup = Setup::new();
    setup.read(&key(1)).await.unwrap();
    setup.cache.invalidate(Scope::User(user(1)), Namespace::Invoices).await.unwrap();
    setup.upstream.fail(Failure::Down);
    assert_eq!(setup.read(&key(1)).await, Err(Failure::Down));
}

#[tokio::test]
async fn invalidations_of_another_process_come_with_the_poll() {
    let generations = MemoryGenerations::default();
    let here = Setup::with(generations.clone(), Bus::in_process(), None);
    let there = Setup::with(generations, Bus::in_process(), None);
    here.cache.poll_generations().await.unwrap();
    here.read(&key(1)).await.unwrap();
    there.cache.invalidate(Scope::User(user(1)), Namespace::Invoices).await.unwrap();
    assert_eq!(here.read(&key(1)).await, cached("v1"), "no news yet");
    here.cache.poll_generations().await.unwrap();
    assert_eq!(here.read(&key(1)).await, live("v2"));
}

#[tokio::test(start_paused = true)]
async fn the_poll_runs_by_itself() {
    let generations = MemoryGenerations::default();
    let mut settings = settings();
    settings.generation_poll = seconds(2);
    let cache = Cache::new(CacheParts {
        settings,
        clock: Clock::fixed(start()),
        generations: Arc::new(generations.clone()),
        bus: Bus::in_process(),
        redis: None,
    });
    let upstream = Upstream::new();
    let read = async || seen(&cache.read(&key(1), None, soon(), upstream.loader()).await.unwrap()).0;
    assert_eq!(read().await, "v1");
    tokio::time::advance(seconds(2)).await;
    generations.bump(Scope::User(user(1)), Namespace::Invoices).await.unwrap();
    tokio::time::sleep(seconds(3)).await;
    assert_eq!(read().await, "v2");
}

#[tokio::test]
async fn a_generation_raised_in_the_callers_transaction_is_announced() {
    let setup = Setup::new();
    setup.read(&key(1)).await.unwrap();
    let scope = Scope::User(user(1));
    let generation = setup.generations.bump(scope, Namespace::Invoices).await.unwrap();
    setup.cache.announce(scope, Namespace::Invoices, generation).await;
    assert_eq!(setup.read(&key(1)).await, live("v2"));
}

#[tokio::test]
async fn a_generation_never_goes_down() {
    let setup = Setup::new();
    let scope = Scope::User(user(1));
    setup.read(&key(1)).await.unwrap();
    setup.cache.invalidate(scope, Namespace::Invoices).await.unwrap();
    setup.cache.announce(scope, Namespace::Invoices, 0).await;
    assert_eq!(setup.read(&key(1)).await, live("v2"));
}

/// Counts reads, and fails when told to.
#[derive(Default)]
struct Watched {
    generations: MemoryGenerations,
    reads: AtomicUsize,
    is_down: std::sync::atomic::AtomicBool,
}

#[derive(Debug, thiserror::Error)]
#[error("down")]
struct StoreDown;

impl Watched {
    fn check(&self) -> Result<(), GenerationError> {
        if self.is_down.load(Ordering::SeqCst) { Err(GenerationError::new(StoreDown)) } else { Ok(()) }
    }
}

#[async_trait]
impl GenerationStore for Watched {
    async fn get(&self, scope: Scope, namespace: Namespace) -> Result<u64, GenerationError> {
        self.reads.fetch_add(1, Ordering::SeqCst);
        tokio::task::yield_now().await;
        self.check()?;
        self.generations.get(scope, namespace).await
    }

    async fn bump(&self, scope: Scope, namespace: Namespace) -> Result<u64, GenerationError> {
        self.check()?;
        self.generations.bump(scope, namespace).await
    }

    async fn changed_since(&self, cursor: Option<Cursor>) -> Result<Changes, GenerationError> {
        self.check()?;
        self.generations.changed_since(cursor).await
    }
}

fn watched() -> (Arc<Watched>, Bus, Cache) {
    let (store, bus) = (Arc::new(Watched::default()), Bus::in_process());
    let generations: Arc<dyn GenerationStore> = store.clone();
    let cache = Cache::new(CacheParts {
        settings: settings(),
        clock: Clock::fixed(start()),
        generations,
        bus: bus.clone(),
        redis: None,
    });
    (store, bus, cache)
}

#[tokio::test]
async fn a_generation_is_read_once_however_many_ask() {
    let (store, _bus, cache) = watched();
    cache.poll_generations().await.unwrap();
    let upstream = Upstream::new();
    let key = CacheKey::public(Namespace::Catalog, &()).unwrap();
    let reads = (0..100).map(|_| cache.read(&key, None, soon(), upstream.loader()));
    for read in futures::future::join_all(reads).await {
        read.unwrap();
    }
    assert_eq!((store.reads.load(Ordering::SeqCst), upstream.calls()), (1, 1));
}

#[tokio::test]
async fn without_generations_nothing_is_kept_and_nothing_is_invalidated() {
    let (store, _bus, cache) = watched();
    store.is_down.store(true, Ordering::SeqCst);
    let upstream = Upstream::new();
    let key = CacheKey::public(Namespace::Catalog, &()).unwrap();
    for expected in ["v1", "v2"] {
        let hit = cache.read(&key, None, soon(), upstream.loader()).await.unwrap();
        assert_eq!(Ok(seen(&hit)), live(expected));
    }
    assert!(cache.invalidate(Scope::Public, Namespace::Catalog).await.is_err());
    store.is_down.store(false, Ordering::SeqCst);
    let hit = cache.read(&key, None, soon(), upstream.loader()).await.unwrap();
    assert_eq!(Ok(seen(&hit)), live("v3"));
}

/// Whoever writes to Redis can forge a message. It must not cut this process off from later invalidations.
#[tokio::test]
async fn a_forged_generation_costs_one_read_of_the_store_and_nothing_more() {
    let (store, bus, cache) = watched();
    cache.poll_generations().await.unwrap();
    let upstream = Upstream::new();
    let key = CacheKey::public(Namespace::Catalog, &()).unwrap();
    let read = async || Ok(seen(&cache.read(&key, None, soon(), upstream.loader()).await?));
    assert_eq!(read().await, live("v1"));
    bus.publish(Event::Invalidated {
        scope: Scope::Public,
        namespace: Namespace::Catalog,
        generation: u64::MAX,
    });
    eventually("the store is read again", async || {
        assert_eq!(read().await, cached("v1"));
        store.reads.load(Ordering::SeqCst) == 2
    })
    .await;
    store.generations.bump(Scope::Public, Namespace::Catalog).await.unwrap();
    cache.poll_generations().await.unwrap();
    assert_eq!(read().await, live("v2"));
}
