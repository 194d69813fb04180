//! A case for every operation that takes a key.

use reqwest::{Method, RequestBuilder};
use serde_json::{Value, json};

use crate::helpers::{Answer, Browser, NEW_PASSWORD, PASSWORD, TestApp, sign_up_form};

/// A request of one operation, ready to be sent, and another one for the same address.
pub struct Case<'a> {
    pub operation: &'static str,
    pub browser: Browser<'a>,
    pub path: String,
    pub body: Value,
    pub other_body: Value,
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
                path: "/api/auth/signup".to_owned(),
                body: sign_up_form("hedy@example.com"),
                other_body: sign_up_form("other@example.com"),
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
                    path: "/api/auth/signup/confirm".to_owned(),
                    body: json!({ "challenge_id": challenge, "code": code }),
                    other_body: json!({ "challenge_id": challenge, "code": other }),
                    status: 200,
                    effects: 1,
                }
            }
            "link_login" => Self {
                operation,
                browser,
                path: "/api/auth/link-whmcs".to_owned(),
                body: json!({ "email": "grace@example.com", "password": PASSWORD }),
                other_body: json!({ "email": "linus@example.com", "password": PASSWORD }),
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
                    path: "/api/auth/link-whmcs/confirm".to_owned(),
                    body: json!({ "code": code }),
                    other_body: json!({ "code": other }),
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
                    path: "/api/auth/set-password".to_owned(),
                    body: json!({ "client_id": kernel, "password": NEW_PASSWORD }),
                    other_body: json!({ "client_id": tux, "password": NEW_PASSWORD }),
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
                    path: "/api/me/accounts/switch".to_owned(),
                    body: json!({ "client_id": other }),
                    other_body: json!({ "client_id": one }),
                    status: 200,
                    // Support's records of the account, and a line.
                    effects: 2,
                }
            }
            "create_sso_link" => Self {
                operation,
                browser: app.signed_in("ada@example.com").await,
                path: "/api/invoices/7/sso-link".to_owned(),
                body: json!({ "purpose": "pay" }),
                other_body: json!({ "purpose": "pdf" }),
                status: 200,
                effects: 1,
            },
            other => panic!("no case for {other}"),
        }
    }

    pub fn request(&self, key: &str) -> RequestBuilder {
        self.browser
            .request(Method::POST, &self.path)
            .header("idempotency-key", key)
            .body(self.body.to_string())
    }

    pub async fn send(&self, key: &str) -> Answer {
        self.browser.send(self.request(key)).await
    }
}

/// Everything that the operations change outside their own answers: jobs ever made, mails, clients, tokens.
pub async fn effects(app: &TestApp) -> Value {
    let tx = app.app.db.read_as_system().await.unwrap();
    let jobs = tx.job_work().counts().await.unwrap();
    drop(tx);
    let mails = app.mails("hedy@example.com").await.len() + app.mails("other@example.com").await.len();
    json!({
        "jobs": jobs.queued + jobs.running + jobs.done + jobs.dead,
        "mails": mails,
        "tokens": app.calls("whmcs", "CreateSsoToken").await,
        "clients": app.calls("whmcs", "AddClient").await,
        "logins": app.calls("whmcs", "ValidateLogin").await,
        "audited": app.audited("account.link_login").await + app.audited("account.switch").await,
    })
}
