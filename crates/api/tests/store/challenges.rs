use std::sync::Arc;
use std::time::Duration;

use portal_api::store::{ChallengeKind, EmailAddress, NewChallenge};
use secrecy::{ExposeSecret as _, SecretString};
use shared_types::ids::{ChallengeId, UserId};

use crate::support::{TestDb, on_both_engines};

on_both_engines!(
    a_challenge_comes_back_as_added,
    fifty_parallel_tries_get_five,
    fifty_parallel_uses_get_one,
    an_expired_challenge_is_dead,
    a_new_challenge_voids_the_older_of_the_same_address,
    a_decoy_looks_alike,
    a_used_challenge_keeps_no_secret,
    a_challenge_of_a_user_voids_that_users_older_one,
    the_codes_of_a_user_are_voided_together,
    former_addresses_wait_in_their_order,
    a_try_that_was_no_guess_is_given_back,
);

async fn add(t: &TestDb, email: &str, code_hash: Option<&str>) -> ChallengeId {
    let id = ChallengeId::from_uuid(t.random.uuid(t.clock.now()));
    let tx = t.db.as_system().await.unwrap();
    let challenge = NewChallenge {
        id,
        kind: ChallengeKind::Signup,
        user: None,
        email: &EmailAddress::parse(email).unwrap(),
        code_hash: code_hash.map(SecretString::from),
        payload: code_hash.map(|_| b"what to do".as_slice()),
        attempts: 5,
        lifetime: Duration::from_mins(10),
    };
    tx.challenges().insert(&challenge).await.unwrap();
    tx.commit().await.unwrap();
    id
}

async fn is_open(t: &TestDb, id: ChallengeId) -> bool {
    let tx = t.db.as_system().await.unwrap();
    tx.challenges().take_attempt(ChallengeKind::Signup, id).await.unwrap().is_some()
}

async fn a_challenge_comes_back_as_added(t: Arc<TestDb>) {
    let id = add(&t, "ada@example.com", Some("$argon2id$code")).await;
    let tx = t.db.as_system().await.unwrap();
    let attempt = tx.challenges().take_attempt(ChallengeKind::Signup, id).await.unwrap().unwrap();
    assert_eq!((attempt.id, attempt.user, attempt.attempts_left), (id, None, 4));
    let other = tx.challenges().take_attempt(ChallengeKind::PasswordReset, id).await.unwrap();
    assert!(other.is_none(), "a challenge proves nothing of another kind");
    assert_eq!(attempt.code_hash.unwrap().expose_secret(), "$argon2id$code");
    assert_eq!(attempt.payload.unwrap().as_slice(), b"what to do");
}

async fn fifty_parallel_tries_get_five(t: Arc<TestDb>) {
    let id = add(&t, "ada@example.com", Some("$argon2id$code")).await;
    let tasks = (0..50).map(|_| {
        let db = t.db.clone();
        tokio::spawn(async move {
            let tx = db.as_system().await.unwrap();
            let attempt = tx.challenges().take_attempt(ChallengeKind::Signup, id).await.unwrap();
            tx.commit().await.unwrap();
            attempt.map(|attempt| attempt.attempts_left)
        })
    });
    let results = futures::future::join_all(tasks).await;
    let mut left: Vec<i32> = results.into_iter().filter_map(Result::unwrap).collect();
    left.sort_unstable();
    assert_eq!(left, [0, 1, 2, 3, 4]);
    assert!(!is_open(&t, id).await);
}

async fn fifty_parallel_uses_get_one(t: Arc<TestDb>) {
    let id = add(&t, "ada@example.com", Some("$argon2id$code")).await;
    let tasks = (0..50).map(|_| {
        let db = t.db.clone();
        tokio::spawn(async move {
            let tx = db.as_system().await.unwrap();
            let won = tx.challenges().consume(id).await.unwrap();
            tx.commit().await.unwrap();
            won
        })
    });
    let wins = futures::future::join_all(tasks).await.into_iter().filter(|won| *won.as_ref().unwrap());
    assert_eq!(wins.count(), 1);
    assert!(!is_open(&t, id).await);
}

async fn an_expired_challenge_is_dead(t: Arc<TestDb>) {
    let id = add(&t, "ada@example.com", Some("$argon2id$code")).await;
    t.clock.advance(Duration::from_mins(10));
    assert!(!is_open(&t, id).await);
    let tx = t.db.as_system().await.unwrap();
    assert!(!tx.challenges().consume(id).await.unwrap());
}

async fn a_new_challenge_voids_the_older_of_the_same_address(t: Arc<TestDb>) {
    let first = add(&t, "ada@example.com", Some("$argon2id$code")).await;
    let other = add(&t, "grace@example.com", Some("$argon2id$code")).await;
    let second = add(&t, "ADA@example.com", Some("$argon2id$code")).await;
    assert!(!is_open(&t, first).await);
    assert!(is_open(&t, second).await);
    assert!(is_open(&t, other).await);
}

async fn a_decoy_looks_alike(t: Arc<TestDb>) {
    let id = add(&t, "ada@example.com", None).await;
    let tx = t.db.as_system().await.unwrap();
    let attempt = tx.challenges().take_attempt(ChallengeKind::Signup, id).await.unwrap().unwrap();
    assert_eq!(attempt.attempts_left, 4);
    assert!(attempt.code_hash.is_none() && attempt.payload.is_none());
}

async fn a_used_challenge_keeps_no_secret(t: Arc<TestDb>) {
    let id = add(&t, "ada@example.com", Some("$argon2id$code")).await;
    let tx = t.db.as_system().await.unwrap();
    assert!(tx.challenges().consume(id).await.unwrap());
    tx.commit().await.unwrap();
    let kept =
        "UPDATE challenges SET attempts_left = 0 WHERE code_hash IS NOT NULL OR payload_sealed IS NOT NULL";
    assert_eq!(t.execute(kept).await.unwrap(), 0);
}

async fn add_of(t: &TestDb, user: UserId, kind: ChallengeKind, email: &str) -> ChallengeId {
    t.clock.advance(Duration::from_millis(1));
    let id = ChallengeId::from_uuid(t.random.uuid(t.clock.now()));
    let challenge = NewChallenge {
        id,
        kind,
        user: Some(user),
        email: &EmailAddress::parse(email).unwrap(),
        code_hash: Some("$argon2id$code".into()),
        payload: Some(email.as_bytes()),
        attempts: 5,
        lifetime: Duration::from_mins(10),
    };
    let tx = t.db.as_system().await.unwrap();
    tx.challenges().insert(&challenge).await.unwrap();
    tx.commit().await.unwrap();
    id
}

async fn left(t: &TestDb, ids: &[ChallengeId]) -> Vec<bool> {
    let tx = t.db.read_as_system().await.unwrap();
    let mut open = Vec::new();
    for id in ids {
        open.push(tx.challenges().open(*id).await.unwrap().is_some());
    }
    open
}

async fn a_challenge_of_a_user_voids_that_users_older_one(t: Arc<TestDb>) {
    let [ada, mallory] = [t.add_user("ada@example.com").await, t.add_user("mallory@example.com").await];
    let first = add_of(&t, ada, ChallengeKind::EmailChange, "one@example.com").await;
    let other_kind = add_of(&t, ada, ChallengeKind::NewDevice, "ada@example.com").await;
    let strangers = add_of(&t, mallory, ChallengeKind::EmailChange, "two@example.com").await;
    let second = add_of(&t, ada, ChallengeKind::EmailChange, "two@example.com").await;
    assert_eq!(left(&t, &[first, other_kind, strangers, second]).await, [false, true, true, true]);
}

async fn the_codes_of_a_user_are_voided_together(t: Arc<TestDb>) {
    let [ada, mallory] = [t.add_user("ada@example.com").await, t.add_user("mallory@example.com").await];
    let device = add_of(&t, ada, ChallengeKind::NewDevice, "ada@example.com").await;
    let former = add_of(&t, ada, ChallengeKind::FormerAddress, "old@example.com").await;
    let strangers = add_of(&t, mallory, ChallengeKind::NewDevice, "mallory@example.com").await;
    // The job that mails a code finds out whose it is.
    let reset = add(&t, "ada@example.com", None).await;
    let tx = t.db.as_system().await.unwrap();
    assert!(tx.challenges().set_code(reset, &"$argon2id$code".into(), Some(ada)).await.unwrap());
    tx.challenges().void_codes_of(ada).await.unwrap();
    tx.commit().await.unwrap();
    assert_eq!(left(&t, &[device, reset, former, strangers]).await, [false, false, true, true]);
}

async fn former_addresses_wait_in_their_order(t: Arc<TestDb>) {
    let ada = t.add_user("ada@example.com").await;
    let kind = ChallengeKind::FormerAddress;
    let first = add_of(&t, ada, kind, "one@example.com").await;
    let second = add_of(&t, ada, kind, "two@example.com").await;
    let tx = t.db.as_system().await.unwrap();
    for (id, address) in [(first, "one@example.com"), (second, "two@example.com")] {
        let oldest = tx.challenges().oldest_open_of(ada, kind).await.unwrap().unwrap();
        assert_eq!((oldest.id, oldest.payload.unwrap().as_slice()), (id, address.as_bytes()));
        assert!(tx.challenges().consume(id).await.unwrap());
    }
    assert!(tx.challenges().oldest_open_of(ada, kind).await.unwrap().is_none());
}

async fn a_try_that_was_no_guess_is_given_back(t: Arc<TestDb>) {
    let id = add(&t, "ada@example.com", Some("$argon2id$code")).await;
    for _ in 0..20 {
        assert!(is_open(&t, id).await, "counted");
        let tx = t.db.as_system().await.unwrap();
        assert!(tx.challenges().take_attempt(ChallengeKind::Signup, id).await.unwrap().is_some());
        tx.challenges().give_back_attempt(id).await.unwrap();
        tx.commit().await.unwrap();
    }
}
