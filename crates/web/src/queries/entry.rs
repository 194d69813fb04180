//! One cached answer: its value, its age, and the request that is on its way.
//!
//! An entry does not know the type of its answer: it exists once in the bundle, whatever the number of questions. The one thing that is made
//! for each type is the function that reads it.

use std::{any::Any, cell::Cell, cell::RefCell, rc::Rc, sync::Arc, time::Duration};

use leptos::prelude::ArcRwSignal;
use leptos::task::spawn_local;
use shared_types::wire::{Document, Unreadable, Wire};

use crate::{
    api::{self, ApiError, Freshness, Reply},
    browser,
    prelude::*,
    session::Session,
};

/// The portal refreshes in the background when it gives a stale answer; a little later the fresh one is there.
const SECOND_LOOK: Duration = Duration::from_millis(1500);

/// An answer of some type.
pub type Answer = Arc<dyn Any + Send + Sync>;

/// Reads an answer of one type.
pub type Reader = fn(&Document) -> Result<Answer, Unreadable>;

/// The reader of a type.
pub fn read_as<T: Wire + Send + Sync + 'static>(document: &Document) -> Result<Answer, Unreadable> {
    Ok(Arc::new(document.read::<T>()?))
}

/// What is known of an answer.
#[derive(Clone, Debug, Default)]
pub struct Snapshot {
    /// The last good answer.
    pub data: Option<Answer>,
    /// Why the last try failed; the data, if any, is then from before.
    pub error: Option<ApiError>,
    /// A request is on its way.
    pub fetching: bool,
}

/// One cached answer.
pub struct Entry {
    path: String,
    reader: Reader,
    shown: ArcRwSignal<Snapshot>,
    /// The text of the last good answer.
    text: RefCell<String>,
    watchers: Cell<u32>,
    answered_at: Cell<Option<f64>>,
    /// Number of the newest request: an answer to an older one comes too late.
    newest: Cell<u32>,
    on_its_way: Cell<Option<Freshness>>,
    looked_twice: Cell<bool>,
}

impl Entry {
    /// An entry of which nothing is known.
    pub fn new(path: String, reader: Reader) -> Self {
        Self {
            path,
            reader,
            shown: ArcRwSignal::new(Snapshot::default()),
            text: RefCell::default(),
            watchers: Cell::new(0),
            answered_at: Cell::new(None),
            newest: Cell::new(0),
            on_its_way: Cell::new(None),
            looked_twice: Cell::new(false),
        }
    }

    /// What is known, for those who follow it.
    pub fn snapshot(&self) -> Snapshot {
        self.shown.get()
    }

    /// The address it is read from.
    pub fn path(&self) -> &str {
        &self.path
    }

    /// Somebody looks at it.
    pub fn watch(&self) {
        self.watchers.set(self.watchers.get().saturating_add(1));
    }

    /// Somebody looks away.
    pub fn unwatch(&self) {
        self.watchers.set(self.watchers.get().saturating_sub(1));
    }

    /// Whether somebody looks at it.
    pub fn is_watched(&self) -> bool {
        self.watchers.get() > 0
    }

    /// Milliseconds since the last good answer, if there was one.
    pub fn age_ms(&self) -> Option<f64> {
        self.answered_at.get().map(|then| browser::now_ms() - then)
    }

    /// Takes back what was answered, and ignores what is still on its way.
    pub fn forget(&self) {
        self.newest.set(self.newest.get().wrapping_add(1));
        self.on_its_way.set(None);
        self.answered_at.set(None);
        self.shown.set(Snapshot::default());
    }

    /// Asks again, unless the same question is already on its way.
    pub fn refresh(self: &Rc<Self>, session: Session, freshness: Freshness) {
        if self.on_its_way.get().is_some_and(|running| running >= freshness) {
            return;
        }
        let number = self.newest.get().wrapping_add(1);
        self.newest.set(number);
        self.on_its_way.set(Some(freshness));
        self.shown.update(|shown| shown.fetching = true);
        let entry = Rc::clone(self);
        spawn_local(async move {
            let answer = session.guarded(|| api::get(&entry.path, freshness)).await;
            if entry.newest.get() == number {
                entry.on_its_way.set(None);
                let settled = answer.and_then(|reply| entry.settle(session, &reply));
                if let Err(error) = settled {
                    entry.shown.update(|shown| {
                        shown.fetching = false;
                        shown.error = Some(error);
                    });
                }
            }
        });
    }

    fn settle(self: &Rc<Self>, session: Session, reply: &Reply) -> Result<(), ApiError> {
        let document = reply.document()?;
        // Equal answers keep their place, so that nothing on the page moves.
        let data = if self.answered_at.get().is_some() && *self.text.borrow() == reply.text() {
            None
        } else {
            Some((self.reader)(&document).map_err(|_| reply.unreadable())?)
        };
        self.answered_at.set(Some(browser::now_ms()));
        if data.is_some() {
            reply.text().clone_into(&mut self.text.borrow_mut());
        }
        self.shown.update(|shown| {
            shown.fetching = false;
            shown.error = None;
            if data.is_some() {
                shown.data = data;
            }
        });
        self.look_twice_if(document.is_stale(), session);
        Ok(())
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
