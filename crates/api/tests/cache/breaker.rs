//! The breaker opens on failures of the upstream only, class by class, and closes again.

use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use portal_api::crypto::Random;
use portal_api::upstream::guard::{CallError, Guard, GuardError, GuardSettings, Verdict};
use tokio::time::{Instant, advance, sleep};

use super::harness::*;

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Problem {
    pub verdict: Verdict,
    pub retry_after: Option<Duration>,
}

impl CallError for Problem {
    fn verdict(&self) -> Verdict {
        self.verdict
    }

    fn retry_after(&self) -> Option<Duration> {
        self.retry_after
    }
}

pub const DOWN: Problem = Problem { verdict: Verdict::Failure, retry_after: None };
pub const REFUSED: Problem = Problem { verdict: Verdict::Ok, retry_after: None };
const UNSENT: Problem = Problem { verdict: Verdict::Neutral, retry_after: None };

type Answer = Result<(), GuardError<Problem>>;

/// Each test makes its calls one by one; repeats have their own tests.
fn guard() -> Guard {
    Guard::new("test", GuardSettings { retries: 0, ..GuardSettings::default() }, Random::seeded(1))
}

async fn read(guard: &Guard, answer: Result<(), Problem>) -> Answer {
    guard.read(user(1), soon(), || async move { answer }).await
}

async fn write(guard: &Guard, answer: Result<(), Problem>) -> Answer {
    guard.write(user(1), soon(), async move { answer }).await
}

fn is_rejected(answer: &Answer) -> bool {
    matches!(answer, Err(GuardError::Rejected { .. }))
}

async fn open(guard: &Guard) {
    for _ in 0..10 {
        assert_eq!(read(guard, Err(DOWN)).await, Err(GuardError::Inner(DOWN)));
    }
}

#[tokio::test(start_paused = true)]
async fn opens_when_half_of_ten_calls_fail() {
    let guard = guard();
    for _ in 0..5 {
        assert_eq!(read(&guard, Ok(())).await, Ok(()));
    }
    for _ in 0..5 {
        assert_eq!(read(&guard, Err(DOWN)).await, Err(GuardError::Inner(DOWN)));
    }
    let rejected = read(&guard, Ok(())).await;
    assert_eq!(rejected, Err(GuardError::Rejected { retry_after: seconds(5) }));
}

#[tokio::test(start_paused = true)]
async fn stays_closed_below_half_and_below_ten_calls() {
    let guard = guard();
    for _ in 0..9 {
        read(&guard, Err(DOWN)).await.unwrap_err();
    }
    assert_eq!(read(&guard, Ok(())).await, Ok(()), "nine calls are too few");
    assert_eq!(read(&guard, Ok(())).await, Ok(()), "and a success opens nothing, whatever came before");
    read(&guard, Err(DOWN)).await.unwrap_err();
    assert!(is_rejected(&read(&guard, Ok(())).await));

    let guard = self::guard();
    for _ in 0..30 {
        read(&guard, Ok(())).await.unwrap();
        read(&guard, Ok(())).await.unwrap();
        assert_eq!(read(&guard, Err(DOWN)).await, Err(GuardError::Inner(DOWN)));
    }
}

#[tokio::test(start_paused = true)]
async fn failures_of_long_ago_do_not_count() {
    let guard = guard();
    for _ in 0..40 {
        assert_eq!(read(&guard, Err(DOWN)).await, Err(GuardError::Inner(DOWN)));
        // Never ten within ten seconds.
        advance(Duration::from_millis(1_200)).await;
    }
}

#[tokio::test(start_paused = true)]
async fn business_errors_and_calls_that_never_left_do_not_count() {
    let guard = guard();
    for _ in 0..50 {
        assert_eq!(read(&guard, Err(REFUSED)).await, Err(GuardError::Inner(REFUSED)));
        assert_eq!(read(&guard, Err(UNSENT)).await, Err(GuardError::Inner(UNSENT)));
    }
    // Nine failures among fifty answers.
    for _ in 0..9 {
        read(&guard, Err(DOWN)).await.unwrap_err();
    }
    assert_eq!(read(&guard, Ok(())).await, Ok(()));
}

#[tokio::test(start_paused = true)]
async fn reads_that_fail_do_not_stop_writes() {
    let guard = guard();
    open(&guard).await;
    assert!(is_rejected(&read(&guard, Ok(())).await));
    assert_eq!(write(&guard, Ok(())).await, Ok(()));
}

#[tokio::test(start_paused = true)]
async fn a_rejected_write_is_not_begun() {
    let guard = guard();
    for _ in 0..10 {
        write(&guard, Err(DOWN)).await.unwrap_err();
    }
    let began = AtomicUsize::new(0);
    let operation = async {
        began.fetch_add(1, Ordering::SeqCst);
        Ok::<(), Problem>(())
    };
    assert!(is_rejected(&guard.write(user(1), soon(), operation).await));
    assert_eq!(began.load(Ordering::SeqCst), 0);
}

#[tokio::test(start_paused = true)]
async fn one_probe_decides_after_the_pause() {
    let guard = guard();
    open(&guard).await;
    advance(seconds(5)).await;
    let probe = tokio::spawn({
        let guard = guard.clone();
        async move {
            let slow = || async {
                sleep(seconds(1)).await;
                Ok::<_, Problem>(())
            };
            guard.read(user(1), soon(), slow).await
        }
    });
    tokio::task::yield_now().await;
    assert!(is_rejected(&read(&guard, Ok(())).await), "one at a time");
    assert_eq!(probe.await.unwrap(), Ok(()));
    for _ in 0..9 {
        assert_eq!(
            read(&guard, Err(DOWN)).await,
            Err(GuardError::Inner(DOWN)),
            "it starts with a clean sheet"
        );
    }
}

#[tokio::test(start_paused = true)]
async fn a_failed_probe_opens_it_again() {
    let guard = guard();
    open(&guard).await;
    advance(seconds(5)).await;
    assert_eq!(read(&guard, Err(DOWN)).await, Err(GuardError::Inner(DOWN)));
    assert_eq!(read(&guard, Ok(())).await, Err(GuardError::Rejected { retry_after: seconds(5) }));
}

#[tokio::test(start_paused = true)]
async fn a_probe_whose_caller_leaves_makes_room_for_another() {
    let guard = guard();
    open(&guard).await;
    advance(seconds(5)).await;
    let probe = tokio::spawn({
        let guard = guard.clone();
        async move { guard.read(user(1), soon(), std::future::pending::<Result<(), Problem>>).await }
    });
    tokio::task::yield_now().await;
    assert!(is_rejected(&read(&guard, Ok(())).await));
    probe.abort();
    assert!(probe.await.unwrap_err().is_cancelled());
    assert_eq!(read(&guard, Ok(())).await, Ok(()));
}

#[tokio::test(start_paused = true)]
async fn an_answer_from_before_the_opening_does_not_close_it() {
    let guard = guard();
    let early = tokio::spawn({
        let guard = guard.clone();
        async move {
            let slow = || async {
                sleep(seconds(6)).await;
                Ok::<_, Problem>(())
            };
            guard.read(user(2), soon(), slow).await
        }
    });
    tokio::task::yield_now().await;
    open(&guard).await;
    advance(seconds(5)).await;
    let probe = tokio::spawn({
        let guard = guard.clone();
        async move { guard.read(user(1), soon(), std::future::pending::<Result<(), Problem>>).await }
    });
    assert_eq!(early.await.unwrap(), Ok(()));
    assert!(is_rejected(&read(&guard, Ok(())).await), "the probe has not answered yet");
    probe.abort();
}

#[tokio::test(start_paused = true)]
async fn calls_without_an_answer_count_unless_they_had_no_time() {
    let guard = guard();
    let hang = async |time: u64| {
        let deadline = Instant::now() + Duration::from_millis(time);
        guard.read(user(1), deadline, std::future::pending::<Result<(), Problem>>).await
    };
    for _ in 0..20 {
        assert_eq!(hang(50).await, Err(GuardError::Deadline));
    }
    for _ in 0..10 {
        assert_eq!(hang(600).await, Err(GuardError::Deadline));
    }
    assert!(is_rejected(&hang(600).await));
}
