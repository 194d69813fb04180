//! Does everything run, does anyone wait for me?

use shared_types::{
    account::{ServicesSummary, SupportSummary},
    page::Section,
    problem::ProblemCode,
};

use crate::{
    components::ui::{Badge, Bone, Button, Card, CardTitle, LoadingText, Sign, Tone},
    i18n::{codes, en, en::dashboard as text},
    prelude::*,
};

/// A part of the dashboard.
pub type Part<T> = Memo<Option<Section<T>>>;

/// Whether a part is shown at all: what the person may not see of the account is not there.
pub fn is_shown<T: Send + Sync + 'static>(section: Part<T>) -> Memo<bool> {
    Memo::new(move |_| section.with(|section| !matches!(section, Some(Section::NotAllowed))))
}

/// What a part shows that has no answer: still loading, not there yet, or not to be had.
pub fn without_answer<T>(section: Option<Section<T>>, on_retry: Callback<()>) -> AnyView {
    match section {
        Some(Section::Unavailable { code }) => {
            view! { <Unavailable code=code on_retry=on_retry /> }.into_any()
        }
        Some(Section::NotReady) => view! {
            <p class="mt-4 text-lg font-semibold">{text::SETTING_UP}</p>
            <p class="mt-0.5 text-[0.9375rem] text-soft">{text::SETTING_UP_LEAD}</p>
        }
        .into_any(),
        Some(Section::NotAllowed) => ().into_any(),
        Some(Section::Ready { .. }) | None => view! {
            <LoadingText />
            <Bone class="mt-5 h-8 w-28" />
            <Bone class="mt-3 h-4 w-40" />
        }
        .into_any(),
    }
}

#[component]
fn Unavailable(code: ProblemCode, on_retry: Callback<()>) -> impl IntoView {
    view! {
        <p class="mt-4 text-lg font-semibold">{text::UNAVAILABLE}</p>
        <p class="mt-0.5 mb-3 text-[0.9375rem] text-soft">{codes::problem(code).1}</p>
        <div>
            <Button sign=Sign::Refresh on_press=on_retry>
                {en::shell::RETRY}
            </Button>
        </div>
    }
}

/// Does everything run?
#[component]
pub fn ServicesCard(section: Part<ServicesSummary>, on_retry: Callback<()>) -> impl IntoView {
    let shown = is_shown(section);
    move || {
        shown.get().then(|| {
            view! {
                <Card id="services">
                    <CardTitle id="services" sign=Sign::Server>
                        {text::SERVICES}
                    </CardTitle>
                    {move || match section.get() {
                        Some(Section::Ready { data, .. }) => view! { <Services services=data /> }.into_any(),
                        other => without_answer(other, on_retry),
                    }}
                </Card>
            }
        })
    }
}

#[component]
fn Services(services: ServicesSummary) -> impl IntoView {
    if services.total == 0 {
        return view! { <p class="mt-4 text-lg font-semibold">{text::NO_SERVICES}</p> }.into_any();
    }
    let all_run = services.suspended == 0 && services.pending == 0;
    view! {
        <p class="mt-3 flex items-baseline gap-2">
            <span class="figures text-[2rem] leading-10 font-semibold tracking-[-0.02em]">{services.active}</span>
            <span class="text-soft">{text::ACTIVE}</span>
            <span class="text-sm text-faint">{text::of_total(services.total)}</span>
        </p>
        <div class="mt-3 flex flex-wrap gap-2">
            {all_run.then(|| view! { <Badge tone=Tone::Good sign=Sign::Check text=text::ALL_RUN /> })}
            {(services.suspended > 0)
                .then(|| view! { <Badge tone=Tone::Bad sign=Sign::Alert text=text::suspended(services.suspended) /> })}
            {(services.pending > 0)
                .then(|| view! { <Badge tone=Tone::Info sign=Sign::Clock text=text::pending(services.pending) /> })}
        </div>
    }
    .into_any()
}

/// Does anyone wait for me?
#[component]
pub fn SupportCard(section: Part<SupportSummary>, on_retry: Callback<()>) -> impl IntoView {
    let shown = is_shown(section);
    move || {
        shown.get().then(|| {
            view! {
                <Card id="support">
                    <CardTitle id="support" sign=Sign::Speech>
                        {text::SUPPORT}
                    </CardTitle>
                    {move || match section.get() {
                        Some(Section::Ready { data, .. }) => view! { <Cases support=data /> }.into_any(),
                        other => without_answer(other, on_retry),
                    }}
                </Card>
            }
        })
    }
}

#[component]
fn Cases(support: SupportSummary) -> impl IntoView {
    if support.open_cases == 0 {
        return view! {
            <p class="mt-4 text-lg font-semibold">{text::NO_CASES}</p>
            <p class="mt-0.5 text-[0.9375rem] text-soft">{text::NO_CASES_LEAD}</p>
        }
        .into_any();
    }
    view! {
        <p class="mt-3 flex items-baseline gap-2">
            <span class="figures text-[2rem] leading-10 font-semibold tracking-[-0.02em]">{support.open_cases}</span>
            <span class="text-soft">{text::open_cases(support.open_cases)}</span>
        </p>
    }
    .into_any()
}
