//! Figures and days.

use chrono::NaiveDate;
use shared_types::{money::Money, wire::day_text};

use crate::{i18n::format, prelude::*};

/// An amount of money, in figures that stand under each other.
#[component]
pub fn Amount(money: Money, #[prop(default = "")] class: &'static str) -> impl IntoView {
    view! { <span class=format!("figures whitespace-nowrap {class}")>{format::money(&money)}</span> }
}

/// A day, or a dash where there is none.
#[component]
pub fn Day(day: Option<NaiveDate>) -> impl IntoView {
    match day {
        Some(day) => view! {
            <time class="figures whitespace-nowrap" datetime=day_text(day)>
                {format::day(day)}
            </time>
        }
        .into_any(),
        None => view! { <span class="text-faint">"–"</span> }.into_any(),
    }
}
