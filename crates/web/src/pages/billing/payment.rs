//! Watches an invoice while the customer pays it in another tab.

use std::time::Duration;

use leptos::{ev, leptos_dom::helpers::TimeoutHandle};
use shared_types::{billing::InvoiceDetailView, page::ItemView};

use super::watch::next_look;
use crate::{
    browser,
    prelude::*,
    queries::{Freshness, Query},
};

/// Whether somebody is paying.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Watching {
    /// Nobody.
    No,
    /// The customer went to pay, and the outcome is open.
    Yes,
    /// One more look, to make sure, before the customer may try again.
    LastLook,
    /// The time is over.
    GaveUp,
}

/// Looks at an invoice again and again.
#[derive(Clone, Copy)]
pub struct PaymentWatch {
    query: Query<ItemView<InvoiceDetailView>>,
    state: RwSignal<Watching>,
    since_ms: StoredValue<f64>,
    looks: StoredValue<u32>,
    timer: StoredValue<Option<TimeoutHandle>>,
}

impl PaymentWatch {
    /// Watches nothing yet. Stops when the page is left.
    pub fn install(query: Query<ItemView<InvoiceDetailView>>) -> Self {
        let watch = Self {
            query,
            state: RwSignal::new(Watching::No),
            since_ms: StoredValue::new(0.0),
            looks: StoredValue::new(0),
            timer: StoredValue::new(None),
        };
        // Coming back from the other tab is the moment at which the customer wants to see it.
        let come_back = window_event_listener(ev::focus, move |_| {
            if watch.state.get_untracked() == Watching::Yes {
                watch.look();
            }
        });
        on_cleanup(move || {
            come_back.remove();
            watch.stop_timer();
        });
        watch
    }

    /// Whether somebody is paying.
    pub fn state(self) -> Watching {
        self.state.get()
    }

    /// The customer went to pay.
    pub fn begin(self) {
        self.since_ms.set_value(browser::now_ms());
        self.looks.set_value(0);
        self.state.set(Watching::Yes);
        self.schedule();
    }

    /// The question is settled.
    pub fn end(self) {
        self.stop_timer();
        self.state.set(Watching::No);
    }

    /// The customer says that there was no payment. What is shown then has to be true before it can be paid.
    pub fn make_sure(self) {
        self.stop_timer();
        self.state.set(Watching::LastLook);
        self.look();
    }

    fn look(self) {
        self.query.refresh(Freshness::Now);
    }

    fn schedule(self) {
        self.stop_timer();
        let elapsed = browser::now_ms() - self.since_ms.get_value();
        match next_look(self.looks.get_value(), elapsed) {
            None => self.state.set(Watching::GaveUp),
            Some(delay) => {
                let delay = Duration::from_millis(delay.into());
                self.timer.set_value(set_timeout_with_handle(move || self.tick(), delay).ok());
            }
        }
    }

    fn tick(self) {
        // Nobody looks at a hidden page; it is asked again when it comes back.
        if browser::is_visible() {
            self.looks.update_value(|looks| *looks = looks.saturating_add(1));
            self.look();
        }
        self.schedule();
    }

    fn stop_timer(self) {
        if let Some(timer) = self.timer.try_update_value(Option::take).flatten() {
            timer.clear();
        }
    }
}
