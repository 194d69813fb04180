//! `/api/me/mfa`: setting second factors up and taking them away.

use std::time::Duration;

use reqwest::Method;
use serde_json::{Value, json};

use crate::helpers::{Answer, Authenticator, Browser, PASSWORD, TestApp, new_key, on_both_engines};

on_both_engines!(
    a_key_counts_once_a_code_of_it_came_back,
    asvs_7_4_3_a_change_of_factors_ends_the_other_sessions,
    asvs_6_3_7_every_change_is_told_by_mail,
    recovery_codes_come_with_the_first_factor_and_go_with_the_last,
);

const ADA: &str = "ada@example.com";

async fn set_up(browser: &Browser<'_>) -> Answer {
    browser.post_with_key("/api/me/mfa/totp", &new_key(), &json!({})).await
}

async fn confirm(browser: &Browser<'_>, code: &str) -> Answer {
    browser.post_with_key("/api/me/mfa/totp/confirm", &new_key(), &json!({ "code": code })).await
}

async fn remove(browser: &Browser<'_>) -> Answer {
    let request = browser.request(Method::DELETE, "/api/me/mfa/totp");
    browser.send(request.header("idempotency-key", new_key()).body("{}")).await
}

async fn new_codes(browser: &Browser<'_>) -> Answer {
    browser.post_with_key("/api/me/mfa/recovery-codes", &new_key(), &json!({})).await
}

async fn mfa(browser: &Browser<'_>) -> Value {
    browser.get("/api/me/mfa").await.expect(200).json()["data"].clone()
}

async fn a_key_counts_once_a_code_of_it_came_back(app: &TestApp) {
    let ada = app.signed_in(ADA).await;
    let nothing =
        json!({ "totp_since": null, "recovery_codes_left": 0, "passkeys": [], "email_code": false });
    assert_eq!(mfa(&ada).await, nothing);
    confirm(&ada, "123456").await.expect_problem(409, "conflict.step");

    let first = set_up(&ada).await.expect(200).json();
    let uri = first["data"]["uri"].as_str().unwrap();
    assert!(uri.starts_with("otpauth://totp/Customer%20portal:ada%40example.com?secret="), "{uri}");
    assert!(uri.ends_with("&issuer=Customer%20portal"), "{uri}");
    let (size, path) = (&first["data"]["qr"]["size"], first["data"]["qr"]["path"].as_str().unwrap());
    assert!(size.as_u64().is_some_and(|size| (29..=65).contains(&size)), "{size}");
    assert!(path.starts_with('M') && path.len() < 12_000, "{}", path.len());
    assert_eq!(mfa(&ada).await, nothing, "nothing counts yet");
    app.browser().log_in(ADA, PASSWORD).await.expect(200);

    // Another key takes the place of one that does not count.
    let second = set_up(&ada).await.expect(200).json();
    assert_ne!(first["data"]["secret"], second["data"]["secret"]);
    let (old, new) = (Authenticator::scan(&first), Authenticator::scan(&second));
    confirm(&ada, &old.code(app)).await.expect_problem(422, "auth.factor_invalid");
    assert_eq!(mfa(&ada).await, nothing);

    app.clock.advance(Duration::from_mins(25));
    ada.get("/api/me").await.expect(200);
    app.clock.advance(Duration::from_secs(301));
    confirm(&ada, &new.code(app)).await.expect_problem(409, "conflict.step");
    ada.step_up("password", PASSWORD).await.expect(200);
    let third = Authenticator::scan(&set_up(&ada).await.expect(200).json());
    confirm(&ada, &third.code(app)).await.expect(200);
    let set = mfa(&ada).await;
    assert_eq!(set["totp_since"], json!(app.clock.now()));
    assert_eq!(set["recovery_codes_left"], 10);

    // One that counts stays until it is removed.
    set_up(&ada).await.expect_problem(409, "conflict.step");
    app.clock.advance(Duration::from_secs(30));
    confirm(&ada, &third.code(app)).await.expect_problem(409, "conflict.step");
    app.half_way(ADA).await.prove("totp", &third.code(app)).await.expect(200);
    app.run_jobs().await;
}

async fn asvs_7_4_3_a_change_of_factors_ends_the_other_sessions(app: &TestApp) {
    let ada = app.signed_in(ADA).await;
    let mallory = app.signed_in("mallory@example.com").await;
    let other = app.signed_in(ADA).await;
    other.get("/api/me").await.expect(200);
    let (authenticator, codes) = ada.set_up_totp(app).await;
    other.get("/api/me").await.expect_problem(401, "auth.required");

    let other = app.half_way(ADA).await;
    other.prove("recovery_code", &codes[0]).await.expect(200);
    other.get("/api/me").await.expect(200);
    new_codes(&ada).await.expect(200);
    other.get("/api/me").await.expect_problem(401, "auth.required");
    ada.get("/api/me").await.expect(200);

    app.clock.advance(Duration::from_secs(30));
    let other = app.half_way(ADA).await;
    other.prove("totp", &authenticator.code(app)).await.expect(200);
    remove(&ada).await.expect(204);
    other.get("/api/me").await.expect_problem(401, "auth.required");
    ada.get("/api/me").await.expect(200);
    mallory.get("/api/me").await.expect(200);
    app.run_jobs().await;
}

async fn asvs_6_3_7_every_change_is_told_by_mail(app: &TestApp) {
    let ada = app.signed_in(ADA).await;
    ada.set_up_totp(app).await;
    new_codes(&ada).await.expect(200);
    remove(&ada).await.expect(204);
    app.run_jobs().await;
    let mails = app.mails(ADA).await;
    let subjects: Vec<&str> = mails.iter().map(|mail| mail["subject"].as_str().unwrap()).collect();
    for told in ["authenticator app was removed", "recovery codes were made", "authenticator app was set up"]
    {
        assert_eq!(
            subjects.iter().filter(|subject| subject.contains(told)).count(),
            1,
            "{told}: {subjects:?}"
        );
    }
    assert_eq!(app.mails("mallory@example.com").await.len(), 0);
}

async fn recovery_codes_come_with_the_first_factor_and_go_with_the_last(app: &TestApp) {
    let ada = app.signed_in(ADA).await;
    new_codes(&ada).await.expect_problem(409, "conflict.step");
    let (authenticator, old) = ada.set_up_totp(app).await;
    let new = new_codes(&ada).await.expect(200).json();
    let new: Vec<&str> =
        new["data"]["codes"].as_array().unwrap().iter().map(|code| code.as_str().unwrap()).collect();
    assert_eq!(new.len(), 10);
    for code in &new {
        let groups: Vec<usize> = code.split('-').map(str::len).collect();
        assert_eq!(groups, [2, 5, 5], "{code}");
    }
    let browser = app.half_way(ADA).await;
    browser.prove("recovery_code", &old[0]).await.expect_problem(422, "auth.factor_invalid");
    browser.prove("recovery_code", new[0]).await.expect(200);

    remove(&ada).await.expect(204);
    assert_eq!(mfa(&ada).await["recovery_codes_left"], 0);
    // Without a second factor the password is enough again, and what was set up before works no more.
    app.browser().log_in(ADA, PASSWORD).await.expect(200);
    ada.step_up("totp", &authenticator.code(app)).await.expect_problem(422, "validation");
    ada.step_up("password", PASSWORD).await.expect(200);
    app.run_jobs().await;
}
