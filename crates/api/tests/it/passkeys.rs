//! Passkeys: made, used to sign in and to prove anew that one is still there, removed.

use std::time::Duration;

use portal_api::store::PasskeySummary;
use serde_json::{Value, json};

use crate::helpers::{Browser, LOGIN, PASSKEYS, STEP_UP, SecurityKey, TestApp, new_key, on_both_engines};

on_both_engines!(
    a_passkey_signs_in_alone,
    a_passkey_proves_anew_that_one_is_there,
    asvs_7_2_4_every_proof_makes_a_new_token,
    asvs_7_4_3_other_sessions_end_when_passkeys_change,
    asvs_7_5_1_passkeys_change_after_a_fresh_proof_only,
    asvs_6_3_7_changes_are_told_by_mail,
    a_removed_passkey_is_nobodys,
    nobody_removes_anothers_passkey,
    ten_passkeys_are_the_most,
    a_key_is_added_once,
    what_is_copied_to_other_devices_is_said_so,
    without_passkeys_there_is_nothing_to_prove_by,
);

/// The passkeys of a person.
pub async fn passkeys(app: &TestApp, email: &str) -> Vec<PasskeySummary> {
    let user = app.user_id(email).await;
    let tx = app.app.db.read_as_user(user).await.unwrap();
    tx.passkeys().list().await.unwrap()
}

/// Ada, signed in, and an authenticator with her passkey.
pub async fn ada_with_passkey(app: &TestApp) -> (Browser<'_>, SecurityKey) {
    let ada = app.signed_in("ada@example.com").await;
    let mut authenticator = SecurityKey::new();
    ada.add_passkey("Laptop", &mut authenticator).await.expect(200);
    app.run_jobs().await;
    (ada, authenticator)
}

async fn a_passkey_signs_in_alone(app: &TestApp) {
    let (_, mut authenticator) = ada_with_passkey(app).await;
    app.advance(Duration::from_secs(90)).await;
    let browser = app.browser();
    let ceremony = browser.begin(LOGIN).await;
    let options: Value = serde_json::from_str(ceremony["options"].as_str().unwrap()).unwrap();
    assert_eq!(options["rpId"], "localhost");
    assert_eq!(options["userVerification"], "required");
    assert_eq!(options["allowCredentials"], json!([]), "nobody learns whose keys there are");
    let answer = browser.answer_ceremony(LOGIN, &ceremony, &authenticator.get(&ceremony)).await.expect(200);
    let data = answer.json()["data"].clone();
    assert_eq!((&data["state"], &data["user"]["email"]), (&json!("signed_in"), &json!("ada@example.com")));
    browser.get("/api/me").await.expect(200);
    assert_eq!(app.audited("session.sign_in", "ok").await, 2);

    let [passkey] = &passkeys(app, "ada@example.com").await[..] else { panic!("one passkey") };
    assert_eq!(passkey.name, "Laptop");
    assert_eq!(passkey.last_used_at, Some(app.clock.now()));
    assert_eq!((app.clock.now() - passkey.created_at).num_seconds(), 90);
}

async fn a_passkey_proves_anew_that_one_is_there(app: &TestApp) {
    let (ada, mut authenticator) = ada_with_passkey(app).await;
    app.advance(Duration::from_mins(11)).await;
    let body = json!({});
    let options = format!("{PASSKEYS}/options");
    ada.post_with_key(&options, &new_key(), &body).await.expect_problem(403, "auth.step_up_required");
    let answer = ada.use_passkey(STEP_UP, &mut authenticator).await.expect(200);
    let proved: chrono::DateTime<chrono::Utc> =
        answer.json()["data"]["auth_time"].as_str().unwrap().parse().unwrap();
    assert_eq!(proved, app.clock.now());
    ada.post_with_key(&options, &new_key(), &body).await.expect(200);
    assert_eq!(app.audited("session.step_up", "ok").await, 1);
}

async fn asvs_7_2_4_every_proof_makes_a_new_token(app: &TestApp) {
    let (ada, mut authenticator) = ada_with_passkey(app).await;
    for path in [LOGIN, STEP_UP] {
        let former = ada.copy();
        ada.use_passkey(path, &mut authenticator).await.expect(200);
        assert_ne!(ada.cookies()["portal_session_dev"], former.cookies()["portal_session_dev"]);
        former.get("/api/me").await.expect_problem(401, "auth.required");
        ada.get("/api/me").await.expect(200);
    }
}

async fn asvs_7_4_3_other_sessions_end_when_passkeys_change(app: &TestApp) {
    let (ada, mut authenticator) = ada_with_passkey(app).await;
    let phone = app.browser();
    phone.use_passkey(LOGIN, &mut authenticator).await.expect(200);
    phone.get("/api/me").await.expect(200);
    let added = ada.add_passkey("Phone", &mut authenticator).await.expect(200).json();
    phone.get("/api/me").await.expect_problem(401, "auth.required");
    ada.get("/api/me").await.expect(200);

    phone.use_passkey(LOGIN, &mut authenticator).await.expect(200);
    ada.remove_passkey(&added["data"]["passkey"]["id"]).await.expect(204);
    phone.get("/api/me").await.expect_problem(401, "auth.required");
    ada.get("/api/me").await.expect(200);
    app.run_jobs().await;
}

async fn asvs_7_5_1_passkeys_change_after_a_fresh_proof_only(app: &TestApp) {
    let (ada, mut authenticator) = ada_with_passkey(app).await;
    let id = json!(passkeys(app, "ada@example.com").await[0].id);
    app.advance(Duration::from_secs(299)).await;
    let ceremony = ada.begin(PASSKEYS).await;
    app.advance(Duration::from_secs(2)).await;
    let options = format!("{PASSKEYS}/options");
    let refused = ada.post_with_key(&options, &new_key(), &json!({})).await;
    refused.expect_problem(403, "auth.step_up_required");
    ada.remove_passkey(&id).await.expect_problem(403, "auth.step_up_required");
    // Who began in time may end: else the authenticator would keep a key that nobody knows.
    let credential = authenticator.create(&ceremony);
    let body = crate::helpers::addition(&ceremony, &credential, "Phone");
    ada.post_with_key(PASSKEYS, &new_key(), &body).await.expect(200);
    app.run_jobs().await;
    app.advance(Duration::from_mins(5)).await;
    ada.post_with_key(PASSKEYS, &new_key(), &body).await.expect_problem(403, "auth.step_up_required");
    assert_eq!(passkeys(app, "ada@example.com").await.len(), 2);
}

async fn asvs_6_3_7_changes_are_told_by_mail(app: &TestApp) {
    let ada = app.signed_in("ada@example.com").await;
    let added = ada.add_passkey("Laptop", &mut SecurityKey::new()).await.expect(200).json();
    app.run_jobs().await;
    let subject = |mails: &[Value]| mails[0]["subject"].as_str().unwrap().to_owned();
    assert!(subject(&app.mails("ada@example.com").await).contains("A passkey was added"));
    ada.remove_passkey(&added["data"]["passkey"]["id"]).await.expect(204);
    app.run_jobs().await;
    let mails = app.mails("ada@example.com").await;
    assert!(subject(&mails).contains("A passkey was removed"));
    assert_eq!(mails.len(), 2);
    assert_eq!(app.audited("mfa.passkey_add", "ok").await, 1);
    assert_eq!(app.audited("mfa.passkey_remove", "ok").await, 1);
}

async fn a_removed_passkey_is_nobodys(app: &TestApp) {
    let (ada, mut authenticator) = ada_with_passkey(app).await;
    let ceremony = app.browser();
    let begun = ceremony.begin(LOGIN).await;
    let answer = authenticator.get(&begun);
    let id = json!(passkeys(app, "ada@example.com").await[0].id);
    ada.remove_passkey(&id).await.expect(204);
    app.run_jobs().await;
    ceremony.answer_ceremony(LOGIN, &begun, &answer).await.expect_problem(422, "auth.passkey_invalid");
    let again = app.browser().use_passkey(LOGIN, &mut authenticator).await;
    again.expect_problem(422, "auth.passkey_invalid");
    ada.remove_passkey(&id).await.expect_problem(404, "not_found");
    assert!(passkeys(app, "ada@example.com").await.is_empty());

    // A key of idempotency belongs to one passkey.
    let mut ids = Vec::new();
    for name in ["One", "Two"] {
        let added = ada.add_passkey(name, &mut SecurityKey::new()).await.expect(200).json();
        ids.push(added["data"]["passkey"]["id"].as_str().unwrap().to_owned());
    }
    let key = new_key();
    ada.delete_with_key(&format!("{PASSKEYS}/{}", ids[0]), &key).await.expect(204);
    let other = ada.delete_with_key(&format!("{PASSKEYS}/{}", ids[1]), &key).await;
    other.expect_problem(422, "idempotency.mismatch");
    app.run_jobs().await;
}

async fn nobody_removes_anothers_passkey(app: &TestApp) {
    let (_, mut authenticator) = ada_with_passkey(app).await;
    let mallory = app.signed_in("mallory@example.com").await;
    let id = json!(passkeys(app, "ada@example.com").await[0].id);
    mallory.remove_passkey(&id).await.expect_problem(404, "not_found");
    mallory.remove_passkey(&json!("nonsense")).await.expect_problem(404, "not_found");
    app.browser().use_passkey(LOGIN, &mut authenticator).await.expect(200);
}

async fn ten_passkeys_are_the_most(app: &TestApp) {
    let (ada, mut authenticator) = ada_with_passkey(app).await;
    for n in 2..=9 {
        ada.add_passkey(&format!("Key {n}"), &mut authenticator).await.expect(200);
    }
    // Two ceremonies are begun while there is room for one.
    let begun = [ada.begin(PASSKEYS).await, ada.begin(PASSKEYS).await];
    let [tenth, eleventh] = begun.map(|ceremony| {
        let credential = authenticator.create(&ceremony);
        crate::helpers::addition(&ceremony, &credential, "Another")
    });
    ada.post_with_key(PASSKEYS, &new_key(), &tenth).await.expect(200);
    let refused = ada.post_with_key(PASSKEYS, &new_key(), &eleventh).await;
    refused.expect_problem(409, "conflict.limit_reached");
    let refused = ada.post_with_key(&format!("{PASSKEYS}/options"), &new_key(), &json!({})).await;
    refused.expect_problem(409, "conflict.limit_reached");
    assert_eq!(passkeys(app, "ada@example.com").await.len(), 10);
    app.run_jobs().await;
}

async fn a_key_is_added_once(app: &TestApp) {
    let ada = app.signed_in("ada@example.com").await;
    let mut authenticator = SecurityKey::new();
    let ceremony = ada.begin(PASSKEYS).await;
    let credential = authenticator.create(&ceremony);
    let body = crate::helpers::addition(&ceremony, &credential, " Laptop ");
    let added = ada.post_with_key(PASSKEYS, &new_key(), &body).await.expect(200).json();
    assert_eq!(added["data"]["passkey"]["name"], "Laptop");
    assert_eq!(added["data"]["passkey"]["last_used_at"], Value::Null);
    let refused = ada.post_with_key(PASSKEYS, &new_key(), &body).await;
    refused.expect_problem(422, "auth.passkey_invalid");
    app.run_jobs().await;
    // The next ceremony names the key, so that the authenticator does not make another one.
    let ceremony = ada.begin(PASSKEYS).await;
    let options: Value = serde_json::from_str(ceremony["options"].as_str().unwrap()).unwrap();
    assert_eq!(options["excludeCredentials"][0]["id"], credential["id"]);
    let mut nameless = body.clone();
    nameless["name"] = json!(" ");
    ada.post_with_key(PASSKEYS, &new_key(), &nameless).await.expect_problem(422, "validation");
}

async fn what_is_copied_to_other_devices_is_said_so(app: &TestApp) {
    let ada = app.signed_in("ada@example.com").await;
    let (mut synced, mut bound) = (SecurityKey::new(), SecurityKey::new());
    synced.synced = true;
    for (authenticator, name, expected) in [(&mut synced, "synced", true), (&mut bound, "bound", false)] {
        let added = ada.add_passkey(name, authenticator).await.expect(200).json();
        assert_eq!(added["data"]["passkey"]["synced"], expected);
    }
    app.run_jobs().await;
    for authenticator in [&mut synced, &mut bound] {
        app.browser().use_passkey(LOGIN, authenticator).await.expect(200);
    }
    for passkey in passkeys(app, "ada@example.com").await {
        assert_eq!(passkey.synced, passkey.name == "synced", "{}", passkey.name);
    }
    // A key that becomes copyable after it was made is another key.
    bound.synced = true;
    let changed = app.browser().use_passkey(LOGIN, &mut bound).await;
    changed.expect_problem(422, "auth.passkey_invalid");
}

async fn without_passkeys_there_is_nothing_to_prove_by(app: &TestApp) {
    let ada = app.signed_in("ada@example.com").await;
    let refused = ada.post(&format!("{STEP_UP}/options"), &json!({})).await;
    refused.expect_problem(409, "conflict.step");
}
