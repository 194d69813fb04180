//! Changing the password.

use shared_types::security::ChangePasswordRequest;
use shared_types::validate::Validate;

use crate::{
    components::ui::{Button, Card, CardTitle, Look, Sign, Toasts, Tone},
    forms::{Form, FormBody, FormTrouble, PasswordField},
    i18n::en::{security as text, signup},
    prelude::*,
    queries::{QueryClient, security::change_password},
    session::Session,
};

/// Closed until it is wanted: most who come here want something else.
#[component]
pub fn Password() -> impl IntoView {
    let open = RwSignal::new(false);
    view! {
        <Card id="password">
            <div class="flex flex-wrap items-center justify-between gap-3">
                <CardTitle id="password" sign=Sign::Key>
                    {text::PASSWORD}
                </CardTitle>
                {move || {
                    (!open.get())
                        .then(|| {
                            view! { <Button on_press=Callback::new(move |()| open.set(true))>{text::CHANGE}</Button> }
                        })
                }}
            </div>
            {move || open.get().then(|| view! { <PasswordForm open=open /> })}
        </Card>
    }
}

#[component]
fn PasswordForm(open: RwSignal<bool>) -> impl IntoView {
    let client = expect_context::<QueryClient>();
    let toasts = expect_context::<Toasts>();
    let email = untrack(|| expect_context::<Session>().user()).map(|user| user.email);
    let (current, new) = (RwSignal::new(String::new()), RwSignal::new(String::new()));
    let request = move || ChangePasswordRequest {
        current_password: current.get_untracked(),
        password: new.get_untracked(),
    };
    let form = Form::new(move || request().validate());
    let send = Callback::new(move |()| {
        form.submit(move |key| async move {
            change_password(client, request(), key).await?;
            toasts.show(Tone::Good, text::PASSWORD_CHANGED);
            open.try_set(false);
            Ok(())
        });
    });
    view! {
        <div class="mt-5">
            <FormBody on_send=send label=text::PASSWORD>
                <FormTrouble form=form />
                // Password managers need to see whose password this is.
                <input class="sr-only" type="text" name="email" autocomplete="username" readonly tabindex="-1" aria-hidden="true" value=email />
                <PasswordField form=form name="current_password" label=text::CURRENT_PASSWORD value=current autocomplete="current-password" />
                <PasswordField form=form label=text::NEW_PASSWORD value=new autocomplete="new-password" hint=signup::password_hint() />
                <p class="text-sm text-faint">{text::OTHERS_END}</p>
                <div class="flex flex-wrap gap-2">
                    <Button kind="submit" look=Look::Primary busy=form.busy()>
                        {text::CHANGE_PASSWORD}
                    </Button>
                    <Button look=Look::Quiet on_press=Callback::new(move |()| open.set(false))>
                        {crate::i18n::en::shell::CANCEL}
                    </Button>
                </div>
            </FormBody>
        </div>
    }
}
