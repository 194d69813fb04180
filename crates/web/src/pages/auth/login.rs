//! Sign-in.

use shared_types::{auth::LoginRequest, validate::Validate};

use super::onward::{leave_when_signed_in, use_next};
use crate::{
    components::ui::{Button, Look, Notice, PageHeading, Sign, Tone},
    forms::{Form, FormBody, FormTrouble, PasswordField, TextField},
    i18n::en::login as text,
    prelude::*,
    queries::{QueryClient, sign_in},
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
                    <PasswordField form=form label=text::PASSWORD value=password autocomplete="current-password" />
                    <Button kind="submit" look=Look::Primary wide=true busy=form.busy()>
                        {text::SUBMIT}
                    </Button>
                </FormBody>
            </div>
        </div>
        <p class="mt-6 text-center text-[0.9375rem] text-soft">
            {text::NEW_HERE}" "
            {move || {
                view! {
                    <a href=routes::with_next(routes::SIGNUP, &next.get()) class="link">{text::TO_SIGNUP}</a>
                }
            }}
        </p>
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
