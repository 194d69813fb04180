//! Passkeys beside the password: the second proof of a sign-in, and the recovery codes that come with the first of them.

use futures::future::join_all;
use serde_json::{Value, json};

use crate::{
    helpers::{LOGIN, SecurityKey, TestApp, on_both_engines},
    passkeys::ada_with_passkey,
};

on_both_engines!(
    a_passkey_is_the_second_proof,
    asvs_6_6_2_an_answer_is_bound_to_the_wait_that_asked,
    fifty_parallel_second_proofs_get_one_session,
    recovery_codes_come_with_the_first_factor_and_go_with_the_last,
);

fn options(ceremony: &Value) -> Value {
    serde_json::from_str(ceremony["options"].as_str().unwrap()).unwrap()
}

async fn a_passkey_is_the_second_proof(app: &TestApp) {
    let (_, mut key) = ada_with_passkey(app).await;
    let browser = app.half_way("ada@example.com").await;
    let waiting = browser.copy();
    let state = browser.get("/api/auth/session").await.expect(200).json();
    assert_eq!(state["data"]["methods"][0], "passkey");
    let ceremony = browser.begin(LOGIN).await;
    assert_eq!(options(&ceremony)["allowCredentials"].as_array().unwrap().len(), 1);
    let answer = key.get(&ceremony);
    let answer = browser.answer_ceremony(LOGIN, &ceremony, &answer).await.expect(200);
    assert_eq!(answer.json()["data"]["state"], "signed_in");
    browser.get("/api/me").await.expect(200);
    waiting.get("/api/me").await.expect_problem(401, "auth.required");
    assert_eq!(app.count("sessions WHERE factors = 'password,passkey' AND level = 'full'").await, 1);
    app.run_jobs().await;
}

async fn asvs_6_6_2_an_answer_is_bound_to_the_wait_that_asked(app: &TestApp) {
    let (_, mut key) = ada_with_passkey(app).await;
    let mallory = app.signed_in("mallory@example.com").await;
    let mut foreign = SecurityKey::new();
    mallory.add_passkey("Mallory's", &mut foreign).await.expect(200);
    let (one, other) = (app.half_way("ada@example.com").await, app.half_way("ada@example.com").await);
    let refused = async |browser: &crate::helpers::Browser<'_>, ceremony: &Value, answer: &Value| {
        let answer = browser.answer_ceremony(LOGIN, ceremony, answer).await;
        answer.expect_problem(422, "auth.passkey_invalid");
    };
    let ceremony = one.begin(LOGIN).await;
    let answer = key.get(&ceremony);
    refused(&other, &ceremony, &answer).await;
    refused(&app.half_way("mallory@example.com").await, &ceremony, &answer).await;
    one.answer_ceremony(LOGIN, &ceremony, &answer).await.expect(200);
    // Whoever knows Ada's password gets nowhere with a key of their own.
    let ceremony = other.begin(LOGIN).await;
    let answer = foreign.answer(&foreign.keys[0], &options(&ceremony));
    refused(&other, &ceremony, &answer).await;
    assert!(app.audited("session.second_factor", "refused").await >= 2);
    app.run_jobs().await;
}

async fn fifty_parallel_second_proofs_get_one_session(app: &TestApp) {
    let (_, mut key) = ada_with_passkey(app).await;
    let browser = app.half_way("ada@example.com").await;
    let ceremony = browser.begin(LOGIN).await;
    let answer = key.get(&ceremony);
    let copies: Vec<_> = (0..50).map(|_| browser.copy()).collect();
    let answers = join_all(copies.iter().map(|copy| copy.answer_ceremony(LOGIN, &ceremony, &answer))).await;
    assert_eq!(answers.iter().filter(|answer| answer.status == 200).count(), 1);
    app.run_jobs().await;
}

async fn recovery_codes_come_with_the_first_factor_and_go_with_the_last(app: &TestApp) {
    let ada = app.signed_in("ada@example.com").await;
    let mut key = SecurityKey::new();
    let mut ids = Vec::new();
    for (name, codes) in [("One", 10), ("Two", 0)] {
        let added = ada.add_passkey(name, &mut key).await.expect(200).json();
        assert_eq!(added["data"]["recovery"]["codes"].as_array().unwrap().len(), codes);
        ids.push(added["data"]["passkey"]["id"].clone());
    }
    let mfa = ada.get("/api/me/mfa").await.expect(200).json();
    assert_eq!(mfa["data"]["recovery_codes_left"], 10);
    let names: Vec<&Value> =
        mfa["data"]["passkeys"].as_array().unwrap().iter().map(|passkey| &passkey["name"]).collect();
    assert!(names.contains(&&json!("One")) && names.contains(&&json!("Two")));
    for (id, left) in ids.iter().zip([10, 0]) {
        ada.remove_passkey(id).await.expect(204);
        assert_eq!(app.count("mfa_recovery_codes").await, left);
    }
    app.run_jobs().await;
}
