//! The signed-in customer.

use shared_types::{
    account::{MeView, SummaryView},
    page::DataView,
};

use super::Read;

/// The customer and what billing has on file.
pub fn me() -> Read<DataView<MeView>> {
    Read::new("/api/me")
}

/// Where the dashboard is read.
pub const SUMMARY: &str = "/api/me/summary";

/// The dashboard.
pub fn summary() -> Read<DataView<SummaryView>> {
    Read::new(SUMMARY)
}
