//! Second factors of the signed-in person: authenticator app, recovery codes, passkeys.
//!
//! Every change needs a recent proof, ends the other sessions, is told by mail and written into the audit log.

pub mod add_passkey;
pub mod begin_passkey;
pub mod confirm_totp;
pub mod create_recovery_codes;
pub mod get_mfa;
pub mod remove_passkey;
pub mod remove_totp;
pub mod set_up_totp;

use crate::{
    app::App,
    audit::Event,
    domain::notice::Notice,
    error::ApiResult,
    http::{origin::Origin, session::Authenticated},
    jobs::Job,
    store::UserTx,
};

/// What every change of a factor brings with it, in the transaction of the change. After the commit call [`announce`].
async fn changed(
    app: &App,
    tx: &UserTx,
    user: &Authenticated,
    origin: &Origin,
    (event, notice): (Event, Notice),
) -> ApiResult<()> {
    tx.sessions().revoke_all(Some(user.session_id)).await?;
    tx.audit().append(&event.from_origin(origin)).await?;
    Ok(app.jobs.enqueue(&tx.jobs(), Job::MailNotice { user: user.user_id, notice }).await?)
}

/// The other sessions have ended, and there is something to mail.
fn announce(app: &App, user: &Authenticated) {
    app.sessions.reread_all(user.user_id);
    app.jobs.wake();
}
