use std::sync::Arc;
use std::time::Duration;

use portal_api::crypto::Random;
use portal_api::store::{Quota, RateDecision};

use crate::support::{TestDb, on_both_engines};

on_both_engines!(
    decisions_agree_with_a_token_bucket,
    waiting_as_long_as_told_is_enough_and_no_less_is,
    parallel_requests_get_the_burst_and_no_more,
    buckets_do_not_meet,
    what_was_taken_is_carried_over,
);

async fn take(t: &TestDb, key: u8, quota: Quota) -> RateDecision {
    let tx = t.db.as_system().await.unwrap();
    let decision = tx.rate_limits().take(&[key; 32], quota).await.unwrap();
    tx.commit().await.unwrap();
    decision
}

/// The textbook's other view of the same algorithm: credit that grows with time up to a ceiling.
struct TokenBucket {
    credit: u64,
    interval: u64,
    ceiling: u64,
}

impl TokenBucket {
    fn full(interval: u64, burst: u64) -> Self {
        Self { credit: interval * burst, interval, ceiling: interval * burst }
    }

    fn wait(&mut self, micros: u64) {
        self.credit = self.ceiling.min(self.credit + micros);
    }

    fn take(&mut self) -> RateDecision {
        if self.credit >= self.interval {
            self.credit -= self.interval;
            return RateDecision::Allowed;
        }
        RateDecision::Limited { retry_after: Duration::from_micros(self.interval - self.credit) }
    }
}

async fn decisions_agree_with_a_token_bucket(t: Arc<TestDb>) {
    let random = Random::seeded(42);
    for (key, (burst, interval)) in [(1, 1_000_000), (5, 60_000_000), (10, 333_333)].into_iter().enumerate() {
        let quota = Quota::per(burst, Duration::from_micros(interval * u64::from(burst)));
        let mut model = TokenBucket::full(interval, u64::from(burst));
        for step in 0..120 {
            // Mostly shorter than an interval, now and then long enough to fill the bucket.
            let pause = random.number() % (interval * if step % 20 == 19 { 20 } else { 1 });
            t.clock.advance(Duration::from_micros(pause));
            model.wait(pause);
            let decision = take(&t, u8::try_from(key).unwrap(), quota).await;
            assert_eq!(decision, model.take(), "burst {burst}, step {step}");
        }
    }
}

async fn waiting_as_long_as_told_is_enough_and_no_less_is(t: Arc<TestDb>) {
    let quota = Quota::per(3, Duration::from_mins(1));
    for _ in 0..3 {
        assert_eq!(take(&t, 1, quota).await, RateDecision::Allowed);
    }
    let RateDecision::Limited { retry_after } = take(&t, 1, quota).await else { panic!("allowed") };
    assert_eq!(retry_after, Duration::from_secs(20));
    t.clock.advance(retry_after.checked_sub(Duration::from_micros(1)).unwrap());
    assert_eq!(take(&t, 1, quota).await, RateDecision::Limited { retry_after: Duration::from_micros(1) });
    t.clock.advance(Duration::from_micros(1));
    assert_eq!(take(&t, 1, quota).await, RateDecision::Allowed);
}

async fn parallel_requests_get_the_burst_and_no_more(t: Arc<TestDb>) {
    let tasks = (0..40).map(|_| {
        let t = Arc::clone(&t);
        tokio::spawn(async move { take(&t, 1, Quota::per(10, Duration::from_mins(1))).await })
    });
    let decisions = futures::future::join_all(tasks).await;
    let allowed =
        decisions.into_iter().filter(|decision| *decision.as_ref().unwrap() == RateDecision::Allowed);
    assert_eq!(allowed.count(), 10);
}

async fn buckets_do_not_meet(t: Arc<TestDb>) {
    let quota = Quota::per(1, Duration::from_mins(1));
    assert_eq!(take(&t, 1, quota).await, RateDecision::Allowed);
    assert_eq!(take(&t, 2, quota).await, RateDecision::Allowed);
    assert_ne!(take(&t, 1, quota).await, RateDecision::Allowed);
}

async fn what_was_taken_is_carried_over(t: Arc<TestDb>) {
    let quota = Quota::per(3, Duration::from_hours(1));
    let carry = async |from: u8, to: u8| {
        let tx = t.db.as_system().await.unwrap();
        tx.rate_limits().carry_over(&[from; 32], &[to; 32]).await.unwrap();
        tx.commit().await.unwrap();
    };
    for _ in 0..3 {
        assert_eq!(take(&t, 1, quota).await, RateDecision::Allowed);
    }
    carry(1, 2).await;
    assert!(
        matches!(take(&t, 2, quota).await, RateDecision::Limited { .. }),
        "to a bucket that was not there"
    );
    assert_eq!(take(&t, 1, quota).await, RateDecision::Allowed, "the former one is empty");
    carry(1, 2).await;
    assert!(matches!(take(&t, 2, quota).await, RateDecision::Limited { .. }), "the fuller one counts");
    carry(3, 4).await;
    assert_eq!(take(&t, 4, quota).await, RateDecision::Allowed, "from nothing comes nothing");
}
