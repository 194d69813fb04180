//! The end of linking: which account, and the portal's own password.

use shared_types::link::{LinkAccountState, LinkAccountView, LinkStage, LinkView, SetPasswordRequest};
use shared_types::validate::Validate;

use super::onward::leave_when_signed_in;
use crate::{
    components::ui::{Bone, Button, Choice, Choices, ErrorState, LoadingText, Look, PageHeading},
    forms::{Form, FormBody, FormTrouble, PasswordField},
    i18n::{
        en::{link as text, signup},
        message_of,
    },
    prelude::*,
    queries::{Freshness, QueryClient, identity::set_password, use_link},
    router::Router,
    routes,
};

/// Asks the portal how far things have come, so that a reload loses nothing.
#[component]
pub fn SetPassword() -> impl IntoView {
    let router = expect_context::<Router>();
    let query = use_link();
    leave_when_signed_in();
    let link = query.part(|answer| answer.data.clone());
    // Nothing to go on with: begin at the first step. A mailed code that is still due is asked for there too.
    Effect::new(move |_| {
        let known = link.get();
        if known.is_some_and(|link| link.is_none_or(|link| link.stage == LinkStage::ConfirmEmail)) {
            router.replace(routes::LINK);
        }
    });
    let retry = Callback::new(move |()| query.refresh(Freshness::Any));
    view! {
        <div class="card p-6 sm:p-8">
            <PageHeading title=text::SET_TITLE lead=Some(text::SET_LEAD.to_owned()) />
            <div class="mt-6">
                {move || match (link.get().flatten(), query.view().error) {
                    (Some(link), _) => view! { <PasswordForm link=link /> }.into_any(),
                    (None, Some(error)) => view! { <ErrorState message=message_of(&error) on_retry=retry /> }.into_any(),
                    (None, None) => {
                        view! {
                            <LoadingText />
                            <Bone class="h-24 rounded-lg" />
                            <Bone class="mt-5 h-11 rounded-lg" />
                        }
                            .into_any()
                    }
                }}
            </div>
        </div>
        <p class="mt-6 text-center">
            <a href=routes::LINK class="link">{text::OTHER_LOGIN}</a>
        </p>
    }
}

#[component]
fn PasswordForm(link: LinkView) -> impl IntoView {
    let client = expect_context::<QueryClient>();
    let first = link.accounts.iter().find(|account| account.state == LinkAccountState::Open);
    let account = RwSignal::new(first.map(|account| account.client_id.to_string()).unwrap_or_default());
    let password = RwSignal::new(String::new());
    let request = move || SetPasswordRequest {
        client_id: account.with_untracked(|id| id.parse().unwrap_or_default()),
        password: password.get_untracked(),
    };
    let form = Form::new(move || request().validate());
    let send = Callback::new(move |()| {
        form.submit(move |key| set_password(client, request(), key));
    });
    let choices: Vec<_> = link.accounts.into_iter().map(choice).collect();
    view! {
        <FormBody on_send=send label=text::SET_TITLE>
            <FormTrouble form=form />
            <Choices name="account" legend=text::ACCOUNT choices=choices value=account />
            // Password managers need to see whose password this is.
            <input class="sr-only" type="text" name="email" autocomplete="username" readonly tabindex="-1" aria-hidden="true" value=link.email />
            <PasswordField
                form=form
                label=text::NEW_PASSWORD
                value=password
                autocomplete="new-password"
                hint=signup::password_hint()
            />
            <Button kind="submit" look=Look::Primary wide=true busy=form.busy()>
                {text::FINISH}
            </Button>
        </FormBody>
    }
}

fn choice(account: LinkAccountView) -> Choice {
    let blocked = match account.state {
        LinkAccountState::Open => None,
        LinkAccountState::Closed => Some(text::CLOSED),
        LinkAccountState::Taken => Some(text::TAKEN),
        LinkAccountState::Guest => Some(text::GUEST),
    };
    let detail = match account.owner_name {
        Some(owner) => text::owned_by(&owner),
        None => text::number(account.client_id),
    };
    Choice { value: account.client_id.to_string(), title: account.name, detail, blocked }
}
