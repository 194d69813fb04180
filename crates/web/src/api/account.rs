//! The signed-in customer.

use shared_types::{
    account::{BillingContactView, MeView, SavedView, SummaryView, UpdateBillingRequest, UpdateMeRequest},
    page::DataView,
};

use super::{
    ApiError, Read,
    transport::{data_of, patch},
};

/// Where the customer is read.
pub const ME: &str = "/api/me";

/// The customer and what billing has on file.
pub fn me() -> Read<DataView<MeView>> {
    Read::new(ME)
}

/// Where the dashboard is read.
pub const SUMMARY: &str = "/api/me/summary";

/// The dashboard.
pub fn summary() -> Read<DataView<SummaryView>> {
    Read::new(SUMMARY)
}

/// Changes the person's name.
pub async fn update_me(request: &UpdateMeRequest, key: &str) -> Result<SavedView<MeView>, ApiError> {
    data_of(patch(ME, request, key)).await
}

/// Changes the billing details.
pub async fn update_billing(
    request: &UpdateBillingRequest,
    key: &str,
) -> Result<SavedView<BillingContactView>, ApiError> {
    data_of(patch("/api/me/billing", request, key)).await
}

/// The regions of a country: empty where an address has none from a list.
pub fn regions(country: &str) -> Read<DataView<Vec<String>>> {
    Read::new(format!("/api/reference/regions?country={country}"))
}
