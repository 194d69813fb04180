//! The house's rules: which part may know which, and how long files are.
//!
//! Read off the sources, not off a review. The rules are tried on bad snippets too, so that a scanner that finds nothing is noticed.

mod documents;
pub mod source;

use std::collections::BTreeSet;

use source::{Source, paths, root, sources};

/// Files end here. Tests are excepted.
const MAX_LINES: usize = 400;

/// In these places nothing may be named that `never` says; both get the path from the root of the repository.
struct Rule {
    name: &'static str,
    places: fn(&str) -> bool,
    never: fn(&str, &str) -> bool,
}

/// Whether a path is `root` or lies in it.
fn within(path: &str, root: &str) -> bool {
    path.strip_prefix(root).is_some_and(|rest| rest.is_empty() || rest.starts_with("::"))
}

fn any(path: &str, roots: &[&str]) -> bool {
    roots.iter().any(|root| within(path, root))
}

fn in_api(place: &str, parts: &[&str]) -> bool {
    place
        .strip_prefix("crates/api/src/")
        .is_some_and(|inside| parts.iter().any(|part| inside.starts_with(part)))
}

const DATABASE: &[&str] = &["sea_orm", "sea_query", "sqlx"];
const ADAPTERS: &[&str] = &["WhmcsBilling", "WhmcsLogins", "WhmcsOpenId", "SalesforceCrm", "SmtpMailer"];

fn names_adapter(path: &str) -> bool {
    path.split("::").any(|name| ADAPTERS.contains(&name))
        || any(path, &["whmcs", "salesforce", "lettre::SmtpTransport", "lettre::AsyncSmtpTransport"])
}

/// The feature that a place belongs to.
fn feature(place: &str) -> Option<&str> {
    place.strip_prefix("crates/api/src/features/")?.split_once('/').map(|(feature, _)| feature)
}

const RULES: &[Rule] = &[
    Rule {
        name: "only the store and the migrations talk to the database",
        places: |place| !in_api(place, &["store/"]) && !place.starts_with("migrations/"),
        never: |_, path| any(path, DATABASE),
    },
    Rule {
        name: "only the configuration reads the environment",
        // The sandbox takes its options by clap; xtask is a tool of developers.
        places: |place| !in_api(place, &["config/"]) && !place.starts_with("crates/xtask/"),
        never: |_, path| within(path, "std::env"),
    },
    Rule {
        name: "only the clock reads the time",
        places: |place| {
            !place.ends_with("/src/clock.rs")
                && !place.starts_with("crates/web/")
                && !place.starts_with("crates/xtask/")
        },
        never: |_, path| ["Utc::now", "Local::now", "SystemTime::now"].iter().any(|now| path.ends_with(now)),
    },
    Rule {
        name: "adapters are named where the app is built only",
        // The doctor wants to know which refusal it was: just what ports leave out.
        places: |place| {
            place.starts_with("crates/api/src/")
                && !in_api(place, &["app.rs", "app/", "doctor/", "upstream/"])
        },
        never: |_, path| names_adapter(path),
    },
    Rule {
        name: "HTTP clients are built in one place",
        // The sandbox sends webhooks as WHMCS's server does: another program with a client of its own.
        places: |place| {
            place.starts_with("crates/")
                && !in_api(place, &["upstream/http_client.rs"])
                && place != "crates/sandbox/src/hooks/sender.rs"
        },
        never: |_, path| {
            any(
                path,
                &[
                    "reqwest::Client::builder",
                    "reqwest::Client::new",
                    "reqwest::ClientBuilder",
                    "reqwest::blocking",
                ],
            )
        },
    },
    Rule {
        name: "a feature knows no other feature",
        places: |place| feature(place).is_some(),
        never: |place, path| {
            let own = format!("crate::features::{}", feature(place).unwrap_or_default());
            path == "crate::features" || (within(path, "crate::features") && !within(path, &own))
        },
    },
    Rule {
        name: "features add jobs and know nothing of how they are done",
        places: |place| in_api(place, &["features/"]),
        never: |_, path| within(path, "crate::jobs") && !within(path, "crate::jobs::Job"),
    },
    Rule {
        name: "http and errors know neither features nor jobs",
        places: |place| in_api(place, &["http/", "error/"]),
        never: |_, path| any(path, &["crate::features", "crate::jobs"]),
    },
    Rule {
        name: "the domain does no input or output",
        places: |place| in_api(place, &["domain/"]),
        never: |_, path| {
            let outside = [
                "actix_web",
                "reqwest",
                "tokio",
                "redis",
                "deadpool_redis",
                "lettre",
                "tracing",
                "std::fs",
                "std::net",
                "std::io",
            ];
            let parts = [
                "app", "store", "http", "upstream", "features", "jobs", "cache", "bus", "config", "server",
                "error",
            ];
            any(path, &outside) || parts.iter().any(|part| within(path, &format!("crate::{part}")))
        },
    },
    Rule {
        name: "the store knows no HTTP, no upstream and no feature",
        places: |place| in_api(place, &["store/"]),
        never: |_, path| {
            any(
                path,
                &[
                    "actix_web",
                    "reqwest",
                    "crate::http",
                    "crate::upstream",
                    "crate::features",
                    "crate::jobs",
                    "crate::app",
                ],
            )
        },
    },
    Rule {
        name: "upstreams know neither the API nor the store",
        places: |place| in_api(place, &["upstream/"]),
        never: |_, path| {
            any(
                path,
                &["actix_web", "crate::http", "crate::features", "crate::store", "crate::jobs", "crate::app"],
            )
        },
    },
    Rule {
        name: "jobs know no HTTP and no feature",
        places: |place| in_api(place, &["jobs/"]),
        never: |_, path| any(path, &["actix_web", "crate::http", "crate::features"]),
    },
    Rule {
        name: "nothing but the command line calls the doctor",
        places: |place| {
            place.starts_with("crates/api/src/") && !in_api(place, &["doctor/", "commands.rs", "main.rs"])
        },
        never: |_, path| within(path, "crate::doctor"),
    },
    Rule {
        name: "the doctor knows no HTTP, no feature and no job",
        places: |place| in_api(place, &["doctor/"]),
        never: |_, path| {
            any(path, &["actix_web", "crate::app", "crate::http", "crate::features", "crate::jobs"])
        },
    },
    Rule {
        name: "the web app talks to the API in one place",
        places: |place| place.starts_with("crates/web/src/") && !place.starts_with("crates/web/src/api/"),
        never: |_, path| within(path, "gloo_net"),
    },
    Rule {
        name: "components only show",
        places: |place| place.starts_with("crates/web/src/components/"),
        never: |_, path| {
            any(path, &["crate::api", "crate::queries", "crate::session", "crate::pages", "crate::layouts"])
        },
    },
    Rule {
        name: "what is drawn is drawn with the small views and signals of `crate::prelude`",
        places: |place| {
            ["pages/", "layouts/", "components/", "forms/"]
                .iter()
                .any(|part| place.starts_with(&format!("crates/web/src/{part}")))
        },
        never: |_, path| any(path, &["leptos::prelude", "leptos::view", "leptos::component"]),
    },
    Rule {
        name: "pages keep nothing in the browser's storage",
        places: |place| {
            ["pages/", "layouts/", "components/"]
                .iter()
                .any(|part| place.starts_with(&format!("crates/web/src/{part}")))
        },
        never: |_, path| path.ends_with("::Storage"),
    },
];

/// The rules that a file breaks, with the line.
fn breaches(file: &Source) -> Vec<String> {
    let paths = paths(&file.place, &file.text);
    let mut found = Vec::new();
    for rule in RULES.iter().filter(|rule| (rule.places)(&file.place)) {
        let bad = paths.iter().filter(|(_, path)| (rule.never)(&file.place, path));
        found.extend(bad.map(|(line, path)| format!("{}:{line}: {path}: {}", file.place, rule.name)));
    }
    found
}

fn all_sources() -> Vec<Source> {
    let crates = [
        "api",
        "contract",
        "salesforce",
        "sandbox",
        "shared-types",
        "view-macro",
        "web",
        "whmcs",
        "wire-derive",
        "xtask",
    ];
    let mut all = sources("migrations/src");
    all.extend(crates.iter().flat_map(|name| sources(&format!("crates/{name}/src"))));
    all
}

#[test]
fn every_part_knows_only_what_it_may() {
    let found: Vec<String> = all_sources().iter().flat_map(breaches).collect();
    assert!(found.is_empty(), "{found:#?}");
}

/// Dependencies that a crate must not have, whoever names them.
#[test]
fn crates_depend_only_on_what_they_may() {
    let never: [(&str, &[&str]); 6] = [
        ("shared-types", &["actix-web", "sea-orm", "tokio", "reqwest", "regex", "anyhow", "portal-api"]),
        ("whmcs", &["actix-web", "sea-orm", "shared-types", "portal-api", "salesforce"]),
        ("salesforce", &["actix-web", "sea-orm", "shared-types", "portal-api", "whmcs"]),
        ("sandbox", &["whmcs", "salesforce", "shared-types", "portal-api", "sea-orm"]),
        ("contract", &["portal-api", "portal-web", "migrations", "shared-types", "sea-orm"]),
        ("web", &["whmcs", "salesforce", "portal-api", "sandbox", "tokio", "reqwest"]),
    ];
    for (name, never) in never {
        let manifest = std::fs::read_to_string(root().join(format!("crates/{name}/Cargo.toml"))).unwrap();
        let dependencies = dependencies(&manifest);
        assert!(!dependencies.is_empty(), "{name}");
        let bad: Vec<_> = never.iter().filter(|never| dependencies.contains(**never)).collect();
        assert!(bad.is_empty(), "{name} depends on {bad:?}");
        assert!(!dependencies.contains("contract-tests"), "{name} depends on tests");
    }
}

/// The names under `[dependencies]` and its kin.
fn dependencies(manifest: &str) -> BTreeSet<String> {
    let mut names = BTreeSet::new();
    let mut inside = false;
    for line in manifest.lines() {
        if let Some(section) = line.strip_prefix('[') {
            inside = section.trim_end_matches(']').ends_with("dependencies");
        } else if inside && line.starts_with(|c: char| c.is_ascii_alphanumeric()) {
            names.extend(line.split(['.', '=', ' ']).next().map(str::to_owned));
        }
    }
    names
}

#[test]
fn files_are_short_enough_to_be_read() {
    let too_long = |file: &Source| file.text.lines().count() > MAX_LINES;
    let found: Vec<_> = all_sources().into_iter().filter(too_long).map(|file| file.place).collect();
    assert!(found.is_empty(), "longer than {MAX_LINES} lines: {found:#?}");
}

#[test]
fn every_file_begins_with_what_it_is_for() {
    let found: Vec<_> = all_sources()
        .into_iter()
        .filter(|file| !file.text.starts_with("//! "))
        .map(|file| file.place)
        .collect();
    assert!(found.is_empty(), "{found:#?}");
}

/// Each rule finds what it is there for, in the forms in which it could be written.
#[test]
fn the_rules_find_bad_code() {
    let bad = [
        ("crates/api/src/features/billing/x.rs", "use sea_orm::EntityTrait;", "the database"),
        ("crates/api/src/http/x.rs", "fn f() { sea_orm::Set(1); }", "the database"),
        ("crates/api/src/jobs/x.rs", "fn f() { std::env::var(\"X\"); }", "the environment"),
        ("crates/whmcs/src/x.rs", "use std::{fmt, env};", "the environment"),
        ("crates/api/src/store/x.rs", "fn f() { let now = chrono::Utc::now(); }", "reads the time"),
        ("crates/salesforce/src/x.rs", "use chrono::Utc; fn f() { Utc::now(); }", "reads the time"),
        (
            "crates/api/src/features/auth/x.rs",
            "use crate::upstream::whmcs_billing::WhmcsBilling;",
            "adapters",
        ),
        ("crates/api/src/jobs/x.rs", "use whmcs::Client;", "adapters"),
        ("crates/api/src/readings.rs", "fn f(c: &salesforce::Client) {}", "adapters"),
        ("crates/whmcs/src/x.rs", "fn f() { reqwest::Client::builder(); }", "HTTP clients"),
        (
            "crates/api/src/features/billing/x.rs",
            "use crate::{app::App, features::auth::login};",
            "no other feature",
        ),
        ("crates/api/src/features/billing/x.rs", "use super::super::auth;", "no other feature"),
        ("crates/api/src/features/billing/x.rs", "use crate::features;", "no other feature"),
        ("crates/api/src/features/auth/x.rs", "use crate::jobs::{Job, Worker};", "how they are done"),
        (
            "crates/api/src/http/x.rs",
            "use crate::{\n    app::App,\n    features::{auth, billing as b},\n};",
            "neither features",
        ),
        ("crates/api/src/error/x.rs", "use super::super::jobs::Job;", "neither features"),
        ("crates/api/src/domain/x.rs", "fn f() { tokio::spawn(async {}); }", "input or output"),
        ("crates/api/src/domain/x.rs", "use crate::store::Db;", "input or output"),
        ("crates/api/src/store/x.rs", "use actix_web::web::Data;", "no upstream"),
        ("crates/api/src/upstream/x.rs", "use crate::store::*;", "nor the store"),
        ("crates/api/src/jobs/x.rs", "use crate::http::body::ValidJson;", "jobs know"),
        ("crates/api/src/features/auth/x.rs", "use crate::doctor::Report;", "calls the doctor"),
        ("crates/api/src/doctor/x.rs", "use crate::app::App;", "the doctor knows"),
        ("crates/web/src/pages/x.rs", "use gloo_net::http::Request;", "in one place"),
        ("crates/web/src/components/ui/x.rs", "use crate::session::Session;", "only show"),
        ("crates/web/src/pages/x.rs", "fn f(s: web_sys::Storage) {}", "browser's storage"),
    ];
    for (place, text, rule) in bad {
        let found = breaches(&Source { place: place.to_owned(), text: text.to_owned() });
        assert!(found.iter().any(|breach| breach.contains(rule)), "{place}: {text}: {found:?}");
    }
    for rule in RULES {
        assert!(bad.iter().any(|(_, _, name)| rule.name.contains(name)), "no bad code for: {}", rule.name);
    }
}

#[test]
fn the_rules_leave_good_code_alone() {
    let good = [
        (
            "crates/api/src/features/billing/x.rs",
            "// use sea_orm::X;\nuse super::reader; use crate::jobs::Job; fn f() { crate::features::billing::g() }",
        ),
        (
            "crates/api/src/http/x.rs",
            "fn f() { g(\"sea_orm::X crate::features::y\", r#\"whmcs::\"quoted\"\"#, '\"'); /* jobs /* whmcs::X */ */ }",
        ),
        (
            "crates/api/src/http/x.rs",
            "fn f<'a>(x: &'a str) {}\n#[cfg(test)]\nmod tests { use crate::features::auth; fn f() { std::env::var(); } }",
        ),
        ("crates/api/src/store/x.rs", "use sea_orm::EntityTrait;"),
        ("crates/api/src/config/mod.rs", "fn f() { std::env::vars(); }"),
        ("crates/api/src/doctor/x.rs", "use whmcs::{Client, Denied};"),
        ("crates/sandbox/src/x.rs", "use crate::whmcs::wire;"),
        ("crates/api/src/features/auth/x.rs", "use crate::config::WhmcsConfig;"),
    ];
    for (place, text) in good {
        let found = breaches(&Source { place: place.to_owned(), text: text.to_owned() });
        assert!(found.is_empty(), "{place}: {text}: {found:?}");
    }
}

#[test]
fn paths_and_manifests_are_read_as_they_should() {
    assert_eq!(
        paths("crates/api/src/http/body.rs", "use super::{a::{self, B as C}, d::*};\nself::e::f();"),
        [
            (1, "crate::http::a".to_owned()),
            (1, "crate::http::a::B".to_owned()),
            (1, "crate::http::d::*".to_owned()),
            (2, "crate::http::body::e::f".to_owned()),
        ]
    );
    assert!(
        dependencies("[dependencies]\na.workspace = true\nb-c = { x = 1 }\n[lints]\nd = 1\n")
            .iter()
            .eq(["a", "b-c"])
    );
}
