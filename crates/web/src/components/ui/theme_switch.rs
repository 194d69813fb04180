//! Light, dark, or as the system has it.

use super::{Icon, Sign};
use crate::{
    i18n::en,
    prelude::*,
    theme::{Theme, ThemeChoice},
};

/// Three buttons of which one is pressed; native radio buttons give the keyboard its arrows.
#[component]
pub fn ThemeSwitch(
    choice: ThemeChoice,
    /// Name of the group; unique on the page.
    group: &'static str,
    /// Icons without words, for narrow places.
    #[prop(optional)]
    compact: bool,
) -> impl IntoView {
    view! {
        <fieldset class="inline-flex rounded-lg bg-sunken p-1" class:w-full=compact>
            <legend class="sr-only">{en::shell::THEME}</legend>
            {Theme::ALL.map(|theme| view! { <ThemeOption choice=choice group=group theme=theme compact=compact /> }).collect_view()}
        </fieldset>
    }
}

#[component]
fn ThemeOption(choice: ThemeChoice, group: &'static str, theme: Theme, compact: bool) -> impl IntoView {
    let (text, sign) = match theme {
        Theme::Light => (en::shell::LIGHT, Sign::Sun),
        Theme::Dark => (en::shell::DARK, Sign::Moon),
        Theme::System => (en::shell::SYSTEM, Sign::Screen),
    };
    view! {
        <label class="flex grow cursor-pointer items-center justify-center gap-1.5 rounded-md px-2.5 py-1.5 text-sm font-medium text-soft \
        hover:text-ink has-checked:bg-surface has-checked:text-ink has-checked:shadow-lift \
        has-focus-visible:outline-2 has-focus-visible:outline-accent-ink">
            <input
                type="radio"
                class="sr-only"
                name=group
                prop:checked=move || choice.get() == theme
                on:change=move |_| choice.set(theme)
            />
            <Icon sign=sign class="size-4" />
            <span class:sr-only=compact>{text}</span>
        </label>
    }
}
