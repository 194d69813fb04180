//! Signing up, in and out; a new password.
//!
//! Nothing here tells whether an address has an account: answers, texts and the work done are the same.

pub mod begin_passkey_login;
pub mod begin_passkey_step_up;
pub mod change_password;
pub mod confirm_signup;
pub mod get_jwks;
pub mod get_options;
pub mod get_session;
pub mod issue_token;
pub mod link;
pub mod list_accounts;
pub mod log_in_with_passkey;
pub mod login;
pub mod logout;
mod passkey_proof;
mod password;
mod pending;
mod proof;
pub mod refresh_token;
pub mod request_password_reset;
pub mod reset_password;
pub mod revoke_token;
pub mod send_code_again;
pub mod signup;
pub mod step_up;
pub mod step_up_with_passkey;
pub mod switch_account;
mod tokens;
pub mod verify_second_factor;

use secrecy::SecretString;
use shared_types::{
    account::{AccountChoiceView, CurrentAccountView, Permission},
    auth::{SessionUser, SessionView},
    ids::UserId,
    page::DataView,
};

use crate::{
    app::App,
    domain::{
        account::RIGHTS_HOLD,
        factor::{Factor, Factors},
        notice::Notice,
        password_rules::{self, Owner},
    },
    error::{ApiError, ApiResult},
    http::{
        idempotency::Replayable,
        origin::{DeviceToken, Origin},
        session::{Authenticated, OpenedSession},
    },
    jobs::Job,
    store::{AccountLink, Mapping, NewSession, Profile, SystemTx},
};

/// A repetition of the request that made the account gets a session too, in case the first answer was lost on its way. Only as long
/// as what it was made by would have worked.
const REPLAY_SESSION: chrono::TimeDelta = chrono::TimeDelta::minutes(10);

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
    let tell = !factors.has(Factor::EmailCode);
    open_session(app, tx, user, factors, origin, tell).await
}

/// The same; `tell` says whether the owner is told of a device that is not known.
async fn open_session(
    app: &App,
    tx: &SystemTx,
    user: UserId,
    factors: Factors,
    origin: &Origin,
    tell: bool,
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
        if !is_first && tell {
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
    read_rights_again(app, tx, user).await?;
    let view = signed_in_view(tx, user, &session.row).await?;
    Ok((session, view))
}

/// What WHMCS said of the person's accounts holds for a while; a sign-in is a good moment to ask again.
async fn read_rights_again(app: &App, tx: &SystemTx, user: UserId) -> ApiResult<()> {
    let links = tx.account_links(user).list().await?;
    let oldest = links.iter().map(|link| link.refreshed_at).min();
    if oldest.is_some_and(|oldest| crate::clock::later(oldest, RIGHTS_HOLD) <= app.clock.now()) {
        app.jobs.enqueue(&tx.jobs(), Job::RefreshAccounts { user }).await?;
        app.jobs.wake();
    }
    Ok(())
}

/// What a session that was just made is told as.
async fn signed_in_view(tx: &SystemTx, user: UserId, session: &NewSession) -> ApiResult<SessionView> {
    let profile = tx.account(user).profile().await?.ok_or_else(ApiError::not_found)?;
    let mapping = tx.mappings().get(user).await?;
    let links = tx.account_links(user).list().await?;
    let choices = choices(&profile, mapping.as_ref(), &links, session.active_client_id);
    let now = session.auth_time;
    Ok(SessionView::SignedIn {
        user: session_user(&profile),
        can_switch: choices.len() > 1,
        account: current(choices),
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

/// The accounts that the person may act for, the own one first, once billing has one.
fn choices(
    profile: &Profile,
    mapping: Option<&Mapping>,
    links: &[AccountLink],
    acting_for: Option<i64>,
) -> Vec<AccountChoiceView> {
    let Some(own) = mapping.and_then(|mapping| mapping.whmcs_client_id) else { return Vec::new() };
    let own_link = links.iter().find(|link| link.client_id == own);
    let acts_for_another =
        links.iter().any(|link| Some(link.client_id) == acting_for && link.client_id != own);
    let named = own_link.map(|link| link.name.clone()).filter(|name| !name.is_empty());
    let first = CurrentAccountView {
        client_id: u64::try_from(own).unwrap_or_default(),
        name: named.unwrap_or_else(|| own_name(profile)),
        owner: own_link.is_none_or(|link| link.is_owner),
        permissions: own_link
            .filter(|link| !link.is_owner)
            .map_or_else(|| Permission::ALL.to_vec(), |link| link.permissions.clone()),
    };
    let others = links.iter().filter(|link| link.client_id != own).map(|link| AccountChoiceView {
        account: CurrentAccountView {
            client_id: u64::try_from(link.client_id).unwrap_or_default(),
            name: link.name.clone(),
            owner: link.is_owner,
            permissions: link.permissions.clone(),
        },
        current: Some(link.client_id) == acting_for,
    });
    let first = AccountChoiceView { account: first, current: !acts_for_another };
    std::iter::once(first).chain(others).collect()
}

fn own_name(profile: &Profile) -> String {
    match profile.company_name.as_str() {
        "" => format!("{} {}", profile.first_name, profile.last_name),
        company => company.to_owned(),
    }
}

/// The account that the session acts for.
fn current(choices: Vec<AccountChoiceView>) -> Option<CurrentAccountView> {
    choices.into_iter().find(|choice| choice.current).map(|choice| choice.account)
}

/// A session for a repetition of the request that made the account, if it comes soon enough.
async fn session_for_replay(
    app: &App,
    answer: &Replayable,
    factors: Factors,
    origin: &Origin,
) -> ApiResult<Option<OpenedSession>> {
    let Ok(view) = serde_json::from_slice::<DataView<SessionView>>(answer.body()) else { return Ok(None) };
    let SessionView::SignedIn { user, auth_time, .. } = view.data else { return Ok(None) };
    if app.clock.now() - auth_time > REPLAY_SESSION {
        return Ok(None);
    }
    let tx = app.db.as_system().await?;
    // The browser that asked first: the cookies of its device were lost with the answer.
    let (session, _) = open_session(app, &tx, user.id, factors, origin, false).await?;
    tx.commit().await?;
    Ok(Some(session))
}

/// Refuses a password that is too weak for this person.
fn require_good_password(app: &App, owner: &Owner<'_>, password: &str) -> ApiResult<()> {
    match password_rules::refusal(password, owner, &app.settings.app_name, app.settings.password_min) {
        Some(code) => Err(ApiError::field("/password", code)),
        None => Ok(()),
    }
}

/// The hash of a new password that is good enough for this person; else what is wrong with it.
async fn new_password(app: &App, profile: &Profile, password: &str) -> ApiResult<SecretString> {
    let owner = Owner {
        email: profile.email.as_str(),
        first_name: &profile.first_name,
        last_name: &profile.last_name,
        company_name: &profile.company_name,
    };
    require_good_password(app, &owner, password)?;
    Ok(app.passwords.hash(&SecretString::from(password)).await?.into())
}
