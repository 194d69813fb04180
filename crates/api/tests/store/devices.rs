use std::sync::Arc;
use std::time::Duration;

use portal_api::store::EmailAddress;

use crate::support::{TestDb, on_both_engines};

on_both_engines!(
    a_device_is_known_to_its_account_only,
    a_device_is_forgotten_after_a_year_without_use,
    people_at_one_browser_move_to_its_new_token_together,
);

async fn a_device_is_known_to_its_account_only(t: Arc<TestDb>) {
    let ada = t.add_user("ada@example.com").await;
    let mallory = t.add_user("mallory@example.com").await;
    let address = |text: &str| EmailAddress::parse(text).unwrap();
    let tx = t.db.as_system().await.unwrap();
    assert!(!tx.devices().any(ada).await.unwrap());
    let device = tx.devices().remember(ada, None, &[1; 32]).await.unwrap();
    let of = async |email: &str| tx.devices().of_address(&address(email), &[1; 32]).await.unwrap();
    assert_eq!(of("ADA@example.com").await, Some(device));
    assert_eq!(of("mallory@example.com").await, None);
    assert_eq!(of("nobody@example.com").await, None);
    assert_eq!(tx.devices().of_user(ada, &[1; 32]).await.unwrap(), Some(device));
    assert_eq!(tx.devices().of_user(ada, &[2; 32]).await.unwrap(), None);
    assert_eq!(tx.devices().of_user(mallory, &[1; 32]).await.unwrap(), None);
    assert!(tx.devices().any(ada).await.unwrap());
    assert_eq!(tx.devices().forget_all(ada).await.unwrap(), 1);
    assert_eq!(tx.devices().of_user(ada, &[1; 32]).await.unwrap(), None);
}

async fn a_device_is_forgotten_after_a_year_without_use(t: Arc<TestDb>) {
    let ada = t.add_user("ada@example.com").await;
    let tx = t.db.as_system().await.unwrap();
    let device = tx.devices().remember(ada, None, &[1; 32]).await.unwrap();
    for _ in 0..2 {
        t.clock.advance(Duration::from_hours(364 * 24));
        assert_eq!(tx.devices().of_user(ada, &[1; 32]).await.unwrap(), Some(device));
        tx.devices().touch(device).await.unwrap();
    }
    t.clock.advance(Duration::from_hours(365 * 24));
    assert_eq!(tx.devices().of_user(ada, &[1; 32]).await.unwrap(), None);
}

async fn people_at_one_browser_move_to_its_new_token_together(t: Arc<TestDb>) {
    let ada = t.add_user("ada@example.com").await;
    let mallory = t.add_user("mallory@example.com").await;
    let tx = t.db.as_system().await.unwrap();
    let of_mallory = tx.devices().remember(mallory, None, &[1; 32]).await.unwrap();
    let of_ada = tx.devices().remember(ada, Some(&[1; 32]), &[2; 32]).await.unwrap();
    for (user, device) in [(ada, of_ada), (mallory, of_mallory)] {
        assert_eq!(tx.devices().of_user(user, &[1; 32]).await.unwrap(), None);
        assert_eq!(tx.devices().of_user(user, &[2; 32]).await.unwrap(), Some(device));
    }
}
