use std::sync::Arc;
use std::time::Duration;

use portal_api::domain::link::{FlowStage, LinkFlowId};
use portal_api::store::{
    CeremonyKind, CeremonyParty, ChallengeKind, Claim, ClaimRequest, EmailAddress, Expired, NewCeremony,
    NewChallenge, NewJob, NewLinkFlow, Quota, Retention, StoredResponse, TryPolicy,
};
use shared_types::ids::ChallengeId;

use crate::support::{TestDb, on_both_engines};

on_both_engines!(what_has_ended_goes_and_what_is_open_stays);

async fn what_has_ended_goes_and_what_is_open_stays(t: Arc<TestDb>) {
    let ada = t.add_user("ada@example.com").await;
    t.add_session(ada).await;
    let tx = t.db.as_system().await.unwrap();
    let challenge = NewChallenge {
        id: ChallengeId::from_uuid(t.random.uuid(t.clock.now())),
        kind: ChallengeKind::Signup,
        user: None,
        email: &EmailAddress::parse("ada@example.com").unwrap(),
        code_hash: None,
        payload: None,
        attempts: 5,
        lifetime: Duration::from_mins(10),
    };
    tx.challenges().insert(&challenge).await.unwrap();
    tx.devices().remember(ada, None, &[1; 32]).await.unwrap();
    assert!(tx.totp_of(ada).offer(&[7; 20]).await.unwrap());
    let policy = TryPolicy {
        free: 10,
        cap: 100,
        first_wait: Duration::from_mins(1),
        longest_wait: Duration::from_mins(15),
        memory: Duration::from_hours(24),
    };
    tx.sign_in_tries().take(&[1; 32], policy).await.unwrap();
    let flow = NewLinkFlow {
        id: LinkFlowId(t.random.uuid(t.clock.now())),
        token_hash: [1; 32],
        former: None,
        stage: FlowStage::SetPassword,
        payload: b"x",
    };
    tx.link_flows().insert(&flow).await.unwrap();
    let ceremony = NewCeremony {
        id: ChallengeId::from_uuid(t.random.uuid(t.clock.now())),
        kind: CeremonyKind::SignIn,
        party: CeremonyParty::Browser([1; 32]),
        state: b"state",
        lifetime: Duration::from_mins(5),
    };
    tx.passkey_ceremonies().insert(&ceremony).await.unwrap();
    tx.rate_limits().take(&[1; 32], Quota::per(1, Duration::from_mins(1))).await.unwrap();
    let job = NewJob {
        kind: "mail".to_owned(),
        payload: serde_json::Value::Null,
        dedupe_key: None,
        run_at: t.clock.now(),
        max_attempts: 1,
    };
    tx.jobs().enqueue(&job).await.unwrap();
    let claimed = tx.job_work().claim_next("w", &["mail"], Duration::from_secs(30)).await.unwrap().unwrap();
    tx.job_work().finish(&claimed).await.unwrap();
    tx.commit().await.unwrap();

    let tx = t.db.as_user(ada).await.unwrap();
    for (key, finished) in [([1; 32], true), ([2; 32], false)] {
        let request = ClaimRequest {
            route: "POST /x",
            key_hash: &key,
            fingerprint: &[0; 32],
            owner: "w",
            lease: Duration::from_secs(30),
        };
        let Claim::New(ticket) = tx.idempotency().claim(&request).await.unwrap() else { panic!("not new") };
        if finished {
            let response = StoredResponse { status: 204, headers: vec![], content_type: None, body: vec![] };
            tx.idempotency().finish(ticket, &response).await.unwrap();
        }
    }
    tx.commit().await.unwrap();

    assert_eq!(expire(&t).await, Expired::default(), "nothing has ended yet");
    t.clock.advance(Duration::from_hours(30 * 24));
    let all = Expired {
        sessions: 1,
        challenges: 1,
        link_flows: 1,
        passkey_ceremonies: 1,
        idempotency: 1,
        rate_limits: 1,
        sign_in_tries: 1,
        known_devices: 0,
        offered_totp: 1,
        done_jobs: 1,
        buried_jobs: 0,
    };
    assert_eq!(expire(&t).await, all);
    t.clock.advance(Duration::from_hours(336 * 24));
    assert_eq!(expire(&t).await, Expired { known_devices: 1, ..Expired::default() });
    let open_claim = "UPDATE idempotency_keys SET lease_owner = 'x' WHERE state = 'in_progress'";
    assert_eq!(t.execute(open_claim).await.unwrap(), 1, "an open claim is never deleted");
}

async fn expire(t: &TestDb) -> Expired {
    let tx = t.db.as_system().await.unwrap();
    let expired = tx.expire_rows(&Retention::default()).await.unwrap();
    tx.commit().await.unwrap();
    expired
}
