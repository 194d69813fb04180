//! `POST /api/me/email` and `…/confirm`: the code, who is told, and what follows in WHMCS and Salesforce.

use std::time::Duration;

use serde_json::{Value, json};

use crate::helpers::{Answer, Browser, PASSWORD, TestApp, challenge, not, on_both_engines, with_settings};

on_both_engines!(
    an_address_is_changed_by_the_code_mailed_to_it,
    asvs_6_3_7_the_former_address_is_told_twice,
    asvs_6_3_8_a_taken_address_is_answered_alike,
    asvs_7_5_1_asking_needs_a_recent_proof,
    asvs_6_5_5_a_code_belongs_to_its_request,
    asvs_6_6_3_five_wrong_codes_void_the_right_one,
    a_new_request_voids_the_code_before,
    of_two_who_want_one_address_one_gets_it,
    spellings_are_one_address_and_look_alikes_are_not,
    billing_and_support_learn_of_it_in_the_end,
    what_billing_refuses_is_left_to_a_person,
    the_former_address_is_nowhere_in_the_clear,
);

const ADA: &str = "ada@example.com";
const NEW: &str = "lovelace@example.com";
const INVALID: (u16, &str) = (422, "auth.code_invalid");

/// Asks for another address and reads the code.
async fn asked(app: &TestApp, browser: &Browser<'_>, email: &str) -> (Value, String) {
    let accepted = browser.change_email(email).await.expect(202);
    app.run_jobs().await;
    (challenge(&accepted), app.mailed_code(email).await)
}

/// The address of a login in WHMCS and of a contact in Salesforce.
async fn upstream_addresses(app: &TestApp, email: &str) -> (usize, usize) {
    let ledger = app.ledger().await;
    let users = ledger["whmcs"]["users"].as_object().unwrap();
    let contacts = ledger["salesforce"]["records"].as_array().unwrap();
    let is_contact = |record: &&Value| record["type"] == "Contact" && record["fields"]["Email"] == email;
    (users.values().filter(|user| user["email"] == email).count(), contacts.iter().filter(is_contact).count())
}

async fn an_address_is_changed_by_the_code_mailed_to_it(app: &TestApp) {
    let browser = app.signed_in(ADA).await;
    let (challenge, code) = asked(app, &browser, NEW).await;
    assert_eq!(browser.get("/api/me").await.json()["data"]["email"], ADA, "nothing has changed yet");
    let me = browser.confirm_email(&challenge, &code).await.expect(200).json();
    assert_eq!(me["data"]["email"], NEW);
    assert_eq!(me["data"]["billing"]["state"], "ready", "{me}");
    let again = browser.get("/api/me").await.expect(200).json();
    assert_eq!((&again["data"]["email"], &again["data"]["id"]), (&me["data"]["email"], &me["data"]["id"]));
    browser.confirm_email(&challenge, &code).await.expect_problem(INVALID.0, INVALID.1);

    app.browser().log_in(ADA, PASSWORD).await.expect_problem(401, "auth.invalid_credentials");
    app.browser().log_in(NEW, PASSWORD).await.expect(200);
    app.run_jobs().await;
    assert_eq!(upstream_addresses(app, NEW).await, (1, 1));
    assert_eq!(upstream_addresses(app, ADA).await, (0, 0));
}

async fn asvs_6_3_7_the_former_address_is_told_twice(app: &TestApp) {
    let browser = app.signed_in(ADA).await;
    let (challenge, code) = asked(app, &browser, NEW).await;
    assert_eq!(app.subjects(ADA).await, ["Customer portal: Your e-mail address is about to be changed"]);
    let asked_of = app.mails(ADA).await.remove(0)["text"].as_str().unwrap().to_owned();
    assert!(!asked_of.contains(NEW) && !asked_of.contains(&code), "{asked_of}");
    browser.confirm_email(&challenge, &code).await.expect(200);
    app.run_jobs().await;
    assert_eq!(app.subjects(ADA).await[0], "Customer portal: Your e-mail address was changed");
    // A second change tells the address in between, and the first one not again.
    let (challenge, code) = asked(app, &browser, "third@example.com").await;
    browser.confirm_email(&challenge, &code).await.expect(200);
    app.run_jobs().await;
    assert_eq!(app.mails(ADA).await.len(), 2);
    assert_eq!(app.subjects(NEW).await[0], "Customer portal: Your e-mail address was changed");
    assert_eq!(app.subjects("third@example.com").await.len(), 1, "the code alone");
}

async fn asvs_6_3_8_a_taken_address_is_answered_alike(app: &TestApp) {
    app.seed("mallory@example.com").await;
    let browser = app.signed_in(ADA).await;
    let taken = browser.change_email("mallory@example.com").await.expect(202);
    app.run_jobs().await;
    let told = app.mails("mallory@example.com").await.remove(0);
    assert_eq!(told["subject"], "Your address is in use at Customer portal");
    assert!(!told["text"].as_str().unwrap().contains(ADA), "who asked is nobody's business: {told}");
    let free = browser.change_email(NEW).await.expect(202);
    app.run_jobs().await;
    let members =
        |answer: &Answer| answer.json()["data"].as_object().unwrap().keys().cloned().collect::<Vec<_>>();
    assert_eq!(members(&taken), members(&free));
    let code = app.mailed_code(NEW).await;
    for (challenge, code) in [(challenge(&taken), &code), (challenge(&free), &not(&code))] {
        browser.confirm_email(&challenge, code).await.expect_problem(INVALID.0, INVALID.1);
    }
    app.browser().log_in("mallory@example.com", PASSWORD).await.expect(200);
}

async fn asvs_7_5_1_asking_needs_a_recent_proof(app: &TestApp) {
    let browser = app.signed_in(ADA).await;
    app.advance(Duration::from_secs(301)).await;
    browser.change_email(NEW).await.expect_problem(403, "auth.step_up_required");
    assert!(app.mails(NEW).await.is_empty());
    browser.log_in(ADA, PASSWORD).await.expect(200);
    let (challenge, code) = asked(app, &browser, NEW).await;
    // Waiting for the mail makes nobody prove themselves again.
    app.advance(Duration::from_secs(590)).await;
    browser.confirm_email(&challenge, &code).await.expect(200);
    app.run_jobs().await;
}

async fn asvs_6_5_5_a_code_belongs_to_its_request(app: &TestApp) {
    let browser = app.signed_in(ADA).await;
    let mallory = app.signed_in("mallory@example.com").await;
    let (of_ada, code) = asked(app, &browser, NEW).await;
    // Who reads somebody's mail and knows the challenge still has another session.
    mallory.confirm_email(&of_ada, &code).await.expect_problem(INVALID.0, INVALID.1);
    app.browser().confirm_email(&of_ada, &code).await.expect_problem(401, "auth.required");
    let (reset, reset_code) = app.reset_code(&app.browser(), ADA).await;
    browser.confirm_email(&reset, &reset_code).await.expect_problem(INVALID.0, INVALID.1);
    browser.confirm_email(&of_ada, &code).await.expect(200);
    app.run_jobs().await;
    // The code for a new password went to the former address.
    app.browser()
        .reset(&reset, &reset_code, "another-good-1-pumpkin")
        .await
        .expect_problem(INVALID.0, INVALID.1);
}

async fn asvs_6_6_3_five_wrong_codes_void_the_right_one(app: &TestApp) {
    let browser = app.signed_in(ADA).await;
    let (challenge, code) = asked(app, &browser, NEW).await;
    for _ in 0..5 {
        browser.confirm_email(&challenge, &not(&code)).await.expect_problem(INVALID.0, INVALID.1);
    }
    browser.confirm_email(&challenge, &code).await.expect_problem(INVALID.0, INVALID.1);
    let (late, code) = asked(app, &browser, "third@example.com").await;
    app.advance(Duration::from_mins(10)).await;
    browser.confirm_email(&late, &code).await.expect_problem(INVALID.0, INVALID.1);
}

async fn a_new_request_voids_the_code_before(app: &TestApp) {
    let browser = app.signed_in(ADA).await;
    let (first, code) = asked(app, &browser, NEW).await;
    let (second, second_code) = asked(app, &browser, "third@example.com").await;
    browser.confirm_email(&first, &code).await.expect_problem(INVALID.0, INVALID.1);
    browser.confirm_email(&second, &second_code).await.expect(200);
    app.run_jobs().await;
}

async fn of_two_who_want_one_address_one_gets_it(app: &TestApp) {
    let ada = app.signed_in(ADA).await;
    let mallory = app.signed_in("mallory@example.com").await;
    let (of_ada, code_of_ada) = asked(app, &ada, NEW).await;
    let (of_mallory, code_of_mallory) = asked(app, &mallory, NEW).await;
    let (one, other) = futures::join!(
        ada.confirm_email(&of_ada, &code_of_ada),
        mallory.confirm_email(&of_mallory, &code_of_mallory)
    );
    let (won, lost) = if one.status == 200 { (one, other) } else { (other, one) };
    won.expect(200);
    lost.expect_problem(INVALID.0, INVALID.1);
    app.run_jobs().await;
    assert_eq!(upstream_addresses(app, NEW).await, (1, 1));
}

async fn spellings_are_one_address_and_look_alikes_are_not(app: &TestApp) {
    let browser = app.signed_in(ADA).await;
    for same in [ADA, " ADA@Example.COM "] {
        let refused = browser.change_email(same).await.expect_problem(422, "validation");
        assert_eq!(refused.field_errors(), ["/email same"]);
    }
    for bad in ["ada\u{200b}@example.com", "nobody", "a\r\nBcc: x@example.com", "ada@example.com\0", ""] {
        browser.change_email(bad).await.expect_problem(422, "validation");
    }
    // The letter а of another script: another address, which is mailed to as it is.
    let look_alike = "\u{430}da@example.com";
    let accepted = browser.change_email(look_alike).await.expect(202);
    app.run_jobs().await;
    assert_eq!(app.subjects(ADA).await, ["Customer portal: Your e-mail address is about to be changed"]);
    let code = app.mailed_code(look_alike).await;
    browser.confirm_email(&challenge(&accepted), &code).await.expect(200);
    app.run_jobs().await;
    app.browser().log_in(ADA, PASSWORD).await.expect_problem(401, "auth.invalid_credentials");
    // What is normalised is what counts from then on.
    let accepted = browser.change_email("Jose\u{301}@B\u{dc}CHER.example").await.expect(202);
    app.run_jobs().await;
    let normalised = "jos\u{e9}@xn--bcher-kva.example";
    let code = app.mailed_code(normalised).await;
    let me = browser.confirm_email(&challenge(&accepted), &code).await.expect(200).json();
    assert_eq!(me["data"]["email"], normalised);
    app.browser().log_in("JOS\u{c9}@b\u{fc}cher.example", PASSWORD).await.expect(200);
    app.run_jobs().await;
}

async fn billing_and_support_learn_of_it_in_the_end(app: &TestApp) {
    let browser = app.signed_in(ADA).await;
    let (challenge, code) = asked(app, &browser, NEW).await;
    let plant = async |target: &str, action: &str, kind: &str| {
        app.fault(json!({ "target": target, "action": action, "kind": kind, "times": 1 })).await;
    };
    // Done without an answer, not done, and not reached: each is simply tried again.
    plant("whmcs", "UpdateUser", "did_then_dropped").await;
    plant("whmcs", "UpdateUser", "html").await;
    plant("whmcs", "UpdateUser", "dropped").await;
    browser.confirm_email(&challenge, &code).await.expect(200);
    for _ in 0..5 {
        app.run_jobs().await;
        app.advance(Duration::from_secs(20)).await;
    }
    app.run_jobs().await;
    assert_eq!(upstream_addresses(app, NEW).await, (1, 1));
    assert_eq!(app.calls("whmcs", "UpdateUser").await, 4);
}

async fn what_billing_refuses_is_left_to_a_person(app: &TestApp) {
    let browser = app.signed_in(ADA).await;
    // A login of WHMCS that has none of the portal.
    let (challenge, code) = asked(app, &browser, "grace@example.com").await;
    browser.confirm_email(&challenge, &code).await.expect(200);
    app.run_jobs().await;
    assert_eq!(app.calls("whmcs", "UpdateUser").await, 1, "once is enough");
    let tx = app.app.db.read_as_system().await.unwrap();
    assert_eq!(tx.job_work().counts().await.unwrap().dead, 1);
    drop(tx);
    app.browser().log_in("grace@example.com", PASSWORD).await.expect(200);
}

async fn the_former_address_is_nowhere_in_the_clear(app: &TestApp) {
    let browser = app.browser();
    browser.become_customer("canary-former@example.com").await.expect(200);
    app.run_jobs().await;
    let (challenge, code) = asked(app, &browser, "canary-later@example.com").await;
    // The notice waits.
    app.fault(json!({ "target": "smtp", "action": "message", "kind": "error" })).await;
    browser.confirm_email(&challenge, &code).await.expect(200);
    app.run_jobs().await;
    let at_rest = String::from_utf8_lossy(&app.bytes_at_rest().await).to_lowercase();
    for canary in ["canary-former", "canary-later"] {
        assert!(!at_rest.contains(canary), "{canary}");
    }
    app.clear_faults().await;
    app.advance(Duration::from_secs(5)).await;
    app.run_jobs().await;
    assert_eq!(
        app.subjects("canary-former@example.com").await[0],
        "Customer portal: Your e-mail address was changed"
    );
}

#[actix_web::test]
async fn asvs_6_3_1_changes_are_limited_by_user_and_by_address() {
    let settings = [("PORTAL_LIMIT_EMAIL_CHANGES", "3"), ("PORTAL_LIMIT_SIGNUP_ADDRESS", "1")];
    with_settings(&settings, async |app| {
        let browser = app.signed_in(ADA).await;
        browser.change_email(NEW).await.expect(202);
        // One address is not mailed again and again, whoever asks.
        browser.change_email(NEW).await.expect_problem(429, "rate_limited");
        app.browser().sign_up(NEW).await.expect_problem(429, "rate_limited");
        browser.change_email("third@example.com").await.expect(202);
        browser.change_email("fourth@example.com").await.expect_problem(429, "rate_limited");
        app.run_jobs().await;
    })
    .await;
}
