//! The document against the code, and the open points against the contract documents.

use std::collections::BTreeSet;
use std::path::Path;

use sandbox::{Seed, coverage};
use serde_json::Value;

use super::document::{called, document, names, points, witnesses};
use super::sample::{folder, samples};
use crate::rig::{Http, Rig};

/// Switches that are no beliefs: an installation is set up so, or something is made to happen.
const SET_UP: &[&str] = &[
    "access_key",
    "admin_approved",
    "allowed_ips",
    "api_quota",
    "assignment_rule",
    "auto_response_rule",
    "client_area.openid_redirect_uris",
    "customer_mail",
    "denied_actions",
    "required_client_field",
    "seen_ip",
    "session_minutes",
    "upsert_races",
    "user_approved",
    "user_offset_minutes",
    "validation_rules",
    "version",
];

#[test]
#[expect(clippy::disallowed_methods, reason = "`just upstreams` asks for the document that way")]
fn the_document_is_what_the_code_says() {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../docs/UPSTREAMS.md");
    let written = document();
    if std::env::var("UPSTREAMS").is_ok_and(|wish| wish == "write") {
        std::fs::write(&path, &written).unwrap();
    }
    let committed = std::fs::read_to_string(&path).unwrap_or_default();
    let lines = committed.lines().map(Some).chain(std::iter::repeat(None));
    let different = written.lines().map(Some).chain([None]).zip(lines).find(|(new, old)| new != old);
    assert!(
        different.is_none() && written == committed,
        "docs/UPSTREAMS.md is out of date, `just upstreams` writes it; first difference: {different:#?}"
    );
}

#[test]
fn the_sandbox_answers_all_that_the_clients_call() {
    for system in ["whmcs", "salesforce"] {
        let answered: BTreeSet<&str> = coverage()
            .into_iter()
            .filter(|covered| covered.upstream == system)
            .map(|covered| covered.name)
            .collect();
        let called = called(system);
        let missing: Vec<_> = called.difference(&answered).collect();
        assert!(!called.is_empty() && missing.is_empty(), "{system}: {missing:?}");
    }
}

#[test]
fn samples_witnesses_and_points_name_calls_that_there_are() {
    for sample in samples() {
        // A sample may be of a call that nobody makes yet.
        let known = sample.system == "whmcs" || names(sample.system).contains(sample.call.unwrap_or("query"));
        assert!(known, "{}", sample.file);
    }
    for (client, system, call) in witnesses() {
        assert!(names(system).contains(call), "{client}: {call}");
    }
    for system in ["whmcs", "salesforce"] {
        for point in points(system) {
            let strangers = point.calls.iter().find(|call| **call != "*" && !names(system).contains(**call));
            assert_eq!(strangers, None, "{}", point.says);
        }
    }
}

/// The names of switches, those inside another as `outer.inner`.
fn switches(config: &Value) -> BTreeSet<String> {
    let mut names = BTreeSet::new();
    for (name, value) in config.as_object().unwrap() {
        match value.as_object() {
            Some(inner) => names.extend(inner.keys().map(|inner| format!("{name}.{inner}"))),
            None => drop(names.insert(name.clone())),
        }
    }
    names
}

/// Every switch plays an open point, or is said to play none; and no point names one that does not exist.
#[tokio::test]
async fn every_switch_belongs_to_a_point_or_to_the_set_up() {
    let rig = Rig::start(&Http::new(), Seed::Empty).await;
    let mut there = switches(&rig.look("config").await);
    there.extend(switches(&rig.look("salesforce").await));
    there.insert("api_quota".to_owned());
    rig.stop().await;
    let of_points = points("whmcs").into_iter().chain(points("salesforce")).flat_map(|point| point.switches);
    let mut named: BTreeSet<String> = of_points.map(|switch| (*switch).to_owned()).collect();
    let twice: Vec<_> = SET_UP.iter().filter(|switch| named.contains(**switch)).collect();
    assert!(twice.is_empty(), "{twice:?}");
    named.extend(SET_UP.iter().map(|switch| (*switch).to_owned()));
    assert_eq!(there, named);
}

fn text(folder: &Path, system: &str) -> String {
    std::fs::read_to_string(folder.join(system).with_extension("md")).unwrap()
}

/// Where in a document the points' words stand.
fn quoted(text: &str, system: &str) -> Vec<usize> {
    let quotes =
        points(system).into_iter().flat_map(|point| point.quotes.iter().map(move |quote| (point, quote)));
    quotes
        .map(|(point, quote)| {
            text.find(quote).unwrap_or_else(|| panic!("{system}: no {quote:?}: {}", point.says))
        })
        .collect()
}

/// The lines of a document's section, with where they begin.
fn section<'a>(text: &'a str, heading: &str) -> (usize, &'a str) {
    let begin = text.find(heading).unwrap();
    let end = text[begin + heading.len()..].find("\n## ").map_or(text.len(), |at| begin + heading.len() + at);
    (begin, &text[begin..end])
}

/// Marks of doubt without a point nearby, as the words around them.
fn left_out<'a>(text: &'a str, mark: &str, quoted: &[usize]) -> Vec<&'a str> {
    // As far as a sentence is from its mark.
    let near = |at: usize| quoted.iter().any(|quote| quote.abs_diff(at) < 160);
    let marks = text.match_indices(mark).map(|(at, _)| at).filter(|at| !near(*at));
    marks.map(|at| &text[text.floor_char_boundary(at.saturating_sub(80))..at + mark.len()]).collect()
}

#[test]
fn no_open_point_of_whmcs_is_left_out() {
    let Some(folder) = folder() else { return };
    let text = text(&folder, "whmcs");
    let quoted = quoted(&text, "whmcs");
    let mut missing = left_out(&text, "SILENT", &quoted);
    // The table of marks, and the promise that each is a switch.
    missing.retain(|words| !words.ends_with("| `SILENT") && !words.ends_with("- Every SILENT"));
    assert!(missing.is_empty(), "{missing:#?}");
    let (begin, list) = section(&text, "## 12. To verify on a real install");
    let first = list.find("1. ").unwrap();
    // "1. … 2. …": a piece begins behind the dot of its number.
    for (at, _) in list
        .match_indices(". ")
        .filter(|(at, _)| *at >= first && list[..*at].ends_with(|c: char| c.is_ascii_digit()))
    {
        let item = &list[at + 2..];
        let end =
            item.match_indices(". ").find(|(at, _)| item[..*at].ends_with(|c: char| c.is_ascii_digit()));
        let range = begin + at..begin + at + 2 + end.map_or(item.len(), |(at, _)| at);
        assert!(quoted.iter().any(|quote| range.contains(quote)), "12: {}", &text[range]);
    }
}

#[test]
fn no_open_point_of_salesforce_is_left_out() {
    let Some(folder) = folder() else { return };
    let text = text(&folder, "salesforce");
    let quoted = quoted(&text, "salesforce");
    let mut missing = left_out(&text, "[?]", &quoted);
    // The legend.
    missing.retain(|words| !words.ends_with("the cited facts · `[?]") && !words.ends_with("`[inf]`/`[?]"));
    assert!(missing.is_empty(), "{missing:#?}");
    let (begin, list) = section(&text, "## 18. Open points");
    let mut at = begin;
    for item in list.split(" · ") {
        let range = at..at + item.len() + " · ".len();
        at = range.end;
        assert!(quoted.iter().any(|quote| range.contains(quote)), "18: {item}");
    }
}
