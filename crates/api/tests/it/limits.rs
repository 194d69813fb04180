//! How often somebody may try: by account, by address, by network, and when nobody can count.

use std::time::Duration;

use serde_json::json;

use crate::helpers::{
    Answer, Browser, PASSWORD, TestApp, new_key, on_both_engines, sign_up_form, with_settings,
};

on_both_engines!(
    the_eleventh_failure_of_an_account_has_to_wait,
    an_unknown_account_is_limited_like_a_known_one,
    signing_in_forgets_the_failures,
    six_codes_for_one_address_are_too_many,
    a_limit_that_cannot_be_counted_refuses,
);

#[track_caller]
fn limited(answer: Answer) -> u64 {
    let seconds = answer.expect_problem(429, "rate_limited").header("retry-after").parse().unwrap();
    assert!((1..=3600).contains(&seconds), "{seconds}");
    seconds
}

async fn fail(browser: &Browser<'_>, email: &str, times: usize) {
    for _ in 0..times {
        browser.log_in(email, "not the password").await.expect_problem(401, "auth.invalid_credentials");
    }
}

async fn the_eleventh_failure_of_an_account_has_to_wait(app: &TestApp) {
    app.seed("ada@example.com").await;
    app.seed("mallory@example.com").await;
    let browser = app.browser();
    fail(&browser, "ada@example.com", 10).await;
    let seconds = limited(browser.log_in(" ADA@example.com", PASSWORD).await);
    assert!(seconds <= 360, "one more in a tenth of an hour, not in {seconds} s");
    browser.log_in("mallory@example.com", PASSWORD).await.expect(200);

    app.clock.advance(Duration::from_secs(seconds));
    browser.log_in("ada@example.com", PASSWORD).await.expect(200);
}

async fn an_unknown_account_is_limited_like_a_known_one(app: &TestApp) {
    app.seed("ada@example.com").await;
    let mut waits = Vec::new();
    for email in ["ada@example.com", "nobody@example.com"] {
        fail(&app.browser(), email, 10).await;
        waits.push(limited(app.browser().log_in(email, PASSWORD).await));
    }
    assert_eq!(waits[0], waits[1]);
}

async fn signing_in_forgets_the_failures(app: &TestApp) {
    app.seed("ada@example.com").await;
    let browser = app.browser();
    fail(&browser, "ada@example.com", 9).await;
    browser.log_in("ada@example.com", PASSWORD).await.expect(200);
    fail(&browser, "ada@example.com", 10).await;
    limited(browser.log_in("ada@example.com", PASSWORD).await);
}

async fn six_codes_for_one_address_are_too_many(app: &TestApp) {
    let browser = app.browser();
    for _ in 0..5 {
        browser.sign_up("hedy@example.com").await.expect(202);
    }
    let (key, form) = (new_key(), sign_up_form("Hedy@example.com"));
    let seconds = limited(browser.post_with_key("/api/auth/signup", &key, &form).await);
    browser.sign_up("emmy@example.com").await.expect(202);
    app.run_jobs().await;
    // Every sign-up voids the one before, so that there is a mail for the last one only.
    assert_eq!(app.mails("hedy@example.com").await.len(), 1);

    // The key was given back: the same request may come again later.
    app.advance(Duration::from_secs(seconds)).await;
    browser.post_with_key("/api/auth/signup", &key, &form).await.expect(202);
    app.run_jobs().await;
}

async fn a_limit_that_cannot_be_counted_refuses(app: &TestApp) {
    app.seed("ada@example.com").await;
    let replica = app.replica().await;
    let browser = app.browser().at(&replica.base);
    browser.log_in("ada@example.com", PASSWORD).await.expect(200);
    replica.app.db.close().await.unwrap();
    let stranger = app.browser().at(&replica.base);
    let refused = stranger.log_in("ada@example.com", PASSWORD).await.expect_problem(503, "busy");
    assert_ne!(refused.header("retry-after"), "");
    stranger.sign_up("hedy@example.com").await.expect_problem(503, "busy");
    stranger
        .confirm(&json!("01890000-0000-7000-8000-000000000000"), "123456")
        .await
        .expect_problem(503, "busy");
    assert!(!stranger.cookies().contains_key("portal_session_dev"));
    replica.stop().await;
}

/// A sign-in as nobody, said to come from an address.
async fn from(app: &TestApp, forwarded: &str, round: usize) -> Answer {
    let email = format!("nobody{round}@example.com");
    let request =
        app.http.post(format!("{}/api/auth/login", app.base)).header("origin", "http://localhost:4000");
    let request = request.header("content-type", "application/json").header("x-forwarded-for", forwarded);
    app.browser()
        .send(request.body(json!({ "email": email, "password": "not the password" }).to_string()))
        .await
}

#[actix_web::test]
async fn a_stranger_cannot_choose_the_network_that_is_counted() {
    with_settings(&[("PORTAL_LIMIT_LOGIN_SOURCE", "3")], async |app| {
        for round in 0..3 {
            from(app, &format!("198.51.100.{round}"), round)
                .await
                .expect_problem(401, "auth.invalid_credentials");
        }
        limited(from(app, "198.51.100.77", 3).await);
    })
    .await;
}

#[actix_web::test]
async fn behind_a_trusted_proxy_each_network_counts_for_itself() {
    let settings = [("PORTAL_LIMIT_LOGIN_SOURCE", "3"), ("PORTAL_TRUSTED_PROXIES", "127.0.0.1")];
    with_settings(&settings, async |app| {
        for round in 0..3 {
            from(app, "6.6.6.6, 198.51.100.1", round).await.expect_problem(401, "auth.invalid_credentials");
        }
        // What stands before the proxy's own word is the client's invention.
        limited(from(app, "7.7.7.7, 198.51.100.1", 3).await);
        from(app, "198.51.100.2", 4).await.expect_problem(401, "auth.invalid_credentials");
        // A customer has a whole IPv6 network.
        for round in 5..8 {
            from(app, &format!("2001:db8:1:2::{round}"), round)
                .await
                .expect_problem(401, "auth.invalid_credentials");
        }
        limited(from(app, "2001:db8:1:2:ffff::9", 8).await);
    })
    .await;
}

#[actix_web::test]
async fn sign_ups_and_codes_are_counted_by_network() {
    let settings = [("PORTAL_LIMIT_SIGNUP_SOURCE", "2"), ("PORTAL_LIMIT_CONFIRM_SOURCE", "2")];
    with_settings(&settings, async |app| {
        for round in 0..2 {
            app.browser().sign_up(&format!("hedy{round}@example.com")).await.expect(202);
        }
        limited(app.browser().sign_up("hedy9@example.com").await);
        let challenge = json!("01890000-0000-7000-8000-000000000000");
        for code in ["000001", "000002"] {
            app.browser().confirm(&challenge, code).await.expect_problem(422, "auth.code_invalid");
        }
        limited(app.browser().confirm(&challenge, "000003").await);
        app.run_jobs().await;
    })
    .await;
}

#[actix_web::test]
async fn links_into_whmcs_are_counted_by_user() {
    with_settings(&[("PORTAL_LIMIT_SSO_LINKS", "2")], async |app| {
        let ada = app.signed_in("ada@example.com").await;
        let view = json!({ "purpose": "view" });
        for _ in 0..2 {
            ada.post_with_key("/api/invoices/7/sso-link", &new_key(), &view).await.expect(200);
        }
        limited(ada.post_with_key("/api/invoices/7/sso-link", &new_key(), &view).await);
        assert_eq!(app.calls("whmcs", "CreateSsoToken").await, 2);
    })
    .await;
}
