//! So many calls at once, in all and for one user.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use portal_api::crypto::Random;
use portal_api::upstream::guard::{Guard, GuardError, GuardSettings};
use shared_types::ids::UserId;
use tokio::time::{Instant, sleep};

use super::breaker::Problem;
use super::harness::*;

fn guard() -> Guard {
    Guard::new("test", GuardSettings::default(), Random::seeded(1))
}

/// How many calls are under way now, and how many were at most.
#[derive(Default)]
struct Load {
    now: AtomicUsize,
    most: AtomicUsize,
}

impl Load {
    async fn call(self: Arc<Self>, takes: Duration) -> Result<(), Problem> {
        let now = self.now.fetch_add(1, Ordering::SeqCst) + 1;
        self.most.fetch_max(now, Ordering::SeqCst);
        sleep(takes).await;
        self.now.fetch_sub(1, Ordering::SeqCst);
        Ok(())
    }
}

/// Makes calls of one second each, all at once, and gives the most that were under way together.
async fn most_at_once(users: impl Iterator<Item = Option<UserId>>) -> usize {
    let (guard, load) = (guard(), Arc::new(Load::default()));
    let calls = users.map(|user| {
        let (guard, load) = (guard.clone(), Arc::clone(&load));
        async move {
            let deadline = Instant::now() + seconds(60);
            guard.read(user, deadline, || Arc::clone(&load).call(seconds(1))).await
        }
    });
    for answer in futures::future::join_all(calls).await {
        assert_eq!(answer, Ok(()));
    }
    load.most.load(Ordering::SeqCst)
}

#[tokio::test(start_paused = true)]
async fn eight_calls_in_all() {
    assert_eq!(most_at_once((0..50).map(|number| Some(user(number)))).await, 8);
    assert_eq!(most_at_once((0..50).map(|_| None)).await, 8);
}

#[tokio::test(start_paused = true)]
async fn two_calls_for_one_user() {
    assert_eq!(most_at_once((0..20).map(|_| Some(user(1)))).await, 2);
}

#[tokio::test(start_paused = true)]
async fn one_users_queue_does_not_hold_up_another() {
    let guard = guard();
    let greedy = (0..100).map(|_| {
        let guard = guard.clone();
        tokio::spawn(async move {
            let slow = || Arc::<Load>::default().call(seconds(5));
            guard.read(user(1), Instant::now() + seconds(9), slow).await
        })
    });
    let greedy: Vec<_> = greedy.collect();
    tokio::task::yield_now().await;
    let began = Instant::now();
    guard.read(user(2), soon(), || async { Ok::<_, Problem>(()) }).await.unwrap();
    assert_eq!(began.elapsed(), Duration::ZERO);
    greedy.iter().for_each(tokio::task::JoinHandle::abort);
}

#[tokio::test(start_paused = true)]
async fn waiting_for_a_place_counts_against_the_deadline() {
    let guard = guard();
    let load = Arc::new(Load::default());
    let busy: Vec<_> = (0..2)
        .map(|_| {
            let (guard, load) = (guard.clone(), Arc::clone(&load));
            tokio::spawn(
                async move { guard.read(user(1), soon(), || Arc::clone(&load).call(seconds(4))).await },
            )
        })
        .collect();
    tokio::task::yield_now().await;
    let began = Instant::now();
    let late = guard.write(user(1), began + seconds(3), Arc::clone(&load).call(seconds(1))).await;
    assert_eq!(late, Err(GuardError::Rejected { retry_after: seconds(1) }));
    assert_eq!(began.elapsed(), seconds(3));
    assert_eq!(load.most.load(Ordering::SeqCst), 2, "the call was not begun");
    // Gets its place after one more second and is cut off after another.
    let cut = guard.write(user(1), began + seconds(5), Arc::clone(&load).call(seconds(3))).await;
    assert_eq!((cut, began.elapsed()), (Err(GuardError::Deadline), seconds(5)));
    for busy in busy {
        busy.await.unwrap().unwrap();
    }
}

#[tokio::test(start_paused = true)]
async fn a_caller_who_leaves_gives_the_place_back() {
    let guard = guard();
    for _ in 0..20 {
        let call = tokio::spawn({
            let guard = guard.clone();
            async move { guard.write(user(1), soon(), std::future::pending::<Result<(), Problem>>()).await }
        });
        tokio::task::yield_now().await;
        call.abort();
        call.await.unwrap_err();
    }
    guard.write(user(1), soon(), async { Ok::<_, Problem>(()) }).await.unwrap();
}
