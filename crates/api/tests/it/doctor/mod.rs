//! `portal doctor` against the sandbox: what it finds, under which name, and how it ends.

mod actions;
mod mail;
mod redaction;
mod salesforce;
mod storage;
mod whmcs;

use std::{collections::BTreeMap, process::Output, time::Duration};

use portal_api::{config::Config, crypto::Random, doctor};
use serde_json::{Value, json};

use crate::helpers::{TestApp, on_both_engines, program, with_settings};

on_both_engines!(a_sound_installation_is_well_and_left_as_it_was);

/// What the doctor said.
pub struct Examined {
    pub status: Option<i32>,
    checks: Vec<Value>,
}

/// Runs `portal doctor --json` with changed settings.
pub fn examine(app: &TestApp, changes: &[(&str, &str)]) -> Examined {
    examine_with(&changed(app, changes), &[])
}

pub fn changed(app: &TestApp, changes: &[(&str, &str)]) -> BTreeMap<String, String> {
    let mut variables = app.variables.clone();
    variables.extend(changes.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())));
    variables
}

pub fn examine_with(variables: &BTreeMap<String, String>, arguments: &[&str]) -> Examined {
    let output = program::run(&[&["doctor", "--json"], arguments].concat(), variables);
    let checks = serde_json::from_slice(&output.stdout)
        .unwrap_or_else(|error| panic!("{error}: {}", String::from_utf8_lossy(&output.stderr)));
    Examined { status: output.status.code(), checks }
}

impl Examined {
    /// Names and states, several under one name as often as they come.
    fn all(&self) -> Vec<(String, &str)> {
        let name = |check: &Value| match check["subject"].as_str() {
            Some(subject) => format!("{} {subject}", check["code"].as_str().unwrap()),
            None => check["code"].as_str().unwrap().to_owned(),
        };
        self.checks.iter().map(|check| (name(check), check["state"].as_str().unwrap())).collect()
    }

    /// Names of the checks in a state.
    pub fn in_state(&self, state: &str) -> Vec<String> {
        self.all().into_iter().filter(|(_, found)| *found == state).map(|(name, _)| name).collect()
    }

    /// The state of a check, which is there once.
    pub fn state(&self, name: &str) -> &str {
        let found: Vec<_> = self.all().into_iter().filter(|(found, _)| found == name).collect();
        assert_eq!(found.len(), 1, "{name} in {:?}", self.all());
        found[0].1
    }

    /// What a check says and how to mend it.
    pub fn words(&self, name: &str) -> String {
        let at = self.all().iter().position(|(found, _)| found == name).unwrap();
        let word = |member: &str| self.checks[at][member].as_str().unwrap_or_default().to_owned();
        format!("{} -> {}", word("says"), word("mend"))
    }

    /// Only these are wrong, and the program says so.
    #[track_caller]
    pub fn expect_wrong(&self, names: &[&str]) -> &Self {
        assert_eq!(self.in_state("wrong"), names, "{:#?}", self.checks);
        assert_eq!(self.status, Some(i32::from(!names.is_empty())));
        self
    }
}

async fn a_sound_installation_is_well_and_left_as_it_was(app: &TestApp) {
    let before = (app.ledger().await, app.ask("_control/events").await);
    let examined = examine(app, &[]);
    examined.expect_wrong(&[]);
    let after = (app.ledger().await, app.ask("_control/events").await);
    assert!(uncounted(before.0) == uncounted(after.0), "something was changed");
    assert_eq!(before.1, after.1);

    // The test's key file is readable for all, its keys are those of development, and a new Redis has no limit.
    let mut warnings = vec!["salesforce.key", "keys.ring"];
    let mut unchecked = vec![
        "whmcs.action ValidateLogin",
        "whmcs.hook",
        "salesforce.sharing",
        "salesforce.trial",
        "redis.reach",
    ];
    if app.has_redis() {
        warnings.insert(1, "redis.eviction");
        unchecked.pop();
        assert_eq!(examined.state("redis.version"), "ok");
    }
    assert_eq!(examined.in_state("warning"), warnings);
    assert_eq!(examined.in_state("not_checked"), unchecked);
}

/// What Salesforce counts is all that changes.
fn uncounted(mut ledger: Value) -> Value {
    ledger["salesforce"]["api_calls"] = Value::Null;
    ledger
}

#[actix_web::test]
async fn people_get_a_line_for_each_check_and_programs_the_same_in_json() {
    with_settings(&[], async |app| {
        let examined = examine(app, &[]);
        let output = program::run(&["doctor"], &app.variables);
        let text = String::from_utf8(output.stdout).unwrap();
        assert_eq!(output.status.code(), Some(0), "{text}");
        for (name, state) in examined.all() {
            let line = format!("  {:<12} {name}: ", state.replace('_', " "));
            assert_eq!(text.matches(&line).count(), 1, "{line} in {text}");
        }
        let members: Vec<_> = examined.checks[0].as_object().unwrap().keys().collect();
        assert_eq!(members, ["code", "group", "mend", "says", "state", "subject"]);
        assert!(text.ends_with(" ok\n"), "{text}");
    })
    .await;
}

fn said(output: &Output) -> String {
    String::from_utf8_lossy(&output.stdout).into_owned() + &String::from_utf8_lossy(&output.stderr)
}

#[actix_web::test]
async fn a_configuration_that_cannot_be_read_is_told_as_by_check_config() {
    with_settings(&[], async |app| {
        let variables = changed(app, &[("SF_CLIENT_ID", ""), ("BFF_PORT", "eighty")]);
        let (doctor, check) =
            (program::run(&["doctor"], &variables), program::run(&["check-config"], &variables));
        assert_eq!(doctor.status.code(), Some(2));
        assert_eq!(said(&doctor), said(&check));
    })
    .await;
}

/// Both servers agree, so it is this machine's clock. Standing still, the clock of the tests is off by what they take.
#[actix_web::test]
async fn a_wrong_clock_is_this_machines_when_both_servers_agree() {
    with_settings(&[], async |app| {
        let config = Config::from_variables(app.variables.clone()).unwrap();
        app.clock.advance(Duration::from_hours(1));
        let examined =
            doctor::examine(&config, &app.clock, &Random::system(), doctor::Options::default()).await;
        let report = examined.unwrap();
        assert!(!report.is_well());
        let checks: Value = serde_json::from_str(&report.json()).unwrap();
        for code in ["time.whmcs", "time.salesforce"] {
            let check = checks.as_array().unwrap().iter().find(|check| check["code"] == json!(code)).unwrap();
            assert_eq!(check["state"], "wrong");
            assert!(check["says"].as_str().unwrap().contains("seconds ahead of"), "{check}");
            assert!(check["mend"].as_str().unwrap().contains("it is this machine's"), "{check}");
        }
    })
    .await;
}
