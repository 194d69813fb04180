//! Choosing the account to act for.

use shared_types::account::AccountChoiceView;

use crate::{
    components::ui::{Badge, Bone, Button, Dialog, ErrorState, LoadingText, Look, Sign, Tone},
    forms::{Form, FormTrouble},
    i18n::{en::account as text, message_of},
    prelude::*,
    queries::{Freshness, QueryClient, security::switch_account, use_accounts},
    router::Router,
    routes,
};

/// The dialog; its list is asked for when it opens.
#[component]
pub fn AccountSwitch(open: RwSignal<bool>) -> impl IntoView {
    view! {
        <Dialog
            id="account-switch"
            open=open
            title=Signal::derive(|| text::SWITCH.to_owned())
            on_close=Callback::new(move |()| open.set(false))
        >
            <Accounts open=open />
        </Dialog>
    }
}

#[component]
fn Accounts(open: RwSignal<bool>) -> impl IntoView {
    let query = use_accounts();
    let accounts = query.part(|answer| answer.data.clone());
    let retry = Callback::new(move |()| query.refresh(Freshness::Now));
    move || match (accounts.get(), query.view().error) {
        (Some(accounts), _) => {
            let rows = accounts.into_iter().map(|choice| row(choice, open));
            view! { <ul class="grid gap-2">{rows.collect_view()}</ul> }.into_any()
        }
        (None, Some(error)) => view! { <ErrorState message=message_of(&error) on_retry=retry /> }.into_any(),
        (None, None) => view! {
            <LoadingText />
            <Bone class="h-14 rounded-lg" />
            <Bone class="mt-2 h-14 rounded-lg" />
        }
        .into_any(),
    }
}

fn row(choice: AccountChoiceView, open: RwSignal<bool>) -> AnyView {
    let AccountChoiceView { account, current } = choice;
    let client = expect_context::<QueryClient>();
    let router = expect_context::<Router>();
    let form = Form::new(|| Ok(()));
    let (client_id, name) = (account.client_id, account.name.clone());
    let choose = Callback::new(move |()| {
        form.submit(move |key| async move {
            switch_account(client, client_id, key).await?;
            open.try_set(false);
            // What is on screen belongs to the account before.
            router.go(routes::HOME);
            Ok(())
        });
    });
    let aside = if current {
        view! { <Badge tone=Tone::Good sign=Sign::Check text=text::CURRENT /> }.into_any()
    } else {
        view! {
            <Button look=Look::Plain busy=form.busy() on_press=choose>
                {text::SWITCH_TO}
                <span class="sr-only">{name}</span>
            </Button>
        }
        .into_any()
    };
    view! {
        <li class="flex flex-wrap items-center justify-between gap-3 rounded-lg border border-line p-3">
            <div class="min-w-0">
                <p class="font-medium">{account.name}</p>
                <p class="text-sm text-soft">{if account.owner { text::OWN } else { text::GUEST }}</p>
            </div>
            {aside}
            <FormTrouble form=form />
        </li>
    }
    .into_any()
}
