//! Short messages that come and go, and words for screen readers alone.

use std::time::Duration;

use super::{Icon, Sign, Tone};
use crate::{i18n::en, prelude::*};

/// Long enough to read two lines twice.
const SHOWN: Duration = Duration::from_secs(8);

#[derive(Clone, PartialEq)]
struct Toast {
    id: u32,
    tone: Tone,
    text: String,
}

/// The message on screen, as a context of the app. A newer one takes the place of the one before.
#[derive(Clone, Copy)]
pub struct Toasts {
    shown: RwSignal<Option<Toast>>,
    count: StoredValue<u32>,
}

impl Toasts {
    /// No message.
    pub fn new() -> Self {
        Self { shown: RwSignal::new(None), count: StoredValue::new(0) }
    }

    /// Shows a message for a while.
    pub fn show(self, tone: Tone, text: impl Into<String>) {
        self.count.update_value(|count| *count = count.wrapping_add(1));
        let id = self.count.get_value();
        self.shown.set(Some(Toast { id, tone, text: text.into() }));
        set_timeout(move || self.dismiss(id), SHOWN);
    }

    fn dismiss(self, id: u32) {
        if self.shown.with_untracked(|shown| shown.as_ref().is_some_and(|toast| toast.id == id)) {
            self.shown.set(None);
        }
    }
}

/// The place where messages appear.
#[component]
pub fn ToastRegion(toasts: Toasts) -> impl IntoView {
    view! {
        <div
            class="no-print pointer-events-none fixed inset-x-4 bottom-24 z-40 flex flex-col items-center lg:inset-x-auto lg:end-6 lg:bottom-6 lg:items-end"
            role="region"
            aria-label=en::shell::NOTICES
            aria-live="polite"
        >
            {move || toasts.shown.get().map(|toast| view! { <ToastCard toasts=toasts toast=toast /> })}
        </div>
    }
}

#[component]
fn ToastCard(toasts: Toasts, toast: Toast) -> impl IntoView {
    let sign = match toast.tone {
        Tone::Good => Sign::Check,
        Tone::Bad | Tone::Attention => Sign::Alert,
        Tone::Quiet | Tone::Info => Sign::Info,
    };
    view! {
        <div class="card appearing pointer-events-auto flex max-w-sm items-start gap-3 p-4 shadow-float">
            <span class=format!("rounded-full p-1 {}", toast.tone.class())>
                <Icon sign=sign class="size-4" />
            </span>
            <p class="text-[0.9375rem]">{toast.text}</p>
            <button
                type="button"
                class="-m-2 grid size-10 shrink-0 place-items-center rounded-lg text-faint hover:text-ink"
                aria-label=en::shell::CLOSE
                on:click=move |_| toasts.dismiss(toast.id)
            >
                <Icon sign=Sign::Close class="size-4" />
            </button>
        </div>
    }
}

/// Says something to screen readers only.
#[component]
pub fn Announcer(#[prop(into)] text: Signal<String>) -> impl IntoView {
    view! { <p class="sr-only" aria-live="polite" role="status">{text}</p> }
}
