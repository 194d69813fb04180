//! One of a few, each explained in a line or two.

use crate::prelude::*;

/// One thing to choose.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Choice {
    /// What is chosen.
    pub value: String,
    /// What it is called.
    pub title: String,
    /// More about it; may be empty.
    pub detail: String,
    /// Why it cannot be chosen.
    pub blocked: Option<&'static str>,
}

/// A labelled group of radio buttons, as cards.
#[component]
pub fn Choices(
    /// Names the group; unique on the page.
    name: &'static str,
    legend: &'static str,
    choices: Vec<Choice>,
    value: RwSignal<String>,
) -> impl IntoView {
    view! {
        <fieldset class="grid gap-2">
            <legend class="mb-1.5 text-[0.9375rem] font-medium">{legend}</legend>
            {choices.into_iter().map(|choice| one(name, choice, value)).collect_view()}
        </fieldset>
    }
}

fn one(name: &'static str, choice: Choice, value: RwSignal<String>) -> AnyView {
    let Choice { value: own, title, detail, blocked } = choice;
    let chosen = own.clone();
    view! {
        <label class="flex min-h-11 cursor-pointer items-start gap-3 rounded-lg border border-edge px-3.5 py-3 has-checked:border-accent has-checked:bg-accent-soft has-disabled:cursor-default has-disabled:opacity-60">
            <input
                type="radio"
                name=name
                class="mt-1 size-4 accent-accent"
                value=own.clone()
                disabled=blocked.is_some()
                prop:checked=move || value.get() == chosen
                on:change=move |_| value.set(own.clone())
            />
            <span class="min-w-0">
                <span class="block font-medium">{title}</span>
                <span class="block text-sm text-soft">{detail}</span>
                {blocked.map(|why| view! { <span class="block text-sm text-soft">{why}</span> })}
            </span>
        </label>
    }
    .into_any()
}
