//! Sessions: how long they last, how they end, and what carries them.

use std::time::Duration;

use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};
use chrono::TimeDelta;
use portal_api::{bus::Event, store::UserStatus};
use serde_json::json;
use sha2::{Digest as _, Sha256};
use shared_types::{auth::SessionView, page::DataView};

use crate::helpers::{Answer, Browser, PASSWORD, TestApp, on_both_engines, with_settings};

on_both_engines!(
    asvs_7_2_2_a_cookie_with_one_bit_changed_is_nobodys,
    asvs_7_3_1_half_an_hour_of_silence_ends_a_session,
    asvs_7_3_2_twelve_hours_end_a_session_in_use,
    asvs_7_4_1_signing_out_ends_the_session_here,
    asvs_7_4_1_signing_out_ends_the_session_on_other_replicas,
    a_user_has_ten_sessions_at_most,
    asvs_7_4_2_a_disabled_user_is_out,
    the_session_says_who_is_signed_in,
);

const COOKIE: &str = "portal_session_dev";

fn minutes(count: u64) -> Duration {
    Duration::from_mins(count)
}

fn token(browser: &Browser<'_>) -> Vec<u8> {
    URL_SAFE_NO_PAD.decode(&browser.cookies()[COOKIE]).unwrap()
}

async fn asvs_7_2_2_a_cookie_with_one_bit_changed_is_nobodys(app: &TestApp) {
    let browser = app.signed_in("ada@example.com").await;
    let token = token(&browser);
    assert_eq!(token.len(), 32);
    for byte in [0, 15, 31] {
        let mut changed = token.clone();
        changed[byte] ^= 1;
        let thief = browser.copy();
        thief.set_cookie(COOKIE, &URL_SAFE_NO_PAD.encode(changed));
        thief.get("/api/me").await.expect_problem(401, "auth.required");
        assert_eq!(thief.get("/api/auth/session").await.expect(200).json()["data"]["state"], "anonymous");
    }
    for rubbish in ["", "x", &"A".repeat(43), &"A".repeat(5000)] {
        let thief = browser.copy();
        thief.set_cookie(COOKIE, rubbish);
        thief.get("/api/me").await.expect_problem(401, "auth.required");
    }
    browser.get("/api/me").await.expect(200);
}

async fn asvs_7_3_1_half_an_hour_of_silence_ends_a_session(app: &TestApp) {
    let browser = app.signed_in("ada@example.com").await;
    for _ in 0..3 {
        app.clock.advance(minutes(29));
        browser.get("/api/me").await.expect(200);
    }
    app.clock.advance(minutes(31));
    browser.get("/api/me").await.expect_problem(401, "auth.required");
    assert_eq!(browser.get("/api/auth/session").await.expect(200).json()["data"]["state"], "anonymous");
}

async fn asvs_7_3_2_twelve_hours_end_a_session_in_use(app: &TestApp) {
    let browser = app.signed_in("ada@example.com").await;
    for _ in 0..28 {
        app.clock.advance(minutes(25));
        browser.get("/api/auth/session").await.expect(200);
    }
    app.clock.advance(minutes(19));
    let view = browser.get("/api/auth/session").await.expect(200).json();
    assert_eq!(view["data"]["state"], "signed_in", "eleven hours and 59 minutes");
    assert_eq!(
        view["data"]["idle_expires_at"], view["data"]["expires_at"],
        "the end is never beyond the last one"
    );
    app.clock.advance(minutes(1));
    browser.get("/api/me").await.expect_problem(401, "auth.required");
}

async fn asvs_7_4_1_signing_out_ends_the_session_here(app: &TestApp) {
    let browser = app.signed_in("ada@example.com").await;
    let kept = browser.copy();
    kept.get("/api/me").await.expect(200);
    let answer = browser.log_out().await.expect(204);
    assert_eq!(answer.header("clear-site-data"), "\"cache\", \"storage\"");
    assert!(
        answer.header("set-cookie").starts_with("portal_session_dev=;"),
        "{}",
        answer.header("set-cookie")
    );
    assert!(!browser.cookies().contains_key(COOKIE));
    kept.get("/api/me").await.expect_problem(401, "auth.required");
    kept.log_out().await.expect(204);
}

async fn asvs_7_4_1_signing_out_ends_the_session_on_other_replicas(app: &TestApp) {
    let browser = app.signed_in("ada@example.com").await;
    let (knows, fresh) = (app.replica().await, app.replica().await);
    let there = browser.at(&knows.base);
    there.get("/api/me").await.expect(200);
    app.app.bus.connected().await;
    knows.app.bus.connected().await;
    let token_hash: [u8; 32] = Sha256::digest(token(&browser)).into();
    let kept = browser.copy();
    let mut news = knows.app.bus.subscribe();
    browser.log_out().await.expect(204);

    kept.at(&fresh.base).get("/api/me").await.expect_problem(401, "auth.required");
    if !app.has_redis() {
        // Nothing tells the other process; it asks the database again when its memory of five seconds is over. With the news it asks at once.
        knows.app.bus.publish(Event::SessionRevoked { token_hash });
    }
    while news.recv().await.unwrap() != (Event::SessionRevoked { token_hash }) {}
    there.get("/api/me").await.expect_problem(401, "auth.required");
    knows.stop().await;
    fresh.stop().await;
}

async fn a_user_has_ten_sessions_at_most(app: &TestApp) {
    app.seed("ada@example.com").await;
    let mut browsers = Vec::new();
    for _ in 0..11 {
        let browser = app.browser();
        browser.log_in("ada@example.com", PASSWORD).await.expect(200);
        browsers.push(browser);
        app.clock.advance(Duration::from_secs(1));
    }
    browsers[0].get("/api/me").await.expect_problem(401, "auth.required");
    for browser in &browsers[1..] {
        browser.get("/api/me").await.expect(200);
    }
    app.run_jobs().await;
}

async fn asvs_7_4_2_a_disabled_user_is_out(app: &TestApp) {
    let browser = app.signed_in("ada@example.com").await;
    let ada = app.user_id("ada@example.com").await;
    let tx = app.app.db.as_system().await.unwrap();
    assert!(tx.account(ada).set_status(UserStatus::Disabled).await.unwrap());
    tx.commit().await.unwrap();
    browser.get("/api/me").await.expect_problem(401, "auth.required");
}

async fn the_session_says_who_is_signed_in(app: &TestApp) {
    let browser = app.browser();
    let anonymous = browser.get("/api/auth/session").await.expect(200);
    assert_eq!(anonymous.json(), json!({ "data": { "state": "anonymous" } }));
    let mark = browser.cookies()["portal_browser_dev"].clone();
    assert_eq!(browser.get("/api/auth/session").await.expect(200).header("set-cookie"), "", "the mark stays");

    app.seed("ada@example.com").await;
    browser.log_in("ada@example.com", PASSWORD).await.expect(200);
    let view: DataView<SessionView> = browser.get("/api/auth/session").await.expect(200).decode();
    let now = app.clock.now();
    let SessionView::SignedIn { user, auth_time, idle_expires_at, expires_at, .. } = view.data else {
        panic!("nobody is signed in")
    };
    assert_eq!((user.email.as_str(), auth_time), ("ada@example.com", now));
    assert_eq!((idle_expires_at - now, expires_at - now), (TimeDelta::minutes(30), TimeDelta::hours(12)));
    assert_eq!(browser.cookies()["portal_browser_dev"], mark);
}

#[actix_web::test]
async fn on_https_the_cookies_are_bound_to_the_host() {
    with_settings(&[("PORTAL_PUBLIC_URL", "https://portal.example.com")], async |app| {
        app.seed("ada@example.com").await;
        let log_in = async |password: &str| {
            let request = app
                .http
                .post(format!("{}/api/auth/login", app.base))
                .header("origin", "https://portal.example.com");
            let body = json!({ "email": "ada@example.com", "password": password }).to_string();
            Answer::of(request.header("content-type", "application/json").body(body).send().await.unwrap())
                .await
        };
        let hsts = "max-age=31536000; includeSubDomains";
        let signed_in = log_in(PASSWORD).await.expect(200);
        assert_eq!(signed_in.header("strict-transport-security"), hsts);
        let cookie = signed_in.header("set-cookie");
        let (pair, flags) = cookie.split_once("; ").unwrap();
        assert!(
            pair.strip_prefix("__Host-portal_session=").is_some_and(|token| token.len() == 43),
            "{cookie}"
        );
        let mut flags: Vec<&str> = flags.split("; ").collect();
        flags.sort_unstable();
        assert_eq!(flags, ["HttpOnly", "Path=/", "SameSite=Strict", "Secure"]);
        let device = signed_in.headers.get_all("set-cookie").iter().nth(1).unwrap().to_str().unwrap();
        let (pair_of_device, flags) = device.split_once("; ").unwrap();
        assert!(
            pair_of_device.strip_prefix("__Host-portal_device=").is_some_and(|token| token.len() == 43),
            "{device}"
        );
        let mut flags: Vec<&str> = flags.split("; ").collect();
        flags.sort_unstable();
        assert_eq!(flags, ["HttpOnly", "Max-Age=31536000", "Path=/", "SameSite=Strict", "Secure"]);

        let refused = log_in("not her password").await.expect_problem(401, "auth.invalid_credentials");
        assert_eq!(refused.header("strict-transport-security"), hsts);
        let marked = app.browser().get("/api/auth/session").await.expect(200);
        assert!(
            marked.header("set-cookie").starts_with("__Host-portal_browser="),
            "{}",
            marked.header("set-cookie")
        );
        let me = app.http.get(format!("{}/api/me", app.base)).header("cookie", pair);
        Answer::of(me.send().await.unwrap()).await.expect(200);
        // The name that development uses means nothing here.
        let renamed = pair.replace("__Host-portal_session", "portal_session_dev");
        let me = app.http.get(format!("{}/api/me", app.base)).header("cookie", renamed);
        Answer::of(me.send().await.unwrap()).await.expect_problem(401, "auth.required");
        assert_eq!(
            app.browser().get("/api/nothing").await.expect(404).header("strict-transport-security"),
            hsts
        );
    })
    .await;
}
