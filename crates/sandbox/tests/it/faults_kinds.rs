//! What each kind of fault looks like from the other end of the socket, for every kind that the catalogue lists.

use std::time::Duration;

use reqwest::Method;
use serde_json::{Value, json};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpStream;

use crate::driver::{Driver, form};
use sandbox::demo;

/// What came before the connection ended or a whole message was there.
struct Raw {
    head: String,
    body: Vec<u8>,
    reset: bool,
}

impl Raw {
    fn status(&self) -> u16 {
        self.head.split(' ').nth(1).and_then(|status| status.parse().ok()).unwrap_or(0)
    }

    fn header(&self, name: &str) -> Option<&str> {
        self.head.lines().skip(1).find_map(|line| {
            let (found, value) = line.split_once(':')?;
            found.eq_ignore_ascii_case(name).then_some(value.trim())
        })
    }

    fn announced(&self) -> Option<usize> {
        self.header("content-length").and_then(|length| length.parse().ok())
    }

    fn json(&self) -> serde_json::Result<Value> {
        serde_json::from_slice(&self.body)
    }
}

/// Sends one request on a connection of its own and reads until the server closes or `cap` bytes came.
async fn raw(it: &Driver, head: &str, body: &str, cap: usize) -> Raw {
    let base = it.sandbox.base_url();
    let address = (base.host_str().unwrap().to_owned(), base.port().unwrap());
    let mut socket = TcpStream::connect(address).await.unwrap();
    let request = format!(
        "{head}\r\nHost: sandbox\r\nConnection: close\r\nContent-Length: {}\r\n\r\n{body}",
        body.len()
    );
    socket.write_all(request.as_bytes()).await.unwrap();
    let (mut all, mut reset) = (Vec::new(), false);
    let mut piece = vec![0; 1 << 16];
    while all.len() < cap {
        match socket.read(&mut piece).await {
            Ok(0) => break,
            Ok(read) => all.extend_from_slice(&piece[..read]),
            Err(error) => {
                reset = error.kind() == std::io::ErrorKind::ConnectionReset;
                break;
            }
        }
    }
    let end = all.windows(4).position(|window| window == b"\r\n\r\n").map_or(all.len(), |at| at + 4);
    let body = all.split_off(end);
    Raw { head: String::from_utf8_lossy(&all).into_owned(), body, reset }
}

const CALL: &str = "POST /whmcs/includes/api.php HTTP/1.1\r\nContent-Type: application/x-www-form-urlencoded";

async fn add_client(it: &Driver) -> Raw {
    let body = form(&[
        ("action", "AddClient"),
        ("identifier", demo::IDENTIFIER),
        ("secret", demo::SECRET),
        ("responsetype", "json"),
        ("email", "new@example.net"),
        ("password2", "x"),
        ("skipvalidation", "1"),
    ]);
    raw(it, CALL, &body, 4 << 20).await
}

async fn added(it: &Driver) -> bool {
    let (_, ledger) = it.control(Method::GET, "ledger", None).await;
    let clients = ledger["whmcs"]["clients"].as_object().unwrap();
    clients.values().any(|client| client["email"] == "new@example.net")
}

fn planted(kind: &Value) -> Value {
    let mut fault = json!({"target": "whmcs", "action": "AddClient", "kind": kind["kind"], "times": 1});
    for option in kind["needs"].as_array().unwrap() {
        match option.as_str().unwrap() {
            "ms" => fault["ms"] = json!(60),
            "to" => fault["to"] = json!("http://elsewhere.example/api.php"),
            other => panic!("an option that this test does not know: {other}"),
        }
    }
    if kind["kind"] == "drip" {
        fault["bytes"] = json!(16);
        fault["ms"] = json!(1);
    }
    fault
}

/// What the caller of a write that succeeded, or did not, has in hand.
fn check(kind: &str, raw: &Raw) {
    let status = raw.status();
    match kind {
        "latency" | "late_answer" | "drip" => {
            assert_eq!(raw.json().unwrap()["result"], "success", "{kind}");
        }
        "extra_fields" => assert_eq!(raw.json().unwrap()["sandbox_extra"]["since"], "9.9"),
        "duplicate_keys" => {
            assert_eq!(raw.json().unwrap()["result"], "success");
            assert!(String::from_utf8_lossy(&raw.body).contains("\"result\":null,\"result\":\"success\""));
        }
        "null" => assert_eq!(raw.json().unwrap(), Value::Null),
        "null_fields" => assert_eq!(raw.json().unwrap()["clientid"], Value::Null),
        "wrong_types" => assert!(raw.json().unwrap()["clientid"].is_object()),
        "wrong_content_type" => {
            assert_eq!(raw.header("content-type"), Some("text/html; charset=iso-8859-1"));
            assert_eq!(raw.json().unwrap()["result"], "success");
        }
        "empty" => assert_eq!((status, raw.announced(), raw.body.len()), (200, Some(0), 0)),
        "truncated_json" | "invalid_utf8" | "trailing_garbage" | "php_warning" | "bom" | "deep_nesting" => {
            assert_eq!((status, raw.announced()), (200, Some(raw.body.len())), "{kind}");
            assert!(raw.json().is_err(), "{kind}");
        }
        "cut" => assert!(raw.announced().unwrap() > raw.body.len()),
        "reset" => {
            assert!(raw.reset && raw.announced().unwrap() > raw.body.len(), "{}", raw.head);
        }
        "wrong_length" => assert_eq!(raw.announced().unwrap() + 1, raw.body.len()),
        "huge" => assert!(raw.announced().is_none() && raw.body.len() >= 3 << 20),
        "gzip_bomb" => {
            assert_eq!(raw.header("content-encoding"), Some("gzip"));
            assert!(raw.body.len() < 1 << 20, "{}", raw.body.len());
        }
        "did_late" | "did_then_dropped" | "dropped" => assert_eq!(raw.head, "", "{kind}"),
        "did_then_failed" | "html" => assert_eq!(status, 500, "{kind}"),
        "error" => assert_eq!((status, &raw.json().unwrap()["result"]), (200, &json!("error"))),
        "status" => assert_eq!(status, 503),
        "redirect" => {
            assert_eq!((status, raw.header("location")), (302, Some("http://elsewhere.example/api.php")));
        }
        "login_page" => {
            assert!(status == 200 && raw.header("content-type").unwrap().starts_with("text/html"));
        }
        "stale_head" => {
            assert!(raw.head.starts_with("HTTP/1.1 200 OK\r\n") && raw.head.contains("not a header"));
        }
        "rate_limited" => assert_eq!((status, raw.header("retry-after")), (429, None)),
        "unauthorized" => {
            assert_eq!((status, &raw.json().unwrap()["message"]), (403, &json!("Authentication Failed")));
        }
        "forbidden" => assert_eq!((status, &raw.json().unwrap()["result"]), (403, &json!("error"))),
        "maintenance" => assert_eq!((status, raw.header("retry-after")), (503, Some("120"))),
        other => panic!("a kind without an expectation: {other}"),
    }
}

#[tokio::test]
async fn every_kind_does_or_does_not_what_the_catalogue_says_and_is_seen_as_documented() {
    let it = Driver::start().await;
    let (_, kinds) = it.control(Method::GET, "faults/kinds", None).await;
    let kinds = kinds.as_array().unwrap().clone();
    assert!(kinds.len() >= 30);
    for kind in kinds {
        let name = kind["kind"].as_str().unwrap();
        it.set("reset", json!({"seed": "empty"})).await;
        it.fault(planted(&kind)).await;
        let answer = add_client(&it).await;
        check(name, &answer);
        it.set("settle", Value::Null).await;
        assert_eq!(added(&it).await, kind["done"] != json!(false), "{name}");
    }
}

#[tokio::test]
async fn every_kind_is_documented() {
    let it = Driver::start().await;
    let (_, kinds) = it.control(Method::GET, "faults/kinds", None).await;
    let readme = include_str!("../../README.md");
    let table = readme.split("| kind (options) |").nth(1).unwrap();
    for kind in kinds.as_array().unwrap() {
        let name = kind["kind"].as_str().unwrap();
        assert!(table.contains(&format!("`{name}`")), "{name}");
        for option in kind["needs"].as_array().unwrap().iter().chain(kind["options"].as_array().unwrap()) {
            assert!(
                readme.contains(&format!("`{}`", option.as_str().unwrap()))
                    || readme.contains(&format!("`{} ", option.as_str().unwrap())),
                "{name}: {option}"
            );
        }
    }
}

#[tokio::test]
async fn work_is_done_after_the_caller_is_gone() {
    let it = Driver::start().await;
    it.fault(json!({"target": "whmcs", "action": "AddClient", "kind": "did_late", "ms": 400, "times": 1}))
        .await;
    let base = it.sandbox.base_url();
    let mut socket = TcpStream::connect((base.host_str().unwrap(), base.port().unwrap())).await.unwrap();
    let body = form(&[
        ("action", "AddClient"),
        ("identifier", demo::IDENTIFIER),
        ("secret", demo::SECRET),
        ("email", "new@example.net"),
        ("password2", "x"),
        ("skipvalidation", "1"),
    ]);
    let request = format!("{CALL}\r\nHost: sandbox\r\nContent-Length: {}\r\n\r\n{body}", body.len());
    socket.write_all(request.as_bytes()).await.unwrap();
    // The fault is drawn once its call has arrived.
    while !it.control(Method::GET, "faults", None).await.1.as_array().unwrap().is_empty() {}
    // A reset instead of a goodbye: the server's next look at the connection is an error.
    socket.set_zero_linger().unwrap();
    drop(socket);
    assert!(!added(&it).await);
    it.set("settle", Value::Null).await;
    assert!(added(&it).await);
    let (_, calls) = it.control(Method::GET, "requests?action=AddClient", None).await;
    assert_eq!(calls[0]["status"], Value::Null);
}

#[tokio::test]
async fn a_late_answer_is_about_work_that_was_done_at_once() {
    let it = Driver::start().await;
    it.fault(
        json!({"target": "whmcs", "action": "AddClient", "kind": "late_answer", "ms": 60_000, "times": 1}),
    )
    .await;
    let new = [("email", "new@example.net"), ("password2", "x"), ("skipvalidation", "1")];
    let answer = it.api("AddClient", &new).timeout(Duration::from_millis(300)).send().await;
    assert!(answer.unwrap_err().is_timeout());
    assert!(added(&it).await);
}

#[tokio::test]
async fn options_change_what_a_kind_does() {
    let it = Driver::start().await;
    let fault = |options: Value| {
        let mut fault = json!({"target": "whmcs", "action": "AddClient", "times": 1});
        for (name, value) in options.as_object().unwrap() {
            fault[name] = value.clone();
        }
        fault
    };
    it.fault(fault(json!({"kind": "rate_limited", "retry_after": 9}))).await;
    let answer = add_client(&it).await;
    assert_eq!((answer.status(), answer.header("retry-after")), (429, Some("9")));
    it.fault(fault(json!({"kind": "redirect", "status": 307, "to": "https://elsewhere.example/"}))).await;
    assert_eq!(add_client(&it).await.status(), 307);
    it.fault(fault(json!({"kind": "huge", "bytes": 100_000}))).await;
    assert!(add_client(&it).await.body.len() < 300_000);
    it.fault(fault(json!({"kind": "wrong_length", "delta": 40}))).await;
    let answer = add_client(&it).await;
    assert_eq!(answer.announced().unwrap(), answer.body.len() + 40);
    it.fault(fault(json!({"kind": "html", "after": 1, "client_id": 7}))).await;
    assert_eq!(add_client(&it).await.status(), 200);
    let (_, list) = it.control(Method::GET, "faults", None).await;
    assert_eq!((&list[0]["after"], &list[0]["times"]), (&json!(1), &json!(1)));
    let id = &list[0]["id"];
    assert_eq!(it.control(Method::DELETE, &format!("faults/{id}"), None).await.0, 204);
    assert_eq!(it.control(Method::DELETE, &format!("faults/{id}"), None).await.0, 404);
}

#[tokio::test]
async fn salesforce_has_the_same_kinds_in_its_own_form() {
    let it = Driver::start().await;
    let token = it.login().await;
    let path = "sobjects/Account/WHMCS_Client_Id__c/900";
    for (kind, status, code) in [
        ("unauthorized", 401, "INVALID_SESSION_ID"),
        ("forbidden", 403, "INSUFFICIENT_ACCESS"),
        ("rate_limited", 429, "REQUEST_LIMIT_EXCEEDED"),
    ] {
        it.fault(json!({"target": "salesforce", "action": "*", "kind": kind, "times": 1})).await;
        let answer = it.rest(&token, Method::GET, path, None).await;
        assert_eq!((answer.0, &answer.1[0]["errorCode"]), (status, &json!(code)));
    }
    // A write without a body in its answer is spoiled too.
    it.fault(json!({"target": "salesforce", "action": "upsert", "kind": "null", "times": 1})).await;
    let answer = it.rest(&token, Method::PATCH, path, Some(json!({"Name": "x"}))).await;
    assert_eq!(answer.1, Value::Null);
    assert_eq!(it.rest(&token, Method::GET, path, None).await.0, 200);
}

#[tokio::test]
async fn what_makes_no_sense_cannot_be_planted() {
    let it = Driver::start().await;
    for fault in [
        json!({"target": "whmcs", "action": "*", "kind": "redirect"}),
        json!({"target": "whmcs", "action": "*", "kind": "redirect", "to": "/relative"}),
        json!({"target": "whmcs", "action": "*", "kind": "did_late"}),
        json!({"target": "smtp", "action": "*", "kind": "gzip_bomb"}),
    ] {
        assert_eq!(it.control(Method::POST, "faults", Some(fault)).await.0, 422);
    }
}
