//! The signals of the app: those of Leptos, under the same names and with the same methods, in a wrapping that keeps the bundle small.
//!
//! Leptos' signals are written anew by the compiler for every type that they hold, at 1 to 5 KB each. Here all of them hold one type, a
//! shared value of any type, and only the last step, from any type to the one asked for, is made for each.

use std::{any::Any, marker::PhantomData, sync::Arc};

use leptos::{
    html::ElementType,
    prelude as base,
    reactive::traits::{Get as _, GetUntracked as _, GetValue as _, Set as _},
};
use wasm_bindgen::JsCast;
use web_sys::Element;

/// A value of any type.
type Shared = Arc<dyn Any + Send + Sync>;
/// Whether two values are the same.
type Same = fn(&Shared, &Shared) -> bool;

/// Reads a value as what it is.
fn read<T: 'static, U>(value: &Shared, read: impl FnOnce(&T) -> U) -> U {
    match value.downcast_ref() {
        Some(value) => read(value),
        None => wrong_type(),
    }
}

/// What the wrappings below put in they take out.
#[cold]
fn wrong_type() -> ! {
    unreachable!("a signal holds a value of another type")
}

fn same<T: PartialEq + 'static>(one: &Shared, other: &Shared) -> bool {
    matches!((one.downcast_ref::<T>(), other.downcast_ref::<T>()), (Some(one), Some(other)) if one == other)
}

/// The ways of reading that all signals have.
macro_rules! reading {
    ($signal:ident) => {
        impl<T> Clone for $signal<T> {
            fn clone(&self) -> Self {
                *self
            }
        }

        impl<T> Copy for $signal<T> {}

        impl<T: Send + Sync + 'static> $signal<T> {
            /// Reads the value, and follows it.
            pub fn with<U>(&self, reader: impl FnOnce(&T) -> U) -> U {
                read(&self.now(), reader)
            }

            /// Reads the value as it is at this moment.
            pub fn with_untracked<U>(&self, reader: impl FnOnce(&T) -> U) -> U {
                read(&self.untracked(), reader)
            }

            /// The value, followed.
            pub fn get(&self) -> T
            where
                T: Clone,
            {
                self.with(T::clone)
            }

            /// The value at this moment.
            pub fn get_untracked(&self) -> T
            where
                T: Clone,
            {
                self.with_untracked(T::clone)
            }
        }
    };
}

/// A value that can be set.
pub struct RwSignal<T> {
    inner: base::RwSignal<Shared>,
    holds: PhantomData<fn() -> T>,
}

reading!(RwSignal);

impl<T> RwSignal<T> {
    fn now(self) -> Shared {
        self.inner.get()
    }

    fn untracked(self) -> Shared {
        self.inner.get_untracked()
    }
}

impl<T: Send + Sync + 'static> RwSignal<T> {
    /// Begins with a value.
    pub fn new(value: T) -> Self {
        Self { inner: base::RwSignal::new(Arc::new(value)), holds: PhantomData }
    }

    /// Sets the value.
    pub fn set(&self, value: T) {
        self.inner.set(Arc::new(value));
    }

    /// Sets the value if the signal is still there; gives it back if not.
    pub fn try_set(&self, value: T) -> Option<()> {
        self.inner.try_set(Arc::new(value)).map(|_| ())
    }

    /// Changes the value.
    pub fn update(&self, change: impl FnOnce(&mut T))
    where
        T: Clone,
    {
        let mut value = self.get_untracked();
        change(&mut value);
        self.set(value);
    }
}

/// A value that was worked out, and how to compare it.
#[derive(Clone)]
struct Worked {
    value: Shared,
    same: Same,
}

impl Worked {
    fn differs(before: Option<&Self>, now: Option<&Self>) -> bool {
        !matches!((before, now), (Some(before), Some(now)) if (now.same)(&before.value, &now.value))
    }
}

/// A value that is worked out from others, and counts as changed only if it differs.
pub struct Memo<T> {
    inner: base::Memo<Worked>,
    holds: PhantomData<fn() -> T>,
}

reading!(Memo);

impl<T> Memo<T> {
    fn now(self) -> Shared {
        self.inner.get().value
    }

    fn untracked(self) -> Shared {
        self.inner.get_untracked().value
    }
}

impl<T> Memo<T> {
    /// Follows the value without reading it.
    pub fn track(self) {
        self.now();
    }
}

impl<T: PartialEq + Send + Sync + 'static> Memo<T> {
    /// Works the value out from the one before.
    pub fn new(work: impl Fn(Option<&T>) -> T + Send + Sync + 'static) -> Self {
        let work = move |before: Option<&Worked>| Worked {
            value: Arc::new(work(before.and_then(|before| before.value.downcast_ref()))),
            same: same::<T>,
        };
        Self { inner: memo(Box::new(work)), holds: PhantomData }
    }
}

/// Works a value out from the one before.
type Work = Box<dyn Fn(Option<&Worked>) -> Worked + Send + Sync>;

fn memo(work: Work) -> base::Memo<Worked> {
    base::Memo::new_with_compare(work, Worked::differs)
}

/// A value that can be read, wherever it comes from.
pub struct Signal<T> {
    source: Source,
    holds: PhantomData<fn() -> T>,
}

type Derived = Arc<dyn Fn() -> Shared + Send + Sync>;

#[derive(Clone, Copy)]
enum Source {
    Signal(base::RwSignal<Shared>),
    Memo(base::Memo<Worked>),
    Derived(base::StoredValue<Derived>),
    Fixed(base::StoredValue<Shared>),
}

reading!(Signal);

impl<T> Signal<T> {
    fn now(self) -> Shared {
        match self.source {
            Source::Signal(signal) => signal.get(),
            Source::Memo(memo) => memo.get().value,
            Source::Derived(derived) => derived.get_value()(),
            Source::Fixed(value) => value.get_value(),
        }
    }

    fn untracked(self) -> Shared {
        base::untrack(|| self.now())
    }
}

impl<T: Send + Sync + 'static> Signal<T> {
    /// Derives a value from others, each time it is read.
    pub fn derive(derive: impl Fn() -> T + Send + Sync + 'static) -> Self {
        let derived: Derived = Arc::new(move || Arc::new(derive()));
        Self::of(Source::Derived(base::StoredValue::new(derived)))
    }
}

impl<T> Signal<T> {
    fn of(source: Source) -> Self {
        Self { source, holds: PhantomData }
    }
}

impl<T> From<RwSignal<T>> for Signal<T> {
    fn from(signal: RwSignal<T>) -> Self {
        Self::of(Source::Signal(signal.inner))
    }
}

impl<T> From<Memo<T>> for Signal<T> {
    fn from(memo: Memo<T>) -> Self {
        Self::of(Source::Memo(memo.inner))
    }
}

impl<T: Send + Sync + 'static> From<T> for Signal<T> {
    fn from(value: T) -> Self {
        let value: Shared = Arc::new(value);
        Self::of(Source::Fixed(base::StoredValue::new(value)))
    }
}

impl From<&str> for Signal<String> {
    fn from(text: &str) -> Self {
        text.to_owned().into()
    }
}

impl<T: Default + Send + Sync + 'static> Default for Signal<T> {
    fn default() -> Self {
        T::default().into()
    }
}

/// Does something now and whenever a signal changes that was read for it.
pub struct Effect;

impl Effect {
    /// Begins, after the views are on the page.
    #[expect(clippy::new_ret_no_self, reason = "the name that Leptos has; nobody keeps an effect")]
    pub fn new<T: 'static>(mut run: impl FnMut(Option<T>) -> T + 'static) {
        let mut before = None;
        start(Box::new(move || before = Some(run(before.take()))));
    }
}

fn start(mut run: Box<dyn FnMut()>) {
    base::Effect::new(move |_: Option<()>| run());
}

/// An element of a view, once it is on the page.
pub struct NodeRef<E> {
    element: base::RwSignal<Option<Element>, base::LocalStorage>,
    kind: PhantomData<fn() -> E>,
}

impl<E> Clone for NodeRef<E> {
    fn clone(&self) -> Self {
        *self
    }
}

impl<E> Copy for NodeRef<E> {}

impl<E> NodeRef<E>
where
    E: ElementType,
    E::Output: JsCast + 'static,
{
    /// No element yet.
    pub fn new() -> Self {
        Self { element: base::RwSignal::new_local(None), kind: PhantomData }
    }

    /// Takes the element.
    pub fn load(self, element: &Element) {
        self.element.set(Some(element.clone()));
    }

    /// The element, followed.
    pub fn get(self) -> Option<E::Output> {
        self.element.get().map(JsCast::unchecked_into)
    }

    /// The element at this moment.
    pub fn get_untracked(self) -> Option<E::Output> {
        self.element.get_untracked().map(JsCast::unchecked_into)
    }

    /// Does something with the element once it is there.
    pub fn on_load(self, act: impl FnOnce(E::Output) + 'static) {
        let mut act = Some(act);
        Effect::new(move |_| {
            if let Some(element) = self.get()
                && let Some(act) = act.take()
            {
                base::untrack(move || act(element));
            }
        });
    }
}

#[cfg(test)]
mod tests {
    use std::sync::atomic::{AtomicU32, Ordering};

    use super::*;

    /// Runs a test in a scope that signals can live in.
    fn scoped(test: impl FnOnce()) {
        base::Owner::new().with(test);
    }

    #[test]
    fn a_signal_gives_back_what_it_was_given() {
        scoped(|| {
            let names = RwSignal::new(vec!["Ada".to_owned()]);
            let count = Signal::derive(move || names.with(Vec::len));
            assert_eq!(count.get(), 1);
            names.update(|names| names.push("Grace".to_owned()));
            assert_eq!(count.get(), 2);
            assert_eq!(Signal::<Vec<String>>::from(names).get_untracked().len(), 2);
            assert_eq!(Signal::<String>::from("fixed").get(), "fixed");
            assert!(!Signal::<bool>::default().get());
        });
    }

    #[test]
    fn a_memo_counts_as_changed_only_if_it_differs() {
        scoped(|| {
            let number = RwSignal::new(0);
            let half = Memo::new(move |_| number.get() / 2);
            let runs = Arc::new(AtomicU32::new(0));
            let counted = Arc::clone(&runs);
            let text = Memo::new(move |before: Option<&String>| {
                counted.fetch_add(1, Ordering::Relaxed);
                format!("{}{}", before.map_or("", |before| before), half.get())
            });
            assert_eq!(text.get(), "0");
            number.set(1);
            assert_eq!((text.get().as_str(), runs.load(Ordering::Relaxed)), ("0", 1));
            number.set(2);
            assert_eq!((text.get().as_str(), runs.load(Ordering::Relaxed)), ("01", 2));
        });
    }

    #[test]
    fn setting_a_signal_that_is_gone_does_nothing() {
        let owner = base::Owner::new();
        let signal = owner.with(|| RwSignal::new(1));
        assert!(signal.try_set(2).is_none());
        owner.cleanup();
        assert!(signal.try_set(3).is_some());
    }
}
