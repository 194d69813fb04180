//! Clients and servers for the tests.

use std::time::Duration;

use tokio::{
    io::{AsyncReadExt as _, AsyncWriteExt as _},
    net::TcpListener,
    time::Instant,
};
use url::Url;
use whmcs::{Client, Settings};
use wiremock::{Mock, MockServer, ResponseTemplate, matchers::method};

pub const MAX_BODY: usize = 64 * 1024;

pub fn http() -> reqwest::Client {
    reqwest::Client::builder().redirect(reqwest::redirect::Policy::none()).no_proxy().build().unwrap()
}

pub fn settings(base_url: &str) -> Settings {
    Settings {
        base_url: Url::parse(base_url).unwrap(),
        identifier: "ident".to_owned(),
        secret: "s&cret".into(),
        access_key: None,
        max_body: MAX_BODY,
    }
}

pub fn client(base_url: &str) -> Client {
    Client::new(http(), settings(base_url))
}

/// Far enough away for every test that does not want to reach it.
pub fn deadline() -> Instant {
    Instant::now() + Duration::from_secs(20)
}

/// A server that gives one answer to everything.
pub async fn answering(template: ResponseTemplate) -> MockServer {
    let server = MockServer::start().await;
    Mock::given(method("POST")).respond_with(template).mount(&server).await;
    server
}

pub fn json(status: u16, body: &str) -> ResponseTemplate {
    ResponseTemplate::new(status).set_body_raw(body.as_bytes(), "application/json")
}

/// A server that answers 200 with this JSON.
pub async fn whmcs(body: &str) -> MockServer {
    answering(json(200, body)).await
}

/// The form bodies that a server got, in order.
pub async fn bodies(server: &MockServer) -> Vec<String> {
    let requests = server.received_requests().await.unwrap();
    requests.into_iter().map(|request| String::from_utf8(request.body).unwrap()).collect()
}

/// What follows the action in every request.
pub const CREDENTIALS: &str = "identifier=ident&secret=s%26cret&responsetype=json";

/// What the server got after the credentials, if it got exactly one request for this action.
pub async fn params(server: &MockServer, action: &str) -> String {
    let bodies = bodies(server).await;
    assert_eq!(bodies.len(), 1);
    let prefix = format!("action={action}&{CREDENTIALS}");
    bodies[0].strip_prefix(&prefix).unwrap().trim_start_matches('&').to_owned()
}

/// What a bare server does after it has written its bytes.
#[derive(Clone, Copy, PartialEq)]
pub enum Then {
    Close,
    HoldOpen,
}

/// A server that reads one request to its end, writes these bytes as they are, and then closes or goes
/// silent.
pub async fn bare_server(bytes: &'static [u8], then: Then) -> String {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    tokio::spawn(async move {
        let (mut socket, _) = listener.accept().await.unwrap();
        let mut request = Vec::new();
        while !is_whole(&request) {
            assert_ne!(socket.read_buf(&mut request).await.unwrap(), 0, "the request ended early");
        }
        socket.write_all(bytes).await.unwrap();
        if then == Then::HoldOpen {
            std::future::pending::<()>().await;
        }
    });
    format!("http://{address}")
}

/// Whether a request has all of the body that its head announces.
fn is_whole(request: &[u8]) -> bool {
    let text = String::from_utf8_lossy(request);
    text.split_once("\r\n\r\n").is_some_and(|(head, body)| {
        let mut lengths = head.lines().filter_map(|line| {
            line.to_ascii_lowercase().strip_prefix("content-length:")?.trim().parse().ok()
        });
        lengths.next_back() == Some(body.len())
    })
}
