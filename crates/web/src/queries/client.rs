//! The cache of answers, keyed by the address they were read from.

use std::{collections::HashMap, rc::Rc};

use leptos::{ev, prelude::*};
use serde::de::DeserializeOwned;

use super::{
    Aged,
    entry::{Cached, Entry},
};
use crate::{
    api::{Freshness, Read},
    browser,
    session::Session,
};

/// An answer younger than this is not asked for again when a page opens or the window comes back.
const FRESH_MS: f64 = 15_000.0;
/// Answers that nobody looks at any more are kept up to this number, for the way back.
const KEPT: usize = 40;

/// The cache, as a context of the app.
#[derive(Clone, Copy)]
pub struct QueryClient {
    session: Session,
    entries: StoredValue<HashMap<String, Rc<dyn Cached>>, LocalStorage>,
}

impl QueryClient {
    /// An empty cache that refreshes what is on screen whenever the customer comes back to the window.
    pub fn install(session: Session) -> Self {
        let client = Self { session, entries: StoredValue::new_local(HashMap::new()) };
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

    /// The entry of a read, made if it is new.
    pub fn entry<T>(self, read: &Read<T>) -> Rc<Entry<T>>
    where
        T: Aged + DeserializeOwned + PartialEq + Send + Sync + 'static,
    {
        let known = self.entries.with_value(|entries| entries.get(read.path()).cloned());
        if let Some(Ok(entry)) = known.map(|entry| entry.as_any().downcast::<Entry<T>>()) {
            return entry;
        }
        let entry = Rc::new(Entry::new(read.clone()));
        self.entries.update_value(|entries| {
            evict(entries);
            entries.insert(read.path().to_owned(), Rc::<Entry<T>>::clone(&entry));
        });
        entry
    }

    /// Asks again unless the answer is young.
    pub fn refresh_if_old(self, entry: Rc<dyn Cached>) {
        if entry.age_ms().is_none_or(|age| age > FRESH_MS) {
            entry.refresh(self.session, Freshness::Any);
        }
    }

    /// Asks again for everything on screen.
    pub fn refresh_seen(self, freshness: Freshness) {
        for entry in self.snapshot(|entry| entry.is_watched()) {
            entry.refresh(self.session, freshness);
        }
    }

    fn refresh_watched(self) {
        for entry in self.snapshot(|entry| entry.is_watched()) {
            self.refresh_if_old(entry);
        }
    }

    /// Something under this address changed: what is on screen is asked for again at once, the rest when it is looked at.
    pub fn invalidate(self, prefix: &str) {
        let changed = self.entries.with_value(|entries| {
            let under = entries.iter().filter(|(path, _)| path.starts_with(prefix));
            under.map(|(_, entry)| Rc::clone(entry)).collect::<Vec<_>>()
        });
        for entry in changed {
            entry.expire();
            if entry.is_watched() {
                entry.refresh(self.session, Freshness::Any);
            }
        }
    }

    /// Forgets everything: the next person at this screen must not see it.
    pub fn clear(self) {
        for entry in self.snapshot(|_| true) {
            entry.forget();
        }
        self.entries.update_value(HashMap::clear);
    }

    fn snapshot(self, which: impl Fn(&dyn Cached) -> bool) -> Vec<Rc<dyn Cached>> {
        self.entries.with_value(|entries| {
            entries.values().filter(|entry| which(&***entry)).map(Rc::clone).collect()
        })
    }
}

/// Makes room for one more.
fn evict(entries: &mut HashMap<String, Rc<dyn Cached>>) {
    if entries.len() < KEPT {
        return;
    }
    let oldest = entries
        .iter()
        .filter(|(_, entry)| !entry.is_watched())
        .max_by(|(_, a), (_, b)| {
            let age = |entry: &Rc<dyn Cached>| entry.age_ms().unwrap_or(f64::INFINITY);
            age(a).total_cmp(&age(b))
        })
        .map(|(path, _)| path.clone());
    if let Some(path) = oldest {
        entries.remove(&path);
    }
}
