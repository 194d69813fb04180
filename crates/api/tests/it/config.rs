//! `portal check-config`, `openapi`, and what the program refuses to start with.

use std::{collections::BTreeMap, path::Path, process::Output};

use crate::helpers::{TestApp, on_both_engines, on_postgres, program, with_settings};

on_both_engines!(production_needs_the_schema_first);

const KEYS: &str = "k1:AQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQE=";

fn text(output: &Output) -> String {
    format!("{}{}", String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr))
}

fn with(variables: &BTreeMap<String, String>, changes: &[(&str, &str)]) -> BTreeMap<String, String> {
    let mut variables = variables.clone();
    variables.extend(changes.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())));
    variables
}

/// A configuration for production, of upstreams that nobody asks before the first request.
pub fn production(app: &TestApp) -> BTreeMap<String, String> {
    with(
        &app.variables,
        &[
            ("PORTAL_MODE", "production"),
            ("PORTAL_PUBLIC_URL", "https://portal.example.com"),
            ("PORTAL_KEYS", KEYS),
            ("WHMCS_BASE_URL", "https://billing.example.com"),
            ("WHMCS_API_IDENTIFIER", "an-identifier"),
            ("WHMCS_API_SECRET", "an-api-secret"),
            ("WHMCS_OIDC_CLIENT_SECRET", "an-openid-secret"),
            ("SF_LOGIN_URL", "https://login.example.com"),
            ("SF_CLIENT_ID", "a-consumer-key"),
        ],
    )
}

#[actix_web::test]
async fn every_mistake_is_named_and_no_value_shown() {
    with_settings(&[], async |app| {
        assert_eq!(program::run(&["check-config"], &app.variables).status.code(), Some(0));
        let mistakes = [
            ("BFF_PORT", "canary-port"),
            ("PORTAL_MODE", "canary-mode"),
            ("PORTAL_KEYS", "k1:canary-key"),
            ("WHMCS_BASE_URL", "https://user:canary-url@example.com"),
            ("DATABASE_URL", "mysql://portal:canary-database@db"),
            ("REDIS_URL", "http://canary-redis"),
            ("PORTAL_MAIL_URL", "https://canary-mail"),
            ("PORTAL_MAIL_FROM", "canary sender"),
            ("PORTAL_CACHE_INVOICES_SECONDS", "5"),
            ("PORTAL_PASSWORD_MIN", "8"),
            ("PORTAL_TRUSTED_PROXIES", "canary-proxy"),
            ("PORTAL_ALLOWED_ORIGINS", "https://shop.example.com/canary"),
            ("PORTAL_DOCS", "canary"),
            ("PORTAL_CANARY_UNKNOWN", "canary"),
            ("SF_CLIENT_ID", ""),
        ];
        let variables = with(&app.variables, &mistakes);
        for command in ["check-config", "serve", "worker", "migrate"] {
            let output = program::run(&[command], &variables);
            let said = text(&output);
            assert_eq!(output.status.code(), Some(2), "{command}: {said}");
            for (name, _) in mistakes {
                assert!(said.contains(&format!("  {name} ")), "{command} does not name {name}: {said}");
            }
            assert!(!said.contains("canary"), "{said}");
        }
    })
    .await;
}

#[actix_web::test]
async fn production_refuses_what_only_development_may_have() {
    with_settings(&[], async |app| {
        assert_eq!(program::run(&["check-config"], &production(app)).status.code(), Some(0));
        let development = "dev:cG9ydGFsIGRldmVsb3BtZW50IGtleSwgbm90IHNlY3I=";
        for (name, value) in [
            ("PORTAL_PUBLIC_URL", "http://portal.example.com"),
            ("PORTAL_PUBLIC_URL", ""),
            ("PORTAL_KEYS", development),
            ("PORTAL_KEYS", ""),
            ("DATABASE_URL", ""),
            ("WHMCS_BASE_URL", "http://billing.example.com"),
            ("WHMCS_API_IDENTIFIER", "sandbox-identifier"),
            ("WHMCS_API_SECRET", "sandbox-secret"),
            ("WHMCS_API_SECRET", "changeme"),
            ("SF_LOGIN_URL", "http://login.example.com"),
            ("SF_CLIENT_ID", "sandbox-consumer-key"),
        ] {
            let output = program::run(&["check-config"], &with(&production(app), &[(name, value)]));
            let said = text(&output);
            assert_eq!(output.status.code(), Some(2), "{name}={value}: {said}");
            assert!(
                said.contains("1 mistake(s)") && said.contains(&format!("  {name} ")),
                "{name}={value}: {said}"
            );
        }
        let bound = program::run(&["check-config"], &with(&app.variables, &[("PORTAL_BIND", "0.0.0.0")]));
        assert_eq!(
            bound.status.code(),
            Some(2),
            "development works without https, so nobody else may reach it"
        );
        let seeding = program::run(
            &["seed-demo", "--password", "correct horse battery staple", "ada@example.com"],
            &production(app),
        );
        assert_eq!(seeding.status.code(), Some(1), "{}", text(&seeding));
    })
    .await;
}

async fn production_needs_the_schema_first(app: &TestApp) {
    let schema = app.empty_database_url();
    let variables = with(&production(app), &[("DATABASE_URL", &schema)]);
    let early = program::run(&["serve"], &variables);
    assert_eq!(early.status.code(), Some(1), "{}", text(&early));
    assert!(text(&early).contains("run `portal migrate`"), "{}", text(&early));

    for _ in 0..2 {
        let migrated = program::run(&["migrate"], &variables);
        assert_eq!(migrated.status.code(), Some(0), "{}", text(&migrated));
    }
    let serving = program::Serving::start(&variables);
    let ready = app.http.get(format!("{}/readyz", serving.base)).send().await.unwrap();
    assert_eq!(ready.status(), 204);
    serving.ask_to_stop();
    let (code, log) = serving.ended();
    assert_eq!(code, Some(0), "{log}");
}

/// Superusers are not bound by row-level security.
#[actix_web::test]
async fn production_refuses_a_superuser() {
    on_postgres(async |app| {
        let superuser = app.superuser_url().unwrap();
        let output = program::run(&["serve"], &with(&production(app), &[("DATABASE_URL", &superuser)]));
        assert_eq!(output.status.code(), Some(1), "{}", text(&output));
        assert!(text(&output).contains("row-level security"), "{}", text(&output));
        assert!(!text(&output).contains(&superuser), "the address, which may hold a password, is not shown");
        let worker = program::run(&["worker"], &with(&production(app), &[("DATABASE_URL", &superuser)]));
        assert_eq!(worker.status.code(), Some(1), "{}", text(&worker));
    })
    .await;
}

/// `just openapi` writes the document anew.
#[test]
fn the_committed_contract_is_what_the_program_prints() {
    let output = program::run(&["openapi"], &BTreeMap::new());
    assert_eq!(output.status.code(), Some(0));
    let committed = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../docs/openapi/portal-v1.json");
    let committed = std::fs::read_to_string(committed).unwrap();
    assert!(
        committed == String::from_utf8_lossy(&output.stdout),
        "docs/openapi/portal-v1.json is not what the code says: run `just openapi`"
    );
}
