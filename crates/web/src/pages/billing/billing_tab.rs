//! The way to the billing system's own pages, by a link that works once.
//!
//! The tab is opened on the click itself, since browsers keep back whatever opens later; the link goes straight into the tab and is
//! kept nowhere. Where no tab can be had, a second click leads there in this one.

use leptos::task::spawn_local;
use shared_types::{billing::SsoPurpose, ids::InvoiceId, problem::ProblemCode};
use wasm_bindgen::JsValue;
use web_sys::Window;

use crate::{
    browser,
    i18n::{Message, en::invoice as text, message_of},
    prelude::*,
    queries::{ApiError, sso_link},
    session::Session,
};

/// Where a billing page opens.
enum Place {
    Tab(Window),
    Here(Window),
}

impl Place {
    /// A new tab that cannot reach back to this page.
    fn new_tab() -> Option<Self> {
        let tab = window().open_with_url_and_target("about:blank", "_blank").ok().flatten()?;
        tab.set_opener(&JsValue::NULL).ok()?;
        if let Some(body) = tab.document().and_then(|document| document.body()) {
            body.set_text_content(Some(text::OPENING));
        }
        Some(Self::Tab(tab))
    }

    fn go(&self, url: &str) -> Result<(), JsValue> {
        match self {
            Self::Tab(tab) => tab.location().replace(url),
            Self::Here(here) => here.location().assign(url),
        }
    }

    fn give_up(self) {
        if let Self::Tab(tab) = self {
            // A tab that the customer has closed already needs no closing.
            let _ = tab.close();
        }
    }
}

/// The state of the buttons that lead to billing.
#[derive(Clone, Copy)]
pub struct BillingTab {
    session: Session,
    busy: RwSignal<Option<SsoPurpose>>,
    blocked: RwSignal<Option<SsoPurpose>>,
    trouble: RwSignal<Option<Message>>,
    /// Called once the customer is on the way.
    on_open: Callback<SsoPurpose>,
    /// Called when the invoice turns out to be another than was shown.
    on_outdated: Callback<()>,
}

impl BillingTab {
    /// Nothing open.
    pub fn new(session: Session, on_open: Callback<SsoPurpose>, on_outdated: Callback<()>) -> Self {
        Self {
            session,
            busy: RwSignal::new(None),
            blocked: RwSignal::new(None),
            trouble: RwSignal::new(None),
            on_open,
            on_outdated,
        }
    }

    /// Whether a link for this purpose is being made.
    pub fn busy(self, purpose: SsoPurpose) -> Signal<bool> {
        Signal::derive(move || self.busy.get() == Some(purpose))
    }

    /// The purpose for which no tab could be had.
    pub fn blocked(self) -> Option<SsoPurpose> {
        self.blocked.get()
    }

    /// Why it did not work.
    pub fn trouble(self) -> Option<Message> {
        self.trouble.get()
    }

    /// Goes there in a new tab. To be called from a click.
    pub fn open(self, invoice: InvoiceId, purpose: SsoPurpose) {
        if self.busy.get_untracked().is_none() {
            self.lead(invoice, purpose, Place::new_tab());
        }
    }

    /// Goes there in this tab.
    pub fn open_here(self, invoice: InvoiceId, purpose: SsoPurpose) {
        self.lead(invoice, purpose, Some(Place::Here(window())));
    }

    fn lead(self, invoice: InvoiceId, purpose: SsoPurpose, place: Option<Place>) {
        self.trouble.set(None);
        self.blocked.set(None);
        let Some(place) = place else {
            self.blocked.set(Some(purpose));
            return;
        };
        self.busy.set(Some(purpose));
        spawn_local(async move {
            let outcome = self.follow(invoice, purpose, place).await;
            // Whoever left the page meanwhile needs no answer.
            if self.busy.try_set(None).is_none() {
                self.settle(purpose, outcome);
            }
        });
    }

    fn settle(self, purpose: SsoPurpose, outcome: Outcome) {
        match outcome {
            Outcome::Open => self.on_open.run(purpose),
            Outcome::Blocked => self.blocked.set(Some(purpose)),
            Outcome::Declined => {}
            Outcome::Failed(error) => {
                self.trouble.set(Some(message_of(&error)));
                if error.is(ProblemCode::InvoiceState) {
                    self.on_outdated.run(());
                }
            }
        }
    }

    /// Makes the link and follows it; asks for the password in between if that is wanted. One click is one submission, so that both
    /// tries carry the same key.
    async fn follow(self, invoice: InvoiceId, purpose: SsoPurpose, place: Place) -> Outcome {
        let key = browser::fresh_key();
        let error = match sso_link(invoice, purpose, &key).await {
            Ok(link) => return follow_link(&place, &link.url),
            Err(error) => error,
        };
        let in_tab = matches!(place, Place::Tab(_));
        // The password is asked for on this page, which an empty tab in front of it would hide.
        place.give_up();
        if !self.session.can_regain(&error) {
            return Outcome::Failed(error);
        }
        if !self.session.regain(&error).await {
            return Outcome::Declined;
        }
        let place = if in_tab { Place::new_tab() } else { Some(Place::Here(window())) };
        let Some(place) = place else { return Outcome::Blocked };
        match sso_link(invoice, purpose, &key).await {
            Ok(link) => follow_link(&place, &link.url),
            Err(error) => {
                place.give_up();
                Outcome::Failed(error)
            }
        }
    }
}

enum Outcome {
    Open,
    Blocked,
    Declined,
    Failed(ApiError),
}

fn follow_link(place: &Place, url: &str) -> Outcome {
    if place.go(url).is_ok() { Outcome::Open } else { Outcome::Blocked }
}
