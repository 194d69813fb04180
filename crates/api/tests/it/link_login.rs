//! Bringing a WHMCS login along by its password.

use std::time::Duration;

use futures::future::join_all;
use serde_json::{Value, json};

use crate::helpers::{Answer, NEW_PASSWORD, PASSWORD, TestApp, new_key, on_both_engines, with_settings};

on_both_engines!(
    grace_brings_her_login_and_is_never_asked_for_it_again,
    linus_chooses_among_his_accounts,
    a_second_factor_leads_to_whmcs,
    a_login_without_an_open_account_is_told_so,
    what_is_connected_already_is_not_connected_again,
    an_address_that_whmcs_has_not_seen_proved_is_proved_first,
    the_code_can_be_tried_five_times,
    the_steps_survive_a_reload_and_a_restart,
    a_new_beginning_ends_the_old_one_and_time_ends_both,
    of_fifty_submissions_one_makes_a_user,
    of_two_browsers_one_makes_a_user,
    who_signed_up_before_keeps_the_user,
    asvs_2_3_1_no_password_is_set_without_the_step_before,
    asvs_6_3_8_refusals_tell_nothing,
    an_outage_tells_nothing_either,
    the_whmcs_password_is_not_taken_again,
    a_lost_answer_is_given_again_with_its_cookie,
    older_versions_of_whmcs_are_refused,
);

const GRACE: u64 = sandbox::demo::GRACE_CLIENT;
const KERNEL: u64 = sandbox::demo::LINUS_CLIENTS[0];
const TUX: u64 = sandbox::demo::LINUS_CLIENTS[1];
const MOOMIN: u64 = sandbox::demo::TOVE_CLIENT;

fn data(answer: &Answer) -> Value {
    answer.json()["data"].clone()
}

async fn grace_brings_her_login_and_is_never_asked_for_it_again(app: &TestApp) {
    let grace = app.browser();
    let linked = grace.link("Grace@Example.com", PASSWORD).await.expect(200);
    let account = json!({ "client_id": GRACE, "name": "Grace Hopper", "owner_name": null, "state": "open" });
    assert_eq!(data(&linked)["stage"], "set_password");
    assert_eq!(data(&linked)["email"], "grace@example.com");
    assert_eq!(data(&linked)["accounts"], json!([account]));
    let cookie = linked.header("set-cookie");
    for part in ["portal_flow_dev=", "HttpOnly", "SameSite=Lax", "Max-Age=600"] {
        assert!(cookie.contains(part), "{part} in {cookie}");
    }
    grace.get("/api/me").await.expect_problem(401, "auth.required");

    let weak = grace.set_password(GRACE, "grace@example.com").await.expect_problem(422, "validation");
    assert_eq!(weak.field_errors(), ["/password password_personal"]);
    let session = grace.set_password(GRACE, NEW_PASSWORD).await.expect(200);
    assert_eq!(data(&session)["state"], "signed_in");
    assert_eq!(data(&session)["account"]["client_id"], GRACE);
    assert_eq!(data(&session)["can_switch"], false);
    assert_eq!(data(&grace.get("/api/auth/session").await)["user"]["first_name"], "Grace");
    grace.expect_no_linking().await;
    app.run_jobs().await;

    let me = grace.get("/api/me").await.expect(200);
    assert_eq!(data(&me)["account_state"], "ready");
    assert_eq!(data(&me)["billing"]["state"], "ready");
    grace.get("/api/invoices").await.expect(200);
    let ledger = app.ledger().await;
    let key = format!("{GRACE}-{}", sandbox::demo::GRACE);
    let contacts = ledger["salesforce"]["records"].as_array().unwrap().iter();
    assert_eq!(contacts.filter(|record| record["fields"]["WHMCS_Contact_Id__c"] == key).count(), 1, "{key}");
    assert_eq!(app.calls("whmcs", "AddClient").await, 0);
    let mails = app.mails("grace@example.com").await;
    assert!(mails[0]["subject"].as_str().unwrap().contains("billing login was connected"), "{mails:?}");

    grace.log_out().await.expect(204);
    grace.log_in("grace@example.com", PASSWORD).await.expect_problem(401, "auth.invalid_credentials");
    grace.log_in("grace@example.com", NEW_PASSWORD).await.expect(200);
    let asked = app.calls("whmcs", "ValidateLogin").await;
    grace.link("grace@example.com", PASSWORD).await.expect_problem(401, "auth.invalid_credentials");
    assert_eq!(app.calls("whmcs", "ValidateLogin").await, asked, "WHMCS is asked once in a lifetime");
}

async fn linus_chooses_among_his_accounts(app: &TestApp) {
    let linus = app.browser();
    let linked = data(&linus.link("linus@example.com", PASSWORD).await.expect(200));
    let shown: Vec<_> = linked["accounts"]
        .as_array()
        .unwrap()
        .iter()
        .map(|account| {
            (account["client_id"].clone(), account["state"].clone(), account["owner_name"].clone())
        })
        .collect();
    assert_eq!(
        shown,
        [
            (json!(KERNEL), json!("open"), Value::Null),
            (json!(TUX), json!("open"), Value::Null),
            (json!(MOOMIN), json!("guest"), json!("Tove Jansson")),
        ]
    );
    for client in [MOOMIN, GRACE, 0] {
        let refused = linus.set_password(client, NEW_PASSWORD).await.expect_problem(422, "validation");
        assert_eq!(refused.field_errors(), ["/client_id choice"], "{client}");
    }
    let session = data(&linus.set_password(TUX, NEW_PASSWORD).await.expect(200));
    assert_eq!(
        (&session["account"]["client_id"], &session["account"]["name"]),
        (&json!(TUX), &json!("Tux Ltd"))
    );
    assert_eq!(session["can_switch"], true);
    app.run_jobs().await;
    assert_eq!(data(&linus.get("/api/me").await)["billing"]["data"]["company_name"], "Tux Ltd");
}

async fn a_second_factor_leads_to_whmcs(app: &TestApp) {
    for switches in [
        json!({ "two_factor_userid": "present", "two_factor_flag": "boolean" }),
        json!({ "two_factor_userid": "absent", "two_factor_flag": "text" }),
    ] {
        app.control("config", switches).await;
        let tove = app.browser();
        tove.link("tove@example.com", "wrong").await.expect_problem(401, "auth.invalid_credentials");
        tove.link("tove@example.com", PASSWORD).await.expect_problem(409, "conflict.link_second_factor");
        tove.expect_no_linking().await;
        tove.set_password(MOOMIN, NEW_PASSWORD).await.expect_problem(409, "conflict.step");
    }
}

async fn a_login_without_an_open_account_is_told_so(app: &TestApp) {
    app.person(json!({ "email": "gone@example.com", "status": "Closed" })).await;
    let gone = app.browser();
    gone.get("/api/auth/session").await.expect(200);
    let (key, body) = (new_key(), json!({ "email": "gone@example.com", "password": PASSWORD }));
    let refused = gone.post_with_key("/api/auth/link-whmcs", &key, &body).await;
    refused.expect_problem(409, "conflict.link_no_account");
    let again = gone.post_with_key("/api/auth/link-whmcs", &key, &body).await.expect(409);
    assert_eq!(again.json()["code"], "conflict.link_no_account");
    assert_eq!(app.calls("whmcs", "ValidateLogin").await, 1, "a refusal that stands is not asked for again");
    gone.expect_no_linking().await;
}

async fn what_is_connected_already_is_not_connected_again(app: &TestApp) {
    app.seed("ada@example.com").await;
    // The same WHMCS user under another address, which the portal does not know.
    let ada = sandbox::demo::ADA.to_string();
    app.whmcs("UpdateUser", &[("user_id", ada.as_str()), ("email", "countess@example.com")]).await;
    let countess = app.browser();
    countess.link("countess@example.com", PASSWORD).await.expect_problem(409, "conflict.link_taken");
    countess.expect_no_linking().await;

    // Taken between the proof and the password.
    let grace = app.browser();
    grace.link("grace@example.com", PASSWORD).await.expect(200);
    app.seed("grace@example.com").await;
    grace.set_password(GRACE, NEW_PASSWORD).await.expect_problem(409, "conflict.link_taken");
    grace.log_in("grace@example.com", NEW_PASSWORD).await.expect(401);
    grace.log_in("grace@example.com", PASSWORD).await.expect(200);
}

async fn an_address_that_whmcs_has_not_seen_proved_is_proved_first(app: &TestApp) {
    let (_, client) = app.person(json!({ "email": "new@example.com", "email_verified": false })).await;
    let new = app.browser();
    let linked = data(&new.link("new@example.com", PASSWORD).await.expect(200));
    assert_eq!((&linked["stage"], &linked["accounts"]), (&json!("confirm_email"), &json!([])));
    new.set_password(client, NEW_PASSWORD).await.expect_problem(409, "conflict.step");
    new.confirm_linking("000000").await.expect_problem(422, "auth.code_invalid");
    app.run_jobs().await;
    let code = app.mailed_code("new@example.com").await;
    let wrong = if code == "000000" { "000001" } else { "000000" };
    new.confirm_linking(wrong).await.expect_problem(422, "auth.code_invalid");
    let stranger = app.browser();
    stranger.get("/api/auth/session").await.expect(200);
    stranger.confirm_linking(&code).await.expect_problem(409, "conflict.step");

    let confirmed = data(&new.confirm_linking(&code).await.expect(200));
    assert_eq!(confirmed["stage"], "set_password");
    assert_eq!(confirmed["accounts"][0]["client_id"], client);
    assert_eq!(data(&new.linking().await.expect(200)), confirmed);
    new.confirm_linking(&code).await.expect_problem(409, "conflict.step");
    new.set_password(client, NEW_PASSWORD).await.expect(200);
    app.run_jobs().await;
}

async fn the_code_can_be_tried_five_times(app: &TestApp) {
    app.person(json!({ "email": "new@example.com", "email_verified": false })).await;
    let new = app.browser();
    new.link("new@example.com", PASSWORD).await.expect(200);
    app.run_jobs().await;
    let code = app.mailed_code("new@example.com").await;
    let wrong = if code == "000000" { "000001" } else { "000000" };
    let tries = (0..20).map(|_| new.confirm_linking(wrong));
    let statuses: Vec<_> = join_all(tries).await.iter().map(|answer| answer.status).collect();
    assert_eq!(statuses.iter().filter(|status| **status == 422).count(), 5, "{statuses:?}");
    new.confirm_linking(&code).await.expect_problem(409, "conflict.step");
}

async fn the_steps_survive_a_reload_and_a_restart(app: &TestApp) {
    let grace = app.browser();
    let linked = data(&grace.link("grace@example.com", PASSWORD).await.expect(200));
    assert_eq!(data(&grace.linking().await.expect(200)), linked, "a reload");
    let restarted = app.replica().await;
    let grace = grace.at(&restarted.base);
    assert_eq!(data(&grace.linking().await.expect(200)), linked, "another process");
    grace.set_password(GRACE, NEW_PASSWORD).await.expect(200);
    restarted.stop().await;
    app.run_jobs().await;
}

async fn a_new_beginning_ends_the_old_one_and_time_ends_both(app: &TestApp) {
    let browser = app.browser();
    browser.link("grace@example.com", PASSWORD).await.expect(200);
    let graces = browser.copy();
    browser.link("linus@example.com", PASSWORD).await.expect(200);
    assert_eq!(data(&browser.linking().await)["email"], "linus@example.com");
    graces.expect_no_linking().await;
    graces.set_password(GRACE, NEW_PASSWORD).await.expect_problem(409, "conflict.step");
    app.advance(Duration::from_secs(601)).await;
    browser.expect_no_linking().await;
    browser.set_password(KERNEL, NEW_PASSWORD).await.expect_problem(409, "conflict.step");
}

async fn of_fifty_submissions_one_makes_a_user(app: &TestApp) {
    let grace = app.browser();
    grace.link("grace@example.com", PASSWORD).await.expect(200);
    let answers = join_all(
        (0..50)
            .map(|_| grace.copy())
            .collect::<Vec<_>>()
            .iter()
            .map(|copy| copy.set_password(GRACE, NEW_PASSWORD)),
    )
    .await;
    let count = |status| answers.iter().filter(|answer| answer.status == status).count();
    assert_eq!(count(200), 1, "{:?}", answers.iter().map(|answer| answer.status).collect::<Vec<_>>());
    // The rest came too late, or found the queue of the password hasher full.
    assert_eq!(count(409) + count(503), 49);
    app.run_jobs().await;
    assert_eq!(app.mails("grace@example.com").await.len(), 1);
}

async fn of_two_browsers_one_makes_a_user(app: &TestApp) {
    let (home, work) = (app.browser(), app.browser());
    home.link("linus@example.com", PASSWORD).await.expect(200);
    work.link("linus@example.com", PASSWORD).await.expect(200);
    let (one, other) =
        futures::join!(home.set_password(KERNEL, NEW_PASSWORD), work.set_password(TUX, NEW_PASSWORD));
    let (won, lost) = if one.status == 200 { (one, other) } else { (other, one) };
    won.expect(200);
    lost.expect_problem(409, "conflict.link_taken");
    app.run_jobs().await;
}

async fn who_signed_up_before_keeps_the_user(app: &TestApp) {
    let early = app.browser();
    early.become_customer("grace@example.com").await.expect(200);
    app.run_jobs().await;
    let before = data(&early.get("/api/me").await);
    assert_eq!(before["account_state"], "needs_link");

    let grace = app.browser();
    grace.link("grace@example.com", PASSWORD).await.expect(200);
    let session = data(&grace.set_password(GRACE, NEW_PASSWORD).await.expect(200));
    assert_eq!(session["user"]["id"], before["id"], "the same user");
    app.run_jobs().await;
    assert_eq!(data(&grace.get("/api/me").await)["account_state"], "ready");
    early.get("/api/me").await.expect_problem(401, "auth.required");
    grace.log_in("grace@example.com", "orbit-kettle-31-plum").await.expect(401);
    grace.log_in("grace@example.com", NEW_PASSWORD).await.expect(200);
}

async fn asvs_2_3_1_no_password_is_set_without_the_step_before(app: &TestApp) {
    let browser = app.browser();
    browser.get("/api/auth/session").await.expect(200);
    browser.set_password(GRACE, NEW_PASSWORD).await.expect_problem(409, "conflict.step");
    browser.confirm_linking("123456").await.expect_problem(409, "conflict.step");
    browser.set_cookie("portal_flow_dev", &"A".repeat(43));
    browser.set_password(GRACE, NEW_PASSWORD).await.expect_problem(409, "conflict.step");
    // A session of the portal is no proof of a WHMCS login.
    let ada = app.signed_in("ada@example.com").await;
    ada.get("/api/auth/session").await.expect(200);
    ada.set_password(sandbox::demo::ADA_CLIENT, NEW_PASSWORD).await.expect_problem(409, "conflict.step");
    ada.log_in("ada@example.com", PASSWORD).await.expect(200);
}

/// A refusal without the id of its request.
fn bare(answer: &Answer) -> (u16, Value) {
    let mut body = answer.json();
    body.as_object_mut().unwrap().remove("instance");
    (answer.status, body)
}

async fn asvs_6_3_8_refusals_tell_nothing(app: &TestApp) {
    app.seed("ada@example.com").await;
    let browser = app.browser();
    let mistyped = bare(&browser.link("grace@example.com", "wrong horse").await);
    assert_eq!(mistyped.1["code"], "auth.invalid_credentials");
    let asked = app.calls("whmcs", "ValidateLogin").await;
    for (who, email, password) in [
        ("connected, right password", "ada@example.com", PASSWORD),
        ("connected, wrong password", "ada@example.com", "wrong horse"),
    ] {
        assert_eq!(bare(&browser.link(email, password).await), mistyped, "{who}");
    }
    assert_eq!(app.calls("whmcs", "ValidateLogin").await, asked, "nobody asks WHMCS about Ada");
    assert_eq!(bare(&browser.link("nobody@example.com", PASSWORD).await), mistyped, "unknown");
    assert_eq!(bare(&browser.link("tove@example.com", "wrong horse").await), mistyped, "second factor");
}

async fn an_outage_tells_nothing_either(app: &TestApp) {
    app.seed("ada@example.com").await;
    for (kind, status) in [("dropped", 503), ("null", 502)] {
        app.fault(json!({ "target": "whmcs", "action": "*", "kind": kind })).await;
        let browser = app.browser();
        let known = bare(&browser.link("ada@example.com", PASSWORD).await);
        let unknown = bare(&browser.link("nobody@example.com", PASSWORD).await);
        assert_eq!((known.0, &known), (status, &unknown), "{kind}");
        app.clear_faults().await;
    }
}

async fn the_whmcs_password_is_not_taken_again(app: &TestApp) {
    let old = "marble-otter-57-violin";
    let (_, client) = app.person(json!({ "email": "new@example.com", "password": old })).await;
    let new = app.browser();
    new.link("new@example.com", old).await.expect(200);
    let same = new.set_password(client, old).await.expect_problem(422, "validation");
    assert_eq!(same.field_errors(), ["/password same"]);
    new.set_password(client, NEW_PASSWORD).await.expect(200);
    app.run_jobs().await;
    new.get("/api/me").await.expect(200);
    let at_rest = app.bytes_at_rest().await;
    assert!(!at_rest.windows(old.len()).any(|bytes| bytes == old.as_bytes()));
}

async fn a_lost_answer_is_given_again_with_its_cookie(app: &TestApp) {
    let grace = app.browser();
    grace.get("/api/auth/session").await.expect(200);
    let before = grace.copy();
    let (key, body) = (new_key(), json!({ "email": "grace@example.com", "password": PASSWORD }));
    grace.post_with_key("/api/auth/link-whmcs", &key, &body).await.expect(200);
    let again = before.post_with_key("/api/auth/link-whmcs", &key, &body).await.expect(200);
    assert_eq!(again.header("idempotent-replayed"), "true");
    assert_eq!(app.calls("whmcs", "ValidateLogin").await, 1);

    let (key, body) = (new_key(), json!({ "client_id": GRACE, "password": NEW_PASSWORD }));
    before.copy().post_with_key("/api/auth/set-password", &key, &body).await.expect(200);
    let again = before.post_with_key("/api/auth/set-password", &key, &body).await.expect(200);
    assert_eq!(again.header("idempotent-replayed"), "true");
    before.get("/api/me").await.expect(200);
    app.run_jobs().await;
}

async fn older_versions_of_whmcs_are_refused(app: &TestApp) {
    for version in ["7.10", "8.0"] {
        app.control("config", json!({ "version": version })).await;
        let grace = app.browser();
        grace.link("grace@example.com", PASSWORD).await.expect_problem(502, "upstream.invalid");
        grace.expect_no_linking().await;
    }
}

#[actix_web::test]
async fn wrong_passwords_for_whmcs_are_capped_for_everybody_together() {
    let cap = [("PORTAL_LIMIT_WHMCS_LOGINS", "3")];
    with_settings(&cap, async |app| {
        app.seed("ada@example.com").await;
        let browser = app.browser();
        // Right ones do not count.
        for _ in 0..5 {
            browser.link("grace@example.com", PASSWORD).await.expect(200);
        }
        // Those of connected people do, although WHMCS is not asked: else the cap would tell them from others.
        browser.link("ada@example.com", PASSWORD).await.expect(401);
        browser.link("linus@example.com", "wrong").await.expect(401);
        browser.link("nobody@example.com", "wrong").await.expect(401);
        for email in ["ada@example.com", "grace@example.com", "other@example.com"] {
            let refused = app.browser().link(email, PASSWORD).await.expect_problem(429, "rate_limited");
            assert!(!refused.header("retry-after").is_empty());
        }
        assert_eq!(app.calls("whmcs", "ValidateLogin").await, 7);
        app.clock.advance(Duration::from_mins(21));
        browser.link("grace@example.com", PASSWORD).await.expect(200);
    })
    .await;
}

#[actix_web::test]
async fn tries_are_limited_by_address_and_by_network() {
    let limits = [("PORTAL_LIMIT_LINK_ACCOUNT", "2"), ("PORTAL_LIMIT_LINK_SOURCE", "5")];
    with_settings(&limits, async |app| {
        let browser = app.browser();
        for _ in 0..2 {
            browser.link("grace@example.com", "wrong").await.expect(401);
        }
        browser.link("grace@example.com", PASSWORD).await.expect_problem(429, "rate_limited");
        browser.link("linus@example.com", PASSWORD).await.expect(200);
        browser.link("linus@example.com", PASSWORD).await.expect(200);
        browser.link("tove@example.com", PASSWORD).await.expect_problem(429, "rate_limited");
        assert_eq!(app.calls("whmcs", "ValidateLogin").await, 4);
    })
    .await;
}

#[actix_web::test]
async fn when_whmcs_bans_the_portal_it_is_left_alone_and_reading_goes_on() {
    with_settings(&[], async |app| {
        let ada = app.signed_in("ada@example.com").await;
        app.fault(json!({ "target": "whmcs", "action": "ValidateLogin", "kind": "forbidden", "message": "Forbidden IP 192.0.2.1" }))
            .await;
        let browser = app.browser();
        for number in 0..8 {
            browser.link(&format!("nobody{number}@example.com"), "wrong").await;
        }
        assert!(app.calls("whmcs", "ValidateLogin").await < 8, "the breaker opens");
        browser.link("other@example.com", "wrong").await.expect_problem(503, "upstream.unavailable");
        ada.get_fresh("/api/invoices").await.expect(200);
    })
    .await;
}
