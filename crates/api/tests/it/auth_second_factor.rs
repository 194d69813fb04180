//! Signing in with a second factor: what is asked for, what is taken, and how often.

use std::time::Duration;

use futures::future::join_all;
use serde_json::{Value, json};

use crate::helpers::{Answer, Browser, PASSWORD, TestApp, on_both_engines, with_settings};

on_both_engines!(
    asvs_6_3_4_no_device_gets_in_by_the_password_alone,
    asvs_7_2_4_each_level_has_a_token_of_its_own,
    asvs_6_5_1_a_code_of_the_app_works_once,
    asvs_6_5_1_of_fifty_parallel_uses_one_succeeds,
    asvs_6_5_1_a_recovery_code_works_once_however_it_is_typed,
    asvs_6_6_3_five_wrong_codes_end_the_wait,
    cookies_of_another_level_are_refused,
    the_wait_ends_after_five_minutes,
    whoever_knows_the_password_alone_ends_no_session,
);

const ADA: &str = "ada@example.com";
const COOKIE: &str = "portal_session_dev";

fn state(answer: &Answer) -> Value {
    answer.json()["data"]["state"].clone()
}

async fn session(browser: &Browser<'_>) -> Value {
    browser.get("/api/auth/session").await.expect(200).json()["data"].clone()
}

async fn asvs_6_3_4_no_device_gets_in_by_the_password_alone(app: &TestApp) {
    let ada = app.signed_in(ADA).await;
    let (authenticator, codes) = ada.set_up_totp(app).await;
    assert_eq!(codes.len(), 10);
    let view = session(&ada).await;
    assert_eq!(view["second_factors"], json!(["totp", "recovery_code"]));

    // On the device that she always uses, and on one that nobody knows.
    for browser in [ada.copy(), app.browser()] {
        let answer = browser.log_in(ADA, PASSWORD).await.expect(202);
        assert_eq!(state(&answer), "mfa_pending");
        assert_eq!(answer.json()["data"]["methods"], json!(["totp", "recovery_code"]));
        assert_eq!(session(&browser).await, answer.json()["data"]);
        browser.get("/api/me").await.expect_problem(401, "auth.mfa_required");

        browser
            .prove("totp", &authenticator.wrong_code(app))
            .await
            .expect_problem(422, "auth.factor_invalid");
        for other in ["email_code", "passkey"] {
            let refused = browser.prove(other, "123456").await.expect_problem(422, "validation");
            assert_eq!(refused.field_errors(), ["/method choice"]);
        }
        browser.get("/api/me").await.expect_problem(401, "auth.mfa_required");
        app.clock.advance(Duration::from_secs(30));
        let code = authenticator.code(app);
        let typed = format!("{} {}", &code[..3], &code[3..]);
        let answer = browser.prove("totp", &typed).await.expect(200);
        assert_eq!(state(&answer), "signed_in");
        browser.get("/api/me").await.expect(200);
    }
    app.run_jobs().await;
    let subjects: Vec<String> =
        app.mails(ADA).await.iter().map(|mail| mail["subject"].as_str().unwrap().to_owned()).collect();
    assert!(subjects.iter().any(|subject| subject.contains("new device")), "{subjects:?}");
}

async fn asvs_7_2_4_each_level_has_a_token_of_its_own(app: &TestApp) {
    let ada = app.signed_in(ADA).await;
    let (authenticator, _) = ada.set_up_totp(app).await;
    app.clock.advance(Duration::from_secs(30));
    let full = ada.copy();
    ada.log_in(ADA, PASSWORD).await.expect(202);
    full.get("/api/me").await.expect_problem(401, "auth.required");
    let half_way = ada.copy();
    ada.prove("totp", &authenticator.code(app)).await.expect(200);
    assert_ne!(ada.cookies()[COOKIE], half_way.cookies()[COOKIE]);
    assert_eq!(session(&half_way).await["state"], "anonymous", "the token of the wait is dead");
    half_way.prove("totp", &authenticator.code(app)).await.expect_problem(401, "auth.required");

    app.clock.advance(Duration::from_secs(30));
    let before = ada.copy();
    ada.step_up("totp", &authenticator.code(app)).await.expect(200);
    assert_ne!(ada.cookies()[COOKIE], before.cookies()[COOKIE]);
    before.get("/api/me").await.expect_problem(401, "auth.required");
    ada.get("/api/me").await.expect(200);
}

async fn asvs_6_5_1_a_code_of_the_app_works_once(app: &TestApp) {
    let ada = app.signed_in(ADA).await;
    let (authenticator, _) = ada.set_up_totp(app).await;
    // The code that activated the app is used up too, and the one before it is older.
    for code in [authenticator.code(app), authenticator.code_at(app, -30)] {
        let browser = app.half_way(ADA).await;
        browser.prove("totp", &code).await.expect_problem(422, "auth.factor_invalid");
    }
    app.clock.advance(Duration::from_mins(1));
    let code = authenticator.code_at(app, -30);
    app.half_way(ADA).await.prove("totp", &code).await.expect(200);
    app.half_way(ADA).await.prove("totp", &code).await.expect_problem(422, "auth.factor_invalid");
    let future = authenticator.code_at(app, 30);
    app.half_way(ADA).await.prove("totp", &future).await.expect_problem(422, "auth.factor_invalid");
    app.half_way(ADA).await.prove("totp", &authenticator.code(app)).await.expect(200);
    app.run_jobs().await;
}

async fn asvs_6_5_1_of_fifty_parallel_uses_one_succeeds(app: &TestApp) {
    let ada = app.signed_in(ADA).await;
    let (authenticator, codes) = ada.set_up_totp(app).await;
    app.clock.advance(Duration::from_secs(30));
    for (method, code) in [("totp", authenticator.code(app)), ("recovery_code", codes[0].clone())] {
        let browser = app.half_way(ADA).await;
        let answers = join_all((0..50).map(|_| {
            let browser = browser.copy();
            let code = code.clone();
            async move { browser.prove(method, &code).await.status }
        }))
        .await;
        let won = answers.iter().filter(|status| **status == 200).count();
        assert_eq!(won, 1, "{method}: {answers:?}");
        assert!(answers.iter().all(|status| matches!(status, 200 | 401 | 422 | 503)), "{answers:?}");
    }
    app.run_jobs().await;
}

async fn asvs_6_5_1_a_recovery_code_works_once_however_it_is_typed(app: &TestApp) {
    let ada = app.signed_in(ADA).await;
    let (_, codes) = ada.set_up_totp(app).await;
    let typed = format!(" {} ", codes[3].to_lowercase().replace('-', " "));
    let browser = app.half_way(ADA).await;
    browser.prove("recovery_code", &typed).await.expect(200);
    let left = browser.get("/api/me/mfa").await.expect(200).json();
    assert_eq!(left["data"]["recovery_codes_left"], 9);
    let again = app.half_way(ADA).await;
    again.prove("recovery_code", &codes[3]).await.expect_problem(422, "auth.factor_invalid");
    let swapped = format!("{}{}", &codes[4][..2], &codes[5][2..]);
    again.prove("recovery_code", &swapped).await.expect_problem(422, "auth.factor_invalid");
    again.prove("recovery_code", "UU-UUUUU-UUUUU").await.expect_problem(422, "auth.factor_invalid");
    again.prove("recovery_code", "?").await.expect_problem(422, "validation");
    again.prove("recovery_code", &codes[4]).await.expect(200);
    app.run_jobs().await;
    let subjects: Vec<String> =
        app.mails(ADA).await.iter().map(|mail| mail["subject"].as_str().unwrap().to_owned()).collect();
    assert_eq!(subjects.iter().filter(|subject| subject.contains("recovery code was used")).count(), 2);
}

async fn asvs_6_6_3_five_wrong_codes_end_the_wait(app: &TestApp) {
    let ada = app.signed_in(ADA).await;
    let (authenticator, codes) = ada.set_up_totp(app).await;
    app.clock.advance(Duration::from_secs(30));
    let browser = app.half_way(ADA).await;
    for _ in 0..5 {
        browser
            .prove("totp", &authenticator.wrong_code(app))
            .await
            .expect_problem(422, "auth.factor_invalid");
    }
    browser.prove("totp", &authenticator.code(app)).await.expect_problem(401, "auth.required");
    browser.prove("recovery_code", &codes[0]).await.expect_problem(401, "auth.required");
    // Twenty an hour from strange devices, whichever sign-in they belong to.
    for _ in 0..3 {
        let browser = app.half_way(ADA).await;
        for _ in 0..5 {
            browser
                .prove("totp", &authenticator.wrong_code(app))
                .await
                .expect_problem(422, "auth.factor_invalid");
        }
    }
    let browser = app.half_way(ADA).await;
    let limited = browser.prove("totp", &authenticator.code(app)).await.expect_problem(429, "rate_limited");
    assert_ne!(limited.header("retry-after"), "");
    // Her own device is counted apart.
    ada.log_in(ADA, PASSWORD).await.expect(202);
    ada.prove("totp", &authenticator.code(app)).await.expect(200);
}

async fn cookies_of_another_level_are_refused(app: &TestApp) {
    let ada = app.signed_in(ADA).await;
    let (authenticator, _) = ada.set_up_totp(app).await;
    app.clock.advance(Duration::from_secs(30));
    let code = authenticator.code(app);
    ada.prove("totp", &code).await.expect_problem(409, "conflict.step");
    ada.post("/api/auth/login/mfa/resend", &json!({})).await.expect_problem(409, "conflict.step");
    app.browser().prove("totp", &code).await.expect_problem(401, "auth.required");
    let browser = app.half_way(ADA).await;
    browser.step_up("totp", &code).await.expect_problem(401, "auth.mfa_required");
    browser.post("/api/auth/login/mfa/resend", &json!({})).await.expect_problem(409, "conflict.step");
    // The wait of another person is no use either.
    let mallory = app.signed_in("mallory@example.com").await;
    mallory.set_up_totp(app).await;
    let strange = app.half_way("mallory@example.com").await;
    strange.prove("totp", &code).await.expect_problem(422, "auth.factor_invalid");

    let left = browser.copy();
    browser.log_out().await.expect(204);
    assert_eq!(session(&left).await["state"], "anonymous");
    left.prove("totp", &code).await.expect_problem(401, "auth.required");
    app.half_way(ADA).await.prove("totp", &code).await.expect(200);
    app.run_jobs().await;
}

async fn the_wait_ends_after_five_minutes(app: &TestApp) {
    let ada = app.signed_in(ADA).await;
    let (authenticator, _) = ada.set_up_totp(app).await;
    let browser = app.half_way(ADA).await;
    for _ in 0..4 {
        app.clock.advance(Duration::from_mins(1));
        assert_eq!(session(&browser).await["state"], "mfa_pending");
    }
    app.clock.advance(Duration::from_mins(1));
    assert_eq!(session(&browser).await["state"], "anonymous");
    browser.prove("totp", &authenticator.code(app)).await.expect_problem(401, "auth.required");
}

async fn whoever_knows_the_password_alone_ends_no_session(app: &TestApp) {
    let ada = app.signed_in(ADA).await;
    ada.set_up_totp(app).await;
    let mut waits = Vec::new();
    for _ in 0..12 {
        waits.push(app.half_way(ADA).await);
        app.clock.advance(Duration::from_secs(1));
    }
    ada.get("/api/me").await.expect(200);
    let mut alive = 0;
    for wait in &waits {
        alive += usize::from(session(wait).await["state"] == "mfa_pending");
    }
    assert_eq!(alive, 5, "the oldest waits end");
}

#[actix_web::test]
async fn asvs_6_5_2_no_code_lies_in_the_database() {
    with_settings(&[], async |app| {
        let ada = app.signed_in(ADA).await;
        let (_, codes) = ada.set_up_totp(app).await;
        let bytes = app.bytes_at_rest().await;
        let text = String::from_utf8_lossy(&bytes).to_uppercase();
        for code in &codes {
            assert!(!text.contains(code) && !text.contains(&code.replace('-', "")), "{code}");
        }
    })
    .await;
}
