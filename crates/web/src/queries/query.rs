//! A page's view of one cached answer.

use std::{marker::PhantomData, rc::Rc, sync::Arc};

use shared_types::wire::Wire;

use super::{
    QueryClient,
    entry::{Answer, Entry, Reader, Snapshot, read_as},
};
use crate::{
    api::{ApiError, Freshness, Read},
    prelude::*,
};

/// What to show.
#[derive(Debug)]
pub struct View<T> {
    /// The answer; while another page of a list loads, the one before it.
    pub data: Option<Arc<T>>,
    /// The answer belongs to the question before this one.
    pub of_before: bool,
    /// Why the last try failed.
    pub error: Option<ApiError>,
}

/// What to show, of whatever type.
#[derive(Clone)]
struct Seen {
    known: Snapshot,
    of_before: bool,
}

impl PartialEq for Seen {
    fn eq(&self, other: &Self) -> bool {
        let same_data = match (&self.known.data, &other.known.data) {
            (Some(a), Some(b)) => Arc::ptr_eq(a, b),
            (None, None) => true,
            _ => false,
        };
        same_data
            && self.of_before == other.of_before
            && self.known.error == other.known.error
            && self.known.fetching == other.known.fetching
    }
}

impl Seen {
    fn of(mut known: Snapshot, before: Option<Answer>) -> Self {
        let unknown = known.data.is_none() && known.error.is_none();
        let of_before = unknown && before.is_some();
        if of_before {
            known.data = before;
        }
        Self { known, of_before }
    }
}

/// A question that a page keeps asking.
pub struct Query<T> {
    asked: Asked,
    answer: PhantomData<fn() -> T>,
}

impl<T> Clone for Query<T> {
    fn clone(&self) -> Self {
        *self
    }
}

impl<T> Copy for Query<T> {}

/// A question, whatever the type of its answer.
#[derive(Clone, Copy)]
struct Asked {
    client: QueryClient,
    reader: Reader,
    path: Memo<String>,
    seen: Memo<Seen>,
}

impl<T: Wire + Send + Sync + 'static> Query<T> {
    /// What to show.
    pub fn view(self) -> View<T> {
        let Seen { known, of_before } = self.asked.seen.get();
        let data = known.data.and_then(|data| data.downcast().ok());
        View { data, of_before, error: known.error }
    }

    /// A part of the answer, which changes only when that part does.
    pub fn part<P>(self, part: impl Fn(&T) -> P + Send + Sync + 'static) -> Memo<Option<P>>
    where
        P: PartialEq + Send + Sync + 'static,
    {
        Memo::new(move |_| {
            self.asked
                .seen
                .with(|seen| seen.known.data.as_ref().and_then(|data| data.downcast_ref()).map(&part))
        })
    }

    /// Why there is nothing to show.
    pub fn failure(self) -> Option<ApiError> {
        self.asked.seen.with(|seen| seen.known.error.clone().filter(|_| seen.known.data.is_none()))
    }

    /// Whether a request is on its way.
    pub fn fetching(self) -> bool {
        self.asked.seen.with(|seen| seen.known.fetching)
    }

    /// Asks again.
    pub fn refresh(self, freshness: Freshness) {
        self.asked.refresh(freshness);
    }
}

/// Keeps asking a question as long as the calling component lives.
pub fn use_query<T>(read: impl Fn() -> Read<T> + Send + Sync + 'static) -> Query<T>
where
    T: Wire + Send + Sync + 'static,
{
    let asked = Asked::new(Box::new(move || read().into_path()), read_as::<T>);
    Query { asked, answer: PhantomData }
}

impl Asked {
    fn new(path: Box<dyn Fn() -> String + Send + Sync>, reader: Reader) -> Self {
        let client = expect_context::<QueryClient>();
        let path = Memo::new(move |_| path());
        let seen = Memo::new(move |before: Option<&Seen>| {
            let snapshot = path.with(|path| client.entry(path, reader)).snapshot();
            Seen::of(snapshot, before.and_then(|before| before.known.data.clone()))
        });
        let watched = StoredValue::new_local(None::<Rc<Entry>>);
        let look_at = move |entry: Option<Rc<Entry>>| {
            let before = watched.try_update_value(|watched| std::mem::replace(watched, entry)).flatten();
            if let Some(before) = before {
                before.unwatch();
            }
        };
        Effect::new(move |_| {
            let entry = path.with(|path| client.entry(path, reader));
            entry.watch();
            look_at(Some(Rc::clone(&entry)));
            client.refresh_if_old(&entry);
        });
        on_cleanup(move || look_at(None));
        Self { client, reader, path, seen }
    }

    fn refresh(self, freshness: Freshness) {
        let entry = self.path.with_untracked(|path| self.client.entry(path, self.reader));
        entry.refresh(self.client.session(), freshness);
    }
}
