//! The parts of an invoice: charges and sums, what is to be paid, what was paid.

use chrono::NaiveDate;
use shared_types::{
    billing::{InvoiceDetailView, InvoiceLineView, InvoiceStatus, SsoPurpose, TransactionView},
    money::Money,
    page::ItemView,
};

use super::{
    billing_tab::BillingTab,
    invoice::NewTab,
    payment::{PaymentWatch, Watching},
};
use crate::{
    browser,
    components::ui::{Amount, AsOf, Button, Card, CardTitle, Day, Icon, Look, Sign},
    i18n::{en, en::invoice as text, format},
    prelude::*,
    queries::{Freshness, Query},
};

/// What is charged, and what it comes to.
#[component]
pub fn Lines(invoice: InvoiceDetailView) -> impl IntoView {
    let sums = sums(&invoice);
    let taxable = !invoice.taxes.is_empty();
    let none = invoice.lines.is_empty();
    view! {
        <Card id="lines" class="overflow-hidden">
            <div class="px-5 pt-5 sm:px-6 sm:pt-6">
                <CardTitle id="lines" sign=Sign::Invoice>
                    {text::LINES}
                </CardTitle>
            </div>
            <table class="mt-3 w-full text-[0.9375rem]">
                <thead class="text-sm text-faint">
                    <tr class="border-b border-line">
                        <th scope="col" class="px-4 py-2.5 text-start font-medium sm:px-6">{text::DESCRIPTION}</th>
                        <th scope="col" class="px-4 py-2.5 text-end font-medium sm:px-6">{text::AMOUNT}</th>
                    </tr>
                </thead>
                <tbody class="divide-y divide-line">
                    {none.then(|| view! { <tr><td colspan="2" class="px-4 py-3.5 text-soft sm:px-6">{text::NO_LINES}</td></tr> })}
                    {invoice.lines.into_iter().map(|line| view! { <Line line=line taxable=taxable /> }).collect_view()}
                </tbody>
                <tfoot class="border-t border-line">
                    {sums.into_iter().map(|line| view! { <Sum line=line /> }).collect_view()}
                </tfoot>
            </table>
        </Card>
    }
}

#[component]
fn Line(
    line: InvoiceLineView,
    /** Some lines are taxed, so that it matters which are not. */
    taxable: bool,
) -> impl IntoView {
    view! {
        <tr>
            <td class="px-4 py-3.5 sm:px-6">
                <span class="wrap-anywhere whitespace-pre-line">{line.description}</span>
                {(taxable && !line.taxed).then(|| view! { <span class="block text-sm text-faint">{text::UNTAXED}</span> })}
            </td>
            <td class="px-4 py-3.5 text-end align-top whitespace-nowrap sm:px-6">
                <Amount money=line.amount />
            </td>
        </tr>
    }
}

/// One of the sums under the lines.
struct SumLine {
    name: String,
    money: Money,
    /// Taken off rather than added.
    less: bool,
    strong: bool,
}

/// The sums under the lines. Every amount is the billing system's own.
fn sums(invoice: &InvoiceDetailView) -> Vec<SumLine> {
    let plain =
        |name: String, money: &Money| SumLine { name, money: money.clone(), less: false, strong: false };
    let mut sums = vec![plain(text::SUBTOTAL.to_owned(), &invoice.subtotal)];
    sums.extend(invoice.taxes.iter().map(|tax| plain(text::tax(&tax.rate), &tax.amount)));
    if !invoice.credit.is_zero() {
        sums.push(SumLine { less: true, ..plain(text::CREDIT.to_owned(), &invoice.credit) });
    }
    sums.push(SumLine { strong: true, ..plain(text::TOTAL.to_owned(), &invoice.invoice.total) });
    sums
}

#[component]
fn Sum(line: SumLine) -> impl IntoView {
    let (row, cell) = if line.strong {
        ("border-t border-line", "py-3.5 font-semibold")
    } else {
        ("text-soft", "py-2 font-normal")
    };
    view! {
        <tr class=row>
            <th scope="row" class=format!("px-4 text-end align-baseline sm:px-6 {cell}")>
                {line.name}
            </th>
            <td class=format!("px-4 text-end align-baseline whitespace-nowrap sm:px-6 {cell}")>
                {line.less.then_some("−")} <Amount money=line.money />
            </td>
        </tr>
    }
}

/// What is open, until when, and the way to pay it.
#[component]
pub fn PaymentCard(
    invoice: InvoiceDetailView,
    query: Query<ItemView<InvoiceDetailView>>,
    watch: PaymentWatch,
    tab: BillingTab,
) -> impl IntoView {
    let head = &invoice.invoice;
    // A refunded or cancelled invoice may show a balance that nobody has to pay.
    let waits = matches!(
        head.status,
        InvoiceStatus::Unpaid
            | InvoiceStatus::Collections
            | InvoiceStatus::PaymentPending
            | InvoiceStatus::Other
    );
    let open = waits && invoice.balance.is_positive();
    let figure_of = if waits { invoice.balance.clone() } else { head.total.clone() };
    let due = (open && head.due_on.is_some()).then(|| head.due_on.and_then(format::relative_day)).flatten();
    let figure = if !open {
        "text-soft"
    } else if head.overdue {
        "text-bad-ink"
    } else {
        ""
    };
    let label = match (open, head.status) {
        (true, _) => text::BALANCE,
        (false, InvoiceStatus::Refunded | InvoiceStatus::Cancelled) => text::WAS_TOTAL,
        (false, _) => text::SETTLED,
    };
    let dates = [(text::ISSUED, head.issued_on), (text::DUE, head.due_on), (text::PAID, head.paid_on)];
    let (id, payable) = (head.id, invoice.payable);
    let as_of = query.part(|answer| answer.meta.as_of);
    view! {
        <Card id="summary" class="p-5 sm:p-6 lg:sticky lg:top-10">
            <CardTitle id="summary" sign=Sign::Card>
                {text::SUMMARY}
            </CardTitle>
            <p class="mt-4 text-sm text-faint">{label}</p>
            <p class=format!("text-[2rem] leading-10 font-semibold tracking-[-0.02em] {figure}")>
                <Amount money=figure_of />
            </p>
            {due.map(|due| view! { <p class="mt-0.5 text-[0.9375rem] text-soft">{en::dashboard::due(&due)}</p> })}
            {payable.then(|| view! { <Pay query=query watch=watch tab=tab id=id /> })}
            <Dates dates=dates />
            <div class="mt-4">
                <AsOf when=as_of />
            </div>
            <Tools query=query />
        </Card>
    }
}

/// Look again, and put on paper.
#[component]
fn Tools(query: Query<ItemView<InvoiceDetailView>>) -> impl IntoView {
    view! {
        <div class="no-print -mx-2 mt-3 grid grid-cols-2 gap-1 border-t border-line pt-3">
            <Button
                look=Look::Quiet
                sign=Sign::Refresh
                busy=Signal::derive(move || query.fetching())
                on_press=Callback::new(move |()| query.refresh(Freshness::Now))
            >
                {en::shell::REFRESH}
            </Button>
            <Button look=Look::Quiet sign=Sign::Printer on_press=Callback::new(|()| browser::print())>
                {text::PRINT}
            </Button>
        </div>
    }
}

/// The days of an invoice that it has.
#[component]
fn Dates(dates: [(&'static str, Option<NaiveDate>); 3]) -> impl IntoView {
    view! {
        <dl class="mt-5 grid gap-2 border-t border-line pt-4 text-[0.9375rem]">
            {dates
                .into_iter()
                .filter(|(_, day)| day.is_some())
                .map(|(name, day)| {
                    view! {
                        <div class="flex justify-between gap-4">
                            <dt class="text-faint">{name}</dt>
                            <dd>
                                <Day day=day />
                            </dd>
                        </div>
                    }
                })
                .collect_view()}
        </dl>
    }
}

/// What stands in the place of the button.
#[derive(Clone, Copy, PartialEq)]
enum Payment {
    Offered,
    Verifying,
    Waiting,
    NothingArrived,
}

/// The button to pay, only while what is shown is known to be true.
#[component]
fn Pay(
    query: Query<ItemView<InvoiceDetailView>>,
    watch: PaymentWatch,
    tab: BillingTab,
    id: shared_types::ids::InvoiceId,
) -> impl IntoView {
    let state = Memo::new(move |_| {
        let view = query.view();
        let uncertain = view.error.is_some() || view.data.is_none_or(|answer| answer.meta.stale);
        match watch.state() {
            Watching::Yes => Payment::Waiting,
            Watching::LastLook => Payment::Verifying,
            Watching::GaveUp => Payment::NothingArrived,
            Watching::No if uncertain => Payment::Verifying,
            Watching::No => Payment::Offered,
        }
    });
    view! {
        <div class="no-print mt-5" aria-live="polite">
            {move || match state.get() {
                Payment::Offered => {
                    view! {
                        <Button
                            look=Look::Primary
                            wide=true
                            sign=Sign::External
                            busy=tab.busy(SsoPurpose::Pay)
                            on_press=Callback::new(move |()| tab.open(id, SsoPurpose::Pay))
                        >
                            {text::PAY}
                            <NewTab />
                        </Button>
                    }
                        .into_any()
                }
                Payment::Verifying => view! { <p class="text-[0.9375rem] text-soft">{text::VERIFYING}</p> }.into_any(),
                Payment::Waiting => view! { <Waiting watch=watch /> }.into_any(),
                Payment::NothingArrived => {
                    view! {
                        <p class="text-[0.9375rem] text-soft">{text::GAVE_UP}</p>
                        <div class="mt-3">
                            <Button sign=Sign::Refresh on_press=Callback::new(move |()| watch.make_sure())>
                                {en::shell::REFRESH}
                            </Button>
                        </div>
                    }
                        .into_any()
                }
            }}
        </div>
    }
}

#[component]
fn Waiting(watch: PaymentWatch) -> impl IntoView {
    view! {
        <div class="rounded-lg bg-accent-soft p-4">
            <p class="flex items-center gap-2 font-medium text-accent-ink">
                <Icon sign=Sign::Circle class="size-4 turning" />
                {text::WAITING}
            </p>
            <p class="mt-1 text-sm text-soft">{text::WAITING_LEAD}</p>
            <button type="button" class="link mt-2 min-h-9 text-sm" on:click=move |_| watch.make_sure()>
                {text::STOP_WAITING}
            </button>
        </div>
    }
}

/// Payments and refunds.
#[component]
pub fn Transactions(transactions: Vec<TransactionView>) -> impl IntoView {
    let none = transactions.is_empty();
    view! {
        <Card id="transactions">
            <CardTitle id="transactions" sign=Sign::Card>
                {text::TRANSACTIONS}
            </CardTitle>
            {none.then(|| view! { <p class="mt-3 text-[0.9375rem] text-soft">{text::NO_TRANSACTIONS}</p> })}
            <ul class="mt-2 divide-y divide-line empty:hidden">
                {transactions.into_iter().map(|transaction| view! { <Transaction transaction=transaction /> }).collect_view()}
            </ul>
        </Card>
    }
}

#[component]
fn Transaction(transaction: TransactionView) -> impl IntoView {
    let refund = transaction.amount_out.is_positive();
    let money = if refund { transaction.amount_out } else { transaction.amount_in };
    view! {
        <li class="flex items-start justify-between gap-4 py-3 last:pb-0">
            <div class="min-w-0">
                <p class="font-medium">
                    {transaction.gateway} {refund.then(|| view! { <span class="font-normal text-faint">" · " {text::REFUND}</span> })}
                </p>
                <p class="text-sm text-faint wrap-anywhere">
                    <Day day=transaction.booked_on />
                    {(!transaction.reference.is_empty()).then(|| format!(" · {}", transaction.reference))}
                </p>
            </div>
            <p class="text-end font-medium">
                {refund.then_some("−")} <Amount money=money />
            </p>
        </li>
    }
}
