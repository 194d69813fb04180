//! Redis as the second level: shared, sealed, and free to die.

use std::net::TcpListener;
use std::sync::Arc;
use std::time::Duration;

use chrono::TimeDelta;
use metrics_exporter_prometheus::PrometheusBuilder;
use portal_api::bus::Bus;
use portal_api::cache::{
    Cache, CacheKey, CacheParts, CacheSettings, MemoryGenerations, Namespace, RedisLevel, Scope,
};
use portal_api::clock::Clock;

use super::harness::*;
use super::redis_server::{RedisServer, Transparent};

#[tokio::test]
async fn replicas_share_values() {
    let Some(server) = RedisServer::start() else { return };
    let generations = MemoryGenerations::default();
    let one = Setup::with(generations.clone(), Bus::in_process(), Some(server.level()));
    let other = Setup::with(generations, Bus::in_process(), Some(server.level()));
    assert_eq!(one.read(&key(1)).await, live("v1"));
    server.holds(1).await;
    assert_eq!(other.read(&key(1)).await, cached("v1"));
    assert_eq!(other.upstream.calls(), 0);
    assert_eq!(other.read(&key(2)).await, live("v1"), "another user's value is not there");
}

#[tokio::test]
async fn a_stale_value_of_another_replica_answers_at_once_and_is_replaced_behind() {
    let Some(server) = RedisServer::start() else { return };
    let generations = MemoryGenerations::default();
    let one = Setup::with(generations.clone(), Bus::in_process(), Some(server.level()));
    let other = Setup::with(generations, Bus::in_process(), Some(server.level()));
    one.read(&key(1)).await.unwrap();
    server.holds(1).await;
    other.clock.advance(seconds(100));
    other.upstream.hold();
    assert_eq!(other.read(&key(1)).await, stale("v1"));
    other.upstream.began(1).await;
    assert_eq!(other.read(&key(1)).await, stale("v1"));
    other.upstream.release();
    other.read_within(&key(1), seconds(0)).await.unwrap();
    assert_eq!(other.read(&key(1)).await, cached("v1"));
    assert_eq!(other.upstream.calls(), 1);
}

#[tokio::test]
async fn a_value_of_another_replica_stands_in_for_an_upstream_that_is_down() {
    let Some(server) = RedisServer::start() else { return };
    let generations = MemoryGenerations::default();
    let one = Setup::with(generations.clone(), Bus::in_process(), Some(server.level()));
    let other = Setup::with(generations, Bus::in_process(), Some(server.level()));
    one.read(&key(1)).await.unwrap();
    server.holds(1).await;
    other.clock.advance(seconds(2000));
    other.upstream.fail(Failure::Down);
    assert_eq!(other.read(&key(1)).await, stale("v1"));
}

#[tokio::test]
async fn a_value_from_the_future_is_not_used() {
    let Some(server) = RedisServer::start() else { return };
    let generations = MemoryGenerations::default();
    let ahead = Setup::with(generations.clone(), Bus::in_process(), Some(server.level()));
    let here = Setup::with(generations, Bus::in_process(), Some(server.level()));
    ahead.clock.advance(seconds(3600));
    ahead.read(&key(1)).await.unwrap();
    server.holds(1).await;
    assert_eq!(here.read(&key(1)).await.unwrap().2, shared_types::page::Source::Live);
}

#[tokio::test]
async fn values_and_names_in_redis_show_nothing_and_expire() {
    let Some(server) = RedisServer::start() else { return };
    let setup = Setup::with(MemoryGenerations::default(), Bus::in_process(), Some(server.level()));
    let loader = || async { Ok::<_, Failure>("a very private name".to_owned()) };
    setup.cache.read(&key(1), None, soon(), loader).await.unwrap();
    server.holds(1).await;
    let name = server.keys().await.remove(0);
    let mut connection = server.connect().await;
    let value: Vec<u8> = redis::cmd("GET").arg(&name).query_async(&mut connection).await.unwrap();
    assert!(!String::from_utf8_lossy(&value).contains("private"));
    let digest = name.strip_prefix("test:cache:").unwrap();
    assert!(digest.len() == 64 && digest.bytes().all(|digit| digit.is_ascii_hexdigit()), "{name}");
    let ttl: u64 = redis::cmd("TTL").arg(&name).query_async(&mut connection).await.unwrap();
    assert!((86_000..=86_400).contains(&ttl), "{ttl}");
}

#[tokio::test]
async fn a_sealed_value_does_not_open_under_another_key() {
    let Some(server) = RedisServer::start() else { return };
    let generations = MemoryGenerations::default();
    let one = Setup::with(generations.clone(), Bus::in_process(), Some(server.level()));
    one.read(&key(1)).await.unwrap();
    server.holds(1).await;
    let of_first = server.keys().await.remove(0);
    one.read(&key(2)).await.unwrap();
    server.holds(2).await;
    let of_second = server.keys().await.into_iter().find(|name| *name != of_first).unwrap();
    let mut connection = server.connect().await;
    let mut copy = redis::cmd("COPY");
    copy.arg(&of_first).arg(&of_second).arg("REPLACE");
    assert_eq!(copy.query_async::<i64>(&mut connection).await.unwrap(), 1);

    let recorder = PrometheusBuilder::new().build_recorder();
    let reader = metrics::with_local_recorder(&recorder, || {
        Setup::with(generations, Bus::in_process(), Some(server.level()))
    });
    assert_eq!(reader.read(&key(2)).await, live("v1"), "loaded, not taken from Redis");
    let rendered = recorder.handle().render();
    assert!(rendered.contains("portal_cache_open_failures_total{namespace=\"invoices\"} 1"), "{rendered}");
    assert_eq!(reader.read(&key(1)).await, cached("v1"));
}

/// The same through a sealer that keeps no secret: user, namespace and generation are all part of what it is given.
#[tokio::test]
async fn values_are_bound_to_user_namespace_and_generation() {
    let Some(server) = RedisServer::start() else { return };
    let level = || {
        let pool = RedisLevel::pool(&server.url(), 4, seconds(5)).unwrap();
        RedisLevel::new(pool, String::new(), Box::new(Transparent), seconds(5))
    };
    let setup = Setup::with(MemoryGenerations::default(), Bus::in_process(), Some(level()));
    let cases = CacheKey::for_user(user(1), Namespace::Cases, &("page", 1)).unwrap();
    for key in [key(1), key(2), cases] {
        setup.read(&key).await.unwrap();
    }
    setup.cache.invalidate(Scope::User(user(1)), Namespace::Invoices).await.unwrap();
    setup.read(&key(1)).await.unwrap();
    server.holds(4).await;
    let mut connection = server.connect().await;
    let mut bound_to = std::collections::HashSet::new();
    for name in server.keys().await {
        let value: Vec<u8> = redis::cmd("GET").arg(name).query_async(&mut connection).await.unwrap();
        // Format, time and `"v1"` follow what the value is bound to.
        bound_to.insert(value[..value.len() - 13].to_vec());
    }
    assert_eq!(bound_to.len(), 4);
    let of_first_user = bound_to.iter().filter(|data| contains(data, user(1).as_uuid().as_bytes())).count();
    assert_eq!(of_first_user, 3);
    assert_eq!(bound_to.iter().filter(|data| contains(data, b"cases")).count(), 1);
}

fn contains(data: &[u8], part: &[u8]) -> bool {
    data.windows(part.len()).any(|window| window == part)
}

#[tokio::test]
async fn redis_may_die_and_come_back() {
    let Some(mut server) = RedisServer::start() else { return };
    let generations = MemoryGenerations::default();
    let recorder = PrometheusBuilder::new().build_recorder();
    let one = metrics::with_local_recorder(&recorder, || {
        Setup::with(generations.clone(), Bus::in_process(), Some(server.level()))
    });
    one.read(&key(1)).await.unwrap();
    server.holds(1).await;
    server.kill();
    for number in 2..20 {
        assert_eq!(one.read(&key(number)).await, live(&format!("v{number}")));
    }
    assert_eq!(one.read(&key(1)).await, cached("v1"));
    let rendered = recorder.handle().render();
    // Five failures in a row, then Redis is left alone.
    assert!(rendered.contains("portal_cache_redis_errors_total{namespace=\"invoices\"} 5"), "{rendered}");

    server.restart();
    let other = Setup::with(generations, Bus::in_process(), Some(server.level()));
    other.read(&key(100)).await.unwrap();
    server.holds(1).await;
}

#[tokio::test(start_paused = true)]
async fn a_redis_that_hangs_costs_its_budget_and_no_more() {
    // Accepts connections, up to its backlog, and never answers.
    let silent = TcpListener::bind("127.0.0.1:0").unwrap();
    let url = format!("redis://{}/", silent.local_addr().unwrap());
    let budget = Duration::from_millis(50);
    let pool = RedisLevel::pool(&url, 4, budget).unwrap();
    let level = RedisLevel::new(pool, String::new(), Box::new(Transparent), budget);
    let setup = Setup::with(MemoryGenerations::default(), Bus::in_process(), Some(level));
    let began = tokio::time::Instant::now();
    setup.read(&key(1)).await.unwrap();
    assert!(began.elapsed() <= budget + Duration::from_millis(5), "{:?}", began.elapsed());
}

#[tokio::test]
async fn an_invalidation_on_one_replica_reaches_the_other_with_and_without_redis() {
    let Some(mut server) = RedisServer::start() else { return };
    let generations = MemoryGenerations::default();
    let (bus_one, bus_other) = (server.bus(1), server.bus(2));
    let one = Setup::with(generations.clone(), bus_one.clone(), Some(server.level()));
    let other = Setup::with(generations, bus_other.clone(), Some(server.level()));
    for setup in [&one, &other] {
        setup.cache.poll_generations().await.unwrap();
    }
    bus_one.connected().await;
    bus_other.connected().await;
    let scope = Scope::User(user(1));

    assert_eq!(other.read(&key(1)).await, live("v1"));
    one.cache.invalidate(scope, Namespace::Invoices).await.unwrap();
    eventually("the bus brings it", async || other.read(&key(1)).await.unwrap().0 == "v2").await;

    server.kill();
    one.cache.invalidate(scope, Namespace::Invoices).await.unwrap();
    assert_eq!(other.read(&key(1)).await, cached("v2"), "the message is lost");
    other.cache.poll_generations().await.unwrap();
    assert_eq!(other.read(&key(1)).await.unwrap().0, "v3");

    eventually("the loss is noticed", async || !bus_other.is_connected()).await;
    server.restart();
    one.cache.invalidate(scope, Namespace::Invoices).await.unwrap();
    other.cache.poll_generations().await.unwrap();
    assert_eq!(other.read(&key(1)).await.unwrap().0, "v4", "and not what Redis may hold from before");
}

#[tokio::test]
async fn a_raced_load_is_not_served_through_redis_either() {
    let Some(server) = RedisServer::start() else { return };
    let generations = MemoryGenerations::default();
    let one = Setup::with(generations.clone(), Bus::in_process(), Some(server.level()));
    let other = Setup::with(generations, Bus::in_process(), Some(server.level()));
    one.upstream.hold();
    let early = tokio::spawn({
        let one = one.clone();
        async move { one.read(&key(1)).await }
    });
    one.upstream.began(1).await;
    other.cache.invalidate(Scope::User(user(1)), Namespace::Invoices).await.unwrap();
    one.upstream.release();
    assert_eq!(early.await.unwrap(), live("v1"));
    server.holds(1).await;
    assert_eq!(other.read(&key(1)).await.unwrap().2, shared_types::page::Source::Live);
}

#[tokio::test]
async fn the_clocks_of_replicas_may_differ_a_little() {
    let Some(server) = RedisServer::start() else { return };
    let generations = MemoryGenerations::default();
    let one = Setup::with(generations.clone(), Bus::in_process(), Some(server.level()));
    one.read(&key(1)).await.unwrap();
    server.holds(1).await;
    let cache = Cache::new(CacheParts {
        settings: CacheSettings { ..settings() },
        clock: Clock::fixed(start() - TimeDelta::seconds(30)),
        generations: Arc::new(generations),
        bus: Bus::in_process(),
        redis: Some(server.level()),
    });
    let upstream = Upstream::new();
    let hit = cache.read(&key(1), None, soon(), upstream.loader()).await.unwrap();
    assert_eq!(Ok(seen(&hit)), cached("v1"));
}
