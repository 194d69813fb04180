//! `POST /api/auth/signup` and `…/confirm`: the code, who gets it, and what can be done with it.

use std::{collections::BTreeSet, time::Duration};

use futures::future::join_all;
use serde_json::{Value, json};

use crate::helpers::{Answer, TestApp, new_key, on_both_engines, sign_up_form, with_settings};

on_both_engines!(
    known_and_unknown_addresses_get_the_same_answer,
    spellings_of_an_address_are_one_account,
    five_wrong_codes_void_the_right_one,
    a_code_works_for_ten_minutes,
    a_code_belongs_to_its_sign_up,
    a_second_sign_up_voids_the_first_code,
    fifty_confirmations_make_one_account,
    a_repeated_confirmation_gets_the_same_answer_and_a_session,
    a_late_repetition_gets_no_session,
    a_code_arrives_when_the_mail_server_is_back,
    of_two_mailed_codes_the_newest_works,
);

fn challenge(accepted: &Answer) -> Value {
    accepted.json()["data"]["challenge_id"].clone()
}

/// Another code than this one.
fn not(code: &str) -> String {
    format!("{:06}", (code.parse::<u32>().unwrap() + 1) % 1_000_000)
}

/// Names of an answer's headers and of its members, with what is not random in them.
fn shape(answer: &Answer) -> (BTreeSet<String>, BTreeSet<String>) {
    let random = ["date", "x-request-id", "set-cookie"];
    let headers = answer.headers.iter().map(|(name, value)| match name.as_str() {
        name if random.contains(&name) => name.to_owned(),
        name => format!("{name}: {}", value.to_str().unwrap()),
    });
    let members = answer.json()["data"].as_object().unwrap().keys().cloned().collect();
    (headers.collect(), members)
}

async fn known_and_unknown_addresses_get_the_same_answer(app: &TestApp) {
    app.seed("ada@example.com").await;
    let (known, unknown) = (app.browser(), app.browser());
    let to_known = known.sign_up("ada@example.com").await.expect(202);
    let to_unknown = unknown.sign_up("hedy@example.com").await.expect(202);
    assert_eq!(shape(&to_known), shape(&to_unknown));
    assert_eq!(known.cookies().keys().collect::<Vec<_>>(), unknown.cookies().keys().collect::<Vec<_>>());

    app.run_jobs().await;
    let [owner, stranger] = [app.mails("ada@example.com").await, app.mails("hedy@example.com").await];
    assert_eq!((owner.len(), stranger.len()), (1, 1));
    assert!(owner[0]["subject"].as_str().unwrap().contains("already have an account"), "{owner:?}");
    assert!(owner[0]["text"].as_str().unwrap().contains("http://localhost:4000/auth/login"), "{owner:?}");

    // No code fits the owner's challenge, not even the one of somebody else's mail.
    let code = app.mailed_code("hedy@example.com").await;
    let refused = known.confirm(&challenge(&to_known), &code).await.expect_problem(422, "auth.code_invalid");
    let wrong =
        unknown.confirm(&challenge(&to_unknown), &not(&code)).await.expect_problem(422, "auth.code_invalid");
    assert_eq!(
        refused.json().as_object().unwrap().keys().collect::<Vec<_>>(),
        wrong.json().as_object().unwrap().keys().collect::<Vec<_>>()
    );
    assert_eq!(app.calls("whmcs", "AddClient").await, 0);
}

/// Status, changes to the form, and what is said of the fields.
type Case = (u16, Vec<(&'static str, Value)>, &'static [&'static str]);

#[actix_web::test]
async fn wrong_fields_are_named() {
    with_settings(&[], async |app| {
        let cases: Vec<Case> = vec![
            (422, vec![("password", json!("elevenchars"))], &["/password too_short"]),
            (422, vec![("password", json!("x7!kQ".repeat(26)))], &["/password too_long"]),
            (422, vec![("password", json!("🦀".repeat(33)))], &["/password too_long"]),
            (422, vec![("password", json!("nul is \0 refused here"))], &["/password characters"]),
            (422, vec![("password", json!("passwordpassword"))], &["/password password_weak"]),
            (422, vec![("password", json!("Correct Horse Battery Staple"))], &["/password password_common"]),
            (422, vec![("password", json!("Hedy@Example.com"))], &["/password password_personal"]),
            (422, vec![("password", json!("frequency & sons"))], &["/password password_personal"]),
            (422, vec![("password", json!(""))], &["/password required"]),
            (422, vec![("email", json!("nobody"))], &["/email email"]),
            (422, vec![("email", json!("hedy\u{200b}@example.com"))], &["/email email"]),
            (422, vec![("email", json!("hedy@example.com\r\nBcc: all@example.com"))], &["/email email"]),
            (422, vec![("first_name", json!("He\u{7}dy"))], &["/first_name characters"]),
            (422, vec![("company_name", json!("A\nB"))], &["/company_name characters"]),
            (422, vec![("last_name", json!(" "))], &["/last_name required"]),
            (422, vec![("last_name", json!("x".repeat(101)))], &["/last_name too_long"]),
            (
                422,
                vec![("email", json!("")), ("password", json!("short")), ("first_name", json!(""))],
                &["/email required", "/first_name required", "/password too_short"],
            ),
            (400, vec![("is_admin", json!(true))], &["/is_admin unknown"]),
            (400, vec![("email", json!(7))], &["/email type"]),
            (400, vec![("first_name", json!(["Hedy"]))], &["/first_name type"]),
        ];
        let browser = app.browser();
        for (status, changes, expected) in cases {
            let mut form = sign_up_form("hedy@example.com");
            for (name, value) in &changes {
                form[*name] = value.clone();
            }
            let code = if status == 422 { "validation" } else { "request.malformed" };
            let answer = browser
                .post_with_key("/api/auth/signup", &new_key(), &form)
                .await
                .expect_problem(status, code);
            assert_eq!(answer.field_errors(), expected, "{changes:?}");
        }
        let mut form = sign_up_form("hedy@example.com");
        form.as_object_mut().unwrap().remove("last_name");
        let answer = browser
            .post_with_key("/api/auth/signup", &new_key(), &form)
            .await
            .expect_problem(400, "request.malformed");
        assert_eq!(answer.field_errors(), ["/last_name required"]);
        browser
            .post("/api/auth/signup", &sign_up_form("hedy@example.com"))
            .await
            .expect_problem(400, "idempotency.key");
        assert_eq!(app.due_jobs().await, 0, "nothing refused has an effect");
    })
    .await;
}

#[actix_web::test]
async fn a_password_is_taken_as_it_is() {
    with_settings(&[], async |app| {
        let password = format!(" 🦀 walks sideways home {}", "x7!kQ".repeat(20));
        assert!(password.len() <= 128 && password.len() > 120);
        let browser = app.browser();
        let mut form = sign_up_form("hedy@example.com");
        form["password"] = json!(password);
        let accepted = browser.post_with_key("/api/auth/signup", &new_key(), &form).await.expect(202);
        app.run_jobs().await;
        let code = app.mailed_code("hedy@example.com").await;
        browser.confirm(&challenge(&accepted), &code).await.expect(200);
        app.run_jobs().await;
        app.browser()
            .log_in("hedy@example.com", password.trim())
            .await
            .expect_problem(401, "auth.invalid_credentials");
        app.browser().log_in("hedy@example.com", &password).await.expect(200);
        app.run_jobs().await;
    })
    .await;
}

async fn spellings_of_an_address_are_one_account(app: &TestApp) {
    const NORMALISED: &str = "hedy@xn--exmple-cua.de";
    let browser = app.browser();
    let accepted = browser.sign_up("  Hedy@EXÄMPLE.de ").await.expect(202);
    app.run_jobs().await;
    let code = app.mailed_code(NORMALISED).await;
    let view = browser.confirm(&challenge(&accepted), &code).await.expect(200).json();
    assert_eq!(view["data"]["user"]["email"], NORMALISED);
    app.run_jobs().await;

    for spelling in [NORMALISED, "HEDY@EXÄMPLE.de "] {
        app.browser().sign_up(spelling).await.expect(202);
        app.run_jobs().await;
        let newest = app.mails(NORMALISED).await[0]["subject"].as_str().unwrap().to_owned();
        assert!(newest.contains("already have an account"), "{spelling}: {newest}");
        let signed_in = browser.log_in(spelling, "orbit-kettle-31-plum").await.expect(200).json();
        assert_eq!(signed_in["data"]["user"]["id"], view["data"]["user"]["id"], "{spelling}");
    }
    assert_eq!(app.calls("whmcs", "AddClient").await, 1);
}

async fn five_wrong_codes_void_the_right_one(app: &TestApp) {
    let browser = app.browser();
    let accepted = browser.sign_up("hedy@example.com").await.expect(202);
    app.run_jobs().await;
    let code = app.mailed_code("hedy@example.com").await;
    for _ in 0..5 {
        browser.confirm(&challenge(&accepted), &not(&code)).await.expect_problem(422, "auth.code_invalid");
    }
    browser.confirm(&challenge(&accepted), &code).await.expect_problem(422, "auth.code_invalid");
    assert_eq!(browser.get("/api/auth/session").await.expect(200).json()["data"]["state"], "anonymous");
    assert_eq!(app.due_jobs().await, 0, "no customer is being made");

    // Four wrong ones do not, and a new sign-up helps in either case.
    let accepted = browser.sign_up("hedy@example.com").await.expect(202);
    app.run_jobs().await;
    let code = app.mailed_code("hedy@example.com").await;
    for _ in 0..4 {
        browser.confirm(&challenge(&accepted), &not(&code)).await.expect_problem(422, "auth.code_invalid");
    }
    browser.confirm(&challenge(&accepted), &code).await.expect(200);
    app.run_jobs().await;
}

async fn a_code_works_for_ten_minutes(app: &TestApp) {
    let browser = app.browser();
    let accepted = browser.sign_up("hedy@example.com").await.expect(202);
    app.run_jobs().await;
    let code = app.mailed_code("hedy@example.com").await;
    app.advance(Duration::from_mins(10)).await;
    browser.confirm(&challenge(&accepted), &code).await.expect_problem(422, "auth.code_invalid");

    let accepted = browser.sign_up("hedy@example.com").await.expect(202);
    app.run_jobs().await;
    let code = app.mailed_code("hedy@example.com").await;
    app.advance(Duration::from_secs(599)).await;
    browser.confirm(&challenge(&accepted), &code).await.expect(200);
    app.run_jobs().await;
}

async fn a_code_belongs_to_its_sign_up(app: &TestApp) {
    let (hedy, emmy) = (app.browser(), app.browser());
    let to_hedy = hedy.sign_up("hedy@example.com").await.expect(202);
    let to_emmy = emmy.sign_up("emmy@example.com").await.expect(202);
    app.run_jobs().await;
    let code = app.mailed_code("hedy@example.com").await;
    assert_ne!(code, app.mailed_code("emmy@example.com").await, "two codes are alike once in a million runs");
    hedy.confirm(&challenge(&to_emmy), &code).await.expect_problem(422, "auth.code_invalid");
    hedy.confirm(&json!("01890000-0000-7000-8000-000000000000"), &code)
        .await
        .expect_problem(422, "auth.code_invalid");
    hedy.confirm(&challenge(&to_hedy), &code).await.expect(200);
    app.run_jobs().await;
}

async fn a_second_sign_up_voids_the_first_code(app: &TestApp) {
    let browser = app.browser();
    let first = browser.sign_up("hedy@example.com").await.expect(202);
    app.run_jobs().await;
    let first_code = app.mailed_code("hedy@example.com").await;
    let second = app.browser().sign_up("Hedy@example.com").await.expect(202);
    app.run_jobs().await;
    let second_code = app.mailed_code("hedy@example.com").await;
    for code in [&first_code, &second_code] {
        browser.confirm(&challenge(&first), code).await.expect_problem(422, "auth.code_invalid");
    }
    browser.confirm(&challenge(&second), &second_code).await.expect(200);
    app.run_jobs().await;
}

async fn fifty_confirmations_make_one_account(app: &TestApp) {
    let browser = app.browser();
    let accepted = browser.sign_up("hedy@example.com").await.expect(202);
    app.run_jobs().await;
    let code = app.mailed_code("hedy@example.com").await;
    let browsers: Vec<_> = (0..50).map(|_| browser.copy()).collect();
    let challenge = challenge(&accepted);
    let answers = join_all(browsers.iter().map(|browser| browser.confirm(&challenge, &code))).await;
    let mut successes = 0;
    for answer in answers {
        match answer.status {
            200 => successes += 1,
            422 => drop(answer.expect_problem(422, "auth.code_invalid")),
            // Fifty at once are more than the queue for passwords holds.
            _ => assert_ne!(answer.expect_problem(503, "busy").header("retry-after"), ""),
        }
    }
    assert_eq!(successes, 1);
    let mut signed_in = 0;
    for browser in &browsers {
        signed_in += usize::from(
            browser.get("/api/auth/session").await.expect(200).json()["data"]["state"] == "signed_in",
        );
    }
    assert_eq!(signed_in, 1);
    app.run_jobs().await;
    assert_eq!(app.calls("whmcs", "AddClient").await, 1);
    assert_eq!(app.calls("salesforce", "composite").await, 1);
}

async fn a_repeated_confirmation_gets_the_same_answer_and_a_session(app: &TestApp) {
    let browser = app.browser();
    let accepted = browser.sign_up("hedy@example.com").await.expect(202);
    app.run_jobs().await;
    let code = app.mailed_code("hedy@example.com").await;
    let body = json!({ "challenge_id": challenge(&accepted), "code": code });
    let (key, again) = (new_key(), browser.copy());
    let first = browser.post_with_key("/api/auth/signup/confirm", &key, &body).await.expect(200);
    assert_eq!(first.header("idempotent-replayed"), "");

    app.advance(Duration::from_mins(9)).await;
    let second = again.post_with_key("/api/auth/signup/confirm", &key, &body).await.expect(200);
    assert_eq!(second.header("idempotent-replayed"), "true");
    assert_eq!(first.body, second.body);
    for browser in [&browser, &again] {
        browser.get("/api/me").await.expect(200);
    }
    assert_ne!(browser.cookies(), again.cookies(), "the repetition has a session of its own");

    let other = json!({ "challenge_id": challenge(&accepted), "code": not(&code) });
    again
        .post_with_key("/api/auth/signup/confirm", &key, &other)
        .await
        .expect_problem(422, "idempotency.mismatch");
    // The key of one browser says nothing in another.
    app.browser()
        .post_with_key("/api/auth/signup/confirm", &key, &body)
        .await
        .expect_problem(422, "auth.code_invalid");
    app.run_jobs().await;
    assert_eq!(app.calls("whmcs", "AddClient").await, 1);
}

async fn a_late_repetition_gets_no_session(app: &TestApp) {
    let browser = app.browser();
    let accepted = browser.sign_up("hedy@example.com").await.expect(202);
    app.run_jobs().await;
    let code = app.mailed_code("hedy@example.com").await;
    let body = json!({ "challenge_id": challenge(&accepted), "code": code });
    let (key, again) = (new_key(), browser.copy());
    let first = browser.post_with_key("/api/auth/signup/confirm", &key, &body).await.expect(200);
    app.advance(Duration::from_mins(11)).await;
    let second = again.post_with_key("/api/auth/signup/confirm", &key, &body).await.expect(200);
    assert_eq!((second.header("idempotent-replayed"), second.header("set-cookie")), ("true", ""));
    assert_eq!(first.body, second.body);
    assert_eq!(again.get("/api/auth/session").await.expect(200).json()["data"]["state"], "anonymous");
    app.run_jobs().await;
}

async fn a_code_arrives_when_the_mail_server_is_back(app: &TestApp) {
    app.fault(json!({ "target": "smtp", "action": "message", "kind": "error" })).await;
    let browser = app.browser();
    let accepted = browser.sign_up("hedy@example.com").await.expect(202);
    app.run_jobs().await;
    assert_eq!(app.mails("hedy@example.com").await.len(), 0);
    assert_eq!(app.due_jobs().await, 1, "the job waits for its next attempt");

    app.clear_faults().await;
    app.advance(Duration::from_secs(2)).await;
    app.run_jobs().await;
    let code = app.mailed_code("hedy@example.com").await;
    browser.confirm(&challenge(&accepted), &code).await.expect(200);
    app.run_jobs().await;
}

async fn of_two_mailed_codes_the_newest_works(app: &TestApp) {
    app.fault(json!({ "target": "smtp", "action": "message", "kind": "did_then_failed", "times": 1 })).await;
    let browser = app.browser();
    let accepted = browser.sign_up("hedy@example.com").await.expect(202);
    app.run_jobs().await;
    let first = app.mailed_code("hedy@example.com").await;
    app.advance(Duration::from_secs(2)).await;
    app.run_jobs().await;
    assert_eq!(app.mails("hedy@example.com").await.len(), 2);
    let newest = app.mailed_code("hedy@example.com").await;
    assert_ne!(first, newest, "two codes are alike once in a million runs");
    browser.confirm(&challenge(&accepted), &first).await.expect_problem(422, "auth.code_invalid");
    browser.confirm(&challenge(&accepted), &newest).await.expect(200);
    app.run_jobs().await;
}
