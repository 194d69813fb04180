//! Counts the calls that a fault holds back, so that a test can wait for them instead of guessing how long they take.

use std::sync::atomic::{AtomicUsize, Ordering};

use tokio::sync::Notify;

/// The calls that wait at this moment.
#[derive(Debug, Default)]
pub struct Waiting {
    count: AtomicUsize,
    left: Notify,
}

/// One waiting call; gone when dropped.
#[derive(Debug)]
pub struct Inside<'a>(&'a Waiting);

impl Waiting {
    pub fn enter(&self) -> Inside<'_> {
        self.count.fetch_add(1, Ordering::SeqCst);
        Inside(self)
    }

    /// Ends when no call waits.
    pub async fn settled(&self) {
        loop {
            let mut left = std::pin::pin!(self.left.notified());
            // Listens before it looks: a call that leaves in between is not missed.
            left.as_mut().enable();
            if self.count.load(Ordering::SeqCst) == 0 {
                return;
            }
            left.await;
        }
    }
}

impl Drop for Inside<'_> {
    fn drop(&mut self) {
        self.0.count.fetch_sub(1, Ordering::SeqCst);
        self.0.left.notify_waiters();
    }
}
