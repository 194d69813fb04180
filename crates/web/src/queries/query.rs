//! A page's view of one cached answer.

use std::{rc::Rc, sync::Arc};

use leptos::prelude::*;
use serde::de::DeserializeOwned;

use super::{
    Aged, QueryClient,
    entry::{Cached, Entry, Snapshot},
};
use crate::api::{ApiError, Freshness, Read};

/// What to show.
#[derive(Debug)]
pub struct View<T> {
    /// The answer; while another page of a list loads, the one before it.
    pub data: Option<Arc<T>>,
    /// The answer belongs to the question before this one.
    pub of_before: bool,
    /// Why the last try failed.
    pub error: Option<ApiError>,
    /// A request is on its way.
    pub fetching: bool,
}

impl<T> Clone for View<T> {
    fn clone(&self) -> Self {
        Self {
            data: self.data.clone(),
            of_before: self.of_before,
            error: self.error.clone(),
            fetching: self.fetching,
        }
    }
}

impl<T> PartialEq for View<T> {
    fn eq(&self, other: &Self) -> bool {
        let same_data = match (&self.data, &other.data) {
            (Some(a), Some(b)) => Arc::ptr_eq(a, b),
            (None, None) => true,
            _ => false,
        };
        same_data
            && self.of_before == other.of_before
            && self.error == other.error
            && self.fetching == other.fetching
    }
}

impl<T> View<T> {
    fn of(snapshot: Snapshot<T>, before: Option<Arc<T>>) -> Self {
        let unknown = snapshot.data.is_none() && snapshot.error.is_none();
        let of_before = unknown && before.is_some();
        Self {
            data: if of_before { before } else { snapshot.data },
            of_before,
            error: snapshot.error,
            fetching: snapshot.fetching,
        }
    }
}

/// A question that a page keeps asking.
pub struct Query<T: Send + Sync + 'static> {
    client: QueryClient,
    read: Memo<Read<T>>,
    view: Memo<View<T>>,
}

impl<T: Send + Sync + 'static> Clone for Query<T> {
    fn clone(&self) -> Self {
        *self
    }
}

impl<T: Send + Sync + 'static> Copy for Query<T> {}

impl<T> Query<T>
where
    T: Aged + DeserializeOwned + PartialEq + Send + Sync + 'static,
{
    /// What to show.
    pub fn view(self) -> View<T> {
        self.view.get()
    }

    /// A part of the answer, which changes only when that part does.
    pub fn part<P>(self, part: impl Fn(&T) -> P + Send + Sync + 'static) -> Memo<Option<P>>
    where
        P: PartialEq + Send + Sync + 'static,
    {
        Memo::new(move |_| self.view.with(|view| view.data.as_deref().map(&part)))
    }

    /// Asks again.
    pub fn refresh(self, freshness: Freshness) {
        self.client.entry(&self.read.get_untracked()).refresh(self.client.session(), freshness);
    }
}

/// Keeps asking a question as long as the calling component lives.
pub fn use_query<T>(read: impl Fn() -> Read<T> + Send + Sync + 'static) -> Query<T>
where
    T: Aged + DeserializeOwned + PartialEq + Send + Sync + 'static,
{
    let client = expect_context::<QueryClient>();
    let read = Memo::new(move |_| read());
    let view = Memo::new(move |before: Option<&View<T>>| {
        let snapshot = client.entry(&read.get()).snapshot();
        View::of(snapshot, before.and_then(|before| before.data.clone()))
    });
    let watched = StoredValue::new_local(None::<Rc<Entry<T>>>);
    let look_at = move |entry: Option<Rc<Entry<T>>>| {
        let before = watched.try_update_value(|watched| std::mem::replace(watched, entry)).flatten();
        if let Some(before) = before {
            before.unwatch();
        }
    };
    Effect::new(move |_| {
        let entry = client.entry(&read.get());
        entry.watch();
        look_at(Some(Rc::clone(&entry)));
        client.refresh_if_old(entry);
    });
    on_cleanup(move || look_at(None));
    Query { client, read, view }
}
