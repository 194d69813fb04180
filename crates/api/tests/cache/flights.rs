//! Equal requests share one load, and none of them can spoil it for the others.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use portal_api::cache::{CacheKey, Namespace};
use tokio::sync::Barrier;
use tokio::time::{Instant, sleep};

use super::harness::*;

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn five_hundred_equal_misses_cause_one_load() {
    let setup = Setup::new();
    setup.upstream.hold();
    let asked = Arc::new(AtomicUsize::new(0));
    let readers: Vec<_> = (0..500)
        .map(|_| {
            let (setup, asked) = (setup.clone(), Arc::clone(&asked));
            tokio::spawn(async move {
                asked.fetch_add(1, Ordering::SeqCst);
                setup.read(&key(1)).await
            })
        })
        .collect();
    eventually("all readers have asked", async || asked.load(Ordering::SeqCst) == 500).await;
    setup.upstream.release();
    for reader in readers {
        assert_eq!(reader.await.unwrap().unwrap().0, "v1");
    }
    assert_eq!(setup.upstream.calls(), 1);
}

/// Readers come while the load lands: between its end and its value there must be no gap.
#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn readers_who_come_at_the_landing_load_nothing() {
    for round in 0..200_u32 {
        let setup = Setup::new();
        let key = CacheKey::for_user(user(1), Namespace::Cases, &round).unwrap();
        let barrier = Arc::new(Barrier::new(16));
        let readers: Vec<_> = (0..16)
            .map(|_| {
                let (setup, barrier) = (setup.clone(), Arc::clone(&barrier));
                tokio::spawn(async move {
                    barrier.wait().await;
                    setup.read(&key).await.unwrap().0
                })
            })
            .collect();
        for reader in readers {
            assert_eq!(reader.await.unwrap(), "v1");
        }
        assert_eq!(setup.upstream.calls(), 1, "round {round}");
    }
}

#[tokio::test]
async fn a_reader_who_leaves_does_not_end_the_load() {
    let setup = Setup::new();
    setup.upstream.hold();
    let first = tokio::spawn({
        let setup = setup.clone();
        async move { setup.read(&key(1)).await }
    });
    setup.upstream.began(1).await;
    let second = tokio::spawn({
        let setup = setup.clone();
        async move { setup.read(&key(1)).await }
    });
    first.abort();
    assert!(first.await.unwrap_err().is_cancelled());
    setup.upstream.release();
    assert_eq!(second.await.unwrap().unwrap().0, "v1");
    assert_eq!(setup.upstream.calls(), 1);
}

#[tokio::test(start_paused = true)]
async fn a_deadline_ends_the_wait_of_its_reader_only() {
    let setup = Setup::new();
    let slow = || async {
        sleep(seconds(3)).await;
        Ok::<_, Failure>("slow".to_owned())
    };
    let (key, began) = (key(1), Instant::now());
    let hasty = async {
        let read = setup.cache.read(&key, None, began + seconds(1), slow).await;
        (read.map(|hit| seen(&hit)), began.elapsed())
    };
    let patient =
        async { setup.cache.read(&key, None, began + seconds(9), slow).await.map(|hit| seen(&hit)) };
    let (hasty, patient) = tokio::join!(hasty, patient);
    assert_eq!(hasty, (Err(Failure::Timeout), seconds(1)));
    assert_eq!(patient, live("slow"));
}

#[tokio::test(start_paused = true)]
async fn a_load_without_end_is_cut_off_and_blocks_nobody_after_that() {
    let setup = Setup::new();
    setup.upstream.hold();
    let read = setup.cache.read(&key(1), None, Instant::now() + seconds(3600), setup.upstream.loader()).await;
    assert_eq!(read.map(|hit| seen(&hit)), Err(Failure::Timeout));
    setup.upstream.release();
    assert_eq!(setup.read(&key(1)).await, live("v2"));
}

#[tokio::test]
async fn an_error_is_shared_by_those_who_waited_and_not_kept() {
    let setup = Setup::new();
    setup.upstream.hold();
    setup.upstream.fail(Failure::Down);
    let readers = (0..50).map(|_| {
        let setup = setup.clone();
        async move { setup.read(&key(1)).await }
    });
    let readers = tokio::spawn(futures::future::join_all(readers));
    setup.upstream.began(1).await;
    setup.upstream.release();
    assert!(readers.await.unwrap().iter().all(|read| *read == Err(Failure::Down)));
    assert_eq!(setup.upstream.calls(), 1);
    setup.upstream.fail(None);
    assert_eq!(setup.read(&key(1)).await, live("v2"));
}

#[tokio::test]
async fn a_loader_that_panics_fails_its_readers_and_leaves_no_trace() {
    let setup = Setup::new();
    let read = setup.cache.read(&key(1), None, soon(), || async { at_fault() }).await;
    assert_eq!(read.map(|hit| seen(&hit)), Err(Failure::Internal));
    assert_eq!(setup.read(&key(1)).await, live("v1"));
}

fn at_fault() -> Result<String, Failure> {
    panic!("a fault in a loader")
}

#[tokio::test]
async fn a_value_that_is_no_json_is_an_internal_error() {
    let setup = Setup::new();
    let no_json = || async { Ok::<_, Failure>(std::collections::HashMap::from([((1, 2), 3)])) };
    let read = setup.cache.read(&key(1), None, soon(), no_json).await;
    assert_eq!(read.map(|hit| seen(&hit)), Err(Failure::Internal));
}
