//! Signing up, in and out.
//!
//! Nothing here tells whether an address has an account: answers, texts and the work done are the same.

pub mod confirm_signup;
pub mod get_options;
pub mod get_session;
pub mod link;
pub mod list_accounts;
pub mod login;
pub mod logout;
pub mod signup;
pub mod switch_account;

use actix_web::web::Data;
use shared_types::{
    account::{AccountChoiceView, CurrentAccountView, Permission},
    auth::{SessionUser, SessionView},
    ids::UserId,
    page::DataView,
};

use crate::{
    app::App,
    domain::{account::RIGHTS_HOLD, factor::Factors},
    error::{ApiError, ApiResult},
    http::{idempotency::Replayable, origin::Origin, session::OpenedSession},
    jobs::Job,
    store::{AccountLink, Mapping, Profile, SystemTx},
};

/// A repetition of the request that made the account gets a session too, in case the first answer was lost on its way. Only as long
/// as what it was made by would have worked.
const REPLAY_SESSION: chrono::TimeDelta = chrono::TimeDelta::minutes(10);

/// What a sign-up leaves behind until the code comes back. Sealed at rest.
pub use crate::domain::signup::PendingSignup;

/// A new session for a user who has just proved who they are, in the transaction of the proof.
async fn open_session(
    app: &App,
    tx: &SystemTx,
    user: UserId,
    factors: Factors,
    origin: &Origin,
) -> ApiResult<(OpenedSession, SessionView)> {
    let session = app.sessions.open(factors, origin);
    if !tx.sessions_of(user).insert(&session.row).await? {
        return Err(ApiError::internal("a session for a user who is not there"));
    }
    let profile = tx.account(user).profile().await?.ok_or_else(ApiError::not_found)?;
    let mapping = tx.mappings().get(user).await?;
    let links = tx.account_links(user).list().await?;
    let now = session.row.auth_time;
    let oldest = links.iter().map(|link| link.refreshed_at).min();
    if oldest.is_some_and(|oldest| crate::clock::later(oldest, RIGHTS_HOLD) <= now) {
        app.jobs.enqueue(&tx.jobs(), Job::RefreshAccounts { user }).await?;
        app.jobs.wake();
    }
    let choices = choices(&profile, mapping.as_ref(), &links, None);
    let view = SessionView::SignedIn {
        user: session_user(&profile),
        can_switch: choices.len() > 1,
        account: current(choices),
        second_factors: Vec::new(),
        auth_time: now,
        idle_expires_at: crate::clock::later(now, session.row.idle),
        expires_at: crate::clock::later(now, session.row.absolute),
    };
    Ok((session, view))
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
) -> ApiResult<Option<[u8; 32]>> {
    let Ok(view) = serde_json::from_slice::<DataView<SessionView>>(answer.body()) else { return Ok(None) };
    let SessionView::SignedIn { user, auth_time, .. } = view.data else { return Ok(None) };
    if app.clock.now() - auth_time > REPLAY_SESSION {
        return Ok(None);
    }
    let tx = app.db.as_system().await?;
    let (session, _) = open_session(app, &tx, user.id, factors, origin).await?;
    tx.commit().await?;
    Ok(Some(session.token))
}

/// Ends the session that a browser had before it signed in anew.
async fn end_former(app: &Data<App>, former: Option<&crate::http::session::Authenticated>) -> ApiResult<()> {
    if let Some(former) = former {
        app.sessions.end(former).await?;
    }
    Ok(())
}
