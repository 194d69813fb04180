//! Nothing at this address.

use leptos::prelude::*;

use crate::{
    components::ui::{ButtonLink, EmptyState, PageHeading, Sign},
    i18n::en::lost as text,
    routes,
};

/// The page for addresses that lead nowhere.
#[component]
pub fn NotFound() -> impl IntoView {
    view! {
        <main class="mx-auto max-w-xl px-4 pt-[16vh]">
            <div class="sr-only">
                <PageHeading title=text::NOT_FOUND />
            </div>
            <div class="card">
                <EmptyState sign=Sign::Inbox title=text::NOT_FOUND detail=text::NOT_FOUND_LEAD>
                    <ButtonLink href=routes::HOME>{text::HOME}</ButtonLink>
                </EmptyState>
            </div>
        </main>
    }
}
