//! The cache of answers, keyed by the address they were read from.

use std::rc::Rc;

use leptos::ev;

use super::entry::{Entry, Reader};
use crate::{api::Freshness, browser, prelude::*, session::Session};

/// An answer younger than this is not asked for again when a page opens or the window comes back.
const FRESH_MS: f64 = 15_000.0;
/// Answers that nobody looks at any more are kept up to this number, for the way back.
const KEPT: usize = 40;
/// The portal's own copies are younger than this: after that time nobody needs to ask for newer ones any more.
const CHANGE_MATTERS_MS: f64 = 180_000.0;

/// Something changed that the portal may not have noticed, such as a payment made on another site.
struct Change {
    prefix: &'static str,
    at_ms: f64,
}

/// The cache, as a context of the app.
#[derive(Clone, Copy)]
pub struct QueryClient {
    session: Session,
    entries: StoredValue<Vec<Rc<Entry>>, LocalStorage>,
    changes: StoredValue<Vec<Change>>,
}

impl QueryClient {
    /// An empty cache that refreshes what is on screen whenever the customer comes back to the window.
    pub fn install(session: Session) -> Self {
        let client = Self {
            session,
            entries: StoredValue::new_local(Vec::new()),
            changes: StoredValue::new(Vec::new()),
        };
        // Several events may tell of one return; a young answer and a request on its way make the later ones idle.
        let come_back = move || {
            if browser::is_visible() {
                session.check_person();
                client.refresh_watched();
            }
        };
        let focus = window_event_listener(ev::focus, move |_| come_back());
        let online = window_event_listener(ev::online, move |_| come_back());
        on_cleanup(move || {
            focus.remove();
            online.remove();
        });
        client
    }

    /// The session that calls are made in.
    pub fn session(self) -> Session {
        self.session
    }

    /// The entry of an address, made if it is new.
    pub fn entry(self, path: &str, reader: Reader) -> Rc<Entry> {
        let known =
            self.entries.with_value(|entries| entries.iter().find(|entry| entry.path() == path).cloned());
        if let Some(entry) = known {
            return entry;
        }
        let entry = Rc::new(Entry::new(path.to_owned(), reader));
        self.entries.update_value(|entries| {
            evict(entries);
            entries.push(Rc::clone(&entry));
        });
        entry
    }

    /// Asks again unless the answer is young.
    pub fn refresh_if_old(self, entry: &Rc<Entry>) {
        let freshness = self.freshness_for(entry);
        if freshness == Freshness::Now || entry.age_ms().is_none_or(|age| age > FRESH_MS) {
            entry.refresh(self.session, freshness);
        }
    }

    /// Asks again for everything on screen.
    pub fn refresh_seen(self, freshness: Freshness) {
        for entry in self.snapshot(Entry::is_watched) {
            entry.refresh(self.session, freshness);
        }
    }

    fn refresh_watched(self) {
        for entry in self.snapshot(Entry::is_watched) {
            self.refresh_if_old(&entry);
        }
    }

    /// Something under this address changed: what is on screen is asked for again at once, the rest when it is looked at, also what has
    /// never been asked for.
    pub fn invalidate(self, prefix: &'static str) {
        self.changes.update_value(|changes| {
            changes.retain(|change| change.prefix != prefix);
            changes.push(Change { prefix, at_ms: browser::now_ms() });
        });
        for entry in self.snapshot(|entry| entry.is_watched() && entry.path().starts_with(prefix)) {
            entry.refresh(self.session, Freshness::Now);
        }
    }

    /// How fresh an answer has to be: newer than the last change that it may show.
    fn freshness_for(self, entry: &Entry) -> Freshness {
        let now = browser::now_ms();
        let age = entry.age_ms().unwrap_or(f64::INFINITY);
        let matters = |change: &Change| {
            let since = now - change.at_ms;
            entry.path().starts_with(change.prefix) && since < CHANGE_MATTERS_MS && since < age
        };
        if self.changes.with_value(|changes| changes.iter().any(matters)) {
            Freshness::Now
        } else {
            Freshness::Any
        }
    }

    /// Forgets everything: the next person at this screen must not see it.
    pub fn clear(self) {
        for entry in self.snapshot(|_| true) {
            entry.forget();
        }
        self.entries.update_value(Vec::clear);
    }

    fn snapshot(self, which: impl Fn(&Entry) -> bool) -> Vec<Rc<Entry>> {
        self.entries
            .with_value(|entries| entries.iter().filter(|entry| which(entry)).map(Rc::clone).collect())
    }
}

/// Makes room for one more.
fn evict(entries: &mut Vec<Rc<Entry>>) {
    if entries.len() < KEPT {
        return;
    }
    let age = |entry: &Entry| entry.age_ms().unwrap_or(f64::INFINITY);
    let unseen = entries.iter().enumerate().filter(|(_, entry)| !entry.is_watched());
    let oldest = unseen.max_by(|(_, a), (_, b)| age(a).total_cmp(&age(b))).map(|(place, _)| place);
    if let Some(place) = oldest {
        entries.swap_remove(place);
    }
}
