use std::sync::Arc;
use std::time::Duration;

use portal_api::store::{BillingIds, LiveSession, ProvisionState, SessionLevel, UserStatus};

use crate::support::{TestDb, on_both_engines};

on_both_engines!(
    a_session_authenticates_with_its_client,
    idle_and_absolute_ends_hold,
    revoked_sessions_are_dead,
    raising_the_epoch_ends_sessions_and_new_ones_live,
    a_session_goes_on_under_another_token,
    a_disabled_user_has_no_session,
    the_eleventh_session_ends_the_oldest,
    parallel_sign_ins_keep_to_the_limit,
);

const IDLE: Duration = Duration::from_mins(30);

async fn look_up(t: &TestDb, token_hash: &[u8; 32]) -> Option<LiveSession> {
    let tx = t.db.read_as_system().await.unwrap();
    tx.sessions().by_token_hash(token_hash).await.unwrap()
}

async fn a_session_authenticates_with_its_client(t: Arc<TestDb>) {
    let ada = t.add_user("ada@example.com").await;
    let (id, token) = t.add_session(ada).await;
    let live = look_up(&t, &token).await.unwrap();
    assert_eq!((live.id, live.user_id, live.level), (id, ada, SessionLevel::Full));
    assert_eq!((live.whmcs_client_id, live.provision_state), (None, None));
    assert_eq!(live.auth_time, t.clock.now());

    let tx = t.db.as_system().await.unwrap();
    tx.mappings().insert_pending(ada, "cus_1").await.unwrap();
    tx.mappings().set_billing(ada, BillingIds { user: None, client: 70 }).await.unwrap();
    tx.commit().await.unwrap();
    let live = look_up(&t, &token).await.unwrap();
    assert_eq!(live.whmcs_client_id, Some(70));
    assert_eq!(live.provision_state, Some(ProvisionState::LinkedBilling));

    let mut flipped = token;
    flipped[0] ^= 1;
    assert!(look_up(&t, &flipped).await.is_none());
}

async fn idle_and_absolute_ends_hold(t: Arc<TestDb>) {
    let ada = t.add_user("ada@example.com").await;
    let (_, idle) = t.add_session(ada).await;
    let (id, used) = t.add_session(ada).await;
    for _ in 0..25 {
        t.clock.advance(Duration::from_mins(28));
        let tx = t.db.as_system().await.unwrap();
        assert!(tx.sessions().touch(id, IDLE).await.unwrap());
        tx.commit().await.unwrap();
    }
    // 11 h 40 min: the unused session died long ago, the used one ends with its absolute limit.
    assert!(look_up(&t, &idle).await.is_none());
    let live = look_up(&t, &used).await.unwrap();
    assert_eq!(live.last_seen, t.clock.now());
    assert_eq!(live.idle_expires_at, live.absolute_expires_at);
    t.clock.advance(Duration::from_mins(20));
    assert!(look_up(&t, &used).await.is_none());
    let tx = t.db.as_system().await.unwrap();
    assert!(!tx.sessions().touch(id, IDLE).await.unwrap());
}

async fn revoked_sessions_are_dead(t: Arc<TestDb>) {
    let ada = t.add_user("ada@example.com").await;
    let mallory = t.add_user("mallory@example.com").await;
    let (first, first_token) = t.add_session(ada).await;
    let (kept, kept_token) = t.add_session(ada).await;
    let (_, third_token) = t.add_session(ada).await;

    let tx = t.db.as_user(mallory).await.unwrap();
    assert!(tx.sessions().revoke(first).await.unwrap().is_none());
    assert!(tx.sessions().revoke_all(None).await.unwrap().is_empty());
    tx.commit().await.unwrap();
    assert!(look_up(&t, &first_token).await.is_some());

    let tx = t.db.as_user(ada).await.unwrap();
    assert_eq!(tx.sessions().revoke(first).await.unwrap(), Some(first_token));
    assert!(tx.sessions().revoke(first).await.unwrap().is_none());
    assert_eq!(tx.sessions().revoke_all(Some(kept)).await.unwrap(), [third_token]);
    let listed: Vec<_> = tx.sessions().list().await.unwrap().into_iter().map(|session| session.id).collect();
    assert_eq!(listed, [kept]);
    tx.commit().await.unwrap();
    assert!(look_up(&t, &first_token).await.is_none());
    assert!(look_up(&t, &third_token).await.is_none());
    assert!(look_up(&t, &kept_token).await.is_some());
}

async fn raising_the_epoch_ends_sessions_and_new_ones_live(t: Arc<TestDb>) {
    let ada = t.add_user("ada@example.com").await;
    let (_, before) = t.add_session(ada).await;
    let tx = t.db.as_user(ada).await.unwrap();
    assert!(tx.account().bump_session_epoch().await.unwrap());
    tx.commit().await.unwrap();
    assert!(look_up(&t, &before).await.is_none());
    let (_, after) = t.add_session(ada).await;
    assert!(look_up(&t, &after).await.is_some());
}

async fn a_disabled_user_has_no_session(t: Arc<TestDb>) {
    let ada = t.add_user("ada@example.com").await;
    let (_, token) = t.add_session(ada).await;
    let tx = t.db.as_system().await.unwrap();
    tx.account(ada).set_status(UserStatus::Disabled).await.unwrap();
    assert!(!tx.sessions_of(ada).insert(&t.new_session()).await.unwrap());
    tx.commit().await.unwrap();
    assert!(look_up(&t, &token).await.is_none());
}

async fn the_eleventh_session_ends_the_oldest(t: Arc<TestDb>) {
    let ada = t.add_user("ada@example.com").await;
    let mut tokens = Vec::new();
    for _ in 0..11 {
        t.clock.advance(Duration::from_micros(1));
        tokens.push(t.add_session(ada).await.1);
    }
    assert!(look_up(&t, &tokens[0]).await.is_none());
    for token in &tokens[1..] {
        assert!(look_up(&t, token).await.is_some());
    }
}

async fn parallel_sign_ins_keep_to_the_limit(t: Arc<TestDb>) {
    let ada = t.add_user("ada@example.com").await;
    let tasks = (0..16).map(|_| {
        let t = Arc::clone(&t);
        tokio::spawn(async move { t.add_session(ada).await })
    });
    for task in futures::future::join_all(tasks).await {
        task.unwrap();
    }
    let tx = t.db.read_as_user(ada).await.unwrap();
    assert_eq!(tx.sessions().list().await.unwrap().len(), 10);
}

async fn a_session_goes_on_under_another_token(t: Arc<TestDb>) {
    let ada = t.add_user("ada@example.com").await;
    let mallory = t.add_user("mallory@example.com").await;
    let (session, former) = t.add_session(ada).await;
    let tx = t.db.as_user(mallory).await.unwrap();
    assert!(!tx.sessions().replace_token(session, &[7; 32]).await.unwrap(), "not the stranger's");
    drop(tx);
    let tx = t.db.as_user(ada).await.unwrap();
    assert!(tx.account().bump_session_epoch().await.unwrap());
    assert!(tx.sessions().replace_token(session, &[7; 32]).await.unwrap());
    tx.commit().await.unwrap();
    assert!(look_up(&t, &former).await.is_none());
    assert_eq!(look_up(&t, &[7; 32]).await.unwrap().id, session);
    let tx = t.db.as_user(ada).await.unwrap();
    assert!(tx.sessions().revoke(session).await.unwrap().is_some());
    assert!(!tx.sessions().replace_token(session, &[8; 32]).await.unwrap(), "the dead stay dead");
}
