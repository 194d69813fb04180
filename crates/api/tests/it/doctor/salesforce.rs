//! What can be wrong with Salesforce.

use std::os::unix::fs::PermissionsExt as _;

use serde_json::{Value, json};

use super::{Examined, examine, examine_with};
use crate::helpers::{TestApp, with_settings};

async fn switched(app: &TestApp, switches: Value) {
    app.control("salesforce", switches).await;
}

#[actix_web::test]
async fn every_refusal_of_the_login_has_its_remedy() {
    with_settings(&[], async |app| {
        let refused = |changes: &[(&str, &str)], remedy: &str| {
            let found = examine(app, changes);
            found.expect_wrong(&["salesforce.login"]);
            assert!(found.words("salesforce.login").contains(remedy), "{}", found.words("salesforce.login"));
            assert_eq!(found.state("salesforce.object"), "not_checked");
            assert_eq!(found.state("salesforce.key_field"), "not_checked");
        };
        refused(&[("SF_AUDIENCE", "https://portal.example.com")], "unset SF_AUDIENCE");
        refused(&[("SF_CLIENT_ID", "another-consumer-key")], "consumer key");
        refused(&[("SF_USERNAME", "somebody@example.com")], "not frozen");
        switched(app, json!({ "user_approved": false })).await;
        refused(&[], "pre-authorized");
        switched(app, json!({ "user_approved": true, "admin_approved": false })).await;
        refused(&[], "assign the permission set");
        switched(app, json!({ "admin_approved": true })).await;
        for (code, message, remedy) in [
            ("invalid_grant", "expired authorization code", "time server"),
            ("invalid_grant", "invalid assertion", "upload the certificate"),
            ("invalid_grant", "Audience validation failed", "unset SF_AUDIENCE"),
            ("invalid_grant", "a text of another day", "Login History"),
            ("app_not_found", "External client app is not installed in this org", "distribution state Local"),
            ("inactive_user", "user is frozen", "Unfreeze"),
            ("invalid_scope", "no scope", "add the scopes"),
        ] {
            let fault = json!({ "target": "salesforce", "action": "token", "kind": "error", "code": code, "message": message });
            app.fault(fault).await;
            refused(&[], remedy);
            app.clear_faults().await;
        }
        app.fault(json!({ "target": "salesforce", "action": "token", "kind": "html", "status": 200 })).await;
        refused(&[], "without a path");
        app.clear_faults().await;
        examine(app, &[]).expect_wrong(&[]);
    })
    .await;
}

#[actix_web::test]
async fn the_key_comes_before_the_login() {
    with_settings(&[], async |app| {
        let found = examine(app, &[("SF_PRIVATE_KEY_PATH", "/nowhere/key.pem")]);
        found.expect_wrong(&["salesforce.key"]);
        assert_eq!(found.state("salesforce.login"), "not_checked");
        assert_eq!(found.state("salesforce.reach"), "ok");
        assert!(!found.words("salesforce.key").contains("/nowhere"), "where keys lie is nobody's business");

        let directory = tempfile::tempdir().unwrap();
        let path = directory.path().join("key.pem");
        std::fs::write(&path, "-----BEGIN ENCRYPTED PRIVATE KEY-----\nAAAA\n").unwrap();
        let found = examine(app, &[("SF_PRIVATE_KEY_PATH", path.to_str().unwrap())]);
        assert!(found.words("salesforce.key").contains("openssl pkey"));

        std::fs::write(&path, sandbox::demo::SF_PRIVATE_KEY_PEM).unwrap();
        std::fs::set_permissions(&path, std::fs::Permissions::from_mode(0o600)).unwrap();
        let found = examine(app, &[("SF_PRIVATE_KEY_PATH", path.to_str().unwrap())]);
        assert_eq!(found.state("salesforce.key"), "ok");
    })
    .await;
}

#[actix_web::test]
async fn a_version_that_is_not_offered_names_those_that_are() {
    with_settings(&[], async |app| {
        let found = examine(app, &[("SF_API_VERSION", "99.0")]);
        found.expect_wrong(&["salesforce.version"]);
        assert!(
            found.words("salesforce.version").contains("to 68.0"),
            "{}",
            found.words("salesforce.version")
        );
        assert_eq!(found.state("salesforce.object"), "not_checked");
    })
    .await;
}

#[actix_web::test]
async fn fields_that_are_missing_or_wrong_are_named() {
    with_settings(&[], async |app| {
        let define = async |object: Value| app.control("salesforce/objects", object).await;
        define(json!({ "name": "Case", "without": ["Portal_Request_Id__c", "Origin"] })).await;
        define(json!({ "name": "Contact", "fields": [
            { "name": "WHMCS_Contact_Id__c", "external_id": true, "length": 40 },
            { "name": "Email", "type": "email", "read_only": true },
        ] }))
        .await;
        define(json!({ "name": "Account", "fields": [
            { "name": "WHMCS_Client_Id__c", "external_id": true, "unique": true, "type": "double" },
        ] }))
        .await;
        let found = examine(app, &[]);
        found.expect_wrong(&[
            "salesforce.key_field Account.WHMCS_Client_Id__c",
            "salesforce.key_field Contact.WHMCS_Contact_Id__c",
            "salesforce.field Contact.Email",
            "salesforce.key_field Case.Portal_Request_Id__c",
            "salesforce.field Case.Origin",
        ]);
        assert!(found.words("salesforce.key_field Contact.WHMCS_Contact_Id__c").contains("tick Unique"));
        let missing = found.words("salesforce.key_field Case.Portal_Request_Id__c");
        assert!(missing.contains("Customer Portal Integration"), "{missing}");
        assert_eq!(found.state("salesforce.object Case"), "ok");
    })
    .await;
}

#[actix_web::test]
async fn picklists_and_statuses_are_looked_at() {
    with_settings(&[], async |app| {
        app.control(
            "salesforce/objects",
            json!({ "name": "Case", "fields": [
                { "name": "Status", "type": "picklist", "values": [{ "value": "Open", "default": true }] },
                { "name": "Priority", "type": "picklist", "values": [{ "value": "High", "active": false }] },
            ] }),
        )
        .await;
        let found = examine(app, &[]);
        found.expect_wrong(&["salesforce.case_status"]);
        assert_eq!(found.state("salesforce.picklist Case.Priority"), "warning");
        assert_eq!(found.state("salesforce.picklist Case.Status"), "ok");
    })
    .await;
}

/// Five calls of the doctor are counted: four descriptions and the statuses.
#[actix_web::test]
async fn the_allowance_of_the_day_is_watched() {
    with_settings(&[], async |app| {
        let found = examine(app, &[]);
        let words = found.words("salesforce.allowance");
        let used: u64 = words.split(' ').next().unwrap().parse().unwrap();
        assert!((5..15).contains(&used), "{words}");
        app.control("config", json!({ "api_quota": (used + 5) * 10 / 9 + 1 })).await;
        let found = examine(app, &[]);
        found.expect_wrong(&[]);
        assert_eq!(found.state("salesforce.allowance"), "warning", "{}", found.words("salesforce.allowance"));
        app.control("config", json!({ "api_quota": 1 })).await;
        let found = examine(app, &[]);
        assert_eq!(found.status, Some(1));
        assert!(found.words("salesforce.object Account").contains("used up"));
    })
    .await;
}

fn with_writes(app: &TestApp) -> Examined {
    examine_with(&app.variables, &["--write-checks"])
}

#[actix_web::test]
async fn a_trial_is_undone_whatever_becomes_of_it() {
    with_settings(&[], async |app| {
        let records = async || app.ledger().await["salesforce"]["records"].clone();
        let before = records().await;
        let found = with_writes(app);
        found.expect_wrong(&[]);
        assert_eq!(found.state("salesforce.trial"), "ok", "{}", found.words("salesforce.trial"));

        let rule = json!({ "object": "Case", "condition": "Origin = 'Web'", "message": "canary" });
        switched(app, json!({ "validation_rules": [rule] })).await;
        let found = with_writes(app);
        found.expect_wrong(&["salesforce.trial"]);
        let words = found.words("salesforce.trial");
        assert!(words.contains("Case > Validation Rules") && !words.contains("canary"), "{words}");

        switched(app, json!({ "validation_rules": [] })).await;
        let field = json!({ "name": "Contact", "fields": [{ "name": "Shoe_Size__c", "required": true }] });
        app.control("salesforce/objects", field).await;
        let found = with_writes(app);
        found.expect_wrong(&["salesforce.trial"]);
        let words = found.words("salesforce.trial");
        assert!(words.contains("Contact: needs a field"), "{words}");
        assert!(before == records().await, "the trial left something behind");
    })
    .await;
}

#[actix_web::test]
async fn nothing_is_tried_where_fields_are_missing() {
    with_settings(&[], async |app| {
        app.control("salesforce/objects", json!({ "name": "Case", "without": ["Origin"] })).await;
        let found = with_writes(app);
        found.expect_wrong(&["salesforce.field Case.Origin"]);
        assert_eq!(found.state("salesforce.trial"), "not_checked");
        assert_eq!(app.calls("salesforce", "composite").await, 0);
    })
    .await;
}
