//! Bringing a login of the billing system: by its password once, or by signing in there.

use shared_types::link::{LinkConfirmRequest, LinkRequest, LinkStage, LinkView};
use shared_types::validate::Validate;

use super::onward::leave_when_signed_in;
use crate::{
    browser,
    components::ui::{Button, ButtonLink, Look, Notice, PageHeading, Sign, Tone},
    forms::{CodeField, Form, FormBody, FormTrouble, PasswordField, TextField},
    i18n::en::{link as text, login, signup},
    prelude::*,
    queries::{
        QueryClient,
        identity::{LINK_START, confirm_link, start_link},
        use_auth_options, use_link,
    },
    router::Router,
    routes,
};

/// Both ways, and the mailed code where the billing system has not seen the address proved. A reload in between goes on at the next
/// step: the password page asks the portal how far things have come.
#[component]
pub fn Link() -> impl IntoView {
    let stage = RwSignal::new(None::<LinkView>);
    let router = expect_context::<Router>();
    let under_way = use_link().part(|answer| answer.data.clone());
    leave_when_signed_in();
    Effect::new(move |_| {
        let due = under_way.get().flatten().filter(|link| link.stage == LinkStage::ConfirmEmail);
        if due.is_some() {
            stage.set(due);
        }
    });
    let go_on = Callback::new(move |view: LinkView| match view.stage {
        LinkStage::SetPassword => router.go(routes::SET_PASSWORD),
        LinkStage::ConfirmEmail => {
            // The next step is a page of its own to somebody who cannot see it change.
            browser::note_navigation();
            stage.set(Some(view));
        }
    });
    view! {
        {move || match stage.get() {
            None => view! { <LoginStep on_proved=go_on /> }.into_any(),
            Some(view) => view! { <CodeStep email=view.email on_proved=go_on /> }.into_any(),
        }}
        <p class="mt-6 text-center text-[0.9375rem] text-soft">
            {text::HAVE_PORTAL_LOGIN} " " <a href=routes::LOGIN class="link">{signup::TO_LOGIN}</a>
        </p>
    }
}

#[component]
fn LoginStep(on_proved: Callback<LinkView>) -> impl IntoView {
    let client = expect_context::<QueryClient>();
    let (email, password) = (RwSignal::new(String::new()), RwSignal::new(String::new()));
    let router = expect_context::<Router>();
    let request = move || LinkRequest {
        email: email.with_untracked(|email| email.trim().to_owned()),
        password: password.get_untracked(),
    };
    let form = Form::new(move || request().validate());
    let send = Callback::new(move |()| {
        form.submit(move |key| async move {
            on_proved.try_run(start_link(client, request(), key).await?);
            Ok(())
        });
    });
    view! {
        <div class="card p-6 sm:p-8">
            <PageHeading title=text::TITLE lead=Some(text::LEAD.to_owned()) />
            <div class="mt-6 grid gap-5">
                {move || {
                    router
                        .query("problem")
                        .map(|problem| {
                            view! {
                                <Notice tone=Tone::Attention sign=Sign::Alert role="alert">
                                    {text::problem(&problem)}
                                </Notice>
                            }
                        })
                }}
                <FormBody on_send=send label=text::TITLE>
                    <FormTrouble form=form />
                    <TextField form=form name="email" label=login::EMAIL value=email kind="email" autocomplete="username" />
                    <PasswordField form=form label=text::PASSWORD value=password autocomplete="current-password" hint=text::PASSWORD_HINT />
                    <Button kind="submit" look=Look::Primary wide=true busy=form.busy()>
                        {signup::SUBMIT}
                    </Button>
                </FormBody>
                <SignInThere />
            </div>
        </div>
    }
}

/// The other way, where the billing system has it.
#[component]
fn SignInThere() -> impl IntoView {
    let offered = use_auth_options().part(|answer| answer.data.oidc);
    move || {
        (offered.get() == Some(true)).then(|| {
            view! {
                <p class="flex items-center gap-3 text-sm text-faint before:h-px before:grow before:bg-line after:h-px after:grow after:bg-line">
                    {text::OR}
                </p>
                <ButtonLink href=LINK_START.to_owned() look=Look::Plain>
                    {text::SIGN_IN_THERE}
                </ButtonLink>
                <p class="text-center text-sm text-faint">{text::SIGN_IN_THERE_HINT}</p>
            }
        })
    }
}

#[component]
fn CodeStep(email: String, on_proved: Callback<LinkView>) -> impl IntoView {
    let client = expect_context::<QueryClient>();
    let code = RwSignal::new(String::new());
    let request = move || LinkConfirmRequest { code: code.get_untracked() };
    let form = Form::new(move || request().validate());
    let send = Callback::new(move |()| {
        form.submit(move |key| async move {
            on_proved.try_run(confirm_link(client, request(), key).await?);
            Ok(())
        });
    });
    view! {
        <div class="card p-6 sm:p-8">
            <PageHeading title=signup::CODE_TITLE lead=Some(text::code_lead(&email)) />
            <div class="mt-6">
                <FormBody on_send=send label=signup::CODE_TITLE>
                    <FormTrouble form=form />
                    <CodeField form=form label=signup::CODE value=code />
                    <Button kind="submit" look=Look::Primary wide=true busy=form.busy()>
                        {signup::SUBMIT}
                    </Button>
                </FormBody>
            </div>
        </div>
    }
}
