//! Buttons, and links that look like buttons.

use super::{Icon, Sign};
use crate::{i18n::en, prelude::*};

/// How much a button stands out. A page has one primary action.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Default)]
pub enum Look {
    Primary,
    #[default]
    Plain,
    Quiet,
}

const SHAPE: &str = "inline-flex items-center justify-center gap-2 rounded-lg px-4 min-h-11 text-[0.9375rem] font-medium \
                     transition-colors select-none aria-disabled:opacity-60 aria-disabled:cursor-default";

fn class_of(look: Look) -> String {
    let look = match look {
        Look::Primary => "bg-accent text-on-accent hover:bg-accent-strong shadow-lift",
        Look::Plain => "bg-surface text-ink border border-edge hover:bg-sunken shadow-lift",
        Look::Quiet => "text-soft hover:text-ink hover:bg-sunken",
    };
    format!("{SHAPE} {look}")
}

/// A button. While it works it keeps the focus and takes no second press.
#[component]
pub fn Button(
    #[prop(optional)] look: Look,
    #[prop(optional)] sign: Option<Sign>,
    /// `submit` for the button of a form.
    #[prop(default = "button")]
    kind: &'static str,
    /// Working on it.
    #[prop(optional, into)]
    busy: Signal<bool>,
    #[prop(optional)] wide: bool,
    #[prop(optional)] on_press: Option<Callback<()>>,
    children: Children,
) -> impl IntoView {
    let class = if wide { format!("{} w-full", class_of(look)) } else { class_of(look) };
    let press = move |event: leptos::ev::MouseEvent| {
        if busy.get_untracked() {
            event.prevent_default();
        } else if let Some(on_press) = on_press {
            on_press.run(());
        }
    };
    // Leaving a field may show what is wrong with it, which moves the button away from under the press. So a press on the button of a
    // form leaves the focus where it is; submitting checks every field anyway.
    let keep_focus = move |event: leptos::ev::MouseEvent| {
        if kind == "submit" {
            event.prevent_default();
        }
    };
    view! {
        <button
            type=kind
            class=class
            aria-disabled=move || busy.get().then_some("true")
            aria-busy=move || busy.get().then_some("true")
            on:mousedown=keep_focus
            on:click=press
        >
            {move || {
                if busy.get() {
                    Some(view! { <Icon sign=Sign::Circle class="size-4 turning" /> }.into_any())
                } else {
                    sign.map(|sign| view! { <Icon sign=sign class="size-4" /> }.into_any())
                }
            }}
            {children()}
        </button>
    }
}

/// A link to another page of the app that looks like a button.
#[component]
pub fn ButtonLink(
    #[prop(into)] href: String,
    #[prop(optional)] look: Look,
    #[prop(optional)] sign: Option<Sign>,
    children: Children,
) -> impl IntoView {
    view! {
        <a href=href class=class_of(look)>
            {sign.map(|sign| view! { <Icon sign=sign class="size-4" /> })}
            {children()}
        </a>
    }
}

/// Looks again. A sign alone, since it stands beside every title; its name is read out and shown by the pointer.
#[component]
pub fn RefreshButton(#[prop(into)] busy: Signal<bool>, on_press: Callback<()>) -> impl IntoView {
    view! {
        <button
            type="button"
            class="grid size-11 place-items-center rounded-lg border border-line bg-surface text-soft shadow-lift transition-colors hover:bg-sunken hover:text-ink"
            aria-label=en::shell::REFRESH
            title=en::shell::REFRESH
            aria-disabled=move || busy.get().then_some("true")
            aria-busy=move || busy.get().then_some("true")
            on:click=move |_| {
                if !busy.get_untracked() {
                    on_press.run(());
                }
            }
        >
            {move || {
                let class = if busy.get() { "size-[1.125rem] turning" } else { "size-[1.125rem]" };
                view! { <Icon sign=Sign::Refresh class=class /> }
            }}
        </button>
    }
}
