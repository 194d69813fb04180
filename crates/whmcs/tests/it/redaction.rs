//! Canaries: nothing secret or personal in events, errors and debug prints.

use std::{
    io,
    sync::{Arc, Mutex},
};

use tracing_subscriber::fmt::MakeWriter;
use whmcs::{Client, ClientId, NewClient, SsoDestination, SsoRequest, UserId};
use wiremock::MockServer;

use crate::helpers::{client, deadline, http, json, settings, whmcs};

/// Keeps what is logged.
#[derive(Clone, Default)]
struct Log(Arc<Mutex<Vec<u8>>>);

impl Log {
    fn text(&self) -> String {
        String::from_utf8(self.0.lock().unwrap().clone()).unwrap()
    }
}

impl io::Write for Log {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0.lock().unwrap().extend_from_slice(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

impl<'a> MakeWriter<'a> for Log {
    type Writer = Self;

    fn make_writer(&'a self) -> Self {
        self.clone()
    }
}

const CANARIES: [&str; 6] = ["canary", "ident", "cret", "ada@example.com", "Lovelace", "access_token"];

fn assert_silent(text: &str) {
    for canary in CANARIES {
        assert!(!text.contains(canary), "{canary} in {text}");
    }
}

fn new_client() -> NewClient {
    NewClient::new("Ada".into(), "Lovelace".into(), "ada@example.com".into(), "canary-password".into())
}

#[tokio::test]
async fn events_name_action_status_and_outcome_only() {
    let log = Log::default();
    let subscriber = tracing_subscriber::fmt()
        .with_max_level(tracing::Level::TRACE)
        .with_ansi(false)
        .with_writer(log.clone())
        .finish();
    let guard = tracing::subscriber::set_default(subscriber);
    let refusing = whmcs(r#"{"result":"error","message":"ada@example.com canary"}"#).await;
    let error = client(&refusing.uri()).add_client(&new_client(), deadline()).await.unwrap_err();
    let odd = whmcs(r#"{"result":"success","clientid":"canary"}"#).await;
    client(&odd.uri()).add_client(&new_client(), deadline()).await.unwrap_err();
    drop(guard);

    let text = log.text();
    let events = text.lines().filter(|line| line.contains("WHMCS call")).collect::<Vec<_>>();
    assert_eq!(events.len(), 2, "{text}");
    for part in ["DEBUG", "action=\"AddClient\"", "status=200", "elapsed_ms=", "outcome=\"refused\""] {
        assert!(events[0].contains(part), "{part} in {text}");
    }
    assert_silent(&text);
    assert_silent(&format!("{error} {error:?}"));
}

#[tokio::test]
async fn debug_prints_are_redacted() {
    let server = MockServer::start().await;
    let link = format!("{}/oauth/singlesignon.php?access_token=canary", server.uri());
    let body = format!("{{\"result\":\"success\",\"redirect_url\":\"{link}\"}}");
    wiremock::Mock::given(wiremock::matchers::any()).respond_with(json(200, &body)).mount(&server).await;
    let request = SsoRequest {
        client_id: ClientId::new(5),
        user_id: Some(UserId::new(6)),
        destination: SsoDestination::Home,
    };
    let link = client(&server.uri()).create_sso_token(&request, deadline()).await.unwrap();
    let mut settings = settings("https://canary:canary@billing.example.test/whmcs?canary=1");
    settings.access_key = Some("canary".into());
    assert_silent(&format!("{link:?} {:?} {settings:?}", new_client()));
    assert_silent(&format!("{:?}", Client::new(http(), settings)));
}
