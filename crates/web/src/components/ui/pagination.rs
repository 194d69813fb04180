//! The way through a long list.

use shared_types::page::Page;

use super::{Icon, Sign};
use crate::{i18n::en, prelude::*};

/// A place in the row of page links.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Step {
    Page(u64),
    Gap,
}

/// The pages to offer: the first, the last, and those around the current one.
fn steps(current: u64, last: u64) -> Vec<Step> {
    let near = |page: u64| page == 1 || page == last || page.abs_diff(current) <= 1;
    let mut steps = Vec::new();
    let mut previous = 0;
    for page in (1..=last).filter(|page| near(*page)) {
        match page.saturating_sub(previous) {
            // A gap of one page is no shorter than the page itself.
            2 => steps.push(Step::Page(page.saturating_sub(1))),
            distance if distance > 2 => steps.push(Step::Gap),
            _ => {}
        }
        steps.push(Step::Page(page));
        previous = page;
    }
    steps
}

/// The first and the last row on a page, counted from 1.
fn range(page: &Page) -> (u64, u64) {
    let before = u64::from(page.number.saturating_sub(1)).saturating_mul(u64::from(page.size));
    let last = before.saturating_add(u64::from(page.size)).min(page.total_items);
    (before.saturating_add(1).min(last), last)
}

const STEP: &str = "grid min-w-9 sm:min-w-10 h-10 px-1.5 sm:px-2 place-items-center rounded-lg text-[0.9375rem] font-medium figures";

/// Links to the pages of a list, and which rows these are.
#[component]
pub fn Pagination(
    page: Page,
    /** Address of a page. */
    href: Callback<u64, String>,
) -> impl IntoView {
    let current = u64::from(page.number);
    let (from, to) = range(&page);
    let arrow = move |target: u64, label: &'static str, sign: Sign| {
        if (1..=page.total_pages).contains(&target) {
            view! {
                <a href=href.run(target) class=format!("{STEP} text-soft hover:bg-sunken hover:text-ink") aria-label=label>
                    <Icon sign=sign />
                </a>
            }
            .into_any()
        } else {
            view! {
                <span class=format!("{STEP} text-faint opacity-40") aria-hidden="true">
                    <Icon sign=sign />
                </span>
            }
            .into_any()
        }
    };
    view! {
        <div class="flex flex-wrap items-center justify-between gap-x-4 gap-y-3">
            <p class="text-sm text-soft figures">{en::invoices::range(from, to, page.total_items)}</p>
            <nav aria-label=en::invoices::PAGES class="-ms-2 flex flex-wrap items-center gap-0.5">
                {arrow(current.saturating_sub(1), en::invoices::PREVIOUS, Sign::Left)}
                {steps(current, page.total_pages)
                    .into_iter()
                    .map(|step| view! { <PageStep step=step current=current href=href /> })
                    .collect_view()}
                {arrow(current.saturating_add(1), en::invoices::NEXT, Sign::Right)}
            </nav>
        </div>
    }
}

#[component]
fn PageStep(step: Step, current: u64, href: Callback<u64, String>) -> impl IntoView {
    match step {
        Step::Gap => {
            view! { <span class="grid w-6 place-items-center text-faint" aria-hidden="true">"…"</span> }
                .into_any()
        }
        Step::Page(number) => {
            let here = number == current;
            let look = if here {
                "bg-accent-soft text-accent-ink"
            } else {
                "text-soft hover:bg-sunken hover:text-ink"
            };
            view! {
                <a
                    href=href.run(number)
                    class=format!("{STEP} {look}")
                    aria-label=en::invoices::page(number)
                    aria-current=here.then_some("page")
                >
                    {number}
                </a>
            }
            .into_any()
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn shown(current: u64, last: u64) -> String {
        let text = |step| match step {
            Step::Page(page) => page.to_string(),
            Step::Gap => "…".to_owned(),
        };
        steps(current, last).into_iter().map(text).collect::<Vec<_>>().join(" ")
    }

    #[test]
    fn offers_the_ends_and_the_neighbours() {
        assert_eq!(shown(1, 1), "1");
        assert_eq!(shown(1, 3), "1 2 3");
        assert_eq!(shown(4, 7), "1 2 3 4 5 6 7");
        assert_eq!(shown(5, 200), "1 … 4 5 6 … 200");
        assert_eq!(shown(200, 200), "1 … 199 200");
        assert_eq!(shown(1, 0), "");
    }

    #[test]
    fn says_which_rows_these_are() {
        assert_eq!(range(&Page::new(1, 25, 60)), (1, 25));
        assert_eq!(range(&Page::new(3, 25, 60)), (51, 60));
        assert_eq!(range(&Page::new(1, 25, 0)), (0, 0));
    }
}
