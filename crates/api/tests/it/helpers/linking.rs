//! Bringing a WHMCS login along, and what happens at WHMCS's own pages meanwhile.

use std::{cell::RefCell, collections::BTreeMap};

use reqwest::{
    Method,
    header::{COOKIE, LOCATION, SET_COOKIE},
};
use serde_json::{Value, json};

use super::{Answer, Browser, PASSWORD, TestApp, new_key};

/// A password that nobody of the sandbox has.
pub const NEW_PASSWORD: &str = "walrus-copper-84-lantern";

impl Browser<'_> {
    /// Proves a WHMCS login by its password.
    pub async fn link(&self, email: &str, password: &str) -> Answer {
        if !self.cookies().contains_key("portal_browser_dev") {
            self.get("/api/auth/session").await.expect(200);
        }
        let body = json!({ "email": email, "password": password });
        self.post_with_key("/api/auth/link-whmcs", &new_key(), &body).await
    }

    pub async fn linking(&self) -> Answer {
        self.get("/api/auth/link-whmcs").await
    }

    pub async fn confirm_linking(&self, code: &str) -> Answer {
        let body = json!({ "code": code });
        self.post_with_key("/api/auth/link-whmcs/confirm", &new_key(), &body).await
    }

    pub async fn set_password(&self, client: u64, password: &str) -> Answer {
        let body = json!({ "client_id": client, "password": password });
        self.post_with_key("/api/auth/set-password", &new_key(), &body).await
    }

    pub async fn switch_to(&self, client: u64) -> Answer {
        let body = json!({ "client_id": client });
        self.post_with_key("/api/me/accounts/switch", &new_key(), &body).await
    }

    /// As WHMCS sends a browser back: a visit from another site, with the cookies that such a visit carries.
    pub async fn come_back(&self, callback: &str) -> Answer {
        let path = callback.split_once("/api/").map(|(_, rest)| format!("/api/{rest}")).unwrap();
        let visitor = self.copy();
        for name in ["portal_session_dev", "portal_browser_dev"] {
            visitor.remove_cookie(name);
        }
        let mut request = visitor.request(Method::GET, &path).build().unwrap();
        request.headers_mut().insert("sec-fetch-site", "cross-site".parse().unwrap());
        request.headers_mut().insert("sec-fetch-mode", "navigate".parse().unwrap());
        let answer = visitor.execute(request).await;
        for (name, value) in visitor.cookies() {
            self.set_cookie(&name, &value);
        }
        answer
    }
}

impl TestApp {
    /// A browser in which one of the sandbox's people has brought their WHMCS login along.
    pub async fn linked(&self, email: &str, client: u64) -> Browser<'_> {
        let browser = self.browser();
        browser.link(email, PASSWORD).await.expect(200);
        browser.set_password(client, NEW_PASSWORD).await.expect(200);
        self.run_jobs().await;
        browser
    }

    /// Calls WHMCS past the portal, as an administrator's script would.
    pub async fn whmcs(&self, action: &str, parameters: &[(&str, &str)]) -> Value {
        let mut form = url::form_urlencoded::Serializer::new(String::new());
        form.append_pair("action", action)
            .append_pair("identifier", sandbox::demo::IDENTIFIER)
            .append_pair("secret", sandbox::demo::SECRET)
            .append_pair("responsetype", "json")
            .extend_pairs(parameters);
        let url = self.sandbox.base_url().join("whmcs/includes/api.php").unwrap();
        let request = self.http.post(url).header("content-type", "application/x-www-form-urlencoded");
        let answer = Answer::of(request.body(form.finish()).send().await.unwrap()).await;
        let answer = answer.json();
        assert_eq!(answer["result"], "success", "{action}: {answer}");
        answer
    }

    /// A WHMCS user of the sandbox that the demo does not have.
    pub async fn person(&self, mut person: Value) -> (u64, u64) {
        let name = person["email"].as_str().unwrap().split('@').next().unwrap().to_owned();
        person["first_name"] = json!(name);
        person["last_name"] = json!("Person");
        let made = self.control("people", person).await;
        (made["user_id"].as_u64().unwrap(), made["client_id"].as_u64().unwrap())
    }

    /// What an authenticator app shows now.
    pub async fn second_factor(&self) -> String {
        let clock = self.control("clock", json!({ "advance_seconds": 0 })).await;
        let now: chrono::DateTime<chrono::Utc> = clock["now"].as_str().unwrap().parse().unwrap();
        sandbox::demo::second_factor(now.timestamp().try_into().unwrap())
    }
}

/// The same person's browser at WHMCS: follows redirects and fills in forms.
pub struct AtWhmcs<'a> {
    app: &'a TestApp,
    cookies: RefCell<BTreeMap<String, String>>,
}

impl<'a> AtWhmcs<'a> {
    pub fn new(app: &'a TestApp) -> Self {
        Self { app, cookies: RefCell::default() }
    }

    async fn send(&self, method: Method, url: &str, form: Option<String>) -> (Answer, String) {
        let url = self.app.sandbox.base_url().join(url).unwrap();
        let cookies: Vec<_> =
            self.cookies.borrow().iter().map(|(name, value)| format!("{name}={value}")).collect();
        let mut request = self.app.http.request(method, url.clone()).header(COOKIE, cookies.join("; "));
        if let Some(form) = form {
            request = request.header("content-type", "application/x-www-form-urlencoded").body(form);
        }
        let answer = Answer::of(request.send().await.unwrap()).await;
        for cookie in answer.headers.get_all(SET_COOKIE) {
            let (name, value) = cookie.to_str().unwrap().split(';').next().unwrap().split_once('=').unwrap();
            self.cookies.borrow_mut().insert(name.to_owned(), value.to_owned());
        }
        (answer, url.into())
    }

    /// Goes on until a page is shown, or the way leads back to the portal. The answer and its address.
    async fn follow(&self, method: Method, url: &str, form: Option<String>) -> (Answer, String) {
        let (mut answer, mut url) = self.send(method, url, form).await;
        while let Some(next) = answer.headers.get(LOCATION).map(|next| next.to_str().unwrap().to_owned()) {
            if next.contains("/api/auth/link-whmcs/callback") {
                return (answer, next);
            }
            (answer, url) = self.send(Method::GET, &next, None).await;
        }
        (answer, url)
    }

    async fn submit(&self, page: &Answer, url: &str, fields: &[(&str, &str)]) -> (Answer, String) {
        let text = String::from_utf8_lossy(&page.body).into_owned();
        let attribute = |from: &str, name: &str| {
            let start = format!("{name}=\"");
            from.split_once(&start).map(|(_, rest)| rest.split('"').next().unwrap().replace("&amp;", "&"))
        };
        let form = text.split_once("<form").unwrap_or_else(|| panic!("no form at {url}: {text}")).1;
        let action = attribute(form, "action").unwrap();
        let token = form.split_once("name=\"token\"").and_then(|(_, rest)| attribute(rest, "value")).unwrap();
        let mut body = url::form_urlencoded::Serializer::new(String::new());
        body.append_pair("token", &token).extend_pairs(fields);
        self.follow(Method::POST, &action, Some(body.finish())).await
    }

    /// Signs in, agrees, and comes back with the address of the callback.
    pub async fn sign_in(&self, url: &str, email: &str) -> String {
        self.decide(url, email, "approve").await
    }

    /// Signs in and decides whether the portal may know who one is.
    pub async fn decide(&self, url: &str, email: &str, decision: &str) -> String {
        let (mut page, mut at) = self.follow(Method::GET, url, None).await;
        if at.contains("/whmcs/login") {
            (page, at) = self.submit(&page, &at, &[("username", email), ("password", PASSWORD)]).await;
        }
        if at.contains("/login/challenge") {
            let code = self.app.second_factor().await;
            (page, at) = self.submit(&page, &at, &[("key", &code)]).await;
        }
        if !at.contains("/api/auth/link-whmcs/callback") {
            (_, at) = self.submit(&page, &at, &[("decision", decision)]).await;
        }
        assert!(at.contains("/api/auth/link-whmcs/callback"), "{at}");
        at
    }
}
