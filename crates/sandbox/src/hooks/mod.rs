//! What happened in the simulated systems, for those who listen: WHMCS's hook points and Salesforce's record changes,
//! and the webhooks that carry them to registered receivers.

pub mod delivery;
pub mod receiver;
pub mod sender;

use std::collections::VecDeque;
use std::sync::Arc;

use chrono::{DateTime, TimeDelta, Utc};
use serde::Serialize;
use serde_json::{Value, json};
use tokio::sync::Notify;

use crate::clock::Clock;
use delivery::{Attempt, Delivery, State};
use receiver::{Receiver, Source};

/// How many events, and how many finished deliveries, are remembered.
const KEPT: usize = 20_000;
/// Seconds to the second, third, … attempt, as the Standard Webhooks specification advises.
const BACK_OFF: [i64; 7] = [5, 300, 1_800, 7_200, 18_000, 36_000, 36_000];

/// The hook points that the portal's hook file listens to, as WHMCS's hook reference spells them.
pub const WHMCS_EVENTS: &[&str] = &[
    "AcceptOrder",
    "AddInvoiceLateFee",
    "AddInvoicePayment",
    "AddTransaction",
    "AfterClientMerge",
    "AfterConfigOptionsUpgrade",
    "AfterCronJob",
    "AfterModuleChangePackage",
    "AfterModuleCreate",
    "AfterModuleSuspend",
    "AfterModuleTerminate",
    "AfterModuleUnsuspend",
    "AfterProductUpgrade",
    "AfterShoppingCartCheckout",
    "CancelAndRefundOrder",
    "CancelOrder",
    "CancellationRequest",
    "ClientAdd",
    "ClientClose",
    "ClientEdit",
    "DailyCronJob",
    "DeleteOrder",
    "FraudOrder",
    "InvoiceCancelled",
    "InvoiceChangeGateway",
    "InvoiceCreated",
    "InvoiceCreation",
    "InvoiceCreationPreEmail",
    "InvoicePaid",
    "InvoicePaidPreEmail",
    "InvoicePaymentReminder",
    "InvoiceRefunded",
    "InvoiceSplit",
    "InvoiceUnpaid",
    "ManualRefund",
    "OrderPaid",
    "PendingOrder",
    "PreDeleteClient",
    "ProductDelete",
    "ProductEdit",
    "ServiceDelete",
    "ServiceEdit",
    "ServiceRecurringCompleted",
    "UpdateInvoiceTotal",
    "UserAdd",
    "UserChangePassword",
    "UserEdit",
    "UserEmailVerificationComplete",
    "UserLogin",
];

/// One event; names and ids only, as a hook file would forward it.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[serde(tag = "source", rename_all = "snake_case")]
pub enum Event {
    /// A WHMCS hook point ran; names as in WHMCS's hook reference.
    Whmcs { event: &'static str, ids: Value },
    /// A Salesforce record was committed.
    Salesforce { object: &'static str, id: String, change: &'static str },
}

impl Event {
    fn source(&self) -> Source {
        match self {
            Self::Whmcs { .. } => Source::Whmcs,
            Self::Salesforce { .. } => Source::Salesforce,
        }
    }

    /// The hook point, or the object.
    fn name(&self) -> &'static str {
        match self {
            Self::Whmcs { event, .. } => event,
            Self::Salesforce { object, .. } => object,
        }
    }

    /// The thin body of a webhook: what happened to which record, and when. Never any of the record's data.
    fn body(&self, at: DateTime<Utc>) -> String {
        let at = at.to_rfc3339_opts(chrono::SecondsFormat::Micros, true);
        match self {
            Self::Whmcs { event, ids } => json!({ "type": event, "timestamp": at, "data": ids }),
            Self::Salesforce { object, id, change } => {
                json!({ "object": object, "id": id, "change": change, "time": at })
            }
        }
        .to_string()
    }
}

/// The events since the last reset, who wants to hear of them, and what was sent.
#[derive(Debug, Default)]
pub struct Hooks {
    events: VecDeque<Event>,
    receivers: Vec<Receiver>,
    last_receiver: u64,
    /// Events that receivers have not been given yet: they need the clock, which whoever fires does not have.
    fresh: Vec<Event>,
    pending: Vec<Delivery>,
    finished: VecDeque<Delivery>,
    /// Rings when there may be something to send.
    wake: Arc<Notify>,
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
        if self.receivers.iter().any(|receiver| receiver.wants(event.source(), event.name())) {
            self.fresh.push(event.clone());
            self.wake.notify_one();
        }
        self.events.push_back(event);
    }

    /// The bell, to be kept when everything else is made anew.
    pub fn wake(&self) -> Arc<Notify> {
        Arc::clone(&self.wake)
    }

    pub fn keep_wake(&mut self, wake: Arc<Notify>) {
        self.wake = wake;
    }

    pub fn register(&mut self, mut receiver: Receiver) -> u64 {
        self.last_receiver += 1;
        receiver.id = self.last_receiver;
        self.receivers.push(receiver);
        self.last_receiver
    }

    pub fn receivers(&self) -> &[Receiver] {
        &self.receivers
    }

    pub fn receiver_mut(&mut self, id: u64) -> Option<&mut Receiver> {
        self.receivers.iter_mut().find(|receiver| receiver.id == id)
    }

    /// Forgets one receiver, or all, with what is still to be sent there. The number forgotten.
    pub fn forget(&mut self, id: Option<u64>) -> usize {
        let before = self.receivers.len();
        self.receivers.retain(|receiver| id.is_some_and(|id| id != receiver.id));
        self.pending.retain(|delivery| id.is_some_and(|id| id != delivery.receiver));
        before - self.receivers.len()
    }

    /// Every delivery, finished ones first.
    pub fn deliveries(&self) -> impl DoubleEndedIterator<Item = &Delivery> {
        self.finished.iter().chain(&self.pending)
    }

    /// Gives the fresh events to the receivers, whose switches decide what becomes of them.
    fn hand_out(&mut self, clock: &Clock) {
        let now = clock.now();
        for event in std::mem::take(&mut self.fresh) {
            let body = event.body(now);
            for receiver in &mut self.receivers {
                if receiver.wants(event.source(), event.name()) {
                    self.pending.extend(receiver.take(event.name(), &body, now));
                }
            }
        }
        let (open, dropped): (Vec<_>, Vec<_>) = std::mem::take(&mut self.pending)
            .into_iter()
            .partition(|delivery| delivery.state == State::Pending);
        self.pending = open;
        for delivery in dropped {
            self.finish(delivery);
        }
    }

    /// Takes what is due, in the order it is to be sent; with `everything` also what waits, is held or sits in a window.
    pub fn take_due(&mut self, clock: &Clock, everything: bool) -> Vec<Delivery> {
        self.hand_out(clock);
        if everything {
            for receiver in &mut self.receivers {
                self.pending.extend(receiver.drain_window());
            }
        }
        let now = clock.now();
        let (due, later): (Vec<_>, Vec<_>) = std::mem::take(&mut self.pending)
            .into_iter()
            .partition(|delivery| everything || delivery.due.is_some_and(|due| due <= now));
        self.pending = later;
        due
    }

    /// When the next delivery is due.
    pub fn next_due(&self) -> Option<DateTime<Utc>> {
        self.pending.iter().filter_map(|delivery| delivery.due).min()
    }

    /// Writes down how an attempt went: delivered, to be tried again, or given up.
    pub fn settle(&mut self, mut delivery: Delivery, attempt: Attempt) {
        let delivered = attempt.status.is_some_and(|status| (200..300).contains(&status));
        let at = attempt.at;
        delivery.attempts.push(attempt);
        let next =
            BACK_OFF.get(delivery.attempts.len() - 1).and_then(|seconds| TimeDelta::try_seconds(*seconds));
        match next {
            _ if delivered => {
                delivery.state = State::Delivered;
                self.finish(delivery);
            }
            Some(pause) if self.receivers.iter().any(|receiver| receiver.id == delivery.receiver) => {
                delivery.due = Some(at + pause);
                self.pending.push(delivery);
            }
            _ => {
                delivery.state = State::GivenUp;
                self.finish(delivery);
            }
        }
    }

    fn finish(&mut self, mut delivery: Delivery) {
        delivery.due = None;
        if self.finished.len() >= KEPT {
            self.finished.pop_front();
        }
        self.finished.push_back(delivery);
    }
}
