//! Writes `docs/UPSTREAMS.md` from the catalogues of the clients, the sandbox's coverage, the witnesses' log, the list of
//! samples and the open points.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;

use salesforce::CALLS;
use sandbox::{Covered, coverage};
use whmcs::ACTIONS;

use super::point::Point;
use super::sample::samples;
use super::{salesforce_points, whmcs_points};

const WITNESSES: &str = include_str!("../../../../../tests/witnesses/calls.tsv");

const HEAD: &str = "\
# Upstreams

What is known of each call of WHMCS and Salesforce, and what to look at on a real installation. Written by `just upstreams`
from the code; a test fails when it is out of date.

| column | says |
|---|---|
| client | whether our client makes the call, and what it does to the other side |
| sandbox | whether the sandbox answers it |
| sample | which samples of its answers were at hand |
| witness | which clients that others wrote make it against the sandbox ([witnesses](../tests/witnesses/README.md)) |
| switch | what of the sandbox's answer can be changed ([sandbox](../crates/sandbox/README.md)) |
| open | points below that no source settles |

Every call that the client makes runs against the sandbox under every kind of fault that the sandbox knows
(`crates/contract`): it ends before its deadline, reads no more than its cap, and never calls a write undone that was done.

The section after each point is that of the contract document (`upstreams/whmcs.md`, `upstreams/salesforce.md`), which is
kept beside the repository, as the samples are. `none` behind a point: the sandbox plays one possibility only.
";

const WHMCS_SAMPLES: &str = "\
Samples are the answers printed in the API reference, with those that were seen elsewhere. The client decodes each; the
sandbox's own answers are compared with them.
";

const SALESFORCE_SAMPLES: &str = "\
Samples: `rec` are recorded exchanges with real organisations, which are sent to the sandbox as well, and its answers
compared; `doc` are printed in the vendor's guides; `fix` are fixtures of other clients; `field` were reported by users.
";

/// One of the two systems.
struct System {
    key: &'static str,
    title: &'static str,
    /// Before the number of a point.
    letter: char,
    samples: &'static str,
    /// What the client calls, by name, and whether it writes.
    calls: BTreeMap<&'static str, bool>,
    points: Vec<&'static Point>,
}

fn systems() -> [System; 2] {
    [
        System {
            key: "whmcs",
            title: "WHMCS",
            letter: 'W',
            samples: WHMCS_SAMPLES,
            calls: ACTIONS
                .iter()
                .map(|action| (action.name, action.effect == whmcs::Effect::Write))
                .collect(),
            points: whmcs_points::POINTS.iter().copied().flatten().collect(),
        },
        System {
            key: "salesforce",
            title: "Salesforce",
            letter: 'S',
            samples: SALESFORCE_SAMPLES,
            calls: CALLS.iter().map(|call| (call.name, call.effect == salesforce::Effect::Write)).collect(),
            points: salesforce_points::POINTS.iter().copied().flatten().collect(),
        },
    ]
}

/// The whole document.
pub fn document() -> String {
    let mut text = HEAD.to_owned();
    for system in systems() {
        // Writing to a `String` cannot fail.
        let _ = write!(text, "\n## {}\n\n{}", system.title, system.samples);
        system.write_calls(&mut text);
        system.write_points(&mut text);
    }
    text
}

/// Who called what, by the witnesses' own log.
pub fn witnesses() -> impl Iterator<Item = (&'static str, &'static str, &'static str)> {
    WITNESSES.lines().map(|line| {
        let mut cells = line.split('\t');
        let mut next = || cells.next().unwrap();
        (next(), next(), next())
    })
}

impl System {
    fn covered(&self) -> BTreeMap<&'static str, Covered> {
        let ours = coverage().into_iter().filter(|covered| covered.upstream == self.key);
        ours.map(|covered| (covered.name, covered)).collect()
    }

    fn write_calls(&self, text: &mut String) {
        let covered = self.covered();
        let names: BTreeSet<_> = self.calls.keys().chain(covered.keys()).copied().collect();
        text.push_str("\n| call | client | sandbox | sample | witness | switch | open |\n|---|---|---|---|---|---|---|\n");
        for name in names {
            let client = match self.calls.get(name) {
                Some(true) => "write",
                Some(false) => "read",
                None => "–",
            };
            let answered = covered.get(name);
            let switches = answered.map_or(&[][..], |covered| covered.switches);
            let _ = writeln!(
                text,
                "| {name} | {client} | {} | {} | {} | {} | {} |",
                if answered.is_some() { "yes" } else { "–" },
                self.samples_of(name),
                self.witnesses_of(name),
                or_dash(&switches.iter().map(|switch| format!("`{switch}`")).collect::<Vec<_>>()),
                or_dash(&self.open(name)),
            );
        }
    }

    fn samples_of(&self, call: &str) -> String {
        let found = samples().filter(|sample| sample.system == self.key && sample.call == Some(call));
        if self.key == "whmcs" {
            return found.map(|_| "yes".to_owned()).next().unwrap_or_else(|| "–".to_owned());
        }
        let mut kinds = BTreeMap::<&str, usize>::new();
        for sample in found {
            *kinds.entry(sample.file.split('-').next().unwrap_or_default()).or_default() += 1;
        }
        or_dash(&kinds.into_iter().map(|(kind, count)| format!("{count} {kind}")).collect::<Vec<_>>())
    }

    fn witnesses_of(&self, call: &str) -> String {
        let found = witnesses().filter(|(_, system, name)| *system == self.key && *name == call);
        or_dash(&found.map(|(client, _, _)| client.to_owned()).collect::<Vec<_>>())
    }

    fn open(&self, call: &str) -> Vec<String> {
        let numbered = self.points.iter().zip(1_u32..);
        let about = numbered.filter(|(point, _)| point.is_about(call));
        about.map(|(_, number)| format!("{}{number}", self.letter)).collect()
    }

    fn write_points(&self, text: &mut String) {
        let _ = write!(
            text,
            "\n### To verify on a real {}\n\n| point | calls | what is open | switch | section |\n|---|---|---|---|---|\n",
            if self.key == "whmcs" { "installation" } else { "organisation" }
        );
        for (point, number) in self.points.iter().zip(1_u32..) {
            let calls = match point.calls {
                _ if point.is_about_all() => "all".to_owned(),
                [] => "beside the API".to_owned(),
                calls => calls.join(", "),
            };
            let switches: Vec<String> = point.switches.iter().map(|switch| format!("`{switch}`")).collect();
            let switches = if switches.is_empty() { "none".to_owned() } else { switches.join(", ") };
            let _ = writeln!(
                text,
                "| {}{number} | {calls} | {} | {switches} | {} |",
                self.letter, point.says, point.section
            );
        }
    }
}

fn or_dash(cells: &[String]) -> String {
    if cells.is_empty() { "–".to_owned() } else { cells.join(", ") }
}

/// The names that a document may use: those of the client and those of the sandbox.
pub fn names(key: &str) -> BTreeSet<&'static str> {
    let system = systems().into_iter().find(|system| system.key == key).unwrap();
    system.calls.keys().chain(system.covered().keys()).copied().collect()
}

/// The points of a system.
pub fn points(key: &str) -> Vec<&'static Point> {
    systems().into_iter().find(|system| system.key == key).unwrap().points
}

/// The calls of a system's client.
pub fn called(key: &str) -> BTreeSet<&'static str> {
    systems().into_iter().find(|system| system.key == key).unwrap().calls.into_keys().collect()
}
