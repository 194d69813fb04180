//! `Idempotency-Key`, for every operation that takes one: the same request twice is done once.
//!
//! Which operations those are comes from the contract. Each has a case here that can send it, or the test fails.

mod case;

use std::time::Duration;

use case::{Case, effects};
use futures::future::join_all;
use reqwest::Method;
use serde_json::{Value, json};

use crate::helpers::{Answer, TestApp, new_key, on_both_engines, with_settings};

on_both_engines!(
    a_key_is_needed_and_must_have_its_form,
    the_same_key_with_another_request_is_refused,
    a_repetition_gets_the_same_bytes_and_does_nothing,
    parallel_repetitions_do_the_work_once,
    one_key_in_two_hands_is_two_keys,
    what_is_refused_before_the_work_leaves_the_key_free,
    while_one_works_the_others_are_told_to_wait,
    trouble_that_may_pass_is_not_kept,
    a_final_refusal_is_kept,
    the_claim_of_a_dead_replica_is_taken_over,
    a_repeated_confirmation_signs_in_but_makes_no_second_account,
);

/// Operations that write and take no key: signing in and out twice does no harm, and neither answer may be kept.
const EXEMPT: &[&str] = &[
    "begin_passkey_login",
    "begin_passkey_step_up",
    "issue_token",
    "log_in",
    "log_in_with_passkey",
    "log_out",
    "refresh_token",
    "revoke_token",
    "send_code_again",
    "step_up",
    "step_up_with_passkey",
    "verify_second_factor",
];
/// Operations that have a case below.
const CASES: &[&str] = &[
    "add_passkey",
    "begin_passkey",
    "change_email",
    "change_password",
    "confirm_email",
    "confirm_linking",
    "confirm_sign_up",
    "confirm_totp",
    "create_recovery_codes",
    "create_sso_link",
    "link_login",
    "remove_passkey",
    "remove_totp",
    "request_password_reset",
    "reset_password",
    "revoke_other_sessions",
    "revoke_session",
    "set_password",
    "set_up_totp",
    "sign_up",
    "switch_account",
    "update_billing",
    "update_me",
];
/// Of those, the ones after which the cookie of the request is no longer good: a repetition comes with the new one.
const NEW_COOKIE: &[&str] = &["change_password"];

const REPLAYED: &str = "idempotent-replayed";

#[test]
fn every_writing_operation_takes_a_key_and_has_a_case() {
    let document = serde_json::to_value(portal_api::server::document()).unwrap();
    let (mut with_key, mut without_key) = (Vec::new(), Vec::new());
    for item in document["paths"].as_object().unwrap().values() {
        for (method, operation) in item.as_object().unwrap() {
            let is_key = |parameter: &Value| {
                parameter["name"] == "Idempotency-Key"
                    && parameter["in"] == "header"
                    && parameter["required"] == true
            };
            let takes_key =
                operation["parameters"].as_array().is_some_and(|parameters| parameters.iter().any(is_key));
            let name = operation["operationId"].as_str().unwrap().to_owned();
            match (method.as_str(), takes_key) {
                ("get", takes_key) => assert!(!takes_key, "{name} only reads"),
                (_, true) => with_key.push(name),
                (_, false) => without_key.push(name),
            }
        }
    }
    with_key.sort();
    without_key.sort();
    assert_eq!(with_key, CASES);
    assert_eq!(without_key, EXEMPT);
}

#[track_caller]
fn expect_replay(answer: &Answer, first: &Answer) {
    assert_eq!(answer.header(REPLAYED), "true");
    assert_eq!(answer.status, first.status);
    assert_eq!(answer.body, first.body, "byte for byte");
    assert_eq!(answer.header("content-type"), first.header("content-type"));
}

async fn a_key_is_needed_and_must_have_its_form(app: &TestApp) {
    for operation in CASES {
        let case = Case::of(app, operation).await;
        let before = effects(app).await;
        case.browser.send(case.request_of(None, &case.body)).await.expect_problem(400, "idempotency.key");
        for wrong in ["", "short", "0123456789 0123456789", "\"0123456789012345678901", &"k".repeat(65)] {
            case.send(wrong).await.expect_problem(400, "idempotency.key");
        }
        let twice = case.request(&new_key()).header("idempotency-key", new_key());
        case.browser.send(twice).await.expect_problem(400, "idempotency.key");
        assert_eq!(effects(app).await, before, "{operation}: nothing was done");
        let key = new_key();
        let first = case.send(&format!("\"{key}\"")).await.expect(case.status);
        expect_replay(&case.send(&key).await, &first);
        app.run_jobs().await;
    }
}

async fn the_same_key_with_another_request_is_refused(app: &TestApp) {
    for operation in CASES {
        let case = Case::of(app, operation).await;
        let key = new_key();
        let first = case.send(&key).await.expect(case.status);
        app.run_jobs().await;
        let before = effects(app).await;
        let Some(other) = &case.other_body else { continue };
        case.browser
            .send(case.request_of(Some(&key), other))
            .await
            .expect_problem(422, "idempotency.mismatch");
        app.run_jobs().await;
        assert_eq!(effects(app).await, before, "{operation}");
        expect_replay(&case.send(&key).await, &first);
    }
    let ada = Case::of(app, "create_sso_link").await;
    let key = new_key();
    ada.send(&key).await.expect(200);
    let elsewhere = ada.browser.post_with_key("/api/invoices/8/sso-link", &key, &ada.body).await;
    elsewhere.expect_problem(422, "idempotency.mismatch");
}

async fn a_repetition_gets_the_same_bytes_and_does_nothing(app: &TestApp) {
    for operation in CASES {
        let case = Case::of(app, operation).await;
        let key = new_key();
        let first = case.send(&key).await.expect(case.status);
        assert_eq!(first.header(REPLAYED), "", "{operation}");
        app.run_jobs().await;
        let before = effects(app).await;
        // Spaces and the order of members make no other request.
        let spaced = serde_json::to_string_pretty(&case.body).unwrap();
        let spaced = case.request(&key).body(spaced);
        expect_replay(&case.browser.send(spaced).await, &first);
        app.advance(Duration::from_mins(4)).await;
        expect_replay(&case.send(&key).await, &first);
        app.run_jobs().await;
        assert_eq!(effects(app).await, before, "{operation}");
    }
}

async fn parallel_repetitions_do_the_work_once(app: &TestApp) {
    for operation in CASES.iter().filter(|operation| !NEW_COOKIE.contains(operation)) {
        let case = Case::of(app, operation).await;
        let before = effects(app).await;
        let key = new_key();
        let answers =
            join_all((0..8).map(|_| async { Answer::of(case.request(&key).send().await.unwrap()).await }))
                .await;
        let mut done: Vec<&Answer> = Vec::new();
        for answer in &answers {
            match answer.status {
                409 => {
                    assert_eq!(answer.json()["code"], "idempotency.in_progress");
                    assert_eq!(answer.header("retry-after"), "1");
                }
                status => {
                    assert_eq!(status, case.status, "{operation}");
                    done.push(answer);
                }
            }
        }
        assert_eq!(
            done.iter().filter(|answer| answer.header(REPLAYED).is_empty()).count(),
            1,
            "{operation}: one did the work"
        );
        assert!(done.iter().all(|answer| answer.body == done[0].body), "{operation}");
        app.run_jobs().await;
        let after = effects(app).await;
        assert_ne!(after, before);
        case.send(&key).await.expect(case.status);
        app.run_jobs().await;
        assert_eq!(effects(app).await, after);
        let more = |what: &str| after[what].as_i64().unwrap() - before[what].as_i64().unwrap();
        let effects = more("jobs") + more("tokens") + more("audited") + more("begun") - more("sessions")
            + more("offered").max(0);
        assert_eq!(effects, case.effects, "{operation}: what one request does");
    }
}

async fn one_key_in_two_hands_is_two_keys(app: &TestApp) {
    let key = new_key();
    let case = Case::of(app, "sign_up").await;
    let first = case.send(&key).await.expect(202);
    let other = app.browser();
    other.get("/api/auth/session").await.expect(200);
    let second = other.post_with_key(&case.path, &key, &case.body).await.expect(202);
    assert_eq!(second.header(REPLAYED), "");
    assert_ne!(second.json()["data"]["challenge_id"], first.json()["data"]["challenge_id"]);
    app.run_jobs().await;

    let case = Case::of(app, "confirm_sign_up").await;
    case.send(&key).await.expect(200);
    app.run_jobs().await;
    let other = app.browser();
    other.get("/api/auth/session").await.expect(200);
    let stolen =
        other.post_with_key(&case.path, &key, &case.body).await.expect_problem(422, "auth.code_invalid");
    assert_eq!(stolen.header(REPLAYED), "");
    assert!(
        other.cookies().keys().all(|name| !name.contains("session")),
        "who knows key and body is not signed in by them"
    );

    let case = Case::of(app, "create_sso_link").await;
    case.send(&key).await.expect(200);
    let mallory = app.signed_in("mallory@example.com").await;
    let own = mallory.post_with_key("/api/invoices/14/sso-link", &key, &case.body).await.expect(200);
    assert_eq!(own.header(REPLAYED), "");
    // A repetition is authorised like the first request.
    let nobody = app.browser();
    nobody.post_with_key(&case.path, &key, &case.body).await.expect_problem(401, "auth.required");
}

async fn what_is_refused_before_the_work_leaves_the_key_free(app: &TestApp) {
    for operation in CASES {
        let case = Case::of(app, operation).await;
        let key = new_key();
        if case.other_body.is_some() {
            let unknown = case.request_of(Some(&key), &json!({ "admin": true }));
            case.browser.send(unknown).await.expect_problem(400, "request.malformed");
            let cut = case.request(&key).body("{");
            case.browser.send(cut).await.expect_problem(400, "request.malformed");
        }
        let elsewhere = case.request(&key).header("sec-fetch-site", "cross-site");
        case.browser.send(elsewhere).await.expect_problem(403, "auth.csrf");
        let first = case.send(&key).await.expect(case.status);
        assert_eq!(first.header(REPLAYED), "", "{operation}");
        app.run_jobs().await;
    }
    let sign_up = Case::of(app, "sign_up").await;
    let key = new_key();
    let mut weak = sign_up.body.clone();
    weak["password"] = json!("password1234");
    sign_up.browser.post_with_key(&sign_up.path, &key, &weak).await.expect_problem(422, "validation");
    sign_up.send(&key).await.expect(202);
    app.run_jobs().await;

    let ada = Case::of(app, "create_sso_link").await;
    app.advance(Duration::from_mins(20)).await;
    ada.browser.get("/api/me").await.expect(200);
    app.advance(Duration::from_mins(11)).await;
    let key = new_key();
    ada.send(&key).await.expect_problem(403, "auth.step_up_required");
    ada.browser.log_in("ada@example.com", crate::helpers::PASSWORD).await.expect(200);
    let first = ada.send(&key).await.expect(200);
    assert_eq!(first.header(REPLAYED), "");
}

async fn while_one_works_the_others_are_told_to_wait(app: &TestApp) {
    let case = Case::of(app, "create_sso_link").await;
    let key = new_key();
    app.hold("whmcs", "CreateSsoToken", 1_000).await;
    let first = actix_web::rt::spawn(case.request(&key).send());
    app.until_faults_are_drawn().await;
    for _ in 0..3 {
        let waiting = case.send(&key).await.expect_problem(409, "idempotency.in_progress");
        assert_eq!(waiting.header("retry-after"), "1");
    }
    let other = case.other_body.clone().unwrap();
    case.browser.post_with_key(&case.path, &key, &other).await.expect_problem(422, "idempotency.mismatch");
    let first = Answer::of(first.await.unwrap().unwrap()).await.expect(200);
    expect_replay(&case.send(&key).await, &first);
    assert_eq!(app.calls("whmcs", "CreateSsoToken").await, 1);
}

async fn trouble_that_may_pass_is_not_kept(app: &TestApp) {
    let case = Case::of(app, "create_sso_link").await;
    let key = new_key();
    for fault in
        [json!({ "kind": "status", "status": 503 }), json!({ "kind": "html" }), json!({ "kind": "dropped" })]
    {
        let mut planted = fault.clone();
        let place = json!({ "target": "whmcs", "action": "CreateSsoToken", "times": 1 });
        planted.as_object_mut().unwrap().extend(place.as_object().unwrap().clone());
        app.fault(planted).await;
        let failed = case.send(&key).await;
        assert!((502..=503).contains(&failed.status), "{fault}: {}", failed.status);
        assert_ne!(failed.header("retry-after"), "");
    }
    let done = case.send(&key).await.expect(200);
    assert_eq!(done.header(REPLAYED), "");
    expect_replay(&case.send(&key).await, &done);
}

async fn a_final_refusal_is_kept(app: &TestApp) {
    let ada = app.signed_in("ada@example.com").await;
    let key = new_key();
    let pay = json!({ "purpose": "pay" });
    let refused = ada
        .post_with_key("/api/invoices/1/sso-link", &key, &pay)
        .await
        .expect_problem(409, "conflict.invoice_state");
    app.advance(Duration::from_mins(5)).await;
    expect_replay(&ada.post_with_key("/api/invoices/1/sso-link", &key, &pay).await, &refused);

    let case = Case::of(app, "confirm_sign_up").await;
    let key = new_key();
    let other = case.other_body.clone().unwrap();
    let wrong =
        case.browser.post_with_key(&case.path, &key, &other).await.expect_problem(422, "auth.code_invalid");
    // The attempt was counted once, so ten repetitions do not use up the code.
    for _ in 0..10 {
        expect_replay(&case.browser.post_with_key(&case.path, &key, &other).await, &wrong);
    }
    case.send(&new_key()).await.expect(200);
    app.run_jobs().await;
}

async fn the_claim_of_a_dead_replica_is_taken_over(app: &TestApp) {
    let case = Case::of(app, "create_sso_link").await;
    let key = new_key();
    let replica = app.replica().await;
    app.hold("whmcs", "CreateSsoToken", 1_500).await;
    let there = case.browser.at(&replica.base);
    let request =
        there.request(Method::POST, &case.path).header("idempotency-key", &key).body(case.body.to_string());
    let lost = actix_web::rt::spawn(request.send());
    app.until_faults_are_drawn().await;
    replica.stop().await;
    assert!(lost.await.unwrap().is_err(), "the replica died without an answer");

    case.send(&key).await.expect_problem(409, "idempotency.in_progress");
    app.advance(Duration::from_secs(29)).await;
    case.send(&key).await.expect_problem(409, "idempotency.in_progress");
    app.advance(Duration::from_secs(1)).await;
    let done = case.send(&key).await.expect(200);
    assert_eq!(done.header(REPLAYED), "");
    expect_replay(&case.send(&key).await, &done);
}

async fn a_repeated_confirmation_signs_in_but_makes_no_second_account(app: &TestApp) {
    let case = Case::of(app, "confirm_sign_up").await;
    let key = new_key();
    // The answer is lost on its way: the browser has no session, and sends the same again.
    let lost = Answer::of(case.request(&key).send().await.unwrap()).await.expect(200);
    let again = case.send(&key).await;
    expect_replay(&again, &lost);
    case.browser.get("/api/me").await.expect(200);
    app.run_jobs().await;
    assert_eq!(app.calls("whmcs", "AddClient").await, 1);

    let late = app.browser();
    for (name, value) in case.browser.cookies().into_iter().filter(|(name, _)| name.contains("browser")) {
        late.set_cookie(&name, &value);
    }
    app.advance(Duration::from_secs(601)).await;
    let too_late = late.post_with_key(&case.path, &key, &case.body).await;
    expect_replay(&too_late, &lost);
    late.get("/api/me").await.expect_problem(401, "auth.required");
}

/// The limits of the operations before sign-in, which no upstream can make fail.
#[actix_web::test]
async fn a_limit_that_was_reached_leaves_the_key_free() {
    with_settings(
        &[("PORTAL_LIMIT_SIGNUP_ADDRESS", "1"), ("PORTAL_LIMIT_CONFIRM_SOURCE", "12")],
        async |app| {
            let case = Case::of(app, "sign_up").await;
            case.send(&new_key()).await.expect(202);
            let key = new_key();
            let limited = case.send(&key).await.expect_problem(429, "rate_limited");
            assert_ne!(limited.header("retry-after"), "");
            app.advance(Duration::from_hours(1)).await;
            let done = case.send(&key).await.expect(202);
            assert_eq!(done.header(REPLAYED), "");
            app.run_jobs().await;

            app.advance(Duration::from_hours(1)).await;
            let case = Case::of(app, "confirm_sign_up").await;
            let nonsense =
                json!({ "challenge_id": "019a0000-0000-7000-8000-000000000000", "code": "123456" });
            for _ in 0..12 {
                case.browser
                    .post_with_key(&case.path, &new_key(), &nonsense)
                    .await
                    .expect_problem(422, "auth.code_invalid");
            }
            let key = new_key();
            case.send(&key).await.expect_problem(429, "rate_limited");
            app.advance(Duration::from_mins(5)).await;
            let done = case.send(&key).await.expect(200);
            assert_eq!(done.header(REPLAYED), "", "{}", case.operation);
            app.run_jobs().await;
        },
    )
    .await;
}
