//! Devices that an account knows, and the mailed code for those that it does not.

use std::time::Duration;

use serde_json::{Value, json};

use crate::helpers::{Browser, PASSWORD, TestApp, on_both_engines, with_settings};

on_both_engines!(a_new_device_is_told_unless_it_is_the_first, a_planted_token_is_worth_nothing);

const ADA: &str = "ada@example.com";
const DEVICE: &str = "portal_device_dev";
const SESSION: &str = "portal_session_dev";
const CODES: &[(&str, &str)] = &[("PORTAL_NEW_DEVICE_CODE", "on")];

async fn state(browser: &Browser<'_>) -> Value {
    browser.get("/api/auth/session").await.expect(200).json()["data"]["state"].clone()
}

async fn half_way<'a>(app: &'a TestApp, email: &str) -> Browser<'a> {
    let browser = app.half_way(email).await;
    app.run_jobs().await;
    browser
}

fn wrong(code: &str) -> &'static str {
    if code == "000000" { "000001" } else { "000000" }
}

#[actix_web::test]
async fn asvs_6_3_3_a_strange_device_needs_a_mailed_code() {
    with_settings(CODES, async |app| {
        app.seed(ADA).await;
        let browser = app.browser();
        let answer = browser.log_in(ADA, PASSWORD).await.expect(202).json();
        assert_eq!(answer["data"]["methods"], json!(["email_code"]));
        assert!(!browser.cookies().contains_key(DEVICE), "nothing is remembered before the proof");
        browser.get("/api/me").await.expect_problem(401, "auth.mfa_required");
        // Before the mail is written every code is wrong.
        browser.prove("email_code", "123456").await.expect_problem(422, "auth.code_invalid");
        app.run_jobs().await;
        let code = app.mailed_code(ADA).await;
        browser.prove("email_code", wrong(&code)).await.expect_problem(422, "auth.code_invalid");
        let refused = browser.prove("totp", &code).await.expect_problem(422, "validation");
        assert_eq!(refused.field_errors(), ["/method choice"]);
        let half_way = browser.copy();
        browser.prove("email_code", &code).await.expect(200);
        assert_ne!(browser.cookies()[SESSION], half_way.cookies()[SESSION]);
        half_way.prove("email_code", &code).await.expect_problem(401, "auth.required");
        browser.get("/api/me").await.expect(200);
        assert_eq!(browser.get("/api/me/mfa").await.expect(200).json()["data"]["email_code"], true);

        // From now on the device is known, and no other.
        browser.log_out().await.expect(204);
        browser.log_in(ADA, PASSWORD).await.expect(200);
        half_way.log_in(ADA, PASSWORD).await.expect(202);
        app.run_jobs().await;
        let told = app.mails(ADA).await;
        let subjects: Vec<&Value> = told.iter().map(|mail| &mail["subject"]).collect();
        assert_eq!(told.len(), 2, "codes only, since each device proved itself: {subjects:?}");

        // A year without it, and the device is strange again.
        app.advance(Duration::from_hours(366 * 24)).await;
        browser.log_in(ADA, PASSWORD).await.expect(202);
        app.run_jobs().await;
    })
    .await;
}

#[actix_web::test]
async fn asvs_6_6_2_a_code_is_bound_to_the_sign_in_that_asked_for_it() {
    with_settings(CODES, async |app| {
        app.seed(ADA).await;
        let first = half_way(app, ADA).await;
        let code_of_first = app.mailed_code(ADA).await;
        let second = half_way(app, ADA).await;
        let code_of_second = app.mailed_code(ADA).await;
        if code_of_first != code_of_second {
            second.prove("email_code", &code_of_first).await.expect_problem(422, "auth.code_invalid");
            first.prove("email_code", &code_of_second).await.expect_problem(422, "auth.code_invalid");
        }
        // A second sign-in does not void the code of the first.
        first.prove("email_code", &code_of_first).await.expect(200);
        second.prove("email_code", &code_of_second).await.expect(200);
    })
    .await;
}

#[actix_web::test]
async fn asvs_6_6_3_the_sixth_try_finds_the_code_void() {
    with_settings(CODES, async |app| {
        app.seed(ADA).await;
        let browser = half_way(app, ADA).await;
        let code = app.mailed_code(ADA).await;
        for _ in 0..5 {
            browser.prove("email_code", wrong(&code)).await.expect_problem(422, "auth.code_invalid");
        }
        browser.prove("email_code", &code).await.expect_problem(422, "auth.code_invalid");
        assert_eq!(state(&browser).await, "mfa_pending");
        let browser = half_way(app, ADA).await;
        app.clock.advance(Duration::from_mins(10));
        browser.prove("email_code", &app.mailed_code(ADA).await).await.expect_problem(401, "auth.required");
    })
    .await;
}

#[actix_web::test]
async fn a_code_is_mailed_again_twice_at_most() {
    with_settings(CODES, async |app| {
        app.seed(ADA).await;
        let browser = half_way(app, ADA).await;
        let first = app.mailed_code(ADA).await;
        let mut latest = first.clone();
        for _ in 0..2 {
            let answer = browser.post("/api/auth/login/mfa/resend", &json!({})).await.expect(202).json();
            assert_eq!(answer["data"]["state"], "mfa_pending");
            app.run_jobs().await;
            latest = app.mailed_code(ADA).await;
        }
        browser.post("/api/auth/login/mfa/resend", &json!({})).await.expect_problem(429, "rate_limited");
        assert_eq!(app.mails(ADA).await.len(), 3);
        if first != latest {
            browser.prove("email_code", &first).await.expect_problem(422, "auth.code_invalid");
        }
        browser.prove("email_code", &latest).await.expect(200);
        // Five sign-ins an hour may ask for a code; the sixth waits although the password is right.
        for _ in 0..4 {
            half_way(app, ADA).await;
        }
        app.browser().log_in(ADA, PASSWORD).await.expect_problem(429, "rate_limited");
        browser.log_in(ADA, PASSWORD).await.expect(200);
    })
    .await;
}

#[actix_web::test]
async fn whoever_has_just_confirmed_an_address_is_at_a_known_device() {
    with_settings(CODES, async |app| {
        let browser = app.browser();
        browser.become_customer("hedy@example.com").await.expect(200);
        app.run_jobs().await;
        browser.log_out().await.expect(204);
        browser.log_in("hedy@example.com", "orbit-kettle-31-plum").await.expect(200);
        app.browser().log_in("hedy@example.com", "orbit-kettle-31-plum").await.expect(202);
        app.run_jobs().await;
    })
    .await;
}

#[actix_web::test]
async fn a_second_factor_makes_the_mailed_code_unnecessary() {
    with_settings(CODES, async |app| {
        let ada = app.signed_in(ADA).await;
        ada.set_up_totp(app).await;
        let answer = app.browser().log_in(ADA, PASSWORD).await.expect(202).json();
        assert_eq!(answer["data"]["methods"], json!(["totp", "recovery_code"]));
        assert_eq!(ada.get("/api/me/mfa").await.expect(200).json()["data"]["email_code"], false);
    })
    .await;
}

async fn a_new_device_is_told_unless_it_is_the_first(app: &TestApp) {
    app.seed(ADA).await;
    let first = app.browser();
    first.log_in(ADA, PASSWORD).await.expect(200);
    assert_eq!(app.due_jobs().await, 0, "there was no other before");
    first.log_in(ADA, PASSWORD).await.expect(200);
    assert_eq!(app.due_jobs().await, 0, "it is known");
    app.browser().log_in(ADA, PASSWORD).await.expect(200);
    app.run_jobs().await;
    let mails = app.mails(ADA).await;
    assert_eq!(mails.len(), 1, "{mails:?}");
    assert!(mails[0]["subject"].as_str().unwrap().contains("new device"), "{}", mails[0]);
}

async fn a_planted_token_is_worth_nothing(app: &TestApp) {
    let mallory = app.signed_in("mallory@example.com").await;
    app.seed(ADA).await;
    // Mallory's own device token lies in the browser in which Ada signs in.
    let planted = mallory.cookies()[DEVICE].clone();
    let victim = app.browser();
    victim.set_cookie(DEVICE, &planted);
    victim.log_in(ADA, PASSWORD).await.expect(200);
    assert_ne!(victim.cookies()[DEVICE], planted);
    // What he kept of it is no device of hers, and none of his any more.
    let kept = app.browser();
    kept.set_cookie(DEVICE, &planted);
    kept.log_in(ADA, PASSWORD).await.expect(200);
    app.run_jobs().await;
    assert_eq!(app.mails(ADA).await.len(), 1, "it was a new device");
    // Two people at one browser are known both.
    victim.log_in("mallory@example.com", PASSWORD).await.expect(200);
    victim.log_in(ADA, PASSWORD).await.expect(200);
    assert_eq!(app.due_jobs().await, 0);
}
