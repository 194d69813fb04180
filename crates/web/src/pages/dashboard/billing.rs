//! Do I owe anything?

use shared_types::{
    account::{BillingSummary, DueInvoice},
    billing::InvoiceFilter,
    page::Section,
};

use super::cards::{Part, is_shown, without_answer};
use crate::{
    components::ui::{Amount, Badge, ButtonLink, Card, CardTitle, Day, Icon, Look, Sign, Tone},
    i18n::{en::dashboard as text, format},
    pages::billing::list_state::ListState,
    prelude::*,
    routes,
};

/// Overdue first, then the next payment, then the good news.
#[component]
pub fn BillingCard(section: Part<BillingSummary>, on_retry: Callback<()>) -> impl IntoView {
    let shown = is_shown(section);
    move || {
        shown.get().then(|| {
            view! {
                <Card id="billing" class="p-5 sm:p-6 lg:col-span-2 flex flex-col">
                    <CardTitle id="billing" sign=Sign::Card>
                        {text::BILLING}
                    </CardTitle>
                    {move || match section.get() {
                        Some(Section::Ready { data, .. }) => view! { <Owed billing=data /> }.into_any(),
                        other => without_answer(other, on_retry),
                    }}
                </Card>
            }
        })
    }
}

#[component]
fn Owed(billing: BillingSummary) -> impl IntoView {
    let answer = if billing.overdue_count > 0 {
        view! { <Overdue billing=billing.clone() /> }.into_any()
    } else if let Some(next) = billing.next_due.clone() {
        view! { <NextDue invoice=next /> }.into_any()
    } else {
        view! { <NothingDue /> }.into_any()
    };
    let unpaid = ListState::default().filtered(Some(InvoiceFilter::Unpaid)).href();
    view! {
        <div class="mt-4 flex grow flex-col justify-center">{answer}</div>
        <dl class="mt-6 divide-y divide-line border-t border-line text-[0.9375rem] empty:hidden">
            <DueFact name=text::OLDEST invoice=billing.oldest_overdue />
            <DueFact name=text::NEXT_DUE invoice=billing.next_due />
            {(billing.unpaid_count > 0)
                .then(|| {
                    view! {
                        <Fact name=text::UNPAID>
                            <a href=unpaid class="link figures">
                                {text::unpaid_count(billing.unpaid_count)}
                            </a>
                        </Fact>
                    }
                })}
        </dl>
    }
}

#[component]
fn Overdue(billing: BillingSummary) -> impl IntoView {
    let all = ListState::default().filtered(Some(InvoiceFilter::Overdue)).href();
    let (href, action) = match (billing.overdue_count, billing.oldest_overdue) {
        (1, Some(only)) => (routes::invoice(only.id), text::view_invoice(&only.number)),
        _ => (all, text::VIEW_OVERDUE.to_owned()),
    };
    view! {
        <div class="flex flex-wrap items-end justify-between gap-x-6 gap-y-4">
            <div>
                <Badge tone=Tone::Bad sign=Sign::Alert text=text::overdue_count(billing.overdue_count) />
                <div class="mt-2 flex flex-wrap gap-x-5 text-[2.25rem] leading-11 font-semibold tracking-[-0.02em]">
                    {billing.overdue.into_iter().map(|money| view! { <Amount money=money /> }).collect_view()}
                </div>
                {(!billing.exact).then(|| view! { <p class="mt-1 text-sm text-faint">{text::INEXACT}</p> })}
            </div>
            <ButtonLink href=href look=Look::Primary>{action}</ButtonLink>
        </div>
    }
}

#[component]
fn NextDue(invoice: DueInvoice) -> impl IntoView {
    let when = invoice.due_on.and_then(format::relative_day);
    view! {
        <div class="flex flex-wrap items-end justify-between gap-x-6 gap-y-4">
            <div>
                <p class="text-[0.9375rem] text-soft">
                    {text::NEXT_DUE} {when.map(|when| format!(", {}", text::due(&when)))}
                </p>
                <p class="text-[2.25rem] leading-11 font-semibold tracking-[-0.02em]">
                    <Amount money=invoice.balance />
                </p>
            </div>
            <ButtonLink href=routes::invoice(invoice.id) look=Look::Primary>
                {text::view_invoice(&invoice.number)}
            </ButtonLink>
        </div>
    }
}

#[component]
fn NothingDue() -> impl IntoView {
    view! {
        <div class="flex items-center gap-4">
            <span class="grid size-12 shrink-0 place-items-center rounded-full bg-ok-soft text-ok-ink">
                <Icon sign=Sign::Check class="size-6" />
            </span>
            <div>
                <p class="text-xl font-semibold">{text::NOTHING_DUE}</p>
                <p class="text-soft">{text::NOTHING_DUE_LEAD}</p>
            </div>
        </div>
    }
}

#[component]
fn Fact(name: &'static str, children: Children) -> impl IntoView {
    view! {
        <div class="flex flex-wrap items-baseline justify-between gap-x-4 gap-y-1 py-3 last:pb-0">
            <dt class="text-soft">{name}</dt>
            <dd class="flex items-baseline gap-3">{children()}</dd>
        </div>
    }
}

/// An invoice that waits for money, in a line; nothing where there is none.
#[component]
fn DueFact(name: &'static str, invoice: Option<DueInvoice>) -> impl IntoView {
    invoice.map(|invoice| {
        let link = text::due_link(&invoice.number, &format::money(&invoice.balance));
        view! {
            <Fact name=name>
                <span class="text-faint">
                    <Day day=invoice.due_on />
                </span>
                <a href=routes::invoice(invoice.id) class="link" aria-label=link>
                    <Amount money=invoice.balance />
                </a>
            </Fact>
        }
    })
}
