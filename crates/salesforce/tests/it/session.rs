//! Dead sessions: one new login for everybody, one replay each.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use salesforce::{Error, LoginError, NotSent, Outcome, RefusalKind};
use serde_json::json;
use tokio::task::JoinSet;
use tokio::time::Instant;
use wiremock::{Request, Respond, ResponseTemplate};

use crate::rig::{QUERY, Rig, Tokens, account, count_body, expired, soon, token_body};

/// Accepts one token only.
#[derive(Clone)]
struct Accepting(Arc<AtomicUsize>);

impl Respond for Accepting {
    fn respond(&self, request: &Request) -> ResponseTemplate {
        let accepted = format!("Bearer token-{}", self.0.load(Ordering::SeqCst));
        if request.headers["authorization"] == accepted.as_str() { count_body(3) } else { expired() }
    }
}

async fn rig_accepting(number: usize) -> (Rig, Tokens, Arc<AtomicUsize>) {
    let rig = Rig::start().await;
    let tokens = rig.mount_tokens().await;
    let accepted = Arc::new(AtomicUsize::new(number));
    rig.mount("GET", QUERY, Accepting(Arc::clone(&accepted))).await;
    (rig, tokens, accepted)
}

async fn fifty_callers(rig: &Rig) {
    let mut callers = JoinSet::new();
    for _ in 0..50 {
        let client = rig.client.clone();
        callers.spawn(async move { client.open_case_count(&account(), soon()).await });
    }
    for result in callers.join_all().await {
        assert_eq!(result.unwrap(), 3);
    }
}

#[tokio::test]
async fn fifty_callers_without_a_session_log_in_once() {
    let (rig, tokens, _) = rig_accepting(1).await;
    fifty_callers(&rig).await;
    assert_eq!(tokens.count(), 1);
}

#[tokio::test]
async fn fifty_callers_with_an_expired_session_log_in_once() {
    let (rig, tokens, accepted) = rig_accepting(1).await;
    assert_eq!(rig.count().await.unwrap(), 3);
    accepted.store(2, Ordering::SeqCst);
    fifty_callers(&rig).await;
    assert_eq!(tokens.count(), 2);
}

#[tokio::test]
async fn the_second_401_is_an_error_and_starts_no_login_storm() {
    let (rig, tokens, _) = rig_accepting(0).await;
    for _ in 0..5 {
        let error = rig.count().await.unwrap_err();
        assert!(matches!(error, Error::Login(LoginError::SessionRefused)), "{error:?}");
        assert_eq!(error.outcome(), Outcome::NotSent);
    }
    assert_eq!((tokens.count(), rig.requests(QUERY).await.len()), (2, 2));
    rig.advance(30);
    rig.count().await.unwrap_err();
    assert_eq!((tokens.count(), rig.requests(QUERY).await.len()), (4, 4));
}

#[tokio::test]
async fn sessions_that_no_login_cures_are_not_renewed() {
    for text in
        ["This session is not valid for use with the REST API", "Connected app is not attached to Agent"]
    {
        let rig = Rig::start().await;
        let tokens = rig.mount_tokens().await;
        let body = json!([{ "message": text, "errorCode": "INVALID_SESSION_ID" }]);
        rig.mount("GET", QUERY, ResponseTemplate::new(401).set_body_json(body)).await;
        let error = rig.count().await.unwrap_err();
        assert!(matches!(error, Error::Login(LoginError::SessionRefused)), "{error:?}");
        assert_eq!((tokens.count(), rig.requests(QUERY).await.len()), (1, 1));
    }
}

#[tokio::test]
async fn a_403_starts_no_login() {
    let rig = Rig::start().await;
    let tokens = rig.mount_tokens().await;
    let body = json!([{ "message": "TotalRequests Limit exceeded.", "errorCode": "REQUEST_LIMIT_EXCEEDED" }]);
    rig.mount("GET", QUERY, ResponseTemplate::new(403).set_body_json(body)).await;
    let Error::Refused(refusal) = rig.count().await.unwrap_err() else { panic!("not refused") };
    assert!(matches!(refusal.kind(), RefusalKind::LimitExceeded(_)));
    assert_eq!((tokens.count(), rig.requests(QUERY).await.len()), (1, 1));
}

#[tokio::test]
async fn an_impatient_caller_spoils_no_login() {
    let rig = Rig::start().await;
    let slow = ResponseTemplate::new(200)
        .set_body_json(token_body("token-1", &rig.server.uri()))
        .set_delay(Duration::from_millis(300));
    rig.mount("POST", "/services/oauth2/token", slow).await;
    rig.mount("GET", QUERY, count_body(3)).await;
    let account = account();
    let impatient = rig.client.open_case_count(&account, Instant::now() + Duration::from_millis(50));
    let patient = rig.count();
    let (impatient, patient) = tokio::join!(impatient, patient);
    assert!(matches!(impatient, Err(Error::NotSent(NotSent::DeadlinePassed))));
    assert_eq!(patient.unwrap(), 3);
    assert_eq!(rig.requests("/services/oauth2/token").await.len(), 1);
}
