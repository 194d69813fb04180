//! `POST /api/auth/login`: who gets in, and what the others learn.

use futures::future::join_all;
use portal_api::store::UserStatus;
use secrecy::ExposeSecret as _;
use serde_json::Value;

use crate::helpers::{Answer, PASSWORD, TestApp, on_both_engines, with_settings};

on_both_engines!(
    asvs_6_3_8_refusals_are_all_alike,
    asvs_7_2_4_each_sign_in_has_a_session_of_its_own,
    a_hash_under_an_older_key_is_replaced,
);

/// Everything but what is different in any two answers.
fn shape(answer: &Answer) -> (u16, Vec<String>, Value) {
    let mut problem = answer.json();
    problem["instance"] = Value::Null;
    let mut headers: Vec<String> = answer
        .headers
        .iter()
        .filter(|(name, _)| !["date", "x-request-id"].contains(&name.as_str()))
        .map(|(name, value)| format!("{name}: {}", value.to_str().unwrap()))
        .collect();
    headers.sort();
    (answer.status, headers, problem)
}

async fn asvs_6_3_8_refusals_are_all_alike(app: &TestApp) {
    app.seed("ada@example.com").await;
    app.seed("mallory@example.com").await;
    let mallory = app.user_id("mallory@example.com").await;
    let tx = app.app.db.as_system().await.unwrap();
    assert!(tx.account(mallory).set_status(UserStatus::Disabled).await.unwrap());
    tx.commit().await.unwrap();

    let browser = app.browser();
    let wrong = browser
        .log_in("ada@example.com", "not her password")
        .await
        .expect_problem(401, "auth.invalid_credentials");
    let unknown =
        browser.log_in("nobody@example.com", PASSWORD).await.expect_problem(401, "auth.invalid_credentials");
    let disabled =
        browser.log_in("mallory@example.com", PASSWORD).await.expect_problem(401, "auth.invalid_credentials");
    assert_eq!(shape(&wrong), shape(&unknown));
    assert_eq!(shape(&wrong), shape(&disabled));
    assert!(browser.cookies().is_empty(), "{:?}", browser.cookies());

    let answer = browser.log_in(" ADA@example.com", PASSWORD).await.expect(200);
    assert_eq!(answer.json()["data"]["user"]["email"], "ada@example.com");
    assert!(
        !String::from_utf8_lossy(&answer.body).contains(&browser.cookies()["portal_session_dev"]),
        "the token is in the cookie only"
    );
}

async fn asvs_7_2_4_each_sign_in_has_a_session_of_its_own(app: &TestApp) {
    let browser = app.signed_in("ada@example.com").await;
    let former = browser.copy();
    former.get("/api/me").await.expect(200);

    browser.log_in("ada@example.com", PASSWORD).await.expect(200);
    assert_ne!(browser.cookies(), former.cookies());
    former.get("/api/me").await.expect_problem(401, "auth.required");
    browser.get("/api/me").await.expect(200);

    // A refused one changes nothing.
    browser
        .log_in("ada@example.com", "not her password")
        .await
        .expect_problem(401, "auth.invalid_credentials");
    browser.get("/api/me").await.expect(200);

    // The next person at this browser ends the session of the one before.
    app.seed("mallory@example.com").await;
    let ada = browser.copy();
    browser.log_in("mallory@example.com", PASSWORD).await.expect(200);
    ada.get("/api/me").await.expect_problem(401, "auth.required");
}

async fn a_hash_under_an_older_key_is_replaced(app: &TestApp) {
    const ROTATED: &str =
        "k2:AgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgI=,dev:cG9ydGFsIGRldmVsb3BtZW50IGtleSwgbm90IHNlY3I=";
    app.seed("ada@example.com").await;
    let ada = app.user_id("ada@example.com").await;
    let hash = async || {
        let tx = app.app.db.read_as_system().await.unwrap();
        tx.account(ada).password_hash().await.unwrap().unwrap().expose_secret().to_owned()
    };
    let replica = app.replica_with(&[("PORTAL_KEYS", ROTATED)]).await;
    let browser = app.browser().at(&replica.base);
    assert!(hash().await.starts_with("dev:$argon2id$v=19$m=19456,t=2,p=1$"));
    browser
        .log_in("ada@example.com", "not her password")
        .await
        .expect_problem(401, "auth.invalid_credentials");
    assert!(hash().await.starts_with("dev:"), "a wrong password replaces nothing");
    browser.log_in("ada@example.com", PASSWORD).await.expect(200);
    let replaced = hash().await;
    assert!(replaced.starts_with("k2:$argon2id$v=19$m=19456,t=2,p=1$"), "{replaced}");
    browser.log_in("ada@example.com", PASSWORD).await.expect(200);
    assert_eq!(hash().await, replaced, "once is enough");
    replica.stop().await;
}

/// Were nothing hashed for unknown accounts, their requests would never find the queue full.
#[actix_web::test]
async fn a_full_queue_is_busy_for_unknown_accounts_too() {
    let settings = [
        ("PORTAL_PASSWORD_QUEUE", "1"),
        ("PORTAL_LIMIT_LOGIN_ACCOUNT", "1000"),
        ("PORTAL_LIMIT_LOGIN_SOURCE", "1000"),
    ];
    with_settings(&settings, async |app| {
        app.seed("ada@example.com").await;
        for email in ["nobody@example.com", "ada@example.com"] {
            let browser = app.browser();
            let answers = join_all((0..40).map(|_| browser.log_in(email, "not the password"))).await;
            let (mut refused, mut busy) = (0, 0);
            for answer in answers {
                if answer.status == 401 {
                    refused +=
                        usize::from(answer.expect_problem(401, "auth.invalid_credentials").status == 401);
                } else {
                    let answer = answer.expect_problem(503, "busy");
                    assert!(answer.header("retry-after").parse::<u64>().unwrap() >= 1);
                    busy += 1;
                }
            }
            assert!(refused > 0 && busy > 0, "{email}: {refused} refused, {busy} busy");
        }
    })
    .await;
}
