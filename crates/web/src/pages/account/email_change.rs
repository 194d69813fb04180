//! Another e-mail address, proved by a code that is mailed to it.

use shared_types::validate::Validate;
use shared_types::{
    auth::{ChallengeView, ConfirmCodeRequest},
    security::ChangeEmailRequest,
};

use crate::{
    components::ui::{Button, Dialog, Look, Toasts, Tone},
    forms::{CodeField, Form, FormBody, FormTrouble, TextField},
    i18n::{
        en::{profile as text, signup},
        format,
    },
    prelude::*,
    queries::{
        QueryClient,
        security::{change_email, confirm_email},
    },
};

/// Both steps in a dialog.
#[component]
pub fn EmailChange(open: RwSignal<bool>) -> impl IntoView {
    view! {
        <Dialog
            id="email-change"
            open=open
            title=Signal::derive(|| text::CHANGE_EMAIL.to_owned())
            on_close=Callback::new(move |()| open.set(false))
        >
            <Steps open=open />
        </Dialog>
    }
}

#[component]
fn Steps(open: RwSignal<bool>) -> impl IntoView {
    let email = RwSignal::new(String::new());
    let mailed = RwSignal::new(None::<ChallengeView>);
    move || match mailed.get() {
        None => view! { <AddressStep email=email mailed=mailed /> }.into_any(),
        Some(challenge) => view! { <CodeStep email=email challenge=challenge open=open /> }.into_any(),
    }
}

#[component]
fn AddressStep(email: RwSignal<String>, mailed: RwSignal<Option<ChallengeView>>) -> impl IntoView {
    let client = expect_context::<QueryClient>();
    let request = move || ChangeEmailRequest { email: email.with_untracked(|email| email.trim().to_owned()) };
    let form = Form::new(move || request().validate());
    let send = Callback::new(move |()| {
        form.submit(move |key| async move {
            mailed.set(Some(change_email(client, request(), key).await?));
            Ok(())
        });
    });
    view! {
        <p class="mb-5 text-soft">{text::CHANGE_EMAIL_LEAD}</p>
        <FormBody on_send=send label=text::CHANGE_EMAIL>
            <FormTrouble form=form />
            <TextField form=form name="email" label=text::NEW_EMAIL value=email kind="email" autocomplete="email" />
            <Button kind="submit" look=Look::Primary wide=true busy=form.busy()>
                {signup::SUBMIT}
            </Button>
        </FormBody>
    }
}

#[component]
fn CodeStep(email: RwSignal<String>, challenge: ChallengeView, open: RwSignal<bool>) -> impl IntoView {
    let client = expect_context::<QueryClient>();
    let toasts = expect_context::<Toasts>();
    let code = RwSignal::new(String::new());
    let challenge_id = challenge.challenge_id;
    let request = move || ConfirmCodeRequest { challenge_id, code: code.get_untracked() };
    let form = Form::new(move || request().validate());
    let send = Callback::new(move |()| {
        form.submit(move |key| async move {
            confirm_email(client, request(), key).await?;
            toasts.show(Tone::Good, text::EMAIL_CHANGED);
            open.set(false);
            Ok(())
        });
    });
    view! {
        <p class="mb-5 text-soft">{text::email_code_lead(&email.with_untracked(|email| email.trim().to_owned()))}</p>
        <FormBody on_send=send label=text::CHANGE_EMAIL>
            <FormTrouble form=form />
            <CodeField form=form label=signup::CODE value=code />
            <Button kind="submit" look=Look::Primary wide=true busy=form.busy()>
                {text::CONFIRM_EMAIL}
            </Button>
            <p class="text-center text-sm text-faint">{signup::code_until(&format::moment(challenge.expires_at))}</p>
        </FormBody>
    }
}
