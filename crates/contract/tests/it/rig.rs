//! A sandbox of its own for each subject, its control interface, and HTTP clients as the portal builds them.

use std::time::{Duration, SystemTime};

use reqwest::Method;
use reqwest::redirect::Policy;
use salesforce::Client as Salesforce;
use sandbox::{Options, Sandbox, Seed, demo};
use serde_json::{Value, json};
use tempfile::TempDir;
use tokio::time::Instant;
use whmcs::Client as Whmcs;

/// Largest body that either client reads here: more than any answer of the demo needs.
pub const MAX_BODY: usize = 512 << 10;

/// Far enough away for every call that is to be answered.
pub const PATIENCE: Duration = Duration::from_secs(30);

pub struct Rig {
    sandbox: Sandbox,
    /// For the control interface.
    control: reqwest::Client,
    /// For the clients: a connection of its own for every call, so that no call meets what a fault did to another's.
    calls: reqwest::Client,
    key: TempDir,
    /// Salesforce's records as they were at first; a reset gives them the same ids.
    records: Vec<Value>,
}

/// Makes both HTTP clients once; building them is dear.
#[derive(Clone)]
pub struct Http {
    control: reqwest::Client,
    calls: reqwest::Client,
}

impl Http {
    pub fn new() -> Self {
        let builder = || reqwest::Client::builder().redirect(Policy::none()).no_proxy();
        let calls = builder().connect_timeout(Duration::from_secs(5)).pool_max_idle_per_host(0);
        Self { control: builder().build().unwrap(), calls: calls.build().unwrap() }
    }
}

impl Rig {
    pub async fn start(http: &Http, seed: Seed) -> Self {
        let sandbox = Sandbox::start(Options { seed, ..Options::default() }).await.unwrap();
        let key = TempDir::new().unwrap();
        std::fs::write(key.path().join("key.pem"), demo::SF_PRIVATE_KEY_PEM).unwrap();
        let Http { control, calls } = http.clone();
        let mut rig = Self { sandbox, control, calls, key, records: Vec::new() };
        rig.records = serde_json::from_value(rig.look("ledger?part=salesforce.records").await).unwrap();
        rig
    }

    /// Salesforce's records, as the control interface lists them.
    pub fn records(&self) -> &[Value] {
        &self.records
    }

    pub async fn stop(self) {
        self.sandbox.stop().await;
    }

    /// A WHMCS client.
    pub fn whmcs(&self) -> Whmcs {
        let settings = whmcs::Settings {
            base_url: self.sandbox.base_url().join("whmcs").unwrap(),
            identifier: demo::IDENTIFIER.to_owned(),
            secret: demo::SECRET.into(),
            access_key: None,
            max_body: MAX_BODY,
        };
        Whmcs::new(self.calls.clone(), settings)
    }

    /// A Salesforce client that has not logged in yet.
    pub fn salesforce(&self) -> Salesforce {
        let login = self.sandbox.base_url().join("salesforce").unwrap();
        let key = self.key.path().join("key.pem");
        let mut settings = salesforce::Settings::new(
            login,
            demo::SF_CLIENT_ID.to_owned(),
            demo::SF_USERNAME.to_owned(),
            key,
        );
        settings.max_body = MAX_BODY;
        let clock = || chrono::DateTime::from(SystemTime::now());
        Salesforce::new(self.calls.clone(), settings, std::sync::Arc::new(clock)).unwrap()
    }

    async fn ask(&self, method: Method, path: &str, body: Option<&Value>) -> String {
        let url = self.sandbox.base_url().join("_control/").unwrap().join(path).unwrap();
        let mut request = self.control.request(method, url);
        if let Some(body) = body {
            request = request.header("content-type", "application/json").body(body.to_string());
        }
        let answer = request.send().await.unwrap();
        let (status, text) = (answer.status(), answer.text().await.unwrap());
        assert!(status.is_success(), "{path}: {status} {text}");
        text
    }

    /// What the control interface says of something.
    pub async fn look(&self, path: &str) -> Value {
        serde_json::from_str(&self.ask(Method::GET, path, None).await).unwrap()
    }

    pub async fn reset(&self) {
        self.ask(Method::POST, "reset", None).await;
    }

    /// Ends when every planted fault has met its calls, or when `patience` is over.
    pub async fn met(&self, patience: Duration) {
        let deadline = within(patience);
        while self.look("faults").await != json!([]) && Instant::now() < deadline {}
    }

    /// Ends when no call is held back by a fault.
    pub async fn settle(&self) {
        self.ask(Method::POST, "settle", None).await;
    }

    pub async fn clear_faults(&self) {
        self.ask(Method::DELETE, "faults", None).await;
    }

    pub async fn plant(&self, target: &str, action: &str, fault: &Value) {
        let mut fault = fault.clone();
        fault["target"] = json!(target);
        fault["action"] = json!(action);
        self.ask(Method::POST, "faults", Some(&fault)).await;
    }

    /// Everything that a write can change, as text: two are equal if nothing was written in between.
    pub async fn ledger(&self) -> String {
        let mut parts = Vec::new();
        // Not the whole of Salesforce: its counter of calls moves with every read.
        for part in ["whmcs", "salesforce.records", "mail", "sessions"] {
            parts.push(self.ask(Method::GET, &format!("ledger?part={part}"), None).await);
        }
        parts.join("\n")
    }
}

/// So long from now.
pub fn within(patience: Duration) -> Instant {
    Instant::now() + patience
}
