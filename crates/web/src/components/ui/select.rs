//! A choice of a few.

use crate::prelude::*;

/// A labelled choice. `choices` are pairs of value and text.
#[component]
pub fn Select(
    id: &'static str,
    label: &'static str,
    choices: Vec<(String, String)>,
    #[prop(into)] value: Signal<String>,
    on_choose: Callback<String>,
) -> impl IntoView {
    view! {
        <div class="flex items-center gap-2">
            <label for=id class="text-sm text-soft whitespace-nowrap">{label}</label>
            <select
                id=id
                class="control chevron w-auto min-h-10 text-[0.9375rem]"
                prop:value=value
                on:change:target=move |event| on_choose.run(event.target().value())
            >
                {choices
                    .into_iter()
                    .map(|(option, text)| {
                        let chosen = option.clone();
                        view! {
                            <option value=option prop:selected=move || value.get() == chosen>
                                {text}
                            </option>
                        }
                    })
                    .collect_view()}
            </select>
        </div>
    }
}
