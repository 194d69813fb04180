use std::sync::Arc;
use std::time::Duration;

use portal_api::store::GenerationScope;

use crate::support::{TestDb, on_both_engines};

on_both_engines!(generations_count_up_per_scope_and_namespace, changes_are_reported_with_overlap);

async fn generations_count_up_per_scope_and_namespace(t: Arc<TestDb>) {
    let ada = t.add_user("ada@example.com").await;
    let mallory = t.add_user("mallory@example.com").await;
    let tx = t.db.as_user(ada).await.unwrap();
    assert_eq!(tx.generations().get("invoices").await.unwrap(), 0);
    assert_eq!(tx.generations().bump("invoices").await.unwrap(), 1);
    assert_eq!(tx.generations().bump("invoices").await.unwrap(), 2);
    tx.commit().await.unwrap();

    let tx = t.db.as_user(mallory).await.unwrap();
    assert_eq!(tx.generations().get("invoices").await.unwrap(), 0);
    drop(tx);
    let tx = t.db.as_system().await.unwrap();
    assert_eq!(tx.generations().of(GenerationScope::User(ada)).bump("invoices").await.unwrap(), 3);
    assert_eq!(tx.generations().of(GenerationScope::User(ada)).get("cases").await.unwrap(), 0);
    assert_eq!(tx.generations().of(GenerationScope::Global).bump("catalog").await.unwrap(), 1);
}

async fn changes_are_reported_with_overlap(t: Arc<TestDb>) {
    let ada = t.add_user("ada@example.com").await;
    let bump = async |scope: GenerationScope, namespace: &str| {
        let tx = t.db.as_system().await.unwrap();
        tx.generations().of(scope).bump(namespace).await.unwrap();
        tx.commit().await.unwrap();
    };
    bump(GenerationScope::Global, "catalog").await;
    t.clock.advance(Duration::from_secs(10));
    bump(GenerationScope::User(ada), "invoices").await;
    let tx = t.db.read_as_system().await.unwrap();
    let generations = tx.generations();
    let since = |overlap| generations.changed_since(t.clock.now(), Duration::from_secs(overlap));
    let recent = since(5).await.unwrap();
    assert_eq!(recent.len(), 1);
    assert_eq!((recent[0].scope, recent[0].namespace.as_str()), (GenerationScope::User(ada), "invoices"));
    assert_eq!((recent[0].generation, recent[0].updated_at), (1, t.clock.now()));
    assert_eq!(since(10).await.unwrap().len(), 2);
}
