//! Passkeys: the list, a new one, and taking one away.

use leptos::task::spawn_local;
use shared_types::security::PasskeyView;

use crate::{
    browser,
    components::ui::{Button, Look, Sign, Toasts, Tone, Trouble},
    forms::{Form, FormTrouble},
    i18n::{Message, en::security as text, format},
    passkeys,
    prelude::*,
    queries::{
        QueryClient,
        security::{add_passkey, remove_passkey},
    },
};

/// All of them. A new one is named after the browser's system; what matters to its owner is where it lives.
#[component]
pub fn Passkeys(passkeys: Vec<PasskeyView>, codes: RwSignal<Vec<String>>) -> impl IntoView {
    let client = expect_context::<QueryClient>();
    let toasts = expect_context::<Toasts>();
    let busy = RwSignal::new(false);
    let trouble = RwSignal::new(None::<Message>);
    let count = passkeys.len();
    let press = Callback::new(move |()| {
        busy.set(true);
        trouble.set(None);
        spawn_local(async move {
            let keys = (browser::fresh_key(), browser::fresh_key());
            let outcome = add_passkey(client, text::passkey_name(count), keys).await;
            busy.try_set(false);
            match outcome {
                Ok(added) => {
                    codes.try_set(added.recovery.codes);
                    toasts.show(Tone::Good, text::PASSKEY_ADDED);
                }
                Err(error) => {
                    trouble.try_set(Some(error.message()));
                }
            }
        });
    });
    view! {
        <div class="py-4">
            <div class="flex flex-wrap items-center justify-between gap-3">
                <div class="min-w-0 grow basis-48">
                    <h3 class="font-medium">{text::PASSKEYS}</h3>
                    <p class="text-sm text-soft">{text::PASSKEYS_LEAD}</p>
                </div>
                {if passkeys::is_supported() {
                    view! {
                        <Button sign=Sign::Plus busy=busy on_press=press>
                            {text::ADD_PASSKEY}
                        </Button>
                    }
                        .into_any()
                } else {
                    view! { <p class="text-sm text-faint">{text::NO_PASSKEYS_HERE}</p> }.into_any()
                }}
            </div>
            {move || trouble.get().map(|message| view! { <div class="mt-3"><Trouble message=message /></div> })}
            <ul class="mt-2 grid gap-1">{passkeys.into_iter().map(|passkey| row(client, passkey)).collect_view()}</ul>
        </div>
    }
}

fn row(client: QueryClient, passkey: PasskeyView) -> AnyView {
    let PasskeyView { id, name, created_at, last_used_at, synced } = passkey;
    let form = Form::new(|| Ok(()));
    let remove = Callback::new(move |()| form.submit(move |key| remove_passkey(client, id, key)));
    let used = last_used_at.map(format::day_of);
    let facts = text::passkey_facts(&format::day_of(created_at), used.as_deref(), synced);
    view! {
        <li class="flex flex-wrap items-center justify-between gap-x-4 gap-y-1 rounded-lg bg-sunken px-3 py-2">
            <div class="min-w-0">
                <p class="text-[0.9375rem] font-medium">{name.clone()}</p>
                <p class="text-sm text-soft">{facts}</p>
            </div>
            <Button look=Look::Quiet sign=Sign::Trash busy=form.busy() on_press=remove>
                {text::REMOVE}
                <span class="sr-only">{name}</span>
            </Button>
            <FormTrouble form=form />
        </li>
    }
    .into_any()
}
