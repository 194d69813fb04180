//! Changing the person's name.

use shared_types::account::UpdateMeRequest;
use shared_types::validate::Validate;

use crate::{
    components::ui::{Button, Look, Toasts, Tone},
    forms::{Form, FormBody, FormTrouble, TextField},
    i18n::en::{profile as text, shell, signup},
    prelude::*,
    queries::{QueryClient, security::update_me},
};

/// In place of the buttons below the name.
#[component]
pub fn NameForm(names: (String, String), editing: RwSignal<bool>) -> impl IntoView {
    let client = expect_context::<QueryClient>();
    let toasts = expect_context::<Toasts>();
    let (first_name, last_name) = (RwSignal::new(names.0), RwSignal::new(names.1));
    let given = |value: RwSignal<String>| Some(value.with_untracked(|value| value.trim().to_owned()));
    let request = move || UpdateMeRequest { first_name: given(first_name), last_name: given(last_name) };
    let form = Form::new(move || request().validate());
    let send = Callback::new(move |()| {
        form.submit(move |key| async move {
            let settled = update_me(client, request(), key).await?;
            toasts.show(Tone::Good, if settled { text::SAVED } else { text::SAVED_PENDING });
            editing.try_set(false);
            Ok(())
        });
    });
    view! {
        <div class="mt-5">
            <FormBody on_send=send label=text::CHANGE_NAME>
                <FormTrouble form=form />
                <TextField form=form name="first_name" label=signup::FIRST_NAME value=first_name autocomplete="given-name" />
                <TextField form=form name="last_name" label=signup::LAST_NAME value=last_name autocomplete="family-name" />
                <div class="flex flex-wrap gap-2">
                    <Button kind="submit" look=Look::Primary busy=form.busy()>{text::SAVE}</Button>
                    <Button look=Look::Quiet on_press=Callback::new(move |()| editing.set(false))>{shell::CANCEL}</Button>
                </div>
            </FormBody>
        </div>
    }
}
