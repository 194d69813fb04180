//! Answers that can be older than they should be.

use shared_types::{
    account::{MeView, SummaryView},
    page::{DataView, ItemView, ListView, Section},
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
            Self::Unavailable { .. } | Self::NotReady | Self::NotAllowed => false,
        }
    }
}

impl Aged for DataView<SummaryView> {
    fn is_stale(&self) -> bool {
        self.data.billing.is_stale() || self.data.services.is_stale() || self.data.support.is_stale()
    }
}

impl Aged for DataView<MeView> {
    fn is_stale(&self) -> bool {
        self.data.billing.is_stale()
    }
}
