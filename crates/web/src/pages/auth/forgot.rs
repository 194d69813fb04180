//! Asking for a code to replace a forgotten password.

use shared_types::auth::ForgotPasswordRequest;
use shared_types::validate::Validate;

use super::{onward::leave_when_signed_in, reset};
use crate::{
    components::ui::{Button, Look, PageHeading},
    forms::{Form, FormBody, FormTrouble, TextField},
    i18n::en::{forgot as text, login},
    prelude::*,
    queries::identity::forgot_password,
    router::Router,
    routes,
};

/// The address. What comes next is the same whether or not there is an account.
#[component]
pub fn Forgot() -> impl IntoView {
    let router = expect_context::<Router>();
    let email = RwSignal::new(String::new());
    let request =
        move || ForgotPasswordRequest { email: email.with_untracked(|email| email.trim().to_owned()) };
    let form = Form::new(move || request().validate());
    leave_when_signed_in();
    let send = Callback::new(move |()| {
        form.submit(move |key| async move {
            let mailed = forgot_password(request(), key).await?;
            router.go(&reset::address_of(mailed.challenge_id));
            Ok(())
        });
    });
    view! {
        <div class="card p-6 sm:p-8">
            <PageHeading title=text::TITLE lead=Some(text::LEAD.to_owned()) />
            <div class="mt-6">
                <FormBody on_send=send label=text::TITLE>
                    <FormTrouble form=form />
                    <TextField form=form name="email" label=login::EMAIL value=email kind="email" autocomplete="username" />
                    <Button kind="submit" look=Look::Primary wide=true busy=form.busy()>
                        {text::SUBMIT}
                    </Button>
                </FormBody>
            </div>
        </div>
        <p class="mt-6 text-center">
            <a href=routes::LOGIN class="link">{text::BACK}</a>
        </p>
    }
}
