//! Sends webhooks: one at a time and in order, without following redirects, again after a pause when a receiver refuses.

use std::sync::{Arc, OnceLock};
use std::time::Duration;

use tokio::sync::Mutex;

use super::delivery::{Attempt, Delivery};
use crate::world::Shared;

/// How long a receiver may take.
const PATIENCE: Duration = Duration::from_secs(5);
/// Never sleeps longer than this: the sandbox's clock can be moved, but not the runtime's.
const NAP: Duration = Duration::from_hours(1);

/// The sending side of a sandbox.
#[derive(Debug, Default)]
pub struct Sender {
    http: OnceLock<reqwest::Client>,
    /// Held while a batch is sent, so that a flush ends after what was already on its way.
    turn: Mutex<()>,
}

/// How many of a batch were taken and how many were not.
#[derive(Debug, Default, Clone, Copy, serde::Serialize)]
pub struct Sent {
    pub delivered: usize,
    pub failed: usize,
}

impl Sender {
    /// The client, built when the first receiver is registered.
    pub fn http(&self) -> reqwest::Result<&reqwest::Client> {
        if let Some(http) = self.http.get() {
            return Ok(http);
        }
        let http = reqwest::Client::builder()
            .redirect(reqwest::redirect::Policy::none())
            .timeout(PATIENCE)
            .user_agent("sandbox-webhooks")
            .build()?;
        Ok(self.http.get_or_init(|| http))
    }
}

/// Sends what is due until the runtime ends.
pub async fn run(shared: Arc<Shared>) {
    let wake = shared.world().hooks.wake();
    loop {
        send(&shared, false).await;
        let nap = {
            let world = shared.world();
            let left =
                world.hooks.next_due().map(|due| (due - world.clock.now()).to_std().unwrap_or_default());
            left.unwrap_or(NAP).min(NAP)
        };
        // Either way it looks again; a timeout is no error.
        let _ = tokio::time::timeout(nap, wake.notified()).await;
    }
}

/// Sends what is due, or everything that is not finished.
pub async fn send(shared: &Shared, everything: bool) -> Sent {
    let _turn = shared.sender.turn.lock().await;
    let batch = {
        let mut world = shared.world();
        let world = &mut *world;
        world.hooks.take_due(&world.clock, everything)
    };
    let mut sent = Sent::default();
    for delivery in batch {
        let status = attempt(shared, &delivery).await;
        let delivered = status.is_some_and(|status| (200..300).contains(&status));
        sent.delivered += usize::from(delivered);
        sent.failed += usize::from(!delivered);
        let mut world = shared.world();
        let at = world.clock.now();
        world.hooks.settle(delivery, Attempt { at, status });
    }
    sent
}

/// The receiver's status, when it gave one.
async fn attempt(shared: &Shared, delivery: &Delivery) -> Option<u16> {
    let request = {
        let world = shared.world();
        let receiver = world.hooks.receivers().iter().find(|receiver| receiver.id == delivery.receiver)?;
        let (timestamp, signature) = receiver.sign(&delivery.id, &delivery.body, world.clock.now());
        let http = shared.sender.http().ok()?;
        http.post(&receiver.url)
            .header("content-type", "application/json")
            .header("webhook-id", &delivery.id)
            .header("webhook-timestamp", timestamp)
            .header("webhook-signature", signature)
            .body(delivery.body.clone())
    };
    match request.send().await {
        Ok(response) => Some(response.status().as_u16()),
        Err(error) => {
            tracing::debug!(timeout = error.is_timeout(), "a webhook's receiver does not answer");
            None
        }
    }
}
