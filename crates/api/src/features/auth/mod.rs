//! Signing up, in and out.
//!
//! Nothing here tells whether an address has an account: answers, texts and the work done are the same.

pub mod begin_passkey_login;
pub mod begin_passkey_step_up;
pub mod confirm_signup;
pub mod get_session;
pub mod log_in_with_passkey;
pub mod login;
pub mod logout;
mod passkey_proof;
mod pending;
mod proof;
pub mod send_code_again;
pub mod signup;
pub mod step_up;
pub mod step_up_with_passkey;
pub mod verify_second_factor;

use shared_types::{
    account::{CurrentAccountView, Permission},
    auth::{SessionUser, SessionView},
    ids::UserId,
};

use crate::{
    app::App,
    domain::{
        factor::{Factor, Factors},
        notice::Notice,
    },
    error::{ApiError, ApiResult},
    http::{
        origin::{DeviceToken, Origin},
        session::{Authenticated, OpenedSession},
    },
    jobs::Job,
    store::{Mapping, NewSession, Profile, SystemTx},
};

/// What a sign-up leaves behind until the code comes back. Sealed at rest.
pub use crate::domain::signup::PendingSignup;

/// How every sign-in ends: a new session for a user who has just proved who they are, in the transaction of the proof.
///
/// The device is remembered. Its owner is told of a new one by mail, unless the address was proved just now or there has never been
/// another. Hand out the session's cookies, and wake the jobs after the commit.
async fn complete_sign_in(
    app: &App,
    tx: &SystemTx,
    user: UserId,
    factors: Factors,
    origin: &Origin,
) -> ApiResult<(OpenedSession, SessionView)> {
    let mut session = app.sessions.open(factors, origin);
    let devices = tx.devices();
    let known = match &origin.device_token {
        Some(token) => devices.of_user(user, &token.hash()).await?.map(|id| (id, token.0)),
        None => None,
    };
    let (device, token) = if let Some((device, token)) = known {
        devices.touch(device).await?;
        (device, token)
    } else {
        let is_first = !devices.any(user).await?;
        if !is_first && !session.row.factors.has(Factor::EmailCode) {
            app.jobs.enqueue(&tx.jobs(), Job::MailNotice { user, notice: Notice::NewDevice }).await?;
        }
        let token = DeviceToken(app.random.token());
        let former = origin.device_token.map(|former| former.hash());
        (devices.remember(user, former.as_ref(), &token.hash()).await?, token.0)
    };
    session.row.device_id = Some(device);
    session.device = Some(token);
    if !tx.sessions_of(user).insert(&session.row).await? {
        return Err(ApiError::internal("a session for a user who is not there"));
    }
    let view = signed_in_view(tx, user, &session.row).await?;
    Ok((session, view))
}

/// What a session that was just made is told as.
async fn signed_in_view(tx: &SystemTx, user: UserId, session: &NewSession) -> ApiResult<SessionView> {
    let profile = tx.account(user).profile().await?.ok_or_else(ApiError::not_found)?;
    let mapping = tx.mappings().get(user).await?;
    let now = session.auth_time;
    Ok(SessionView::SignedIn {
        user: session_user(&profile),
        account: current_account(&profile, mapping.as_ref()),
        can_switch: false,
        second_factors: tx.factors_of(user).summary().await?.methods(),
        auth_time: now,
        idle_expires_at: crate::clock::later(now, session.idle.min(session.absolute)),
        expires_at: crate::clock::later(now, session.absolute),
    })
}

/// Against whom wrong codes of second factors count: the device where the user knows it, so that nobody else's tries keep the owner out.
async fn factor_subject(user: &Authenticated, origin: &Origin, app: &App) -> ApiResult<String> {
    let device = match (&origin.device_token, user.device_id) {
        (Some(token), _) => {
            let tx = app.db.read_as_system().await?;
            tx.devices().of_user(user.user_id, &token.hash()).await?
        }
        (None, device) => device,
    };
    Ok(device.map_or_else(|| user.user_id.to_string(), |device| device.to_string()))
}

fn session_user(profile: &Profile) -> SessionUser {
    SessionUser {
        id: profile.user_id,
        email: profile.email.as_str().to_owned(),
        first_name: profile.first_name.clone(),
        last_name: profile.last_name.clone(),
    }
}

/// The person's own account, once billing has one.
fn current_account(profile: &Profile, mapping: Option<&Mapping>) -> Option<CurrentAccountView> {
    let client_id = u64::try_from(mapping?.whmcs_client_id?).ok()?;
    let name = match profile.company_name.as_str() {
        "" => format!("{} {}", profile.first_name, profile.last_name),
        company => company.to_owned(),
    };
    Some(CurrentAccountView { client_id, name, owner: true, permissions: Permission::ALL.to_vec() })
}
