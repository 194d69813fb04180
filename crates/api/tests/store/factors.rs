use std::sync::Arc;
use std::time::Duration;

use portal_api::domain::factor::SecondFactors;
use secrecy::{ExposeSecret as _, SecretString};
use shared_types::ids::UserId;

use crate::support::{KEY_TWO, TestDb, on_both_engines};

on_both_engines!(
    a_seed_counts_after_its_confirmation_only,
    fifty_parallel_uses_of_a_step_get_one,
    fifty_parallel_uses_of_a_recovery_code_get_one,
    new_recovery_codes_replace_all_older_ones,
    a_seed_opens_in_its_own_row_only,
);

const SETUP: Duration = Duration::from_mins(30);

async fn with_totp(t: &TestDb, email: &str) -> UserId {
    let user = t.add_user(email).await;
    let tx = t.db.as_user(user).await.unwrap();
    assert!(tx.totp().offer(&[7; 20]).await.unwrap());
    assert!(tx.totp().confirm(100, SETUP).await.unwrap());
    tx.commit().await.unwrap();
    user
}

async fn a_seed_counts_after_its_confirmation_only(t: Arc<TestDb>) {
    let ada = t.add_user("ada@example.com").await;
    let tx = t.db.as_user(ada).await.unwrap();
    assert!(tx.totp().get().await.unwrap().is_none());
    assert!(!tx.totp().confirm(1, SETUP).await.unwrap());
    assert!(tx.totp().offer(&[1; 20]).await.unwrap());
    assert!(!tx.totp().use_step(5).await.unwrap());
    assert!(!tx.totp().remove().await.unwrap(), "nothing that counts");
    assert!(tx.totp().offer(&[2; 20]).await.unwrap(), "another takes its place");
    assert_eq!(tx.totp().get().await.unwrap().unwrap().seed.as_slice(), [2; 20]);
    assert_eq!(tx.factors().summary().await.unwrap(), SecondFactors::default());
    t.clock.advance(SETUP + Duration::from_secs(1));
    assert!(!tx.totp().confirm(100, SETUP).await.unwrap(), "too late");
    assert!(tx.totp().offer(&[3; 20]).await.unwrap());
    t.clock.advance(SETUP);
    assert!(tx.totp().confirm(100, SETUP).await.unwrap());
    assert!(!tx.totp().confirm(101, SETUP).await.unwrap());
    assert!(!tx.totp().offer(&[4; 20]).await.unwrap(), "what counts stays");
    assert_eq!(tx.totp().get().await.unwrap().unwrap().seed.as_slice(), [3; 20]);
    assert_eq!(tx.factors().summary().await.unwrap().totp_since, Some(t.clock.now()));
    for (step, fresh) in [(100, false), (99, false), (101, true), (101, false), (103, true), (102, false)] {
        assert_eq!(tx.totp().use_step(step).await.unwrap(), fresh, "{step}");
    }
    assert!(tx.totp().remove().await.unwrap());
    assert!(tx.totp().get().await.unwrap().is_none());
    tx.commit().await.unwrap();
}

async fn fifty_parallel_uses_of_a_step_get_one(t: Arc<TestDb>) {
    let ada = with_totp(&t, "ada@example.com").await;
    let tasks = (0..50).map(|_| {
        let db = t.db.clone();
        tokio::spawn(async move {
            let tx = db.as_system().await.unwrap();
            let won = tx.totp_of(ada).use_step(101).await.unwrap();
            tx.commit().await.unwrap();
            won
        })
    });
    let wins = futures::future::join_all(tasks).await.into_iter().filter(|won| *won.as_ref().unwrap());
    assert_eq!(wins.count(), 1);
}

fn codes(tags: &[&str]) -> Vec<(String, SecretString)> {
    tags.iter().map(|tag| ((*tag).to_owned(), SecretString::from(format!("hash of {tag}")))).collect()
}

async fn fifty_parallel_uses_of_a_recovery_code_get_one(t: Arc<TestDb>) {
    let ada = t.add_user("ada@example.com").await;
    let mallory = t.add_user("mallory@example.com").await;
    let tx = t.db.as_user(ada).await.unwrap();
    tx.recovery_codes().replace(&codes(&["AB", "CD"])).await.unwrap();
    tx.commit().await.unwrap();
    let tx = t.db.as_system().await.unwrap();
    let (id, hash) = tx.recovery_codes_of(ada).by_tag("AB").await.unwrap().unwrap();
    assert_eq!(hash.expose_secret(), "hash of AB");
    assert!(tx.recovery_codes_of(mallory).by_tag("AB").await.unwrap().is_none());
    assert!(!tx.recovery_codes_of(mallory).use_up(id).await.unwrap());
    drop(tx);
    let tasks = (0..50).map(|_| {
        let db = t.db.clone();
        tokio::spawn(async move {
            let tx = db.as_system().await.unwrap();
            let won = tx.recovery_codes_of(ada).use_up(id).await.unwrap();
            tx.commit().await.unwrap();
            won
        })
    });
    let wins = futures::future::join_all(tasks).await.into_iter().filter(|won| *won.as_ref().unwrap());
    assert_eq!(wins.count(), 1);
    let tx = t.db.read_as_user(ada).await.unwrap();
    assert!(tx.recovery_codes().by_tag("AB").await.unwrap().is_none(), "a used code is not found");
    assert_eq!(tx.factors().summary().await.unwrap().recovery_codes_left, 1);
}

async fn new_recovery_codes_replace_all_older_ones(t: Arc<TestDb>) {
    let ada = t.add_user("ada@example.com").await;
    let tx = t.db.as_user(ada).await.unwrap();
    tx.recovery_codes().replace(&codes(&["AB", "CD"])).await.unwrap();
    tx.recovery_codes().replace(&codes(&["CD", "EF", "GH"])).await.unwrap();
    assert!(tx.recovery_codes().by_tag("AB").await.unwrap().is_none());
    assert!(tx.recovery_codes().by_tag("CD").await.unwrap().is_some());
    assert_eq!(tx.factors().summary().await.unwrap().recovery_codes_left, 3);
    tx.recovery_codes().remove().await.unwrap();
    assert_eq!(tx.factors().summary().await.unwrap().recovery_codes_left, 0);
    tx.commit().await.unwrap();
}

/// With another key, and in another row, a seed does not open.
async fn a_seed_opens_in_its_own_row_only(t: Arc<TestDb>) {
    let ada = with_totp(&t, "ada@example.com").await;
    let mallory = with_totp(&t, "mallory@example.com").await;
    let stranger = t.with_keys(KEY_TWO).await;
    let tx = stranger.read_as_system().await.unwrap();
    assert!(tx.totp_of(ada).get().await.is_err());
    drop(tx);
    stranger.close().await.unwrap();
    let id = |user: UserId| {
        let hex = user.as_uuid().simple().to_string();
        if t.is_sqlite() { format!("x'{hex}'") } else { format!("'{hex}'::uuid") }
    };
    let swap = format!(
        "UPDATE mfa_totp SET seed_sealed = (SELECT seed_sealed FROM mfa_totp WHERE user_id = {}) WHERE user_id = {}",
        id(ada),
        id(mallory)
    );
    assert_eq!(t.execute(&swap).await.unwrap(), 1);
    let tx = t.db.read_as_system().await.unwrap();
    assert!(tx.totp_of(ada).get().await.is_ok());
    assert!(tx.totp_of(mallory).get().await.is_err());
}
