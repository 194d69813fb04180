use std::sync::Arc;
use std::time::Duration;

use futures::future::join_all;
use portal_api::domain::account::BillingAccount;
use portal_api::domain::profile::{ContactChange, ContactField};
use portal_api::store::{ProfileChange, StoreError};
use serde_json::json;
use shared_types::ids::UserId;

use crate::support::{TestDb, on_both_engines};

on_both_engines!(
    a_wish_is_kept_until_it_is_fulfilled,
    one_sender_at_a_time,
    who_lost_the_lease_writes_nothing,
    what_was_asked_meanwhile_is_not_lost,
    each_user_has_wishes_of_their_own,
    parallel_wishes_are_all_kept,
    wishes_are_sealed,
);

const ACCOUNT: BillingAccount = BillingAccount { client_id: 42, user_id: 41 };
const LEASE: Duration = Duration::from_secs(30);

fn change(json: serde_json::Value) -> ContactChange {
    ContactChange::asked(serde_json::from_value(json).unwrap())
}

async fn ask(t: &TestDb, user: UserId, json: serde_json::Value) {
    let change = change(json);
    let tx = t.db.as_user(user).await.unwrap();
    tx.profile_changes().ask(ACCOUNT, |wish| wish.ask_contact(&change)).await.unwrap();
    tx.commit().await.unwrap();
}

async fn take(t: &TestDb, user: UserId) -> Option<ProfileChange> {
    let tx = t.db.as_user(user).await.unwrap();
    let taken = tx.profile_changes().take(ACCOUNT, LEASE).await.unwrap();
    tx.commit().await.unwrap();
    taken
}

/// Everything that was taken is done.
async fn done(t: &TestDb, user: UserId, taken: &ProfileChange) -> Result<(), StoreError> {
    let tx = t.db.as_user(user).await?;
    let work = |wish: &mut portal_api::domain::profile::Wish, unchanged: bool| {
        wish.contact.without(&taken.wish.contact);
        wish.support &= !unchanged;
    };
    tx.profile_changes().give_back(taken, None, work).await?;
    tx.commit().await
}

async fn open(t: &TestDb, user: UserId) -> Vec<ProfileChange> {
    let tx = t.db.read_as_user(user).await.unwrap();
    tx.profile_changes().list().await.unwrap()
}

async fn a_wish_is_kept_until_it_is_fulfilled(t: Arc<TestDb>) {
    let ada = t.add_user("ada@example.com").await;
    assert!(take(&t, ada).await.is_none());
    ask(&t, ada, json!({ "city": "Bath", "address2": "Flat 2" })).await;
    ask(&t, ada, json!({ "city": "York" })).await;
    let taken = take(&t, ada).await.unwrap();
    assert_eq!(taken.account, ACCOUNT);
    assert_eq!(taken.wish.contact, change(json!({ "city": "York", "address2": "Flat 2" })));
    let until = t.clock.now() + chrono::TimeDelta::seconds(90);
    let tx = t.db.as_user(ada).await.unwrap();
    tx.profile_changes().give_back(&taken, Some(until), |_, unchanged| assert!(unchanged)).await.unwrap();
    tx.commit().await.unwrap();
    let again = take(&t, ada).await.unwrap();
    assert_eq!((&again.wish, again.unsettled_until), (&taken.wish, Some(until)));
    done(&t, ada, &again).await.unwrap();
    assert!(open(&t, ada).await.is_empty());
}

async fn one_sender_at_a_time(t: Arc<TestDb>) {
    let ada = t.add_user("ada@example.com").await;
    ask(&t, ada, json!({ "city": "Bath" })).await;
    let takers = (0..8).map(|_| take(&t, ada));
    assert_eq!(join_all(takers).await.into_iter().flatten().count(), 1);
    t.clock.advance(LEASE.saturating_sub(Duration::from_secs(1)));
    assert!(take(&t, ada).await.is_none());
    t.clock.advance(Duration::from_secs(1));
    assert!(take(&t, ada).await.is_some());
}

async fn who_lost_the_lease_writes_nothing(t: Arc<TestDb>) {
    let ada = t.add_user("ada@example.com").await;
    ask(&t, ada, json!({ "city": "Bath" })).await;
    let slow = take(&t, ada).await.unwrap();
    t.clock.advance(LEASE);
    let quick = take(&t, ada).await.unwrap();
    assert!(matches!(done(&t, ada, &slow).await, Err(StoreError::LeaseLost)));
    assert_eq!(open(&t, ada).await.len(), 1);
    done(&t, ada, &quick).await.unwrap();
    assert!(matches!(done(&t, ada, &quick).await, Err(StoreError::LeaseLost)));
}

async fn what_was_asked_meanwhile_is_not_lost(t: Arc<TestDb>) {
    let ada = t.add_user("ada@example.com").await;
    ask(&t, ada, json!({ "city": "Bath", "phone": "12345" })).await;
    let taken = take(&t, ada).await.unwrap();
    ask(&t, ada, json!({ "city": "York" })).await;
    done(&t, ada, &taken).await.unwrap();
    let left = take(&t, ada).await.unwrap();
    assert_eq!(left.wish.contact, change(json!({ "city": "York" })));
    assert!(left.wish.support, "what concerns support may have changed");
}

async fn each_user_has_wishes_of_their_own(t: Arc<TestDb>) {
    let (ada, mallory) = (t.add_user("ada@example.com").await, t.add_user("mallory@example.com").await);
    ask(&t, ada, json!({ "city": "Bath" })).await;
    assert!(open(&t, mallory).await.is_empty());
    assert!(take(&t, mallory).await.is_none(), "not even for the same customer");
    let taken = take(&t, ada).await.unwrap();
    assert!(matches!(done(&t, mallory, &taken).await, Err(StoreError::LeaseLost)));
    ask(&t, mallory, json!({ "city": "York" })).await;
    assert_eq!(take(&t, mallory).await.unwrap().wish.contact.get(ContactField::City), Some("York"));
    done(&t, ada, &taken).await.unwrap();
    assert_eq!(open(&t, mallory).await.len(), 1);
}

async fn parallel_wishes_are_all_kept(t: Arc<TestDb>) {
    let ada = t.add_user("ada@example.com").await;
    let names = ["city", "address1", "address2", "postcode", "state", "company_name", "tax_id", "first_name"];
    let asked = names.map(|name| ask(&t, ada, json!({ name: "new" })));
    join_all(asked).await;
    let taken = take(&t, ada).await.unwrap();
    let all: serde_json::Map<_, _> = names.iter().map(|name| ((*name).to_owned(), json!("new"))).collect();
    assert_eq!(taken.wish.contact, change(json!(all)));
}

async fn wishes_are_sealed(t: Arc<TestDb>) {
    let ada = t.add_user("ada@example.com").await;
    ask(&t, ada, json!({ "city": "Canary" })).await;
    // A value copied to another user's row does not open there.
    let mallory = t.add_user("mallory@example.com").await;
    ask(&t, mallory, json!({ "city": "York" })).await;
    let swap = "UPDATE profile_changes SET wish_sealed =
        (SELECT other.wish_sealed FROM profile_changes other WHERE other.id <> profile_changes.id)";
    assert_eq!(t.execute(swap).await.unwrap(), 2);
    let mut refused = 0;
    for user in [ada, mallory] {
        let tx = t.db.read_as_user(user).await.unwrap();
        refused += usize::from(matches!(tx.profile_changes().list().await, Err(StoreError::Sealed(_))));
    }
    // SQLite copies row by row, so that one of them gets its own value back.
    assert_eq!(refused, if t.is_sqlite() { 1 } else { 2 });
}
