//! The actions that the doctor checks are those that the portal uses: by the adapters' code, and by what a sandbox was asked for.

use std::collections::{BTreeMap, BTreeSet};

use portal_api::upstream::WHMCS_ACTIONS;
use secrecy::SecretString;
use serde_json::Value;
use tokio::time::Instant;
use whmcs::{ACTIONS, Denied, Error};

use super::examine_with;
use crate::{
    architecture::source::{root, sources},
    helpers::{TestApp, new_key, with_settings},
};

fn used() -> BTreeSet<&'static str> {
    WHMCS_ACTIONS.iter().copied().collect()
}

/// The client's table of calls: which action each of its functions sends.
fn actions_by_call() -> BTreeMap<String, String> {
    let table = std::fs::read_to_string(root().join("crates/whmcs/src/lib.rs")).unwrap();
    let rows = table.lines().filter_map(|line| line.strip_prefix("//! | `"));
    rows.flat_map(|row| {
        let action = row.split('`').next().unwrap().to_owned();
        let calls = row.split("[`Client::").skip(1).map(|call| call.split('`').next().unwrap().to_owned());
        calls.map(move |call| (call, action.clone())).collect::<Vec<_>>()
    })
    .collect()
}

#[test]
fn the_list_is_what_the_adapters_call() {
    let table = actions_by_call();
    let known: BTreeSet<_> = table.values().map(String::as_str).collect();
    assert!(
        ACTIONS.iter().all(|action| known.contains(action.name)),
        "the client's table is read as it should"
    );
    let adapters = sources("crates/api/src/upstream");
    let called: BTreeSet<&str> = adapters
        .iter()
        .filter(|file| file.place.contains("whmcs"))
        .flat_map(|file| {
            file.text.split("client\n").flat_map(|part| part.split("client.")).skip(1).collect::<Vec<_>>()
        })
        .filter_map(|rest| {
            let name = rest.trim_start().trim_start_matches('.').split('(').next()?;
            table.get(name).map(String::as_str)
        })
        .collect();
    assert_eq!(called, used(), "upstream/whmcs_actions.rs is not what the adapters call");
    assert!(WHMCS_ACTIONS.is_sorted());
    let document = std::fs::read_to_string(root().join("docs/ARCHITECTURE.md")).unwrap();
    let (_, listed) = document.split_once("the role of its API credential has to allow them: ").unwrap();
    let listed: Vec<&str> = listed.split("(`upstream").next().unwrap().split([',', '\n', ' ']).collect();
    assert!(listed.into_iter().filter(|word| !word.is_empty()).eq(WHMCS_ACTIONS.iter().copied()));
}

/// What a customer does, from signing up to paying.
async fn live(app: &TestApp) {
    app.browser().become_customer("hedy@example.com").await.expect(200);
    app.run_jobs().await;
    let ada = app.signed_in("ada@example.com").await;
    for path in ["/api/me", "/api/me/summary", "/api/invoices", "/api/invoices/7"] {
        ada.get(path).await.expect(200);
    }
    let purpose = serde_json::json!({ "purpose": "view" });
    ada.post_with_key("/api/invoices/7/sso-link", &new_key(), &purpose).await.expect(200);
    let deadline = Instant::now() + app.app.settings.read_deadline;
    app.app.billing.version(deadline).await.unwrap();
}

async fn asked_for(app: &TestApp) -> BTreeSet<String> {
    let requests = app.ask("_control/requests?target=whmcs").await;
    requests.as_array().unwrap().iter().map(|call| call["action"].as_str().unwrap().to_owned()).collect()
}

#[actix_web::test]
async fn customers_cause_no_other_calls_and_the_doctor_makes_them_all() {
    with_settings(&[], async |app| {
        live(app).await;
        let asked = asked_for(app).await;
        let unlisted: Vec<_> = asked.iter().filter(|action| !used().contains(action.as_str())).collect();
        assert!(unlisted.is_empty(), "asked for, but not in upstream/whmcs_actions.rs: {unlisted:?}");
        assert!(asked.len() > 5, "{asked:?}");

        // A wrong password is noted by WHMCS, so the doctor tries one only when it may write.
        let examined = examine_with(&app.variables, &["--write-checks"]);
        for action in WHMCS_ACTIONS {
            assert_eq!(examined.state(&format!("whmcs.action {action}")), "ok");
        }
        let asked = asked_for(app).await;
        assert!(used().iter().all(|action| asked.contains(*action)), "{asked:?}");
    })
    .await;
}

/// Also those that the portal does not use yet.
#[actix_web::test]
async fn each_probe_tells_what_the_role_allows_and_does_nothing() {
    with_settings(&[], async |app| {
        let client = client(app);
        let before = (app.ledger().await, app.ask("_control/events").await);
        let probe =
            async |action| client.probe_role(action, Instant::now() + app.app.settings.read_deadline).await;
        for action in ACTIONS {
            if !action.probe_leaves_trace() {
                assert_eq!(probe(*action).await, Ok(()), "{}", action.name);
            }
        }
        assert_eq!(before.0["whmcs"], app.ledger().await["whmcs"]);
        assert_eq!(before.1, app.ask("_control/events").await);

        let all: Vec<Value> = ACTIONS.iter().map(|action| action.name.into()).collect();
        app.control("config", serde_json::json!({ "denied_actions": all })).await;
        for action in ACTIONS {
            assert_eq!(probe(*action).await, Err(Error::Denied(Denied::ActionNotInRole)), "{}", action.name);
        }
    })
    .await;
}

fn client(app: &TestApp) -> whmcs::Client {
    let settings = whmcs::Settings {
        base_url: app.variables["WHMCS_BASE_URL"].parse().unwrap(),
        identifier: sandbox::demo::IDENTIFIER.to_owned(),
        secret: SecretString::from(sandbox::demo::SECRET),
        access_key: None,
        max_body: 1 << 20,
    };
    whmcs::Client::new(app.http.clone(), settings)
}
