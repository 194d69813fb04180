//! What can be wrong with WHMCS.

use serde_json::{Value, json};

use super::{Examined, examine};
use crate::helpers::{TestApp, with_settings};

/// Examines a sandbox that was told something, on a portal that was told something.
async fn found(config: Value, changes: &[(&str, &str)], look: impl AsyncFnOnce(&TestApp, Examined)) {
    with_settings(&[], async |app| {
        app.control("config", config).await;
        let examined = examine(app, changes);
        look(app, examined).await;
    })
    .await;
}

#[actix_web::test]
async fn a_refused_credential_is_tried_once() {
    found(json!({}), &[("WHMCS_API_SECRET", "another-secret")], async |app, found| {
        found.expect_wrong(&["whmcs.access"]);
        assert!(found.words("whmcs.access").contains("WHMCS_API_SECRET"));
        for name in ["whmcs.version", "whmcs.action", "whmcs.products", "whmcs.marker"] {
            assert_eq!(found.state(name), "not_checked");
        }
        let asked = app.ask("_control/requests?target=whmcs").await;
        let api = asked.as_array().unwrap().iter().filter(|call| call["action"] == "WhmcsDetails");
        assert_eq!(api.count(), 1, "{asked}");
        assert_eq!(found.state("salesforce.login"), "ok", "the others are looked at all the same");
    })
    .await;
}

#[actix_web::test]
async fn an_address_that_is_not_listed_is_named() {
    let config = json!({ "allowed_ips": ["203.0.113.9"], "seen_ip": "198.51.100.7" });
    found(config, &[], async |_, found| {
        found.expect_wrong(&["whmcs.access"]);
        let words = found.words("whmcs.access");
        assert!(words.contains("198.51.100.7") && words.contains("API IP Access Restriction"), "{words}");
    })
    .await;
    let key = json!({ "allowed_ips": ["203.0.113.9"], "access_key": "a-key-that-opens" });
    found(key, &[("WHMCS_ACCESS_KEY", "a-key-that-opens")], async |_, found| {
        found.expect_wrong(&[]);
    })
    .await;
}

#[actix_web::test]
async fn actions_that_the_role_lacks_are_listed() {
    let config = json!({ "denied_actions": ["GetUsers", "CreateSsoToken", "GetProducts"] });
    found(config, &[], async |_, found| {
        found.expect_wrong(&["whmcs.action CreateSsoToken", "whmcs.action GetUsers"]);
        assert!(found.words("whmcs.action GetUsers").contains("tick GetUsers"));
        assert_eq!(found.state("whmcs.action AddClient"), "ok");
        assert_eq!(found.state("whmcs.products"), "not_checked", "the portal does not use it yet");
        assert_eq!(found.state("whmcs.marker"), "not_checked");
    })
    .await;
    found(json!({ "denied_actions": ["WhmcsDetails"] }), &[], async |_, found| {
        found.expect_wrong(&["whmcs.action WhmcsDetails"]);
        assert_eq!(found.state("whmcs.version"), "not_checked");
        assert_eq!(found.state("whmcs.access"), "ok");
        assert_eq!(found.state("whmcs.action GetInvoice"), "ok");
    })
    .await;
}

#[actix_web::test]
async fn versions_that_are_too_old_are_told() {
    found(json!({ "version": "8.0" }), &[], async |_, found| {
        found.expect_wrong(&["whmcs.version", "whmcs.action GetUsers"]);
        assert!(found.words("whmcs.action GetUsers").contains("came with 8.1"));
    })
    .await;
    // It has no action that tells its version.
    found(json!({ "version": "7.10" }), &[], async |_, found| {
        found.expect_wrong(&[
            "whmcs.action GetUserPermissions",
            "whmcs.action GetUsers",
            "whmcs.action UpdateUser",
            "whmcs.action WhmcsDetails",
        ]);
        assert!(found.words("whmcs.version").contains("older than 8.0"));
    })
    .await;
    for version in ["8.1", "9.0"] {
        found(json!({ "version": version }), &[], async |_, found| {
            found.expect_wrong(&[]);
            assert!(found.words("whmcs.version").contains(version));
        })
        .await;
    }
}

#[actix_web::test]
async fn products_without_the_marker_are_listed() {
    found(json!({ "reference_field": "absent" }), &[], async |_, found| {
        found.expect_wrong(&[]);
        assert_eq!(found.state("whmcs.marker"), "warning");
        let words = found.words("whmcs.marker");
        assert!(words.contains("Portal marker: 1, 2, ") && words.contains("Custom Fields"), "{words}");
    })
    .await;
}

#[actix_web::test]
async fn what_stands_in_the_way_is_told_apart() {
    with_settings(&[("PORTAL_UPSTREAM_READ_SECONDS", "1")], async |app| {
        let base = app.variables["WHMCS_BASE_URL"].clone();
        for (address, name, words) in [
            ("http://127.0.0.1:1/whmcs".to_owned(), "whmcs.reach", "refuses connections"),
            ("https://nobody.invalid/whmcs".to_owned(), "whmcs.reach", "has no address"),
            (base.replace("http:", "https:"), "whmcs.reach", "TLS fails"),
            (base.replace("/whmcs", "/elsewhere"), "whmcs.access", "no API at this address"),
        ] {
            let found = examine(app, &[("WHMCS_BASE_URL", &address)]);
            found.expect_wrong(&[name]);
            assert!(found.words(name).contains(words), "{}", found.words(name));
            assert_eq!(found.state("whmcs.action"), "not_checked");
        }
        for (fault, words) in [
            (json!({ "kind": "latency", "ms": 5000 }), "in time"),
            (json!({ "kind": "html", "status": 500 }), "error log"),
            (json!({ "kind": "login_page" }), "not one of WHMCS's API"),
            (json!({ "kind": "redirect", "to": "https://www.example.com/" }), "redirect"),
            (json!({ "kind": "html", "status": 403 }), "in front of WHMCS"),
        ] {
            let mut fault = fault;
            fault["target"] = json!("whmcs");
            fault["action"] = json!("WhmcsDetails");
            app.fault(fault).await;
            let found = examine(app, &[]);
            found.expect_wrong(&["whmcs.access"]);
            assert!(found.words("whmcs.access").contains(words), "{}", found.words("whmcs.access"));
            app.clear_faults().await;
        }
    })
    .await;
}

/// One action that fails says nothing of the others.
#[actix_web::test]
async fn checks_go_on_when_one_fails() {
    with_settings(&[], async |app| {
        app.fault(json!({ "target": "whmcs", "action": "GetInvoice", "kind": "null" })).await;
        app.fault(json!({ "target": "whmcs", "action": "GetCurrencies", "kind": "dropped" })).await;
        let found = examine(app, &[]);
        found.expect_wrong(&["whmcs.action GetInvoice"]);
        assert_eq!(found.state("whmcs.currencies"), "warning");
        assert_eq!(found.state("whmcs.payment_methods"), "ok");
    })
    .await;
}
