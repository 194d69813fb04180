//! Replacing the password by means of a mailed code.
//!
//! Which request the code belongs to stands in the address's fragment, and in the mailed link the code too: a fragment is sent
//! to nobody.

use shared_types::validate::Validate;
use shared_types::{auth::ResetPasswordRequest, ids::ChallengeId};

use super::onward::leave_when_signed_in;
use crate::{
    browser,
    components::ui::{Button, ButtonLink, Look, PageHeading, Panel, Sign},
    forms::{CodeField, Form, FormBody, FormTrouble, PasswordField},
    i18n::en::{reset as text, signup},
    prelude::*,
    queries::{QueryClient, identity::reset_password},
    router::Router,
    routes,
};

/// The page for a request.
pub fn address_of(challenge: ChallengeId) -> String {
    format!("{}#{challenge}", routes::RESET)
}

/// The request that a fragment names, and the code if it has one.
fn read_fragment(fragment: &str) -> Option<(ChallengeId, String)> {
    let (id, code) = fragment.split_once('.').unwrap_or((fragment, ""));
    Some((ChallengeId::from_uuid(id.parse().ok()?), code.to_owned()))
}

/// Code and new password.
#[component]
pub fn Reset() -> impl IntoView {
    leave_when_signed_in();
    match read_fragment(&browser::fragment()) {
        Some((challenge_id, code)) => view! { <ResetForm challenge_id=challenge_id code=code /> }.into_any(),
        None => view! {
            <PageHeading title=text::TITLE />
            <div class="mt-6">
                <Panel sign=Sign::Clock title=text::INCOMPLETE detail=text::INCOMPLETE_LEAD>
                    <ButtonLink href=routes::FORGOT.to_owned() look=Look::Primary>{text::NEW_CODE}</ButtonLink>
                </Panel>
            </div>
        }
        .into_any(),
    }
}

#[component]
fn ResetForm(challenge_id: ChallengeId, code: String) -> impl IntoView {
    let client = expect_context::<QueryClient>();
    let router = expect_context::<Router>();
    let (code, password) = (RwSignal::new(code), RwSignal::new(String::new()));
    let request = move || ResetPasswordRequest {
        challenge_id,
        code: code.get_untracked(),
        password: password.get_untracked(),
    };
    let form = Form::new(move || request().validate());
    let send = Callback::new(move |()| {
        form.submit(move |key| async move {
            reset_password(client, request(), key).await?;
            router.replace(routes::LOGIN);
            Ok(())
        });
    });
    view! {
        <div class="card p-6 sm:p-8">
            <PageHeading title=text::TITLE lead=Some(text::LEAD.to_owned()) />
            <div class="mt-6">
                <FormBody on_send=send label=text::TITLE>
                    <FormTrouble form=form />
                    <CodeField form=form label=signup::CODE value=code />
                    <PasswordField
                        form=form
                        label=text::PASSWORD
                        value=password
                        autocomplete="new-password"
                        hint=signup::password_hint()
                    />
                    <Button kind="submit" look=Look::Primary wide=true busy=form.busy()>
                        {text::SUBMIT}
                    </Button>
                    <p class="text-center text-sm text-faint">{text::SESSIONS_END}</p>
                </FormBody>
            </div>
        </div>
        <p class="mt-6 text-center">
            <a href=routes::FORGOT class="link">{text::NEW_CODE}</a>
        </p>
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_mailed_link_names_request_and_code() {
        let id = "019a0000-0000-7000-8000-000000000000";
        let challenge = ChallengeId::from_uuid(id.parse().unwrap());
        assert_eq!(read_fragment(&format!("{id}.123456")), Some((challenge, "123456".to_owned())));
        assert_eq!(read_fragment(id), Some((challenge, String::new())));
        assert_eq!(read_fragment(""), None);
        assert_eq!(read_fragment("nonsense.123456"), None);
        assert_eq!(address_of(challenge), format!("/auth/reset#{id}"));
    }
}
