//! Uploads and downloads.

use std::io;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use bytes::Bytes;
use futures::stream;
use salesforce::{Error, LoginError, NewFile, NotSent, Outcome, RefusalKind, SalesforceId, Unknown};
use serde_json::{Value, json};
use wiremock::ResponseTemplate;

use crate::rig::{ACCOUNT, Rig, expired, soon};

const UPLOAD: &str = "/services/data/v62.0/sobjects/ContentVersion";
const VERSION: &str = "068R0000002Hu1FIAS";
const DOWNLOAD: &str = "/services/data/v62.0/sobjects/ContentVersion/068R0000002Hu1FIAS/VersionData";

fn version() -> SalesforceId {
    VERSION.parse().unwrap()
}

fn file() -> NewFile {
    NewFile {
        title: "log \"1\"".to_owned(),
        path_on_client: "log\r\nX: y\".txt".to_owned(),
        first_publish_location_id: "5003000000D8cuIAAR".parse().unwrap(),
    }
}

fn created() -> ResponseTemplate {
    ResponseTemplate::new(201).set_body_json(json!({ "id": VERSION, "success": true, "errors": [] }))
}

async fn rig(method: &str, at: &str, answer: ResponseTemplate) -> Rig {
    let rig = Rig::start().await;
    rig.mount_tokens().await;
    rig.mount(method, at, answer).await;
    rig
}

async fn stream_file(rig: &Rig, length: u64, pieces: &[&'static str]) -> Result<SalesforceId, Error> {
    let pieces: Vec<io::Result<Bytes>> = pieces.iter().map(|piece| Ok(Bytes::from(*piece))).collect();
    rig.client.upload_stream(&file(), length, stream::iter(pieces), soon()).await
}

#[tokio::test]
async fn a_small_file_travels_in_json() {
    let rig = rig("POST", UPLOAD, created()).await;
    assert_eq!(rig.client.upload_bytes(&file(), b"\0abc", soon()).await.unwrap(), version());
    let sent: Value = rig.requests(UPLOAD).await[0].body_json().unwrap();
    let expected = json!({
        "Title": "log \"1\"", "PathOnClient": "log\r\nX: y\".txt", "FirstPublishLocationId": "5003000000D8cuIAAR",
        "VersionData": STANDARD.encode(b"\0abc"),
    });
    assert_eq!(sent, expected);
}

#[tokio::test]
async fn a_stream_travels_as_multipart_of_known_length() {
    let rig = rig("POST", UPLOAD, created()).await;
    assert_eq!(stream_file(&rig, 6, &["abc", "", "def"]).await.unwrap(), version());
    let request = &rig.requests(UPLOAD).await[0];
    assert_eq!(request.headers["content-length"], request.body.len().to_string().as_str());
    assert!(!request.headers.contains_key("transfer-encoding"));
    let boundary = request.headers["content-type"].to_str().unwrap();
    let boundary = boundary.strip_prefix("multipart/form-data; boundary=").unwrap();
    let body = String::from_utf8(request.body.clone()).unwrap();
    let parts: Vec<&str> = body.split(&format!("--{boundary}")).collect();
    let [start, json_part, file_part, end] = parts.as_slice() else { panic!("{body}") };
    assert_eq!((*start, *end), ("", "--\r\n"));
    let (head, json_body) = json_part.split_once("\r\n\r\n").unwrap();
    assert!(head.contains("name=\"entity_content\"") && head.contains("Content-Type: application/json"));
    let meta: Value = serde_json::from_str(json_body).unwrap();
    assert_eq!(meta["Title"], "log \"1\"");
    let (head, content) = file_part.split_once("\r\n\r\n").unwrap();
    assert!(head.contains("name=\"VersionData\"; filename=\"log__X__y_.txt\""), "{head}");
    assert_eq!(content, "abcdef\r\n");
}

#[tokio::test]
async fn a_stream_that_breaks_its_promise_is_not_sent() {
    let rig = rig("POST", UPLOAD, created()).await;
    for (length, pieces) in [(6, &["abc"][..]), (2, &["abc"])] {
        let error = stream_file(&rig, length, pieces).await.unwrap_err();
        assert!(matches!(error, Error::NotSent(NotSent::InvalidInput("file content"))), "{error:?}");
    }
    let broken = stream::iter([Ok(Bytes::from("ab")), Err(io::Error::other("disk of ada"))]);
    let error = rig.client.upload_stream(&file(), 5, broken, soon()).await.unwrap_err();
    assert!(matches!(error, Error::NotSent(NotSent::InvalidInput("file content"))), "{error:?}");
    assert!(rig.requests(UPLOAD).await.is_empty());
}

#[tokio::test]
async fn a_stream_is_not_replayed_but_the_next_one_logs_in() {
    let rig = Rig::start().await;
    let tokens = rig.mount_tokens().await;
    rig.mount_once("POST", UPLOAD, expired()).await;
    rig.mount("POST", UPLOAD, created()).await;
    let error = stream_file(&rig, 3, &["abc"]).await.unwrap_err();
    assert!(matches!(error, Error::Login(LoginError::SessionExpired)), "{error:?}");
    assert_eq!(error.outcome(), Outcome::NotSent);
    stream_file(&rig, 3, &["abc"]).await.unwrap();
    assert_eq!(tokens.count(), 2);
}

#[tokio::test]
async fn files_without_name_or_too_large_are_refused() {
    let rig = rig("POST", UPLOAD, created()).await;
    let mut unnamed = file();
    unnamed.title.clear();
    assert!(rig.client.upload_bytes(&unnamed, b"x", soon()).await.is_err());
    let error = rig.client.upload_bytes(&file(), &vec![0; 28_000_001], soon()).await.unwrap_err();
    assert!(matches!(error, Error::NotSent(NotSent::InvalidInput("file size"))), "{error:?}");
    assert!(stream_file(&rig, u64::MAX, &[]).await.is_err());
    assert!(rig.requests(UPLOAD).await.is_empty());
}

async fn read(rig: &Rig, cap: u64) -> Result<Vec<u8>, Error> {
    let mut download = rig.client.download(&version(), cap, soon()).await?;
    let mut read = Vec::new();
    while let Some(chunk) = download.chunk().await? {
        read.extend_from_slice(&chunk);
    }
    Ok(read)
}

#[tokio::test]
async fn a_download_gives_the_bytes_up_to_the_cap() {
    let bytes = vec![7; 3_000_000];
    let answer = ResponseTemplate::new(200).set_body_raw(bytes.clone(), "application/octetstream");
    let rig = Rig::start().await;
    rig.mount_tokens().await;
    rig.mount_once("GET", DOWNLOAD, expired()).await;
    rig.mount("GET", DOWNLOAD, answer).await;
    // Larger than the cap of JSON answers, and after a replay.
    assert_eq!(read(&rig, 3_000_000).await.unwrap(), bytes);
    let error = read(&rig, 2_999_999).await.unwrap_err();
    assert!(matches!(error, Error::Unknown(Unknown::BodyTooLarge { status: 200 })), "{error:?}");
    assert_eq!(rig.requests(DOWNLOAD).await[0].headers["accept"], "*/*");
}

#[tokio::test]
async fn a_missing_file_is_an_error_and_other_ids_are_not_asked_for() {
    let none = ResponseTemplate::new(404).set_body_json(json!([{ "errorCode": "NOT_FOUND", "message": "" }]));
    let rig = rig("GET", DOWNLOAD, none).await;
    let error = read(&rig, 10).await.unwrap_err();
    assert!(matches!(&error, Error::Refused(refusal) if refusal.kind() == RefusalKind::Gone), "{error:?}");
    assert!(rig.client.download(&ACCOUNT.parse().unwrap(), 10, soon()).await.is_err());
}
