//! A case for every operation that takes a key.

use reqwest::{Method, RequestBuilder};
use serde_json::{Value, json};

use crate::helpers::{Answer, Browser, TestApp, sign_up_form};

/// A request of one operation, ready to be sent, and another one for the same address.
pub struct Case<'a> {
    pub operation: &'static str,
    pub browser: Browser<'a>,
    pub method: Method,
    pub path: String,
    pub body: Value,
    pub other_body: Value,
    /// What it is answered with the first time.
    pub status: u16,
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
                other_body: sign_up_form("other@example.com"),
                status: 202,
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
                    other_body: json!({ "challenge_id": challenge, "code": other }),
                    status: 200,
                }
            }
            "create_sso_link" => Self {
                operation,
                browser: app.signed_in("ada@example.com").await,
                method: Method::POST,
                path: "/api/invoices/7/sso-link".to_owned(),
                body: json!({ "purpose": "pay" }),
                other_body: json!({ "purpose": "pdf" }),
                status: 200,
            },
            "update_me" => Self {
                operation,
                browser: app.signed_in("ada@example.com").await,
                method: Method::PATCH,
                path: "/api/me".to_owned(),
                body: json!({ "first_name": "Augusta", "last_name": "King" }),
                other_body: json!({ "first_name": "Augusta" }),
                status: 200,
            },
            "update_billing" => Self {
                operation,
                browser: app.signed_in("ada@example.com").await,
                method: Method::PATCH,
                path: "/api/me/billing".to_owned(),
                body: json!({ "city": "Bath", "postcode": "BA1 1AA" }),
                other_body: json!({ "city": "York" }),
                status: 200,
            },
            other => panic!("no case for {other}"),
        }
    }

    pub fn request(&self, key: &str) -> RequestBuilder {
        self.request_with(key, self.body.to_string())
    }

    /// The operation with another text for a body.
    pub fn request_with(&self, key: &str, body: String) -> RequestBuilder {
        self.browser.request(self.method.clone(), &self.path).header("idempotency-key", key).body(body)
    }

    pub async fn send_body(&self, key: &str, body: &Value) -> Answer {
        self.browser.send(self.request_with(key, body.to_string())).await
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
        "changes": app.calls("whmcs", "UpdateClient").await + app.calls("whmcs", "UpdateUser").await,
    })
}
