//! Reads from WHMCS which accounts a user may act for, and what for.
//!
//! It is not tried again by itself: whoever goes on using an account has it asked for again, and until then old rights run out.

use shared_types::ids::UserId;

use super::Verdict;
use crate::{
    accounts::{self, AccountsError},
    app::App,
    store::StoreError,
};

pub(super) async fn run(app: &App, user: UserId) -> Result<Verdict, StoreError> {
    match accounts::refresh(app, user).await {
        Ok(()) => Ok(Verdict::Done),
        Err(AccountsError::Store(error)) => Err(error),
        Err(AccountsError::Upstream(error)) => {
            tracing::warn!(%error, "a user's accounts could not be read");
            Ok(Verdict::Done)
        }
    }
}
