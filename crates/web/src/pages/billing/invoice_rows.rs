//! Rows of invoices: a table where there is room, cards where there is not.

use shared_types::billing::{InvoiceSort, InvoiceView};

use super::list_state::ListState;
use crate::{
    browser,
    components::ui::{Amount, Bone, Day, Icon, InvoiceBadge, LoadingText, Sign},
    i18n::en::invoices as text,
    prelude::*,
    routes,
};

const CELL: &str = "px-4 py-3.5 sm:px-6";

/// Invoices. With `state` the headings sort.
#[component]
pub fn InvoiceRows(
    #[prop(into)] rows: Signal<Vec<InvoiceView>>,
    #[prop(optional, into)] state: Option<Signal<ListState>>,
) -> impl IntoView {
    let wide = browser::use_wide();
    move || {
        if wide.get() {
            view! { <Table rows=rows state=state /> }.into_any()
        } else {
            view! { <Cards rows=rows /> }.into_any()
        }
    }
}

#[component]
fn Table(rows: Signal<Vec<InvoiceView>>, state: Option<Signal<ListState>>) -> impl IntoView {
    view! {
        <table class="w-full border-collapse text-[0.9375rem]">
            <caption class="sr-only">{text::TITLE}</caption>
            <thead>
                <tr class="border-b border-line text-start text-sm text-faint">
                    <Heading state=state name=text::NUMBER orders=(InvoiceSort::Number, InvoiceSort::NumberDescending) />
                    <th scope="col" class=format!("{CELL} text-start font-medium")>
                        {text::STATUS}
                    </th>
                    <Heading state=state name=text::ISSUED orders=(InvoiceSort::OldestFirst, InvoiceSort::NewestFirst) />
                    <Heading state=state name=text::DUE orders=(InvoiceSort::DueFirst, InvoiceSort::DueLast) />
                    <Heading
                        state=state
                        name=text::TOTAL
                        orders=(InvoiceSort::SmallestFirst, InvoiceSort::LargestFirst)
                        end=true
                    />
                </tr>
            </thead>
            <tbody class="divide-y divide-line">
                {move || rows.get().into_iter().map(|invoice| view! { <Row invoice=invoice /> }).collect_view()}
            </tbody>
        </table>
    }
}

/// A column's heading; where the list can be sorted, a link that sorts it and turns the order round.
#[component]
fn Heading(
    state: Option<Signal<ListState>>,
    name: &'static str,
    /// Upwards and downwards.
    orders: (InvoiceSort, InvoiceSort),
    #[prop(optional)] end: bool,
) -> impl IntoView {
    let (up, down) = orders;
    let side = if end { "text-end" } else { "text-start" };
    let Some(state) = state else {
        return view! {
            <th scope="col" class=format!("{CELL} {side} font-medium")>
                {name}
            </th>
        }
        .into_any();
    };
    let sort = move || state.get().sort;
    let aria = move || match sort() {
        now if now == up => Some("ascending"),
        now if now == down => Some("descending"),
        _ => None,
    };
    let target = move || state.get().sorted(if sort() == down { up } else { down }).href();
    let sign = move || match sort() {
        now if now == up => Sign::Up,
        now if now == down => Sign::Down,
        _ => Sign::UpDown,
    };
    view! {
        <th scope="col" aria-sort=aria class=format!("{CELL} {side} font-medium")>
            <a href=target class="-mx-1.5 inline-flex items-center gap-1 rounded-md px-1.5 py-1 hover:text-ink" class:text-ink=move || aria().is_some()>
                {name}
                {move || view! { <Icon sign=sign() class="size-3.5" /> }}
            </a>
        </th>
    }
    .into_any()
}

#[component]
fn Row(invoice: InvoiceView) -> impl IntoView {
    let href = routes::invoice(invoice.id);
    view! {
        <tr class="relative transition-colors hover:bg-sunken/60">
            <td class=CELL>
                <a href=href class="figures font-medium after:absolute after:inset-0">
                    {invoice.number.clone()}
                </a>
            </td>
            <td class=CELL>
                <InvoiceBadge invoice=invoice.clone() />
            </td>
            <td class=format!("{CELL} text-soft")>
                <Day day=invoice.issued_on />
            </td>
            <td class=format!("{CELL} text-soft")>
                <Day day=invoice.due_on />
            </td>
            <td class=format!("{CELL} text-end")>
                <Amount money=invoice.total class="font-medium" />
            </td>
        </tr>
    }
}

#[component]
fn Cards(rows: Signal<Vec<InvoiceView>>) -> impl IntoView {
    view! {
        <ul class="divide-y divide-line" aria-label=text::TITLE>
            {move || rows.get().into_iter().map(|invoice| view! { <CardRow invoice=invoice /> }).collect_view()}
        </ul>
    }
}

#[component]
fn CardRow(invoice: InvoiceView) -> impl IntoView {
    let href = routes::invoice(invoice.id);
    let (label, day) = match invoice.paid_on {
        Some(day) => (text::PAID, Some(day)),
        None => (text::DUE, invoice.due_on),
    };
    view! {
        <li class="relative grid gap-2.5 px-4 py-4">
            <div class="flex items-baseline justify-between gap-4">
                <a href=href class="figures font-medium after:absolute after:inset-0">
                    {text::link(&invoice.number)}
                </a>
                <Amount money=invoice.total.clone() class="font-semibold" />
            </div>
            <div class="flex items-center justify-between gap-4 text-sm text-faint">
                <InvoiceBadge invoice=invoice.clone() />
                <span class="text-end">{label} " " <Day day=day /></span>
            </div>
        </li>
    }
}

/// Rows that are still loading, in the shape they will have.
#[component]
pub fn RowBones(count: usize) -> impl IntoView {
    let row = || {
        view! {
            <div class="flex items-center justify-between gap-6 px-4 py-4.5 sm:px-6">
                <Bone class="h-4 w-20" />
                <Bone class="h-5 w-24 rounded-full max-md:hidden" />
                <Bone class="h-4 w-24 max-md:hidden" />
                <Bone class="h-4 w-24 max-md:hidden" />
                <Bone class="h-4 w-16" />
            </div>
        }
    };
    view! {
        <LoadingText />
        <div class="divide-y divide-line">{std::iter::repeat_with(row).take(count).collect_view()}</div>
    }
}
