use portal_api::store::{BillingIds, CrmIds, ProvisionState, StoreError, UniqueViolation};
use std::sync::Arc;

use crate::support::{TestDb, on_both_engines};

on_both_engines!(
    provisioning_goes_through_its_states,
    an_attempt_is_noted_once,
    one_client_belongs_to_one_user,
    a_known_client_is_not_replaced,
);

fn crm(letter: char) -> CrmIds {
    CrmIds {
        account: format!("001{}", letter.to_string().repeat(15)),
        contact: format!("003{}", letter.to_string().repeat(15)),
    }
}

async fn provisioning_goes_through_its_states(t: Arc<TestDb>) {
    let ada = t.add_user("ada@example.com").await;
    let tx = t.db.as_system().await.unwrap();
    let mappings = tx.mappings();
    mappings.insert_pending(ada, "cus_1").await.unwrap();
    assert_eq!(mappings.get(ada).await.unwrap().unwrap().state, ProvisionState::Pending);
    assert!(!mappings.set_crm(ada, &crm('A')).await.unwrap(), "Salesforce comes after WHMCS");
    assert!(mappings.mark_sending(ada, 1).await.unwrap());
    let sending = mappings.get(ada).await.unwrap().unwrap();
    assert_eq!((sending.state, sending.attempt), (ProvisionState::Sending, 1));
    assert_eq!(sending.sent_at, Some(t.clock.now()));
    assert!(mappings.set_billing(ada, BillingIds { user: Some(7), client: 70 }).await.unwrap());
    assert!(mappings.set_crm(ada, &crm('A')).await.unwrap());
    tx.commit().await.unwrap();

    let tx = t.db.read_as_user(ada).await.unwrap();
    let ready = tx.mapping().await.unwrap().unwrap();
    assert_eq!(ready.state, ProvisionState::Ready);
    assert_eq!((ready.whmcs_user_id, ready.whmcs_client_id), (Some(7), Some(70)));
    assert_eq!(ready.sf_account_id, Some(crm('A').account));
    assert_eq!(ready.sf_contact_id, Some(crm('A').contact));
    drop(tx);
    let tx = t.db.read_as_system().await.unwrap();
    assert_eq!(tx.mappings().by_whmcs_client(70).await.unwrap().unwrap(), ready);
}

async fn an_attempt_is_noted_once(t: Arc<TestDb>) {
    let ada = t.add_user("ada@example.com").await;
    let tx = t.db.as_system().await.unwrap();
    tx.mappings().insert_pending(ada, "cus_1").await.unwrap();
    tx.commit().await.unwrap();
    let tasks = (0..6).map(|_| {
        let db = t.db.clone();
        tokio::spawn(async move {
            let tx = db.as_system().await.unwrap();
            let first = tx.mappings().mark_sending(ada, 1).await.unwrap();
            tx.commit().await.unwrap();
            first
        })
    });
    let marked = futures::future::join_all(tasks).await.into_iter().filter(|first| *first.as_ref().unwrap());
    assert_eq!(marked.count(), 1);
    let tx = t.db.as_system().await.unwrap();
    assert!(tx.mappings().mark_sending(ada, 2).await.unwrap());
    assert!(tx.mappings().set_billing(ada, BillingIds { user: None, client: 70 }).await.unwrap());
    assert!(!tx.mappings().mark_sending(ada, 3).await.unwrap(), "the client is known");
}

async fn one_client_belongs_to_one_user(t: Arc<TestDb>) {
    let ada = t.add_user("ada@example.com").await;
    let mallory = t.add_user("mallory@example.com").await;
    let tx = t.db.as_system().await.unwrap();
    tx.mappings().insert_pending(ada, "cus_1").await.unwrap();
    tx.mappings().insert_pending(mallory, "cus_2").await.unwrap();
    assert!(tx.mappings().set_billing(ada, BillingIds { user: Some(7), client: 70 }).await.unwrap());
    tx.commit().await.unwrap();
    let taken = [
        (BillingIds { user: None, client: 70 }, UniqueViolation::WhmcsClient),
        (BillingIds { user: Some(7), client: 71 }, UniqueViolation::WhmcsUser),
    ];
    for (ids, expected) in taken {
        let tx = t.db.as_system().await.unwrap();
        let error = tx.mappings().set_billing(mallory, ids).await.unwrap_err();
        assert!(matches!(error, StoreError::Conflict(which) if which == expected), "{error:?}");
    }
}

async fn a_known_client_is_not_replaced(t: Arc<TestDb>) {
    let ada = t.add_user("ada@example.com").await;
    let tx = t.db.as_system().await.unwrap();
    tx.mappings().insert_pending(ada, "cus_1").await.unwrap();
    assert!(tx.mappings().set_billing(ada, BillingIds { user: None, client: 70 }).await.unwrap());
    assert!(!tx.mappings().set_billing(ada, BillingIds { user: None, client: 71 }).await.unwrap());
    assert!(tx.mappings().set_state(ada, ProvisionState::Failed).await.unwrap());
    let mapping = tx.mappings().get(ada).await.unwrap().unwrap();
    assert_eq!((mapping.whmcs_client_id, mapping.state), (Some(70), ProvisionState::Failed));
}
