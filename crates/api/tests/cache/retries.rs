//! Reads are repeated a little, writes never.

use std::sync::Mutex;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use portal_api::crypto::Random;
use portal_api::upstream::guard::{Guard, GuardError, GuardSettings};
use tokio::time::{Instant, sleep};

use super::breaker::{DOWN, Problem, REFUSED};
use super::harness::*;

/// Breaker out of the way: it has its own tests.
fn guard(seed: u64) -> Guard {
    let settings = GuardSettings { min_calls: u32::MAX, ..GuardSettings::default() };
    Guard::new("test", settings, Random::seeded(seed))
}

/// The budget holds one repeat at the start and earns one each second.
async fn save_up() {
    tokio::time::advance(seconds(10)).await;
}

#[tokio::test(start_paused = true)]
async fn a_read_is_repeated_twice_with_jitter() {
    let mut waits = Vec::new();
    for seed in 0..20 {
        let guard = guard(seed);
        save_up().await;
        let attempts = Mutex::new(Vec::new());
        let read = guard.read(user(1), soon(), || {
            let mut attempts = attempts.lock().unwrap();
            attempts.push(Instant::now());
            std::future::ready(if attempts.len() < 3 { Err(DOWN) } else { Ok(()) })
        });
        assert_eq!(read.await, Ok(()));
        let attempts = attempts.into_inner().unwrap();
        waits.extend(attempts.windows(2).map(|pair| pair[1] - pair[0]));
    }
    assert_eq!(waits.len(), 40);
    assert!(
        waits.iter().all(|wait| (Duration::from_millis(100)..=Duration::from_millis(1_002)).contains(wait))
    );
    assert!(waits.iter().any(|wait| *wait < Duration::from_millis(300)), "{waits:?}");
    assert!(waits.iter().any(|wait| *wait > Duration::from_millis(800)), "{waits:?}");
}

async fn attempts(guard: &Guard, deadline: Instant, problem: Problem) -> usize {
    let attempts = AtomicUsize::new(0);
    let read = guard.read(user(1), deadline, || {
        attempts.fetch_add(1, Ordering::SeqCst);
        std::future::ready(Err::<(), _>(problem))
    });
    assert_eq!(read.await, Err(GuardError::Inner(problem)));
    attempts.into_inner()
}

#[tokio::test(start_paused = true)]
async fn three_attempts_at_most_and_one_for_business_errors() {
    let guard = guard(1);
    save_up().await;
    assert_eq!(attempts(&guard, soon(), DOWN).await, 3);
    assert_eq!(attempts(&guard, soon(), REFUSED).await, 1);
}

#[tokio::test(start_paused = true)]
async fn writes_are_never_repeated() {
    let guard = guard(1);
    save_up().await;
    let attempts = AtomicUsize::new(0);
    let operation = async {
        attempts.fetch_add(1, Ordering::SeqCst);
        Err::<(), _>(DOWN)
    };
    assert_eq!(guard.write(user(1), soon(), operation).await, Err(GuardError::Inner(DOWN)));
    assert_eq!(attempts.into_inner(), 1);
}

#[tokio::test(start_paused = true)]
async fn repeats_stay_within_a_tenth_of_the_calls_and_one_a_second() {
    let guard = guard(1);
    let began = Instant::now();
    let made = AtomicUsize::new(0);
    let calls = (0..500).map(|number| {
        let (guard, made) = (guard.clone(), &made);
        async move {
            let read = guard.read(user(number), Instant::now() + seconds(60), || {
                made.fetch_add(1, Ordering::SeqCst);
                async {
                    sleep(Duration::from_millis(10)).await;
                    Err::<(), _>(DOWN)
                }
            });
            assert_eq!(read.await, Err(GuardError::Inner(DOWN)));
        }
    });
    futures::future::join_all(calls).await;
    let seconds_passed = usize::try_from(began.elapsed().as_secs()).unwrap() + 1;
    let repeats = made.into_inner() - 500;
    assert!((1..=500 / 10 + 1 + seconds_passed).contains(&repeats), "{repeats}");
}

#[tokio::test(start_paused = true)]
async fn the_upstreams_wish_to_be_left_alone_is_honoured() {
    let guard = guard(1);
    save_up().await;
    let busy = Problem { retry_after: Some(seconds(3)), ..DOWN };
    let began = Instant::now();
    assert_eq!(attempts(&guard, began + seconds(60), busy).await, 3);
    assert_eq!(began.elapsed().as_secs(), 6);
    let began = Instant::now();
    assert_eq!(attempts(&guard, began + seconds(3), busy).await, 1, "no time is left after the wait");
    assert_eq!(began.elapsed(), Duration::ZERO, "so it does not wait either");
}

#[tokio::test(start_paused = true)]
async fn no_repeat_is_begun_with_less_time_than_the_last_attempt_took() {
    let guard = guard(1);
    save_up().await;
    let attempts = AtomicUsize::new(0);
    let read = guard.read(user(1), soon(), || {
        attempts.fetch_add(1, Ordering::SeqCst);
        async {
            sleep(seconds(6)).await;
            Err::<(), _>(DOWN)
        }
    });
    assert_eq!(read.await, Err(GuardError::Inner(DOWN)));
    assert_eq!(attempts.into_inner(), 1);
}
