//! Waiting for what happens beside the test: in the sandbox's thread, or in a task behind an answer.

use std::time::{Duration, Instant};

/// Looks again and again until `condition` holds; fails the test after fifteen seconds.
///
/// For things that tell nobody when they happen: a call that has reached the sandbox, a copy renewed behind an answer. What is waited for
/// is a state, never a span of time, so a slow machine makes the test slower and not red.
pub async fn eventually(what: &str, mut condition: impl AsyncFnMut() -> bool) {
    let began = Instant::now();
    let mut looks = tokio::time::interval(Duration::from_millis(5));
    while !condition().await {
        assert!(began.elapsed() < Duration::from_secs(15), "{what}: not after fifteen seconds");
        looks.tick().await;
    }
}
