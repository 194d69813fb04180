//! Answers that can be older than they should be.

use shared_types::{
    account::{AccountChoiceView, MeView, SummaryView},
    link::LinkView,
    page::{DataView, ItemView, ListView, Section},
    security::{MfaView, SessionItemView},
};

/// An answer that says how old it is.
pub trait Aged {
    /// Whether the portal marked it, or a part of it, as older than it should be.
    fn is_stale(&self) -> bool;
}

impl<T> Aged for ListView<T> {
    fn is_stale(&self) -> bool {
        self.meta.stale
    }
}

impl<T> Aged for ItemView<T> {
    fn is_stale(&self) -> bool {
        self.meta.stale
    }
}

impl<T> Aged for Section<T> {
    fn is_stale(&self) -> bool {
        match self {
            Self::Ready { meta, .. } => meta.stale,
            Self::Unavailable { .. } | Self::NotReady => false,
        }
    }
}

impl Aged for DataView<SummaryView> {
    fn is_stale(&self) -> bool {
        self.data.billing.is_stale() || self.data.services.is_stale() || self.data.support.is_stale()
    }
}

/// What the portal itself keeps is always current.
macro_rules! never_stale {
    ($($answer:ty),+ $(,)?) => {$(
        impl Aged for DataView<$answer> {
            fn is_stale(&self) -> bool {
                false
            }
        }
    )+};
}

never_stale!(Vec<String>, LinkView, MfaView, Vec<SessionItemView>, Vec<AccountChoiceView>);

impl Aged for DataView<MeView> {
    fn is_stale(&self) -> bool {
        self.data.billing.is_stale()
    }
}
