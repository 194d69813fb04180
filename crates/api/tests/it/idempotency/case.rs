//! A case for every operation that takes a key.

use reqwest::{Method, RequestBuilder};
use serde_json::{Value, json};

use crate::{
    helpers::{Answer, Authenticator, Browser, PASSKEYS, TestApp, addition, sign_up_form},
    passkeys::{ada_with_passkey, passkeys},
};

/// A request of one operation, ready to be sent, and another one for the same address.
pub struct Case<'a> {
    pub operation: &'static str,
    pub browser: Browser<'a>,
    pub method: Method,
    pub path: String,
    pub body: Value,
    /// Another request of the operation, if there can be one: its path and body.
    pub other: Option<(String, Value)>,
    /// What it is answered with the first time.
    pub status: u16,
    /// How many jobs, links or passkeys come of it.
    pub effects: i64,
}

impl<'a> Case<'a> {
    pub async fn of(app: &'a TestApp, operation: &'static str) -> Self {
        let browser = app.browser();
        // The mark by which the keys of browsers are told apart.
        browser.get("/api/auth/session").await.expect(200);
        match operation {
            "sign_up" => {
                let path = "/api/auth/signup";
                let other = (path.to_owned(), sign_up_form("other@example.com"));
                let body = sign_up_form("hedy@example.com");
                Self { status: 202, ..Self::post(operation, browser, path, body, Some(other)) }
            }
            "confirm_sign_up" => {
                let accepted = browser.sign_up("hedy@example.com").await.expect(202);
                app.run_jobs().await;
                let challenge = accepted.json()["data"]["challenge_id"].clone();
                let code = app.mailed_code("hedy@example.com").await;
                let wrong = if code == "000000" { "000001" } else { "000000" };
                let path = "/api/auth/signup/confirm";
                let body = |code: &str| json!({ "challenge_id": challenge, "code": code });
                let other = (path.to_owned(), body(wrong));
                Self::post(operation, browser, path, body(&code), Some(other))
            }
            "create_sso_link" => {
                let path = "/api/invoices/7/sso-link";
                let other = (path.to_owned(), json!({ "purpose": "pdf" }));
                let ada = app.signed_in("ada@example.com").await;
                Self::post(operation, ada, path, json!({ "purpose": "pay" }), Some(other))
            }
            "begin_passkey" => {
                let ada = app.signed_in("ada@example.com").await;
                let path = format!("{PASSKEYS}/options");
                Self { effects: 0, ..Self::post(operation, ada, &path, Value::Null, None) }
            }
            "add_passkey" => {
                let ada = app.signed_in("ada@example.com").await;
                let ceremony = ada.begin(PASSKEYS).await;
                let credential = Authenticator::new().create(&ceremony);
                let other = (PASSKEYS.to_owned(), addition(&ceremony, &credential, "Phone"));
                let body = addition(&ceremony, &credential, "Laptop");
                Self::post(operation, ada, PASSKEYS, body, Some(other))
            }
            "remove_passkey" => {
                let (ada, _) = ada_with_passkey(app).await;
                let last = passkeys(app, "ada@example.com").await.pop().unwrap();
                let path = format!("{PASSKEYS}/{}", last.id);
                let other = (format!("{PASSKEYS}/019a0000-0000-7000-8000-000000000000"), Value::Null);
                let case = Self::post(operation, ada, &path, Value::Null, Some(other));
                Self { method: Method::DELETE, status: 204, ..case }
            }
            other => panic!("no case for {other}"),
        }
    }

    fn post(
        operation: &'static str,
        browser: Browser<'a>,
        path: &str,
        body: Value,
        other: Option<(String, Value)>,
    ) -> Self {
        let (method, path) = (Method::POST, path.to_owned());
        Self { operation, browser, method, path, body, other, status: 200, effects: 1 }
    }

    /// Whether the operation reads a body.
    pub fn has_body(&self) -> bool {
        !self.body.is_null()
    }

    /// The other request, with this key.
    pub async fn send_other(&self, key: &str) -> Answer {
        let (path, body) = self.other.as_ref().unwrap();
        self.send_to(path, key, body.to_string()).await
    }

    /// Text for the operation, with this key.
    pub async fn send_to(&self, path: &str, key: &str, body: String) -> Answer {
        let request = self.browser.request(self.method.clone(), path);
        self.browser.send(request.header("idempotency-key", key).body(body)).await
    }

    pub fn request(&self, key: &str) -> RequestBuilder {
        self.browser
            .request(self.method.clone(), &self.path)
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
    })
}
