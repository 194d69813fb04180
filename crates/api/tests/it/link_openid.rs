//! Bringing a WHMCS login along by signing in at WHMCS: with the second factor that WHMCS asks for, and with everything that somebody
//! might do to the answer on its way.

use std::time::Duration;

use serde_json::{Value, json};

use crate::helpers::{Answer, AtWhmcs, Browser, NEW_PASSWORD, TestApp, on_both_engines, with_settings};

on_both_engines!(
    tove_signs_in_at_whmcs_with_her_second_factor,
    what_whmcs_leaves_open_does_not_matter,
    an_unproved_address_is_proved_here,
    an_answer_works_once,
    an_answer_belongs_to_the_browser_that_asked,
    an_answer_to_another_question_is_refused,
    an_answer_that_comes_too_late_is_refused,
    whoever_says_no_is_taken_back,
    a_login_that_is_connected_or_has_no_account_is_told_so,
    whatever_whmcs_answers_leads_back_to_the_page,
);

const MOOMIN: u64 = sandbox::demo::TOVE_CLIENT;
const PAGES: &str = "http://localhost:4000/auth/";

fn data(answer: &Answer) -> Value {
    answer.json()["data"].clone()
}

/// Where WHMCS is asked, for this browser.
async fn start(browser: &Browser<'_>) -> String {
    let started = browser.get("/api/auth/link-whmcs/start").await.expect(303);
    started.header("location").to_owned()
}

/// The word for what went wrong; empty where an answer leads on.
#[track_caller]
fn problem(answer: Answer) -> String {
    let answer = answer.expect(303);
    let place = answer.header("location");
    match place.strip_prefix(PAGES) {
        Some("set-password") => String::new(),
        page => page
            .and_then(|page| page.strip_prefix("link?problem="))
            .unwrap_or_else(|| panic!("{place}"))
            .to_owned(),
    }
}

fn with(url: &str, name: &str, value: &str) -> String {
    let mut url: url::Url = url.parse().unwrap();
    let pairs: Vec<(String, String)> = url
        .query_pairs()
        .map(|(key, old)| (key.to_string(), if key == name { value.to_owned() } else { old.to_string() }))
        .collect();
    url.query_pairs_mut().clear().extend_pairs(pairs);
    url.into()
}

async fn tove_signs_in_at_whmcs_with_her_second_factor(app: &TestApp) {
    assert_eq!(data(&app.browser().get("/api/auth/options").await.expect(200)), json!({ "oidc": true }));
    let tove = app.browser();
    let asked = start(&tove).await;
    for part in ["response_type=code", "code_challenge_method=S256", "scope=openid+email+profile", "nonce="] {
        assert!(asked.contains(part), "{part} in {asked}");
    }
    tove.expect_no_linking().await;
    let before = tove.cookies()["portal_flow_dev"].clone();
    let back = AtWhmcs::new(app).sign_in(&asked, "tove@example.com").await;
    assert_eq!(problem(tove.come_back(&back).await), "");
    assert_ne!(tove.cookies()["portal_flow_dev"], before, "a proof, a new cookie");
    let linked = data(&tove.linking().await.expect(200));
    assert_eq!((&linked["stage"], &linked["email"]), (&json!("set_password"), &json!("tove@example.com")));
    assert_eq!(linked["accounts"][0]["client_id"], MOOMIN);
    tove.get("/api/auth/session").await.expect(200);
    let session = data(&tove.set_password(MOOMIN, NEW_PASSWORD).await.expect(200));
    assert_eq!(session["account"]["name"], "Moomin Oy");
    app.run_jobs().await;
    assert_eq!(data(&tove.get("/api/me").await)["account_state"], "ready");
    assert_eq!(app.calls("whmcs", "ValidateLogin").await, 0, "no password of WHMCS was ever seen here");
}

async fn what_whmcs_leaves_open_does_not_matter(app: &TestApp) {
    for switches in [
        json!({ "openid_id_token": "minimal", "openid_nonce": "omitted", "openid_subject": "user_id" }),
        json!({ "openid_metadata": "sparse", "openid_email_verified": "text", "openid_pkce": "ignored" }),
        json!({ "openid_email_verified": "missing", "openid_pkce": "required" }),
    ] {
        app.control("config", json!({ "client_area": switches })).await;
        let tove = app.browser();
        let asked = start(&tove).await;
        let back = AtWhmcs::new(app).sign_in(&asked, "grace@example.com").await;
        assert_eq!(problem(tove.come_back(&back).await), "", "{switches}");
        assert_eq!(data(&tove.linking().await.expect(200))["stage"], "set_password", "{switches}");
    }
}

async fn an_unproved_address_is_proved_here(app: &TestApp) {
    app.control("config", json!({ "client_area": { "openid_email_verified": "unverified" } })).await;
    let grace = app.browser();
    let back = AtWhmcs::new(app).sign_in(&start(&grace).await, "grace@example.com").await;
    assert_eq!(problem(grace.come_back(&back).await), "");
    assert_eq!(data(&grace.linking().await)["stage"], "confirm_email");
    app.run_jobs().await;
    let code = app.mailed_code("grace@example.com").await;
    grace.get("/api/auth/session").await.expect(200);
    grace.confirm_linking(&code).await.expect(200);
    grace.set_password(sandbox::demo::GRACE_CLIENT, NEW_PASSWORD).await.expect(200);
    app.run_jobs().await;
}

async fn an_answer_works_once(app: &TestApp) {
    let tove = app.browser();
    let asked = start(&tove).await;
    let before = tove.copy();
    let back = AtWhmcs::new(app).sign_in(&asked, "tove@example.com").await;
    assert_eq!(problem(tove.come_back(&back).await), "");
    let lines = app.audit_lines("account.link_login").await;
    assert_eq!(problem(before.come_back(&back).await), "expired", "with the cookie of before");
    assert_eq!(problem(tove.come_back(&back).await), "expired", "with the cookie of now");
    assert_eq!(app.audit_lines("account.link_login").await, lines + 2, "written down");
    assert_eq!(data(&tove.linking().await.expect(200))["stage"], "set_password", "nothing changed");
    assert_eq!(app.calls("whmcs", "oidc_token").await, 1, "WHMCS is not asked about it");
}

async fn an_answer_belongs_to_the_browser_that_asked(app: &TestApp) {
    // Mallory signs in as herself and has the victim's browser open the answer.
    let (mallory, victim) = (app.browser(), app.browser());
    let asked = start(&mallory).await;
    let back = AtWhmcs::new(app).sign_in(&asked, "mallory@example.com").await;
    assert_eq!(problem(victim.come_back(&back).await), "expired", "a browser that asked nothing");
    let victims_question = start(&victim).await;
    assert_eq!(problem(victim.come_back(&back).await), "expired", "a browser that asked something else");
    victim.expect_no_linking().await;
    assert_eq!(app.calls("whmcs", "oidc_token").await, 0);
    // The victim's own question is still open.
    let back = AtWhmcs::new(app).sign_in(&victims_question, "grace@example.com").await;
    assert_eq!(problem(victim.come_back(&back).await), "");
}

async fn an_answer_to_another_question_is_refused(app: &TestApp) {
    let grace = app.browser();
    let asked = start(&grace).await;
    let back = AtWhmcs::new(app).sign_in(&asked, "grace@example.com").await;
    for bad in [
        with(&back, "state", "x"),
        with(&back, "state", ""),
        back.split("&state=").next().unwrap().to_owned(),
        "http://localhost:4000/api/auth/link-whmcs/callback".to_owned(),
    ] {
        assert_eq!(problem(grace.come_back(&bad).await), "expired", "{bad}");
    }
    // Somebody has put another nonce into the question on its way to WHMCS.
    let asked = start(&grace).await;
    let back = AtWhmcs::new(app).sign_in(&with(&asked, "nonce", "planted"), "grace@example.com").await;
    assert_eq!(problem(grace.come_back(&back).await), "expired");
    // Or taken the challenge out of it (RFC 9700, 4.8.2).
    let asked = start(&grace).await;
    let challenge = "A".repeat(43);
    let back =
        AtWhmcs::new(app).sign_in(&with(&asked, "code_challenge", &challenge), "grace@example.com").await;
    assert_eq!(problem(grace.come_back(&back).await), "expired");
    // Or another code into the answer.
    let asked = start(&grace).await;
    let back = AtWhmcs::new(app).sign_in(&asked, "grace@example.com").await;
    assert_eq!(problem(grace.come_back(&with(&back, "code", "0123456789abcdef")).await), "expired");
    grace.expect_no_linking().await;
}

async fn an_answer_that_comes_too_late_is_refused(app: &TestApp) {
    let tove = app.browser();
    let asked = start(&tove).await;
    let back = AtWhmcs::new(app).sign_in(&asked, "tove@example.com").await;
    app.advance(Duration::from_secs(90)).await;
    assert_eq!(problem(tove.come_back(&back).await), "expired", "the code is dead at WHMCS");
    let asked = start(&tove).await;
    let back = AtWhmcs::new(app).sign_in(&asked, "tove@example.com").await;
    app.clock.advance(Duration::from_secs(601));
    assert_eq!(problem(tove.come_back(&back).await), "expired", "the question is dead here");
}

async fn whoever_says_no_is_taken_back(app: &TestApp) {
    let grace = app.browser();
    let back = AtWhmcs::new(app).decide(&start(&grace).await, "grace@example.com", "deny").await;
    assert!(back.contains("error=access_denied"), "{back}");
    assert_eq!(problem(grace.come_back(&back).await), "declined");
    assert_eq!(problem(grace.come_back(&back).await), "expired", "once");
    let state = start(&grace).await.split_once("state=").unwrap().1.split('&').next().unwrap().to_owned();
    let down = format!("http://localhost:4000/api/auth/link-whmcs/callback?error=server_error&state={state}");
    assert_eq!(problem(grace.come_back(&down).await), "unavailable");
}

async fn a_login_that_is_connected_or_has_no_account_is_told_so(app: &TestApp) {
    app.seed("ada@example.com").await;
    let ada = app.browser();
    let back = AtWhmcs::new(app).sign_in(&start(&ada).await, "ada@example.com").await;
    assert_eq!(problem(ada.come_back(&back).await), "taken");
    app.person(json!({ "email": "gone@example.com", "status": "Closed" })).await;
    let gone = app.browser();
    let back = AtWhmcs::new(app).sign_in(&start(&gone).await, "gone@example.com").await;
    assert_eq!(problem(gone.come_back(&back).await), "no_account");
    gone.expect_no_linking().await;
}

async fn whatever_whmcs_answers_leads_back_to_the_page(app: &TestApp) {
    for action in ["oidc_discovery", "oidc_token", "oidc_keys", "GetUsers"] {
        for kind in ["dropped", "truncated_json", "wrong_types"] {
            // A process of its own each time: here it is not about leaving WHMCS alone after some failures.
            let portal = app.replica().await;
            let grace = app.browser().at(&portal.base);
            let asked = start(&grace).await;
            let back = AtWhmcs::new(app).sign_in(&asked, "grace@example.com").await;
            app.fault(json!({ "target": "whmcs", "action": action, "kind": kind })).await;
            assert_eq!(problem(grace.come_back(&back).await), "unavailable", "{action} {kind}");
            app.clear_faults().await;
            grace.expect_no_linking().await;
            portal.stop().await;
        }
    }
    app.fault(json!({ "target": "whmcs", "action": "oidc_discovery", "kind": "dropped" })).await;
    assert_eq!(problem(app.browser().get("/api/auth/link-whmcs/start").await), "unavailable");
}

#[actix_web::test]
async fn without_credentials_signing_in_at_whmcs_is_not_offered() {
    let none = [("WHMCS_OIDC_CLIENT_ID", ""), ("WHMCS_OIDC_CLIENT_SECRET", "")];
    with_settings(&none, async |app| {
        let browser = app.browser();
        assert_eq!(data(&browser.get("/api/auth/options").await.expect(200)), json!({ "oidc": false }));
        browser.get("/api/auth/link-whmcs/start").await.expect_problem(404, "not_found");
        browser.get("/api/auth/link-whmcs/callback?code=x&state=y").await.expect_problem(404, "not_found");
    })
    .await;
}

#[actix_web::test]
async fn another_site_may_not_begin_for_a_browser() {
    with_settings(&[], async |app| {
        let grace = app.browser();
        grace.link("grace@example.com", crate::helpers::PASSWORD).await.expect(200);
        let mut request = grace.request(reqwest::Method::GET, "/api/auth/link-whmcs/start").build().unwrap();
        request.headers_mut().insert("sec-fetch-site", "cross-site".parse().unwrap());
        request.headers_mut().insert("sec-fetch-mode", "navigate".parse().unwrap());
        assert_eq!(problem(grace.execute(request).await), "expired");
        grace.linking().await.expect(200);
    })
    .await;
}
