//! The contract: complete, consistent, committed as it is, and true of what the server answers.

mod schema;

use std::{collections::BTreeSet, path::Path};

use serde_json::{Value, json};
use shared_types::{
    billing::InvoiceView,
    page::ListView,
    problem::{FieldCode, ProblemCode},
};

use schema::misfits;

use crate::helpers::{
    Answer, Authenticator, Browser, LOGIN, NEW_PASSWORD, PASSKEYS, PASSWORD, STEP_UP, SecurityKey, TestApp,
    addition, challenge, new_key, not, on_both_engines, sign_up_form,
};

on_both_engines!(answers_have_the_form_that_the_contract_says);

/// Operations that need no session.
const PUBLIC: &[&str] = &[
    "begin_passkey_login",
    "confirm_linking",
    "confirm_sign_up",
    "finish_linking",
    "get_auth_options",
    "get_jwks",
    "get_linking",
    "get_session",
    "link_login",
    "list_regions",
    "log_in",
    "log_in_with_passkey",
    "log_out",
    "request_password_reset",
    "reset_password",
    "revoke_token",
    "set_password",
    "sign_up",
    "start_linking",
];

fn document() -> Value {
    serde_json::to_value(portal_api::server::document()).unwrap()
}

/// Method, path and operation.
fn operations(document: &Value) -> Vec<(&str, &str, &Value)> {
    let items = document["paths"].as_object().unwrap().iter();
    items
        .flat_map(|(path, item)| {
            item.as_object()
                .unwrap()
                .iter()
                .map(|(method, operation)| (method.as_str(), path.as_str(), operation))
        })
        .collect()
}

#[test]
fn the_committed_document_is_the_one_that_the_server_makes() {
    let file = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../docs/openapi/portal-v1.json");
    let committed = std::fs::read_to_string(file).unwrap();
    assert!(
        committed == portal_api::commands::openapi(),
        "run `portal openapi > docs/openapi/portal-v1.json`"
    );
}

#[test]
fn every_operation_says_what_it_is_and_what_it_can_answer() {
    let document = document();
    assert_eq!(document["openapi"], "3.1.0");
    let tags: BTreeSet<&str> =
        document["tags"].as_array().unwrap().iter().map(|tag| tag["name"].as_str().unwrap()).collect();
    let mut names = BTreeSet::new();
    for (method, path, operation) in operations(&document) {
        let name = operation["operationId"].as_str().unwrap();
        let words: Vec<&str> = name.split('_').collect();
        let verbs = [
            "add", "begin", "change", "confirm", "create", "export", "finish", "get", "issue", "link",
            "list", "log", "refresh", "remove", "request", "reset", "revoke", "send", "set", "sign", "start",
            "step", "switch", "update", "verify",
        ];
        let is_word = |word: &&str| !word.is_empty() && word.bytes().all(|byte| byte.is_ascii_lowercase());
        assert!(
            words.len() > 1 && verbs.contains(&words[0]) && words.iter().all(is_word),
            "{name}: a verb and what it is done to"
        );
        assert!(names.insert(name), "{name} twice");
        let tag = operation["tags"][0].as_str().unwrap();
        assert!(operation["tags"].as_array().unwrap().len() == 1 && tags.contains(tag), "{name}: {tag}");
        assert!(
            operation["summary"].as_str().is_some_and(|summary| !summary.is_empty()),
            "{name} has no summary"
        );
        assert!(path.starts_with("/api/"), "{path}");

        let responses = operation["responses"].as_object().unwrap();
        let has = |status: &str| responses.contains_key(status);
        assert!(
            responses
                .keys()
                .all(|status| status.parse::<u16>().is_ok_and(|status| (200..600).contains(&status))),
            "{name}"
        );
        // Signing in may be done, or half done.
        let successes = if matches!(name, "log_in" | "verify_second_factor") { 2 } else { 1 };
        let goes_well = |status: &&String| status.starts_with('2') || status.starts_with('3');
        assert_eq!(responses.keys().filter(goes_well).count(), successes, "{name}");
        assert!(has("500") && has("503") && has("403"), "{name}");
        assert!(has("401") || PUBLIC.contains(&name), "{name} does not say that one must be signed in");
        assert_eq!(method != "get", has("415"), "{name}: bodies are for those who write");
        // There is one authenticator app at most, so its path needs no id.
        let may_be_absent = ["finish_linking", "remove_totp", "start_linking", "switch_account"];
        assert_eq!(path.contains('{') || may_be_absent.contains(&name), has("404"), "{name}");
        for (status, response) in responses {
            assert!(response["description"].as_str().is_some_and(|text| !text.is_empty()), "{name} {status}");
            let is_problem = response["content"]["application/problem+json"]["schema"]["$ref"]
                == "#/components/schemas/Problem";
            assert_eq!(is_problem, status.as_str() >= "400", "{name} {status}");
        }
    }
}

#[test]
fn every_reference_leads_somewhere() {
    fn walk(document: &Value, value: &Value, count: &mut usize) {
        match value {
            Value::Object(members) => {
                if let Some(target) = members.get("$ref").and_then(Value::as_str) {
                    assert!(
                        target.strip_prefix('#').and_then(|pointer| document.pointer(pointer)).is_some(),
                        "{target}"
                    );
                    *count += 1;
                }
                members.values().for_each(|member| walk(document, member, count));
            }
            Value::Array(items) => items.iter().for_each(|item| walk(document, item, count)),
            _ => {}
        }
    }
    let document = document();
    let mut count = 0;
    walk(&document, &document, &mut count);
    assert!(count > 50, "{count}");
}

#[test]
fn codes_stand_there_as_they_are_on_the_wire() {
    let schemas = document()["components"]["schemas"].clone();
    let problems: Vec<&str> = ProblemCode::ALL.iter().map(|code| code.as_str()).collect();
    let fields: Vec<&str> = FieldCode::ALL.iter().map(|code| code.as_str()).collect();
    assert_eq!(schemas["ProblemCode"]["enum"], json!(problems));
    assert_eq!(schemas["FieldCode"]["enum"], json!(fields));
}

/// The answers of the operations, compared with what the contract says of them.
struct Checker {
    document: Value,
    answered: BTreeSet<String>,
}

impl Checker {
    #[track_caller]
    fn check(&mut self, operation: &str, answer: Answer, status: u16) -> Answer {
        let answer = answer.expect(status);
        let described = operations(&self.document)
            .into_iter()
            .find(|(_, _, found)| found["operationId"] == operation)
            .unwrap()
            .2;
        let response = &described["responses"][status.to_string()];
        assert!(response.is_object(), "{operation}: {status} is not in the contract");
        let Some(content) = response["content"].as_object() else {
            assert!(answer.body.is_empty(), "{operation} {status}: a body that the contract does not know");
            self.answered.insert(operation.to_owned());
            return answer;
        };
        let essence = answer.header("content-type").split(';').next().unwrap_or_default();
        let schema =
            &content.get(essence).unwrap_or_else(|| panic!("{operation} {status}: {essence}"))["schema"];
        if essence.ends_with("json") {
            let found = misfits(&self.document, schema, &answer.json(), "");
            assert!(found.is_empty(), "{operation} {status}: {found:#?}");
        } else {
            assert_eq!(schema["type"], "string", "{operation} {status}");
        }
        if status < 400 {
            self.answered.insert(operation.to_owned());
        }
        answer
    }
}

async fn answers_have_the_form_that_the_contract_says(app: &TestApp) {
    let mut checker = Checker { document: document(), answered: BTreeSet::new() };
    let hedy = sign_up(app, &mut checker).await;
    let invoices = hedy.get("/api/invoices").await;
    checker.check("list_invoices", invoices, 409);
    checker.check("get_me", hedy.get("/api/me").await, 200);
    checker.check("get_summary", hedy.get("/api/me/summary").await, 200);
    app.run_jobs().await;

    app.seed("ada@example.com").await;
    let ada = app.browser();
    checker.check("get_session", ada.get("/api/auth/session").await, 200);
    checker.check("log_in", ada.log_in("ada@example.com", "wrong horse battery staple").await, 401);
    checker.check("log_in", ada.log_in("nobody", "x").await, 422);
    checker.check("log_in", ada.log_in("ada@example.com", PASSWORD).await, 200);
    checker.check("get_session", ada.get("/api/auth/session").await, 200);
    checker.check("get_me", ada.get("/api/me").await, 200);
    checker.check("get_summary", ada.get("/api/me/summary").await, 200);
    checker.check("list_invoices", ada.get("/api/invoices").await, 200);
    let copy = checker.check("list_invoices", ada.get("/api/invoices").await, 200);
    assert_eq!(
        copy.decode::<ListView<InvoiceView>>().data.len(),
        9,
        "the web app reads it by the same types"
    );
    checker.check("list_invoices", ada.get("/api/invoices?page=0").await, 400);
    for id in 1..=9 {
        checker.check("get_invoice", ada.get(&format!("/api/invoices/{id}")).await, 200);
    }
    checker.check("get_invoice", ada.get("/api/invoices/14").await, 404);
    links(app, &mut checker, &ada).await;
    passkeys(app, &mut checker, &ada).await;
    changes(app, &mut checker, &ada).await;
    tokens(&mut checker, &ada).await;
    outage(app, &mut checker, &ada).await;
    linking(app, &mut checker).await;
    recovery(app, &mut checker).await;
    second_proofs(app, &mut checker, &ada).await;
    checker.check("log_out", ada.log_out().await, 204);
    for (operation, path) in [
        ("get_me", "/api/me"),
        ("get_summary", "/api/me/summary"),
        ("list_invoices", "/api/invoices"),
        ("get_invoice", "/api/invoices/7"),
        ("get_mfa", "/api/me/mfa"),
    ] {
        checker.check(operation, ada.get(path).await, 401);
    }
    let all: BTreeSet<String> = operations(&checker.document)
        .iter()
        .map(|(_, _, operation)| operation["operationId"].as_str().unwrap().to_owned())
        .collect();
    assert_eq!(checker.answered, all, "every operation was answered");
}

async fn sign_up<'a>(app: &'a TestApp, checker: &mut Checker) -> Browser<'a> {
    let browser = app.browser();
    let path = "/api/auth/signup";
    checker.check("sign_up", browser.post(path, &sign_up_form("hedy@example.com")).await, 400);
    let mut weak = sign_up_form("hedy@example.com");
    weak["password"] = json!("password1234");
    checker.check("sign_up", browser.post_with_key(path, &new_key(), &weak).await, 422);
    let text =
        browser.request(reqwest::Method::POST, path).header(reqwest::header::CONTENT_TYPE, "text/plain");
    checker.check("sign_up", browser.send(text).await, 415);
    let large = browser
        .request(reqwest::Method::POST, path)
        .header("idempotency-key", new_key())
        .body("x".repeat(40_000));
    checker.check("sign_up", browser.send(large).await, 413);
    let accepted = checker.check("sign_up", browser.sign_up("hedy@example.com").await, 202);
    app.run_jobs().await;
    let challenge = accepted.json()["data"]["challenge_id"].clone();
    let code = app.mailed_code("hedy@example.com").await;
    let wrong = if code == "000000" { "000001" } else { "000000" };
    checker.check("confirm_sign_up", browser.confirm(&challenge, wrong).await, 422);
    checker.check("confirm_sign_up", browser.confirm(&challenge, &code).await, 200);
    browser
}

async fn linking(app: &TestApp, checker: &mut Checker) {
    let browser = app.browser();
    checker.check("get_auth_options", browser.get("/api/auth/options").await, 200);
    checker.check("get_linking", browser.linking().await, 200);
    checker.check("link_login", browser.link("linus@example.com", "wrong").await, 401);
    checker.check("link_login", browser.link("tove@example.com", PASSWORD).await, 409);
    app.person(json!({ "email": "new@example.com", "email_verified": false })).await;
    checker.check("link_login", browser.link("new@example.com", PASSWORD).await, 200);
    app.run_jobs().await;
    let code = app.mailed_code("new@example.com").await;
    let wrong = if code == "000000" { "000001" } else { "000000" };
    checker.check("confirm_linking", browser.confirm_linking(wrong).await, 422);
    checker.check("confirm_linking", browser.confirm_linking(&code).await, 200);
    checker.check("confirm_linking", browser.confirm_linking(&code).await, 409);

    checker.check("link_login", browser.link("linus@example.com", PASSWORD).await, 200);
    checker.check("get_linking", browser.linking().await, 200);
    let [kernel, tux] = sandbox::demo::LINUS_CLIENTS;
    checker.check("set_password", browser.set_password(0, NEW_PASSWORD).await, 422);
    checker.check("set_password", browser.set_password(kernel, NEW_PASSWORD).await, 200);
    checker.check("set_password", browser.set_password(kernel, NEW_PASSWORD).await, 409);
    app.run_jobs().await;
    checker.check("list_accounts", browser.get("/api/me/accounts").await, 200);
    checker.check("switch_account", browser.switch_to(0).await, 404);
    checker.check("switch_account", browser.switch_to(tux).await, 200);
    app.run_jobs().await;
    checker.check("get_me", browser.get("/api/me").await, 200);
    checker.check("start_linking", browser.get("/api/auth/link-whmcs/start").await, 303);
    checker.check("finish_linking", browser.get("/api/auth/link-whmcs/callback").await, 303);
    let anonymous = app.browser();
    checker.check("list_accounts", anonymous.get("/api/me/accounts").await, 401);
    checker.check("switch_account", anonymous.switch_to(tux).await, 401);
}

async fn recovery(app: &TestApp, checker: &mut Checker) {
    const RESET_TO: &str = "another-good-1-pumpkin";
    let tove = app.signed_in("tove@example.com").await;
    let keyless = tove.post("/api/auth/forgot-password", &json!({ "email": "tove@example.com" })).await;
    checker.check("request_password_reset", keyless, 400);
    checker.check("request_password_reset", tove.forgot("nobody").await, 422);
    checker.check("request_password_reset", tove.forgot("nobody@example.com").await, 202);
    checker.check("change_password", tove.change_password("wrong", NEW_PASSWORD).await, 401);
    checker.check("change_password", tove.change_password(PASSWORD, "password1234").await, 422);
    checker.check("change_password", tove.change_password(PASSWORD, NEW_PASSWORD).await, 200);
    checker.check("change_email", tove.change_email("nobody").await, 422);
    let accepted = checker.check("change_email", tove.change_email("moomin@example.com").await, 202);
    app.run_jobs().await;
    let (asked, code) = (challenge(&accepted), app.mailed_code("moomin@example.com").await);
    checker.check("confirm_email", tove.confirm_email(&asked, &not(&code)).await, 422);
    checker.check("confirm_email", tove.confirm_email(&asked, &code).await, 200);
    app.run_jobs().await;
    app.browser().log_in("moomin@example.com", NEW_PASSWORD).await.expect(200);
    let listed = checker.check("list_sessions", tove.get("/api/me/sessions").await, 200).json();
    let other = listed["data"].as_array().unwrap().iter().find(|one| one["current"] == false).unwrap();
    let path = format!("/api/me/sessions/{}", other["id"].as_str().unwrap());
    checker.check("revoke_session", tove.delete(&path).await, 204);
    checker.check("revoke_session", tove.delete(&path).await, 404);
    checker.check("revoke_other_sessions", tove.delete("/api/me/sessions").await, 204);
    checker.check("list_activity", tove.get("/api/me/activity").await, 200);
    checker.check("list_activity", tove.get("/api/me/activity?page=0").await, 400);
    checker.check("export_activity", tove.get("/api/me/activity/csv").await, 200);
    checker.check("export_data", tove.get("/api/me/export").await, 200);
    let (asked, code) = app.reset_code(&tove, "moomin@example.com").await;
    checker.check("reset_password", tove.reset(&asked, &not(&code), RESET_TO).await, 422);
    checker.check("reset_password", tove.reset(&asked, &code, RESET_TO).await, 204);
    app.run_jobs().await;
    for (operation, path) in [
        ("list_sessions", "/api/me/sessions"),
        ("list_activity", "/api/me/activity"),
        ("export_activity", "/api/me/activity/csv"),
        ("export_data", "/api/me/export"),
    ] {
        checker.check(operation, tove.get(path).await, 401);
    }
}

async fn second_proofs(app: &TestApp, checker: &mut Checker, ada: &Browser<'_>) {
    let totp = "/api/me/mfa/totp";
    checker.check("set_up_totp", ada.post_with_key(totp, &new_key(), &json!({})).await, 403);
    checker.check("step_up", ada.step_up("password", "wrong horse battery staple").await, 401);
    checker.check("step_up", ada.step_up("totp", "123456").await, 422);
    checker.check("step_up", ada.step_up("password", PASSWORD).await, 200);
    let setup =
        checker.check("set_up_totp", ada.post_with_key(totp, &new_key(), &json!({})).await, 200).json();
    let authenticator = Authenticator::scan(&setup);
    let confirm = async |code: &str| {
        ada.post_with_key("/api/me/mfa/totp/confirm", &new_key(), &json!({ "code": code })).await
    };
    checker.check("confirm_totp", confirm(&authenticator.wrong_code(app)).await, 422);
    checker.check("confirm_totp", confirm(&authenticator.code(app)).await, 200);
    checker.check("set_up_totp", ada.post_with_key(totp, &new_key(), &json!({})).await, 409);
    checker.check("get_mfa", ada.get("/api/me/mfa").await, 200);
    let codes = ada.post_with_key("/api/me/mfa/recovery-codes", &new_key(), &json!({})).await;
    checker.check("create_recovery_codes", codes, 200);

    app.clock.advance(std::time::Duration::from_secs(30));
    let browser = app.browser();
    checker.check("verify_second_factor", browser.prove("totp", "123456").await, 401);
    checker.check("log_in", browser.log_in("ada@example.com", PASSWORD).await, 202);
    checker.check("get_session", browser.get("/api/auth/session").await, 200);
    checker.check("get_me", browser.get("/api/me").await, 401);
    let wrong = authenticator.wrong_code(app);
    checker.check("verify_second_factor", browser.prove("totp", &wrong).await, 422);
    let again = browser.post("/api/auth/login/mfa/resend", &json!({})).await;
    checker.check("send_code_again", again, 409);
    let code = authenticator.code(app);
    checker.check("verify_second_factor", browser.prove("totp", &code).await, 200);
    checker.check("verify_second_factor", browser.prove("totp", &code).await, 409);
    for status in [204, 404] {
        let remove = ada.request(reqwest::Method::DELETE, totp).header("idempotency-key", new_key());
        checker.check("remove_totp", ada.send(remove.body("{}")).await, status);
    }

    let strict = app.replica_with(&[("PORTAL_NEW_DEVICE_CODE", "on")]).await;
    let browser = app.browser().at(&strict.base);
    checker.check("log_in", browser.log_in("ada@example.com", PASSWORD).await, 202);
    let again = browser.post("/api/auth/login/mfa/resend", &json!({})).await;
    checker.check("send_code_again", again, 202);
    strict.stop().await;
    app.run_jobs().await;
}

async fn links(app: &TestApp, checker: &mut Checker, ada: &Browser<'_>) {
    let ask = async |invoice: u64, purpose: &str| {
        ada.post_with_key(
            &format!("/api/invoices/{invoice}/sso-link"),
            &new_key(),
            &json!({ "purpose": purpose }),
        )
        .await
    };
    checker.check("create_sso_link", ask(7, "pay").await, 200);
    checker.check("create_sso_link", ask(1, "pay").await, 409);
    checker.check("create_sso_link", ask(14, "view").await, 404);
    checker.check("create_sso_link", ask(7, "steal").await, 400);
    let elsewhere =
        ada.request(reqwest::Method::POST, "/api/invoices/7/sso-link").header("idempotency-key", new_key());
    let mut elsewhere = elsewhere.build().unwrap();
    elsewhere.headers_mut().insert("sec-fetch-site", "cross-site".parse().unwrap());
    let refused = Answer::of(app.http.execute(elsewhere).await.unwrap()).await;
    checker.check("create_sso_link", refused, 403);
}

async fn passkeys(app: &TestApp, checker: &mut Checker, ada: &Browser<'_>) {
    let mut authenticator = SecurityKey::new();
    let begin =
        async |path: &str| ada.post_with_key(&format!("{path}/options"), &new_key(), &json!({})).await;
    checker.check("begin_passkey_step_up", begin(STEP_UP).await, 409);
    let ceremony = checker.check("begin_passkey", begin(PASSKEYS).await, 200).json()["data"].clone();
    let body = addition(&ceremony, &authenticator.create(&ceremony), "Laptop");
    let added = ada.post_with_key(PASSKEYS, &new_key(), &body).await;
    let added = checker.check("add_passkey", added, 200).json();
    checker.check("add_passkey", ada.post_with_key(PASSKEYS, &new_key(), &body).await, 422);
    for (begun, done, path) in [
        ("begin_passkey_login", "log_in_with_passkey", LOGIN),
        ("begin_passkey_step_up", "step_up_with_passkey", STEP_UP),
    ] {
        let ceremony = checker.check(begun, begin(path).await, 200).json()["data"].clone();
        let credential = authenticator.get(&ceremony);
        checker.check(done, ada.answer_ceremony(path, &ceremony, &credential).await, 200);
        checker.check(done, ada.answer_ceremony(path, &ceremony, &credential).await, 422);
    }
    let id = &added["data"]["passkey"]["id"];
    checker.check("remove_passkey", ada.remove_passkey(id).await, 204);
    checker.check("remove_passkey", ada.remove_passkey(id).await, 404);
    app.run_jobs().await;
}

async fn changes(app: &TestApp, checker: &mut Checker, ada: &Browser<'_>) {
    let change = async |path: &str, body: Value| ada.patch_with_key(path, &new_key(), &body).await;
    checker.check("get_billing", ada.get("/api/me/billing").await, 200);
    checker.check("update_billing", change("/api/me/billing", json!({ "city": "Bath" })).await, 200);
    checker.check("update_billing", change("/api/me/billing", json!({ "state": "Texas" })).await, 422);
    checker.check("update_billing", change("/api/me/billing", json!({ "status": "Closed" })).await, 400);
    let refused =
        json!({ "target": "whmcs", "action": "UpdateClient", "kind": "error", "message": "No", "times": 1 });
    app.fault(refused).await;
    checker.check("update_billing", change("/api/me/billing", json!({ "city": "York" })).await, 409);
    checker.check("update_me", change("/api/me", json!({ "first_name": "Augusta" })).await, 200);
    checker.check("update_me", change("/api/me", json!({ "first_name": "" })).await, 422);
    checker.check("list_regions", ada.get("/api/reference/regions?country=US").await, 200);
    checker.check("list_regions", ada.get("/api/reference/regions?country=UK").await, 400);
    app.run_jobs().await;
}

async fn tokens(checker: &mut Checker, ada: &Browser<'_>) {
    let mut form = json!({ "email": "ada@example.com", "password": "wrong horse battery staple" });
    checker.check("issue_token", ada.post("/api/auth/token", &form).await, 401);
    form["password"] = json!(PASSWORD);
    let answer = checker.check("issue_token", ada.post("/api/auth/token", &form).await, 200);
    form["code"] = json!("123456");
    checker.check("issue_token", ada.post("/api/auth/token", &form).await, 422);
    let with = |answer: &Answer| json!({ "refresh_token": answer.json()["refresh_token"] });
    let refresh = async |body: &Value| ada.post("/api/auth/token/refresh", body).await;
    let newer = checker.check("refresh_token", refresh(&with(&answer)).await, 200);
    checker.check("refresh_token", refresh(&json!({ "refresh_token": "x" })).await, 401);
    checker.check("revoke_token", ada.post("/api/auth/token/revoke", &with(&newer)).await, 204);
    checker.check("revoke_token", ada.post("/api/auth/token/revoke", &json!({})).await, 400);
    checker.check("get_jwks", ada.get("/api/auth/jwks.json").await, 200);
}

async fn outage(app: &TestApp, checker: &mut Checker, ada: &Browser<'_>) {
    for (fault, status) in [("dropped", 503), ("null", 502)] {
        app.fault(json!({ "target": "whmcs", "action": "*", "kind": fault })).await;
        checker.check("list_invoices", ada.get("/api/invoices?status=paid").await, status);
        checker.check("get_summary", ada.get("/api/me/summary").await, 200);
        app.clear_faults().await;
    }
    app.fault(json!({ "target": "whmcs", "action": "*", "kind": "dropped" })).await;
    app.clock.advance(std::time::Duration::from_mins(20));
    checker.check("list_invoices", ada.get("/api/invoices").await, 200);
    checker.check("get_summary", ada.get("/api/me/summary").await, 200);
    app.clear_faults().await;
}
