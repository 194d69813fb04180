//! The customer's own record and the dashboard.

pub mod get_billing;
pub mod get_me;
pub mod get_summary;
mod save;
pub mod update_billing;
pub mod update_me;

use shared_types::{
    account::{BillingContactView, MeView},
    page::Section,
};

use crate::{
    cache::Hit,
    error::ApiError,
    http::session::Authenticated,
    readings::{StoredItem, decode},
    store::Profile,
    upstream::UpstreamError,
};

/// The signed-in person.
fn me(user: &Authenticated, profile: Profile, billing: Section<BillingContactView>) -> MeView {
    MeView {
        id: profile.user_id,
        email: profile.email.as_str().to_owned(),
        first_name: profile.first_name,
        last_name: profile.last_name,
        account_state: user.connections.state,
        created_at: profile.created_at,
        billing,
    }
}

/// A reading as a part of an answer: its failure leaves the other parts readable.
fn section<T: serde::de::DeserializeOwned>(reading: Result<Hit, UpstreamError>) -> Section<T> {
    let stored = reading.and_then(|hit| Ok((decode::<StoredItem<T>>(&hit)?, hit.meta())));
    match stored {
        Ok((stored, meta)) => Section::Ready { data: stored.data, meta },
        Err(error) => {
            tracing::warn!(error = %error, "a part of an answer is missing");
            Section::Unavailable { code: ApiError::from(error).code() }
        }
    }
}
