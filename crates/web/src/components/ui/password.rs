//! A password that can be looked at while typing.

use super::{Icon, Sign, field::described_by};
use crate::{i18n::en, prelude::*};

/// A password. Says so when Caps Lock is on.
#[component]
pub fn PasswordInput(
    id: String,
    name: &'static str,
    value: RwSignal<String>,
    /// `current-password` or `new-password`.
    autocomplete: &'static str,
    #[prop(optional)] has_hint: bool,
    #[prop(into)] invalid: Signal<bool>,
    on_change: Callback<()>,
    on_leave: Callback<()>,
) -> impl IntoView {
    let shown = RwSignal::new(false);
    let caps = RwSignal::new(false);
    let describer = id.clone();
    let watch_caps = move |event: leptos::ev::KeyboardEvent| caps.set(event.get_modifier_state("CapsLock"));
    view! {
        <div class="relative">
            <input
                id=id
                name=name
                type=move || if shown.get() { "text" } else { "password" }
                class="control pe-12"
                autocomplete=autocomplete
                autocapitalize="none"
                spellcheck="false"
                aria-required="true"
                aria-invalid=move || invalid.get().then_some("true")
                aria-describedby=move || described_by(&describer, has_hint, invalid.get())
                prop:value=value
                on:input:target=move |event| {
                    value.set(event.target().value());
                    on_change.try_run(());
                }
                on:keydown=watch_caps
                on:keyup=watch_caps
                // The browser takes the focus from a field that goes away; nobody is there to hear of it.
                on:blur=move |_| {
                    caps.try_set(false);
                    on_leave.try_run(());
                }
            />
            <button
                type="button"
                class="absolute inset-y-0 end-0 grid w-11 place-items-center rounded-lg text-faint hover:text-ink"
                aria-label=move || if shown.get() { en::form::HIDE_PASSWORD } else { en::form::SHOW_PASSWORD }
                on:click=move |_| shown.update(|shown| *shown = !*shown)
            >
                {move || {
                    let sign = if shown.get() { Sign::EyeClosed } else { Sign::Eye };
                    view! { <Icon sign=sign /> }
                }}
            </button>
        </div>
        <p class="text-sm text-warn-ink empty:hidden" role="status">
            {move || caps.get().then_some(en::form::CAPS_LOCK)}
        </p>
    }
}
