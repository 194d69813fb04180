//! A case for every operation that takes a key.

use portal_api::store::EmailAddress;
use reqwest::{Method, RequestBuilder};
use serde_json::{Value, json};

use crate::helpers::{Answer, Browser, NEW_PASSWORD, PASSWORD, TestApp, challenge, not, sign_up_form};

/// A request of one operation, ready to be sent, and another one for the same address.
pub struct Case<'a> {
    pub operation: &'static str,
    pub browser: Browser<'a>,
    pub method: Method,
    pub path: String,
    pub body: Value,
    /// Body of another request to the same address; `null` where there is none.
    pub other_body: Value,
    /// What it is answered with the first time.
    pub status: u16,
    /// Jobs, links and ended sessions that it leaves behind.
    pub leaves: i64,
}

impl<'a> Case<'a> {
    pub async fn of(app: &'a TestApp, operation: &'static str) -> Self {
        let browser = app.browser();
        // The mark by which the keys of browsers are told apart.
        browser.get("/api/auth/session").await.expect(200);
        let post = |browser, path: &str, body, other_body, status, leaves| Self {
            operation,
            browser,
            method: Method::POST,
            path: path.to_owned(),
            body,
            other_body,
            status,
            leaves,
        };
        match operation {
            "sign_up" => {
                let (form, other) = (sign_up_form("hedy@example.com"), sign_up_form("other@example.com"));
                post(browser, "/api/auth/signup", form, other, 202, 1)
            }
            "confirm_sign_up" => {
                let accepted = browser.sign_up("hedy@example.com").await.expect(202);
                app.run_jobs().await;
                let challenge = accepted.json()["data"]["challenge_id"].clone();
                let code = app.mailed_code("hedy@example.com").await;
                let body = json!({ "challenge_id": challenge, "code": code });
                let other = json!({ "challenge_id": challenge, "code": not(&code) });
                post(browser, "/api/auth/signup/confirm", body, other, 200, 1)
            }
            "create_sso_link" => {
                let ada = app.signed_in("ada@example.com").await;
                let (pay, pdf) = (json!({ "purpose": "pay" }), json!({ "purpose": "pdf" }));
                post(ada, "/api/invoices/7/sso-link", pay, pdf, 200, 1)
            }
            "forgot_password" => {
                let [body, other] =
                    ["hedy@example.com", "other@example.com"].map(|email| json!({ "email": email }));
                post(browser, "/api/auth/forgot-password", body, other, 202, 1)
            }
            "reset_password" => {
                app.seed("grace@example.com").await;
                let (challenge, code) = app.reset_code(&browser, "grace@example.com").await;
                let of = |password| json!({ "challenge_id": challenge, "code": code, "password": password });
                let (body, other) = (of(NEW_PASSWORD), of("another-good-1-pumpkin"));
                post(browser, "/api/auth/reset-password", body, other, 204, 1)
            }
            "change_password" => {
                // Somebody whose password is as seeded.
                let email = "bulk@example.com";
                let bulk = app.signed_in(email).await;
                let of = |password| json!({ "current_password": PASSWORD, "password": password });
                let (body, other) = (of(NEW_PASSWORD), of("another-good-1-pumpkin"));
                post(bulk, "/api/me/password", body, other, 200, 1)
            }
            "change_email" => {
                let mallory = app.signed_in("mallory@example.com").await;
                let [body, other] =
                    ["hedy@example.com", "other@example.com"].map(|email| json!({ "email": email }));
                post(mallory, "/api/me/email", body, other, 202, 2)
            }
            "confirm_email" => {
                let mallory = app.signed_in("mallory@example.com").await;
                let accepted = mallory.change_email("moved@example.com").await.expect(202);
                app.run_jobs().await;
                let challenge = challenge(&accepted);
                let code = app.mailed_code("moved@example.com").await;
                let body = json!({ "challenge_id": challenge, "code": code });
                let other = json!({ "challenge_id": challenge, "code": not(&code) });
                post(mallory, "/api/me/email/confirm", body, other, 200, 2)
            }
            "revoke_session" | "revoke_other_sessions" => Self::ending_sessions(app, operation).await,
            other => panic!("no case for {other}"),
        }
    }

    /// An operation without a body, in a browser beside which another one is signed in.
    async fn ending_sessions(app: &'a TestApp, operation: &'static str) -> Self {
        let browser = app.signed_in("linus@example.com").await;
        browser.delete("/api/me/sessions").await.expect(204);
        app.browser().log_in("linus@example.com", PASSWORD).await.expect(200);
        let listed = browser.get("/api/me/sessions").await.json();
        let other = listed["data"].as_array().unwrap().iter().find(|one| one["current"] == false).unwrap();
        let path = match operation {
            "revoke_session" => format!("/api/me/sessions/{}", other["id"].as_str().unwrap()),
            _ => "/api/me/sessions".to_owned(),
        };
        let (body, other_body) = (Value::Null, Value::Null);
        Self { operation, browser, method: Method::DELETE, path, body, other_body, status: 204, leaves: 1 }
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

/// Everything that the operations change outside their own answers: jobs ever made, mails, clients, tokens.
pub async fn effects(app: &TestApp) -> Value {
    let tx = app.app.db.read_as_system().await.unwrap();
    let jobs = tx.job_work().counts().await.unwrap();
    let linus = tx.users().by_email(&EmailAddress::parse("linus@example.com").unwrap()).await.unwrap();
    let sessions = match linus {
        Some(linus) => tx.sessions_of(linus.user_id).list().await.unwrap().len(),
        None => 0,
    };
    drop(tx);
    let mails = app.mails("hedy@example.com").await.len() + app.mails("other@example.com").await.len();
    json!({
        "jobs": jobs.queued + jobs.running + jobs.done + jobs.dead,
        "mails": mails,
        "sessions": sessions,
        "tokens": app.calls("whmcs", "CreateSsoToken").await,
        "clients": app.calls("whmcs", "AddClient").await,
    })
}
