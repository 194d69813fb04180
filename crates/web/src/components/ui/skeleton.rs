//! Grey shapes in the place of what is still loading.

use crate::{i18n::en, prelude::*};

/// One shape. Screen readers are told once, by [`LoadingText`].
#[component]
pub fn Bone(#[prop(default = "h-4 w-24")] class: &'static str) -> impl IntoView {
    view! { <span class=format!("bone {class}") aria-hidden="true"></span> }
}

/// Says that something is loading to those who cannot see the shapes.
#[component]
pub fn LoadingText() -> impl IntoView {
    view! { <p class="sr-only" role="status">{en::shell::LOADING}</p> }
}
