//! The customer's own record and the dashboard; address, sessions and activity.

pub mod change_email;
pub mod confirm_email;
pub mod export_activity;
pub mod export_data;
pub mod get_me;
pub mod get_summary;
pub mod list_activity;
pub mod list_sessions;
pub mod revoke_other_sessions;
pub mod revoke_session;

use shared_types::{
    page::Section,
    security::{ActivityView, SessionItemView},
};

use crate::{
    cache::Hit,
    error::ApiError,
    http::session::Authenticated,
    readings::{StoredItem, decode},
    store::{AuditRecord, SessionSummary},
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

/// A session as its owner sees it.
fn session_item(session: SessionSummary, user: &Authenticated) -> SessionItemView {
    SessionItemView {
        current: session.id == user.session_id,
        id: session.id,
        device: session.device_label,
        network: session.coarse_ip,
        created_at: session.created_at,
        last_seen: session.last_seen,
    }
}

/// A line of the audit log as its owner sees it.
fn activity(record: AuditRecord) -> ActivityView {
    let word = |name: &str| record.detail.get(name).and_then(|value| value.as_str()).map(str::to_owned);
    ActivityView {
        device: word("device"),
        network: word("network"),
        id: record.id,
        at: record.at,
        event: record.event,
        outcome: record.outcome,
    }
}
