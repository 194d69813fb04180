//! What tests do to the sandbox, and what they ask it afterwards: over HTTP, as anybody could.

use serde_json::{Value, json};

use super::{TestApp, eventually};

impl TestApp {
    /// Tells the sandbox something; the answer's body, `null` if it has none.
    pub async fn control(&self, what: &str, body: Value) -> Value {
        let url = self.sandbox.base_url().join(&format!("_control/{what}")).unwrap();
        let answer = self.http.post(url).body(body.to_string()).send().await.unwrap();
        assert!(answer.status().is_success(), "{what}: {}", answer.status());
        serde_json::from_slice(&answer.bytes().await.unwrap()).unwrap_or(Value::Null)
    }

    /// What the sandbox says under an address.
    pub async fn ask(&self, path: &str) -> Value {
        let url = self.sandbox.base_url().join(path).unwrap();
        let answer = self.http.get(url).send().await.unwrap().error_for_status().unwrap();
        serde_json::from_slice(&answer.bytes().await.unwrap()).unwrap()
    }

    /// Makes the sandbox misbehave: `target`, `action`, `kind` and what the kind needs.
    pub async fn fault(&self, fault: Value) {
        self.control("faults", fault).await;
    }

    /// Holds the next call of an action inside the upstream for so long before it is carried out.
    pub async fn hold(&self, target: &str, action: &str, milliseconds: u64) {
        self.fault(
            json!({ "target": target, "action": action, "kind": "latency", "ms": milliseconds, "times": 1 }),
        )
        .await;
    }

    /// Waits until every fault that acts so many times has acted: the calls that it was planted for have arrived.
    pub async fn until_faults_are_drawn(&self) {
        eventually("every planted fault has met its call", async || {
            let planted = self.ask("_control/faults").await;
            planted.as_array().unwrap().iter().all(|fault| fault["times"].is_null())
        })
        .await;
    }

    /// The sandbox behaves again.
    pub async fn clear_faults(&self) {
        let url = self.sandbox.base_url().join("_control/faults").unwrap();
        self.http.delete(url).send().await.unwrap().error_for_status().unwrap();
    }

    /// WHMCS and Salesforce do not answer any more.
    pub async fn cut_upstreams(&self) {
        for target in ["whmcs", "salesforce"] {
            self.fault(json!({ "target": target, "action": "*", "kind": "dropped" })).await;
        }
    }

    /// The sandbox's books.
    pub async fn ledger(&self) -> Value {
        self.ask("_control/ledger").await
    }

    /// How often an action was asked for.
    pub async fn calls(&self, target: &str, action: &str) -> usize {
        self.ask(&format!("_control/requests?target={target}&action={action}"))
            .await
            .as_array()
            .unwrap()
            .len()
    }

    /// Mails to an address, the newest first.
    pub async fn mails(&self, to: &str) -> Vec<Value> {
        self.ask(&format!("mail/messages?to={to}")).await.as_array().unwrap().clone()
    }

    /// The newest code mailed to an address; mails that tell something came perhaps after it.
    pub async fn mailed_code(&self, to: &str) -> String {
        let mails = self.mails(to).await;
        let is_code = |word: &&str| word.len() == 6 && word.bytes().all(|byte| byte.is_ascii_digit());
        let code =
            |mail: &Value| mail["text"].as_str().unwrap().split_whitespace().find(is_code).map(str::to_owned);
        mails.iter().find_map(code).unwrap_or_else(|| panic!("no code in {mails:?}"))
    }
}
