//! A view, and what can be one.

use std::{borrow::Cow, sync::Arc};

use crate::reactive::{Memo, RwSignal, Signal};

use super::Html;

/// What stands at a place of the page.
pub enum View {
    /// Nothing.
    Nothing,
    /// A text.
    Text(Cow<'static, str>),
    /// An element.
    Element(Box<Html>),
    /// Several, one after the other.
    Many(Vec<View>),
    /// Made anew whenever a signal changes that was read for it.
    Dynamic(Box<dyn FnMut() -> View>),
}

/// The name of Leptos for a view of any type. Here every view is one.
pub type AnyView = View;
/// What stands between the tags of a component, made once.
pub type Children = Box<dyn FnOnce() -> View>;
/// What stands between the tags of a component, made as often as needed.
pub type ChildrenFn = Arc<dyn Fn() -> View + Send + Sync>;
/// A view as a property.
#[derive(Clone)]
pub struct ViewFn(ChildrenFn);

impl ViewFn {
    /// The view.
    #[must_use]
    pub fn run(&self) -> View {
        self.0()
    }
}

impl<F, V> From<F> for ViewFn
where
    F: Fn() -> V + Send + Sync + 'static,
    V: IntoView,
{
    fn from(view: F) -> Self {
        Self(Arc::new(move || view().into_view()))
    }
}

/// Can stand in a view.
#[diagnostic::on_unimplemented(message = "`{Self}` cannot stand in a view")]
pub trait IntoView: Sized {
    /// The view of it.
    fn into_view(self) -> View;

    /// The view of it, by the name that Leptos has for a view of any type. Here every view is one.
    fn into_any(self) -> View {
        self.into_view()
    }
}

/// Takes what stands between the tags of a component.
pub trait ToChildren<F> {
    /// The property `children`.
    fn to_children(children: F) -> Self;
}

impl<F: FnOnce() -> View + 'static> ToChildren<F> for Children {
    fn to_children(children: F) -> Self {
        Box::new(children)
    }
}

impl<F: Fn() -> View + Send + Sync + 'static> ToChildren<F> for ChildrenFn {
    fn to_children(children: F) -> Self {
        Arc::new(children)
    }
}

/// Makes one view of several.
pub trait CollectView {
    /// The view of all of them.
    fn collect_view(self) -> View;
}

impl<I: IntoIterator<Item: IntoView>> CollectView for I {
    fn collect_view(self) -> View {
        View::Many(self.into_iter().map(IntoView::into_view).collect())
    }
}

impl IntoView for View {
    fn into_view(self) -> View {
        self
    }
}

impl IntoView for () {
    fn into_view(self) -> View {
        View::Nothing
    }
}

impl IntoView for &'static str {
    fn into_view(self) -> View {
        View::Text(Cow::Borrowed(self))
    }
}

impl IntoView for String {
    fn into_view(self) -> View {
        View::Text(Cow::Owned(self))
    }
}

impl IntoView for Cow<'static, str> {
    fn into_view(self) -> View {
        View::Text(self)
    }
}

impl<T: IntoView> IntoView for Option<T> {
    fn into_view(self) -> View {
        self.map_or(View::Nothing, IntoView::into_view)
    }
}

impl<T: IntoView> IntoView for Vec<T> {
    fn into_view(self) -> View {
        self.collect_view()
    }
}

impl<F, T> IntoView for F
where
    F: FnMut() -> T + 'static,
    T: IntoView,
{
    fn into_view(mut self) -> View {
        View::Dynamic(Box::new(move || self().into_view()))
    }
}

macro_rules! signals {
    ($($signal:ident),+) => {$(
        impl<T: IntoView + Clone + Send + Sync + 'static> IntoView for $signal<T> {
            fn into_view(self) -> View {
                View::Dynamic(Box::new(move || self.get().into_view()))
            }
        }
    )+};
}

signals!(Signal, Memo, RwSignal);

macro_rules! numbers {
    ($($number:ident),+) => {$(
        impl IntoView for $number {
            fn into_view(self) -> View {
                self.to_string().into_view()
            }
        }
    )+};
}

numbers!(u32, u64, i64, usize);
