//! How old an answer may be, and what it says about its age.

use std::cell::Cell;
use std::sync::Arc;

use bytes::Bytes;
use portal_api::bus::Bus;
use portal_api::cache::{Cache, CacheParts, CacheSettings, Fragment, Freshness, MemoryGenerations};
use portal_api::clock::Clock;
use shared_types::page::{Meta, Source};
use tokio::sync::oneshot;

use super::harness::*;

#[tokio::test]
async fn a_fresh_copy_answers_without_a_load() {
    let setup = Setup::new();
    assert_eq!(setup.read(&key(1)).await, live("v1"));
    setup.clock.advance(seconds(90));
    assert_eq!(setup.read(&key(1)).await, cached("v1"));
    assert_eq!(setup.upstream.calls(), 1);
}

#[tokio::test]
async fn a_stale_copy_answers_at_once_while_one_load_runs_behind_it() {
    let setup = Setup::new();
    setup.read(&key(1)).await.unwrap();
    setup.clock.advance(seconds(91));
    setup.upstream.hold();
    for _ in 0..50 {
        assert_eq!(setup.read(&key(1)).await, stale("v1"));
    }
    setup.upstream.began(2).await;
    setup.upstream.release();
    // Wants the newest, so it boards the load behind.
    assert_eq!(setup.read_within(&key(1), seconds(0)).await.unwrap().0, "v2");
    assert_eq!(setup.read(&key(1)).await, cached("v2"));
    assert_eq!(setup.upstream.calls(), 2);
}

#[tokio::test]
async fn beyond_ten_times_the_soft_ttl_readers_wait() {
    let setup = Setup::new();
    setup.read(&key(1)).await.unwrap();
    setup.clock.advance(seconds(901));
    assert_eq!(setup.read(&key(1)).await, live("v2"));
}

#[tokio::test]
async fn the_last_good_copy_stands_in_for_an_upstream_that_is_down() {
    let setup = Setup::new();
    setup.read(&key(1)).await.unwrap();
    setup.upstream.fail(Failure::Down);
    setup.clock.advance(seconds(24 * 3600));
    let hit = setup.cache.read(&key(1), None, soon(), setup.upstream.loader()).await.unwrap();
    assert_eq!(hit.meta(), Meta { as_of: start(), stale: true, source: Source::Cache });
    setup.clock.advance(seconds(1));
    assert_eq!(setup.read(&key(1)).await, Err(Failure::Down), "a copy of more than a day is no copy");
}

#[tokio::test]
async fn a_refusal_is_not_covered_by_an_old_copy() {
    let setup = Setup::new();
    setup.read(&key(1)).await.unwrap();
    setup.upstream.fail(Failure::Refused);
    setup.clock.advance(seconds(901));
    assert_eq!(setup.read(&key(1)).await, Err(Failure::Refused));
}

#[tokio::test]
async fn a_refusal_behind_a_stale_copy_ends_it() {
    let setup = Setup::new();
    setup.read(&key(1)).await.unwrap();
    setup.upstream.fail(Failure::Refused);
    setup.clock.advance(seconds(100));
    assert_eq!(setup.read(&key(1)).await, stale("v1"));
    eventually("the refusal arrives", async || setup.read(&key(1)).await == Err(Failure::Refused)).await;
    setup.upstream.fail(Failure::Down);
    assert_eq!(setup.read(&key(1)).await, Err(Failure::Down), "the copy is gone");
}

#[tokio::test]
async fn a_dead_upstream_is_asked_once_a_second() {
    let setup = Setup::new();
    setup.read(&key(1)).await.unwrap();
    setup.upstream.fail(Failure::Down);
    setup.clock.advance(seconds(901));
    for _ in 0..20 {
        assert_eq!(setup.read(&key(1)).await, stale("v1"));
    }
    assert_eq!(setup.upstream.calls(), 2);
    setup.clock.advance(seconds(1));
    setup.upstream.fail(None);
    assert_eq!(setup.read(&key(1)).await, live("v3"));
}

#[tokio::test(start_paused = true)]
async fn a_slow_upstream_is_covered_by_an_old_copy_too() {
    let setup = Setup::new();
    setup.read(&key(1)).await.unwrap();
    setup.clock.advance(seconds(901));
    setup.upstream.hold();
    assert_eq!(setup.read(&key(1)).await, stale("v1"));
}

#[tokio::test]
async fn a_reader_with_a_maximum_age_gets_nothing_older() {
    let setup = Setup::new();
    setup.read(&key(1)).await.unwrap();
    setup.clock.advance(seconds(3));
    assert_eq!(setup.read_within(&key(1), seconds(2)).await, live("v2"));
    setup.clock.advance(seconds(2));
    assert_eq!(setup.read_within(&key(1), seconds(2)).await, cached("v2"));
    setup.clock.advance(seconds(1));
    setup.upstream.fail(Failure::Down);
    assert_eq!(setup.read_within(&key(1), seconds(2)).await, stale("v2"));
}

#[tokio::test]
async fn a_load_in_progress_is_joined_only_if_it_is_young_enough() {
    let setup = Setup::new();
    setup.upstream.hold();
    let reader = |max_age: Option<u64>| {
        let setup = setup.clone();
        tokio::spawn(async move { setup.read_within(&key(1), max_age.map(seconds)).await.unwrap().0 })
    };
    let first = reader(None);
    setup.upstream.began(1).await;
    setup.clock.advance(seconds(2));
    let joins = [reader(Some(2)), reader(Some(5)), reader(None)];
    // On one thread every task runs several times meanwhile, so all have asked before the clock moves on.
    for _ in 0..20 {
        tokio::task::yield_now().await;
    }
    assert_eq!(setup.upstream.calls(), 1);
    setup.clock.advance(seconds(1));
    let loads_anew = reader(Some(2));
    setup.upstream.began(2).await;
    setup.upstream.release();
    assert_eq!(loads_anew.await.unwrap(), "v2");
    for reader in joins.into_iter().chain([first]) {
        reader.await.unwrap();
    }
    assert_eq!(setup.upstream.calls(), 2);
}

#[tokio::test]
async fn an_older_load_that_ends_later_does_not_replace_a_newer_value() {
    let setup = Setup::new();
    let (finish_old, old_may_finish) = oneshot::channel::<()>();
    let (began, old_began) = oneshot::channel::<()>();
    let old = tokio::spawn({
        let setup = setup.clone();
        async move {
            let loader = move || async move {
                began.send(()).unwrap();
                old_may_finish.await.unwrap();
                Ok::<_, Failure>("old".to_owned())
            };
            setup.cache.read(&key(1), None, soon(), loader).await.map(|hit| seen(&hit))
        }
    });
    old_began.await.unwrap();
    setup.clock.advance(seconds(1));
    assert_eq!(setup.read_within(&key(1), seconds(0)).await, live("v1"));
    finish_old.send(()).unwrap();
    assert_eq!(old.await.unwrap().unwrap().0, "v1", "the newer value is there already");
    assert_eq!(setup.read(&key(1)).await, cached("v1"));
}

#[tokio::test]
async fn the_ready_answer_is_made_once_per_fresh_copy_and_never_for_a_stale_one() {
    let setup = Setup::new();
    let times = Cell::new(0);
    let make = |fragment: &Fragment, meta: Meta| {
        times.set(times.get() + 1);
        Bytes::from(format!("{:?} {} {:?}", fragment.bytes, meta.stale, meta.source))
    };
    let read = async || setup.cache.read(&key(1), None, soon(), setup.upstream.loader()).await.unwrap();
    let live_answer = read().await.body(make);
    let first = read().await.body(make);
    let second = read().await.body(make);
    assert_eq!(times.get(), 2, "one live, one from the cache");
    assert_ne!(live_answer, first);
    assert_eq!(first.as_ptr(), second.as_ptr(), "the bytes are shared, not copied");
    setup.clock.advance(seconds(901));
    setup.upstream.fail(Failure::Down);
    let hit = read().await;
    assert_eq!(hit.freshness, Freshness::Stale);
    assert!(hit.body(make).starts_with(b"b\"\\\"v1\\\"\" true Cache"));
}

#[tokio::test]
async fn values_of_another_form_are_thrown_away() {
    let setup = Setup::new();
    setup.read(&key(1)).await.unwrap();
    let number = || async { Ok::<_, Failure>(7_u32) };
    assert_eq!(
        setup.cache.read_as::<u32, _, _, _>(&key(1), None, soon(), number).await.unwrap_err(),
        Failure::Internal
    );
    let typed = setup.cache.read_as::<u32, _, _, _>(&key(1), None, soon(), number).await.unwrap();
    assert_eq!((typed.value, typed.meta.source), (7, Source::Live));
}

#[tokio::test]
async fn values_take_no_more_room_than_they_may() {
    let settings = CacheSettings { memory_bytes: 100_000, ..settings() };
    let cache = Cache::new(CacheParts {
        settings,
        clock: Clock::fixed(start()),
        generations: Arc::new(MemoryGenerations::default()),
        bus: Bus::in_process(),
        redis: None,
    });
    for number in 0..200 {
        let loader = || async { Ok::<_, Failure>("x".repeat(2_000)) };
        cache.read(&key(number), None, soon(), loader).await.unwrap();
    }
    let used = cache.memory_used().await;
    assert!((50_000..=100_000).contains(&used), "{used}");
}
