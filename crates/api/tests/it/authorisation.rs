//! Who may do what: one table of every operation and everybody who tries it, and a request for each cell.
//!
//! The operations come from the contract that the server makes of itself. An operation without a row fails the test, so does a row
//! without an operation.

use std::{collections::BTreeSet, time::Duration};

use reqwest::Method;
use serde_json::{Value, json};

use crate::helpers::{Answer, Browser, PASSWORD, TestApp, new_key, on_both_engines, sign_up_form};

on_both_engines!(every_operation_treats_everybody_as_the_table_says);

/// Operations that need nobody to be signed in.
const PUBLIC: &[&str] = &[
    "begin_passkey_login",
    "confirm_linking",
    "confirm_sign_up",
    "finish_linking",
    "get_auth_options",
    "get_jwks",
    "get_linking",
    "get_session",
    "issue_token",
    "link_login",
    "list_regions",
    "log_in",
    "log_in_with_passkey",
    "log_out",
    "refresh_token",
    "request_password_reset",
    "reset_password",
    "revoke_token",
    "set_password",
    "sign_up",
    "start_linking",
];

/// A status, and the code of the problem where it is one.
type Expected = (u16, &'static str);

const OK: Expected = (200, "");
const SIGN_IN: Expected = (401, "auth.required");
const ABSENT: Expected = (404, "not_found");
const OUT_OF_ORDER: Expected = (409, "conflict.step");
const STEP_UP: Expected = (403, "auth.step_up_required");
const CROSS_SITE: Expected = (403, "auth.csrf");

/// One operation, asked for with Ada's ids, and what each of them gets who is not Ada with a fresh password.
struct Row {
    operation: &'static str,
    path: &'static str,
    anonymous: Expected,
    stranger: Expected,
    old_password: Expected,
    other_site: Expected,
}

const TABLE: &[Row] = &[
    row("sign_up", "/api/auth/signup", (202, ""), (202, ""), (202, "")),
    row("confirm_sign_up", "/api/auth/signup/confirm", NO_CODE, NO_CODE, NO_CODE),
    row("log_in", "/api/auth/login", OK, OK, OK),
    row("begin_passkey_login", "/api/auth/login/passkey/options", OK, OK, OK),
    row("log_in_with_passkey", "/api/auth/login/passkey", NO_PASSKEY, NO_PASSKEY, NO_PASSKEY),
    row("begin_passkey_step_up", "/api/auth/step-up/passkey/options", SIGN_IN, NO_KEYS, NO_KEYS),
    row("step_up_with_passkey", "/api/auth/step-up/passkey", SIGN_IN, NO_PASSKEY, NO_PASSKEY),
    row("begin_passkey", "/api/me/mfa/passkeys/options", SIGN_IN, OK, STEP_UP),
    row("add_passkey", "/api/me/mfa/passkeys", SIGN_IN, NO_PASSKEY, STEP_UP),
    row(
        "remove_passkey",
        "/api/me/mfa/passkeys/019a0000-0000-7000-8000-000000000000",
        SIGN_IN,
        ABSENT,
        STEP_UP,
    ),
    row("log_out", "/api/auth/logout", (204, ""), (204, ""), (204, "")),
    row("verify_second_factor", "/api/auth/login/mfa", SIGN_IN, OUT_OF_ORDER, OUT_OF_ORDER),
    row("send_code_again", "/api/auth/login/mfa/resend", SIGN_IN, OUT_OF_ORDER, OUT_OF_ORDER),
    row("step_up", "/api/auth/step-up", SIGN_IN, OK, OK),
    row("get_mfa", "/api/me/mfa", SIGN_IN, OK, OK),
    row("set_up_totp", "/api/me/mfa/totp", SIGN_IN, OK, STEP_UP),
    // Mallory has a key by now, Ada has none.
    row("confirm_totp", "/api/me/mfa/totp/confirm", SIGN_IN, (422, "auth.factor_invalid"), OUT_OF_ORDER),
    row("remove_totp", "/api/me/mfa/totp", SIGN_IN, ABSENT, STEP_UP),
    row("create_recovery_codes", "/api/me/mfa/recovery-codes", SIGN_IN, OUT_OF_ORDER, STEP_UP),
    row("get_session", "/api/auth/session", OK, OK, OK),
    row("get_auth_options", "/api/auth/options", OK, OK, OK),
    // Without a linking in this browser: neither who is signed in nor how long ago makes a difference.
    row("link_login", "/api/auth/link-whmcs", NO_LOGIN, NO_LOGIN, NO_LOGIN),
    row("get_linking", "/api/auth/link-whmcs", OK, OK, OK),
    row("confirm_linking", "/api/auth/link-whmcs/confirm", NO_STEP, NO_STEP, NO_STEP),
    row("start_linking", "/api/auth/link-whmcs/start", (303, ""), (303, ""), (303, "")),
    row("finish_linking", "/api/auth/link-whmcs/callback", (303, ""), (303, ""), (303, "")),
    row("set_password", "/api/auth/set-password", NO_STEP, NO_STEP, NO_STEP),
    row("list_accounts", "/api/me/accounts", SIGN_IN, OK, OK),
    row("switch_account", "/api/me/accounts/switch", SIGN_IN, ABSENT, OK),
    row("issue_token", "/api/auth/token", OK, OK, OK),
    row("refresh_token", "/api/auth/token/refresh", NO_TOKEN, NO_TOKEN, NO_TOKEN),
    row("revoke_token", "/api/auth/token/revoke", (204, ""), (204, ""), (204, "")),
    row("get_jwks", "/api/auth/jwks.json", OK, OK, OK),
    row("request_password_reset", "/api/auth/forgot-password", (202, ""), (202, ""), (202, "")),
    row("reset_password", "/api/auth/reset-password", NO_CODE, NO_CODE, NO_CODE),
    row("change_password", "/api/me/password", SIGN_IN, (401, "auth.invalid_credentials"), STEP_UP),
    row("change_email", "/api/me/email", SIGN_IN, (202, ""), STEP_UP),
    row("confirm_email", "/api/me/email/confirm", SIGN_IN, NO_CODE, NO_CODE),
    row("list_sessions", "/api/me/sessions", SIGN_IN, OK, OK),
    row("revoke_session", "/api/me/sessions/019a0000-0000-7000-8000-000000000000", SIGN_IN, ABSENT, ABSENT),
    row("revoke_other_sessions", "/api/me/sessions", SIGN_IN, (204, ""), (204, "")),
    row("list_activity", "/api/me/activity", SIGN_IN, OK, OK),
    row("export_activity", "/api/me/activity/csv", SIGN_IN, OK, OK),
    row("export_data", "/api/me/export", SIGN_IN, OK, STEP_UP),
    row("get_me", "/api/me", SIGN_IN, OK, OK),
    row("update_me", "/api/me", SIGN_IN, OK, OK),
    row("get_billing", "/api/me/billing", SIGN_IN, OK, OK),
    row("update_billing", "/api/me/billing", SIGN_IN, OK, OK),
    row("get_summary", "/api/me/summary", SIGN_IN, OK, OK),
    row("list_invoices", "/api/invoices", SIGN_IN, OK, OK),
    row("get_invoice", "/api/invoices/7", SIGN_IN, ABSENT, OK),
    row("create_sso_link", "/api/invoices/7/sso-link", SIGN_IN, ABSENT, STEP_UP),
    row("list_regions", "/api/reference/regions?country=US", OK, OK, OK),
];

/// As [`SIGN_IN`], though nobody needs a session to be told so.
const NO_TOKEN: Expected = (401, "auth.required");
const NO_CODE: Expected = (422, "auth.code_invalid");
const NO_LOGIN: Expected = (401, "auth.invalid_credentials");
const NO_STEP: Expected = (409, "conflict.step");
const NO_PASSKEY: Expected = (422, "auth.passkey_invalid");
const NO_KEYS: Expected = (409, "conflict.step");

/// A request from another site is refused whoever it comes from.
const fn row(
    operation: &'static str,
    path: &'static str,
    anonymous: Expected,
    stranger: Expected,
    old_password: Expected,
) -> Row {
    Row { operation, path, anonymous, stranger, old_password, other_site: CROSS_SITE }
}

fn body(operation: &str) -> Value {
    match operation {
        "sign_up" => sign_up_form("someone@example.com"),
        "confirm_sign_up" | "confirm_email" => {
            json!({ "challenge_id": "019a0000-0000-7000-8000-000000000000", "code": "123456" })
        }
        "log_in" | "issue_token" => json!({ "email": "mallory@example.com", "password": PASSWORD }),
        "link_login" => json!({ "email": "ada@example.com", "password": "wrong" }),
        "set_password" => {
            json!({ "client_id": sandbox::demo::ADA_CLIENT, "password": "walrus-copper-84-lantern" })
        }
        "switch_account" => json!({ "client_id": sandbox::demo::ADA_CLIENT }),
        "log_in_with_passkey" | "step_up_with_passkey" => {
            json!({ "ceremony_id": "019a0000-0000-7000-8000-000000000000", "credential": "{}" })
        }
        "add_passkey" => {
            json!({ "ceremony_id": "019a0000-0000-7000-8000-000000000000", "credential": "{}", "name": "Key" })
        }
        "request_password_reset" => json!({ "email": "someone@example.com" }),
        "reset_password" => json!({
            "challenge_id": "019a0000-0000-7000-8000-000000000000",
            "code": "123456",
            "password": crate::helpers::NEW_PASSWORD,
        }),
        "change_password" => {
            json!({ "current_password": "wrong", "password": crate::helpers::NEW_PASSWORD })
        }
        "change_email" => json!({ "email": "elsewhere@example.com" }),
        "create_sso_link" => json!({ "purpose": "view" }),
        "verify_second_factor" => json!({ "method": "totp", "code": "123456" }),
        "step_up" => json!({ "method": "password", "proof": PASSWORD }),
        "confirm_linking" | "confirm_totp" => json!({ "code": "123456" }),
        "refresh_token" | "revoke_token" => json!({ "refresh_token": "A".repeat(43) }),
        "update_me" => json!({ "first_name": "Given" }),
        "update_billing" => json!({ "city": "Bath" }),
        _ => json!({}),
    }
}

/// Every operation of the contract with its method.
fn operations() -> Vec<(String, Method)> {
    let document = serde_json::to_value(portal_api::server::document()).unwrap();
    let mut found = Vec::new();
    for item in document["paths"].as_object().unwrap().values() {
        for (method, operation) in item.as_object().unwrap() {
            let method = method.to_uppercase().parse().unwrap();
            found.push((operation["operationId"].as_str().unwrap().to_owned(), method));
        }
    }
    found
}

/// What the table lacks of the contract, and what it has too much.
fn differences<'a>(
    contract: impl IntoIterator<Item = &'a str>,
    table: impl IntoIterator<Item = &'a str>,
) -> Vec<String> {
    let (contract, table): (BTreeSet<_>, BTreeSet<_>) =
        (contract.into_iter().collect(), table.into_iter().collect());
    contract.symmetric_difference(&table).map(|name| (*name).to_owned()).collect()
}

#[test]
fn a_forgotten_row_and_a_row_too_many_are_found() {
    assert_eq!(differences(["a", "b"], ["a", "b"]), [""; 0]);
    assert_eq!(differences(["a", "b"], ["a"]), ["b"]);
    assert_eq!(differences(["a"], ["a", "c"]), ["c"]);
}

#[test]
fn the_table_has_a_row_for_every_operation_and_no_other() {
    let operations = operations();
    let names = operations.iter().map(|(name, _)| name.as_str());
    assert_eq!(differences(names, TABLE.iter().map(|row| row.operation)), [""; 0]);
    let open = TABLE
        .iter()
        .filter(|row| row.anonymous != SIGN_IN || row.operation == "refresh_token")
        .map(|row| row.operation);
    assert_eq!(
        differences(PUBLIC.iter().copied(), open),
        [""; 0],
        "operations that need no session are listed by name"
    );
    assert!(TABLE.iter().all(|row| row.other_site == CROSS_SITE));
}

/// Sends the operation of a row; `site` is where the browser says that it comes from.
async fn attempt(browser: &Browser<'_>, row: &Row, site: &str) -> Answer {
    let (_, method) = operations().into_iter().find(|(name, _)| name == row.operation).unwrap();
    let is_read = method == Method::GET;
    let mut headers = reqwest::header::HeaderMap::new();
    headers.insert("sec-fetch-site", site.parse().unwrap());
    let mut request = browser.request(method, row.path).headers(headers);
    if !is_read {
        request = request.header("idempotency-key", new_key()).body(body(row.operation).to_string());
    }
    browser.send(request).await
}

#[track_caller]
fn check(answer: Answer, expected: Expected, who: &str, row: &Row) -> Answer {
    let (status, code) = expected;
    let text = String::from_utf8_lossy(&answer.body).into_owned();
    assert_eq!(answer.status, status, "{who} at {}: {text}", row.operation);
    if code.is_empty() { answer } else { answer.expect_problem(status, code) }
}

async fn every_operation_treats_everybody_as_the_table_says(app: &TestApp) {
    let ada = app.signed_in("ada@example.com").await;
    let mallory = app.signed_in("mallory@example.com").await;
    ada.get("/api/invoices/7").await.expect(200);
    for row in TABLE {
        // Each attempt from a copy of the browser: some operations end the session.
        let anonymous = attempt(&app.browser(), row, "same-origin").await;
        check(anonymous, row.anonymous, "nobody", row);
        let stranger = attempt(&mallory_again(app, &mallory, row).await, row, "same-origin").await;
        let stranger = check(stranger, row.stranger, "a stranger", row);
        let text = String::from_utf8_lossy(&stranger.body).into_owned();
        for secret in ["Lovelace", "ada@example.com", "INV-00007", "123.45"] {
            assert!(!text.contains(secret), "{} shows {secret} to a stranger", row.operation);
        }
        for browser in [ada.copy(), app.browser()] {
            check(attempt(&browser, row, "cross-site").await, row.other_site, "another site", row);
            if !is_read(row) {
                check(
                    attempt(&browser, row, "same-site").await,
                    row.other_site,
                    "a sibling of this site",
                    row,
                );
            }
        }
    }
    assert_eq!(app.calls("whmcs", "CreateSsoToken").await, 0, "nobody got a link");
    ada.get("/api/me").await.expect(200);
    with_an_old_password(app).await;
    half_way_is_not_in(app).await;
    app.run_jobs().await;
}

/// Reads may come from a sibling host, whose scripts cannot see the answer.
fn is_read(row: &Row) -> bool {
    operations().iter().any(|(name, method)| name == row.operation && *method == Method::GET)
}

/// Somebody who has given the password and no second proof yet gets nothing that a signed-in person gets.
async fn half_way_is_not_in(app: &TestApp) {
    let ada = app.signed_in("ada@example.com").await;
    ada.set_up_totp(app).await;
    let half_way = app.half_way("ada@example.com").await;
    for row in TABLE.iter().filter(|row| row.anonymous == SIGN_IN) {
        if matches!(row.operation, "verify_second_factor" | "send_code_again" | "refresh_token") {
            continue;
        }
        let answer = attempt(&half_way, row, "same-origin").await;
        check(answer, (401, "auth.mfa_required"), "somebody half-way", row);
    }
}

/// Mallory, signed in: the operations that end a session get one of their own.
async fn mallory_again<'a>(app: &'a TestApp, mallory: &Browser<'a>, row: &Row) -> Browser<'a> {
    match row.operation {
        "log_in" | "log_out" | "step_up" => app.signed_in("mallory@example.com").await,
        // Another stranger: Mallory's own sessions are still needed.
        "revoke_other_sessions" => app.signed_in("bulk@example.com").await,
        _ => mallory.copy(),
    }
}

async fn with_an_old_password(app: &TestApp) {
    for row in TABLE {
        let ada = app.signed_in("ada@example.com").await;
        // In use all the time, so that the session lives on while the proof of the password grows old.
        app.advance(Duration::from_mins(20)).await;
        ada.get("/api/me").await.expect(200);
        app.advance(Duration::from_mins(11)).await;
        check(attempt(&ada, row, "same-origin").await, row.old_password, "an old password", row);
    }
}
