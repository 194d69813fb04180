//! Short messages that come and go, and words for screen readers alone.

use std::time::Duration;

use leptos::prelude::*;

use super::{Icon, Sign, Tone};
use crate::i18n::en;

/// Long enough to read two lines twice.
const SHOWN: Duration = Duration::from_secs(8);

#[derive(Clone, PartialEq)]
struct Toast {
    id: u32,
    tone: Tone,
    text: String,
}

/// The messages on screen, as a context of the app.
#[derive(Clone, Copy)]
pub struct Toasts(RwSignal<Vec<Toast>>);

impl Toasts {
    /// No messages.
    pub fn new() -> Self {
        Self(RwSignal::new(Vec::new()))
    }

    /// Shows a message for a while.
    pub fn show(self, tone: Tone, text: impl Into<String>) {
        let id = self.0.with_untracked(|toasts| toasts.last().map_or(0, |last| last.id.wrapping_add(1)));
        self.0.update(|toasts| toasts.push(Toast { id, tone, text: text.into() }));
        set_timeout(move || self.dismiss(id), SHOWN);
    }

    fn dismiss(self, id: u32) {
        self.0.update(|toasts| toasts.retain(|toast| toast.id != id));
    }
}

/// The place where messages appear.
#[component]
pub fn ToastRegion(toasts: Toasts) -> impl IntoView {
    view! {
        <div
            class="no-print pointer-events-none fixed inset-x-4 bottom-24 z-40 flex flex-col items-center gap-2 lg:inset-x-auto lg:end-6 lg:bottom-6 lg:items-end"
            role="region"
            aria-label=en::shell::NOTICES
            aria-live="polite"
        >
            <For each=move || toasts.0.get() key=|toast| toast.id let:toast>
                <div class="card appearing pointer-events-auto flex max-w-sm items-start gap-3 p-4 shadow-float">
                    <span class=format!("rounded-full p-1 {}", toast.tone.class())>
                        <Icon
                            sign=match toast.tone {
                                Tone::Good => Sign::Check,
                                Tone::Bad | Tone::Attention => Sign::Alert,
                                Tone::Quiet | Tone::Info => Sign::Info,
                            }
                            class="size-4"
                        />
                    </span>
                    <p class="text-[0.9375rem]">{toast.text.clone()}</p>
                    <button
                        type="button"
                        class="-m-2 grid size-10 shrink-0 place-items-center rounded-lg text-faint hover:text-ink"
                        aria-label=en::shell::CLOSE
                        on:click=move |_| toasts.dismiss(toast.id)
                    >
                        <Icon sign=Sign::Close class="size-4" />
                    </button>
                </div>
            </For>
        </div>
    }
}

/// Says something to screen readers only.
#[component]
pub fn Announcer(#[prop(into)] text: Signal<String>) -> impl IntoView {
    view! { <p class="sr-only" aria-live="polite" role="status">{text}</p> }
}
