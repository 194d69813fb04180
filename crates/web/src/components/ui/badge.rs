//! A short state: an icon and a word, never a colour alone.

use super::{Icon, Sign};
use crate::prelude::*;

/// What a state means for the customer.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Tone {
    Good,
    Attention,
    Bad,
    Quiet,
    Info,
}

impl Tone {
    /// Classes for text and background.
    pub fn class(self) -> &'static str {
        match self {
            Self::Good => "text-ok-ink bg-ok-soft",
            Self::Attention => "text-warn-ink bg-warn-soft",
            Self::Bad => "text-bad-ink bg-bad-soft",
            Self::Quiet => "text-soft bg-sunken",
            Self::Info => "text-accent-ink bg-accent-soft",
        }
    }
}

/// A badge.
#[component]
pub fn Badge(tone: Tone, sign: Sign, #[prop(into)] text: String) -> impl IntoView {
    view! {
        <span class=format!(
            "inline-flex items-center gap-1.5 rounded-full py-0.5 ps-1.5 pe-2.5 text-[0.8125rem] font-medium whitespace-nowrap print:border {}",
            tone.class(),
        )>
            <Icon sign=sign class="size-4" />
            {text}
        </span>
    }
}
