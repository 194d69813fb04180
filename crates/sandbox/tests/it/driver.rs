//! A sandbox of its own for each test, and short ways to talk to it.

use std::time::{SystemTime, UNIX_EPOCH};

use jsonwebtoken::{Algorithm, EncodingKey, Header};
use reqwest::header::CONTENT_TYPE;
use reqwest::{Method, RequestBuilder, Response};
use sandbox::{Options, Sandbox, Seed, demo};
use serde_json::{Value, json};
use url::form_urlencoded::Serializer;

pub struct Driver {
    pub sandbox: Sandbox,
    pub http: reqwest::Client,
}

pub type Pairs<'a> = &'a [(&'a str, &'a str)];

pub fn form(pairs: Pairs<'_>) -> String {
    Serializer::new(String::new()).extend_pairs(pairs).finish()
}

pub async fn json_of(response: Response) -> Value {
    serde_json::from_str(&response.text().await.unwrap()).unwrap()
}

impl Driver {
    pub async fn start() -> Self {
        Self::seeded(Seed::Demo).await
    }

    pub async fn seeded(seed: Seed) -> Self {
        Self::running(Sandbox::start(Options { seed, ..Options::default() }).await.unwrap())
    }

    pub fn running(sandbox: Sandbox) -> Self {
        let http = reqwest::Client::builder().redirect(reqwest::redirect::Policy::none()).build().unwrap();
        Self { sandbox, http }
    }

    pub fn url(&self, path: &str) -> String {
        self.sandbox.base_url().join(path).unwrap().to_string()
    }

    pub fn post_form(&self, path: &str, pairs: Pairs<'_>) -> RequestBuilder {
        self.http
            .post(self.url(path))
            .header(CONTENT_TYPE, "application/x-www-form-urlencoded")
            .body(form(pairs))
    }

    pub fn api(&self, action: &str, params: Pairs<'_>) -> RequestBuilder {
        let mut pairs = vec![
            ("action", action),
            ("identifier", demo::IDENTIFIER),
            ("secret", demo::SECRET),
            ("responsetype", "json"),
        ];
        pairs.extend_from_slice(params);
        self.post_form("whmcs/includes/api.php", &pairs)
    }

    /// A call that must answer 200 with JSON.
    pub async fn whmcs(&self, action: &str, params: Pairs<'_>) -> Value {
        let response = self.api(action, params).send().await.unwrap();
        assert_eq!(response.status(), 200, "{action}");
        json_of(response).await
    }

    /// The message of a business error.
    pub async fn refused(&self, action: &str, params: Pairs<'_>) -> String {
        let body = self.whmcs(action, params).await;
        assert_eq!(body["result"], "error", "{body}");
        body["message"].as_str().unwrap().to_owned()
    }

    pub async fn control(&self, method: Method, path: &str, body: Option<Value>) -> (u16, Value) {
        let mut request = self.http.request(method, self.url("_control/") + path);
        if let Some(body) = body {
            request = request.header(CONTENT_TYPE, "application/json").body(body.to_string());
        }
        let response = request.send().await.unwrap();
        let status = response.status().as_u16();
        let text = response.text().await.unwrap();
        (status, serde_json::from_str(&text).unwrap_or(Value::Null))
    }

    pub async fn set(&self, path: &str, body: Value) -> Value {
        let (status, answer) = self.control(Method::POST, path, Some(body)).await;
        assert!((200..300).contains(&status), "{path}: {status} {answer}");
        answer
    }

    pub async fn fault(&self, fault: Value) {
        self.set("faults", fault).await;
    }

    pub fn assertion(&self, changes: &Value) -> String {
        let now = SystemTime::now().duration_since(UNIX_EPOCH).unwrap().as_secs();
        let mut claims = json!({
            "iss": demo::SF_CLIENT_ID,
            "sub": demo::SF_USERNAME,
            "aud": self.sandbox.base_url().as_str().trim_end_matches('/'),
            "exp": now + 180,
        });
        for (name, value) in changes.as_object().unwrap() {
            claims[name] = value.clone();
        }
        sign(&claims, demo::SF_PRIVATE_KEY_PEM)
    }

    pub async fn token(&self, assertion: &str) -> (u16, Value) {
        let grant = "urn:ietf:params:oauth:grant-type:jwt-bearer";
        let pairs = [("grant_type", grant), ("assertion", assertion)];
        let response = self.post_form("salesforce/services/oauth2/token", &pairs).send().await.unwrap();
        (response.status().as_u16(), json_of(response).await)
    }

    pub async fn login(&self) -> String {
        let (status, body) = self.token(&self.assertion(&json!({}))).await;
        assert_eq!(status, 200, "{body}");
        body["access_token"].as_str().unwrap().to_owned()
    }

    pub fn data(&self, token: &str, method: Method, path: &str, body: Option<Value>) -> RequestBuilder {
        let url = self.url("salesforce/services/data/v62.0/") + path;
        let mut request = self.http.request(method, url).bearer_auth(token);
        if let Some(body) = body {
            request = request.header(CONTENT_TYPE, "application/json").body(body.to_string());
        }
        request
    }

    pub async fn rest(&self, token: &str, method: Method, path: &str, body: Option<Value>) -> (u16, Value) {
        let response = self.data(token, method, path, body).send().await.unwrap();
        let status = response.status().as_u16();
        (status, json_of(response).await)
    }

    pub async fn query(&self, token: &str, statement: &str) -> (u16, Value) {
        self.rest(token, Method::GET, &format!("query?{}", form(&[("q", statement)])), None).await
    }

    /// Redeems a fresh SSO link and gives the cookie header and the place it leads to.
    pub async fn sign_in(&self, client: u64, path: &str) -> (String, String) {
        let client = client.to_string();
        let body = self
            .whmcs(
                "CreateSsoToken",
                &[
                    ("client_id", &client),
                    ("destination", "sso:custom_redirect"),
                    ("sso_redirect_path", path),
                ],
            )
            .await;
        let response = self.http.get(body["redirect_url"].as_str().unwrap()).send().await.unwrap();
        assert_eq!(response.status(), 302);
        let header = |name: &str| response.headers()[name].to_str().unwrap().to_owned();
        (header("set-cookie").split(';').next().unwrap().to_owned(), header("location"))
    }

    pub async fn page(&self, cookie: &str, path: &str) -> (u16, String) {
        let response = self.http.get(self.url(path)).header("cookie", cookie).send().await.unwrap();
        (response.status().as_u16(), response.text().await.unwrap())
    }
}

pub fn sign(claims: &Value, pem: &str) -> String {
    let key = EncodingKey::from_rsa_pem(pem.as_bytes()).unwrap();
    jsonwebtoken::encode(&Header::new(Algorithm::RS256), claims, &key).unwrap()
}

/// The names of an object's members.
pub fn keys(value: &Value) -> Vec<&str> {
    value.as_object().unwrap().keys().map(String::as_str).collect()
}
