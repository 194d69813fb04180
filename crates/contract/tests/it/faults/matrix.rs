//! Tries every fault on every call, and holds what came of it against the rules and the sandbox's ledger.

use std::fmt::Write as _;
use std::time::{Duration, Instant};

use sandbox::Seed;
use serde_json::{Value, json};
use tokio::task::JoinSet;

use super::calls::{Call, System};
use super::outcome::{Class, Outcome, What};
use super::rules::{LATE, Rule, allowed, rule_for};
use crate::rig::{Http, PATIENCE, Rig};

/// What a caller waits who is to give up: well before a late answer.
const HASTE: Duration = Duration::from_millis(LATE / 6);
/// By how much a call may miss its deadline on a busy machine. A call without a deadline would never end.
const SLACK: Duration = Duration::from_secs(10);
/// Sandboxes that run at once: most of the time goes by waiting for late answers.
const AT_ONCE: usize = 8;

/// A fault, as the control interface lists it.
#[derive(Clone)]
pub struct Kind {
    pub name: String,
    /// Whether the call is carried out: `true`, `false` or `"late"`.
    done: Value,
}

impl Kind {
    /// The kinds that a system can have.
    pub async fn all(rig: &Rig, target: &str) -> Vec<Self> {
        let listed = rig.look("faults/kinds").await;
        let fits = |kind: &&Value| kind["targets"].as_array().unwrap().contains(&json!(target));
        let read = |kind: &Value| Self {
            name: kind["kind"].as_str().unwrap().to_owned(),
            done: kind["done"].clone(),
        };
        listed.as_array().unwrap().iter().filter(fits).map(read).collect()
    }

    fn is_done(&self) -> bool {
        self.done != json!(false)
    }
}

/// One cell: a call under a fault.
pub struct Cell {
    pub call: &'static str,
    pub variant: &'static str,
    pub kind: String,
    pub outcome: Outcome,
    /// Whether a write was written; `None` for reads.
    pub happened: Option<bool>,
    /// What the rules say against it.
    pub complaints: Vec<String>,
}

/// How outcomes are told: the clients' own way, or a wrong one that the matrix has to notice.
pub type Retell = fn(Outcome) -> Outcome;

/// Runs the calls that `wanted` picks, under every fault. `retell` changes what the client said.
pub async fn run<S: System>(wanted: fn(&Call<S>) -> bool, retell: Retell) -> Vec<Cell> {
    let http = Http::new();
    let mut waiting = S::calls().into_iter().filter(wanted);
    let mut running = JoinSet::new();
    let mut cells = Vec::new();
    loop {
        while running.len() < AT_ONCE
            && let Some(call) = waiting.next()
        {
            let http = http.clone();
            running.spawn(async move { row::<S>(&http, call, retell).await });
        }
        match running.join_next().await {
            Some(done) => cells.extend(done.unwrap()),
            None => return cells,
        }
    }
}

/// One call under every fault, on a sandbox of its own.
async fn row<S: System>(http: &Http, call: Call<S>, retell: Retell) -> Vec<Cell> {
    // Only there a query has more rows than one page.
    let seed = if call.name == "query_more" { Seed::DemoWithBulk } else { Seed::Demo };
    let rig = Rig::start(http, seed).await;
    let mut cells = vec![unharmed(&rig, &call).await];
    for kind in Kind::all(&rig, S::TARGET).await {
        cells.push(cell(&rig, &call, &kind, retell).await);
    }
    rig.stop().await;
    cells
}

/// Without a fault the call succeeds and a write is written: else nothing below would mean anything.
async fn unharmed<S: System>(rig: &Rig, call: &Call<S>) -> Cell {
    let before = rig.ledger().await;
    let client = S::ready(rig, call).await;
    let outcome = (call.make)(&client, PATIENCE).await;
    let changed = rig.ledger().await != before;
    let mut complaints = Vec::new();
    if outcome.what != What::Success || changed != call.writes {
        complaints.push(format!("without a fault: {outcome}, changed: {changed}"));
    }
    let happened = call.writes.then_some(changed);
    Cell { call: call.name, variant: call.variant, kind: "none".to_owned(), outcome, happened, complaints }
}

async fn cell<S: System>(rig: &Rig, call: &Call<S>, kind: &Kind, retell: Retell) -> Cell {
    let rule = rule_for(&kind.name);
    let mut fault = rule.and_then(|rule| rule.options).map_or_else(|| json!({}), |options| options());
    fault["kind"] = json!(kind.name);
    if call.writes {
        rig.reset().await;
    } else {
        rig.clear_faults().await;
    }
    let client = S::ready(rig, call).await;
    let before = if call.writes { rig.ledger().await } else { String::new() };
    let is_late = rule.is_some_and(Rule::is_late);
    let patience = if is_late { HASTE } else { PATIENCE };
    if is_late {
        fault["times"] = json!(1);
    }
    rig.plant(S::TARGET, call.name, &fault).await;
    let started = Instant::now();
    let outcome = retell((call.make)(&client, patience).await);
    let took = started.elapsed();
    let happened = if call.writes {
        if is_late {
            // The caller may have left before the sandbox looked at the request.
            rig.met(SLACK).await;
        }
        rig.settle().await;
        Some(rig.ledger().await != before)
    } else {
        None
    };
    let mut tried = Cell {
        call: call.name,
        variant: call.variant,
        kind: kind.name.clone(),
        outcome,
        happened,
        complaints: Vec::new(),
    };
    tried.judge(rule, kind, call, took, patience);
    tried
}

impl Cell {
    fn judge<S: System>(
        &mut self,
        rule: Option<&Rule>,
        kind: &Kind,
        call: &Call<S>,
        took: Duration,
        patience: Duration,
    ) {
        let outcome = &self.outcome;
        let mut say = |complaint: String| self.complaints.push(complaint);
        match rule {
            None => say("no rule says what this kind may come to".to_owned()),
            Some(rule) => {
                let allowed = allowed(rule, S::TARGET, call.name, call.reads);
                if !allowed.contains(&outcome.what) {
                    say(format!("{outcome}, but the rule is {allowed:?}"));
                }
            }
        }
        if !outcome.is_classed() {
            say(format!("{outcome}: the class is another one's"));
        }
        if took > patience + SLACK {
            say(format!("took {took:?} with a patience of {patience:?}"));
        }
        let Some(happened) = self.happened else { return };
        if happened != kind.is_done() {
            say(format!("the sandbox says done: {}, its ledger: {happened}", kind.done));
        }
        match outcome.class {
            Class::NotSent | Class::Refused if happened => {
                say(format!("{outcome}, and yet it was written"));
            }
            Class::Success if !happened => say("success, and nothing was written".to_owned()),
            _ => {}
        }
    }

    fn name(&self) -> String {
        let space = if self.variant.is_empty() { "" } else { " " };
        format!("{}{space}{} under {}", self.call, self.variant, self.kind)
    }
}

/// What is wrong, one line each; empty when nothing is.
pub fn report(cells: &[Cell]) -> String {
    let mut report = String::new();
    for cell in cells {
        for complaint in &cell.complaints {
            // Writing to a `String` cannot fail.
            let _ = writeln!(report, "{}: {complaint}", cell.name());
        }
    }
    report
}
