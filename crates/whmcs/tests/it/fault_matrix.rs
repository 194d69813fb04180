//! Every call against the catalogue and against every fault of the wire: what is sent is listed, and what came
//! of it is told.

use std::collections::BTreeSet;

use whmcs::{ACTIONS, Denied, Effect, Error, NotSent, Outcome, Unknown};
use wiremock::ResponseTemplate;

use crate::{
    every_call::{Call, every_call},
    helpers::{MAX_BODY, Then, answering, bare_server, bodies, client, json, whmcs},
};

fn sent_action(body: &str) -> &str {
    body.strip_prefix("action=").and_then(|rest| rest.split('&').next()).unwrap()
}

#[tokio::test]
async fn the_catalogue_lists_what_is_sent_and_nothing_else() {
    let server = whmcs(r#"{"result":"error","message":"Nope"}"#).await;
    let client = client(&server.uri());
    for Call { action, make } in every_call() {
        make(&client).await.unwrap_err();
        let bodies = bodies(&server).await;
        assert_eq!(sent_action(bodies.last().unwrap()), action);
    }
    let sent = bodies(&server).await;
    assert_eq!(sent.len(), every_call().len(), "one request for each call");
    let sent = sent.iter().map(|body| sent_action(body)).collect::<BTreeSet<_>>();
    assert_eq!(sent, ACTIONS.iter().map(|action| action.name).collect::<BTreeSet<_>>());
}

/// The table is what people read; it must not fall behind.
#[test]
fn the_documentation_lists_the_catalogue() {
    let documented = include_str!("../../src/lib.rs").lines().filter_map(|line| {
        let mut cells = line.strip_prefix("//! | `")?.split(" | ");
        let action = cells.next()?.trim_end_matches('`').to_owned();
        Some((action, cells.nth(1)?.to_owned()))
    });
    let listed = ACTIONS.iter().map(|action| {
        let effect = if action.effect == Effect::Read { "read" } else { "write" };
        (action.name.to_owned(), effect.to_owned())
    });
    assert_eq!(documented.collect::<Vec<_>>(), listed.collect::<Vec<_>>());
}

#[tokio::test]
async fn actions_that_only_read_are_named_so() {
    for action in ACTIONS {
        let reads = action.name.starts_with("Get") || action.name == "WhmcsDetails";
        assert_eq!(action.effect == Effect::Read, reads, "{}", action.name);
    }
}

/// Makes every call against an answer and holds each failure against what is expected.
async fn assert_all(template: ResponseTemplate, expected: impl Fn(&Error) -> bool, outcome: Outcome) {
    let server = answering(template).await;
    let client = client(&server.uri());
    for Call { action, make } in every_call() {
        let error = make(&client).await.unwrap_err();
        assert!(expected(&error), "{action}: {error:?}");
        assert_eq!(error.outcome(), outcome, "{action}");
    }
    // Nothing is ever sent twice.
    assert_eq!(bodies(&server).await.len(), every_call().len());
}

fn is_unknown(unknown: Unknown) -> impl Fn(&Error) -> bool {
    move |error| *error == Error::Unknown(unknown)
}

#[tokio::test]
async fn pages_and_garbage_leave_every_outcome_unknown() {
    let html = "<!DOCTYPE html><h1>Oops!</h1>";
    for (status, body, unknown) in [
        (200, html, Unknown::NotJson),
        (200, "", Unknown::NotJson),
        (200, "null", Unknown::NullBody),
        (200, "[]", Unknown::Shape { field: "result" }),
        (200, "{}", Unknown::Shape { field: "result" }),
        (200, "{\"result\":\"succ", Unknown::Truncated),
        (500, html, Unknown::HttpStatus { status: 500, retry_after: None }),
        (500, "null", Unknown::HttpStatus { status: 500, retry_after: None }),
        (502, "", Unknown::HttpStatus { status: 502, retry_after: None }),
        (403, html, Unknown::HttpStatus { status: 403, retry_after: None }),
        (429, "slow down", Unknown::HttpStatus { status: 429, retry_after: None }),
    ] {
        assert_all(json(status, body), is_unknown(unknown), Outcome::Unknown).await;
    }
    let bad_bytes =
        r#"{"result":"error","message":"Error generating JSON encoded response: Malformed UTF-8"}"#;
    assert_all(json(200, bad_bytes), is_unknown(Unknown::NotEncodable), Outcome::Unknown).await;
    let large = format!("{{\"result\":\"success\",\"x\":\"{}\"}}", "x".repeat(MAX_BODY));
    assert_all(json(200, &large), is_unknown(Unknown::TooLarge), Outcome::Unknown).await;
    let elsewhere = ResponseTemplate::new(307).insert_header("location", "https://evil.test/");
    assert_all(elsewhere, is_unknown(Unknown::Redirect), Outcome::Unknown).await;
}

#[tokio::test]
async fn whoever_is_not_let_in_has_done_nothing() {
    for (message, denied) in [
        ("Authentication Failed", Denied::Credentials),
        ("Invalid IP 203.0.113.9", Denied::IpNotAllowed { seen: "203.0.113.9".parse().ok() }),
        (r"Invalid Permissions: API action \u0022x\u0022 is not allowed", Denied::ActionNotInRole),
        ("API Function Not Found", Denied::ActionUnavailable),
    ] {
        let body = format!("{{\"result\":\"error\",\"message\":\"{message}\"}}");
        for status in [403, 200] {
            let is_denied = move |error: &Error| *error == Error::Denied(denied);
            assert_all(json(status, &body), is_denied, Outcome::Refused).await;
        }
    }
}

#[tokio::test]
async fn a_lost_connection_leaves_every_outcome_unknown() {
    let cut = b"HTTP/1.1 200 OK\r\ncontent-length: 500\r\n\r\n{\"result\":\"success\"";
    for (bytes, unknown) in [(b"".as_slice(), Unknown::ConnectionLost), (cut, Unknown::Truncated)] {
        for Call { action, make } in every_call() {
            let client = client(&bare_server(bytes, Then::Close).await);
            assert_eq!(make(&client).await.unwrap_err(), Error::Unknown(unknown), "{action}");
        }
    }
}

#[tokio::test]
async fn what_found_no_server_was_not_sent() {
    let free = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap().local_addr().unwrap();
    let client = client(&format!("http://{free}"));
    for Call { action, make } in every_call() {
        assert_eq!(make(&client).await.unwrap_err(), Error::NotSent(NotSent::Connect), "{action}");
    }
}
