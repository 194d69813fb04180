//! Inputs with their label, hint and error.

use super::{Icon, Sign};
use crate::{i18n::en, prelude::*};

/// Label, hint and error around an input. The input names them by `aria-describedby`: see [`described_by`].
#[component]
pub fn FieldFrame(
    id: String,
    label: &'static str,
    #[prop(optional)] optional: bool,
    #[prop(optional_no_strip)] hint: Option<String>,
    #[prop(into)] error: Signal<Option<String>>,
    children: Children,
) -> impl IntoView {
    let (hint_id, error_id) = (format!("{id}-hint"), format!("{id}-error"));
    view! {
        <div class="grid gap-1.5">
            <label for=id class="text-[0.9375rem] font-medium">
                {label}
                {optional.then(|| view! { <span class="ms-1.5 font-normal text-faint">{en::form::OPTIONAL}</span> })}
            </label>
            {children()}
            {hint.map(|hint| view! { <p id=hint_id class="text-sm text-faint">{hint}</p> })}
            {move || {
                error
                    .get()
                    .map(|text| {
                        view! {
                            <p id=error_id.clone() class="flex items-start gap-1.5 text-sm font-medium text-bad-ink">
                                <Icon sign=Sign::Alert class="size-4 mt-0.5" />
                                {text}
                            </p>
                        }
                    })
            }}
        </div>
    }
}

/// The ids that describe an input.
pub fn described_by(id: &str, hint: bool, error: bool) -> Option<String> {
    let hint = hint.then(|| format!("{id}-hint"));
    let error = error.then(|| format!("{id}-error"));
    match (hint, error) {
        (Some(hint), Some(error)) => Some(format!("{hint} {error}")),
        (hint, error) => hint.or(error),
    }
}

/// A line of text.
#[component]
pub fn TextInput(
    id: String,
    name: &'static str,
    value: RwSignal<String>,
    #[prop(default = "text")] kind: &'static str,
    /// What the browser may fill in.
    autocomplete: &'static str,
    #[prop(default = "")] class: &'static str,
    #[prop(optional)] input_mode: Option<&'static str>,
    #[prop(optional)] max_length: Option<u32>,
    #[prop(optional)] required: bool,
    #[prop(optional)] has_hint: bool,
    #[prop(into)] invalid: Signal<bool>,
    on_change: Callback<()>,
    on_leave: Callback<()>,
) -> impl IntoView {
    let describer = id.clone();
    view! {
        <input
            id=id
            name=name
            type=kind
            class=format!("control {class}")
            autocomplete=autocomplete
            autocapitalize=if kind == "email" { Some("none") } else { None }
            spellcheck="false"
            inputmode=input_mode
            maxlength=max_length.map(|length| length.to_string())
            aria-required=required.then_some("true")
            aria-invalid=move || invalid.get().then_some("true")
            aria-describedby=move || described_by(&describer, has_hint, invalid.get())
            prop:value=value
            on:input:target=move |event| {
                value.set(event.target().value());
                on_change.try_run(());
            }
            // The browser takes the focus from a field that goes away; nobody is there to hear of it.
            on:blur=move |_| {
                on_leave.try_run(());
            }
        />
    }
}

#[cfg(test)]
mod tests {
    use super::described_by;

    #[test]
    fn an_input_names_only_what_is_there() {
        assert_eq!(described_by("a", false, false), None);
        assert_eq!(described_by("a", true, false).as_deref(), Some("a-hint"));
        assert_eq!(described_by("a", true, true).as_deref(), Some("a-hint a-error"));
    }
}
