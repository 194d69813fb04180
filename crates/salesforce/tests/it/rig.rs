//! A client, the server it talks to, and a clock that moves when told.

use std::path::PathBuf;
use std::sync::atomic::{AtomicI64, AtomicUsize, Ordering};
use std::sync::{Arc, LazyLock};
use std::time::Duration;

use aws_lc_rs::encoding::AsDer;
use aws_lc_rs::rsa::{KeyPair, KeySize};
use aws_lc_rs::signature::KeyPair as _;
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use chrono::DateTime;
use reqwest::redirect::Policy;
use salesforce::{Client, CustomerRecord, SalesforceId, Settings};
use serde_json::{Value, json};
use tempfile::TempDir;
use tokio::time::Instant;
use url::Url;
use wiremock::matchers::{method, path};
use wiremock::{Mock, MockServer, Request, Respond, ResponseTemplate};

pub const START: i64 = 1_790_000_000;
pub const QUERY: &str = "/services/data/v62.0/query";
pub const COMPOSITE: &str = "/services/data/v62.0/composite";
pub const ACCOUNT: &str = "001R00000033JNuIAM";
pub const CONTACT: &str = "003R00000025REHIA2";

static KEY: LazyLock<KeyPair> = LazyLock::new(|| KeyPair::generate(KeySize::Rsa2048).unwrap());

pub struct Rig {
    pub server: MockServer,
    pub client: Client,
    clock: Arc<AtomicI64>,
    pub keys: TempDir,
}

/// Hands out `token-1`, `token-2`, …
#[derive(Clone, Default)]
pub struct Tokens {
    pub issued: Arc<AtomicUsize>,
    instance: String,
}

impl Respond for Tokens {
    fn respond(&self, _: &Request) -> ResponseTemplate {
        let number = self.issued.fetch_add(1, Ordering::SeqCst) + 1;
        ResponseTemplate::new(200).set_body_json(token_body(&format!("token-{number}"), &self.instance))
    }
}

impl Tokens {
    pub fn count(&self) -> usize {
        self.issued.load(Ordering::SeqCst)
    }
}

impl Rig {
    pub async fn start() -> Self {
        Self::with(|_| {}).await
    }

    pub async fn with(adjust: impl FnOnce(&mut Settings)) -> Self {
        let server = MockServer::start().await;
        let keys = TempDir::new().unwrap();
        let key_path = keys.path().join("key.pem");
        std::fs::write(&key_path, pkcs8_pem()).unwrap();
        let mut settings = settings(&server.uri(), key_path);
        adjust(&mut settings);
        let clock = Arc::new(AtomicI64::new(START));
        let client = build(settings, Arc::clone(&clock)).unwrap();
        Self { server, client, clock, keys }
    }

    pub async fn mount_tokens(&self) -> Tokens {
        let tokens = Tokens { instance: self.server.uri(), ..Tokens::default() };
        on("POST", "/services/oauth2/token").respond_with(tokens.clone()).mount(&self.server).await;
        tokens
    }

    pub async fn mount(&self, verb: &str, at: &str, answer: impl Respond + 'static) {
        on(verb, at).respond_with(answer).mount(&self.server).await;
    }

    pub async fn mount_once(&self, verb: &str, at: &str, answer: impl Respond + 'static) {
        on(verb, at).respond_with(answer).up_to_n_times(1).mount(&self.server).await;
    }

    pub fn advance(&self, seconds: i64) {
        self.clock.fetch_add(seconds, Ordering::SeqCst);
    }

    pub async fn requests(&self, at: &str) -> Vec<Request> {
        let all = self.server.received_requests().await.unwrap();
        all.into_iter().filter(|request| request.url.path() == at).collect()
    }

    pub async fn count(&self) -> Result<u64, salesforce::Error> {
        self.client.open_case_count(&account(), soon()).await
    }

    pub async fn upsert(&self) -> Result<salesforce::CustomerIds, salesforce::Error> {
        self.client.upsert_customer(&ada(), soon()).await
    }
}

fn on(verb: &str, at: &str) -> wiremock::MockBuilder {
    Mock::given(method(verb)).and(path(at))
}

pub fn build(settings: Settings, clock: Arc<AtomicI64>) -> Result<Client, salesforce::KeyError> {
    let http = reqwest::Client::builder()
        .redirect(Policy::none())
        .no_proxy()
        .connect_timeout(Duration::from_secs(2))
        .build()
        .unwrap();
    let clock = move || DateTime::from_timestamp(clock.load(Ordering::SeqCst), 0).unwrap();
    Client::new(http, settings, Arc::new(clock))
}

pub fn settings(login: &str, key: PathBuf) -> Settings {
    Settings::new(Url::parse(login).unwrap(), "consumer-key".to_owned(), "portal@example.com".to_owned(), key)
}

pub fn soon() -> Instant {
    Instant::now() + Duration::from_secs(20)
}

pub fn account() -> SalesforceId {
    ACCOUNT.parse().unwrap()
}

pub fn ada() -> CustomerRecord {
    CustomerRecord {
        client_key: "42".to_owned(),
        contact_key: "42-7".to_owned(),
        account_name: "Ada Ltd".to_owned(),
        first_name: "Ada".to_owned(),
        last_name: "Lovelace".to_owned(),
        email: "ada@example.com".to_owned(),
        phone: None,
    }
}

pub fn token_body(token: &str, instance: &str) -> Value {
    json!({
        "access_token": token, "scope": "id api", "instance_url": instance, "token_type": "Bearer",
        "id": "https://login.salesforce.com/id/00Dxx0000001gPLEAY/005xx000001SwiUAAS",
    })
}

pub fn count_body(count: u64) -> ResponseTemplate {
    ResponseTemplate::new(200)
        .insert_header("Sforce-Limit-Info", "api-usage=18/15000")
        .set_body_json(json!({ "totalSize": count, "done": true, "records": [] }))
}

pub fn expired() -> ResponseTemplate {
    ResponseTemplate::new(401).insert_header("WWW-Authenticate", "Token").set_body_json(
        json!([{ "message": "Session expired or invalid", "errorCode": "INVALID_SESSION_ID" }]),
    )
}

/// PKCS#8 DER of the test key, which exists only while the tests run.
pub fn pkcs8_der() -> Vec<u8> {
    KEY.as_der().unwrap().as_ref().to_vec()
}

pub fn public_der() -> Vec<u8> {
    KEY.public_key().as_ref().to_vec()
}

pub fn pkcs8_pem() -> String {
    pem("PRIVATE KEY", &pkcs8_der())
}

pub fn pem(label: &str, der: &[u8]) -> String {
    let encoded = STANDARD.encode(der);
    let lines: Vec<&str> =
        encoded.as_bytes().chunks(64).map(|line| std::str::from_utf8(line).unwrap()).collect();
    format!("-----BEGIN {label}-----\n{}\n-----END {label}-----\n", lines.join("\n"))
}
