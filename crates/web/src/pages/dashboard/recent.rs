//! The latest invoices.

use crate::{
    components::ui::{Card, CardTitle, ErrorState, Sign},
    i18n::{en::dashboard as text, message_of},
    pages::billing::{InvoiceRows, RowBones, list_state::ListState},
    prelude::*,
    queries::{Freshness, use_invoices},
    routes,
};

/// Few enough to be seen at a glance.
const SHOWN: u32 = 5;

/// The latest invoices, and the way to all of them.
#[component]
pub fn RecentInvoices() -> impl IntoView {
    let query = use_invoices(|| ListState::default().sized(SHOWN));
    let rows = query.part(|list| list.data.clone());
    let failed = Memo::new(move |_| query.failure());
    let is_empty = Memo::new(move |_| rows.with(|rows| rows.as_ref().map(Vec::is_empty)));
    let shown = Memo::new(move |_| rows.get().unwrap_or_default());
    view! {
        <Card id="recent" class="mt-4 overflow-hidden lg:mt-6">
            <div class="flex items-center justify-between gap-4 border-b border-line px-4 py-4 sm:px-6">
                <CardTitle id="recent" sign=Sign::Invoice>
                    {text::RECENT}
                </CardTitle>
                <a href=routes::INVOICES class="link text-[0.9375rem] whitespace-nowrap">
                    {text::ALL_INVOICES}
                </a>
            </div>
            {move || match (failed.get(), is_empty.get()) {
                (Some(error), _) => {
                    let retry = Callback::new(move |()| query.refresh(Freshness::Any));
                    view! { <ErrorState message=message_of(&error) on_retry=retry /> }.into_any()
                }
                (None, Some(true)) => view! { <p class="px-6 py-10 text-center text-soft">{text::NO_INVOICES}</p> }.into_any(),
                (None, Some(false)) => view! { <InvoiceRows rows=shown /> }.into_any(),
                (None, None) => view! { <RowBones count=5 /> }.into_any(),
            }}
        </Card>
    }
}
