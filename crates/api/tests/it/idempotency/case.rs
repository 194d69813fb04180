//! A case for every operation that takes a key.

use reqwest::{Method, RequestBuilder};
use serde_json::{Value, json};

use crate::helpers::{
    Answer, Authenticator, Browser, NEW_PASSWORD, PASSKEYS, PASSWORD, SecurityKey, TestApp, addition,
    new_key, sign_up_form,
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
    /// Jobs, links into WHMCS and lines about accounts in the audit log that come of it.
    pub effects: i64,
}

impl<'a> Case<'a> {
    pub async fn of(app: &'a TestApp, operation: &'static str) -> Self {
        let browser = app.browser();
        // The mark by which the keys of browsers are told apart.
        browser.get("/api/auth/session").await.expect(200);
        match operation {
            "sign_up" => Self {
                operation,
                browser,
                method: Method::POST,
                path: "/api/auth/signup".to_owned(),
                body: sign_up_form("hedy@example.com"),
                other_body: Some(sign_up_form("other@example.com")),
                status: 202,
                effects: 1,
            },
            "confirm_sign_up" => {
                let accepted = browser.sign_up("hedy@example.com").await.expect(202);
                app.run_jobs().await;
                let challenge = accepted.json()["data"]["challenge_id"].clone();
                let code = app.mailed_code("hedy@example.com").await;
                let other = if code == "000000" { "000001" } else { "000000" };
                Self {
                    operation,
                    browser,
                    method: Method::POST,
                    path: "/api/auth/signup/confirm".to_owned(),
                    body: json!({ "challenge_id": challenge, "code": code }),
                    other_body: Some(json!({ "challenge_id": challenge, "code": other })),
                    status: 200,
                    effects: 1,
                }
            }
            "link_login" => Self {
                operation,
                browser,
                method: Method::POST,
                path: "/api/auth/link-whmcs".to_owned(),
                body: json!({ "email": "grace@example.com", "password": PASSWORD }),
                other_body: Some(json!({ "email": "linus@example.com", "password": PASSWORD })),
                status: 200,
                effects: 1,
            },
            "confirm_linking" => {
                app.person(json!({ "email": "otto@example.com", "email_verified": false })).await;
                browser.link("otto@example.com", PASSWORD).await.expect(200);
                app.run_jobs().await;
                let code = app.mailed_code("otto@example.com").await;
                let other = if code == "000000" { "000001" } else { "000000" };
                Self {
                    operation,
                    browser,
                    method: Method::POST,
                    path: "/api/auth/link-whmcs/confirm".to_owned(),
                    body: json!({ "code": code }),
                    other_body: Some(json!({ "code": other })),
                    status: 200,
                    effects: 1,
                }
            }
            "set_password" => {
                browser.link("linus@example.com", PASSWORD).await.expect(200);
                let [kernel, tux] = sandbox::demo::LINUS_CLIENTS;
                Self {
                    operation,
                    browser,
                    method: Method::POST,
                    path: "/api/auth/set-password".to_owned(),
                    body: json!({ "client_id": kernel, "password": NEW_PASSWORD }),
                    other_body: Some(json!({ "client_id": tux, "password": NEW_PASSWORD })),
                    status: 200,
                    // Setting the customer up, a mail to the owner, a line.
                    effects: 3,
                }
            }
            "switch_account" => {
                let [one, other] = sandbox::demo::BULK_CLIENTS;
                Self {
                    operation,
                    browser: app.linked("bulk@example.com", one).await,
                    method: Method::POST,
                    path: "/api/me/accounts/switch".to_owned(),
                    body: json!({ "client_id": other }),
                    other_body: Some(json!({ "client_id": one })),
                    status: 200,
                    // Support's records of the account, and a line.
                    effects: 2,
                }
            }
            "create_sso_link" => Self {
                operation,
                browser: Self::plain(app, "ada@example.com").await,
                method: Method::POST,
                path: "/api/invoices/7/sso-link".to_owned(),
                body: json!({ "purpose": "pay" }),
                other_body: Some(json!({ "purpose": "pdf" })),
                status: 200,
                effects: 1,
            },
            "set_up_totp" => {
                let ada = Self::plain(app, "ada@example.com").await;
                Self::without_body(operation, ada, Method::POST, "/api/me/mfa/totp", 200)
            }
            "confirm_totp" => {
                let ada = Self::plain(app, "ada@example.com").await;
                let setup = ada.post_with_key("/api/me/mfa/totp", &new_key(), &json!({})).await.expect(200);
                let authenticator = Authenticator::scan(&setup.json());
                Self {
                    operation,
                    browser: ada,
                    method: Method::POST,
                    path: "/api/me/mfa/totp/confirm".to_owned(),
                    body: json!({ "code": authenticator.code(app) }),
                    other_body: Some(json!({ "code": authenticator.wrong_code(app) })),
                    status: 200,
                    effects: 1,
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
                Self {
                    operation,
                    browser: mallory,
                    method: Method::POST,
                    path: PASSKEYS.to_owned(),
                    body: addition(&ceremony, &credential, "Laptop"),
                    other_body: Some(addition(&ceremony, &credential, "Phone")),
                    status: 200,
                    effects: 1,
                }
            }
            "remove_passkey" => {
                let mallory = Self::plain(app, "mallory@example.com").await;
                let added = mallory.add_passkey("Laptop", &mut SecurityKey::new()).await.expect(200).json();
                app.run_jobs().await;
                let path = format!("{PASSKEYS}/{}", added["data"]["passkey"]["id"].as_str().unwrap());
                Self::without_body(operation, mallory, Method::DELETE, &path, 204)
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
            other => panic!("no case for {other}"),
        }
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

    pub fn request(&self, key: &str) -> RequestBuilder {
        self.with_body(&self.body).header("idempotency-key", key)
    }

    /// The operation with another body and without a key.
    pub fn with_body(&self, body: &Value) -> RequestBuilder {
        self.browser.request(self.method.clone(), &self.path).body(body.to_string())
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
        "tokens": app.calls("whmcs", "CreateSsoToken").await,
        "clients": app.calls("whmcs", "AddClient").await,
        "logins": app.calls("whmcs", "ValidateLogin").await,
        "audited": app.audit_lines("account.link_login").await + app.audit_lines("account.switch").await,
        "changes": app.calls("whmcs", "UpdateClient").await + app.calls("whmcs", "UpdateUser").await,
    })
}
