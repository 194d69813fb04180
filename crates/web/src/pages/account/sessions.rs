//! Signed-in browsers, and ending them.

use shared_types::security::SessionItemView;

use crate::{
    components::ui::{Badge, Bone, Button, Card, CardTitle, ErrorState, LoadingText, Look, Sign, Tone},
    forms::{Form, FormTrouble},
    i18n::{en::security as text, format, message_of},
    prelude::*,
    queries::{
        Freshness, QueryClient,
        security::{end_other_sessions, end_session},
        use_sessions,
    },
};

/// The list, this browser first.
#[component]
pub fn Sessions() -> impl IntoView {
    let query = use_sessions();
    let sessions = query.part(|answer| answer.data.clone());
    let retry = Callback::new(move |()| query.refresh(Freshness::Now));
    view! {
        <Card id="sessions">
            <CardTitle id="sessions" sign=Sign::Screen>
                {text::SESSIONS}
            </CardTitle>
            <p class="mt-2 text-[0.9375rem] text-soft">{text::SESSIONS_LEAD}</p>
            {move || match (sessions.get(), query.view().error) {
                (Some(sessions), _) => list(sessions),
                (None, Some(error)) => view! { <ErrorState message=message_of(&error) on_retry=retry /> }.into_any(),
                (None, None) => {
                    view! {
                        <LoadingText />
                        <Bone class="mt-5 h-12 rounded-lg" />
                        <Bone class="mt-3 h-12 rounded-lg" />
                    }
                        .into_any()
                }
            }}
        </Card>
    }
}

fn list(sessions: Vec<SessionItemView>) -> AnyView {
    let client = expect_context::<QueryClient>();
    let (this, others): (Vec<_>, Vec<_>) = sessions.into_iter().partition(|session| session.current);
    let any_others = !others.is_empty();
    let rows = this.into_iter().chain(others).map(|session| row(client, session));
    let all = Form::new(|| Ok(()));
    let end_all = Callback::new(move |()| all.submit(move |key| end_other_sessions(client, key)));
    view! {
        <ul class="mt-2 divide-y divide-line">{rows.collect_view()}</ul>
        <FormTrouble form=all />
        {any_others
            .then(|| {
                view! {
                    <div class="mt-4">
                        <Button busy=all.busy() on_press=end_all>
                            {text::END_OTHERS}
                        </Button>
                    </div>
                }
            })}
    }
    .into_any()
}

fn row(client: QueryClient, session: SessionItemView) -> AnyView {
    let SessionItemView { id, device, network, created_at, last_seen, current } = session;
    let device = device.unwrap_or_else(|| text::UNKNOWN_DEVICE.to_owned());
    let name = text::end_session(&device);
    let form = Form::new(|| Ok(()));
    let end = Callback::new(move |()| form.submit(move |key| end_session(client, id, key)));
    let aside = if current {
        view! { <Badge tone=Tone::Good sign=Sign::Check text=text::THIS_BROWSER /> }.into_any()
    } else {
        view! {
            <Button look=Look::Quiet busy=form.busy() on_press=end>
                {text::END}
                <span class="sr-only">{name}</span>
            </Button>
        }
        .into_any()
    };
    view! {
        <li class="flex flex-wrap items-center justify-between gap-x-4 gap-y-2 py-3">
            <div class="min-w-0">
                <p class="font-medium">{device}</p>
                <p class="text-sm text-soft">
                    {text::seen(&format::moment(last_seen), network.as_deref())}
                </p>
                <p class="text-sm text-faint">{text::since(&format::moment(created_at))}</p>
            </div>
            {aside}
            <FormTrouble form=form />
        </li>
    }
    .into_any()
}
