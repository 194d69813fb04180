//! A browser that has forgotten its password, or wants another one, or another address.

use reqwest::Method;
use serde_json::{Value, json};

use super::{Answer, Browser, TestApp, new_key};

/// The challenge that an answer names.
pub fn challenge(accepted: &Answer) -> Value {
    accepted.json()["data"]["challenge_id"].clone()
}

/// Another code than this one.
pub fn not(code: &str) -> String {
    format!("{:06}", (code.parse::<u32>().unwrap() + 1) % 1_000_000)
}

impl Browser<'_> {
    /// A writing request without a body.
    pub async fn delete(&self, path: &str) -> Answer {
        self.send(self.request(Method::DELETE, path).header("idempotency-key", new_key())).await
    }

    pub async fn forgot(&self, email: &str) -> Answer {
        let body = json!({ "email": email });
        self.post_with_key("/api/auth/forgot-password", &new_key(), &body).await
    }

    pub async fn reset(&self, challenge: &Value, code: &str, password: &str) -> Answer {
        let body = json!({ "challenge_id": challenge, "code": code, "password": password });
        self.post_with_key("/api/auth/reset-password", &new_key(), &body).await
    }

    pub async fn change_password(&self, current: &str, new: &str) -> Answer {
        let body = json!({ "current_password": current, "password": new });
        self.post_with_key("/api/me/password", &new_key(), &body).await
    }

    pub async fn change_email(&self, email: &str) -> Answer {
        self.post_with_key("/api/me/email", &new_key(), &json!({ "email": email })).await
    }

    pub async fn confirm_email(&self, challenge: &Value, code: &str) -> Answer {
        let body = json!({ "challenge_id": challenge, "code": code });
        self.post_with_key("/api/me/email/confirm", &new_key(), &body).await
    }
}

impl TestApp {
    /// Asks for a new password for an address that has an account, and reads the code.
    pub async fn reset_code(&self, browser: &Browser<'_>, email: &str) -> (Value, String) {
        let accepted = browser.forgot(email).await.expect(202);
        self.run_jobs().await;
        (challenge(&accepted), self.mailed_code(email).await)
    }

    /// Subjects of the mails to an address, the newest first.
    pub async fn subjects(&self, to: &str) -> Vec<String> {
        let mails = self.mails(to).await;
        mails.iter().map(|mail| mail["subject"].as_str().unwrap().to_owned()).collect()
    }
}
