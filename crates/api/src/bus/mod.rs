//! News between the parts of a process and between replicas: what was invalidated, which sessions ended.
//!
//! Messages are hints that make things quick. They may be lost, doubled or late, and whoever can write to Redis can forge
//! them, so nothing may depend on them for being right: generations are polled from the database and sessions are read
//! again within seconds. Publishing never blocks and never fails the caller.

mod redis_link;
mod wire;

use std::sync::Arc;

use shared_types::ids::UserId;
use tokio::sync::{broadcast, mpsc, watch};
use tokio::task::AbortHandle;

pub use redis_link::RedisLink;

use crate::cache::{Namespace, Scope};

/// Events that a slow subscriber may lag behind before it loses some.
const LOCAL_BACKLOG: usize = 1024;
/// Events that wait for Redis before new ones are dropped.
const REMOTE_BACKLOG: usize = 256;

/// Something that others should know.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Event {
    /// Cached values of this scope and namespace no longer hold.
    Invalidated {
        /// Whose values.
        scope: Scope,
        /// Which values.
        namespace: Namespace,
        /// The generation after the invalidation.
        generation: u64,
    },
    /// One session ended.
    SessionRevoked {
        /// SHA-256 of the session's token.
        token_hash: [u8; 32],
    },
    /// All sessions of a user that are older than this epoch ended.
    UserSessionsRevoked {
        /// Whose sessions.
        user_id: UserId,
        /// The first epoch that still holds.
        epoch: u64,
    },
}

/// The bus of one process. Clones are the same bus.
#[derive(Clone, Debug)]
pub struct Bus(Arc<Inner>);

#[derive(Debug)]
struct Inner {
    local: broadcast::Sender<Event>,
    remote: Option<Remote>,
}

#[derive(Debug)]
struct Remote {
    outbox: mpsc::Sender<String>,
    sender: uuid::Uuid,
    connected: watch::Receiver<bool>,
    tasks: [AbortHandle; 2],
}

impl Drop for Remote {
    fn drop(&mut self) {
        self.tasks.iter().for_each(AbortHandle::abort);
    }
}

impl Bus {
    /// A bus within this process only.
    #[must_use]
    pub fn in_process() -> Self {
        let (local, _) = broadcast::channel(LOCAL_BACKLOG);
        Self(Arc::new(Inner { local, remote: None }))
    }

    /// A bus that also reaches the other replicas over Redis. It connects in the background, and again whenever the
    /// connection is lost; until then events stay in the process. Must be called on a Tokio runtime.
    #[must_use]
    pub fn with_redis(link: RedisLink) -> Self {
        let (local, _) = broadcast::channel(LOCAL_BACKLOG);
        let (outbox, waiting) = mpsc::channel(REMOTE_BACKLOG);
        let (connected_now, connected) = watch::channel(false);
        let sender = link.instance;
        let subscriber = tokio::spawn(link.clone().receive(local.clone(), connected_now));
        let publisher = tokio::spawn(link.send(waiting));
        let tasks = [subscriber.abort_handle(), publisher.abort_handle()];
        Self(Arc::new(Inner { local, remote: Some(Remote { outbox, sender, connected, tasks }) }))
    }

    /// Tells everybody, this process included.
    pub fn publish(&self, event: Event) {
        if let Some(remote) = &self.0.remote {
            let sent = wire::encode(remote.sender, &event).map(|message| remote.outbox.try_send(message));
            if !matches!(sent, Ok(Ok(()))) {
                metrics::counter!("portal_bus_dropped_total").increment(1);
            }
        }
        // Fails only when nobody listens.
        let _nobody_listens = self.0.local.send(event);
    }

    /// Events from now on, from this process and from others.
    #[must_use]
    pub fn subscribe(&self) -> broadcast::Receiver<Event> {
        self.0.local.subscribe()
    }

    /// Whether events of other replicas arrive at this moment. True in a process that has no Redis.
    #[must_use]
    pub fn is_connected(&self) -> bool {
        self.0.remote.as_ref().is_none_or(|remote| *remote.connected.borrow())
    }

    /// Waits until events of other replicas arrive.
    pub async fn connected(&self) {
        if let Some(remote) = &self.0.remote {
            let mut connected = remote.connected.clone();
            // An error means that the process is shutting down; nobody waits then.
            let _shutting_down = connected.wait_for(|connected| *connected).await;
        }
    }
}
