//! Allowances and the pinned version.

use salesforce::{Allowance, PinnedVersion};
use serde_json::json;
use wiremock::ResponseTemplate;

use crate::rig::{Rig, soon};

#[tokio::test]
async fn allowances_are_read_without_the_apps_inside() {
    let rig = Rig::start().await;
    rig.mount_tokens().await;
    let body = json!({
        "DailyApiRequests": { "Workbench": { "Max": 0, "Remaining": 0 }, "Max": 15000, "Remaining": -3 },
        "DataStorageMB": { "Max": 5, "Remaining": 5 },
        "NotAnAllowance": { "since": "v99", "list": [1] },
    });
    rig.mount("GET", "/services/data/v62.0/limits", ResponseTemplate::new(200).set_body_json(body)).await;
    let limits = rig.client.limits(soon()).await.unwrap();
    assert_eq!(limits.get("DailyApiRequests"), Some(Allowance { max: 15000, remaining: -3 }));
    assert_eq!(limits.get("FileStorageMB"), None);
    assert_eq!(limits.iter().count(), 2);
}

#[tokio::test]
async fn the_pinned_version_must_be_listed() {
    let entry = |version: &str| json!({ "label": "x", "url": "/x", "version": version });
    let not_listed = |offered: Option<(&str, &str)>| PinnedVersion::NotListed {
        offered: offered.map(|(oldest, newest)| (oldest.to_owned(), newest.to_owned())),
    };
    for (body, expected) in [
        (json!([entry("61.0"), entry("62.0"), entry("63.0")]), PinnedVersion::Listed),
        (json!([entry("31.0"), entry("61.0")]), not_listed(Some(("31.0", "61.0")))),
        (json!([]), not_listed(None)),
    ] {
        let rig = Rig::start().await;
        rig.mount_tokens().await;
        rig.mount("GET", "/services/data/", ResponseTemplate::new(200).set_body_json(body)).await;
        assert_eq!(rig.client.check_version(soon()).await.unwrap(), expected);
    }
}
