//! The customer's own record and the dashboard.

pub mod get_billing;
pub mod get_me;
pub mod get_summary;
mod save;
pub mod update_billing;
pub mod update_me;

use std::time::Duration;

use shared_types::{
    account::{BillingContactView, MeView, Permission},
    page::Section,
    problem::ProblemCode,
};

use crate::{
    app::App,
    cache::Hit,
    error::ApiError,
    http::session::{Authenticated, CurrentUser},
    readings::{Reader, StoredItem, decode},
    store::Profile,
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
