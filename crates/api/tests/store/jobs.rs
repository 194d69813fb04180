use std::collections::HashSet;
use std::sync::Arc;
use std::time::Duration;

use chrono::{DateTime, TimeDelta, Utc};
use portal_api::store::{ClaimedJob, Enqueued, JobCounts, NewJob, Retention, StoreError};
use serde_json::json;

use crate::support::{TestDb, on_both_engines};

on_both_engines!(
    many_workers_take_each_job_once,
    jobs_come_in_the_order_of_their_time,
    only_wanted_kinds_are_taken,
    a_key_is_deduplicated_until_its_job_has_ended,
    parallel_enqueues_of_one_key_add_one,
    a_user_can_enqueue_in_their_own_transaction,
    an_old_worker_cannot_write,
    a_failed_attempt_is_tried_again_at_its_time,
    a_heartbeat_keeps_the_job,
    a_job_that_kills_its_workers_is_buried,
);

const LEASE: Duration = Duration::from_secs(30);

fn job(at: DateTime<Utc>) -> NewJob {
    NewJob {
        kind: "provision".to_owned(),
        payload: json!({"user_id": "1"}),
        dedupe_key: None,
        run_at: at,
        max_attempts: 3,
    }
}

async fn enqueue(t: &TestDb, job: &NewJob) -> Enqueued {
    let tx = t.db.as_system().await.unwrap();
    let enqueued = tx.jobs().enqueue(job).await.unwrap();
    tx.commit().await.unwrap();
    enqueued
}

async fn claim(t: &TestDb) -> Option<ClaimedJob> {
    let tx = t.db.as_system().await.unwrap();
    let claimed = tx.job_work().claim_next("worker", &["provision"], LEASE).await.unwrap();
    tx.commit().await.unwrap();
    claimed
}

async fn counts(t: &TestDb) -> JobCounts {
    let tx = t.db.read_as_system().await.unwrap();
    tx.job_work().counts().await.unwrap()
}

async fn many_workers_take_each_job_once(t: Arc<TestDb>) {
    let mut added = HashSet::new();
    for _ in 0..60 {
        let Enqueued::Added(id) = enqueue(&t, &job(t.clock.now())).await else { panic!("not added") };
        added.insert(id);
    }
    let workers = (0..8).map(|_| {
        let t = Arc::clone(&t);
        tokio::spawn(async move {
            let mut taken = Vec::new();
            while let Some(job) = claim(&t).await {
                taken.push(job.id);
            }
            taken
        })
    });
    let taken: Vec<_> =
        futures::future::join_all(workers).await.into_iter().flat_map(Result::unwrap).collect();
    assert_eq!(taken.len(), 60);
    assert_eq!(taken.into_iter().collect::<HashSet<_>>(), added);
}

/// SQLite compares times as text with a varying number of digits: the order must hold all the same.
async fn jobs_come_in_the_order_of_their_time(t: Arc<TestDb>) {
    let now = t.clock.now();
    let offsets = [0, 1, 10, 100_000, 100_001, 120_000, 123_000, 123_456, 999_999, 1_000_000, 10_000_000];
    for offset in offsets.iter().rev() {
        enqueue(&t, &NewJob { payload: json!(offset), ..job(now + TimeDelta::microseconds(*offset)) }).await;
    }
    let mut passed = 0;
    for offset in offsets {
        if offset > 0 {
            t.clock.advance(Duration::from_micros(offset.unsigned_abs() - passed - 1));
            assert!(claim(&t).await.is_none(), "not due before {offset}");
            t.clock.advance(Duration::from_micros(1));
            passed = offset.unsigned_abs();
        }
        assert_eq!(claim(&t).await.unwrap().payload, json!(offset));
    }
}

async fn only_wanted_kinds_are_taken(t: Arc<TestDb>) {
    enqueue(&t, &NewJob { kind: "mail".to_owned(), ..job(t.clock.now()) }).await;
    assert!(claim(&t).await.is_none());
    let tx = t.db.as_system().await.unwrap();
    assert!(tx.job_work().claim_next("worker", &["provision", "mail"], LEASE).await.unwrap().is_some());
    assert!(tx.job_work().claim_next("worker", &[], LEASE).await.unwrap().is_none());
}

async fn a_key_is_deduplicated_until_its_job_has_ended(t: Arc<TestDb>) {
    let keyed = NewJob { dedupe_key: Some("provision:1".to_owned()), ..job(t.clock.now()) };
    assert!(matches!(enqueue(&t, &keyed).await, Enqueued::Added(_)));
    assert_eq!(enqueue(&t, &keyed).await, Enqueued::AlreadyThere);
    let claimed = claim(&t).await.unwrap();
    assert_eq!(enqueue(&t, &keyed).await, Enqueued::AlreadyThere);
    let tx = t.db.as_system().await.unwrap();
    tx.job_work().finish(&claimed).await.unwrap();
    tx.commit().await.unwrap();
    assert!(matches!(enqueue(&t, &keyed).await, Enqueued::Added(_)));
    assert_eq!(counts(&t).await, JobCounts { queued: 1, done: 1, ..JobCounts::default() });
}

async fn parallel_enqueues_of_one_key_add_one(t: Arc<TestDb>) {
    let tasks = (0..10).map(|_| {
        let t = Arc::clone(&t);
        tokio::spawn(async move {
            enqueue(&t, &NewJob { dedupe_key: Some("k".to_owned()), ..job(t.clock.now()) }).await
        })
    });
    let added = futures::future::join_all(tasks).await;
    assert_eq!(added.iter().filter(|added| matches!(added, Ok(Enqueued::Added(_)))).count(), 1);
    assert_eq!(counts(&t).await.queued, 1);
}

async fn a_user_can_enqueue_in_their_own_transaction(t: Arc<TestDb>) {
    let ada = t.add_user("ada@example.com").await;
    let keyed = NewJob { dedupe_key: Some("k".to_owned()), ..job(t.clock.now()) };
    let tx = t.db.as_user(ada).await.unwrap();
    assert!(matches!(tx.jobs().enqueue(&keyed).await.unwrap(), Enqueued::Added(_)));
    drop(tx);
    assert!(claim(&t).await.is_none(), "rolled back with the transaction");
    for expected in [false, true] {
        let tx = t.db.as_user(ada).await.unwrap();
        assert_eq!(tx.jobs().enqueue(&keyed).await.unwrap() == Enqueued::AlreadyThere, expected);
        tx.commit().await.unwrap();
    }
    assert_eq!(claim(&t).await.unwrap().payload, keyed.payload);
}

async fn an_old_worker_cannot_write(t: Arc<TestDb>) {
    enqueue(&t, &job(t.clock.now())).await;
    let old = claim(&t).await.unwrap();
    assert!(claim(&t).await.is_none());
    t.clock.advance(LEASE);
    let new = claim(&t).await.unwrap();
    assert_eq!((new.id, new.attempts), (old.id, 2));
    assert!(new.fence > old.fence);
    let tx = t.db.as_system().await.unwrap();
    let work = tx.job_work();
    assert!(matches!(work.heartbeat(&old, LEASE).await, Err(StoreError::LeaseLost)));
    assert!(matches!(work.finish(&old).await, Err(StoreError::LeaseLost)));
    assert!(matches!(work.retry_at(&old, t.clock.now(), "x").await, Err(StoreError::LeaseLost)));
    assert!(matches!(work.kill(&old, "x").await, Err(StoreError::LeaseLost)));
    work.finish(&new).await.unwrap();
    assert!(matches!(work.finish(&new).await, Err(StoreError::LeaseLost)));
}

async fn a_failed_attempt_is_tried_again_at_its_time(t: Arc<TestDb>) {
    enqueue(&t, &job(t.clock.now())).await;
    for attempt in 1..=3 {
        let claimed = claim(&t).await.unwrap();
        assert_eq!((claimed.attempts, claimed.is_last_attempt()), (attempt, attempt == 3));
        let tx = t.db.as_system().await.unwrap();
        if claimed.is_last_attempt() {
            tx.job_work().kill(&claimed, "upstream.invalid").await.unwrap();
        } else {
            let run_at = t.clock.now() + TimeDelta::seconds(10);
            tx.job_work().retry_at(&claimed, run_at, "upstream.timeout").await.unwrap();
        }
        tx.commit().await.unwrap();
        assert!(claim(&t).await.is_none());
        t.clock.advance(Duration::from_secs(10));
    }
    assert!(claim(&t).await.is_none());
    assert_eq!(counts(&t).await, JobCounts { dead: 1, ..JobCounts::default() });
}

async fn a_heartbeat_keeps_the_job(t: Arc<TestDb>) {
    enqueue(&t, &job(t.clock.now())).await;
    let claimed = claim(&t).await.unwrap();
    t.clock.advance(LEASE / 2);
    let tx = t.db.as_system().await.unwrap();
    tx.job_work().heartbeat(&claimed, LEASE).await.unwrap();
    tx.commit().await.unwrap();
    t.clock.advance(LEASE / 2);
    assert!(claim(&t).await.is_none());
}

async fn a_job_that_kills_its_workers_is_buried(t: Arc<TestDb>) {
    enqueue(&t, &job(t.clock.now())).await;
    let mut last = None;
    for _ in 0..3 {
        last = claim(&t).await;
        assert!(last.is_some());
        t.clock.advance(LEASE);
    }
    assert!(claim(&t).await.is_none());
    let tx = t.db.as_system().await.unwrap();
    assert_eq!(tx.expire_rows(&Retention::default()).await.unwrap().buried_jobs, 1);
    assert!(matches!(tx.job_work().finish(&last.unwrap()).await, Err(StoreError::LeaseLost)));
    tx.commit().await.unwrap();
    assert_eq!(counts(&t).await, JobCounts { dead: 1, ..JobCounts::default() });
}
