//! Sign-up: details first, then the mailed code.
//!
//! A reload begins anew: the details are personal and the code's challenge is worth nothing without them being known.

use shared_types::{
    auth::{ChallengeView, ConfirmCodeRequest, SignupRequest},
    validate::Validate,
};

use super::onward::{leave_when_signed_in, use_next};
use crate::{
    browser,
    components::ui::{Button, Look, PageHeading},
    forms::{CodeField, Form, FormBody, FormTrouble, PasswordField, TextField},
    i18n::{
        en::{login, signup as text},
        format,
    },
    prelude::*,
    queries::{
        QueryClient,
        identity::{confirm_signup, sign_up},
    },
    routes,
};

/// What the customer enters.
#[derive(Clone, Copy)]
struct Details {
    email: RwSignal<String>,
    password: RwSignal<String>,
    first_name: RwSignal<String>,
    last_name: RwSignal<String>,
    company_name: RwSignal<String>,
}

impl Details {
    fn new() -> Self {
        let empty = || RwSignal::new(String::new());
        Self {
            email: empty(),
            password: empty(),
            first_name: empty(),
            last_name: empty(),
            company_name: empty(),
        }
    }

    fn request(self) -> SignupRequest {
        let trimmed = |value: RwSignal<String>| value.with_untracked(|value| value.trim().to_owned());
        SignupRequest {
            email: trimmed(self.email),
            password: self.password.get_untracked(),
            first_name: trimmed(self.first_name),
            last_name: trimmed(self.last_name),
            company_name: trimmed(self.company_name),
        }
    }
}

/// Both steps. Going back keeps what was entered.
#[component]
pub fn Signup() -> impl IntoView {
    let details = Details::new();
    let challenge = RwSignal::new(None::<ChallengeView>);
    leave_when_signed_in();
    view! {
        {move || match challenge.get() {
            None => view! { <DetailsStep details=details challenge=challenge /> }.into_any(),
            Some(mailed) => view! { <CodeStep details=details mailed=mailed challenge=challenge /> }.into_any(),
        }}
    }
}

#[component]
fn DetailsStep(details: Details, challenge: RwSignal<Option<ChallengeView>>) -> impl IntoView {
    let form = Form::new(move || details.request().validate());
    let next = use_next();
    let send = Callback::new(move |()| {
        form.submit(move |key| async move {
            let mailed = sign_up(details.request(), key).await?;
            // The next step is a page of its own to somebody who cannot see it change.
            browser::note_navigation();
            challenge.set(Some(mailed));
            Ok(())
        });
    });
    view! {
        <div class="card p-6 sm:p-8">
            <PageHeading title=text::TITLE lead=Some(text::LEAD.to_owned()) />
            <div class="mt-6">
                <FormBody on_send=send label=text::TITLE>
                    <FormTrouble form=form />
                    <div class="grid gap-5 sm:grid-cols-2 sm:gap-4">
                        <TextField form=form name="first_name" label=text::FIRST_NAME value=details.first_name autocomplete="given-name" />
                        <TextField form=form name="last_name" label=text::LAST_NAME value=details.last_name autocomplete="family-name" />
                    </div>
                    <TextField
                        form=form
                        name="company_name"
                        label=text::COMPANY
                        value=details.company_name
                        autocomplete="organization"
                        optional=true
                        hint=text::COMPANY_HINT
                    />
                    <TextField form=form name="email" label=login::EMAIL value=details.email kind="email" autocomplete="username" />
                    <PasswordField
                        form=form
                        label=login::PASSWORD
                        value=details.password
                        autocomplete="new-password"
                        hint=text::password_hint()
                    />
                    <Button kind="submit" look=Look::Primary wide=true busy=form.busy()>
                        {text::SUBMIT}
                    </Button>
                </FormBody>
            </div>
        </div>
        <p class="mt-6 text-center text-[0.9375rem] text-soft">
            {text::HAVE_ACCOUNT}" "
            {move || {
                view! {
                    <a href=routes::with_next(routes::LOGIN, &next.get()) class="link">{text::TO_LOGIN}</a>
                }
            }}
        </p>
    }
}

#[component]
fn CodeStep(
    details: Details,
    mailed: ChallengeView,
    challenge: RwSignal<Option<ChallengeView>>,
) -> impl IntoView {
    let client = expect_context::<QueryClient>();
    let code = RwSignal::new(String::new());
    let challenge_id = mailed.challenge_id;
    let request = move || ConfirmCodeRequest { challenge_id, code: code.get_untracked() };
    let form = Form::new(move || request().validate());
    let send = Callback::new(move |()| {
        form.submit(move |key| confirm_signup(client, request(), key));
    });
    let lead = text::code_lead(&details.email.with_untracked(|email| email.trim().to_owned()));
    view! {
        <div class="card p-6 sm:p-8">
            <PageHeading title=text::CODE_TITLE lead=Some(lead) />
            <div class="mt-6">
                <FormBody on_send=send label=text::CODE_TITLE>
                    <FormTrouble form=form />
                    <CodeField form=form label=text::CODE value=code />
                    <Button kind="submit" look=Look::Primary wide=true busy=form.busy()>
                        {text::CONFIRM}
                    </Button>
                    <p class="text-center text-sm text-faint">{text::code_until(&format::moment(mailed.expires_at))}</p>
                </FormBody>
            </div>
        </div>
        <p class="mt-6 text-center">
            <button type="button" class="link min-h-11" on:click=move |_| challenge.set(None)>
                {text::BACK}
            </button>
        </p>
    }
}
