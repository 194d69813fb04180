use std::sync::Arc;
use std::time::Duration;

use portal_api::store::{CeremonyKind, CeremonyParty, NewCeremony, StoreError, UniqueViolation, UserStatus};
use shared_types::ids::{ChallengeId, SessionId};

use crate::support::{TestDb, on_both_engines};

on_both_engines!(
    a_passkey_comes_back_as_added_and_as_used,
    a_credential_has_one_owner,
    a_user_touches_own_passkeys_only,
    the_passkey_of_a_disabled_user_is_not_found,
    fifty_parallel_takes_of_a_ceremony_get_one,
    a_ceremony_is_open_to_its_party_for_its_time,
    nothing_of_a_passkey_lies_open,
);

const TEN_MINUTES: Duration = Duration::from_mins(10);

async fn a_passkey_comes_back_as_added_and_as_used(t: Arc<TestDb>) {
    let ada = t.add_user("ada@example.com").await;
    let new = t.new_passkey();
    let tx = t.db.as_user(ada).await.unwrap();
    tx.passkeys().insert(&new).await.unwrap();
    tx.commit().await.unwrap();

    t.clock.advance(TEN_MINUTES);
    let tx = t.db.as_system().await.unwrap();
    let held = tx.passkeys().hold(&new.credential_hash).await.unwrap().unwrap();
    assert_eq!((held.id, held.user, held.credential.as_slice()), (new.id, ada, new.credential));
    assert!(tx.passkeys().hold(&[9; 32]).await.unwrap().is_none());
    assert!(tx.passkeys().note_use(new.id, b"counted once more", true).await.unwrap());
    tx.commit().await.unwrap();

    let tx = t.db.read_as_user(ada).await.unwrap();
    let [passkey] = &tx.passkeys().list().await.unwrap()[..] else { panic!("one passkey") };
    assert_eq!((passkey.name.as_str(), passkey.synced), ("Laptop", true));
    assert_eq!(passkey.last_used_at, Some(t.clock.now()));
    assert_eq!(t.clock.now() - passkey.created_at, chrono::TimeDelta::minutes(10));
    let credentials = tx.passkeys().credentials().await.unwrap();
    assert_eq!(credentials[0].as_slice(), b"counted once more");
}

async fn a_credential_has_one_owner(t: Arc<TestDb>) {
    let (ada, mallory) = (t.add_user("ada@example.com").await, t.add_user("mallory@example.com").await);
    let mut new = t.new_passkey();
    for (user, is_free) in [(ada, true), (ada, false), (mallory, false)] {
        let tx = t.db.as_user(user).await.unwrap();
        match tx.passkeys().insert(&new).await {
            Ok(()) => assert!(is_free),
            Err(error) => {
                assert!(!is_free);
                assert!(matches!(error, StoreError::Conflict(UniqueViolation::Passkey)), "{error:?}");
                continue;
            }
        }
        tx.commit().await.unwrap();
        new.id = t.new_passkey().id;
    }
}

async fn a_user_touches_own_passkeys_only(t: Arc<TestDb>) {
    let (ada, mallory) = (t.add_user("ada@example.com").await, t.add_user("mallory@example.com").await);
    let new = t.new_passkey();
    let tx = t.db.as_user(ada).await.unwrap();
    tx.passkeys().insert(&new).await.unwrap();
    tx.commit().await.unwrap();

    let tx = t.db.as_user(mallory).await.unwrap();
    assert!(tx.passkeys().list().await.unwrap().is_empty());
    assert!(tx.passkeys().credentials().await.unwrap().is_empty());
    assert!(!tx.factors().summary().await.unwrap().any());
    assert!(!tx.passkeys().remove(new.id).await.unwrap());
    tx.commit().await.unwrap();

    let tx = t.db.as_user(ada).await.unwrap();
    assert!(tx.passkeys().remove(new.id).await.unwrap());
    assert!(!tx.passkeys().remove(new.id).await.unwrap());
}

async fn the_passkey_of_a_disabled_user_is_not_found(t: Arc<TestDb>) {
    let ada = t.add_user("ada@example.com").await;
    let new = t.new_passkey();
    let tx = t.db.as_user(ada).await.unwrap();
    tx.passkeys().insert(&new).await.unwrap();
    tx.commit().await.unwrap();
    for (status, is_found) in [(UserStatus::Disabled, false), (UserStatus::Active, true)] {
        let tx = t.db.as_system().await.unwrap();
        tx.account(ada).set_status(status).await.unwrap();
        assert_eq!(tx.passkeys().hold(&new.credential_hash).await.unwrap().is_some(), is_found);
        tx.commit().await.unwrap();
    }
}

async fn begin(t: &TestDb, kind: CeremonyKind, party: CeremonyParty) -> ChallengeId {
    let id = ChallengeId::from_uuid(t.random.uuid(t.clock.now()));
    let ceremony =
        NewCeremony { id, kind, party, state: b"what was asked", lifetime: Duration::from_mins(5) };
    let tx = t.db.as_system().await.unwrap();
    tx.passkey_ceremonies().insert(&ceremony).await.unwrap();
    tx.commit().await.unwrap();
    id
}

async fn take(t: &TestDb, kind: CeremonyKind, id: ChallengeId, party: CeremonyParty) -> bool {
    let tx = t.db.as_system().await.unwrap();
    let state = tx.passkey_ceremonies().take(kind, id, &party).await.unwrap();
    tx.commit().await.unwrap();
    state.inspect(|state| assert_eq!(state.as_slice(), b"what was asked")).is_some()
}

async fn fifty_parallel_takes_of_a_ceremony_get_one(t: Arc<TestDb>) {
    let party = CeremonyParty::Browser([1; 32]);
    let id = begin(&t, CeremonyKind::SignIn, party).await;
    let tasks = (0..50).map(|_| {
        let t = Arc::clone(&t);
        tokio::spawn(async move { take(&t, CeremonyKind::SignIn, id, party).await })
    });
    let taken = futures::future::join_all(tasks).await.into_iter().filter(|taken| *taken.as_ref().unwrap());
    assert_eq!(taken.count(), 1);
}

async fn a_ceremony_is_open_to_its_party_for_its_time(t: Arc<TestDb>) {
    let (ada, mallory) = (t.add_user("ada@example.com").await, t.add_user("mallory@example.com").await);
    let session = |n: u128| SessionId::from_uuid(uuid::Uuid::from_u128(n));
    let browser = CeremonyParty::Browser([1; 32]);
    let own = CeremonyParty::Session { id: session(1), user: ada };
    let others = [
        CeremonyParty::Browser([2; 32]),
        CeremonyParty::Session { id: session(2), user: ada },
        CeremonyParty::Session { id: session(1), user: mallory },
    ];
    for party in [browser, own] {
        let id = begin(&t, CeremonyKind::StepUp, party).await;
        for other in others.into_iter().chain([browser, own]).filter(|other| *other != party) {
            assert!(!take(&t, CeremonyKind::StepUp, id, other).await, "{other:?}");
        }
        for kind in [CeremonyKind::Registration, CeremonyKind::SignIn, CeremonyKind::SecondFactor] {
            assert!(!take(&t, kind, id, party).await, "{kind:?}");
        }
        assert!(take(&t, CeremonyKind::StepUp, id, party).await);
        assert!(!take(&t, CeremonyKind::StepUp, id, party).await);

        let id = begin(&t, CeremonyKind::StepUp, party).await;
        t.clock.advance(Duration::from_mins(5));
        assert!(!take(&t, CeremonyKind::StepUp, id, party).await);
    }
}

async fn nothing_of_a_passkey_lies_open(t: Arc<TestDb>) {
    use sea_orm::{ConnectionTrait as _, Statement};
    let ada = t.add_user("ada@example.com").await;
    let tx = t.db.as_user(ada).await.unwrap();
    tx.passkeys().insert(&t.new_passkey()).await.unwrap();
    tx.commit().await.unwrap();
    begin(&t, CeremonyKind::SignIn, CeremonyParty::Browser([1; 32])).await;
    let connection = t.unguarded().await;
    for (table, column) in [
        ("passkeys", "credential_sealed"),
        ("passkeys", "name_sealed"),
        ("passkey_ceremonies", "state_sealed"),
    ] {
        let sql = format!("SELECT {column} AS sealed FROM {table}");
        let statement = Statement::from_string(connection.get_database_backend(), sql);
        let row = connection.query_one_raw(statement).await.unwrap().unwrap();
        let bytes: Vec<u8> = row.try_get("", "sealed").unwrap();
        let text = String::from_utf8_lossy(&bytes).to_lowercase();
        assert!(!["laptop", "credential", "asked"].iter().any(|word| text.contains(word)), "{column}");
    }
}
