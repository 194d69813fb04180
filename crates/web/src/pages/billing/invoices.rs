//! The list of invoices.

use leptos::html;
use shared_types::{
    billing::{InvoiceFilter, InvoiceSort, InvoiceView},
    page::{ListView, Page},
};

use super::{
    InvoiceRows, RowBones,
    list_state::{ListState, SIZES, sort_named},
};
use crate::{
    browser,
    components::ui::{
        Announcer, AsOf, ButtonLink, EmptyState, ErrorState, Notice, PageHeading, Pagination, RefreshButton,
        Select, Sign, StaleNotice, Tone,
    },
    i18n::{codes, en, en::invoices as text, message_of},
    prelude::*,
    queries::{Freshness, Query, use_invoices},
    router::Router,
    routes,
};

/// Filter, order, rows, pages; all of it stands in the address.
#[component]
pub fn Invoices() -> impl IntoView {
    let router = expect_context::<Router>();
    let state = Memo::new(move |_| ListState::read(|name| router.query(name)));
    let query = use_invoices(move || state.get());
    let page = query.part(|list| list.page);
    let as_of = query.part(|list| list.meta.as_of);
    let busy = Signal::derive(move || query.fetching());
    view! {
        <PageHeading title=text::TITLE lead=Some(text::LEAD.to_owned())>
            <AsOf when=as_of />
            <RefreshButton busy=busy on_press=Callback::new(move |()| query.refresh(Freshness::Now)) />
        </PageHeading>
        <div class="mt-6 flex flex-wrap items-center justify-between gap-x-6 gap-y-3 no-print">
            <FilterLinks state=state />
            // Where there is a table, its headings sort.
            <div class="md:hidden">
                <SortChoice state=state />
            </div>
        </div>
        <Trouble query=query />
        <div class="card mt-4 overflow-hidden" aria-busy=move || query.view().of_before.then_some("true")>
            <Rows query=query state=state />
        </div>
        {move || page.get().filter(|page| page.total_items > 0).map(|page| view! { <Foot page=page state=state /> })}
        <Announcer text=Signal::derive(move || {
            page.get()
                .filter(|_| !query.view().of_before)
                .map(|page| text::announce(page.number, page.total_pages, page.total_items))
                .unwrap_or_default()
        }) />
    }
}

/// Links, since each leads to an address of its own.
#[component]
fn FilterLinks(state: Memo<ListState>) -> impl IntoView {
    let bar = NodeRef::<html::Nav>::new();
    Effect::new(move |_| {
        state.track();
        if let Some(bar) = bar.get() {
            // After the links have taken over the new state.
            request_animation_frame(move || browser::reveal_current(&bar));
        }
    });
    let choices = std::iter::once(None).chain(InvoiceFilter::ALL.iter().copied().map(Some));
    view! {
        <nav node_ref=bar aria-label=text::FILTER class="-mx-4 max-w-[100vw] overflow-x-auto px-4 py-1 [scrollbar-width:none] sm:mx-0 sm:px-1 sm:-ms-1">
            <ul class="flex gap-1">
                {choices
                    .map(|filter| {
                        view! {
                            <li>
                                <a
                                    href=move || state.get().filtered(filter).href()
                                    aria-current=move || (state.get().filter == filter).then_some("true")
                                    class="flex min-h-10 items-center rounded-full px-3.5 text-[0.9375rem] font-medium whitespace-nowrap text-soft transition-colors hover:bg-sunken hover:text-ink aria-[current]:bg-ink aria-[current]:text-canvas"
                                >
                                    {filter.map_or(text::ALL, codes::filter)}
                                </a>
                            </li>
                        }
                    })
                    .collect_view()}
            </ul>
        </nav>
    }
}

#[component]
fn SortChoice(state: Memo<ListState>) -> impl IntoView {
    let router = expect_context::<Router>();
    let choices = InvoiceSort::ALL
        .iter()
        .map(|sort| (sort.as_str().to_owned(), codes::sort(*sort).to_owned()))
        .collect();
    let choose = Callback::new(move |name: String| {
        if let Some(sort) = sort_named(&name) {
            router.go(&state.get_untracked().sorted(sort).href());
        }
    });
    let value = Signal::derive(move || state.get().sort.as_str().to_owned());
    view! { <Select id="sort" label=text::SORT choices=choices value=value on_choose=choose /> }
}

/// What is wrong while rows are shown all the same.
#[component]
fn Trouble(query: Query<ListView<InvoiceView>>) -> impl IntoView {
    let stale = query.part(|list| list.meta.stale.then_some(list.meta.as_of));
    move || {
        let view = query.view();
        let shown = view.data.is_some();
        match (view.error, stale.get().flatten()) {
            (Some(error), _) if shown => {
                let message = message_of(&error);
                Some(
                    view! {
                        <div class="mt-4">
                            <Notice tone=Tone::Bad sign=Sign::Alert role="alert">
                                <p class="font-medium">{message.title}</p>
                                <p>{message.detail}</p>
                            </Notice>
                        </div>
                    }
                    .into_any(),
                )
            }
            (_, Some(as_of)) => {
                Some(view! { <div class="mt-4"><StaleNotice as_of=as_of /></div> }.into_any())
            }
            _ => None,
        }
    }
}

/// What stands in the place of the rows.
#[derive(Clone, Copy, PartialEq)]
enum Contents {
    Loading,
    Failed,
    Empty,
    BehindTheEnd,
    Rows,
}

#[component]
fn Rows(query: Query<ListView<InvoiceView>>, state: Memo<ListState>) -> impl IntoView {
    let rows = query.part(|list| list.data.clone());
    let rows = Memo::new(move |_| rows.get().unwrap_or_default());
    let contents = Memo::new(move |_| {
        let view = query.view();
        match view.data.as_deref() {
            None if view.error.is_some() => Contents::Failed,
            None => Contents::Loading,
            Some(list) if !list.data.is_empty() => Contents::Rows,
            Some(list) if list.page.total_items > 0 => Contents::BehindTheEnd,
            Some(_) => Contents::Empty,
        }
    });
    let retry = Callback::new(move |()| query.refresh(Freshness::Any));
    move || match contents.get() {
        Contents::Loading => view! { <RowBones count=8 /> }.into_any(),
        Contents::Failed => {
            let message = query.view().error.as_ref().map(message_of);
            message.map(|message| view! { <ErrorState message=message on_retry=retry /> }).into_any()
        }
        Contents::Empty => view! { <Empty state=state /> }.into_any(),
        Contents::BehindTheEnd => view! {
            <EmptyState sign=Sign::Inbox title=text::EMPTY_PAGE detail=text::EMPTY_PAGE_LEAD>
                <ButtonLink href=state.get_untracked().at(1).href()>{text::FIRST_PAGE}</ButtonLink>
            </EmptyState>
        }
        .into_any(),
        Contents::Rows => view! {
            <div class="transition-opacity" class:opacity-50=move || query.view().of_before>
                <InvoiceRows rows=rows state=Signal::from(state) />
            </div>
        }
        .into_any(),
    }
}

#[component]
fn Empty(state: Memo<ListState>) -> impl IntoView {
    move || {
        if state.get().filter.is_some() {
            view! {
                <EmptyState sign=Sign::Inbox title=text::EMPTY_FILTER detail=text::EMPTY_FILTER_LEAD>
                    <ButtonLink href=state.get_untracked().filtered(None).href()>{text::SHOW_ALL}</ButtonLink>
                </EmptyState>
            }
            .into_any()
        } else {
            view! {
                <EmptyState sign=Sign::Invoice title=text::EMPTY detail=text::EMPTY_LEAD>
                    <ButtonLink href=routes::HOME>{en::lost::HOME}</ButtonLink>
                </EmptyState>
            }
            .into_any()
        }
    }
}

#[component]
fn Foot(page: Page, state: Memo<ListState>) -> impl IntoView {
    let router = expect_context::<Router>();
    let sizes = SIZES.iter().map(|size| (size.to_string(), size.to_string())).collect();
    let choose = Callback::new(move |size: String| {
        if let Ok(size) = size.parse() {
            router.go(&state.get_untracked().sized(size).href());
        }
    });
    let href = Callback::new(move |number| state.get_untracked().at(number).href());
    view! {
        <div class="no-print mt-4 flex flex-wrap items-center justify-between gap-x-6 gap-y-3">
            <Select id="size" label=text::SIZE choices=sizes value=Signal::derive(move || state.get().size.to_string()) on_choose=choose />
            <Pagination page=page href=href />
        </div>
    }
}
