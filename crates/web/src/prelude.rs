//! What every page and component needs: signals and views.

pub use leptos::{
    component,
    prelude::{
        Callable, Callback, LocalStorage, StoredValue, document, expect_context, on_cleanup, provide_context,
        request_animation_frame, set_interval_with_handle, set_timeout, set_timeout_with_handle, untrack,
        window, window_event_listener,
    },
    reactive::traits::*,
};

pub use crate::reactive::{Effect, Memo, NodeRef, RwSignal, Signal};
pub use crate::view::{AnyView, Children, ChildrenFn, CollectView, IntoView, ViewFn, view};
