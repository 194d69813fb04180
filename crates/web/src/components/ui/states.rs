//! What a section shows when it has nothing to show: empty, failed, out of date.

use chrono::{DateTime, Utc};

use super::{Button, Icon, Sign, Tone};
use crate::{
    i18n::{Message, en, format},
    prelude::*,
};

/// Nothing there, and what to do first.
#[component]
pub fn EmptyState(
    sign: Sign,
    #[prop(into)] title: String,
    #[prop(into)] detail: String,
    #[prop(optional)] children: Option<Children>,
) -> impl IntoView {
    view! {
        <div class="flex flex-col items-center px-6 py-14 text-center">
            <span class="mb-4 grid size-12 place-items-center rounded-full bg-sunken text-faint">
                <Icon sign=sign class="size-6" />
            </span>
            <p class="font-semibold">{title}</p>
            <p class="mt-1 max-w-sm text-[0.9375rem] text-soft">{detail}</p>
            {children.map(|children| view! { <div class="mt-5">{children()}</div> })}
        </div>
    }
}

/// It did not work: what, why, once more, and what to name to support.
#[component]
pub fn ErrorState(
    message: Message,
    #[prop(optional)] on_retry: Option<Callback<()>>,
    #[prop(optional, into)] busy: Signal<bool>,
) -> impl IntoView {
    view! {
        <div class="flex flex-col items-center px-6 py-12 text-center" role="alert">
            <span class="mb-4 grid size-12 place-items-center rounded-full bg-bad-soft text-bad-ink">
                <Icon sign=Sign::Alert class="size-6" />
            </span>
            <p class="font-semibold">{message.title}</p>
            <p class="mt-1 max-w-sm text-[0.9375rem] text-soft">{message.detail}</p>
            {on_retry
                .map(|on_retry| {
                    view! {
                        <div class="mt-5">
                            <Button sign=Sign::Refresh busy=busy on_press=on_retry>
                                {en::shell::RETRY}
                            </Button>
                        </div>
                    }
                })}
            {message
                .request_id
                .map(|id| {
                    view! { <p class="mt-4 text-[0.8125rem] text-faint break-all">{en::shell::request_id(&id)}</p> }
                })}
        </div>
    }
}

/// What did not work, above the thing that the customer was doing.
#[component]
pub fn Trouble(message: Message) -> impl IntoView {
    view! {
        <Notice tone=Tone::Bad sign=Sign::Alert role="alert">
            <p class="font-medium">{message.title}</p>
            <p>{message.detail}</p>
            {message
                .request_id
                .map(|id| view! { <p class="mt-1 text-[0.8125rem] break-all">{en::shell::request_id(&id)}</p> })}
        </Notice>
    }
}

/// A line that stands above what it is about.
#[component]
pub fn Notice(
    tone: Tone,
    sign: Sign,
    /// `alert` interrupts a screen reader, `status` waits for it, nothing stays silent.
    #[prop(optional)]
    role: Option<&'static str>,
    children: Children,
) -> impl IntoView {
    view! {
        <div
            class=format!("flex items-start gap-2.5 rounded-lg px-3.5 py-3 text-[0.9375rem] {}", tone.class())
            role=role
        >
            <Icon sign=sign class="size-5 mt-px" />
            <div class="min-w-0 grow">{children()}</div>
        </div>
    }
}

/// What is shown may be out of date.
#[component]
pub fn StaleNotice(as_of: DateTime<Utc>) -> impl IntoView {
    view! {
        <Notice tone=Tone::Attention sign=Sign::Clock role="status">
            {en::stale::notice(&format::moment(as_of))}
        </Notice>
    }
}

/// How old the figures are.
#[component]
pub fn AsOf(#[prop(into)] when: Signal<Option<DateTime<Utc>>>) -> impl IntoView {
    move || {
        when.get().map(|when| {
            view! { <p class="figures text-sm text-faint">{en::stale::as_of(&format::moment(when))}</p> }
        })
    }
}
