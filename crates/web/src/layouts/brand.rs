//! The portal's mark and name.

use crate::{browser, prelude::*};

/// Mark and name.
#[component]
pub fn Brand() -> impl IntoView {
    view! {
        <span class="flex items-center gap-2.5 text-[1.0625rem] font-semibold tracking-[-0.012em]">
            <svg class="size-8 shrink-0" viewBox="0 0 32 32" aria-hidden="true">
                <rect class="fill-accent" width="32" height="32" rx="8" />
                <path class="fill-on-accent" d="M9.5 23V9h7.2a4.9 4.9 0 0 1 0 9.8h-3.4V23z" />
                <path class="fill-accent" d="M13.3 12.3v3.2h3.2a1.6 1.6 0 0 0 0-3.2z" />
            </svg>
            {browser::app_name()}
        </span>
    }
}
