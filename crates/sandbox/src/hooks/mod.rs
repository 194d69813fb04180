//! What happened in the simulated systems, for those who listen: WHMCS's hook points and Salesforce's record changes.

use std::collections::VecDeque;

use serde::Serialize;
use serde_json::Value;

/// How many events are remembered when nobody takes them.
const KEPT: usize = 20_000;

/// One event; names and ids only, as a hook file would forward it.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[serde(tag = "source", rename_all = "snake_case")]
pub enum Event {
    /// A WHMCS hook point ran; names as in WHMCS's hook reference.
    Whmcs { event: &'static str, ids: Value },
    /// A Salesforce record was committed.
    Salesforce { object: &'static str, id: String, change: &'static str },
}

/// The events since the last reset.
#[derive(Debug, Default)]
pub struct Hooks {
    events: VecDeque<Event>,
}

impl Hooks {
    /// A WHMCS hook point runs.
    pub fn fire(&mut self, event: &'static str, ids: Value) {
        self.push(Event::Whmcs { event, ids });
    }

    /// A Salesforce record was created, updated, deleted or undeleted.
    pub fn changed(&mut self, object: &'static str, id: &str, change: &'static str) {
        self.push(Event::Salesforce { object, id: id.to_owned(), change });
    }

    /// What happened so far, oldest first.
    pub fn events(&self) -> impl Iterator<Item = &Event> {
        self.events.iter()
    }

    fn push(&mut self, event: Event) {
        if self.events.len() >= KEPT {
            self.events.pop_front();
        }
        self.events.push_back(event);
    }
}
