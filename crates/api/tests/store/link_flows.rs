use std::sync::Arc;
use std::time::Duration;

use futures::future::join_all;
use portal_api::domain::link::{FlowStage, LinkFlowId};
use portal_api::store::NewLinkFlow;
use secrecy::SecretString;

use crate::support::{TestDb, on_both_engines};

on_both_engines!(
    a_browser_has_one_flow,
    of_many_parallel_ends_one_succeeds,
    a_code_is_tried_so_often_and_no_more,
    a_step_is_taken_once_and_in_its_turn,
    time_ends_a_flow,
    what_was_proved_is_sealed_and_wiped,
);

const TOKEN: [u8; 32] = [7; 32];

async fn begin(t: &TestDb, token_hash: [u8; 32], former: Option<[u8; 32]>, stage: FlowStage) -> LinkFlowId {
    let id = LinkFlowId(t.random.uuid(t.clock.now()));
    let tx = t.db.as_system().await.unwrap();
    let flow = NewLinkFlow { id, token_hash, former, stage, payload: b"proved by canary" };
    let expires_at = tx.link_flows().insert(&flow).await.unwrap();
    tx.commit().await.unwrap();
    assert_eq!(expires_at - t.clock.now(), chrono::TimeDelta::minutes(10));
    id
}

async fn found(t: &TestDb, token_hash: [u8; 32]) -> Option<LinkFlowId> {
    let tx = t.db.read_as_system().await.unwrap();
    tx.link_flows().by_token_hash(&token_hash).await.unwrap().map(|flow| flow.id)
}

async fn consume(t: &TestDb, id: LinkFlowId, stage: FlowStage) -> bool {
    let tx = t.db.as_system().await.unwrap();
    let consumed = tx.link_flows().consume(id, stage).await.unwrap();
    tx.commit().await.unwrap();
    consumed
}

async fn a_browser_has_one_flow(t: Arc<TestDb>) {
    let first = begin(&t, TOKEN, None, FlowStage::AtWhmcs).await;
    assert_eq!(found(&t, TOKEN).await, Some(first));
    let second = begin(&t, [8; 32], Some(TOKEN), FlowStage::SetPassword).await;
    assert_eq!((found(&t, TOKEN).await, found(&t, [8; 32]).await), (None, Some(second)));
    // The same cookie once more: the newer flow stands.
    let third = begin(&t, [8; 32], None, FlowStage::SetPassword).await;
    assert_eq!(found(&t, [8; 32]).await, Some(third));
}

async fn of_many_parallel_ends_one_succeeds(t: Arc<TestDb>) {
    let id = begin(&t, TOKEN, None, FlowStage::SetPassword).await;
    let ends = join_all((0..20).map(|_| consume(&t, id, FlowStage::SetPassword))).await;
    assert_eq!(ends.iter().filter(|ended| **ended).count(), 1);
    assert_eq!(found(&t, TOKEN).await, None);
}

async fn a_code_is_tried_so_often_and_no_more(t: Arc<TestDb>) {
    begin(&t, TOKEN, None, FlowStage::ConfirmEmail).await;
    let tries = join_all((0..20).map(|_| async {
        let tx = t.db.as_system().await.unwrap();
        let flow = tx.link_flows().take_attempt(&TOKEN).await.unwrap();
        tx.commit().await.unwrap();
        flow.is_some()
    }))
    .await;
    assert_eq!(tries.iter().filter(|counted| **counted).count(), 5);
}

async fn a_step_is_taken_once_and_in_its_turn(t: Arc<TestDb>) {
    let id = begin(&t, TOKEN, None, FlowStage::ConfirmEmail).await;
    assert!(!consume(&t, id, FlowStage::SetPassword).await, "the code is due first");
    let tx = t.db.as_system().await.unwrap();
    assert!(tx.link_flows().set_code(id, &SecretString::from("hash")).await.unwrap());
    assert!(tx.link_flows().confirm(id).await.unwrap());
    assert!(!tx.link_flows().confirm(id).await.unwrap());
    assert!(!tx.link_flows().set_code(id, &SecretString::from("hash")).await.unwrap());
    assert!(tx.link_flows().take_attempt(&TOKEN).await.unwrap().is_none());
    let flow = tx.link_flows().get(id).await.unwrap().unwrap();
    assert_eq!((flow.stage, flow.code_hash.is_none()), (FlowStage::SetPassword, true));
    tx.commit().await.unwrap();
    assert!(consume(&t, id, FlowStage::SetPassword).await);
}

async fn time_ends_a_flow(t: Arc<TestDb>) {
    let id = begin(&t, TOKEN, None, FlowStage::SetPassword).await;
    t.clock.advance(Duration::from_secs(599));
    assert_eq!(found(&t, TOKEN).await, Some(id));
    t.clock.advance(Duration::from_secs(1));
    assert_eq!(found(&t, TOKEN).await, None);
    assert!(!consume(&t, id, FlowStage::SetPassword).await);
}

async fn what_was_proved_is_sealed_and_wiped(t: Arc<TestDb>) {
    let one = begin(&t, TOKEN, None, FlowStage::SetPassword).await;
    let other = begin(&t, [8; 32], None, FlowStage::SetPassword).await;
    let tx = t.db.read_as_system().await.unwrap();
    assert_eq!(&*tx.link_flows().get(one).await.unwrap().unwrap().payload, b"proved by canary");
    drop(tx);
    let plain = "UPDATE link_flows SET stage = stage WHERE octet_length(payload_sealed) < 32";
    assert_eq!(t.execute(plain).await.unwrap(), 0);
    // What belongs to one flow does not open in another.
    let swap = "UPDATE link_flows SET payload_sealed =
        (SELECT other.payload_sealed FROM link_flows other WHERE other.id <> link_flows.id)";
    assert_eq!(t.execute(swap).await.unwrap(), 2);
    let tx = t.db.read_as_system().await.unwrap();
    assert!(tx.link_flows().get(one).await.is_err());
    drop(tx);
    assert!(consume(&t, other, FlowStage::SetPassword).await);
    let wiped = "UPDATE link_flows SET stage = stage WHERE octet_length(payload_sealed) = 0";
    assert_eq!(t.execute(wiped).await.unwrap(), 1);
}
