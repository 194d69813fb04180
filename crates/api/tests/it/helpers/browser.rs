//! A browser of the tests: keeps cookies, says where it comes from, speaks the API by its words.

use std::{cell::RefCell, collections::BTreeMap};

use portal_api::{clock::Clock, crypto::Random};
use reqwest::{
    Method,
    header::{COOKIE, SET_COOKIE},
};
use serde_json::{Value, json};

use super::{Answer, TestApp};

pub struct Browser<'a> {
    test: &'a TestApp,
    base: String,
    cookies: RefCell<BTreeMap<String, String>>,
}

/// A fresh `Idempotency-Key`.
pub fn new_key() -> String {
    Random::system().uuid(Clock::system().now()).simple().to_string()
}

impl<'a> Browser<'a> {
    pub fn new(test: &'a TestApp, base: String) -> Self {
        Self { test, base, cookies: RefCell::default() }
    }

    /// The same browser talking to another replica.
    pub fn at(&self, base: &str) -> Browser<'a> {
        Browser { test: self.test, base: base.to_owned(), cookies: self.cookies.clone() }
    }

    /// A copy that keeps the cookies as they are now.
    pub fn copy(&self) -> Browser<'a> {
        self.at(&self.base)
    }

    pub fn cookies(&self) -> BTreeMap<String, String> {
        self.cookies.borrow().clone()
    }

    pub fn set_cookie(&self, name: &str, value: &str) {
        self.cookies.borrow_mut().insert(name.to_owned(), value.to_owned());
    }

    pub fn remove_cookie(&self, name: &str) {
        self.cookies.borrow_mut().remove(name);
    }

    /// Sends a request as it is.
    pub async fn execute(&self, request: reqwest::Request) -> Answer {
        let answer = Answer::of(self.test.http.execute(request).await.unwrap()).await;
        self.keep_cookies(&answer);
        answer
    }

    /// A request as a page of the portal would send it; tests change it from there.
    pub fn request(&self, method: Method, path: &str) -> reqwest::RequestBuilder {
        let writes = method != Method::GET;
        let mut request = self.test.http.request(method, format!("{}{path}", self.base));
        let cookies: Vec<String> =
            self.cookies.borrow().iter().map(|(name, value)| format!("{name}={value}")).collect();
        if !cookies.is_empty() {
            request = request.header(COOKIE, cookies.join("; "));
        }
        request = request.header("sec-fetch-site", "same-origin");
        if writes {
            request =
                request.header("origin", "http://localhost:4000").header("content-type", "application/json");
        }
        request
    }

    pub async fn send(&self, request: reqwest::RequestBuilder) -> Answer {
        let answer = Answer::of(request.send().await.unwrap()).await;
        self.keep_cookies(&answer);
        answer
    }

    fn keep_cookies(&self, answer: &Answer) {
        for cookie in answer.headers.get_all(SET_COOKIE) {
            let (pair, rest) = cookie.to_str().unwrap().split_once(';').unwrap();
            let (name, value) = pair.split_once('=').unwrap();
            if rest.contains("Max-Age=0") {
                self.cookies.borrow_mut().remove(name);
            } else {
                self.set_cookie(name, value);
            }
        }
    }

    pub async fn get(&self, path: &str) -> Answer {
        self.send(self.request(Method::GET, path)).await
    }

    /// As the refresh button does it.
    pub async fn get_fresh(&self, path: &str) -> Answer {
        self.send(self.request(Method::GET, path).header("cache-control", "no-cache")).await
    }

    /// A writing request without a key.
    pub async fn post(&self, path: &str, body: &Value) -> Answer {
        self.send(self.request(Method::POST, path).body(body.to_string())).await
    }

    pub async fn post_with_key(&self, path: &str, key: &str, body: &Value) -> Answer {
        self.send(self.request(Method::POST, path).header("idempotency-key", key).body(body.to_string()))
            .await
    }

    pub async fn delete_with_key(&self, path: &str, key: &str) -> Answer {
        self.send(self.request(Method::DELETE, path).header("idempotency-key", key)).await
    }

    pub async fn patch_with_key(&self, path: &str, key: &str, body: &Value) -> Answer {
        self.send(self.request(Method::PATCH, path).header("idempotency-key", key).body(body.to_string()))
            .await
    }

    pub async fn log_in(&self, email: &str, password: &str) -> Answer {
        self.post("/api/auth/login", &json!({ "email": email, "password": password })).await
    }

    pub async fn log_out(&self) -> Answer {
        self.post("/api/auth/logout", &json!({})).await
    }

    pub async fn sign_up(&self, email: &str) -> Answer {
        self.post_with_key("/api/auth/signup", &new_key(), &sign_up_form(email)).await
    }

    /// Confirms a sign-up with a code.
    pub async fn confirm(&self, challenge: &Value, code: &str) -> Answer {
        let body = json!({ "challenge_id": challenge, "code": code });
        self.post_with_key("/api/auth/signup/confirm", &new_key(), &body).await
    }

    /// Signs up, reads the mailed code and confirms; provisioning is left to the jobs.
    pub async fn become_customer(&self, email: &str) -> Answer {
        let accepted = self.sign_up(email).await.expect(202);
        self.test.run_jobs().await;
        let code = self.test.mailed_code(email).await;
        self.confirm(&accepted.json()["data"]["challenge_id"], &code).await
    }
}

/// The form of somebody who signs up.
pub fn sign_up_form(email: &str) -> Value {
    json!({
        "email": email,
        "password": "orbit-kettle-31-plum",
        "first_name": "Hedy",
        "last_name": "Lamarr",
        "company_name": "Frequency & Sons",
    })
}
