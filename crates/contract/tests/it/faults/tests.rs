//! The matrix, and that it can fail.

use std::collections::BTreeSet;

use super::calls::{Call, System};
use super::matrix::{Cell, Kind, report, run};
use super::outcome::{Class, Outcome, What};
use super::rules::{EXCEPTIONS, RULES};
use super::salesforce_calls::Salesforce;
use super::whmcs_calls::Whmcs;
use crate::rig::{Http, Rig};

async fn passes<S: System>(wanted: fn(&Call<S>) -> bool) {
    let cells = run::<S>(wanted, |outcome| outcome).await;
    println!("{} cells of {}", cells.len(), S::TARGET);
    assert!(cells.len() > 300, "only {} cells", cells.len());
    let report = report(&cells);
    assert!(report.is_empty(), "\n{report}");
}

#[tokio::test]
async fn reads_of_whmcs_end_as_the_rules_say() {
    passes::<Whmcs>(|call| !call.writes).await;
}

#[tokio::test]
async fn writes_to_whmcs_end_as_the_rules_and_the_ledger_say() {
    passes::<Whmcs>(|call| call.writes).await;
}

#[tokio::test]
async fn reads_of_salesforce_end_as_the_rules_say() {
    passes::<Salesforce>(|call| !call.writes).await;
}

#[tokio::test]
async fn writes_to_salesforce_end_as_the_rules_and_the_ledger_say() {
    passes::<Salesforce>(|call| call.writes).await;
}

fn made<S: System>() -> BTreeSet<(&'static str, bool)> {
    S::calls().iter().map(|call| (call.name, call.writes)).collect()
}

#[test]
fn every_call_of_the_catalogues_is_made() {
    let whmcs: BTreeSet<_> = Whmcs::catalogue().into_iter().collect();
    let mut made_of_whmcs = made::<Whmcs>();
    // Asking for a price is a read under the name of a write.
    assert!(made_of_whmcs.remove(&("UpgradeProduct", false)));
    assert_eq!(made_of_whmcs, whmcs);
    let salesforce: BTreeSet<_> = Salesforce::catalogue().into_iter().collect();
    assert_eq!(made::<Salesforce>(), salesforce);
}

#[tokio::test]
async fn every_kind_of_fault_has_one_rule_and_every_rule_a_kind() {
    let rig = Rig::start(&Http::new(), sandbox::Seed::Empty).await;
    for target in ["whmcs", "salesforce"] {
        let kinds: BTreeSet<_> = Kind::all(&rig, target).await.into_iter().map(|kind| kind.name).collect();
        let ruled: BTreeSet<_> = RULES.iter().map(|rule| rule.kind.to_owned()).collect();
        assert_eq!(kinds, ruled, "{target}");
        assert_eq!(ruled.len(), RULES.len(), "a kind has two rules");
    }
    let calls: BTreeSet<_> = made::<Whmcs>().into_iter().chain(made::<Salesforce>()).collect();
    for (call, kind, _) in EXCEPTIONS {
        assert!(
            calls.iter().any(|(name, _)| name == call) && RULES.iter().any(|rule| rule.kind == *kind),
            "{call} {kind}"
        );
    }
    rig.stop().await;
}

/// A client that takes a page with 500 for a refusal.
fn takes_500_for_a_refusal(outcome: Outcome) -> Outcome {
    let is_500 = outcome.what == What::Status(500);
    if is_500 { Outcome { class: Class::Refused, ..outcome } } else { outcome }
}

/// A client that believes in the best.
fn takes_a_lost_answer_for_success(outcome: Outcome) -> Outcome {
    let is_lost = outcome.what == What::Lost;
    if is_lost { Outcome { class: Class::Success, ..outcome } } else { outcome }
}

fn complained<'a>(cells: &'a [Cell], kind: &str) -> impl Iterator<Item = &'a str> {
    let of_kind = cells.iter().filter(move |cell| cell.kind == kind);
    of_kind.flat_map(|cell| cell.complaints.iter().map(String::as_str)).collect::<Vec<_>>().into_iter()
}

#[tokio::test]
async fn a_client_that_takes_a_500_for_a_refusal_is_found_out() {
    let cells = run::<Whmcs>(|call| call.name == "AddOrder", takes_500_for_a_refusal).await;
    assert!(complained(&cells, "did_then_failed").any(|text| text.ends_with("and yet it was written")));
    // Nothing was written there, so that it is the class alone that is wrong.
    assert!(complained(&cells, "html").all(|text| text.ends_with("the class is another one's")));
    let cells = run::<Salesforce>(|call| call.name == "create", takes_500_for_a_refusal).await;
    assert!(complained(&cells, "did_then_failed").any(|text| text.ends_with("and yet it was written")));
}

#[tokio::test]
async fn a_client_that_takes_a_lost_answer_for_success_is_found_out() {
    let cells = run::<Whmcs>(|call| call.name == "AddOrder", takes_a_lost_answer_for_success).await;
    assert!(complained(&cells, "dropped").any(|text| text == "success, and nothing was written"));
}

/// Resident memory at its highest so far, in bytes; `None` where the system does not tell.
fn peak() -> Option<u64> {
    let status = std::fs::read_to_string("/proc/self/status").ok()?;
    let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:"))?;
    line.split_whitespace().next()?.parse::<u64>().ok().map(|kilobytes| kilobytes * 1024)
}

/// A client without a cap would hold the 256 MiB of one kind and the 200 MiB of the other.
#[tokio::test]
async fn bodies_without_end_take_no_memory() {
    let rig = Rig::start(&Http::new(), sandbox::Seed::Demo).await;
    let Some(before) = peak() else {
        println!("skipped: no /proc/self/status");
        return;
    };
    for kind in ["huge", "gzip_bomb"] {
        too_large::<Whmcs>(&rig, kind, &["GetInvoices", "AddOrder"]).await;
        too_large::<Salesforce>(&rig, kind, &["query", "create", "update", "download"]).await;
    }
    let grown = peak().unwrap() - before;
    println!("{grown} bytes more at the highest");
    assert!(grown < 150 << 20, "{grown} bytes");
    rig.stop().await;
}

async fn too_large<S: System>(rig: &Rig, kind: &str, names: &[&str]) {
    for call in S::calls().into_iter().filter(|call| names.contains(&call.name)) {
        let client = S::ready(rig, &call).await;
        rig.plant(S::TARGET, call.name, &serde_json::json!({ "kind": kind })).await;
        let outcome = (call.make)(&client, crate::rig::PATIENCE).await;
        assert_eq!(outcome.what, What::TooLarge, "{} under {kind}: {outcome}", call.name);
        rig.clear_faults().await;
    }
}
