//! Every way in which a call can end without a usable answer, and what is then known of its outcome.

use std::{io::Write as _, net::IpAddr, time::Duration};

use flate2::{Compression, write::GzEncoder};
use tokio::{net::TcpListener, time::Instant};
use whmcs::{Client, Denied, Error, NotSent, Outcome, RefusalKind, Unknown};
use wiremock::ResponseTemplate;

use crate::helpers::{
    MAX_BODY, Then, answering, bare_server, bodies, client, deadline, http, json, settings, whmcs,
};

async fn failure(base_url: &str) -> Error {
    client(base_url).whmcs_details(deadline()).await.unwrap_err()
}

async fn failure_of(template: ResponseTemplate) -> Error {
    failure(&answering(template).await.uri()).await
}

async fn denied(status: u16, message: &str) -> Error {
    failure_of(json(status, &format!("{{\"result\":\"error\",\"message\":\"{message}\"}}"))).await
}

fn page(status: u16, html: &str) -> ResponseTemplate {
    ResponseTemplate::new(status).set_body_raw(html.as_bytes(), "text/html; charset=utf-8")
}

fn gzip(bytes: &[u8]) -> Vec<u8> {
    let mut encoder = GzEncoder::new(Vec::new(), Compression::best());
    encoder.write_all(bytes).unwrap();
    encoder.finish().unwrap()
}

const fn unknown_status(status: u16) -> Error {
    Error::Unknown(Unknown::HttpStatus { status, retry_after: None })
}

#[tokio::test]
async fn whmcs_says_why_it_lets_nobody_in() {
    let not_in_role = r"Invalid Permissions: API action \u0022whmcsdetails\u0022 is not allowed";
    let seen = |ip: &str| Denied::IpNotAllowed { seen: Some(ip.parse::<IpAddr>().unwrap()) };
    for (status, message, reason) in [
        (403, "Authentication Failed", Denied::Credentials),
        (403, "Invalid or missing credentials", Denied::Credentials),
        (200, "Administrator Account Disabled", Denied::Credentials),
        (403, "Invalid IP 203.0.113.9", seen("203.0.113.9")),
        (400, "Invalid IP 2001:db8::7", seen("2001:db8::7")),
        (200, "Forbidden IP 127.65.4.46", seen("127.65.4.46")),
        (403, "Invalid IP ", Denied::IpNotAllowed { seen: None }),
        (403, not_in_role, Denied::ActionNotInRole),
        (200, "API Command Restricted to Internal API", Denied::ActionUnavailable),
        (200, "API Function Not Found", Denied::ActionUnavailable),
        (200, "Access Denied", Denied::Other),
        (403, "A text of next year", Denied::Other),
    ] {
        let error = denied(status, message).await;
        assert_eq!(error, Error::Denied(reason), "{status} {message}");
        assert_eq!(error.outcome(), Outcome::Refused);
    }
}

#[tokio::test]
async fn a_refusal_has_a_kind_and_keeps_its_text_for_diagnosis() {
    for status in [200, 400] {
        let error = denied(status, "Empty action request").await;
        assert_eq!(error.outcome(), Outcome::Refused);
        let Error::Refused(refusal) = error else { panic!("{error:?}") };
        assert_eq!(refusal.kind(), RefusalKind::Other);
        assert_eq!(refusal.raw_for_diagnosis(), "Empty action request");
    }
}

#[tokio::test]
async fn pages_of_others_leave_the_outcome_unknown() {
    let stray =
        "<!DOCTYPE html><h1>Oops!</h1><p>Output has been emitted previously; cannot emit response</p>";
    assert_eq!(failure_of(page(500, stray)).await, unknown_status(500));
    assert_eq!(
        failure_of(page(403, "<!DOCTYPE html><title>Attention Required!</title>")).await,
        unknown_status(403)
    );
    assert_eq!(failure_of(page(404, "<h1>Not Found</h1>")).await, unknown_status(404));
    assert_eq!(failure_of(page(500, "")).await, unknown_status(500));
    assert_eq!(failure_of(json(502, "null")).await, unknown_status(502));
    let fatal = "<br />\n<b>Fatal error</b>:  Uncaught Error in <b>/x.php</b> on line <b>3</b><br />\n";
    for (template, unknown) in [
        (page(200, fatal), Unknown::NotJson),
        (page(200, ""), Unknown::NotJson),
        (json(200, &format!("{fatal}{{\"result\":\"success\"}}")), Unknown::NotJson),
        (json(200, "null"), Unknown::NullBody),
        (json(200, "[]"), Unknown::Shape { field: "result" }),
        (json(200, "{}"), Unknown::Shape { field: "result" }),
        (json(200, r#"{"result":"success"}"#), Unknown::Shape { field: "whmcs" }),
        (json(200, r#"{"result":"success","whmcs":{"version":""}}"#), Unknown::Shape { field: "version" }),
    ] {
        let error = failure_of(template).await;
        assert_eq!(error, Error::Unknown(unknown));
        assert_eq!(error.outcome(), Outcome::Unknown);
    }
}

#[tokio::test]
async fn an_answer_that_could_not_be_encoded_was_carried_out() {
    let message =
        "Error generating JSON encoded response: Malformed UTF-8 characters, possibly incorrectly encoded";
    for status in [200, 500] {
        assert_eq!(denied(status, message).await, Error::Unknown(Unknown::NotEncodable));
    }
}

#[tokio::test]
async fn retry_after_is_handed_on() {
    for status in [429, 503] {
        let error = failure_of(page(status, "busy").insert_header("retry-after", "17")).await;
        assert_eq!(error.outcome(), Outcome::Unknown);
        assert_eq!(error.retry_after(), Some(Duration::from_secs(17)));
    }
    assert_eq!(failure_of(page(503, "busy")).await.retry_after(), None);
}

#[tokio::test]
async fn redirects_are_not_followed() {
    let target = whmcs(r#"{"result":"success","whmcs":{"version":"8.12.0"}}"#).await;
    for status in [301, 302, 303, 307, 308] {
        let server = answering(ResponseTemplate::new(status).insert_header("location", target.uri())).await;
        assert_eq!(failure(&server.uri()).await, Error::Unknown(Unknown::Redirect));
    }
    assert!(bodies(&target).await.is_empty());
}

#[tokio::test]
async fn an_http_client_that_follows_redirects_is_noticed() {
    let target = whmcs(r#"{"result":"success","whmcs":{"version":"8.12.0"}}"#).await;
    let server = answering(ResponseTemplate::new(308).insert_header("location", target.uri())).await;
    let following = reqwest::Client::builder().no_proxy().build().unwrap();
    let client = Client::new(following, settings(&server.uri()));
    assert_eq!(client.whmcs_details(deadline()).await.unwrap_err(), Error::Unknown(Unknown::Redirect));
}

#[tokio::test]
async fn bodies_are_capped_after_decompression() {
    let good = r#"{"result":"success","whmcs":{"version":"8.12.0"}}"#;
    let full = format!("{good}{}", " ".repeat(MAX_BODY - good.len()));
    let exact = whmcs(&full).await;
    assert_eq!(client(&exact.uri()).whmcs_details(deadline()).await.unwrap().version, "8.12.0");
    assert_eq!(failure(&whmcs(&format!("{full} ")).await.uri()).await, Error::Unknown(Unknown::TooLarge));

    let packed = ResponseTemplate::new(200).insert_header("content-encoding", "gzip");
    let small = answering(packed.clone().set_body_bytes(gzip(full.as_bytes()))).await;
    assert_eq!(client(&small.uri()).whmcs_details(deadline()).await.unwrap().version, "8.12.0");

    let bomb = gzip(&vec![b' '; 32 * 1024 * 1024]);
    assert!(bomb.len() < MAX_BODY, "the bomb fits the cap while it is packed");
    assert_eq!(failure_of(packed.set_body_bytes(bomb)).await, Error::Unknown(Unknown::TooLarge));
}

#[tokio::test]
async fn bodies_that_end_early_are_truncated() {
    let whole = gzip(br#"{"result":"success","whmcs":{"version":"8.12.0"}}"#);
    let cut = whole[..whole.len() - 12].to_vec();
    let packed = ResponseTemplate::new(200).insert_header("content-encoding", "gzip").set_body_bytes(cut);
    assert_eq!(failure_of(packed).await, Error::Unknown(Unknown::Truncated));
    for bytes in [
        b"HTTP/1.1 200 OK\r\ncontent-length: 500\r\n\r\n{\"result\":\"success\"".as_slice(),
        b"HTTP/1.1 200 OK\r\ncontent-length: 500\r\n\r\n",
        b"HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n14\r\n{\"result\":\"success\"}\r\n",
        b"HTTP/1.1 200 OK\r\nconnection: close\r\n\r\n{\"result\":\"succ",
    ] {
        let server = bare_server(bytes, Then::Close).await;
        assert_eq!(failure(&server).await, Error::Unknown(Unknown::Truncated), "{}", bytes.escape_ascii());
    }
}

#[tokio::test]
async fn connections_that_die_before_the_answer_are_lost() {
    for bytes in [b"".as_slice(), b"HTTP/1.1 200 OK\r\ncontent-le"] {
        let server = bare_server(bytes, Then::Close).await;
        assert_eq!(failure(&server).await, Error::Unknown(Unknown::ConnectionLost));
    }
}

#[tokio::test]
async fn the_deadline_holds_for_head_and_body() {
    for bytes in [
        b"".as_slice(),
        b"HTTP/1.1 200 OK\r\n",
        b"HTTP/1.1 200 OK\r\ncontent-length: 500\r\n\r\n{\"result\":\"",
    ] {
        let client = client(&bare_server(bytes, Then::HoldOpen).await);
        let soon = Instant::now() + Duration::from_millis(150);
        assert_eq!(client.whmcs_details(soon).await.unwrap_err(), Error::Unknown(Unknown::Timeout));
    }
}

#[tokio::test]
async fn what_was_not_sent_is_known_not_to_be() {
    let server = whmcs("{}").await;
    let late = client(&server.uri()).whmcs_details(Instant::now()).await.unwrap_err();
    assert_eq!(late, Error::NotSent(NotSent::DeadlinePassed));
    assert!(bodies(&server).await.is_empty());

    let free = TcpListener::bind("127.0.0.1:0").await.unwrap().local_addr().unwrap();
    assert_eq!(failure(&format!("http://{free}")).await, Error::NotSent(NotSent::Connect));

    let no_tls = format!("https://{}", server.address());
    assert_eq!(failure(&no_tls).await, Error::NotSent(NotSent::Connect));
    assert!(bodies(&server).await.is_empty());

    let unusable = Client::new(http(), settings("data:text/plain,x"));
    let error = unusable.whmcs_details(deadline()).await.unwrap_err();
    assert_eq!(error, Error::NotSent(NotSent::InvalidRequest));
    assert_eq!(error.outcome(), Outcome::NotSent);
}
