//! The customer's own record and the dashboard; address, sessions and activity.

pub mod change_email;
pub mod confirm_email;
pub mod export_activity;
pub mod export_data;
pub mod get_billing;
pub mod get_me;
pub mod get_summary;
pub mod list_activity;
pub mod list_sessions;
pub mod revoke_other_sessions;
pub mod revoke_session;
mod save;
pub mod update_billing;
pub mod update_me;

use std::time::Duration;

use shared_types::{
    account::{BillingContactView, MeView, Permission},
    page::Section,
    problem::ProblemCode,
    security::{ActivityView, SessionItemView},
};

use crate::{
    app::App,
    cache::Hit,
    error::ApiError,
    http::session::{Authenticated, CurrentUser},
    readings::{Reader, StoredItem, decode},
    store::{AuditRecord, Profile, SessionSummary},
    upstream::UpstreamError,
};

/// Why a part of an answer is left out.
enum Missing {
    NotReady,
    NotAllowed,
    Unavailable(ProblemCode),
}

impl<T> From<Missing> for Section<T> {
    fn from(missing: Missing) -> Self {
        match missing {
            Missing::NotReady => Self::NotReady,
            Missing::NotAllowed => Self::NotAllowed,
            Missing::Unavailable(code) => Self::Unavailable { code },
        }
    }
}

/// The reader of a part of an answer that takes this permission.
fn reader(
    app: &App,
    user: &CurrentUser,
    permission: Permission,
    max_age: Option<Duration>,
) -> Result<Reader, Missing> {
    match user.account(permission) {
        Ok(account) => Ok(app.reader(user.user_id, account, max_age)),
        Err(refusal) => Err(match refusal.code() {
            ProblemCode::AccountNotReady => Missing::NotReady,
            ProblemCode::Forbidden => Missing::NotAllowed,
            code => Missing::Unavailable(code),
        }),
    }
}

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
