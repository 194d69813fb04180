//! What reaches the log.

use std::io::Write;
use std::sync::{Arc, Mutex};

use serde_json::json;
use tracing_subscriber::fmt::MakeWriter;
use wiremock::ResponseTemplate;

use crate::rig::{COMPOSITE, QUERY, Rig, count_body};

#[derive(Clone, Default)]
struct Lines(Arc<Mutex<Vec<u8>>>);

impl Write for Lines {
    fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
        self.0.lock().unwrap().write(bytes)
    }

    fn flush(&mut self) -> std::io::Result<()> {
        Ok(())
    }
}

impl<'a> MakeWriter<'a> for Lines {
    type Writer = Self;

    fn make_writer(&'a self) -> Self {
        self.clone()
    }
}

#[tokio::test]
async fn one_event_per_call_and_nothing_confidential() {
    let rig = Rig::start().await;
    rig.mount_tokens().await;
    rig.mount("GET", QUERY, count_body(3)).await;
    let refused = json!([{ "errorCode": "STRING_TOO_LONG", "message": "too large: Lovelace" }]);
    rig.mount("POST", COMPOSITE, ResponseTemplate::new(400).set_body_json(refused)).await;

    let lines = Lines::default();
    let subscriber = tracing_subscriber::fmt()
        .with_max_level(tracing::Level::TRACE)
        .with_writer(lines.clone())
        .with_ansi(false)
        .finish();
    let guard = tracing::subscriber::set_default(subscriber);
    rig.count().await.unwrap();
    rig.upsert().await.unwrap_err();
    drop(guard);

    let log = String::from_utf8(lines.0.lock().unwrap().clone()).unwrap();
    let assertion = String::from_utf8(rig.requests("/services/oauth2/token").await[0].body.clone()).unwrap();
    let assertion = assertion.split("assertion=").last().unwrap().to_owned();
    for secret in ["token-1", &assertion, "consumer-key", "portal@example.com", "Lovelace", "ada@example.com"]
    {
        assert!(!log.contains(secret), "{secret} in the log:\n{log}");
    }
    let ours: Vec<&str> = log.lines().filter(|line| line.contains("salesforce call")).collect();
    assert_eq!(ours.len(), 3, "{log}");
    for (line, resource, status) in
        [(ours[0], "token", 200), (ours[1], "Case", 200), (ours[2], "Account+Contact", 400)]
    {
        assert!(line.contains(&format!("resource=\"{resource}\"")), "{line}");
        assert!(line.contains(&format!("status={status}")), "{line}");
        assert!(line.contains("elapsed_ms="), "{line}");
    }
}
