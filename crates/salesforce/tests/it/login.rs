//! The token request and what follows a failed one.

use jsonwebtoken::{Algorithm, DecodingKey, Validation};
use salesforce::{Error, KeyError, LoginCode, LoginError, Outcome};
use serde_json::{Value, json};
use wiremock::ResponseTemplate;

use crate::rig::{QUERY, Rig, START, count_body, public_der, token_body};

const TOKEN: &str = "/services/oauth2/token";

fn refused(code: &str) -> ResponseTemplate {
    ResponseTemplate::new(400)
        .set_body_json(json!({ "error": code, "error_description": "for ada@example.com" }))
}

async fn login_error(rig: &Rig) -> LoginError {
    let error = rig.count().await.unwrap_err();
    assert_eq!(error.outcome(), Outcome::NotSent);
    match error {
        Error::Login(error) => error,
        other => panic!("{other:?}"),
    }
}

#[tokio::test]
async fn the_token_request_is_exact() {
    let rig = Rig::start().await;
    rig.mount_tokens().await;
    rig.mount("GET", QUERY, count_body(3)).await;
    rig.count().await.unwrap();

    let request = &rig.requests(TOKEN).await[0];
    assert_eq!(request.headers["content-type"], "application/x-www-form-urlencoded");
    assert!(!request.headers.contains_key("authorization"));
    let body = std::str::from_utf8(&request.body).unwrap();
    let assertion = body
        .strip_prefix("grant_type=urn%3Aietf%3Aparams%3Aoauth%3Agrant-type%3Ajwt-bearer&assertion=")
        .unwrap();

    let mut validation = Validation::new(Algorithm::RS256);
    validation.validate_exp = false;
    validation.set_audience(&[rig.server.uri()]);
    let key = DecodingKey::from_rsa_der(&public_der());
    let claims = jsonwebtoken::decode::<Value>(assertion, &key, &validation).unwrap().claims;
    let expected = json!({
        "iss": "consumer-key", "sub": "portal@example.com", "aud": rig.server.uri(), "exp": START + 150,
    });
    assert_eq!(claims, expected);
}

#[tokio::test]
async fn the_session_is_kept_and_used_on_its_instance() {
    let rig = Rig::start().await;
    let tokens = rig.mount_tokens().await;
    rig.mount("GET", QUERY, count_body(3)).await;
    rig.count().await.unwrap();
    rig.advance(86_400);
    rig.count().await.unwrap();
    assert_eq!(tokens.count(), 1);
    let data = rig.requests(QUERY).await;
    assert!(data.iter().all(|request| request.headers["authorization"] == "Bearer token-1"));
}

#[tokio::test]
async fn a_misconfigured_login_is_answered_from_memory_for_30_seconds() {
    let rig = Rig::start().await;
    rig.mount("POST", TOKEN, refused("invalid_grant")).await;
    for _ in 0..5 {
        let LoginError::Misconfigured(refusal) = login_error(&rig).await else { panic!("other error") };
        assert_eq!(refusal.code(), LoginCode::InvalidGrant);
        assert_eq!(refusal.raw_for_diagnosis(), "for ada@example.com");
        assert!(!format!("{refusal:?}").contains("ada"));
    }
    rig.advance(29);
    login_error(&rig).await;
    assert_eq!(rig.requests(TOKEN).await.len(), 1);
    rig.advance(1);
    login_error(&rig).await;
    assert_eq!(rig.requests(TOKEN).await.len(), 2);
}

#[tokio::test]
async fn pauses_after_server_failures_double_and_end_with_success() {
    let rig = Rig::start().await;
    on_failures(&rig, 3).await;
    let mut calls = 0;
    for pause in [1, 2, 4] {
        assert_eq!(login_error(&rig).await, LoginError::Unavailable);
        calls += 1;
        rig.advance(pause - 1);
        assert_eq!(login_error(&rig).await, LoginError::Unavailable);
        assert_eq!(rig.requests(TOKEN).await.len(), calls);
        rig.advance(1);
    }
    rig.mount_tokens().await;
    rig.mount("GET", QUERY, count_body(3)).await;
    assert_eq!(rig.count().await.unwrap(), 3);
}

async fn on_failures(rig: &Rig, times: u64) {
    use wiremock::matchers::{method, path};
    wiremock::Mock::given(method("POST"))
        .and(path(TOKEN))
        .respond_with(ResponseTemplate::new(503).set_body_string("<html>"))
        .up_to_n_times(times)
        .mount(&rig.server)
        .await;
}

#[tokio::test]
async fn answers_that_are_no_tokens() {
    let redirect = ResponseTemplate::new(302).insert_header("Location", "https://example.com/");
    let html = ResponseTemplate::new(200).set_body_string("<html>login</html>");
    let cut = ResponseTemplate::new(200).set_body_string(r#"{"access_token":"00D"#);
    let empty = ResponseTemplate::new(200).set_body_json(token_body("", "http://localhost"));
    let header_injection =
        ResponseTemplate::new(200).set_body_json(token_body("a\r\nX: y", "http://localhost"));
    for answer in [redirect, html, cut, empty, header_injection] {
        let rig = Rig::start().await;
        rig.mount("POST", TOKEN, answer).await;
        assert_eq!(login_error(&rig).await, LoginError::InvalidAnswer);
    }
}

#[tokio::test]
async fn a_token_is_never_sent_to_a_strange_instance() {
    let rig = Rig::start().await;
    let answer = ResponseTemplate::new(200).set_body_json(token_body("t", "ftp://example.com"));
    rig.mount("POST", TOKEN, answer).await;
    assert_eq!(login_error(&rig).await, LoginError::UntrustedInstance);
}

#[tokio::test]
async fn the_key_is_read_again_for_each_login() {
    let rig = Rig::start().await;
    rig.mount_tokens().await;
    std::fs::remove_file(rig.keys.path().join("key.pem")).unwrap();
    let missing = LoginError::Key(KeyError::Unreadable(std::io::ErrorKind::NotFound));
    assert_eq!(login_error(&rig).await, missing);
    assert_eq!(rig.requests(TOKEN).await.len(), 0);
}
