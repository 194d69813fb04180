//! The bus over Redis pub/sub: one connection to publish, one to listen, each made anew when it is lost.

use std::time::Duration;

use futures::StreamExt as _;
use redis::aio::MultiplexedConnection;
use tokio::sync::{broadcast, mpsc, watch};
use tokio::time::{sleep, timeout};
use uuid::Uuid;

use super::{Event, wire};
use crate::crypto::Random;

/// Connecting and publishing may take this long.
const PATIENCE: Duration = Duration::from_secs(2);
const BACKOFF_FIRST: Duration = Duration::from_millis(100);
const BACKOFF_MOST: Duration = Duration::from_secs(5);
/// A connection that is silent for so long is made anew: a peer that vanished without a word looks just like this.
const SILENCE: Duration = Duration::from_mins(1);

/// How this process takes part in the bus over Redis.
#[derive(Clone, Debug)]
pub struct RedisLink {
    /// The server. The bus opens connections of its own, since a subscribed connection takes no other commands.
    pub client: redis::Client,
    /// Name of the channel. One for each installation that shares the server.
    pub channel: String,
    /// Id of this process, new at every start: messages that carry it are echoes.
    pub instance: Uuid,
    /// Spreads the attempts to reconnect.
    pub random: Random,
}

impl RedisLink {
    /// Publishes what waits. A message that cannot be sent over a new connection is dropped: by the time Redis is back,
    /// the polls have brought the news.
    pub(super) async fn send(self, mut waiting: mpsc::Receiver<String>) {
        let mut connection = None;
        let mut backoff = Backoff::new(self.random.clone());
        while let Some(message) = waiting.recv().await {
            // The kept connection may have died since its last message; only a new one tells whether Redis lives.
            let kept = connection.is_some();
            let mut sent = self.publish(&mut connection, &message).await;
            if !sent && kept {
                sent = self.publish(&mut connection, &message).await;
            }
            if sent {
                backoff.reset();
            } else {
                metrics::counter!("portal_bus_dropped_total").increment(1);
                sleep(backoff.next()).await;
            }
        }
    }

    async fn publish(&self, connection: &mut Option<MultiplexedConnection>, message: &str) -> bool {
        let attempt = async {
            let mut open = match connection.take() {
                Some(open) => open,
                None => self.client.get_multiplexed_async_connection().await?,
            };
            let mut command = redis::cmd("PUBLISH");
            command.arg(&self.channel).arg(message);
            command.query_async::<i64>(&mut open).await?;
            Ok::<_, redis::RedisError>(open)
        };
        match timeout(PATIENCE, attempt).await {
            Ok(Ok(open)) => {
                *connection = Some(open);
                true
            }
            Ok(Err(_)) | Err(_) => false,
        }
    }

    /// Listens until the process ends.
    pub(super) async fn receive(self, local: broadcast::Sender<Event>, connected: watch::Sender<bool>) {
        let mut backoff = Backoff::new(self.random.clone());
        loop {
            if let Ok(Ok(messages)) = timeout(PATIENCE, self.subscribe()).await {
                backoff.reset();
                connected.send_replace(true);
                self.forward(messages, &local).await;
                connected.send_replace(false);
            }
            metrics::counter!("portal_bus_reconnects_total").increment(1);
            sleep(backoff.next()).await;
        }
    }

    async fn subscribe(&self) -> redis::RedisResult<redis::aio::PubSub> {
        let mut connection = self.client.get_async_pubsub().await?;
        connection.subscribe(&self.channel).await?;
        Ok(connection)
    }

    /// Hands messages on until the connection ends or falls silent.
    async fn forward(&self, mut connection: redis::aio::PubSub, local: &broadcast::Sender<Event>) {
        let mut messages = connection.on_message();
        while let Ok(Some(message)) = timeout(SILENCE, messages.next()).await {
            match wire::decode(self.instance, message.get_payload_bytes()) {
                Ok(Some(event)) => {
                    // Fails only when nobody listens.
                    let _nobody_listens = local.send(event);
                }
                Ok(None) => {}
                Err(error) => {
                    metrics::counter!("portal_bus_malformed_total").increment(1);
                    tracing::warn!(%error, "dropped a message from the bus");
                }
            }
        }
    }
}

/// Doubling waits with full jitter.
struct Backoff {
    random: Random,
    ceiling: Duration,
}

impl Backoff {
    const fn new(random: Random) -> Self {
        Self { random, ceiling: BACKOFF_FIRST }
    }

    const fn reset(&mut self) {
        self.ceiling = BACKOFF_FIRST;
    }

    fn next(&mut self) -> Duration {
        let ceiling = u64::try_from(self.ceiling.as_millis()).unwrap_or(u64::MAX);
        let wait = Duration::from_millis(self.random.number() % ceiling.max(1) + 1);
        self.ceiling = self.ceiling.saturating_mul(2).min(BACKOFF_MOST);
        wait
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn waits_grow_to_a_limit_and_start_again_after_a_success() {
        let mut backoff = Backoff::new(Random::seeded(3));
        let waits: Vec<_> = (0..200).map(|_| backoff.next()).collect();
        assert!(waits[0] <= BACKOFF_FIRST);
        assert!(waits.iter().all(|wait| *wait <= BACKOFF_MOST + Duration::from_millis(1)));
        assert!(waits[10..].iter().max().unwrap() > &Duration::from_secs(4));
        backoff.reset();
        assert!(backoff.next() <= BACKOFF_FIRST);
    }
}
