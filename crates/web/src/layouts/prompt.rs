//! Who is there, asked in the middle of something. The page behind stays as it is, and what was begun goes on.

use shared_types::{
    auth::{LoginRequest, SecondFactor, SessionView},
    validate::Validate,
};

use super::proof::{Proof, means_of};
use crate::{
    browser,
    components::ui::{Button, Dialog, Look},
    forms::{Form, FormBody, FormTrouble, PasswordField},
    i18n::en::{login, prompt as text},
    prelude::*,
    session::{Prompt, Session},
};

/// The dialog, open whenever the session has a question.
#[component]
pub fn SessionPrompt() -> impl IntoView {
    let session = expect_context::<Session>();
    let ended = Memo::new(move |_| session.prompt() == Some(Prompt::Ended));
    let title = Signal::derive(move || {
        let title = if ended.get() { text::ENDED_TITLE } else { text::STEP_UP_TITLE };
        title.to_owned()
    });
    view! {
        <Dialog
            id="session-prompt"
            open=Signal::derive(move || session.prompt().is_some())
            title=title
            on_close=Callback::new(move |()| session.decline())
        >
            {move || if ended.get() { view! { <SignInAgain session=session /> }.into_any() } else { fresh_proof(session) }}
        </Dialog>
    }
}

fn fresh_proof(session: Session) -> AnyView {
    let means = means_of(&untrack(move || session.second_factors()));
    view! {
        <p class="mb-5 text-soft">{text::STEP_UP_LEAD}</p>
        <Proof
            means=means
            step_up=true
            on_proved=Callback::new(move |view: SessionView| session.proved(view))
            on_cancel=Callback::new(move |()| session.decline())
        />
    }
    .into_any()
}

/// The password, and the second factor where one is due.
#[component]
fn SignInAgain(session: Session) -> impl IntoView {
    let methods = RwSignal::new(Vec::<SecondFactor>::new());
    move || {
        let methods_due = methods.get();
        if methods_due.is_empty() {
            view! { <PasswordStep session=session methods=methods /> }.into_any()
        } else {
            view! {
                <Proof
                    means=means_of(&methods_due)
                    step_up=false
                    on_proved=Callback::new(move |view: SessionView| session.proved(view))
                    on_cancel=Callback::new(move |()| session.decline())
                />
            }
            .into_any()
        }
    }
}

#[component]
fn PasswordStep(session: Session, methods: RwSignal<Vec<SecondFactor>>) -> impl IntoView {
    let password = RwSignal::new(String::new());
    let email = Memo::new(move |_| session.user().map(|user| user.email).unwrap_or_default());
    let request = move || LoginRequest { email: email.get_untracked(), password: password.get_untracked() };
    let form = Form::new(move || request().validate());
    let send = Callback::new(move |()| {
        form.submit(move |_| async move {
            methods.set(session.sign_in_again(password.get_untracked()).await?);
            Ok(())
        });
    });
    // The browser would begin at the button that closes the dialog.
    request_animation_frame(move || browser::focus(&form.field_id("password")));
    view! {
        <p class="mb-5 text-soft">{text::ENDED_LEAD}</p>
        <FormBody on_send=send label=login::TITLE>
            <FormTrouble form=form />
            // Password managers need to see whose password this is.
            <div>
                <p class="text-[0.9375rem] font-medium" aria-hidden="true">{login::EMAIL}</p>
                <p class="mt-1 text-soft break-all">{email}</p>
                <input class="sr-only" type="text" name="email" autocomplete="username" readonly tabindex="-1" aria-hidden="true" prop:value=email />
            </div>
            <PasswordField form=form label=login::PASSWORD value=password autocomplete="current-password" />
            <div class="flex flex-wrap justify-end gap-2">
                <Button look=Look::Quiet on_press=Callback::new(move |()| session.decline())>
                    {text::SIGN_OUT}
                </Button>
                <Button kind="submit" look=Look::Primary busy=form.busy()>
                    {text::CONFIRM}
                </Button>
            </div>
        </FormBody>
    }
}
