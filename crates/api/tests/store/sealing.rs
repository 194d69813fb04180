//! Personal data at rest.

use portal_api::crypto::SealError;
use portal_api::store::{EmailAddress, StoreError, UniqueViolation};
use sea_orm::{ConnectionTrait as _, Statement};
use std::sync::Arc;

use crate::support::{KEY_ONE, KEY_TWO, TestDb, on_both_engines};

on_both_engines!(
    nothing_personal_lies_open,
    a_ciphertext_moved_to_another_user_does_not_open,
    a_changed_byte_does_not_open,
    rows_under_a_retired_key_are_read_found_and_unique,
    without_the_key_nothing_opens,
);

async fn nothing_personal_lies_open(t: Arc<TestDb>) {
    t.add_user("ada@example.com").await;
    let connection = t.unguarded().await;
    let sql = "SELECT email_sealed, first_name_sealed, last_name_sealed, company_name_sealed, email_bidx FROM users";
    let statement = Statement::from_string(connection.get_database_backend(), sql);
    let row = connection.query_one_raw(statement).await.unwrap().unwrap();
    for column in
        ["email_sealed", "first_name_sealed", "last_name_sealed", "company_name_sealed", "email_bidx"]
    {
        let bytes: Vec<u8> = row.try_get("", column).unwrap();
        let text = String::from_utf8_lossy(&bytes).to_lowercase();
        assert!(
            !["ada", "lovelace", "engines", "example"].iter().any(|word| text.contains(word)),
            "{column}"
        );
    }
}

async fn a_ciphertext_moved_to_another_user_does_not_open(t: Arc<TestDb>) {
    let ada = t.add_user("ada@example.com").await;
    let mallory = t.add_user("mallory@example.com").await;
    let tx = t.db.read_as_user(mallory).await.unwrap();
    assert!(tx.account().profile().await.is_ok());
    drop(tx);
    let moved = t
        .execute(
            "UPDATE users SET first_name_sealed = (SELECT first_name_sealed FROM users ORDER BY id LIMIT 1)",
        )
        .await
        .unwrap();
    assert_eq!(moved, 2);
    let mut opened = 0;
    for user in [ada, mallory] {
        let tx = t.db.read_as_user(user).await.unwrap();
        match tx.account().profile().await {
            Ok(_) => opened += 1,
            Err(error) => assert!(matches!(error, StoreError::Sealed(SealError::Tampered)), "{error:?}"),
        }
    }
    assert_eq!(opened, 1);
}

async fn a_changed_byte_does_not_open(t: Arc<TestDb>) {
    let ada = t.add_user("ada@example.com").await;
    let sql = if t.is_sqlite() {
        "UPDATE users SET email_sealed = CAST(substr(email_sealed, 1, length(email_sealed) - 1) || x'00' AS BLOB)"
    } else {
        "UPDATE users SET email_sealed = substr(email_sealed, 1, length(email_sealed) - 1) || '\\x00'::bytea"
    };
    t.execute(sql).await.unwrap();
    let tx = t.db.read_as_user(ada).await.unwrap();
    let error = tx.account().profile().await.unwrap_err();
    assert!(matches!(error, StoreError::Sealed(SealError::Tampered)), "{error:?}");
}

async fn rows_under_a_retired_key_are_read_found_and_unique(t: Arc<TestDb>) {
    let ada = t.add_user("ada@example.com").await;
    let rotated = t.with_keys(&format!("{KEY_TWO},{KEY_ONE}")).await;
    let address = EmailAddress::parse("ada@example.com").unwrap();
    let tx = rotated.as_system().await.unwrap();
    assert_eq!(tx.users().by_email(&address).await.unwrap().unwrap().user_id, ada);
    assert_eq!(tx.account(ada).profile().await.unwrap().unwrap().email, address);
    let error = tx.users().insert(&t.new_user("ADA@example.com")).await.unwrap_err();
    assert!(matches!(error, StoreError::Conflict(UniqueViolation::UserEmail)), "{error:?}");
    let grace = t.new_user("grace@example.com");
    tx.users().insert(&grace).await.unwrap();
    tx.commit().await.unwrap();

    // What the rotated ring wrote lies under the new key alone.
    let new_only = t.with_keys(KEY_TWO).await;
    let tx = new_only.read_as_system().await.unwrap();
    assert!(tx.account(grace.id).profile().await.is_ok());
    assert!(tx.users().by_email(&grace.email).await.unwrap().is_some());
}

async fn without_the_key_nothing_opens(t: Arc<TestDb>) {
    let ada = t.add_user("ada@example.com").await;
    let stranger = t.with_keys(KEY_TWO).await;
    let tx = stranger.read_as_system().await.unwrap();
    let error = tx.account(ada).profile().await.unwrap_err();
    assert!(matches!(error, StoreError::Sealed(SealError::UnknownKey)), "{error:?}");
}
