use std::sync::Arc;
use std::time::Duration;

use portal_api::store::{AccountLink, CrmIds, NewAccountLink, Quota, RateDecision};
use shared_types::account::Permission;
use shared_types::ids::UserId;

use crate::support::{TestDb, on_both_engines};

on_both_engines!(
    what_whmcs_says_now_replaces_what_it_said,
    a_client_has_one_owner,
    names_are_sealed_in_their_place,
    sessions_leave_an_account_that_is_gone,
    what_did_not_count_is_given_back,
);

fn link(client_id: i64, is_owner: bool, permissions: &[Permission]) -> NewAccountLink {
    NewAccountLink {
        client_id,
        is_owner,
        permissions: permissions.to_vec(),
        name: format!("Client {client_id}"),
    }
}

async fn replace(t: &TestDb, user: UserId, links: &[NewAccountLink]) {
    let tx = t.db.as_system().await.unwrap();
    tx.account_links(user).replace(links).await.unwrap();
    tx.commit().await.unwrap();
}

async fn links(t: &TestDb, user: UserId) -> Vec<AccountLink> {
    t.db.read_as_user(user).await.unwrap().account_links().await.unwrap()
}

async fn what_whmcs_says_now_replaces_what_it_said(t: Arc<TestDb>) {
    let (linus, tove) = (t.add_user("linus@example.com").await, t.add_user("tove@example.com").await);
    replace(&t, tove, &[link(47, true, Permission::ALL)]).await;
    replace(&t, linus, &[link(44, true, Permission::ALL), link(47, false, &[Permission::Invoices])]).await;
    let ids = CrmIds { account: "0".repeat(18), contact: "1".repeat(18) };
    let tx = t.db.as_system().await.unwrap();
    assert!(tx.account_links(linus).set_crm(47, &ids).await.unwrap());
    assert!(!tx.account_links(linus).set_crm(99, &ids).await.unwrap());
    tx.commit().await.unwrap();

    t.clock.advance(Duration::from_mins(5));
    replace(&t, linus, &[link(45, true, Permission::ALL), link(47, false, &[Permission::Services])]).await;
    let found = links(&t, linus).await;
    let clients: Vec<_> = found.iter().map(|link| (link.client_id, link.is_owner)).collect();
    assert_eq!(clients, [(45, true), (47, false)], "the own ones first");
    let guest = &found[1];
    assert_eq!(
        (guest.name.as_str(), guest.permissions.as_slice()),
        ("Client 47", [Permission::Services].as_slice())
    );
    assert_eq!(guest.crm, Some(ids), "support's records stay");
    assert_eq!(guest.refreshed_at, t.clock.now());
    assert_eq!(links(&t, tove).await.len(), 1, "nobody else is touched");
}

async fn a_client_has_one_owner(t: Arc<TestDb>) {
    let (ada, grace) = (t.add_user("ada@example.com").await, t.add_user("grace@example.com").await);
    replace(&t, ada, &[link(42, true, Permission::ALL)]).await;
    replace(&t, grace, &[link(42, true, Permission::ALL)]).await;
    let former = links(&t, ada).await.remove(0);
    assert_eq!((former.is_owner, former.permissions), (false, vec![]), "until WHMCS says otherwise");
    assert!(links(&t, grace).await[0].is_owner);
}

async fn names_are_sealed_in_their_place(t: Arc<TestDb>) {
    let linus = t.add_user("linus@example.com").await;
    replace(&t, linus, &[link(44, true, &[]), link(47, false, &[])]).await;
    let swap = "UPDATE account_links SET name_sealed =
        (SELECT other.name_sealed FROM account_links other
          WHERE other.whmcs_client_id <> account_links.whmcs_client_id)";
    assert_eq!(t.execute(swap).await.unwrap(), 2);
    let tx = t.db.read_as_user(linus).await.unwrap();
    assert!(tx.account_links().await.is_err(), "a name of another account does not open");
}

async fn sessions_leave_an_account_that_is_gone(t: Arc<TestDb>) {
    let linus = t.add_user("linus@example.com").await;
    let ((guest, guest_token), (own, own_token)) = (t.add_session(linus).await, t.add_session(linus).await);
    let tx = t.db.as_system().await.unwrap();
    assert!(tx.sessions_of(linus).act_for(guest, Some(47)).await.unwrap());
    assert!(tx.sessions_of(linus).act_for(own, Some(45)).await.unwrap());
    tx.sessions_of(linus).leave_all_but(vec![44, 45]).await.unwrap();
    tx.commit().await.unwrap();
    let tx = t.db.as_system().await.unwrap();
    assert_eq!(tx.sessions().by_token_hash(&guest_token).await.unwrap().unwrap().active_client_id, None);
    assert_eq!(tx.sessions().by_token_hash(&own_token).await.unwrap().unwrap().active_client_id, Some(45));
    drop(tx);
    let mallory = t.add_user("mallory@example.com").await;
    let tx = t.db.as_system().await.unwrap();
    assert!(!tx.sessions_of(mallory).act_for(own, Some(44)).await.unwrap(), "somebody else's session");
}

async fn what_did_not_count_is_given_back(t: Arc<TestDb>) {
    let quota = Quota::per(2, Duration::from_hours(1));
    let take = async || {
        let tx = t.db.as_system().await.unwrap();
        let decision = tx.rate_limits().take(&[1; 32], quota).await.unwrap();
        tx.commit().await.unwrap();
        decision == RateDecision::Allowed
    };
    for _ in 0..5 {
        assert!(take().await);
        let tx = t.db.as_system().await.unwrap();
        tx.rate_limits().give_back(&[1; 32], quota).await.unwrap();
        tx.commit().await.unwrap();
    }
    assert!(take().await && take().await && !take().await);
}
