//! Reading calls: case count, versions, API usage.

use salesforce::{ApiUsage, Error, NotSent};
use wiremock::ResponseTemplate;

use crate::rig::{CONTACT, QUERY, Rig, count_body, soon};

#[tokio::test]
async fn the_query_is_exact() {
    let rig = Rig::start().await;
    rig.mount_tokens().await;
    rig.mount("GET", QUERY, count_body(3)).await;
    assert_eq!(rig.count().await.unwrap(), 3);
    let request = &rig.requests(QUERY).await[0];
    let query: Vec<(String, String)> = request.url.query_pairs().into_owned().collect();
    let soql = "SELECT COUNT() FROM Case WHERE AccountId = '001R00000033JNuIAM' AND IsClosed = false";
    assert_eq!(query, [("q".to_owned(), soql.to_owned())]);
    assert_eq!(request.headers["accept"], "application/json");
}

#[tokio::test]
async fn only_accounts_are_counted_for() {
    let rig = Rig::start().await;
    let error = rig.client.open_case_count(&CONTACT.parse().unwrap(), soon()).await.unwrap_err();
    assert!(matches!(error, Error::NotSent(NotSent::InvalidInput("account id"))), "{error:?}");
}

#[tokio::test]
async fn usage_follows_the_answers() {
    let rig = Rig::start().await;
    rig.mount_tokens().await;
    rig.mount_once("GET", QUERY, count_body(3)).await;
    rig.mount("GET", QUERY, ResponseTemplate::new(500)).await;
    let mut watch = rig.client.watch_api_usage();
    assert_eq!(rig.client.api_usage(), None);
    rig.count().await.unwrap();
    assert_eq!(rig.client.api_usage(), Some(ApiUsage { used: 18, allowed: 15000 }));
    assert!(watch.has_changed().unwrap());
    watch.mark_unchanged();
    // An answer without the header says nothing about the usage.
    rig.count().await.unwrap_err();
    assert_eq!(rig.client.api_usage(), Some(ApiUsage { used: 18, allowed: 15000 }));
    assert!(!watch.has_changed().unwrap());
}

#[tokio::test]
async fn versions_are_asked_for_without_the_token() {
    let rig = Rig::start().await;
    rig.mount_tokens().await;
    let body = r#"[{"label":"Winter '25","url":"/services/data/v62.0","version":"62.0"}]"#;
    rig.mount("GET", "/services/data/", ResponseTemplate::new(200).set_body_string(body)).await;
    let versions = rig.client.versions(soon()).await.unwrap();
    assert_eq!((versions[0].label.as_str(), versions[0].version.as_str()), ("Winter '25", "62.0"));
    assert!(!rig.requests("/services/data/").await[0].headers.contains_key("authorization"));
}
