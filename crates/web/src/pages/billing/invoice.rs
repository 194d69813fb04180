//! One invoice, and the way to pay it.

use shared_types::{
    billing::{InvoiceDetailView, InvoiceStatus, InvoiceView, SsoPurpose},
    ids::InvoiceId,
    page::{ItemView, Meta},
    problem::ProblemCode,
};

use super::{
    billing_tab::BillingTab,
    invoice_parts::{Lines, PaymentCard, Transactions},
    payment::{PaymentWatch, Watching},
};
use crate::{
    components::ui::{
        Bone, Button, ButtonLink, EmptyState, ErrorState, Icon, InvoiceBadge, LoadingText, Notice,
        PageHeading, Sign, StaleNotice, Toasts, Tone, Trouble,
    },
    i18n::{codes, en, en::invoice as text, message_of},
    prelude::*,
    queries::{Freshness, Query, QueryClient, invoice_changed, use_invoice},
    routes,
};

type InvoiceQuery = Query<ItemView<InvoiceDetailView>>;

/// One invoice; without an id there is none.
#[component]
pub fn InvoicePage(id: Option<InvoiceId>) -> impl IntoView {
    view! {
        <a href=routes::INVOICES class="no-print -ms-1.5 mb-3 inline-flex min-h-9 items-center gap-1.5 rounded-lg px-1.5 text-[0.9375rem] font-medium text-soft hover:text-ink">
            <Icon sign=Sign::ArrowLeft class="size-4" />
            {text::BACK}
        </a>
        {match id {
            Some(id) => view! { <Known id=id /> }.into_any(),
            None => view! { <Missing /> }.into_any(),
        }}
    }
}

#[component]
fn Known(id: InvoiceId) -> impl IntoView {
    let query = use_invoice(move || id);
    let watch = PaymentWatch::install(query);
    follow_changes(query, watch);
    let invoice = query.part(|answer| answer.data.clone());
    let meta = query.part(|answer| answer.meta);
    move || {
        if let Some(invoice) = invoice.get() {
            return view! { <Shown invoice=invoice meta=meta query=query watch=watch /> }.into_any();
        }
        match query.view().error {
            Some(error) if error.is(ProblemCode::NotFound) => view! { <Missing /> }.into_any(),
            Some(error) => {
                let retry = Callback::new(move |()| query.refresh(Freshness::Any));
                view! {
                    <PageHeading title=text::LOADING />
                    <div class="card mt-6">
                        <ErrorState message=message_of(&error) on_retry=retry />
                    </div>
                }
                .into_any()
            }
            None => view! { <InvoiceBones /> }.into_any(),
        }
    }
}

/// Says when an invoice that was waiting for money no longer does, and ends the watch.
fn follow_changes(query: InvoiceQuery, watch: PaymentWatch) {
    let client = expect_context::<QueryClient>();
    let toasts = expect_context::<Toasts>();
    let invoice = query.part(|answer| answer.data.invoice.clone());
    Effect::new(move |before: Option<Option<InvoiceView>>| {
        let now = invoice.get();
        let was_unpaid = before.flatten().is_some_and(|before| before.status == InvoiceStatus::Unpaid);
        if let Some(now) = now.as_ref().filter(|now| was_unpaid && now.status != InvoiceStatus::Unpaid) {
            watch.end();
            invoice_changed(client);
            let status = codes::status(now.status).unwrap_or(&now.status_label);
            match now.status {
                InvoiceStatus::Paid => toasts.show(Tone::Good, text::paid(&now.number)),
                _ => toasts.show(Tone::Info, text::changed(&now.number, status)),
            }
        }
        now
    });
    // The last look has been taken: what is shown now is true, and may be paid.
    Effect::new(move |was_fetching: Option<bool>| {
        let fetching = query.fetching();
        if was_fetching == Some(true) && !fetching && watch.state() == Watching::LastLook {
            watch.end();
        }
        fetching
    });
}

#[component]
fn Shown(
    invoice: InvoiceDetailView,
    meta: Memo<Option<Meta>>,
    query: InvoiceQuery,
    watch: PaymentWatch,
) -> impl IntoView {
    let client = expect_context::<QueryClient>();
    let id = invoice.invoice.id;
    let on_open = Callback::new(move |purpose| {
        if purpose == SsoPurpose::Pay {
            watch.begin();
        }
    });
    let on_outdated = Callback::new(move |()| query.refresh(Freshness::Now));
    let tab = BillingTab::new(client.session(), on_open, on_outdated);
    let stale = move || meta.get().filter(|meta| meta.stale);
    let badge = view! { <InvoiceBadge invoice=invoice.invoice.clone() /> }.into_any();
    view! {
        <PageHeading title=text::title(&invoice.invoice.number) aside=badge>
            <Button sign=Sign::External busy=tab.busy(SsoPurpose::View) on_press=Callback::new(move |()| tab.open(id, SsoPurpose::View))>
                {text::VIEW}
                <NewTab />
            </Button>
            <Button sign=Sign::Download busy=tab.busy(SsoPurpose::Pdf) on_press=Callback::new(move |()| tab.open(id, SsoPurpose::Pdf))>
                {text::PDF}
                <NewTab />
            </Button>
        </PageHeading>
        <div class="mt-4 grid gap-3 empty:hidden">
            <TabTrouble tab=tab invoice=id />
            {move || stale().map(|meta| view! { <StaleNotice as_of=meta.as_of /> })}
            <RefreshTrouble query=query />
        </div>
        <div class="mt-6 grid gap-4 lg:grid-cols-[minmax(0,1fr)_20rem] lg:items-start lg:gap-6 print:grid-cols-1">
            <div class="grid gap-4 max-lg:order-2 lg:gap-6">
                <Lines invoice=invoice.clone() />
                <Transactions transactions=invoice.transactions.clone() />
            </div>
            <PaymentCard invoice=invoice query=query watch=watch tab=tab />
        </div>
    }
}

/// Why a billing page did not open.
#[component]
fn TabTrouble(tab: BillingTab, invoice: InvoiceId) -> impl IntoView {
    view! {
        {move || {
            tab.trouble()
                .map(|message| view! { <Trouble message=message /> })
        }}
        {move || {
            tab.blocked()
                .map(|purpose| {
                    view! {
                        <Notice tone=Tone::Attention sign=Sign::Info role="alert">
                            <p>{text::BLOCKED}</p>
                            <button type="button" class="link min-h-9" on:click=move |_| tab.open_here(invoice, purpose)>
                                {text::OPEN_HERE}
                            </button>
                        </Notice>
                    }
                })
        }}
    }
}

/// The invoice could not be looked at again; what is shown is from before.
#[component]
fn RefreshTrouble(query: InvoiceQuery) -> impl IntoView {
    move || {
        query.view().error.map(|error| {
            let message = message_of(&error);
            view! {
                <Notice tone=Tone::Bad sign=Sign::Alert role="status">
                    <p class="font-medium">{message.title}</p>
                    <p>{message.detail}</p>
                    <button type="button" class="link min-h-9" on:click=move |_| query.refresh(Freshness::Now)>
                        {en::shell::RETRY}
                    </button>
                </Notice>
            }
        })
    }
}

/// Says that a tab opens to those who would not see it.
#[component]
pub fn NewTab() -> impl IntoView {
    view! { <span class="sr-only">{format!("({})", text::NEW_TAB)}</span> }
}

#[component]
fn Missing() -> impl IntoView {
    view! {
        <div class="sr-only">
            <PageHeading title=en::lost::INVOICE_NOT_FOUND />
        </div>
        <div class="card">
            <EmptyState sign=Sign::Inbox title=en::lost::INVOICE_NOT_FOUND detail=en::lost::INVOICE_NOT_FOUND_LEAD>
                <ButtonLink href=routes::INVOICES>{text::BACK}</ButtonLink>
            </EmptyState>
        </div>
    }
}

#[component]
fn InvoiceBones() -> impl IntoView {
    view! {
        <LoadingText />
        <Bone class="h-9 w-56" />
        <div class="mt-8 grid gap-4 lg:grid-cols-[minmax(0,1fr)_20rem] lg:gap-6">
            <Bone class="h-80 rounded-xl" />
            <Bone class="h-64 rounded-xl max-lg:order-first" />
        </div>
    }
}
