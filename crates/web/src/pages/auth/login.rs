//! Sign-in.

use leptos::task::spawn_local;
use shared_types::{auth::LoginRequest, validate::Validate};

use super::onward::{leave_when_signed_in, use_next};
use crate::{
    components::ui::{Button, Look, Notice, PageHeading, Sign, Tone, Trouble},
    forms::{Form, FormBody, FormTrouble, PasswordField, TextField},
    i18n::{Message, en::login as text},
    passkeys,
    prelude::*,
    queries::{
        QueryClient,
        identity::{prove_by_passkey, sign_in, signed_in},
    },
    router::Router,
    routes,
    session::{Farewell, Session, SessionState},
};

/// E-mail address and password.
#[component]
pub fn Login() -> impl IntoView {
    let client = expect_context::<QueryClient>();
    let (email, password) = (RwSignal::new(String::new()), RwSignal::new(String::new()));
    let request = move || LoginRequest {
        email: email.with_untracked(|email| email.trim().to_owned()),
        password: password.get_untracked(),
    };
    let form = Form::new(move || request().validate());
    let next = use_next();
    leave_when_signed_in();
    go_on_to_second_step(next);
    let send = Callback::new(move |()| {
        form.submit(move |_| sign_in(client, request()));
    });
    view! {
        <div class="card p-6 sm:p-8">
            <PageHeading title=text::TITLE lead=Some(text::LEAD.to_owned()) />
            <div class="mt-6 grid gap-5">
                <FarewellNotice />
                <FormBody on_send=send label=text::TITLE>
                    <FormTrouble form=form />
                    <TextField form=form name="email" label=text::EMAIL value=email kind="email" autocomplete="username" />
                    <div class="grid gap-1.5">
                        <PasswordField form=form label=text::PASSWORD value=password autocomplete="current-password" />
                        <p class="text-end">
                            <a href=routes::FORGOT class="link inline-flex min-h-11 items-center text-[0.9375rem]">{text::FORGOT}</a>
                        </p>
                    </div>
                    <Button kind="submit" look=Look::Primary wide=true busy=form.busy()>
                        {text::SUBMIT}
                    </Button>
                </FormBody>
                {passkeys::is_supported().then(|| view! { <ByPasskey /> })}
            </div>
        </div>
        <p class="mt-6 text-center text-[0.9375rem] text-soft">
            {text::HAVE_BILLING_LOGIN}" " <a href=routes::LINK class="link">{text::TO_LINK}</a>
        </p>
        <p class="mt-2 text-center text-[0.9375rem] text-soft">
            {text::NEW_HERE}" "
            {move || {
                view! {
                    <a href=routes::with_next(routes::SIGNUP, &next.get()) class="link">{text::TO_SIGNUP}</a>
                }
            }}
        </p>
    }
}

/// The password was right, and a second proof is due.
fn go_on_to_second_step(next: Memo<String>) {
    let (session, router) = (expect_context::<Session>(), expect_context::<Router>());
    Effect::new(move |_| {
        if matches!(session.state(), SessionState::SecondFactor(_)) {
            router.go(&routes::with_next(routes::MFA, &next.get_untracked()));
        }
    });
}

/// Signing in without address and password.
#[component]
fn ByPasskey() -> impl IntoView {
    let client = expect_context::<QueryClient>();
    let busy = RwSignal::new(false);
    let trouble = RwSignal::new(None::<Message>);
    let press = Callback::new(move |()| {
        busy.set(true);
        trouble.set(None);
        spawn_local(async move {
            let outcome = prove_by_passkey(false).await;
            let is_here = busy.try_set(false).is_none();
            match outcome {
                Ok(view) if is_here => signed_in(client, view),
                Err(error) if is_here => trouble.set(Some(error.message())),
                Ok(_) | Err(_) => {}
            }
        });
    });
    view! {
        {move || trouble.get().map(|message| view! { <Trouble message=message /> })}
        <Button wide=true sign=Sign::Key busy=busy on_press=press>
            {text::BY_PASSKEY}
        </Button>
    }
}

/// Why the customer is here again.
#[component]
fn FarewellNotice() -> impl IntoView {
    let session = expect_context::<Session>();
    move || match session.state() {
        SessionState::Anonymous(Farewell::SignedOut) => Some(
            view! {
                <Notice tone=Tone::Good sign=Sign::Check role="status">
                    {text::SIGNED_OUT}
                </Notice>
            }
            .into_any(),
        ),
        SessionState::Anonymous(Farewell::PasswordReset) => Some(
            view! {
                <Notice tone=Tone::Good sign=Sign::Check role="status">
                    {text::PASSWORD_RESET}
                </Notice>
            }
            .into_any(),
        ),
        SessionState::Anonymous(Farewell::Ended) => Some(
            view! {
                <Notice tone=Tone::Info sign=Sign::Info role="status">
                    {text::ENDED}
                </Notice>
            }
            .into_any(),
        ),
        _ => None,
    }
}
