//! `GET /api/me/activity`, the same as a table, and `GET /api/me/export`.

use std::time::Duration;

use serde_json::{Value, json};

use crate::helpers::{Browser, PASSWORD, TestApp, on_both_engines, with_settings};

on_both_engines!(
    activity_comes_in_pages_that_do_not_move,
    activity_is_ones_own_and_made_for_people,
    wrong_parameters_are_refused,
    the_table_holds_the_same,
    asvs_14_2_7_everything_of_ones_own_can_be_taken_along,
    asvs_7_5_1_taking_data_along_needs_a_recent_proof,
);

const ADA: &str = "ada@example.com";

async fn lines(browser: &Browser<'_>, query: &str) -> (Vec<Value>, Option<String>) {
    let page = browser.get(&format!("/api/me/activity{query}")).await.expect(200).json();
    let next = page.get("next").map(|next| next.as_str().unwrap().to_owned());
    (page["data"].as_array().unwrap().clone(), next)
}

async fn activity_comes_in_pages_that_do_not_move(app: &TestApp) {
    let browser = app.signed_in(ADA).await;
    for _ in 0..6 {
        app.advance(Duration::from_secs(1)).await;
        app.browser().log_in(ADA, "wrong").await.expect_problem(401, "auth.invalid_credentials");
    }
    let (first, next) = lines(&browser, "?size=3").await;
    assert_eq!(first.len(), 3);
    assert!(first.iter().all(|line| line["event"] == "session.sign_in" && line["outcome"] == "refused"));
    // Something happens between two pages.
    app.browser().log_in(ADA, "wrong").await.expect_problem(401, "auth.invalid_credentials");
    let (second, next) = lines(&browser, &format!("?size=3&before={}", next.unwrap())).await;
    let (third, end) = lines(&browser, &format!("?size=3&before={}", next.unwrap())).await;
    assert_eq!((second.len(), third.len(), end), (3, 1, None));
    let all: Vec<&Value> = first.iter().chain(&second).chain(&third).collect();
    let mut times: Vec<&str> = all.iter().map(|line| line["at"].as_str().unwrap()).collect();
    assert!(times.is_sorted_by(|a, b| a >= b), "{times:?}");
    times.dedup();
    assert_eq!(times.len(), 7, "each line once");
    assert_eq!(third[0]["outcome"], "ok", "the first sign-in is the oldest");
    assert_eq!(third[0]["network"], "127.0.0.1");
}

async fn activity_is_ones_own_and_made_for_people(app: &TestApp) {
    let hedy = app.browser();
    hedy.become_customer("hedy@example.com").await.expect(200);
    app.run_jobs().await;
    let mallory = app.signed_in("mallory@example.com").await;
    let (own, _) = lines(&hedy, "").await;
    let events: Vec<&str> = own.iter().map(|line| line["event"].as_str().unwrap()).collect();
    assert_eq!(events, ["account.sign_up"], "not how the account was set up behind");
    let (strangers, _) = lines(&mallory, &format!("?before={}", own[0]["id"].as_str().unwrap())).await;
    assert!(strangers.iter().all(|line| line["event"] == "session.sign_in"), "{strangers:?}");
}

async fn wrong_parameters_are_refused(app: &TestApp) {
    let browser = app.signed_in(ADA).await;
    for query in ["size=0", "size=101", "size=x", "before=x", "page=1", "size=1&size=2", "before="] {
        browser.get(&format!("/api/me/activity?{query}")).await.expect_problem(400, "request.malformed");
    }
}

async fn the_table_holds_the_same(app: &TestApp) {
    let browser = app.signed_in(ADA).await;
    app.browser().log_in(ADA, "wrong").await.expect_problem(401, "auth.invalid_credentials");
    let answer = browser.get("/api/me/activity/csv").await.expect(200);
    assert_eq!(answer.header("content-type"), "text/csv; charset=utf-8; header=present");
    assert_eq!(answer.header("content-disposition"), "attachment; filename=\"activity.csv\"");
    assert_eq!(answer.header("cache-control"), "no-store");
    let text = String::from_utf8(answer.body.to_vec()).unwrap();
    let rows: Vec<&str> = text.split_terminator("\r\n").collect();
    assert_eq!(rows[0], "time,event,outcome,device,network");
    let (listed, _) = lines(&browser, "").await;
    assert_eq!(rows.len(), listed.len() + 1, "{text}");
    assert!(rows[1..].iter().all(|row| row.ends_with(",127.0.0.1")), "{text}");
    app.browser().get("/api/me/activity/csv").await.expect_problem(401, "auth.required");
}

async fn asvs_14_2_7_everything_of_ones_own_can_be_taken_along(app: &TestApp) {
    let mallory = app.signed_in("mallory@example.com").await;
    mallory.get("/api/me").await.expect(200);
    let browser = app.signed_in(ADA).await;
    app.advance(Duration::from_secs(1)).await;
    let answer = browser.get("/api/me/export").await.expect(200);
    assert_eq!(answer.header("content-disposition"), "attachment; filename=\"portal-data.json\"");
    assert_eq!(answer.header("cache-control"), "no-store");
    let file = answer.json();
    assert_eq!(file["profile"]["email"], ADA);
    assert_eq!(file["profile"]["last_name"], "Lovelace");
    assert_eq!(file["sessions"].as_array().unwrap().len(), 1);
    assert!(file["accounts"][0]["client_id"].is_u64(), "{file}");
    assert_eq!(file["accounts"][0]["support_account_id"].as_str().unwrap().len(), 18);
    assert_eq!(file["factors"], json!({ "totp_since": null, "recovery_codes_left": 0, "passkeys": [] }));
    assert_eq!(file["activity"][0]["event"], "account.export", "the file tells of itself");
    let text = String::from_utf8_lossy(&answer.body).into_owned();
    let token = &browser.cookies()["portal_session_dev"];
    for secret in ["argon2", "hash", "sealed", "mallory", token.as_str()] {
        assert!(!text.contains(secret), "{secret} in {text}");
    }
}

async fn asvs_7_5_1_taking_data_along_needs_a_recent_proof(app: &TestApp) {
    let browser = app.signed_in(ADA).await;
    app.advance(Duration::from_secs(301)).await;
    browser.get("/api/me/export").await.expect_problem(403, "auth.step_up_required");
    browser.get("/api/me/activity/csv").await.expect(200);
    browser.log_in(ADA, PASSWORD).await.expect(200);
    browser.get("/api/me/export").await.expect(200);
}

#[actix_web::test]
async fn taking_data_along_is_limited() {
    with_settings(&[("PORTAL_LIMIT_EXPORTS", "2")], async |app| {
        let browser = app.signed_in(ADA).await;
        browser.get("/api/me/export").await.expect(200);
        browser.get("/api/me/activity/csv").await.expect(200);
        for path in ["/api/me/export", "/api/me/activity/csv"] {
            browser.get(path).await.expect_problem(429, "rate_limited");
        }
    })
    .await;
}
