//! Nothing at this address.

use crate::{
    components::ui::{ButtonLink, EmptyState, PageHeading, Sign},
    i18n::en::lost as text,
    layouts::Brand,
    prelude::*,
    routes,
};

/// The page for addresses that lead nowhere.
#[component]
pub fn NotFound() -> impl IntoView {
    view! {
        <header class="flex justify-center px-4 pt-[9vh] pb-8">
            <a href=routes::HOME class="rounded-lg">
                <Brand />
            </a>
        </header>
        <main class="mx-auto max-w-xl px-4">
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
