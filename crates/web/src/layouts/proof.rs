//! Proving who one is, by whichever means there are: the second step of a sign-in, and the fresh proof in the middle of a session.

use leptos::task::spawn_local;
use shared_types::{
    auth::{MfaRequest, SecondFactor, SessionView, StepUpMethod, StepUpRequest},
    problem::FieldError,
    validate,
};

use crate::{
    browser,
    components::ui::{Button, Look, Sign, Trouble},
    forms::{CodeField, Form, FormBody, FormTrouble, PasswordField, TextField},
    i18n::{Message, en::proof as text},
    passkeys,
    prelude::*,
    queries::{
        ApiError,
        identity::{prove_by_passkey, resend_code, second_factor, step_up},
    },
};

/// By what.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Means {
    /// The portal's password: only for a fresh proof, and only where there is no second factor.
    Password,
    /// One of the second factors.
    Factor(SecondFactor),
}

/// The means for a fresh proof. An empty list of factors means the password.
pub fn means_of(factors: &[SecondFactor]) -> Vec<Means> {
    let usable = |factor: &SecondFactor| *factor != SecondFactor::Passkey || passkeys::is_supported();
    let means: Vec<_> = factors.iter().copied().filter(usable).map(Means::Factor).collect();
    if factors.is_empty() { vec![Means::Password] } else { means }
}

/// The form of one means at a time, and the ways to the others.
#[component]
pub fn Proof(
    means: Vec<Means>,
    /// A fresh proof in a session, not the second step of a sign-in.
    step_up: bool,
    on_proved: Callback<SessionView>,
    /// Beside the form's button.
    #[prop(optional)]
    on_cancel: Option<Callback<()>>,
) -> impl IntoView {
    let chosen = RwSignal::new(means.first().copied());
    let others = means.clone();
    view! {
        {move || match chosen.get() {
            None => view! { <p class="text-soft">{text::NO_MEANS}</p> }.into_any(),
            Some(Means::Factor(SecondFactor::Passkey)) => passkey_step(step_up, on_proved, on_cancel),
            Some(means) => code_step(means, step_up, on_proved, on_cancel),
        }}
        {move || {
            let others: Vec<_> = others.iter().copied().filter(|other| chosen.get() != Some(*other)).collect();
            (!others.is_empty()).then(|| other_ways(others, chosen))
        }}
    }
}

fn other_ways(others: Vec<Means>, chosen: RwSignal<Option<Means>>) -> AnyView {
    let buttons = others.into_iter().map(|other| {
        view! {
            <li>
                <button type="button" class="link min-h-11 text-[0.9375rem]" on:click=move |_| chosen.set(Some(other))>
                    {text::way(other)}
                </button>
            </li>
        }
    });
    view! {
        <div class="mt-5 border-t border-line pt-4">
            <p class="text-sm text-faint">{text::OTHER_WAYS}</p>
            <ul>{buttons.collect_view()}</ul>
        </div>
    }
    .into_any()
}

fn buttons(submit: AnyView, on_cancel: Option<Callback<()>>) -> AnyView {
    match on_cancel {
        None => submit,
        Some(on_cancel) => view! {
            <div class="flex flex-wrap justify-end gap-2">
                <Button look=Look::Quiet on_press=on_cancel>
                    {crate::i18n::en::shell::CANCEL}
                </Button>
                {submit}
            </div>
        }
        .into_any(),
    }
}

fn passkey_step(step_up: bool, on_proved: Callback<SessionView>, on_cancel: Option<Callback<()>>) -> AnyView {
    let busy = RwSignal::new(false);
    let trouble = RwSignal::new(None::<Message>);
    let press = Callback::new(move |()| {
        busy.set(true);
        trouble.set(None);
        spawn_local(async move {
            let outcome = prove_by_passkey(step_up).await;
            let is_here = busy.try_set(false).is_none();
            match outcome {
                Ok(view) => {
                    on_proved.try_run(view);
                }
                Err(error) if is_here => trouble.set(Some(error.message())),
                Err(_) => {}
            }
        });
    });
    let submit = view! {
        <Button look=Look::Primary wide=on_cancel.is_none() sign=Sign::Key busy=busy on_press=press>
            {text::USE_PASSKEY}
        </Button>
    };
    view! {
        <div class="grid gap-5">
            {move || trouble.get().map(|message| view! { <Trouble message=message /> })}
            <p class="text-soft">{text::PASSKEY_LEAD}</p>
            {buttons(submit.into_any(), on_cancel)}
        </div>
    }
    .into_any()
}

fn code_step(
    means: Means,
    is_step_up: bool,
    on_proved: Callback<SessionView>,
    on_cancel: Option<Callback<()>>,
) -> AnyView {
    let value = RwSignal::new(String::new());
    let form = Form::new(move || rules(means, &value.get_untracked()));
    let send = Callback::new(move |()| {
        form.submit(move |_| async move {
            on_proved.try_run(prove(means, is_step_up, value.get_untracked()).await?);
            Ok(())
        });
    });
    let field = match means {
        Means::Password => view! {
            <PasswordField form=form name="proof" label=text::PASSWORD value=value autocomplete="current-password" />
        }
        .into_any(),
        Means::Factor(SecondFactor::RecoveryCode) => view! {
            <TextField form=form name="code" label=text::RECOVERY_CODE value=value autocomplete="off" hint=text::RECOVERY_HINT />
        }
        .into_any(),
        Means::Factor(_) => view! { <CodeField form=form label=text::CODE value=value /> }.into_any(),
    };
    // A dialog would begin at the button that closes it.
    let name = if means == Means::Password { "proof" } else { "code" };
    request_animation_frame(move || browser::focus(&form.field_id(name)));
    let submit = view! {
        <Button kind="submit" look=Look::Primary wide=on_cancel.is_none() busy=form.busy()>
            {text::CONFIRM}
        </Button>
    };
    view! {
        <FormBody on_send=send label=text::way(means)>
            <FormTrouble form=form />
            <p class="text-soft">{text::lead(means)}</p>
            {field}
            {buttons(submit.into_any(), on_cancel)}
            {(means == Means::Factor(SecondFactor::EmailCode)).then(resend)}
        </FormBody>
    }
    .into_any()
}

/// Another mail with another code; the one before does not work any more.
fn resend() -> AnyView {
    let sent = RwSignal::new(None::<Result<(), Message>>);
    let press = move |_| {
        spawn_local(async move {
            let outcome = resend_code().await;
            sent.try_set(Some(outcome.map_err(|error| crate::i18n::message_of(&error))));
        });
    };
    view! {
        <p class="text-center">
            <button type="button" class="link min-h-11 text-[0.9375rem]" on:click=press>
                {text::RESEND}
            </button>
        </p>
        <p class="text-center text-sm text-soft empty:hidden" role="status">
            {move || {
                sent.get()
                    .map(|outcome| match outcome {
                        Ok(()) => text::RESENT.to_owned(),
                        Err(message) => format!("{}. {}", message.title, message.detail),
                    })
            }}
        </p>
    }
    .into_any()
}

fn rules(means: Means, value: &str) -> Result<(), Vec<FieldError>> {
    let (pointer, verdict) = match means {
        Means::Password => ("/proof", validate::given_password(value)),
        Means::Factor(SecondFactor::RecoveryCode) => ("/code", validate::factor_code(value)),
        Means::Factor(_) => ("/code", validate::code(value)),
    };
    verdict.map_err(|code| vec![FieldError { pointer: pointer.to_owned(), code }])
}

async fn prove(means: Means, is_step_up: bool, value: String) -> Result<SessionView, ApiError> {
    match means {
        Means::Factor(method) if !is_step_up => second_factor(MfaRequest { method, code: value }).await,
        Means::Password => step_up(StepUpRequest { method: StepUpMethod::Password, proof: value }).await,
        Means::Factor(SecondFactor::RecoveryCode) => {
            step_up(StepUpRequest { method: StepUpMethod::RecoveryCode, proof: value }).await
        }
        Means::Factor(_) => step_up(StepUpRequest { method: StepUpMethod::Totp, proof: value }).await,
    }
}
