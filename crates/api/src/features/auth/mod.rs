//! Signing up, in and out; a new password.
//!
//! Nothing here tells whether an address has an account: answers, texts and the work done are the same.

pub mod change_password;
pub mod confirm_signup;
pub mod forgot_password;
pub mod get_session;
pub mod login;
pub mod logout;
pub mod reset_password;
pub mod signup;

use actix_web::web::Data;
use secrecy::SecretString;
use shared_types::{
    account::{CurrentAccountView, Permission},
    auth::{SessionUser, SessionView},
    ids::UserId,
};

use crate::{
    app::App,
    domain::{
        factor::Factors,
        password_rules::{self, Owner},
    },
    error::{ApiError, ApiResult},
    http::{origin::Origin, session::OpenedSession},
    store::{Mapping, Profile, SystemTx},
};

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
    let now = session.row.auth_time;
    let view = SessionView::SignedIn {
        user: session_user(&profile),
        account: current_account(&profile, mapping.as_ref()),
        can_switch: false,
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

/// The person's own account, once billing has one.
fn current_account(profile: &Profile, mapping: Option<&Mapping>) -> Option<CurrentAccountView> {
    let client_id = u64::try_from(mapping?.whmcs_client_id?).ok()?;
    let name = match profile.company_name.as_str() {
        "" => format!("{} {}", profile.first_name, profile.last_name),
        company => company.to_owned(),
    };
    Some(CurrentAccountView { client_id, name, owner: true, permissions: Permission::ALL.to_vec() })
}

/// Ends the session that a browser had before it signed in anew.
async fn end_former(app: &Data<App>, former: Option<&crate::http::session::Authenticated>) -> ApiResult<()> {
    if let Some(former) = former {
        app.sessions.end(former).await?;
    }
    Ok(())
}

/// The hash of a new password that is good enough for this person; else what is wrong with it.
async fn new_password(app: &App, profile: &Profile, password: &str) -> ApiResult<SecretString> {
    let owner = Owner {
        email: profile.email.as_str(),
        first_name: &profile.first_name,
        last_name: &profile.last_name,
        company_name: &profile.company_name,
    };
    let (app_name, min) = (&app.settings.app_name, app.settings.password_min);
    if let Some(code) = password_rules::refusal(password, &owner, app_name, min) {
        return Err(ApiError::field("/password", code));
    }
    Ok(app.passwords.hash(&SecretString::from(password)).await?.into())
}
