//! `POST /api/me/password`.

use std::time::Duration;

use crate::helpers::{NEW_PASSWORD, PASSWORD, TestApp, eventually, on_both_engines};

on_both_engines!(
    asvs_6_2_3_a_change_needs_the_current_password,
    asvs_7_4_3_a_change_ends_the_other_sessions,
    asvs_7_2_4_a_change_makes_a_new_token,
    asvs_7_5_1_a_change_needs_a_recent_proof,
    asvs_6_3_7_the_owner_is_told_of_a_change,
    a_new_password_must_be_new_and_good,
    a_change_voids_codes_that_are_on_their_way,
);

const ADA: &str = "ada@example.com";
const COOKIE: &str = "portal_session_dev";

async fn asvs_6_2_3_a_change_needs_the_current_password(app: &TestApp) {
    let browser = app.signed_in(ADA).await;
    app.advance(Duration::from_secs(1)).await;
    for _ in 0..10 {
        browser.change_password("wrong", NEW_PASSWORD).await.expect_problem(401, "auth.invalid_credentials");
    }
    // Guesses count like failed sign-ins on this device, and keep nobody else out.
    browser.change_password(PASSWORD, NEW_PASSWORD).await.expect_problem(429, "rate_limited");
    app.browser().log_in(ADA, PASSWORD).await.expect(200);
    browser.get("/api/me").await.expect(200);
    let activity = browser.get("/api/me/activity?size=1").await.expect(200).json();
    assert_eq!(activity["data"][0]["event"], "password.change");
    assert_eq!(activity["data"][0]["outcome"], "refused");
    assert!(app.mails(ADA).await.is_empty());
}

async fn asvs_7_4_3_a_change_ends_the_other_sessions(app: &TestApp) {
    let browser = app.signed_in(ADA).await;
    let other = app.browser();
    other.log_in(ADA, PASSWORD).await.expect(200);
    other.get("/api/me").await.expect(200);
    let replica = app.replica().await;
    let elsewhere = other.at(&replica.base);
    elsewhere.get("/api/me").await.expect(200);

    browser.change_password(PASSWORD, NEW_PASSWORD).await.expect(200);
    other.get("/api/me").await.expect_problem(401, "auth.required");
    browser.get("/api/me").await.expect(200);
    if app.has_redis() {
        eventually("the other replica has heard of it", async || {
            elsewhere.get("/api/me").await.status == 401
        })
        .await;
    }
    replica.stop().await;
    app.browser().log_in(ADA, PASSWORD).await.expect_problem(401, "auth.invalid_credentials");
    app.browser().log_in(ADA, NEW_PASSWORD).await.expect(200);
    app.run_jobs().await;
}

async fn asvs_7_2_4_a_change_makes_a_new_token(app: &TestApp) {
    let browser = app.signed_in(ADA).await;
    let before = browser.get("/api/auth/session").await.json();
    let thief = browser.copy();
    app.advance(Duration::from_mins(2)).await;
    let view = browser.change_password(PASSWORD, NEW_PASSWORD).await.expect(200).json();
    assert_ne!(browser.cookies()[COOKIE], thief.cookies()[COOKIE]);
    thief.get("/api/me").await.expect_problem(401, "auth.required");
    assert_eq!(view["data"]["state"], "signed_in");
    let after = browser.get("/api/auth/session").await.json();
    // It is the same session: it ends when it would have ended, and the password is no second proof.
    for member in ["auth_time", "expires_at"] {
        assert_eq!(after["data"][member], before["data"][member], "{member}");
    }
    assert_eq!(browser.get("/api/me/sessions").await.json()["data"].as_array().unwrap().len(), 1);
    app.run_jobs().await;
}

async fn asvs_7_5_1_a_change_needs_a_recent_proof(app: &TestApp) {
    let browser = app.signed_in(ADA).await;
    app.advance(Duration::from_secs(301)).await;
    browser.change_password(PASSWORD, NEW_PASSWORD).await.expect_problem(403, "auth.step_up_required");
    browser.log_in(ADA, PASSWORD).await.expect(200);
    app.advance(Duration::from_secs(299)).await;
    browser.change_password(PASSWORD, NEW_PASSWORD).await.expect(200);
    app.run_jobs().await;
}

async fn asvs_6_3_7_the_owner_is_told_of_a_change(app: &TestApp) {
    let browser = app.signed_in(ADA).await;
    // The mail server is down for a while.
    app.fault(serde_json::json!({ "target": "smtp", "action": "message", "kind": "dropped", "times": 1 }))
        .await;
    browser.change_password(PASSWORD, NEW_PASSWORD).await.expect(200);
    app.run_jobs().await;
    assert!(app.mails(ADA).await.is_empty());
    app.advance(Duration::from_secs(2)).await;
    app.run_jobs().await;
    let told = app.mails(ADA).await.remove(0);
    assert_eq!(told["subject"], "Customer portal: Your password was changed");
    assert!(told["text"].as_str().unwrap().contains("127.0.0.1"), "{told}");
}

async fn a_new_password_must_be_new_and_good(app: &TestApp) {
    let browser = app.signed_in(ADA).await;
    for (new, what) in [
        (PASSWORD, "/password same"),
        ("passwordpassword", "/password password_weak"),
        ("Lovelace1815!", "/password password_personal"),
        ("elevenchars", "/password too_short"),
        (&"x7!kQ".repeat(26), "/password too_long"),
        ("nul is \0 refused here", "/password characters"),
    ] {
        let refused = browser.change_password(PASSWORD, new).await.expect_problem(422, "validation");
        assert_eq!(refused.field_errors(), [what]);
    }
    browser.get("/api/me").await.expect(200);
}

async fn a_change_voids_codes_that_are_on_their_way(app: &TestApp) {
    let browser = app.signed_in(ADA).await;
    let (reset, code) = app.reset_code(&app.browser(), ADA).await;
    let moved = browser.change_email("lovelace@example.com").await.expect(202);
    app.run_jobs().await;
    let moved_code = app.mailed_code("lovelace@example.com").await;
    browser.change_password(PASSWORD, NEW_PASSWORD).await.expect(200);
    let late = app.browser().reset(&reset, &code, "another-good-1-pumpkin").await;
    late.expect_problem(422, "auth.code_invalid");
    browser
        .confirm_email(&crate::helpers::challenge(&moved), &moved_code)
        .await
        .expect_problem(422, "auth.code_invalid");
    app.run_jobs().await;
}
