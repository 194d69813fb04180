//! What is wrong with a form as a whole.

use super::Form;
use crate::{
    browser,
    components::ui::{Notice, Sign, Tone, Trouble},
    i18n::en,
    prelude::*,
};

/// Why a form was not sent or not accepted, above its fields: links to the wrong ones, or what the portal said.
#[component]
pub fn FormTrouble(form: Form) -> impl IntoView {
    let several = Memo::new(move |_| form.wrong_fields().len() > 1);
    view! {
        {move || {
            several
                .get()
                .then(|| {
                    view! {
                        <Notice tone=Tone::Bad sign=Sign::Alert role="alert">
                            <p class="font-medium">{en::form::SUMMARY}</p>
                            <ul class="mt-1 grid gap-0.5">
                                {move || form.wrong_fields().into_iter().map(|field| to_field(form, field.name, field.label)).collect_view()}
                            </ul>
                        </Notice>
                    }
                })
        }}
        {move || {
            form.trouble()
                .map(|message| view! { <Trouble message=message /> })
        }}
    }
}

fn to_field(form: Form, name: &'static str, label: &'static str) -> impl IntoView {
    view! {
        <li>
            <button
                type="button"
                class="underline underline-offset-2"
                on:click=move |_| browser::focus(&form.field_id(name))
            >
                {label}
            </button>
        </li>
    }
}
