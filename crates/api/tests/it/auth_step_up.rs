//! `POST /api/auth/step-up`: proving anew, and what needs it.

use std::time::Duration;

use reqwest::Method;
use serde_json::{Value, json};

use crate::helpers::{Answer, Browser, PASSWORD, TestApp, new_key, on_both_engines, with_settings};

on_both_engines!(
    asvs_7_5_1_changes_of_factors_need_a_fresh_proof,
    asvs_6_3_4_the_password_does_not_stand_in_for_a_second_factor,
    a_wrong_proof_changes_nothing_and_counts,
    a_proof_does_not_prolong_the_session,
);

const ADA: &str = "ada@example.com";

async fn remove(browser: &Browser<'_>) -> Answer {
    let request = browser.request(Method::DELETE, "/api/me/mfa/totp");
    browser.send(request.header("idempotency-key", new_key()).body("{}")).await
}

async fn set_up(browser: &Browser<'_>) -> Answer {
    browser.post_with_key("/api/me/mfa/totp", &new_key(), &json!({})).await
}

async fn asvs_7_5_1_changes_of_factors_need_a_fresh_proof(app: &TestApp) {
    let ada = app.signed_in(ADA).await;
    app.clock.advance(Duration::from_mins(5));
    set_up(&ada).await.expect(200);
    app.clock.advance(Duration::from_secs(1));
    set_up(&ada).await.expect_problem(403, "auth.step_up_required");
    let view = ada.step_up("password", PASSWORD).await.expect(200).json();
    assert_eq!(view["data"]["auth_time"], json!(app.clock.now()));
    let (authenticator, codes) = ada.set_up_totp(app).await;
    assert_eq!(codes.len(), 10);

    app.clock.advance(Duration::from_mins(10));
    remove(&ada).await.expect_problem(403, "auth.step_up_required");
    let again = ada.post_with_key("/api/me/mfa/recovery-codes", &new_key(), &json!({})).await;
    again.expect_problem(403, "auth.step_up_required");
    ada.step_up("totp", &authenticator.code(app)).await.expect(200);
    remove(&ada).await.expect(204);
    remove(&ada).await.expect_problem(404, "not_found");
    app.run_jobs().await;
}

async fn asvs_6_3_4_the_password_does_not_stand_in_for_a_second_factor(app: &TestApp) {
    let ada = app.signed_in(ADA).await;
    for method in ["totp", "recovery_code"] {
        let refused = ada.step_up(method, "123456").await.expect_problem(422, "validation");
        assert_eq!(refused.field_errors(), ["/method choice"], "{method} is not set up");
    }
    let (authenticator, codes) = ada.set_up_totp(app).await;
    app.clock.advance(Duration::from_mins(10));
    let refused = ada.step_up("password", PASSWORD).await.expect_problem(422, "validation");
    assert_eq!(refused.field_errors(), ["/method choice"]);
    ada.step_up("recovery_code", &codes[0]).await.expect(200);
    ada.step_up("recovery_code", &codes[0]).await.expect_problem(422, "auth.factor_invalid");
    ada.step_up("totp", &authenticator.code(app)).await.expect(200);
    ada.step_up("totp", &authenticator.code(app)).await.expect_problem(422, "auth.factor_invalid");
    app.run_jobs().await;
}

async fn a_wrong_proof_changes_nothing_and_counts(app: &TestApp) {
    let ada = app.signed_in(ADA).await;
    let cookies = ada.cookies();
    for _ in 0..10 {
        ada.step_up("password", "not her password").await.expect_problem(401, "auth.invalid_credentials");
    }
    assert_eq!(ada.cookies(), cookies);
    ada.get("/api/me").await.expect(200);
    let limited = ada.step_up("password", PASSWORD).await.expect_problem(429, "rate_limited");
    let wait: u64 = limited.header("retry-after").parse().unwrap();
    assert!((1..=90).contains(&wait), "{wait}");
    app.clock.advance(Duration::from_secs(wait));
    ada.step_up("password", PASSWORD).await.expect(200);
    app.browser().step_up("password", PASSWORD).await.expect_problem(401, "auth.required");
}

async fn a_proof_does_not_prolong_the_session(app: &TestApp) {
    let ada = app.signed_in(ADA).await;
    let end = |view: &Value| view["data"]["expires_at"].clone();
    let before = ada.get("/api/auth/session").await.expect(200).json();
    app.clock.advance(Duration::from_mins(20));
    let after = ada.step_up("password", PASSWORD).await.expect(200).json();
    assert_eq!(end(&after), end(&before));
    let said = ada.get("/api/auth/session").await.expect(200).json();
    assert_eq!(said, after);
}

#[actix_web::test]
async fn operators_choose_how_fresh_a_proof_must_be() {
    with_settings(&[("PORTAL_STEP_UP_MINUTES", "1")], async |app| {
        let ada = app.signed_in(ADA).await;
        app.clock.advance(Duration::from_secs(61));
        set_up(&ada).await.expect_problem(403, "auth.step_up_required");
    })
    .await;
}
