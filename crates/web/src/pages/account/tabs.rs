//! The ways between the pages of one's own account.

use crate::{i18n::en::account as text, prelude::*, router::Router, routes};

const PAGES: [(&str, &str); 3] = [
    (routes::PROFILE, text::PROFILE),
    (routes::SECURITY, text::SECURITY),
    (routes::ACTIVITY, text::ACTIVITY),
];

/// Links side by side; the page that is open is marked.
#[component]
pub fn AccountTabs() -> impl IntoView {
    let router = expect_context::<Router>();
    let links = PAGES.map(|(path, name)| {
        view! {
            <li>
                <a
                    href=path
                    aria-current=move || (router.path() == path).then_some("page")
                    class="inline-flex min-h-11 items-center border-b-2 border-transparent px-1 font-medium text-soft hover:text-ink aria-[current]:border-accent aria-[current]:text-ink"
                >
                    {name}
                </a>
            </li>
        }
    });
    view! {
        <nav aria-label=text::NAVIGATION class="mt-4 border-b border-line">
            <ul class="-mb-px flex gap-5">{links.into_iter().collect_view()}</ul>
        </nav>
    }
}
