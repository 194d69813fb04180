//! One cached answer: its value, its age, and the request that is on its way.

use std::{any::Any, cell::Cell, rc::Rc, sync::Arc, time::Duration};

use leptos::{prelude::*, task::spawn_local};
use serde::de::DeserializeOwned;

use super::Aged;
use crate::{
    api::{self, ApiError, Asking, Freshness, Read},
    browser,
    session::Session,
};

/// The portal refreshes in the background when it gives a stale answer; a little later the fresh one is there.
const SECOND_LOOK: Duration = Duration::from_millis(1500);

/// What is known of an answer.
#[derive(Debug)]
pub struct Snapshot<T> {
    /// The last good answer.
    pub data: Option<Arc<T>>,
    /// Why the last try failed; the data, if any, is then from before.
    pub error: Option<ApiError>,
    /// A request is on its way.
    pub fetching: bool,
}

impl<T> Clone for Snapshot<T> {
    fn clone(&self) -> Self {
        Self { data: self.data.clone(), error: self.error.clone(), fetching: self.fetching }
    }
}

/// What a cache needs to know of an entry of any type.
pub trait Cached: Any {
    /// Asks again, unless the same question is already on its way.
    fn refresh(self: Rc<Self>, session: Session, freshness: Freshness);
    /// Whether somebody looks at it.
    fn is_watched(&self) -> bool;
    /// Milliseconds since the last good answer, if there was one.
    fn age_ms(&self) -> Option<f64>;
    /// The address it is read from.
    fn path(&self) -> &str;
    /// Takes back what was answered, and ignores what is still on its way.
    fn forget(&self);
    /// For the way back to the entry's own type.
    fn as_any(self: Rc<Self>) -> Rc<dyn Any>;
}

/// One cached answer.
pub struct Entry<T: Send + Sync + 'static> {
    read: Read<T>,
    shown: ArcRwSignal<Snapshot<T>>,
    watchers: Cell<u32>,
    answered_at: Cell<Option<f64>>,
    /// Number of the newest request: an answer to an older one comes too late.
    newest: Cell<u32>,
    on_its_way: Cell<Option<Freshness>>,
    looked_twice: Cell<bool>,
}

impl<T: Send + Sync + 'static> Entry<T> {
    /// An entry of which nothing is known.
    pub fn new(read: Read<T>) -> Self {
        Self {
            read,
            shown: ArcRwSignal::new(Snapshot { data: None, error: None, fetching: false }),
            watchers: Cell::new(0),
            answered_at: Cell::new(None),
            newest: Cell::new(0),
            on_its_way: Cell::new(None),
            looked_twice: Cell::new(false),
        }
    }

    /// What is known, for those who follow it.
    pub fn snapshot(&self) -> Snapshot<T> {
        self.shown.get()
    }

    /// Somebody looks at it.
    pub fn watch(&self) {
        self.watchers.set(self.watchers.get().saturating_add(1));
    }

    /// Somebody looks away.
    pub fn unwatch(&self) {
        self.watchers.set(self.watchers.get().saturating_sub(1));
    }
}

impl<T> Entry<T>
where
    T: Aged + DeserializeOwned + PartialEq + Send + Sync + 'static,
{
    fn settle(self: &Rc<Self>, session: Session, answer: Result<T, ApiError>) {
        self.on_its_way.set(None);
        match answer {
            Ok(data) => {
                self.answered_at.set(Some(browser::now_ms()));
                let stale = data.is_stale();
                self.shown.update(|shown| {
                    shown.fetching = false;
                    shown.error = None;
                    // Equal answers keep their place, so that nothing on the page moves.
                    if shown.data.as_deref() != Some(&data) {
                        shown.data = Some(Arc::new(data));
                    }
                });
                self.look_twice_if(stale, session);
            }
            Err(error) => self.shown.update(|shown| {
                shown.fetching = false;
                shown.error = Some(error);
            }),
        }
    }

    fn look_twice_if(self: &Rc<Self>, stale: bool, session: Session) {
        let due = stale && !self.looked_twice.get();
        self.looked_twice.set(stale);
        if due {
            let entry = Rc::clone(self);
            set_timeout(
                move || {
                    if entry.is_watched() {
                        entry.refresh(session, Freshness::Any);
                    }
                },
                SECOND_LOOK,
            );
        }
    }
}

/// Asks, whatever the type of the answer.
fn ask(session: Session, path: String, freshness: Freshness) -> Asking {
    Box::pin(async move { session.guarded(|| api::get(&path, freshness)).await })
}

impl<T> Cached for Entry<T>
where
    T: Aged + DeserializeOwned + PartialEq + Send + Sync + 'static,
{
    fn refresh(self: Rc<Self>, session: Session, freshness: Freshness) {
        if self.on_its_way.get().is_some_and(|running| running >= freshness) {
            return;
        }
        let number = self.newest.get().wrapping_add(1);
        self.newest.set(number);
        self.on_its_way.set(Some(freshness));
        self.shown.update(|shown| shown.fetching = true);
        let asking = ask(session, self.path().to_owned(), freshness);
        spawn_local(async move {
            let answer = asking.await.and_then(|reply| reply.decode());
            if self.newest.get() == number {
                self.settle(session, answer);
            }
        });
    }

    fn is_watched(&self) -> bool {
        self.watchers.get() > 0
    }

    fn age_ms(&self) -> Option<f64> {
        self.answered_at.get().map(|then| browser::now_ms() - then)
    }

    fn path(&self) -> &str {
        self.read.path()
    }

    fn forget(&self) {
        self.newest.set(self.newest.get().wrapping_add(1));
        self.on_its_way.set(None);
        self.answered_at.set(None);
        self.shown.set(Snapshot { data: None, error: None, fetching: false });
    }

    fn as_any(self: Rc<Self>) -> Rc<dyn Any> {
        self
    }
}
