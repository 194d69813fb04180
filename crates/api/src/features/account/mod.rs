//! The customer's own record and the dashboard.

pub mod get_me;
pub mod get_summary;

use shared_types::page::Section;

use crate::{
    cache::Hit,
    error::ApiError,
    readings::{StoredItem, decode},
    upstream::UpstreamError,
};

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
