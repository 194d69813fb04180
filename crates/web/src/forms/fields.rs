//! Fields of a form: an input, its label and what is wrong with it.

use shared_types::{
    problem::FieldCode,
    validate::{CODE_DIGITS, PASSWORD_MAX, PASSWORD_MIN},
};

use super::Form;
use crate::{
    components::ui::{FieldFrame, PasswordInput, TextInput, described_by},
    i18n::{codes, en},
    prelude::*,
};

/// What is wrong with a field, in words.
fn error_text(form: Form, name: &'static str) -> Signal<Option<String>> {
    Signal::derive(move || {
        form.error(name).map(|code| match (name, code) {
            ("password", FieldCode::TooShort) => en::form::too_short(PASSWORD_MIN),
            ("password", FieldCode::TooLong) => en::form::too_long(PASSWORD_MAX),
            _ => codes::field(code).to_owned(),
        })
    })
}

fn callbacks(form: Form, name: &'static str, value: RwSignal<String>) -> (Callback<()>, Callback<()>) {
    let on_change = Callback::new(move |()| form.changed(name));
    let on_leave = Callback::new(move |()| value.with_untracked(|value| form.left(name, value)));
    (on_change, on_leave)
}

/// A line of text. `name` is the field's name in the request.
#[component]
pub fn TextField(
    form: Form,
    name: &'static str,
    label: &'static str,
    value: RwSignal<String>,
    #[prop(default = "text")] kind: &'static str,
    autocomplete: &'static str,
    #[prop(optional)] optional: bool,
    #[prop(optional, into)] hint: Option<String>,
) -> impl IntoView {
    form.register(name, label, value);
    let (on_change, on_leave) = callbacks(form, name, value);
    let (id, error) = (form.field_id(name), error_text(form, name));
    let has_hint = hint.is_some();
    view! {
        <FieldFrame id=id.clone() label=label optional=optional hint=hint error=error>
            <TextInput
                id=id
                name=name
                value=value
                kind=kind
                autocomplete=autocomplete
                required=!optional
                has_hint=has_hint
                invalid=Signal::derive(move || error.get().is_some())
                on_change=on_change
                on_leave=on_leave
            />
        </FieldFrame>
    }
}

/// One of a list, as pairs of value and text.
#[component]
pub fn ChoiceField(
    form: Form,
    name: &'static str,
    label: &'static str,
    value: RwSignal<String>,
    #[prop(into)] choices: Signal<Vec<(String, String)>>,
    autocomplete: &'static str,
) -> impl IntoView {
    form.register(name, label, value);
    let (on_change, _) = callbacks(form, name, value);
    let (id, error) = (form.field_id(name), error_text(form, name));
    let describer = id.clone();
    view! {
        <FieldFrame id=id.clone() label=label error=error>
            <select
                id=id
                name=name
                class="control chevron"
                autocomplete=autocomplete
                aria-invalid=move || error.get().is_some().then_some("true")
                aria-describedby=move || described_by(&describer, false, error.get().is_some())
                on:change:target=move |event| {
                    value.set(event.target().value());
                    on_change.try_run(());
                }
            >
                {move || choices.get().into_iter().map(|choice| option(choice, value)).collect_view()}
            </select>
        </FieldFrame>
    }
}

fn option((own, text): (String, String), value: RwSignal<String>) -> AnyView {
    let chosen = own.clone();
    view! {
        <option value=own prop:selected=move || value.get() == chosen>
            {text}
        </option>
    }
    .into_any()
}

/// A password.
#[component]
pub fn PasswordField(
    form: Form,
    /// The field's name in the request.
    #[prop(default = "password")]
    name: &'static str,
    label: &'static str,
    value: RwSignal<String>,
    /// `current-password` or `new-password`.
    autocomplete: &'static str,
    #[prop(optional, into)] hint: Option<String>,
) -> impl IntoView {
    form.register(name, label, value);
    let (on_change, on_leave) = callbacks(form, name, value);
    let (id, error) = (form.field_id(name), error_text(form, name));
    let has_hint = hint.is_some();
    view! {
        <FieldFrame id=id.clone() label=label hint=hint error=error>
            <PasswordInput
                id=id
                name=name
                value=value
                autocomplete=autocomplete
                has_hint=has_hint
                invalid=Signal::derive(move || error.get().is_some())
                on_change=on_change
                on_leave=on_leave
            />
        </FieldFrame>
    }
}

/// A mailed code. Spaces and dashes that come along with a pasted code are dropped.
#[component]
pub fn CodeField(form: Form, label: &'static str, value: RwSignal<String>) -> impl IntoView {
    let name = "code";
    form.register(name, label, value);
    let (_, on_leave) = callbacks(form, name, value);
    let on_change = Callback::new(move |()| {
        value.update(|value| *value = digits(value));
        form.changed(name);
    });
    let (id, error) = (form.field_id(name), error_text(form, name));
    view! {
        <FieldFrame id=id.clone() label=label error=error>
            <TextInput
                id=id
                name=name
                value=value
                autocomplete="one-time-code"
                class="figures min-h-13 text-center text-2xl tracking-[0.4em] font-semibold"
                input_mode="numeric"
                required=true
                invalid=Signal::derive(move || error.get().is_some())
                on_change=on_change
                on_leave=on_leave
            />
        </FieldFrame>
    }
}

/// The digits of what was entered, as many as a code has.
fn digits(entered: &str) -> String {
    entered.chars().filter(char::is_ascii_digit).take(CODE_DIGITS).collect()
}

#[cfg(test)]
mod tests {
    use super::digits;

    #[test]
    fn a_pasted_code_loses_what_came_along() {
        assert_eq!(digits(" 123 456\n"), "123456");
        assert_eq!(digits("123-4567"), "123456");
        assert_eq!(digits("abc"), "");
    }
}
