use std::sync::Arc;
use std::time::Duration;

use portal_api::store::{Claim, ClaimRequest, ClaimTicket, IdempotencyScope, StoreError, StoredResponse};
use shared_types::ids::UserId;

use crate::support::{TestDb, on_both_engines};

on_both_engines!(
    of_parallel_claims_one_is_new,
    a_finished_claim_replays_byte_for_byte,
    another_body_is_a_mismatch,
    keys_of_different_people_and_routes_do_not_meet,
    of_parallel_takeovers_one_wins_and_the_old_owner_is_fenced_off,
    a_released_claim_goes_on_at_once,
    renewing_keeps_the_lease,
    a_stranger_cannot_use_a_ticket,
);

const LEASE: Duration = Duration::from_secs(30);

fn request<'a>(key_hash: &'a [u8; 32], fingerprint: &'a [u8; 32]) -> ClaimRequest<'a> {
    ClaimRequest { route: "POST /api/orders", key_hash, fingerprint, owner: "test", lease: LEASE }
}

async fn claim(t: &TestDb, user: UserId, request: &ClaimRequest<'_>) -> Claim {
    let tx = t.db.as_user(user).await.unwrap();
    let claim = tx.idempotency().claim(request).await.unwrap();
    tx.commit().await.unwrap();
    claim
}

async fn new_ticket(t: &TestDb, user: UserId) -> ClaimTicket {
    let Claim::New(ticket) = claim(t, user, &request(&[1; 32], &[2; 32])).await else { panic!("not new") };
    ticket
}

fn response() -> StoredResponse {
    StoredResponse {
        status: 201,
        headers: vec![("location".to_owned(), "/api/orders/1".to_owned())],
        content_type: Some("application/json; charset=utf-8".to_owned()),
        body: b"{\"data\":\"\xff\x00 not text\"}".to_vec(),
    }
}

async fn parallel_claims(t: &Arc<TestDb>, user: UserId) -> Vec<Claim> {
    let tasks = (0..20).map(|_| {
        let t = Arc::clone(t);
        tokio::spawn(async move { claim(&t, user, &request(&[1; 32], &[2; 32])).await })
    });
    futures::future::join_all(tasks).await.into_iter().map(Result::unwrap).collect()
}

async fn of_parallel_claims_one_is_new(t: Arc<TestDb>) {
    let ada = t.add_user("ada@example.com").await;
    let claims = parallel_claims(&t, ada).await;
    assert_eq!(claims.iter().filter(|claim| matches!(claim, Claim::New(_))).count(), 1);
    assert_eq!(claims.iter().filter(|claim| matches!(claim, Claim::InProgress)).count(), 19);
}

async fn a_finished_claim_replays_byte_for_byte(t: Arc<TestDb>) {
    let ada = t.add_user("ada@example.com").await;
    let ticket = new_ticket(&t, ada).await;
    let tx = t.db.as_user(ada).await.unwrap();
    tx.idempotency().finish(ticket, &response()).await.unwrap();
    tx.commit().await.unwrap();
    t.clock.advance(LEASE * 2);
    let again = claim(&t, ada, &request(&[1; 32], &[2; 32])).await;
    assert_eq!(again, Claim::Finished(response()));

    let tx = t.db.as_user(ada).await.unwrap();
    let error = tx.idempotency().finish(ticket, &response()).await.unwrap_err();
    assert!(matches!(error, StoreError::LeaseLost), "a final answer stays");
}

async fn another_body_is_a_mismatch(t: Arc<TestDb>) {
    let ada = t.add_user("ada@example.com").await;
    let ticket = new_ticket(&t, ada).await;
    assert_eq!(claim(&t, ada, &request(&[1; 32], &[3; 32])).await, Claim::Mismatch);
    let tx = t.db.as_user(ada).await.unwrap();
    tx.idempotency().finish(ticket, &response()).await.unwrap();
    tx.commit().await.unwrap();
    assert_eq!(claim(&t, ada, &request(&[1; 32], &[3; 32])).await, Claim::Mismatch);
}

async fn keys_of_different_people_and_routes_do_not_meet(t: Arc<TestDb>) {
    let ada = t.add_user("ada@example.com").await;
    let mallory = t.add_user("mallory@example.com").await;
    new_ticket(&t, ada).await;
    new_ticket(&t, mallory).await;
    let other_route = ClaimRequest { route: "POST /api/cases", ..request(&[1; 32], &[2; 32]) };
    assert!(matches!(claim(&t, ada, &other_route).await, Claim::New(_)));
    for id in [1, 2] {
        let scope = IdempotencyScope::PreSession(uuid::Uuid::from_u128(id));
        let tx = t.db.as_system().await.unwrap();
        let claimed = tx.idempotency(scope).claim(&request(&[1; 32], &[2; 32])).await.unwrap();
        assert!(matches!(claimed, Claim::New(_)));
        tx.commit().await.unwrap();
    }
}

async fn of_parallel_takeovers_one_wins_and_the_old_owner_is_fenced_off(t: Arc<TestDb>) {
    let ada = t.add_user("ada@example.com").await;
    let old = new_ticket(&t, ada).await;
    let tx = t.db.as_user(ada).await.unwrap();
    tx.idempotency().set_recovery_point(old, "order_written").await.unwrap();
    tx.commit().await.unwrap();
    t.clock.advance(LEASE);

    let mut taken = Vec::new();
    for claim in parallel_claims(&t, ada).await {
        match claim {
            Claim::TakenOver { ticket, recovery_point } => taken.push((ticket, recovery_point)),
            other => assert_eq!(other, Claim::InProgress),
        }
    }
    let [(new, recovery_point)] = taken.as_slice() else { panic!("{taken:?}") };
    assert_eq!(new.fence(), 2);
    assert_eq!(recovery_point.as_deref(), Some("order_written"));

    let tx = t.db.as_user(ada).await.unwrap();
    let keys = tx.idempotency();
    assert!(matches!(keys.renew(old, LEASE).await, Err(StoreError::LeaseLost)));
    assert!(matches!(keys.finish(old, &response()).await, Err(StoreError::LeaseLost)));
    assert!(matches!(keys.release(old).await, Err(StoreError::LeaseLost)));
    assert!(matches!(keys.set_recovery_point(old, "x").await, Err(StoreError::LeaseLost)));
    keys.finish(*new, &response()).await.unwrap();
}

async fn a_released_claim_goes_on_at_once(t: Arc<TestDb>) {
    let ada = t.add_user("ada@example.com").await;
    let ticket = new_ticket(&t, ada).await;
    let tx = t.db.as_user(ada).await.unwrap();
    tx.idempotency().release(ticket).await.unwrap();
    tx.commit().await.unwrap();
    let again = claim(&t, ada, &request(&[1; 32], &[2; 32])).await;
    assert!(matches!(again, Claim::TakenOver { ticket, recovery_point: None } if ticket.fence() == 2));
}

async fn renewing_keeps_the_lease(t: Arc<TestDb>) {
    let ada = t.add_user("ada@example.com").await;
    let ticket = new_ticket(&t, ada).await;
    t.clock.advance(LEASE / 2);
    let tx = t.db.as_user(ada).await.unwrap();
    tx.idempotency().renew(ticket, LEASE).await.unwrap();
    tx.commit().await.unwrap();
    t.clock.advance(LEASE / 2);
    assert_eq!(claim(&t, ada, &request(&[1; 32], &[2; 32])).await, Claim::InProgress);
}

async fn a_stranger_cannot_use_a_ticket(t: Arc<TestDb>) {
    let ada = t.add_user("ada@example.com").await;
    let mallory = t.add_user("mallory@example.com").await;
    let ticket = new_ticket(&t, ada).await;
    let tx = t.db.as_user(mallory).await.unwrap();
    assert!(matches!(tx.idempotency().finish(ticket, &response()).await, Err(StoreError::LeaseLost)));
}
