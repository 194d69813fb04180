//! Second factors of the tests' people, and devices that their accounts know.

use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};
use portal_api::http::origin::DeviceToken;
use serde_json::{Value, json};
use sha2::{Digest as _, Sha256};

use super::{Answer, Browser, PASSWORD, TestApp, new_key};

/// An authenticator app.
pub struct Authenticator(totp_rs::Totp);

impl Authenticator {
    /// Reads the key that the portal shows.
    pub fn scan(setup: &Value) -> Self {
        let secret = totp_rs::Secret::try_from_base32(setup["data"]["secret"].as_str().unwrap()).unwrap();
        assert_eq!(secret.as_bytes().len(), 20);
        Self(totp_rs::Builder::new().with_secret(secret).build().unwrap())
    }

    /// The code of now.
    pub fn code(&self, app: &TestApp) -> String {
        self.code_at(app, 0)
    }

    /// The code of so many seconds later.
    pub fn code_at(&self, app: &TestApp, seconds: i64) -> String {
        self.0.generate(u64::try_from(app.clock.now().timestamp() + seconds).unwrap()).to_string()
    }

    /// A code that is none of those around now.
    pub fn wrong_code(&self, app: &TestApp) -> String {
        let near: Vec<String> = (-3..=3).map(|steps| self.code_at(app, steps * 30)).collect();
        let mut codes = (0..10).map(|number| format!("{number:06}"));
        codes.find(|code| !near.contains(code)).unwrap()
    }
}

impl Browser<'_> {
    /// Sets up an authenticator app; returns it with the recovery codes. The code of now is used up by it.
    pub async fn set_up_totp(&self, app: &TestApp) -> (Authenticator, Vec<String>) {
        let setup = self.post_with_key("/api/me/mfa/totp", &new_key(), &json!({})).await.expect(200);
        let authenticator = Authenticator::scan(&setup.json());
        let body = json!({ "code": authenticator.code(app) });
        let answer = self.post_with_key("/api/me/mfa/totp/confirm", &new_key(), &body).await.expect(200);
        let codes = answer.json()["data"]["codes"].as_array().unwrap().clone();
        app.run_jobs().await;
        (authenticator, codes.iter().map(|code| code.as_str().unwrap().to_owned()).collect())
    }

    /// Gives a second proof.
    pub async fn prove(&self, method: &str, code: &str) -> Answer {
        self.post("/api/auth/login/mfa", &json!({ "method": method, "code": code })).await
    }

    /// Proves anew.
    pub async fn step_up(&self, method: &str, proof: &str) -> Answer {
        self.post("/api/auth/step-up", &json!({ "method": method, "proof": proof })).await
    }
}

impl TestApp {
    /// Lets the account of a person know the device of a browser.
    pub(super) async fn make_known(&self, email: &str, browser: &Browser<'_>) {
        let token = DeviceToken(Sha256::digest(email).into());
        let user = self.user_id(email).await;
        let tx = self.app.db.as_system().await.unwrap();
        if tx.devices().of_user(user, &token.hash()).await.unwrap().is_none() {
            tx.devices().remember(user, None, &token.hash()).await.unwrap();
        }
        tx.commit().await.unwrap();
        browser.set_cookie("portal_device_dev", &URL_SAFE_NO_PAD.encode(token.0));
    }

    /// A browser in which a person's password was given and a second proof is due.
    pub async fn half_way(&self, email: &str) -> Browser<'_> {
        let browser = self.browser();
        browser.log_in(email, PASSWORD).await.expect(202);
        browser
    }
}
