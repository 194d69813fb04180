//! Answers that are late, cut, large, elsewhere or in another language.

use std::time::Duration;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use salesforce::{Error, NotSent, Outcome, Unknown};
use serde_json::json;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpListener;
use tokio::time::Instant;
use wiremock::ResponseTemplate;

use crate::rig::{COMPOSITE, QUERY, Rig, account, count_body, token_body};

/// 20 kB of JSON, most of it white space, in a body of a few dozen bytes.
const LARGE_GZIP: &str = "H4sIAAAAAAACA+3GMQ5FQBQAwKvIqzVa11DKL4QtJGKT/ash7s4xFDPVXFFznbZhPVP0XRtL3t/UcqQ2SppzWf7Rj7+7AQAAAAAAAAAAAAAAAAAAAAAAAOATHrlgUqhITgAA";

async fn read_error(answer: ResponseTemplate) -> Error {
    let rig = Rig::start().await;
    rig.mount_tokens().await;
    rig.mount("GET", QUERY, answer).await;
    rig.count().await.unwrap_err()
}

fn unknown(error: &Error) -> Unknown {
    assert_eq!(error.outcome(), Outcome::Unknown);
    match error {
        Error::Unknown(reason) => *reason,
        other => panic!("{other:?}"),
    }
}

/// An instance that answers every request with these bytes and then keeps the connection open, or closes it.
async fn rig_with_raw_instance(bytes: &'static str, close: bool) -> Rig {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let instance = format!("http://{}", listener.local_addr().unwrap());
    tokio::spawn(async move {
        let mut open = Vec::new();
        while let Ok((mut stream, _)) = listener.accept().await {
            let mut head = [0; 4096];
            assert!(stream.read(&mut head).await.unwrap() > 0);
            stream.write_all(bytes.as_bytes()).await.unwrap();
            if !close {
                open.push(stream);
            }
        }
    });
    rig_on(&instance).await
}

async fn rig_on(instance: &str) -> Rig {
    let rig = Rig::start().await;
    let token = ResponseTemplate::new(200).set_body_json(token_body("token", instance));
    rig.mount("POST", "/services/oauth2/token", token).await;
    rig
}

#[tokio::test]
async fn pages_of_a_gateway_are_server_failures() {
    let page = "<html><body><h1>502 Bad Gateway</h1></body></html>";
    let error = read_error(ResponseTemplate::new(502).set_body_raw(page, "text/html")).await;
    assert_eq!(unknown(&error), Unknown::ServerFailure { status: 502 });
    let error = read_error(ResponseTemplate::new(200).set_body_raw(page, "text/html")).await;
    assert_eq!(unknown(&error), Unknown::InvalidAnswer { status: 200 });
}

#[tokio::test]
async fn json_that_is_cut_null_or_of_another_shape_is_no_answer() {
    for body in ["{\"totalSize\":3,\"do", "null", "", "[]", "{\"totalSize\":\"3\"}", "{\"totalSize\":-1}"] {
        let error = read_error(ResponseTemplate::new(200).set_body_string(body)).await;
        assert_eq!(unknown(&error), Unknown::InvalidAnswer { status: 200 }, "{body}");
    }
}

#[tokio::test]
async fn redirects_are_not_followed() {
    for status in [300, 301, 302, 303, 304, 307, 308] {
        let answer = ResponseTemplate::new(status)
            .insert_header("Location", "/services/data/")
            .set_body_json(json!([{ "errorCode": "NOT_FOUND", "message": "" }]));
        assert_eq!(unknown(&read_error(answer).await), Unknown::InvalidAnswer { status });
    }
}

#[tokio::test]
async fn large_bodies_are_cut_off_also_after_decompression() {
    let plain = ResponseTemplate::new(200).set_body_bytes(vec![b' '; 4097]);
    let packed = ResponseTemplate::new(200)
        .insert_header("Content-Encoding", "gzip")
        .set_body_bytes(STANDARD.decode(LARGE_GZIP).unwrap());
    for answer in [plain, packed.clone()] {
        let rig = Rig::with(|settings| settings.max_body = 4096).await;
        rig.mount_tokens().await;
        rig.mount("GET", QUERY, answer).await;
        let error = rig.count().await.unwrap_err();
        assert_eq!(unknown(&error), Unknown::BodyTooLarge { status: 200 });
    }
    let rig = Rig::start().await;
    rig.mount_tokens().await;
    rig.mount("GET", QUERY, packed).await;
    assert_eq!(rig.count().await.unwrap(), 1);
}

#[tokio::test]
async fn a_body_that_stalls_ends_at_the_deadline() {
    let stalled = "HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\n{\"totalSize\":";
    let rig = rig_with_raw_instance(stalled, false).await;
    // Long enough for the login before it on a busy machine.
    let deadline = Instant::now() + Duration::from_secs(2);
    let error = rig.client.open_case_count(&account(), deadline).await.unwrap_err();
    assert_eq!(unknown(&error), Unknown::TimedOut);
}

#[tokio::test]
async fn a_connection_that_breaks_leaves_the_outcome_unknown() {
    for bytes in ["", "HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\n{\"compositeRes"] {
        let rig = rig_with_raw_instance(bytes, true).await;
        assert_eq!(unknown(&rig.upsert().await.unwrap_err()), Unknown::ConnectionLost);
    }
}

#[tokio::test]
async fn without_a_connection_nothing_was_sent() {
    let port = TcpListener::bind("127.0.0.1:0").await.unwrap().local_addr().unwrap().port();
    let rig = rig_on(&format!("http://127.0.0.1:{port}")).await;
    let error = rig.upsert().await.unwrap_err();
    assert!(matches!(error, Error::NotSent(NotSent::Unreachable)), "{error:?}");
}

#[tokio::test]
async fn after_the_deadline_nothing_is_sent() {
    let rig = Rig::start().await;
    rig.mount_tokens().await;
    rig.mount("GET", QUERY, count_body(3)).await;
    rig.count().await.unwrap();
    let error = rig.client.upsert_customer(&crate::rig::ada(), Instant::now()).await.unwrap_err();
    assert!(matches!(error, Error::NotSent(NotSent::DeadlinePassed)), "{error:?}");
    assert!(rig.requests(COMPOSITE).await.is_empty());
}
