//! Canaries: values that may be in no log line and nowhere in plain text at rest, sent through every flow that meets them.

use std::{
    io::Write,
    sync::{Arc, Mutex, MutexGuard, OnceLock},
    time::Duration,
};

use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};
use portal_api::store::AuditEvent;
use serde_json::json;
use tracing_subscriber::fmt::MakeWriter;
use url::Url;

use crate::helpers::{
    AtWhmcs, Browser, LOGIN, PASSKEYS, SecurityKey, TOKEN_ORIGIN, TestApp, eventually, new_key, not,
    on_both_engines, program, sign_up_form,
};

on_both_engines!(
    no_canary_in_logs_or_at_rest,
    no_canary_in_the_fullest_log_of_the_program,
    the_search_finds_what_is_there,
);

const EMAIL: &str = "canary-hedy@example.com";
const PASSWORD: &str = "canary-kettle-31-plum";
const WRONG_PASSWORD: &str = "canary-wrong-password";
const RESET_PASSWORD: &str = "canary-violin-92-moss";
const CHANGED_PASSWORD: &str = "canary-pumpkin-7-harbour";
const LATER_EMAIL: &str = "canary-later@example.com";
const UPSTREAM_TEXT: &str = "canary-upstream-text";
const REQUEST_TEXT: &str = "canary-request-text";

/// What the crates of this repository log, at every level.
#[derive(Clone, Default)]
struct Log(Arc<Mutex<Vec<u8>>>);

impl Log {
    /// One log for the process: a subscriber cannot be taken back.
    fn start() -> Self {
        static LOG: OnceLock<Log> = OnceLock::new();
        LOG.get_or_init(|| {
            let log = Self::default();
            let filter = "off,portal_api=trace,portal=trace,whmcs=trace,salesforce=trace,redaction=trace";
            tracing_subscriber::fmt().json().with_env_filter(filter).with_writer(log.clone()).init();
            log
        })
        .clone()
    }

    fn bytes(&self) -> MutexGuard<'_, Vec<u8>> {
        self.0.lock().unwrap()
    }
}

impl Write for Log {
    fn write(&mut self, line: &[u8]) -> std::io::Result<usize> {
        self.bytes().extend_from_slice(line);
        Ok(line.len())
    }

    fn flush(&mut self) -> std::io::Result<()> {
        Ok(())
    }
}

impl<'a> MakeWriter<'a> for Log {
    type Writer = Self;
    fn make_writer(&'a self) -> Self {
        self.clone()
    }
}

/// Values to look for, with the name under which a leak is reported.
#[derive(Default)]
struct Canaries(Vec<(&'static str, Vec<u8>)>);

impl Canaries {
    fn add(&mut self, name: &'static str, value: impl AsRef<[u8]>) {
        assert!(value.as_ref().len() >= 6, "{name} is too short to be looked for");
        self.0.push((name, value.as_ref().to_vec()));
    }

    /// A token in each form in which it might be written down.
    fn add_token(&mut self, name: &'static str, text: &str) {
        self.add(name, text);
        let bytes = URL_SAFE_NO_PAD.decode(text).unwrap();
        let hex = bytes.iter().fold(String::new(), |hex, byte| hex + &format!("{byte:02x}"));
        self.add(name, hex);
        self.add(name, bytes);
    }

    /// Names of those that are somewhere in `bytes`, whatever the case of their letters.
    fn found_in(&self, bytes: &[u8]) -> Vec<&'static str> {
        let haystack = text(bytes);
        let is_there = |value: &[u8]| {
            // A code is looked for as a number of its own: six digits are part of many a longer one.
            let alone = value.len() == 6;
            let continues = |char: Option<char>| char.is_some_and(|char| char.is_ascii_alphanumeric());
            haystack.match_indices(&text(value)).any(|(at, found)| {
                let (before, after) = (&haystack[..at], &haystack[at + found.len()..]);
                !(alone && (continues(before.chars().next_back()) || continues(after.chars().next())))
            })
        };
        self.0.iter().filter(|(_, value)| is_there(value)).map(|(name, _)| *name).collect()
    }
}

/// Each byte as the character of its number, in lower case: what is no text can be searched like text.
fn text(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| char::from(byte.to_ascii_lowercase())).collect()
}

/// Values that are known before anything begins.
fn known() -> Canaries {
    let mut canaries = Canaries::default();
    for (name, value) in [
        ("address", EMAIL),
        ("name of the address", "canary-hedy"),
        ("second address", "canary-emmy@example.com"),
        ("unknown address", "canary-nobody@example.com"),
        ("password", PASSWORD),
        ("wrong password", WRONG_PASSWORD),
        ("password of a reset", RESET_PASSWORD),
        ("password of a change", CHANGED_PASSWORD),
        ("later address", LATER_EMAIL),
        ("name of the later address", "canary-later"),
        ("first name", "Canaryfirst"),
        ("last name", "Canarylast"),
        ("company", "Canarycompany"),
        ("line of an invoice", "canary-invoice-line"),
        ("text of an upstream", UPSTREAM_TEXT),
        ("text of a request", REQUEST_TEXT),
        ("WHMCS credential", sandbox::demo::IDENTIFIER),
        ("WHMCS secret", sandbox::demo::SECRET),
        ("OpenID Connect secret", sandbox::demo::OPENID_CLIENT_SECRET),
        ("Salesforce consumer key", sandbox::demo::SF_CLIENT_ID),
        ("Salesforce user", sandbox::demo::SF_USERNAME),
        ("Salesforce private key", "PRIVATE KEY"),
        ("a JSON web token", "eyJhbGciOi"),
    ] {
        canaries.add(name, value);
    }
    canaries
}

/// Signs up, confirms wrongly and rightly, gets the account and an invoice.
async fn become_customer<'a>(app: &'a TestApp, canaries: &mut Canaries) -> (Browser<'a>, u64) {
    let browser = app.browser();
    let mut form = sign_up_form(EMAIL);
    for (name, value) in [
        ("password", PASSWORD),
        ("first_name", "Canaryfirst"),
        ("last_name", "Canarylast"),
        ("company_name", "Canarycompany"),
    ] {
        form[name] = json!(value);
    }
    let key = new_key();
    canaries.add("idempotency key", &key);
    let accepted = browser.post_with_key("/api/auth/signup", &key, &form).await.expect(202).json();
    app.run_jobs().await;
    let code = app.mailed_code(EMAIL).await;
    canaries.add("code", &code);
    let wrong = format!("{:06}", (code.parse::<u32>().unwrap() + 1) % 1_000_000);
    browser.confirm(&accepted["data"]["challenge_id"], &wrong).await.expect_problem(422, "auth.code_invalid");
    browser.confirm(&accepted["data"]["challenge_id"], &code).await.expect(200);
    for (name, value) in browser.cookies() {
        canaries.add_token(
            if name.contains("session") { "session token" } else { "mark of the browser" },
            &value,
        );
    }
    app.run_jobs().await;
    let tx = app.app.db.read_as_system().await.unwrap();
    let client = tx.mappings().get(app.user_id(EMAIL).await).await.unwrap().unwrap().whmcs_client_id.unwrap();
    let lines = json!([{ "description": "canary-invoice-line", "amount": "12.34" }]);
    let invoice = app.control("invoices", json!({ "client_id": client, "lines": lines })).await;
    (browser, invoice["id"].as_u64().unwrap())
}

async fn sign_in_rightly_and_wrongly(app: &TestApp, browser: &Browser<'_>, canaries: &mut Canaries) {
    app.browser().log_in(EMAIL, WRONG_PASSWORD).await.expect_problem(401, "auth.invalid_credentials");
    app.browser()
        .log_in("canary-nobody@example.com", PASSWORD)
        .await
        .expect_problem(401, "auth.invalid_credentials");
    browser.log_in(EMAIL, PASSWORD).await.expect(200);
    canaries.add_token("session token of the sign-in", &browser.cookies()["portal_session_dev"]);
    let form = json!({ "email": EMAIL, "password": PASSWORD, REQUEST_TEXT: REQUEST_TEXT });
    browser.post("/api/auth/login", &form).await.expect(400);
    browser.get(&format!("/api/{REQUEST_TEXT}?{REQUEST_TEXT}={REQUEST_TEXT}")).await.expect(404);
    browser.get(&format!("/api/invoices/{REQUEST_TEXT}")).await.expect(404);
    browser.get(&format!("/api/invoices?{REQUEST_TEXT}=1")).await.expect(400);
    let odd = browser
        .request(reqwest::Method::GET, "/api/me")
        .header("user-agent", REQUEST_TEXT)
        .header("x-request-id", format!("{REQUEST_TEXT}!"));
    browser.send(odd).await.expect(200);
}

/// Makes a passkey and signs in by it, rightly and wrongly. The browser is at most five minutes away from its last proof.
async fn use_a_passkey(browser: &Browser<'_>, canaries: &mut Canaries) {
    canaries.add("name of a passkey", "Canarykey");
    let mut authenticator = SecurityKey::new();
    let added = browser.add_passkey("Canarykey", &mut authenticator).await.expect(200).json();
    assert!(added["data"]["recovery"]["codes"].is_array());
    let id = URL_SAFE_NO_PAD.encode(&authenticator.keys[0].id);
    canaries.add_token("id of a credential", &id);
    for (embedded, status) in [(true, 422), (false, 200)] {
        authenticator.embedded = embedded;
        let ceremony = browser.begin(LOGIN).await;
        let options: serde_json::Value = serde_json::from_str(ceremony["options"].as_str().unwrap()).unwrap();
        canaries.add_token("challenge", options["challenge"].as_str().unwrap());
        let mut credential = authenticator.get(&ceremony);
        canaries.add("signature", credential["response"]["signature"].as_str().unwrap());
        browser.answer_ceremony(LOGIN, &ceremony, &credential).await.expect(status);
        credential["response"]["authenticatorData"] = json!(&id);
        let ceremony = browser.begin(LOGIN).await;
        browser
            .answer_ceremony(LOGIN, &ceremony, &credential)
            .await
            .expect_problem(422, "auth.passkey_invalid");
    }
    canaries.add_token("session token of the passkey", &browser.cookies()["portal_session_dev"]);
    browser.begin(PASSKEYS).await;
    browser.remove_passkey(&added["data"]["passkey"]["id"]).await.expect(204);
}

/// A forgotten password, another one, another address, and all that is told of it; the browser is signed in afterwards.
async fn forget_and_change(app: &TestApp, browser: &Browser<'_>, canaries: &mut Canaries) {
    browser.forgot("canary-nobody@example.com").await.expect(202);
    let (challenge, code) = app.reset_code(browser, EMAIL).await;
    canaries.add("code of a reset", &code);
    canaries.add("link of a reset", format!("{}.{code}", challenge.as_str().unwrap()));
    browser.reset(&challenge, &not(&code), RESET_PASSWORD).await.expect_problem(422, "auth.code_invalid");
    browser.reset(&challenge, &code, "canary-hedy@example.com").await.expect_problem(422, "validation");
    browser.reset(&challenge, &code, RESET_PASSWORD).await.expect(204);
    browser.log_in(EMAIL, RESET_PASSWORD).await.expect(200);
    browser
        .change_password(WRONG_PASSWORD, CHANGED_PASSWORD)
        .await
        .expect_problem(401, "auth.invalid_credentials");
    browser.change_password(RESET_PASSWORD, CHANGED_PASSWORD).await.expect(200);
    canaries.add_token("session token of a change", &browser.cookies()["portal_session_dev"]);
    let accepted = browser.change_email(LATER_EMAIL).await.expect(202);
    app.run_jobs().await;
    let code = app.mailed_code(LATER_EMAIL).await;
    canaries.add("code of a change", &code);
    let refusal = json!({ "target": "whmcs", "action": "UpdateUser", "kind": "error", "message": UPSTREAM_TEXT, "times": 1 });
    app.fault(refusal).await;
    browser.confirm_email(&crate::helpers::challenge(&accepted), &code).await.expect(200);
    app.run_jobs().await;
    for path in ["/api/me/sessions", "/api/me/activity", "/api/me/activity/csv", "/api/me/export"] {
        browser.get(path).await.expect(200);
    }
    browser.delete("/api/me/sessions").await.expect(204);
    app.clear_faults().await;
}

async fn follow_a_link(app: &TestApp, browser: &Browser<'_>, invoice: u64, canaries: &mut Canaries) {
    browser.get("/api/invoices").await.expect(200);
    let link = browser
        .post_with_key(&format!("/api/invoices/{invoice}/sso-link"), &new_key(), &json!({ "purpose": "pay" }))
        .await;
    let url: Url = link.expect(200).json()["data"]["url"].as_str().unwrap().parse().unwrap();
    let token = url.query_pairs().find(|(name, _)| name == "access_token").unwrap().1.into_owned();
    canaries.add("token of the link", token);
    canaries.add("link", url.as_str());
    for (status, message) in
        [("error", UPSTREAM_TEXT), ("error", "Single Sign-On is disabled canary-upstream-text")]
    {
        app.fault(json!({ "target": "whmcs", "action": "CreateSsoToken", "kind": status, "message": message, "times": 1 })).await;
        let refused = browser
            .post_with_key(
                &format!("/api/invoices/{invoice}/sso-link"),
                &new_key(),
                &json!({ "purpose": "view" }),
            )
            .await;
        assert!(refused.status >= 400, "{refused:?}");
    }
    app.clear_faults().await;
}

/// Brings WHMCS logins along: one by its password, one by signing in at WHMCS.
async fn link_logins(app: &TestApp, canaries: &mut Canaries) {
    let (email, old, new) = ("canary-mary@example.com", "canary-whmcs-word-83", "canary-lantern-42-quill");
    for (name, value) in
        [("address of a login", email), ("password of WHMCS", old), ("password after linking", new)]
    {
        canaries.add(name, value);
    }
    let person =
        json!({ "email": email, "password": old, "company": "Canarycompany", "email_verified": false });
    let (_, client) = app.person(person).await;
    let mary = app.browser();
    mary.link(email, WRONG_PASSWORD).await.expect(401);
    mary.link(email, old).await.expect(200);
    canaries.add_token("cookie of the steps", &mary.cookies()["portal_flow_dev"]);
    app.run_jobs().await;
    let code = app.mailed_code(email).await;
    canaries.add("code of linking", &code);
    mary.confirm_linking(&code).await.expect(200);
    mary.set_password(client, new).await.expect(200);
    canaries.add_token("session token after linking", &mary.cookies()["portal_session_dev"]);
    app.run_jobs().await;
    mary.get("/api/me/accounts").await.expect(200);
    mary.switch_to(client).await.expect(200);

    let grace = app.browser();
    let started = grace.get("/api/auth/link-whmcs/start").await.expect(303);
    let asked = started.header("location").to_owned();
    let answer = AtWhmcs::new(app).sign_in(&asked, "grace@example.com").await;
    for address in [&asked, &answer] {
        let address: Url = address.parse().unwrap();
        for (name, value) in address.query_pairs() {
            if ["state", "nonce", "code", "code_challenge"].contains(&&*name) {
                canaries.add("part of a question to WHMCS", value.as_bytes());
            }
        }
    }
    grace.come_back(&answer).await.expect(303);
    grace.linking().await.expect(200);
}

/// Signs a front end on another origin in, and goes on with its tokens.
async fn use_tokens(app: &TestApp, canaries: &mut Canaries) {
    let send = async |path: &str, body: serde_json::Value| {
        let request = app.http.post(format!("{}{path}", app.base)).header("origin", TOKEN_ORIGIN);
        let request = request.header("content-type", "application/json").body(body.to_string());
        crate::helpers::Answer::of(request.send().await.unwrap()).await
    };
    let mut answer = send("/api/auth/token", json!({ "email": LATER_EMAIL, "password": CHANGED_PASSWORD }))
        .await
        .expect(200);
    for _ in 0..2 {
        let tokens = answer.json();
        canaries.add("access token", tokens["access_token"].as_str().unwrap());
        let refresh = tokens["refresh_token"].as_str().unwrap();
        canaries.add_token("refresh token", refresh);
        answer = send("/api/auth/token/refresh", json!({ "refresh_token": refresh })).await.expect(200);
    }
    let wrong = json!({ "email": LATER_EMAIL, "password": WRONG_PASSWORD });
    send("/api/auth/token", wrong).await.expect_problem(401, "auth.invalid_credentials");
}

/// A change that arrives, one that is refused, and one that is still on its way when the disk is stolen.
async fn change_the_profile(app: &TestApp, browser: &Browser<'_>, canaries: &mut Canaries) {
    canaries.add("street", "Canarystreet");
    let error =
        json!({ "target": "whmcs", "action": "UpdateClient", "kind": "error", "message": UPSTREAM_TEXT });
    let dropped = json!({ "target": "whmcs", "action": "UpdateClient", "kind": "dropped" });
    for (fault, status) in [(None, 200), (Some(error), 409), (Some(dropped), 200)] {
        if let Some(fault) = fault {
            app.fault(fault).await;
        }
        let change = json!({ "address1": "Canarystreet 7", "phone": "+49 30 123456" });
        browser.patch_with_key("/api/me/billing", &new_key(), &change).await.expect(status);
        let name = json!({ "first_name": "Canaryfirst" });
        browser.patch_with_key("/api/me", &new_key(), &name).await.expect(200);
        app.clear_faults().await;
    }
}

/// Every way in which an upstream can fail, on the page that asks them all.
async fn read_through_faults(app: &TestApp, browser: &Browser<'_>) {
    browser.get("/api/me/summary").await.expect(200);
    browser.get("/api/me").await.expect(200);
    for kind in [
        "status",
        "error",
        "html",
        "dropped",
        "null",
        "cut",
        "wrong_types",
        "did_then_failed",
        "did_then_dropped",
    ] {
        for target in ["whmcs", "salesforce"] {
            let fault = json!({ "target": target, "action": "*", "kind": kind, "message": UPSTREAM_TEXT, "code": "CANARY_UPSTREAM" });
            app.fault(fault).await;
        }
        app.clock.advance(Duration::from_secs(3));
        for path in ["/api/me/summary", "/api/invoices", "/api/invoices/7", "/api/me"] {
            browser.get_fresh(path).await;
        }
        app.clear_faults().await;
    }
}

/// Mails that cannot be sent, and a customer whom an upstream refuses with words.
async fn mail_and_provision_through_faults(app: &TestApp) {
    for kind in ["error", "dropped", "did_then_failed"] {
        app.fault(json!({ "target": "smtp", "action": "message", "kind": kind, "message": UPSTREAM_TEXT, "times": 1 })).await;
        let browser = app.browser();
        let accepted = browser.sign_up("canary-emmy@example.com").await.expect(202).json();
        for _ in 0..2 {
            app.run_jobs().await;
            app.advance(Duration::from_secs(5)).await;
        }
        if kind != "did_then_failed" {
            continue;
        }
        let code = app.mailed_code("canary-emmy@example.com").await;
        let refusal = json!({ "target": "whmcs", "action": "AddClient", "kind": "error", "message": UPSTREAM_TEXT, "times": 1 });
        app.fault(refusal).await;
        browser.confirm(&accepted["data"]["challenge_id"], &code).await.expect(200);
        for _ in 0..3 {
            app.run_jobs().await;
            app.advance(Duration::from_secs(100)).await;
        }
    }
    app.clear_faults().await;
}

async fn no_canary_in_logs_or_at_rest(app: &TestApp) {
    let log = Log::start();
    let mut canaries = known();
    let (browser, invoice) = become_customer(app, &mut canaries).await;
    sign_in_rightly_and_wrongly(app, &browser, &mut canaries).await;
    use_a_passkey(&browser, &mut canaries).await;
    follow_a_link(app, &browser, invoice, &mut canaries).await;
    link_logins(app, &mut canaries).await;
    forget_and_change(app, &browser, &mut canaries).await;
    mail_and_provision_through_faults(app).await;
    use_tokens(app, &mut canaries).await;
    change_the_profile(app, &browser, &mut canaries).await;
    // Last, since the portal spares an upstream for a while that has failed so often.
    read_through_faults(app, &browser).await;
    let at_rest = app.bytes_at_rest().await;
    browser.log_out().await.expect(204);

    let lines = String::from_utf8(log.bytes().clone()).unwrap();
    assert!(
        lines.lines().count() > 30 && lines.contains("/api/auth/login"),
        "the log was not caught: {lines}"
    );
    let leaking: Vec<&str> =
        lines.lines().filter(|line| !canaries.found_in(line.as_bytes()).is_empty()).collect();
    assert!(leaking.is_empty(), "{:?} in {leaking:#?}", canaries.found_in(lines.as_bytes()));
    canaries.add("hash of a password", "argon2id");
    canaries.add("any address", "@example.com");
    assert_eq!(canaries.found_in(lines.as_bytes()), Vec::<&str>::new(), "{lines}");

    eventually("the change has arrived", async || {
        app.advance(Duration::from_mins(1)).await;
        app.run_jobs().await;
        app.due_jobs().await == 0
    })
    .await;
    canaries.0.retain(|(name, _)| *name != "hash of a password");
    assert!(at_rest.len() > 4096, "{} bytes are not the whole database", at_rest.len());
    assert_eq!(canaries.found_in(&at_rest), Vec::<&str>::new());
}

/// An operator who sets `PORTAL_LOG=trace` switches the libraries on as well.
async fn no_canary_in_the_fullest_log_of_the_program(app: &TestApp) {
    let mut canaries = known();
    for (name, value) in
        [("address", "ada@example.com"), ("password", sandbox::demo::PASSWORD), ("last name", "Lovelace")]
    {
        canaries.add(name, value);
    }
    app.seed("ada@example.com").await;
    let mut variables = app.variables.clone();
    variables.insert("PORTAL_LOG".to_owned(), "trace".to_owned());
    let serving = program::Serving::start(&variables);
    let browser = app.browser().at(&serving.base);
    browser.log_in("ada@example.com", WRONG_PASSWORD).await.expect_problem(401, "auth.invalid_credentials");
    browser.log_in("ada@example.com", sandbox::demo::PASSWORD).await.expect(200);
    canaries.add_token("session token", &browser.cookies()["portal_session_dev"]);
    use_a_passkey(&browser, &mut canaries).await;
    follow_a_link(app, &browser, 7, &mut canaries).await;
    let key = new_key();
    canaries.add("idempotency key", &key);
    let accepted =
        browser.post_with_key("/api/auth/signup", &key, &sign_up_form(EMAIL)).await.expect(202).json();
    eventually("the code is in the mailbox", async || !app.mails(EMAIL).await.is_empty()).await;
    let code = app.mailed_code(EMAIL).await;
    canaries.add("code", &code);
    browser.confirm(&accepted["data"]["challenge_id"], &code).await.expect(200);
    eventually("the customer is made", async || app.due_jobs().await == 0).await;
    let browser = app.browser().at(&serving.base);
    browser.log_in("ada@example.com", sandbox::demo::PASSWORD).await.expect(200);
    eventually("the new device is told", async || app.due_jobs().await == 0).await;
    read_through_faults(app, &browser).await;
    serving.ask_to_stop();
    let (exit, log) = serving.ended();
    assert_eq!(exit, Some(0));
    assert!(
        log.contains("\"level\":\"TRACE\"") && log.contains("/api/auth/login"),
        "the log is not the fullest: {log}"
    );
    let leaking: Vec<&str> =
        log.lines().filter(|line| !canaries.found_in(line.as_bytes()).is_empty()).collect();
    assert!(leaking.is_empty(), "{:?} in {leaking:#?}", canaries.found_in(log.as_bytes()));
}

/// A search that never finds anything proves nothing: each place gets a leak on purpose.
async fn the_search_finds_what_is_there(app: &TestApp) {
    let log = Log::start();
    let canaries = known();
    tracing::trace!(target: "portal_api::redaction", email = "Canary-Hedy@example.com", "leaked on purpose");
    let lines = log.bytes().clone();
    assert_eq!(canaries.found_in(&lines), ["address", "name of the address"]);
    log.bytes().clear();

    let ada = app.signed_in("ada@example.com").await;
    ada.get("/api/me").await.expect(200);
    assert_eq!(canaries.found_in(&app.bytes_at_rest().await), Vec::<&str>::new());
    let tx = app.app.db.as_system().await.unwrap();
    let detail = json!({ "note": UPSTREAM_TEXT });
    tx.audit(None)
        .append(&AuditEvent { event: "test.leak", outcome: "ok", request_id: None, detail })
        .await
        .unwrap();
    tx.commit().await.unwrap();
    assert_eq!(canaries.found_in(&app.bytes_at_rest().await), ["text of an upstream"]);
    if let (Some(url), Some(prefix)) =
        (app.variables.get("REDIS_URL"), app.variables.get("PORTAL_REDIS_PREFIX"))
    {
        let mut redis =
            redis::Client::open(url.as_str()).unwrap().get_multiplexed_async_connection().await.unwrap();
        redis::cmd("SET").arg(format!("{prefix}:leak")).arg(PASSWORD).exec_async(&mut redis).await.unwrap();
        assert_eq!(canaries.found_in(&app.bytes_at_rest().await), ["password", "text of an upstream"]);
    }
    let mut code = Canaries::default();
    code.add("code", "123456");
    assert_eq!(code.found_in(b"{\"code\":\"123456\"}"), ["code"]);
    assert_eq!(code.found_in(b"7123456 a123456 1234560"), Vec::<&str>::new());
}
