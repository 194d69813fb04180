//! The second step of a sign-in.

use shared_types::auth::SessionView;

use super::onward::{leave_when_signed_in, use_next};
use crate::{
    components::ui::PageHeading,
    i18n::en::mfa as text,
    layouts::{Proof, means_of},
    prelude::*,
    queries::{QueryClient, identity::signed_in},
    router::Router,
    routes,
    session::{Session, SessionState},
};

/// Passkey, app, recovery code or mailed code: whatever the sign-in named.
#[component]
pub fn Mfa() -> impl IntoView {
    let (session, client) = (expect_context::<Session>(), expect_context::<QueryClient>());
    let router = expect_context::<Router>();
    let next = use_next();
    leave_when_signed_in();
    // The time for the second step is over, or somebody came here by the address.
    Effect::new(move |_| {
        if matches!(session.state(), SessionState::Anonymous(_)) {
            router.replace(&routes::with_next(routes::LOGIN, &next.get_untracked()));
        }
    });
    let means = Memo::new(move |_| match session.state() {
        SessionState::SecondFactor(methods) => Some(means_of(&methods)),
        _ => None,
    });
    view! {
        <div class="card p-6 sm:p-8">
            <PageHeading title=text::TITLE lead=Some(text::LEAD.to_owned()) />
            <div class="mt-6">
                {move || {
                    means
                        .get()
                        .map(|means| {
                            let on_proved = Callback::new(move |view: SessionView| signed_in(client, view));
                            view! { <Proof means=means step_up=false on_proved=on_proved /> }
                        })
                }}
            </div>
        </div>
        <p class="mt-6 text-center">
            <a href=routes::LOGIN class="link">{text::BACK}</a>
        </p>
    }
}
