//! The first page: do I owe anything, does everything run, does anyone wait for me?

mod billing;
mod cards;
mod recent;

use std::time::Duration;

use shared_types::{
    account::{AccountState, SummaryView},
    page::{DataView, Meta, Section},
};

use self::{
    billing::BillingCard,
    cards::{ServicesCard, SupportCard, is_shown},
    recent::RecentInvoices,
};
use crate::{
    components::ui::{AsOf, ErrorState, PageHeading, Panel, RefreshButton, Sign, StaleNotice},
    i18n::{codes, en::dashboard as text, message_of},
    prelude::*,
    queries::{Freshness, Query, QueryClient, use_summary},
    session::Session,
};

type Summary = Query<DataView<SummaryView>>;

/// While the account is being made the portal is asked this often.
const POLL: Duration = Duration::from_secs(3);

/// Three answers, then the latest invoices.
#[component]
pub fn Dashboard() -> impl IntoView {
    let query = use_summary();
    let session = expect_context::<Session>();
    let client = expect_context::<QueryClient>();
    let account = query.part(|answer| answer.data.account_state);
    poll_while_setting_up(query, account);
    let as_of = query.part(|answer| oldest(&answer.data, |_| true).map(|meta| meta.as_of));
    let busy = Signal::derive(move || query.fetching());
    let lead = Signal::derive(move || session.user().map(|user| text::welcome(&user.first_name)));
    let failed = Memo::new(move |_| query.failure());
    view! {
        <PageHeading title=text::TITLE lead=lead>
            <AsOf when=Signal::derive(move || as_of.get().flatten()) />
            <RefreshButton busy=busy on_press=Callback::new(move |()| client.refresh_seen(Freshness::Now)) />
        </PageHeading>
        <div class="mt-6">
            {move || match (failed.get(), account.get()) {
                (Some(error), _) => {
                    let retry = Callback::new(move |()| query.refresh(Freshness::Any));
                    view! {
                        <div class="card">
                            <ErrorState message=message_of(&error) on_retry=retry />
                        </div>
                    }
                        .into_any()
                }
                (None, Some(state)) if !state.has_billing() => view! { <NotConnected state=state /> }.into_any(),
                (None, state) => view! { <Answers query=query connected=state.is_some() /> }.into_any(),
            }}
        </div>
    }
}

fn poll_while_setting_up(query: Summary, account: Memo<Option<AccountState>>) {
    Effect::new(move |_| {
        if account.get() != Some(AccountState::SettingUp) {
            return;
        }
        if let Ok(timer) = set_interval_with_handle(move || query.refresh(Freshness::Now), POLL) {
            on_cleanup(move || timer.clear());
        }
    });
}

/// The account is not connected to billing: being made, to be linked, or failed.
#[component]
fn NotConnected(state: AccountState) -> impl IntoView {
    let sign = match state {
        AccountState::SettingUp => Sign::Circle,
        AccountState::NeedsLink => Sign::Link,
        AccountState::Failed => Sign::Alert,
        AccountState::BillingReady | AccountState::Ready => Sign::Check,
    };
    codes::account_state(state).map(|(title, detail)| {
        view! { <Panel sign=sign title=title detail=detail working=state == AccountState::SettingUp /> }
    })
}

#[component]
fn Answers(
    query: Summary,
    /// Whether billing can be asked, as far as is known yet.
    connected: bool,
) -> impl IntoView {
    let stale = query.part(|answer| oldest(&answer.data, |meta| meta.stale));
    let retry = Callback::new(move |()| query.refresh(Freshness::Now));
    let billing = query.part(|answer| answer.data.billing.clone());
    let shown = is_shown(billing);
    view! {
        {move || stale.get().flatten().map(|meta| view! { <div class="mb-4"><StaleNotice as_of=meta.as_of /></div> })}
        <div class="grid gap-4 lg:grid-cols-3 lg:gap-6">
            <BillingCard section=billing on_retry=retry />
            <div class="grid gap-4 sm:grid-cols-2 lg:grid-cols-1 lg:gap-6">
                <ServicesCard section=query.part(|answer| answer.data.services.clone()) on_retry=retry />
                <SupportCard section=query.part(|answer| answer.data.support.clone()) on_retry=retry />
            </div>
        </div>
        {move || (connected && shown.get()).then(|| view! { <RecentInvoices /> })}
    }
}

/// How old the oldest of these parts is.
fn oldest(summary: &SummaryView, which: impl Fn(&Meta) -> bool) -> Option<Meta> {
    fn meta<T>(section: &Section<T>) -> Option<Meta> {
        match section {
            Section::Ready { meta, .. } => Some(*meta),
            Section::Unavailable { .. } | Section::NotReady | Section::NotAllowed => None,
        }
    }
    [meta(&summary.billing), meta(&summary.services), meta(&summary.support)]
        .into_iter()
        .flatten()
        .filter(which)
        .min_by_key(|meta| meta.as_of)
}
