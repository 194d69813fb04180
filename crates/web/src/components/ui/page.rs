//! The head of a page, and panels that take its place.

use leptos::html;

use super::{Icon, Sign};
use crate::{browser, prelude::*};

/// Title and lead of a page, with its actions at the side. Names the document and takes the focus, so that a screen reader begins
/// here after a navigation.
#[component]
pub fn PageHeading(
    #[prop(into)] title: Signal<String>,
    #[prop(optional, into)] lead: Signal<Option<String>>,
    /// Beside the title, such as a badge.
    #[prop(optional)]
    aside: Option<AnyView>,
    /// Actions.
    #[prop(optional)]
    children: Option<Children>,
) -> impl IntoView {
    let heading = NodeRef::<html::H1>::new();
    Effect::new(move |_| browser::set_title(&title.get()));
    heading.on_load(|heading| focus_heading(&heading));
    view! {
        <div class="flex flex-wrap items-start justify-between gap-x-4 gap-y-4">
            <div class="min-w-40 grow basis-0">
                <div class="flex flex-wrap items-center gap-x-3 gap-y-2">
                    <h1 node_ref=heading tabindex="-1" class="text-2xl sm:text-[1.75rem] sm:leading-9 font-semibold">
                        {title}
                    </h1>
                    {aside}
                </div>
                {move || lead.get().map(|lead| view! { <p class="mt-1 text-soft">{lead}</p> })}
            </div>
            {children
                .map(|children| view! { <div class="flex flex-wrap items-center gap-2 no-print">{children()}</div> })}
        </div>
    }
}

/// Moves the focus to a page's heading, unless the page is the first one, which begins at its top anyway, or the customer is
/// already typing into it.
pub fn focus_heading(heading: &web_sys::HtmlElement) {
    if browser::has_navigated() {
        // Fails only on a heading that has left the page meanwhile.
        let _ = heading.focus();
    }
}

/// A calm panel in place of a page's contents.
#[component]
pub fn Panel(
    sign: Sign,
    #[prop(into)] title: String,
    #[prop(into)] detail: String,
    #[prop(optional)] working: bool,
    #[prop(optional)] children: Option<Children>,
) -> impl IntoView {
    let icon = if working { "size-6 turning" } else { "size-6" };
    view! {
        <section class="card mx-auto max-w-xl px-6 py-12 text-center" role="status">
            <span class="mx-auto mb-5 grid size-14 place-items-center rounded-full bg-accent-soft text-accent-ink">
                <Icon sign=sign class=icon />
            </span>
            <h2 class="text-xl font-semibold">{title}</h2>
            <p class="mx-auto mt-2 max-w-md text-soft">{detail}</p>
            {children.map(|children| view! { <div class="mt-6">{children()}</div> })}
        </section>
    }
}
