use portal_api::crypto::Random;
use portal_api::store::{EmailAddress, StoreError, UniqueViolation, UserStatus};
use secrecy::{ExposeSecret as _, SecretString};
use shared_types::ids::UserId;
use std::sync::Arc;

use crate::support::{TestDb, on_both_engines};

on_both_engines!(
    asvs_6_3_2_a_new_database_has_no_users,
    a_user_comes_back_as_added,
    an_address_is_unique_across_case_and_unicode_variants,
    parallel_sign_ups_with_one_address_make_one_user,
    a_dropped_transaction_leaves_nothing,
    password_hash_and_status_change,
    an_unknown_user_is_nobody,
    a_transaction_for_reading_refuses_to_write,
);

async fn asvs_6_3_2_a_new_database_has_no_users(t: Arc<TestDb>) {
    assert_eq!(t.execute("UPDATE users SET status = status").await.unwrap(), 0);
}

async fn a_user_comes_back_as_added(t: Arc<TestDb>) {
    let new = t.new_user("Ada@Example.com");
    let tx = t.db.as_system().await.unwrap();
    tx.users().insert(&new).await.unwrap();
    tx.commit().await.unwrap();

    let tx = t.db.read_as_user(new.id).await.unwrap();
    let profile = tx.account().profile().await.unwrap().unwrap();
    assert_eq!(profile.user_id, new.id);
    assert_eq!(profile.email.as_str(), "ada@example.com");
    assert_eq!((profile.first_name.as_str(), profile.last_name.as_str()), ("Ada", "Lovelace"));
    assert_eq!(profile.company_name, "Analytical Engines");
    assert_eq!(profile.status, UserStatus::Active);
    assert_eq!(profile.created_at, t.clock.now());
}

async fn an_address_is_unique_across_case_and_unicode_variants(t: Arc<TestDb>) {
    t.add_user("jos\u{e9}@b\u{fc}cher.example").await;
    for variant in ["JOSE\u{301}@B\u{dc}CHER.example", " jos\u{e9}@xn--bcher-kva.example "] {
        let tx = t.db.as_system().await.unwrap();
        let error = tx.users().insert(&t.new_user(variant)).await.unwrap_err();
        assert!(matches!(error, StoreError::Conflict(UniqueViolation::UserEmail)), "{error:?}");
        let address = EmailAddress::parse(variant).unwrap();
        assert!(tx.users().by_email(&address).await.unwrap().is_some());
    }
    let other = EmailAddress::parse("jose@xn--bcher-kva.example").unwrap();
    let tx = t.db.read_as_system().await.unwrap();
    assert!(tx.users().by_email(&other).await.unwrap().is_none());
}

async fn parallel_sign_ups_with_one_address_make_one_user(t: Arc<TestDb>) {
    let tasks = (0..8).map(|_| {
        let t = Arc::clone(&t);
        tokio::spawn(async move {
            let tx = t.db.as_system().await.unwrap();
            match tx.users().insert(&t.new_user("ada@example.com")).await {
                Ok(()) => tx.commit().await.is_ok(),
                Err(StoreError::Conflict(UniqueViolation::UserEmail)) => false,
                Err(error) => panic!("{error:?}"),
            }
        })
    });
    let wins = futures::future::join_all(tasks).await.into_iter().filter(|won| *won.as_ref().unwrap());
    assert_eq!(wins.count(), 1);
}

async fn a_dropped_transaction_leaves_nothing(t: Arc<TestDb>) {
    let tx = t.db.as_system().await.unwrap();
    tx.users().insert(&t.new_user("ada@example.com")).await.unwrap();
    drop(tx);
    let address = EmailAddress::parse("ada@example.com").unwrap();
    let tx = t.db.as_system().await.unwrap();
    assert!(tx.users().by_email(&address).await.unwrap().is_none());
}

async fn password_hash_and_status_change(t: Arc<TestDb>) {
    let user = t.add_user("ada@example.com").await;
    let tx = t.db.as_user(user).await.unwrap();
    assert!(tx.account().set_password_hash(&SecretString::from("$argon2id$second")).await.unwrap());
    assert_eq!(tx.account().password_hash().await.unwrap().unwrap().expose_secret(), "$argon2id$second");
    tx.commit().await.unwrap();

    let tx = t.db.as_system().await.unwrap();
    assert!(tx.account(user).set_status(UserStatus::Disabled).await.unwrap());
    let address = EmailAddress::parse("ada@example.com").unwrap();
    let credentials = tx.users().by_email(&address).await.unwrap().unwrap();
    assert_eq!(credentials.user_id, user);
    assert_eq!(credentials.status, UserStatus::Disabled);
    assert_eq!(credentials.password_hash.expose_secret(), "$argon2id$second");
}

async fn an_unknown_user_is_nobody(t: Arc<TestDb>) {
    let nobody = UserId::from_uuid(Random::system().uuid(t.clock.now()));
    let tx = t.db.as_user(nobody).await.unwrap();
    assert!(tx.account().profile().await.unwrap().is_none());
    assert!(tx.mapping().await.unwrap().is_none());
    assert!(!tx.account().bump_session_epoch().await.unwrap());
}

async fn a_transaction_for_reading_refuses_to_write(t: Arc<TestDb>) {
    let user = t.add_user("ada@example.com").await;
    let tx = t.db.read_as_user(user).await.unwrap();
    assert!(tx.account().profile().await.unwrap().is_some());
    assert!(tx.account().bump_session_epoch().await.is_err());
}
