//! What the portal keeps of passkeys, and what a thief of it would have.

use std::time::Duration;

use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};

use crate::{
    helpers::{LOGIN, PASSKEYS, SecurityKey, TestApp, on_both_engines, with_settings},
    passkeys::ada_with_passkey,
};

on_both_engines!(nothing_of_a_passkey_lies_open, a_step_up_lasts_as_long_as_the_operator_says);

fn contains(haystack: &[u8], needle: &[u8]) -> bool {
    haystack.windows(needle.len()).any(|window| window == needle)
}

async fn nothing_of_a_passkey_lies_open(app: &TestApp) {
    let ada = app.signed_in("ada@example.com").await;
    let mut authenticator = SecurityKey::new();
    ada.add_passkey("Canary-yellow laptop", &mut authenticator).await.expect(200);
    app.browser().use_passkey(LOGIN, &mut authenticator).await.expect(200);
    let open = ada.begin(PASSKEYS).await;
    // So that there is something in Redis, which is searched too.
    ada.get("/api/invoices").await.expect(200);
    app.run_jobs().await;

    let bytes = app.bytes_at_rest().await;
    assert!(contains(&bytes, b"passkey_add"), "the search finds what is there");
    let id = &authenticator.keys[0].id;
    assert!(!contains(&bytes, b"Canary-yellow"));
    assert!(!contains(&bytes, id));
    assert!(!contains(&bytes, URL_SAFE_NO_PAD.encode(id).as_bytes()));
    let options: serde_json::Value = serde_json::from_str(open["options"].as_str().unwrap()).unwrap();
    assert!(!contains(&bytes, options["challenge"].as_str().unwrap().as_bytes()));
}

/// On both engines with the usual five minutes; see below for others.
async fn a_step_up_lasts_as_long_as_the_operator_says(app: &TestApp) {
    let (ada, _) = ada_with_passkey(app).await;
    app.advance(Duration::from_mins(5)).await;
    ada.begin(PASSKEYS).await;
}

#[actix_web::test]
async fn the_operator_may_choose_the_time_of_a_step_up() {
    with_settings(&[("PORTAL_STEP_UP_MINUTES", "1")], async |app| {
        let (ada, _) = ada_with_passkey(app).await;
        app.advance(Duration::from_secs(61)).await;
        let path = format!("{PASSKEYS}/options");
        let refused = ada.post_with_key(&path, &crate::helpers::new_key(), &serde_json::json!({})).await;
        refused.expect_problem(403, "auth.step_up_required");
    })
    .await;
}

#[actix_web::test]
async fn a_further_name_of_the_portal_below_its_host_may_use_passkeys() {
    let settings = [("PORTAL_ALLOWED_ORIGINS", "http://shop.localhost:4000,http://elsewhere.example")];
    with_settings(&settings, async |app| {
        let (_, mut authenticator) = ada_with_passkey(app).await;
        for (origin, status) in [("http://shop.localhost:4000", 200), ("http://elsewhere.example", 422)] {
            authenticator.origin = origin.to_owned();
            app.browser().use_passkey(LOGIN, &mut authenticator).await.expect(status);
        }
    })
    .await;
}
