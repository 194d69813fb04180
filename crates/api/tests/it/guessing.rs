//! Somebody guesses passwords from everywhere. The owner gets in, the guesser learns nothing.
//!
//! Scaled down ten times, so that the tests end soon: 1,000 guesses from 50 addresses instead of 10,000, and 3 tries an hour and network
//! instead of 30. The clock stands still meanwhile, which is harder on the owner than an hour would be.

use std::time::Duration;

use serde_json::{Value, json};

use crate::helpers::{Answer, PASSWORD, TestApp, with_settings};

const ADA: &str = "ada@example.com";
const SETTINGS: &[(&str, &str)] =
    &[("PORTAL_TRUSTED_PROXIES", "127.0.0.1"), ("PORTAL_LIMIT_LOGIN_SOURCE", "3")];
const NETWORKS: usize = 50;
const GUESSES: usize = 1_000;

async fn log_in(app: &TestApp, from: &str, cookie: &str, email: &str, password: &str) -> Answer {
    let request = app.http.post(format!("{}/api/auth/login", app.base)).header("cookie", cookie);
    let request = request.header("origin", "http://localhost:4000").header("x-forwarded-for", from);
    let body = json!({ "email": email, "password": password }).to_string();
    Answer::of(request.header("content-type", "application/json").body(body).send().await.unwrap()).await
}

/// What the guesser sees of an answer.
fn seen(answer: &Answer) -> (u16, Value, Value) {
    let body = answer.json();
    (answer.status, body["code"].clone(), body["data"]["methods"].clone())
}

/// All guesses against one address, in turn from each network.
async fn attack(app: &TestApp, email: &str, block: u8) -> Vec<(u16, Value, Value)> {
    let mut answers = Vec::new();
    for round in 0..GUESSES {
        let from = format!("198.51.{block}.{}", round % NETWORKS);
        answers.push(seen(&log_in(app, &from, "", email, &format!("guess number {round}")).await));
    }
    answers
}

fn cookies(answer: &Answer) -> String {
    let all = answer.headers.get_all("set-cookie").iter();
    all.map(|cookie| cookie.to_str().unwrap().split(';').next().unwrap().to_owned())
        .collect::<Vec<_>>()
        .join("; ")
}

async fn prove(app: &TestApp, cookie: &str, code: &str) -> Answer {
    let request = app.http.post(format!("{}/api/auth/login/mfa", app.base)).header("cookie", cookie);
    let request =
        request.header("origin", "http://localhost:4000").header("content-type", "application/json");
    let body = json!({ "method": "email_code", "code": code }).to_string();
    Answer::of(request.body(body).send().await.unwrap()).await
}

#[actix_web::test]
async fn asvs_6_3_1_guessing_never_locks_the_owner_out() {
    with_settings(SETTINGS, async |app| {
        app.seed(ADA).await;
        let home = cookies(&log_in(app, "192.0.2.1", "", ADA, PASSWORD).await.expect(200));
        let device = home.split("; ").find(|cookie| cookie.starts_with("portal_device")).unwrap().to_owned();

        let against_ada = attack(app, ADA, 100).await;
        let count = |status: u16| against_ada.iter().filter(|seen| seen.0 == status).count();
        // Ten passwords were looked at and called wrong; then the account waited, then it no longer said which password is right.
        assert_eq!(count(401), 10);
        assert_eq!(count(202), 3 * NETWORKS - 100, "the rest of what the networks may");
        assert_eq!(count(429), GUESSES - 3 * NETWORKS + 90);
        assert_eq!(app.mails(ADA).await.len(), 0, "no guess was right, so nothing is mailed");

        // On her own device she is in at once, even from a network of the attack.
        log_in(app, "198.51.100.7", &device, ADA, PASSWORD).await.expect(200);
        let wrong = log_in(app, "192.0.2.1", &device, ADA, "a slip of hers").await;
        wrong.expect_problem(401, "auth.invalid_credentials");
        // On a new one with password and mailed code.
        app.run_jobs().await;
        let new = log_in(app, "203.0.113.5", "", ADA, PASSWORD).await.expect(202);
        assert_eq!(new.json()["data"]["methods"], json!(["email_code"]));
        app.run_jobs().await;
        let code = app.mailed_code(ADA).await;
        prove(app, &cookies(&new), &code).await.expect(200);

        // Silence of a day, and everything is as before.
        app.advance(Duration::from_hours(25)).await;
        log_in(app, "203.0.113.9", "", ADA, "a slip of hers").await.expect(401);
        log_in(app, "203.0.113.9", "", ADA, PASSWORD).await.expect(200);
        app.run_jobs().await;
    })
    .await;
}

#[actix_web::test]
async fn asvs_6_3_8_guesses_against_nobody_are_answered_alike() {
    with_settings(SETTINGS, async |app| {
        app.seed(ADA).await;
        let known = attack(app, ADA, 100).await;
        let unknown = attack(app, "nobody@example.com", 101).await;
        assert_eq!(known, unknown);
        app.run_jobs().await;
        assert_eq!(app.mails("nobody@example.com").await.len(), 0);
    })
    .await;
}

/// Under attack the right password gives the same answer as a wrong one, and its cookie acts the same.
#[actix_web::test]
async fn under_attack_a_right_guess_looks_like_a_wrong_one() {
    let settings = [("PORTAL_LIMIT_LOGIN_CAP", "2"), ("PORTAL_LIMIT_LOGIN_ACCOUNT", "2")];
    with_settings(&settings, async |app| {
        // With an authenticator app, which must not show either.
        let ada = app.signed_in(ADA).await;
        let (authenticator, _) = ada.set_up_totp(app).await;
        for _ in 0..2 {
            app.browser().log_in(ADA, "not her password").await.expect(401);
        }
        let (right, wrong, nobody) = (app.browser(), app.browser(), app.browser());
        for _ in 0..2 {
            nobody.log_in("nobody@example.com", "whatever it is").await.expect(401);
        }
        let mut answers = Vec::new();
        for (browser, email, password) in [
            (&right, ADA, PASSWORD),
            (&wrong, ADA, "not her password"),
            (&nobody, "nobody@example.com", "whatever it is"),
        ] {
            let signed = browser.log_in(email, password).await.expect(202);
            let pending = browser.get("/api/auth/session").await.expect(200).json();
            assert_eq!(signed.json(), pending);
            let refused = browser.get("/api/me").await.expect_problem(401, "auth.mfa_required");
            let totp =
                browser.prove("totp", &authenticator.code(app)).await.expect_problem(422, "validation");
            let code = browser.prove("email_code", "12345x").await.expect_problem(422, "auth.code_invalid");
            let again = browser.post("/api/auth/login/mfa/resend", &json!({})).await.expect(202);
            let statuses = [&refused, &totp, &code, &again].map(|answer| answer.status);
            let names: Vec<String> = browser.cookies().into_keys().collect();
            answers.push((pending, statuses, names));
        }
        assert_eq!(answers[0], answers[1]);
        assert_eq!(answers[0], answers[2]);
        app.run_jobs().await;

        // Only the right one leads on: to the mailed code, and then to the second factor.
        let code = app.mailed_code(ADA).await;
        wrong.prove("email_code", &code).await.expect_problem(422, "auth.code_invalid");
        let half = right.copy();
        let answer = right.prove("email_code", &code).await.expect(202).json();
        assert_eq!(answer["data"]["methods"], json!(["totp", "recovery_code"]));
        half.prove("email_code", &code).await.expect_problem(401, "auth.required");
        app.clock.advance(Duration::from_secs(30));
        right.prove("totp", &authenticator.code(app)).await.expect(200);

        for browser in [wrong, nobody] {
            let kept = browser.copy();
            browser.log_out().await.expect(204);
            let state = kept.get("/api/auth/session").await.expect(200).json();
            assert_eq!(state["data"]["state"], "anonymous");
        }
        app.run_jobs().await;
    })
    .await;
}

#[actix_web::test]
async fn waits_grow_with_each_failure_and_end() {
    with_settings(&[("PORTAL_LIMIT_LOGIN_ACCOUNT", "3")], async |app| {
        app.seed(ADA).await;
        let browser = app.browser();
        for _ in 0..3 {
            browser.log_in(ADA, "not her password").await.expect_problem(401, "auth.invalid_credentials");
        }
        for minutes in [1_u64, 2, 4, 8, 15, 15] {
            let limited = browser.log_in(ADA, PASSWORD).await.expect_problem(429, "rate_limited");
            assert_eq!(limited.header("retry-after"), (minutes * 60).to_string());
            app.clock.advance(Duration::from_mins(minutes));
            browser.log_in(ADA, "not her password").await.expect_problem(401, "auth.invalid_credentials");
        }
        app.clock.advance(Duration::from_mins(15));
        browser.log_in(ADA, PASSWORD).await.expect(200);
        // The account has forgotten the failures, and the device is known.
        for _ in 0..3 {
            app.browser()
                .log_in(ADA, "not her password")
                .await
                .expect_problem(401, "auth.invalid_credentials");
        }
        for _ in 0..10 {
            browser.log_in(ADA, "not her password").await.expect_problem(401, "auth.invalid_credentials");
        }
        let limited = browser.log_in(ADA, PASSWORD).await.expect_problem(429, "rate_limited");
        assert_eq!(limited.header("retry-after"), "90", "ten in a quarter of an hour");
        app.clock.advance(Duration::from_secs(90));
        browser.log_in(ADA, PASSWORD).await.expect(200);
    })
    .await;
}

/// Everybody's budget bounds what many networks can do together; known devices do not draw on it, nor do successes.
#[actix_web::test]
async fn all_strange_devices_share_a_budget() {
    let settings = [("PORTAL_TRUSTED_PROXIES", "127.0.0.1"), ("PORTAL_LIMIT_LOGIN_UNKNOWN", "5")];
    with_settings(&settings, async |app| {
        let ada = app.signed_in(ADA).await;
        for round in 0..8 {
            app.seed("mallory@example.com").await;
            log_in(app, &format!("203.0.113.{round}"), "", "mallory@example.com", PASSWORD).await.expect(200);
        }
        for round in 0..5 {
            let email = format!("nobody{round}@example.com");
            let answer = log_in(app, &format!("198.51.100.{round}"), "", &email, "a guess").await;
            answer.expect_problem(401, "auth.invalid_credentials");
        }
        let limited = log_in(app, "198.51.100.99", "", "nobody9@example.com", "a guess").await;
        limited.expect_problem(429, "rate_limited");
        ada.log_in(ADA, PASSWORD).await.expect(200);
        app.clock.advance(Duration::from_mins(12));
        log_in(app, "198.51.100.99", "", "nobody9@example.com", "a guess").await.expect(401);
        app.run_jobs().await;
    })
    .await;
}
