//! A case for every operation that takes a key.

use portal_api::store::EmailAddress;
use reqwest::{Method, RequestBuilder};
use serde_json::{Value, json};

use crate::helpers::{
    Answer, Authenticator, Browser, NEW_PASSWORD, PASSKEYS, PASSWORD, SecurityKey, TestApp, addition,
    challenge, new_key, not, sign_up_form,
};

/// A request of one operation, ready to be sent, and another one for the same address, where the operation takes a body.
pub struct Case<'a> {
    pub operation: &'static str,
    pub browser: Browser<'a>,
    pub method: Method,
    pub path: String,
    pub body: Value,
    pub other_body: Option<Value>,
    /// What it is answered with the first time.
    pub status: u16,
    /// Jobs, links into WHMCS, ended sessions and lines about accounts in the audit log that come of it.
    pub effects: i64,
}

impl<'a> Case<'a> {
    pub async fn of(app: &'a TestApp, operation: &'static str) -> Self {
        match operation {
            "sign_up"
            | "confirm_sign_up"
            | "link_login"
            | "confirm_linking"
            | "set_password"
            | "request_password_reset"
            | "reset_password" => Self::in_a_browser(app, operation).await,
            "set_up_totp"
            | "confirm_totp"
            | "create_recovery_codes"
            | "remove_totp"
            | "begin_passkey"
            | "add_passkey"
            | "remove_passkey" => Self::of_factors(app, operation).await,
            _ => Self::of_somebody(app, operation).await,
        }
    }

    /// An operation of somebody who is not signed in.
    async fn in_a_browser(app: &'a TestApp, operation: &'static str) -> Self {
        let browser = app.browser();
        // The mark by which the keys of browsers are told apart.
        browser.get("/api/auth/session").await.expect(200);
        match operation {
            "sign_up" => {
                let (form, other) = (sign_up_form("hedy@example.com"), sign_up_form("other@example.com"));
                Self::post(operation, browser, "/api/auth/signup", form, other, 202, 1)
            }
            "confirm_sign_up" => {
                let accepted = browser.sign_up("hedy@example.com").await.expect(202);
                app.run_jobs().await;
                let challenge = accepted.json()["data"]["challenge_id"].clone();
                let code = app.mailed_code("hedy@example.com").await;
                let body = json!({ "challenge_id": challenge, "code": code });
                let other = json!({ "challenge_id": challenge, "code": not(&code) });
                Self::post(operation, browser, "/api/auth/signup/confirm", body, other, 200, 1)
            }
            "link_login" => {
                let (body, other) = (
                    json!({ "email": "grace@example.com", "password": PASSWORD }),
                    json!({ "email": "linus@example.com", "password": PASSWORD }),
                );
                Self::post(operation, browser, "/api/auth/link-whmcs", body, other, 200, 1)
            }
            "confirm_linking" => {
                app.person(json!({ "email": "otto@example.com", "email_verified": false })).await;
                browser.link("otto@example.com", PASSWORD).await.expect(200);
                app.run_jobs().await;
                let code = app.mailed_code("otto@example.com").await;
                let other = if code == "000000" { "000001" } else { "000000" };
                {
                    let (body, other) = (json!({ "code": code }), json!({ "code": other }));
                    Self::post(operation, browser, "/api/auth/link-whmcs/confirm", body, other, 200, 1)
                }
            }
            "set_password" => {
                browser.link("linus@example.com", PASSWORD).await.expect(200);
                let [kernel, tux] = sandbox::demo::LINUS_CLIENTS;
                {
                    // Setting the customer up, a mail to the owner, a line.
                    let (body, other) = (
                        json!({ "client_id": kernel, "password": NEW_PASSWORD }),
                        json!({ "client_id": tux, "password": NEW_PASSWORD }),
                    );
                    Self::post(operation, browser, "/api/auth/set-password", body, other, 200, 3)
                }
            }
            "request_password_reset" => {
                let [body, other] =
                    ["hedy@example.com", "other@example.com"].map(|email| json!({ "email": email }));
                Self::post(operation, browser, "/api/auth/forgot-password", body, other, 202, 1)
            }
            "reset_password" => {
                app.seed("tove@example.com").await;
                let (challenge, code) = app.reset_code(&browser, "tove@example.com").await;
                let of = |password| json!({ "challenge_id": challenge, "code": code, "password": password });
                let (body, other) = (of(NEW_PASSWORD), of("another-good-1-pumpkin"));
                Self::post(operation, browser, "/api/auth/reset-password", body, other, 204, 1)
            }
            other => panic!("no case for {other}"),
        }
    }

    /// An operation on second factors.
    async fn of_factors(app: &'a TestApp, operation: &'static str) -> Self {
        match operation {
            "set_up_totp" => {
                let ada = Self::plain(app, "ada@example.com").await;
                Self::without_body(operation, ada, Method::POST, "/api/me/mfa/totp", 200)
            }
            "confirm_totp" => {
                let ada = Self::plain(app, "ada@example.com").await;
                let setup = ada.post_with_key("/api/me/mfa/totp", &new_key(), &json!({})).await.expect(200);
                let authenticator = Authenticator::scan(&setup.json());
                {
                    let (body, other) = (
                        json!({ "code": authenticator.code(app) }),
                        json!({ "code": authenticator.wrong_code(app) }),
                    );
                    Self::post(operation, ada, "/api/me/mfa/totp/confirm", body, other, 200, 1)
                }
            }
            "create_recovery_codes" => {
                let mallory = Self::with_factor(app, "mallory@example.com").await;
                Self::without_body(operation, mallory, Method::POST, "/api/me/mfa/recovery-codes", 200)
            }
            "remove_totp" => {
                let mallory = Self::with_factor(app, "mallory@example.com").await;
                Self::without_body(operation, mallory, Method::DELETE, "/api/me/mfa/totp", 204)
            }
            "begin_passkey" => {
                let ada = Self::plain(app, "ada@example.com").await;
                Self::without_body(operation, ada, Method::POST, &format!("{PASSKEYS}/options"), 200)
            }
            "add_passkey" => {
                let mallory = Self::plain(app, "mallory@example.com").await;
                let ceremony = mallory.begin(PASSKEYS).await;
                let credential = SecurityKey::new().create(&ceremony);
                {
                    let (body, other) = (
                        addition(&ceremony, &credential, "Laptop"),
                        addition(&ceremony, &credential, "Phone"),
                    );
                    Self::post(operation, mallory, PASSKEYS, body, other, 200, 1)
                }
            }
            "remove_passkey" => {
                let mallory = Self::plain(app, "mallory@example.com").await;
                let added = mallory.add_passkey("Laptop", &mut SecurityKey::new()).await.expect(200).json();
                app.run_jobs().await;
                let path = format!("{PASSKEYS}/{}", added["data"]["passkey"]["id"].as_str().unwrap());
                Self::without_body(operation, mallory, Method::DELETE, &path, 204)
            }
            other => panic!("no case for {other}"),
        }
    }

    /// Another operation of somebody who is signed in.
    async fn of_somebody(app: &'a TestApp, operation: &'static str) -> Self {
        match operation {
            "switch_account" => {
                let [one, other] = sandbox::demo::BULK_CLIENTS;
                {
                    // Support's records of the account, and a line.
                    let (body, other) = (json!({ "client_id": other }), json!({ "client_id": one }));
                    Self::post(
                        operation,
                        app.linked("bulk@example.com", one).await,
                        "/api/me/accounts/switch",
                        body,
                        other,
                        200,
                        2,
                    )
                }
            }
            "create_sso_link" => {
                let (body, other) = (json!({ "purpose": "pay" }), json!({ "purpose": "pdf" }));
                Self::post(
                    operation,
                    Self::plain(app, "ada@example.com").await,
                    "/api/invoices/7/sso-link",
                    body,
                    other,
                    200,
                    1,
                )
            }
            "update_me" => Self {
                operation,
                browser: Self::plain(app, "ada@example.com").await,
                method: Method::PATCH,
                path: "/api/me".to_owned(),
                body: json!({ "first_name": "Augusta", "last_name": "King" }),
                other_body: Some(json!({ "first_name": "Augusta" })),
                status: 200,
                effects: 1,
            },
            "update_billing" => Self {
                operation,
                browser: Self::plain(app, "ada@example.com").await,
                method: Method::PATCH,
                path: "/api/me/billing".to_owned(),
                body: json!({ "city": "Bath", "postcode": "BA1 1AA" }),
                other_body: Some(json!({ "city": "York" })),
                status: 200,
                effects: 1,
            },
            "change_password" => {
                // Somebody whose password is as seeded.
                let tove = app.signed_in("tove@example.com").await;
                let of = |password| json!({ "current_password": PASSWORD, "password": password });
                let (body, other) = (of(NEW_PASSWORD), of("another-good-1-pumpkin"));
                Self::post(operation, tove, "/api/me/password", body, other, 200, 1)
            }
            "change_email" => {
                let mallory = Self::plain(app, "mallory@example.com").await;
                let [body, other] =
                    ["hedy@example.com", "other@example.com"].map(|email| json!({ "email": email }));
                Self::post(operation, mallory, "/api/me/email", body, other, 202, 2)
            }
            "confirm_email" => {
                // Afterwards WHMCS knows her by another address, so nobody else's case can have her.
                app.person(json!({ "email": "wanda@example.com" })).await;
                let wanda = app.signed_in("wanda@example.com").await;
                let accepted = wanda.change_email("moved@example.com").await.expect(202);
                app.run_jobs().await;
                let challenge = challenge(&accepted);
                let code = app.mailed_code("moved@example.com").await;
                let body = json!({ "challenge_id": challenge, "code": code });
                let other = json!({ "challenge_id": challenge, "code": not(&code) });
                Self::post(operation, wanda, "/api/me/email/confirm", body, other, 200, 2)
            }
            "revoke_session" | "revoke_other_sessions" => Self::ending_sessions(app, operation).await,
            other => panic!("no case for {other}"),
        }
    }

    fn post(
        operation: &'static str,
        browser: Browser<'a>,
        path: &str,
        body: Value,
        other: Value,
        status: u16,
        effects: i64,
    ) -> Self {
        let (method, path, other_body) = (Method::POST, path.to_owned(), Some(other));
        Self { operation, browser, method, path, body, other_body, status, effects }
    }

    fn without_body(
        operation: &'static str,
        browser: Browser<'a>,
        method: Method,
        path: &str,
        status: u16,
    ) -> Self {
        Self {
            operation,
            browser,
            method,
            path: path.to_owned(),
            body: json!({}),
            other_body: None,
            status,
            effects: 1,
        }
    }

    /// Somebody who is signed in and has nothing set up beside the password.
    async fn plain(app: &'a TestApp, email: &str) -> Browser<'a> {
        app.seed(email).await;
        let tx = app.app.db.as_user(app.user_id(email).await).await.unwrap();
        tx.totp().remove().await.unwrap();
        tx.recovery_codes().remove().await.unwrap();
        for passkey in tx.passkeys().list().await.unwrap() {
            tx.passkeys().remove(passkey.id).await.unwrap();
        }
        tx.commit().await.unwrap();
        app.signed_in(email).await
    }

    /// Somebody who has an authenticator app, and nothing before this case.
    async fn with_factor(app: &'a TestApp, email: &str) -> Browser<'a> {
        let browser = Self::plain(app, email).await;
        browser.set_up_totp(app).await;
        browser
    }

    /// An operation without a body, in a browser beside which another one is signed in.
    async fn ending_sessions(app: &'a TestApp, operation: &'static str) -> Self {
        let browser = app.signed_in("grace@example.com").await;
        browser.delete("/api/me/sessions").await.expect(204);
        app.browser().log_in("grace@example.com", PASSWORD).await.expect(200);
        let listed = browser.get("/api/me/sessions").await.json();
        let other = listed["data"].as_array().unwrap().iter().find(|one| one["current"] == false).unwrap();
        let path = match operation {
            "revoke_session" => format!("/api/me/sessions/{}", other["id"].as_str().unwrap()),
            _ => "/api/me/sessions".to_owned(),
        };
        let (method, body, other_body) = (Method::DELETE, Value::Null, None);
        Self { operation, browser, method, path, body, other_body, status: 204, effects: 1 }
    }

    /// The request with another body, or without a key.
    pub fn request_of(&self, key: Option<&str>, body: &Value) -> RequestBuilder {
        let mut request = self.browser.request(self.method.clone(), &self.path);
        if let Some(key) = key {
            request = request.header("idempotency-key", key);
        }
        if body.is_null() { request } else { request.body(body.to_string()) }
    }

    pub fn request(&self, key: &str) -> RequestBuilder {
        self.request_of(Some(key), &self.body)
    }

    pub async fn send(&self, key: &str) -> Answer {
        self.browser.send(self.request(key)).await
    }
}

/// Everything that the operations change outside their own answers: jobs ever made, mails, clients, tokens, keys of authenticator apps,
/// ceremonies.
pub async fn effects(app: &TestApp) -> Value {
    let tx = app.app.db.read_as_system().await.unwrap();
    let jobs = tx.job_work().counts().await.unwrap();
    let grace = tx.users().by_email(&EmailAddress::parse("grace@example.com").unwrap()).await.unwrap();
    let sessions = match grace {
        Some(grace) => tx.sessions_of(grace.user_id).list().await.unwrap().len(),
        None => 0,
    };
    drop(tx);
    let offered = {
        let ada = app.seeded("ada@example.com").await;
        let tx = app.app.db.read_as_system().await.unwrap();
        match ada {
            Some(ada) => tx.totp_of(ada).get().await.unwrap().is_some_and(|totp| totp.confirmed_at.is_none()),
            None => false,
        }
    };
    let mails = app.mails("hedy@example.com").await.len() + app.mails("other@example.com").await.len();
    json!({
        "jobs": jobs.queued + jobs.running + jobs.done + jobs.dead,
        "mails": mails,
        "offered": u8::from(offered),
        "begun": app.count("passkey_ceremonies").await,
        "sessions": sessions,
        "tokens": app.calls("whmcs", "CreateSsoToken").await,
        "clients": app.calls("whmcs", "AddClient").await,
        "logins": app.calls("whmcs", "ValidateLogin").await,
        "audited": app.audit_lines("account.link_login").await + app.audit_lines("account.switch").await,
        "changes": app.calls("whmcs", "UpdateClient").await + app.calls("whmcs", "UpdateUser").await,
    })
}
