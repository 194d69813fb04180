use std::sync::Arc;

use futures::future::join_all;
use portal_api::store::Rotation;
use shared_types::ids::{SessionId, UserId};

use crate::support::{TestDb, on_both_engines};

on_both_engines!(
    a_token_is_used_once,
    an_unused_successor_is_replaced,
    a_void_token_means_two_holders,
    of_fifty_parallel_uses_one_successor_is_left,
    tokens_go_with_their_session,
);

async fn begin(t: &TestDb, email: &str) -> (UserId, SessionId) {
    let user = t.add_user(email).await;
    let (session, _) = t.add_session(user).await;
    let tx = t.db.as_system().await.unwrap();
    tx.refresh_tokens().begin(user, session, &[1; 32]).await.unwrap();
    tx.commit().await.unwrap();
    (user, session)
}

async fn rotate(t: &TestDb, hash: u8, successor: u8) -> Rotation {
    let tx = t.db.as_system().await.unwrap();
    let rotation = tx.refresh_tokens().rotate(&[hash; 32], &[successor; 32]).await.unwrap();
    tx.commit().await.unwrap();
    rotation
}

async fn a_token_is_used_once(t: Arc<TestDb>) {
    let (user, session) = begin(&t, "ada@example.com").await;
    assert_eq!(rotate(&t, 9, 10).await, Rotation::Unknown);
    assert_eq!(rotate(&t, 1, 2).await, Rotation::Rotated { session, user });
    assert_eq!(rotate(&t, 2, 3).await, Rotation::Rotated { session, user });
    for used in [1, 1] {
        assert_eq!(rotate(&t, used, 4).await, Rotation::Reused { session, user });
    }
    assert_eq!(rotate(&t, 4, 5).await, Rotation::Unknown, "nothing was made of it");
    let tx = t.db.read_as_system().await.unwrap();
    assert_eq!(tx.refresh_tokens().session_of(&[1; 32]).await.unwrap(), Some((session, user)));
    assert_eq!(tx.refresh_tokens().session_of(&[9; 32]).await.unwrap(), None);
}

async fn an_unused_successor_is_replaced(t: Arc<TestDb>) {
    let (user, session) = begin(&t, "ada@example.com").await;
    let goes_on = Rotation::Rotated { session, user };
    for (token, successor) in [(1, 2), (1, 3), (1, 4), (4, 5), (4, 6), (6, 7)] {
        assert_eq!(rotate(&t, token, successor).await, goes_on, "{token} to {successor}");
    }
    assert_eq!(rotate(&t, 4, 8).await, Rotation::Reused { session, user });
}

async fn a_void_token_means_two_holders(t: Arc<TestDb>) {
    let (user, session) = begin(&t, "ada@example.com").await;
    rotate(&t, 1, 2).await;
    rotate(&t, 1, 3).await;
    assert_eq!(rotate(&t, 2, 4).await, Rotation::Reused { session, user });
}

async fn of_fifty_parallel_uses_one_successor_is_left(t: Arc<TestDb>) {
    begin(&t, "ada@example.com").await;
    let uses = (0..50).map(|at| {
        let t = Arc::clone(&t);
        tokio::spawn(async move { rotate(&t, 1, 100 + at).await })
    });
    for rotation in join_all(uses).await {
        assert!(matches!(rotation.unwrap(), Rotation::Rotated { .. }));
    }
    // Each void one would end the session, so only reading tells.
    let count = |state: &'static str| {
        let t = Arc::clone(&t);
        async move {
            let sql = format!("UPDATE refresh_tokens SET state = state WHERE state = '{state}'");
            t.execute(&sql).await.unwrap()
        }
    };
    assert_eq!((count("live").await, count("used").await, count("void").await), (1, 1, 49));
}

async fn tokens_go_with_their_session(t: Arc<TestDb>) {
    begin(&t, "ada@example.com").await;
    t.execute("DELETE FROM sessions").await.unwrap();
    let left = t.execute("UPDATE refresh_tokens SET state = state").await.unwrap();
    assert_eq!(left, 0);
}
