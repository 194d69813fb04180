//! Answers of passkeys that prove nothing: of another place, another party, another time, or another copy of the key.

use std::time::Duration;

use futures::future::join_all;
use portal_api::store::UserStatus;
use serde_json::{Value, json};

use crate::{
    helpers::{
        Answer, LOGIN, PASSKEYS, STEP_UP, SecurityKey, TestApp, addition, new_key, on_both_engines,
        with_settings,
    },
    passkeys::{ada_with_passkey, passkeys},
};

on_both_engines!(
    asvs_6_5_1_an_answer_works_once,
    fifty_parallel_answers_of_one_ceremony_get_one_session,
    fifty_parallel_additions_of_one_ceremony_add_one_key,
    an_answer_counts_for_the_party_that_asked,
    an_answer_counts_for_what_was_asked,
    a_ceremony_ends_after_five_minutes,
    an_answer_from_elsewhere_proves_nothing,
    asvs_6_3_3_an_unchecked_holder_proves_nothing,
    a_foreign_key_proves_nothing,
    a_copied_key_is_refused_and_noted,
    asvs_6_3_8_unknown_and_disabled_are_alike,
    what_is_no_answer_is_refused,
);

#[track_caller]
fn refused(answer: Answer) {
    answer.expect_problem(422, "auth.passkey_invalid");
}

fn options(ceremony: &Value) -> Value {
    serde_json::from_str(ceremony["options"].as_str().unwrap()).unwrap()
}

async fn asvs_6_5_1_an_answer_works_once(app: &TestApp) {
    let (ada, mut authenticator) = ada_with_passkey(app).await;
    for (browser, path) in [(app.browser(), LOGIN), (ada, STEP_UP)] {
        let ceremony = browser.begin(path).await;
        let answer = authenticator.get(&ceremony);
        let thief = browser.copy();
        browser.answer_ceremony(path, &ceremony, &answer).await.expect(200);
        refused(browser.answer_ceremony(path, &ceremony, &answer).await);
        // Nor does it fit another ceremony.
        let next = browser.begin(path).await;
        refused(browser.answer_ceremony(path, &next, &answer).await);
        if path == LOGIN {
            refused(thief.answer_ceremony(path, &ceremony, &answer).await);
        }
    }
}

async fn fifty_parallel_answers_of_one_ceremony_get_one_session(app: &TestApp) {
    let (_, mut authenticator) = ada_with_passkey(app).await;
    let browser = app.browser();
    let ceremony = browser.begin(LOGIN).await;
    let answer = authenticator.get(&ceremony);
    let copies: Vec<_> = (0..50).map(|_| browser.copy()).collect();
    let answers = join_all(copies.iter().map(|copy| copy.answer_ceremony(LOGIN, &ceremony, &answer))).await;
    let signed_in = answers.iter().filter(|answer| answer.status == 200).count();
    assert_eq!(signed_in, 1);
    // Refused, until the network has had its failures of the hour.
    assert_eq!(answers.iter().filter(|answer| matches!(answer.status, 422 | 429)).count(), 49);
}

async fn fifty_parallel_additions_of_one_ceremony_add_one_key(app: &TestApp) {
    let ada = app.signed_in("ada@example.com").await;
    let ceremony = ada.begin(PASSKEYS).await;
    let body = addition(&ceremony, &SecurityKey::new().create(&ceremony), "Laptop");
    let keys: Vec<String> = (0..50).map(|_| new_key()).collect();
    let answers = join_all(keys.iter().map(|key| ada.post_with_key(PASSKEYS, key, &body))).await;
    assert_eq!(answers.iter().filter(|answer| answer.status == 200).count(), 1);
    assert_eq!(answers.iter().filter(|answer| answer.status == 422).count(), 49);
    assert_eq!(passkeys(app, "ada@example.com").await.len(), 1);
    app.run_jobs().await;
}

async fn an_answer_counts_for_the_party_that_asked(app: &TestApp) {
    let (ada, mut authenticator) = ada_with_passkey(app).await;
    // Another browser, with a mark of its own or without any.
    let (asked, other) = (app.browser(), app.browser());
    let ceremony = asked.begin(LOGIN).await;
    let answer = authenticator.get(&ceremony);
    refused(other.answer_ceremony(LOGIN, &ceremony, &answer).await);
    other.begin(LOGIN).await;
    refused(other.answer_ceremony(LOGIN, &ceremony, &answer).await);
    // A wrong party uses nothing up.
    asked.answer_ceremony(LOGIN, &ceremony, &answer).await.expect(200);

    // Another session of the same person, and one of somebody else.
    let ceremony = ada.begin(STEP_UP).await;
    let answer = authenticator.get(&ceremony);
    refused(asked.answer_ceremony(STEP_UP, &ceremony, &answer).await);
    let mallory = app.signed_in("mallory@example.com").await;
    refused(mallory.answer_ceremony(STEP_UP, &ceremony, &answer).await);
    ada.answer_ceremony(STEP_UP, &ceremony, &answer).await.expect(200);

    let ceremony = ada.begin(PASSKEYS).await;
    let body = addition(&ceremony, &SecurityKey::new().create(&ceremony), "Stolen");
    refused(mallory.post_with_key(PASSKEYS, &new_key(), &body).await);
    assert!(passkeys(app, "mallory@example.com").await.is_empty());
}

async fn an_answer_counts_for_what_was_asked(app: &TestApp) {
    let (ada, mut authenticator) = ada_with_passkey(app).await;
    let ceremony = ada.begin(LOGIN).await;
    let answer = authenticator.get(&ceremony);
    refused(ada.answer_ceremony(STEP_UP, &ceremony, &answer).await);
    let ceremony = ada.begin(STEP_UP).await;
    let answer = authenticator.get(&ceremony);
    refused(ada.answer_ceremony(LOGIN, &ceremony, &answer).await);
    let ceremony = ada.begin(STEP_UP).await;
    let mut asked = options(&ceremony);
    asked["user"] = json!({ "id": "" });
    let created = SecurityKey::new().create(&json!({ "options": asked.to_string() }));
    refused(ada.post_with_key(PASSKEYS, &new_key(), &addition(&ceremony, &created, "Key")).await);
}

async fn a_ceremony_ends_after_five_minutes(app: &TestApp) {
    let (ada, mut authenticator) = ada_with_passkey(app).await;
    let browser = app.browser();
    let [early, late] = [browser.begin(LOGIN).await, browser.begin(LOGIN).await];
    let step_up = ada.begin(STEP_UP).await;
    app.advance(Duration::from_secs(299)).await;
    let answer = authenticator.get(&early);
    browser.answer_ceremony(LOGIN, &early, &answer).await.expect(200);
    app.advance(Duration::from_secs(1)).await;
    let answer = authenticator.get(&late);
    refused(browser.answer_ceremony(LOGIN, &late, &answer).await);
    let answer = authenticator.get(&step_up);
    refused(ada.answer_ceremony(STEP_UP, &step_up, &answer).await);
}

async fn an_answer_from_elsewhere_proves_nothing(app: &TestApp) {
    let (ada, mut authenticator) = ada_with_passkey(app).await;
    let browser = app.browser();
    for origin in
        ["http://localhost:4001", "https://localhost:4000", "http://evil.example", "http://a.localhost:4000"]
    {
        authenticator.origin = origin.to_owned();
        refused(browser.use_passkey(LOGIN, &mut authenticator).await);
        refused(ada.use_passkey(STEP_UP, &mut authenticator).await);
        refused(
            ada.add_passkey("Key", &mut SecurityKey { origin: origin.to_owned(), ..SecurityKey::new() })
                .await,
        );
    }
    authenticator = SecurityKey { keys: authenticator.keys, ..SecurityKey::new() };
    "evil.example".clone_into(&mut authenticator.host);
    refused(browser.use_passkey(LOGIN, &mut authenticator).await);
    refused(
        ada.add_passkey("Key", &mut SecurityKey { host: "evil.example".to_owned(), ..SecurityKey::new() })
            .await,
    );
    authenticator = SecurityKey { keys: authenticator.keys, ..SecurityKey::new() };
    authenticator.embedded = true;
    refused(browser.use_passkey(LOGIN, &mut authenticator).await);
    refused(ada.add_passkey("Key", &mut SecurityKey { embedded: true, ..SecurityKey::new() }).await);
    authenticator.embedded = false;
    browser.use_passkey(LOGIN, &mut authenticator).await.expect(200);
    assert_eq!(app.audited("session.sign_in", "refused").await, 6);
    assert_eq!(app.audited("session.step_up", "refused").await, 4);
    assert_eq!(passkeys(app, "ada@example.com").await.len(), 1);
}

async fn asvs_6_3_3_an_unchecked_holder_proves_nothing(app: &TestApp) {
    let (ada, mut authenticator) = ada_with_passkey(app).await;
    authenticator.verifies = false;
    refused(app.browser().use_passkey(LOGIN, &mut authenticator).await);
    refused(ada.use_passkey(STEP_UP, &mut authenticator).await);
    refused(ada.add_passkey("Key", &mut SecurityKey { verifies: false, ..SecurityKey::new() }).await);
}

async fn a_foreign_key_proves_nothing(app: &TestApp) {
    let (ada, mut authenticator) = ada_with_passkey(app).await;
    let mallory = app.signed_in("mallory@example.com").await;
    let mut malicious = SecurityKey::new();
    mallory.add_passkey("Mallory's", &mut malicious).await.expect(200);
    app.run_jobs().await;
    let browser = app.browser();
    let ceremony = browser.begin(LOGIN).await;
    let asked = options(&ceremony);
    // Mallory's key that says it is Ada's, Ada's key by its name with Mallory's signature, and a key that says nothing.
    let mut pretender = malicious.keys[0].clone();
    pretender.user = authenticator.keys[0].user.clone();
    refused(browser.answer_ceremony(LOGIN, &ceremony, &malicious.answer(&pretender, &asked)).await);
    let ceremony = browser.begin(LOGIN).await;
    pretender.id = authenticator.keys[0].id.clone();
    refused(
        browser.answer_ceremony(LOGIN, &ceremony, &malicious.answer(&pretender, &options(&ceremony))).await,
    );
    let ceremony = browser.begin(LOGIN).await;
    let mut silent = authenticator.get(&ceremony);
    silent["response"]["userHandle"] = Value::Null;
    refused(browser.answer_ceremony(LOGIN, &ceremony, &silent).await);
    // A key of her own helps Mallory to nothing in Ada's session.
    let ceremony = ada.begin(STEP_UP).await;
    let own = malicious.keys[0].clone();
    refused(ada.answer_ceremony(STEP_UP, &ceremony, &malicious.answer(&own, &options(&ceremony))).await);
    // In a session the owner is known, so the key need not say.
    let ceremony = ada.begin(STEP_UP).await;
    let mut silent = authenticator.get(&ceremony);
    silent["response"]["userHandle"] = Value::Null;
    ada.answer_ceremony(STEP_UP, &ceremony, &silent).await.expect(200);
}

async fn a_copied_key_is_refused_and_noted(app: &TestApp) {
    let (ada, mut authenticator) = ada_with_passkey(app).await;
    let mut copy = SecurityKey { keys: authenticator.keys.clone(), ..SecurityKey::new() };
    for _ in 0..3 {
        app.browser().use_passkey(LOGIN, &mut authenticator).await.expect(200);
    }
    // The copy has not counted along: it says 2, 3 and 4, and the portal has seen 4.
    for attempt in 1..=3 {
        refused(app.browser().use_passkey(LOGIN, &mut copy).await);
        assert_eq!(app.audited("mfa.passkey_use", "suspicious").await, attempt);
    }
    refused({
        copy.keys[0].counter = 0;
        ada.use_passkey(STEP_UP, &mut copy).await
    });
    assert_eq!(app.audited("mfa.passkey_use", "suspicious").await, 4);
    ada.use_passkey(STEP_UP, &mut authenticator).await.expect(200);

    // Of two ceremonies that were begun before, the second answer with one counter is one too many.
    let browser = app.browser();
    let ceremonies = [browser.begin(LOGIN).await, browser.begin(LOGIN).await];
    let mut key = authenticator.keys[0].clone();
    key.counter += 1;
    let answers = ceremonies.each_ref().map(|ceremony| authenticator.answer(&key, &options(ceremony)));
    let copies = [browser.copy(), browser.copy()];
    let tries = (0..2).map(|n| copies[n].answer_ceremony(LOGIN, &ceremonies[n], &answers[n]));
    let mut statuses: Vec<u16> = join_all(tries).await.iter().map(|answer| answer.status).collect();
    statuses.sort_unstable();
    assert_eq!(statuses, [200, 422]);
    assert_eq!(app.audited("mfa.passkey_use", "suspicious").await, 5);
}

async fn asvs_6_3_8_unknown_and_disabled_are_alike(app: &TestApp) {
    let (_, mut authenticator) = ada_with_passkey(app).await;
    let ada = app.user_id("ada@example.com").await;
    let tx = app.app.db.as_system().await.unwrap();
    assert!(tx.account(ada).set_status(UserStatus::Disabled).await.unwrap());
    tx.commit().await.unwrap();
    let shape = |answer: Answer| {
        let mut problem = answer.json();
        problem["instance"] = Value::Null;
        let mut headers: Vec<String> = answer.headers.keys().map(ToString::to_string).collect();
        headers.sort();
        (answer.status, headers, problem)
    };
    let disabled = app.browser().use_passkey(LOGIN, &mut authenticator).await;
    authenticator.keys[0].id[0] ^= 1;
    let unknown = app.browser().use_passkey(LOGIN, &mut authenticator).await;
    assert_eq!(disabled.status, 422);
    assert_eq!(shape(disabled), shape(unknown));
}

async fn what_is_no_answer_is_refused(app: &TestApp) {
    let browser = app.browser();
    for rubbish in ["{}", "null", "[1]", "x", "{\"id\":\"AA\",\"rawId\":\"!\",\"type\":\"public-key\"}"] {
        let ceremony = browser.begin(LOGIN).await;
        let body = json!({ "ceremony_id": ceremony["ceremony_id"], "credential": rubbish });
        refused(browser.post(LOGIN, &body).await);
        // It was used up all the same.
        refused(browser.post(LOGIN, &body).await);
    }
    let empty = json!({ "ceremony_id": "019a0000-0000-7000-8000-000000000000", "credential": "" });
    browser.post(LOGIN, &empty).await.expect_problem(422, "validation");
    let long =
        json!({ "ceremony_id": "019a0000-0000-7000-8000-000000000000", "credential": "x".repeat(16_385) });
    browser.post(LOGIN, &long).await.expect_problem(422, "validation");
}

#[actix_web::test]
async fn ceremonies_are_limited() {
    let settings = [("PORTAL_LIMIT_PASSKEY_SOURCE", "3"), ("PORTAL_LIMIT_PASSKEY_USER", "4")];
    with_settings(&settings, async |app| {
        let (ada, _) = ada_with_passkey(app).await;
        for _ in 0..3 {
            app.browser().begin(LOGIN).await;
            ada.begin(STEP_UP).await;
        }
        let path = format!("{LOGIN}/options");
        app.browser().post(&path, &json!({})).await.expect_problem(429, "rate_limited");
        for path in [STEP_UP, PASSKEYS] {
            let limited = ada.post_with_key(&format!("{path}/options"), &new_key(), &json!({})).await;
            limited.expect_problem(429, "rate_limited");
        }
    })
    .await;
}
