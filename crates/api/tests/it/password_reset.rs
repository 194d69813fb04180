//! `POST /api/auth/forgot-password` and `…/reset-password`: who gets a code, what it does, and what it does not.

use std::time::Duration;

use futures::future::join_all;
use portal_api::store::{ProvisionState, UserStatus};
use serde_json::{Value, json};

use crate::helpers::{
    Answer, NEW_PASSWORD, PASSWORD, TestApp, challenge, new_key, not, on_both_engines, with_settings,
};

on_both_engines!(
    asvs_6_3_8_known_and_unknown_addresses_are_answered_alike,
    asvs_6_4_1_a_code_resets_once_and_not_after_ten_minutes,
    asvs_6_4_1_of_fifty_resets_one_wins,
    asvs_6_4_3_all_sessions_end_and_nobody_is_signed_in,
    asvs_6_3_7_the_owner_is_told_of_a_reset,
    asvs_6_5_5_a_code_belongs_to_its_request,
    asvs_6_6_3_five_wrong_codes_void_the_right_one,
    asvs_14_2_1_the_link_carries_the_code_in_its_fragment,
    a_new_request_voids_the_code_before,
    a_refused_password_does_not_use_the_code_up,
    a_customer_without_a_billing_account_resets_too,
    a_login_of_billing_alone_gets_nothing,
    a_disabled_user_gets_nothing,
    a_reset_ends_the_throttling_of_the_account,
    every_spelling_of_the_address_is_the_account,
    of_two_mailed_codes_the_newest_works,
    a_reset_is_in_the_audit_log,
);

const ADA: &str = "ada@example.com";
const INVALID: (u16, &str) = (422, "auth.code_invalid");

/// What an answer shows that is not random.
fn shape(answer: &Answer) -> (Vec<String>, Vec<String>) {
    let random = ["date", "x-request-id", "set-cookie"];
    let mut headers: Vec<String> = answer
        .headers
        .iter()
        .map(|(name, value)| match name.as_str() {
            name if random.contains(&name) => name.to_owned(),
            name => format!("{name}: {}", value.to_str().unwrap()),
        })
        .collect();
    headers.sort();
    (headers, answer.json()["data"].as_object().unwrap().keys().cloned().collect())
}

async fn asvs_6_3_8_known_and_unknown_addresses_are_answered_alike(app: &TestApp) {
    app.seed(ADA).await;
    let (known, unknown) = (app.browser(), app.browser());
    let to_known = known.forgot(ADA).await.expect(202);
    let to_unknown = unknown.forgot("nobody@example.com").await.expect(202);
    assert_eq!(shape(&to_known), shape(&to_unknown));
    app.run_jobs().await;
    assert_eq!(app.mails(ADA).await.len(), 1);
    assert!(app.mails("nobody@example.com").await.is_empty());
    let code = app.mailed_code(ADA).await;
    for (browser, accepted, code) in [(&unknown, &to_unknown, &code), (&known, &to_known, &not(&code))] {
        browser.reset(&challenge(accepted), code, NEW_PASSWORD).await.expect_problem(INVALID.0, INVALID.1);
    }
    app.browser().log_in(ADA, PASSWORD).await.expect(200);
}

async fn asvs_6_4_1_a_code_resets_once_and_not_after_ten_minutes(app: &TestApp) {
    app.seed(ADA).await;
    let browser = app.browser();
    let (late, code) = app.reset_code(&browser, ADA).await;
    app.advance(Duration::from_mins(10)).await;
    browser.reset(&late, &code, NEW_PASSWORD).await.expect_problem(INVALID.0, INVALID.1);

    let (challenge, code) = app.reset_code(&browser, ADA).await;
    app.advance(Duration::from_secs(599)).await;
    let done = browser.reset(&challenge, &code, NEW_PASSWORD).await.expect(204);
    assert!(done.body.is_empty());
    browser.reset(&challenge, &code, "another-good-1-pumpkin").await.expect_problem(INVALID.0, INVALID.1);
    app.browser().log_in(ADA, PASSWORD).await.expect_problem(401, "auth.invalid_credentials");
    app.browser().log_in(ADA, NEW_PASSWORD).await.expect(200);
    app.run_jobs().await;
}

async fn asvs_6_4_1_of_fifty_resets_one_wins(app: &TestApp) {
    app.seed(ADA).await;
    let browser = app.browser();
    let (challenge, code) = app.reset_code(&browser, ADA).await;
    let passwords: Vec<String> = (0..50).map(|number| format!("violin-gravel-{number}-moss")).collect();
    let browsers: Vec<_> = (0..50).map(|_| browser.copy()).collect();
    let tries = browsers.iter().zip(&passwords).map(|(browser, new)| browser.reset(&challenge, &code, new));
    let answers = join_all(tries).await;
    let won: Vec<usize> =
        answers.iter().enumerate().filter(|(_, answer)| answer.status == 204).map(|(at, _)| at).collect();
    assert!(won.len() <= 1, "{:?}", answers.iter().map(|answer| answer.status).collect::<Vec<_>>());
    for answer in answers.into_iter().filter(|answer| answer.status != 204) {
        match answer.status {
            503 => drop(answer.expect_problem(503, "busy")),
            _ => drop(answer.expect_problem(INVALID.0, INVALID.1)),
        }
    }
    // Fifty at once are more than the queue for passwords holds: it may be that all have to come back, and then one does.
    let password = won.first().map_or(NEW_PASSWORD, |at| passwords[*at].as_str());
    let once_more = browser.reset(&challenge, &code, NEW_PASSWORD).await;
    assert_eq!(once_more.status == 204, won.is_empty(), "once in all");
    app.browser().log_in(ADA, password).await.expect(200);
    app.run_jobs().await;
}

async fn asvs_6_4_3_all_sessions_end_and_nobody_is_signed_in(app: &TestApp) {
    let first = app.signed_in(ADA).await;
    let second = app.browser();
    second.log_in(ADA, PASSWORD).await.expect(200);
    let mallory = app.signed_in("mallory@example.com").await;
    for browser in [&first, &second, &mallory] {
        browser.get("/api/me").await.expect(200);
    }
    let (challenge, code) = app.reset_code(&first, ADA).await;
    let done = first.reset(&challenge, &code, NEW_PASSWORD).await.expect(204);
    assert_eq!(done.header("set-cookie"), "", "a reset signs nobody in");
    for browser in [&first, &second] {
        browser.get("/api/me").await.expect_problem(401, "auth.required");
    }
    mallory.get("/api/me").await.expect(200);
    app.run_jobs().await;
}

async fn asvs_6_3_7_the_owner_is_told_of_a_reset(app: &TestApp) {
    app.seed(ADA).await;
    let browser = app.browser();
    let (challenge, code) = app.reset_code(&browser, ADA).await;
    let request = browser
        .request(reqwest::Method::POST, "/api/auth/reset-password")
        .header("idempotency-key", new_key())
        .header("user-agent", "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0")
        .body(json!({ "challenge_id": challenge, "code": code, "password": NEW_PASSWORD }).to_string());
    browser.send(request).await.expect(204);
    app.run_jobs().await;
    let told = app.mails(ADA).await.remove(0);
    assert_eq!(told["subject"], "Customer portal: Your password was changed");
    let text = told["text"].as_str().unwrap();
    for part in ["Firefox on Linux", "127.0.0.1", " UTC", "http://localhost:4000/auth/forgot"] {
        assert!(text.contains(part), "{part} in {text}");
        assert!(told["html"].as_str().unwrap().contains(part), "{part} in {told}");
    }
}

async fn asvs_6_5_5_a_code_belongs_to_its_request(app: &TestApp) {
    app.seed(ADA).await;
    app.seed("mallory@example.com").await;
    let browser = app.browser();
    let (of_ada, code) = app.reset_code(&browser, ADA).await;
    let (of_mallory, other_code) = app.reset_code(&browser, "mallory@example.com").await;
    assert_ne!(code, other_code, "two codes are alike once in a million runs");
    browser.reset(&of_ada, &other_code, NEW_PASSWORD).await.expect_problem(INVALID.0, INVALID.1);
    browser.reset(&of_mallory, &code, NEW_PASSWORD).await.expect_problem(INVALID.0, INVALID.1);
    let unknown = json!("01890000-0000-7000-8000-000000000000");
    browser.reset(&unknown, &code, NEW_PASSWORD).await.expect_problem(INVALID.0, INVALID.1);
    // The code of a sign-up is none of these.
    let accepted = browser.sign_up("hedy@example.com").await.expect(202);
    app.run_jobs().await;
    let signup_code = app.mailed_code("hedy@example.com").await;
    browser
        .reset(&challenge(&accepted), &signup_code, NEW_PASSWORD)
        .await
        .expect_problem(INVALID.0, INVALID.1);
    browser.confirm(&of_ada, &code).await.expect_problem(INVALID.0, INVALID.1);
    browser.reset(&of_ada, &code, NEW_PASSWORD).await.expect(204);
    app.run_jobs().await;
}

async fn asvs_6_6_3_five_wrong_codes_void_the_right_one(app: &TestApp) {
    app.seed(ADA).await;
    let browser = app.browser();
    let (challenge, code) = app.reset_code(&browser, ADA).await;
    for _ in 0..5 {
        browser.reset(&challenge, &not(&code), NEW_PASSWORD).await.expect_problem(INVALID.0, INVALID.1);
    }
    browser.reset(&challenge, &code, NEW_PASSWORD).await.expect_problem(INVALID.0, INVALID.1);
    app.browser().log_in(ADA, PASSWORD).await.expect(200);
}

async fn asvs_14_2_1_the_link_carries_the_code_in_its_fragment(app: &TestApp) {
    app.seed(ADA).await;
    let (challenge, code) = app.reset_code(&app.browser(), ADA).await;
    let link = format!("http://localhost:4000/auth/reset#{}.{code}", challenge.as_str().unwrap());
    let mail = app.mails(ADA).await.remove(0);
    assert!(mail["text"].as_str().unwrap().contains(&link), "{mail}");
    assert!(mail["html"].as_str().unwrap().contains(&format!("href=\"{link}\"")), "{mail}");
    let url: url::Url = link.parse().unwrap();
    assert!(url.query().is_none() && !url.path().contains(&code));
}

async fn a_new_request_voids_the_code_before(app: &TestApp) {
    app.seed(ADA).await;
    let browser = app.browser();
    let (first, first_code) = app.reset_code(&browser, ADA).await;
    let (second, second_code) = app.reset_code(&app.browser(), ADA).await;
    for code in [&first_code, &second_code] {
        browser.reset(&first, code, NEW_PASSWORD).await.expect_problem(INVALID.0, INVALID.1);
    }
    browser.reset(&second, &second_code, NEW_PASSWORD).await.expect(204);
    app.run_jobs().await;
}

async fn a_refused_password_does_not_use_the_code_up(app: &TestApp) {
    app.seed(ADA).await;
    let browser = app.browser();
    let (challenge, code) = app.reset_code(&browser, ADA).await;
    for (password, what) in [
        ("passwordpassword", "/password password_weak"),
        ("correct horse battery staple", "/password password_common"),
        ("ada@example.com", "/password password_personal"),
        ("customer portal", "/password password_personal"),
        ("elevenchars", "/password too_short"),
        ("passwordpassword", "/password password_weak"),
        ("passwordpassword", "/password password_weak"),
    ] {
        let refused = browser.reset(&challenge, &code, password).await.expect_problem(422, "validation");
        assert_eq!(refused.field_errors(), [what]);
    }
    browser.reset(&challenge, &code, NEW_PASSWORD).await.expect(204);
    app.run_jobs().await;
}

async fn a_customer_without_a_billing_account_resets_too(app: &TestApp) {
    app.seed(ADA).await;
    let tx = app.app.db.as_system().await.unwrap();
    tx.mappings().set_state(app.user_id(ADA).await, ProvisionState::NeedsLink).await.unwrap();
    tx.commit().await.unwrap();
    let browser = app.browser();
    let (challenge, code) = app.reset_code(&browser, ADA).await;
    browser.reset(&challenge, &code, NEW_PASSWORD).await.expect(204);
    let view = browser.log_in(ADA, NEW_PASSWORD).await.expect(200);
    assert_eq!(view.json()["data"]["state"], "signed_in");
    app.run_jobs().await;
}

/// Grace has a login of WHMCS and none of the portal. Whoever types her address gets no mail sent to her.
async fn a_login_of_billing_alone_gets_nothing(app: &TestApp) {
    app.browser().forgot("grace@example.com").await.expect(202);
    app.run_jobs().await;
    assert!(app.mails("grace@example.com").await.is_empty());
    assert_eq!(app.calls("whmcs", "GetUsers").await, 0, "billing is not asked for strangers");
}

async fn a_disabled_user_gets_nothing(app: &TestApp) {
    app.seed(ADA).await;
    let browser = app.browser();
    let (challenge, code) = app.reset_code(&browser, ADA).await;
    let tx = app.app.db.as_system().await.unwrap();
    tx.account(app.user_id(ADA).await).set_status(UserStatus::Disabled).await.unwrap();
    tx.commit().await.unwrap();
    browser.reset(&challenge, &code, NEW_PASSWORD).await.expect_problem(INVALID.0, INVALID.1);
    app.browser().forgot(ADA).await.expect(202);
    app.run_jobs().await;
    assert_eq!(app.mails(ADA).await.len(), 1, "no second one");
}

async fn a_reset_ends_the_throttling_of_the_account(app: &TestApp) {
    app.seed(ADA).await;
    for _ in 0..10 {
        app.browser().log_in(ADA, "wrong").await.expect_problem(401, "auth.invalid_credentials");
    }
    app.browser().log_in(ADA, PASSWORD).await.expect_problem(429, "rate_limited");
    let browser = app.browser();
    let (challenge, code) = app.reset_code(&browser, ADA).await;
    browser.reset(&challenge, &code, NEW_PASSWORD).await.expect(204);
    app.browser().log_in(ADA, NEW_PASSWORD).await.expect(200);
    app.run_jobs().await;
}

async fn every_spelling_of_the_address_is_the_account(app: &TestApp) {
    app.seed(ADA).await;
    let browser = app.browser();
    let accepted = browser.forgot("  ADA@Example.COM ").await.expect(202);
    app.run_jobs().await;
    let code = app.mailed_code(ADA).await;
    browser.reset(&challenge(&accepted), &code, NEW_PASSWORD).await.expect(204);
    // The letter а of another script makes another address, and a sign that shows nothing makes none.
    let seen = app.mails(ADA).await.len();
    browser.forgot("\u{430}da@example.com").await.expect(202);
    let refused = browser.forgot("ada\u{200b}@example.com").await.expect_problem(422, "validation");
    assert_eq!(refused.field_errors(), ["/email email"]);
    app.run_jobs().await;
    assert_eq!(app.mails(ADA).await.len(), seen + 1, "the notice of the reset, and no code");
}

async fn of_two_mailed_codes_the_newest_works(app: &TestApp) {
    app.seed(ADA).await;
    app.fault(json!({ "target": "smtp", "action": "message", "kind": "did_then_failed", "times": 1 })).await;
    let browser = app.browser();
    let accepted = browser.forgot(ADA).await.expect(202);
    app.run_jobs().await;
    let first = app.mailed_code(ADA).await;
    app.advance(Duration::from_secs(2)).await;
    app.run_jobs().await;
    let newest = app.mailed_code(ADA).await;
    assert_ne!(first, newest, "two codes are alike once in a million runs");
    let challenge = challenge(&accepted);
    browser.reset(&challenge, &first, NEW_PASSWORD).await.expect_problem(INVALID.0, INVALID.1);
    browser.reset(&challenge, &newest, NEW_PASSWORD).await.expect(204);
    app.run_jobs().await;
}

async fn a_reset_is_in_the_audit_log(app: &TestApp) {
    app.seed(ADA).await;
    let browser = app.browser();
    let (challenge, code) = app.reset_code(&browser, ADA).await;
    browser.forgot("nobody@example.com").await.expect(202);
    app.run_jobs().await;
    browser.reset(&challenge, &code, NEW_PASSWORD).await.expect(204);
    app.run_jobs().await;
    browser.log_in(ADA, NEW_PASSWORD).await.expect(200);
    let activity = browser.get("/api/me/activity").await.expect(200).json();
    let lines: Vec<(&str, &str)> = activity["data"]
        .as_array()
        .unwrap()
        .iter()
        .filter(|line| line["event"] == "password.reset")
        .map(|line| (line["outcome"].as_str().unwrap(), line["network"].as_str().unwrap()))
        .collect();
    let mut sorted = lines.clone();
    sorted.sort_unstable();
    assert_eq!(sorted, [("asked", "127.0.0.1"), ("ok", "127.0.0.1")], "{activity}");
}

/// Addresses without an account are counted like others.
#[actix_web::test]
async fn asvs_6_3_1_requests_are_limited_by_address_and_by_network() {
    let settings = [("PORTAL_LIMIT_RESET_ADDRESS", "2"), ("PORTAL_LIMIT_RESET_SOURCE", "5")];
    with_settings(&settings, async |app| {
        app.seed(ADA).await;
        for email in [ADA, "nobody@example.com"] {
            for _ in 0..2 {
                app.browser().forgot(email).await.expect(202);
            }
            let limited = app.browser().forgot(email).await.expect_problem(429, "rate_limited");
            assert_ne!(limited.header("retry-after"), "");
        }
        // Six have been asked for by now, from one network.
        app.browser().forgot("another@example.com").await.expect_problem(429, "rate_limited");
        app.run_jobs().await;
        // The owner can still use what was mailed.
        let code = app.mailed_code(ADA).await;
        let text = app.mails(ADA).await[0]["text"].as_str().unwrap().to_owned();
        let (_, fragment) = text.split_once("/auth/reset#").unwrap();
        let challenge: Value = json!(fragment.split('.').next().unwrap());
        app.browser().reset(&challenge, &code, NEW_PASSWORD).await.expect(204);
        app.run_jobs().await;
    })
    .await;
}
