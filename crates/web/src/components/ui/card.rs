//! Surfaces that hold one thing.

use super::{Icon, Sign};
use crate::prelude::*;

/// A surface with a heading that names it.
#[component]
pub fn Card(
    /// Ties the surface to its heading; unique on the page.
    id: &'static str,
    #[prop(default = "p-5 sm:p-6")] class: &'static str,
    children: Children,
) -> impl IntoView {
    view! {
        <section class=format!("card {class}") aria-labelledby=id>
            {children()}
        </section>
    }
}

/// The heading of a surface.
#[component]
pub fn CardTitle(
    id: &'static str,
    #[prop(optional)] sign: Option<Sign>,
    children: Children,
) -> impl IntoView {
    view! {
        <h2 id=id class="flex items-center gap-2 text-[0.9375rem] font-semibold text-soft">
            {sign.map(|sign| view! { <Icon sign=sign class="size-[1.125rem] text-faint" /> })}
            {children()}
        </h2>
    }
}
