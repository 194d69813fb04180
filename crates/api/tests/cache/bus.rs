//! News within a process and between replicas.

use portal_api::bus::{Bus, Event};
use tokio::sync::broadcast::error::TryRecvError;

use super::harness::*;
use super::redis_server::RedisServer;

fn revoked(epoch: u64) -> Event {
    Event::UserSessionsRevoked { user_id: user(1), epoch }
}

#[tokio::test]
async fn every_subscriber_of_the_process_hears_every_event() {
    let bus = Bus::in_process();
    bus.publish(revoked(0));
    let mut subscribers = [bus.subscribe(), bus.subscribe()];
    bus.publish(revoked(1));
    bus.publish(Event::SessionRevoked { token_hash: [7; 32] });
    for subscriber in &mut subscribers {
        assert_eq!(subscriber.recv().await.unwrap(), revoked(1));
        assert_eq!(subscriber.recv().await.unwrap(), Event::SessionRevoked { token_hash: [7; 32] });
    }
}

#[tokio::test]
async fn replicas_hear_each_other_and_no_echo() {
    let Some(server) = RedisServer::start() else { return };
    let (one, other) = (server.bus(1), server.bus(2));
    one.connected().await;
    other.connected().await;
    let (mut at_one, mut at_other) = (one.subscribe(), other.subscribe());
    one.publish(revoked(1));
    assert_eq!(at_other.recv().await.unwrap(), revoked(1));
    other.publish(revoked(2));
    assert_eq!(at_one.recv().await.unwrap(), revoked(1));
    // Its echo would have come before the answer to it.
    assert_eq!(at_one.recv().await.unwrap(), revoked(2));
    assert_eq!(at_one.try_recv(), Err(TryRecvError::Empty));
}

#[tokio::test]
async fn foreign_messages_are_dropped_and_do_no_harm() {
    let Some(server) = RedisServer::start() else { return };
    let (one, other) = (server.bus(1), server.bus(2));
    one.connected().await;
    other.connected().await;
    let mut at_other = other.subscribe();
    let mut connection = server.connect().await;
    for message in ["", "null", "{\"v\":1}", "{\"v\":99}", &"x".repeat(100_000)] {
        let mut publish = redis::cmd("PUBLISH");
        publish.arg("test:bus").arg(message).query_async::<i64>(&mut connection).await.unwrap();
    }
    one.publish(revoked(3));
    assert_eq!(at_other.recv().await.unwrap(), revoked(3));
}

#[tokio::test]
async fn publishing_goes_on_without_redis_and_reaches_replicas_again_when_it_is_back() {
    let Some(mut server) = RedisServer::start() else { return };
    let (one, other) = (server.bus(1), server.bus(2));
    one.connected().await;
    other.connected().await;
    server.kill();
    let mut at_one = one.subscribe();
    for epoch in 0..500 {
        one.publish(revoked(epoch));
        assert_eq!(at_one.recv().await.unwrap(), revoked(epoch), "the process itself misses nothing");
    }
    eventually("the loss is noticed", async || !other.is_connected()).await;
    server.restart();
    other.connected().await;
    let mut at_other = other.subscribe();
    one.publish(revoked(1_000));
    while at_other.recv().await.unwrap() != revoked(1_000) {}
}
