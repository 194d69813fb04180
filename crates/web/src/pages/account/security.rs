//! Password, second factors and signed-in browsers.

use shared_types::security::MfaView;

use super::{
    passkeys::Passkeys,
    password::Password,
    recovery_codes::{FreshCodes, RecoveryCodes},
    sessions::Sessions,
    tabs::AccountTabs,
    totp::Totp,
};
use crate::{
    components::ui::{Bone, Card, CardTitle, ErrorState, LoadingText, Notice, PageHeading, Sign, Tone},
    i18n::{en::security as text, message_of},
    prelude::*,
    queries::{Freshness, use_mfa},
};

/// Each part has its own states.
#[component]
pub fn Security() -> impl IntoView {
    // Recovery codes are shown once: they stay on the page while everything around them is asked for again.
    let codes = RwSignal::new(Vec::<String>::new());
    view! {
        <PageHeading title=text::TITLE lead=Some(text::LEAD.to_owned()) />
        <AccountTabs />
        <div class="mt-6 grid gap-4 lg:grid-cols-2 lg:items-start lg:gap-6">
            <div class="grid gap-4 lg:gap-6">
                <Password />
                <Sessions />
            </div>
            <Factors codes=codes />
        </div>
        <FreshCodes codes=codes />
    }
}

#[component]
fn Factors(codes: RwSignal<Vec<String>>) -> impl IntoView {
    let query = use_mfa();
    let mfa = query.part(|answer| answer.data.clone());
    let retry = Callback::new(move |()| query.refresh(Freshness::Now));
    view! {
        <Card id="factors">
            <CardTitle id="factors" sign=Sign::Shield>
                {text::FACTORS}
            </CardTitle>
            {move || match (mfa.get(), query.view().error) {
                (Some(mfa), _) => factors(mfa, codes),
                (None, Some(error)) => view! { <ErrorState message=message_of(&error) on_retry=retry /> }.into_any(),
                (None, None) => {
                    view! {
                        <LoadingText />
                        <Bone class="mt-5 h-16 rounded-lg" />
                        <Bone class="mt-4 h-16 rounded-lg" />
                    }
                        .into_any()
                }
            }}
        </Card>
    }
}

fn factors(mfa: MfaView, codes: RwSignal<Vec<String>>) -> AnyView {
    let any = mfa.totp_since.is_some() || !mfa.passkeys.is_empty();
    let advice = match (any, mfa.email_code) {
        (true, _) => None,
        (false, true) => Some(text::EMAIL_CODE),
        (false, false) => Some(text::PASSWORD_ALONE),
    };
    view! {
        <p class="mt-2 text-[0.9375rem] text-soft">{text::FACTORS_LEAD}</p>
        {advice
            .map(|advice| {
                view! {
                    <div class="mt-4">
                        <Notice tone=Tone::Info sign=Sign::Info>
                            {advice}
                        </Notice>
                    </div>
                }
            })}
        <div class="mt-2 divide-y divide-line">
            <Passkeys passkeys=mfa.passkeys codes=codes />
            <Totp since=mfa.totp_since codes=codes />
            {any.then(|| view! { <RecoveryCodes left=mfa.recovery_codes_left codes=codes /> })}
        </div>
    }
    .into_any()
}
