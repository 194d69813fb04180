use std::sync::Arc;
use std::time::Duration;

use portal_api::store::{TryDecision, TryPolicy};

use crate::support::{TestDb, on_both_engines};

on_both_engines!(
    some_tries_are_free_then_each_costs_a_wait,
    refused_tries_lead_to_the_cap,
    parallel_tries_get_the_free_ones_and_no_more,
    a_success_forgets_below_the_cap_only,
    a_day_of_silence_forgets,
);

const POLICY: TryPolicy = TryPolicy {
    free: 3,
    cap: 8,
    first_wait: Duration::from_mins(1),
    longest_wait: Duration::from_mins(15),
    memory: Duration::from_hours(24),
};

async fn take(t: &TestDb) -> TryDecision {
    let tx = t.db.as_system().await.unwrap();
    let decision = tx.sign_in_tries().take(&[1; 32], POLICY).await.unwrap();
    tx.commit().await.unwrap();
    decision
}

fn limited(minutes: u64) -> TryDecision {
    TryDecision::Limited { retry_after: Duration::from_mins(minutes) }
}

async fn some_tries_are_free_then_each_costs_a_wait(t: Arc<TestDb>) {
    for _ in 0..3 {
        assert_eq!(take(&t).await, TryDecision::Allowed);
    }
    assert_eq!(take(&t).await, limited(1));
    t.clock.advance(Duration::from_mins(1));
    assert_eq!(take(&t).await, TryDecision::Allowed);
    assert_eq!(take(&t).await, limited(2));
    let tx = t.db.as_system().await.unwrap();
    assert_eq!(tx.sign_in_tries().take(&[2; 32], POLICY).await.unwrap(), TryDecision::Allowed);
}

async fn refused_tries_lead_to_the_cap(t: Arc<TestDb>) {
    for _ in 0..8 {
        assert_ne!(take(&t).await, TryDecision::UnderAttack);
    }
    for _ in 0..3 {
        assert_eq!(take(&t).await, TryDecision::UnderAttack);
    }
}

async fn parallel_tries_get_the_free_ones_and_no_more(t: Arc<TestDb>) {
    let tasks = (0..8).map(|_| {
        let t = Arc::clone(&t);
        tokio::spawn(async move { take(&t).await })
    });
    let decisions = futures::future::join_all(tasks).await;
    let allowed =
        decisions.into_iter().filter(|decision| *decision.as_ref().unwrap() == TryDecision::Allowed);
    assert_eq!(allowed.count(), 3);
}

async fn a_success_forgets_below_the_cap_only(t: Arc<TestDb>) {
    let forget = async || {
        let tx = t.db.as_system().await.unwrap();
        tx.sign_in_tries().forget(&[1; 32], POLICY).await.unwrap();
        tx.commit().await.unwrap();
    };
    for _ in 0..4 {
        take(&t).await;
    }
    forget().await;
    for _ in 0..3 {
        assert_eq!(take(&t).await, TryDecision::Allowed);
    }
    for _ in 0..6 {
        take(&t).await;
    }
    forget().await;
    assert_eq!(take(&t).await, TryDecision::UnderAttack);
}

async fn a_day_of_silence_forgets(t: Arc<TestDb>) {
    for _ in 0..12 {
        take(&t).await;
    }
    t.clock.advance(Duration::from_hours(23));
    assert_eq!(take(&t).await, TryDecision::UnderAttack);
    t.clock.advance(Duration::from_hours(24));
    assert_eq!(take(&t).await, TryDecision::Allowed);
}
