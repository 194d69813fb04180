//! Signing up, in and out.
//!
//! Nothing here tells whether an address has an account: answers, texts and the work done are the same.

pub mod confirm_signup;
pub mod get_session;
pub mod login;
pub mod logout;
pub mod signup;

use actix_web::{HttpRequest, web::Data};
use shared_types::{
    auth::{SessionUser, SessionView},
    ids::UserId,
};

use crate::{
    app::App,
    error::{ApiError, ApiResult},
    http::{
        client_ip::{client_ip, network},
        session::OpenedSession,
    },
    store::{Profile, SystemTx},
};

/// What a sign-up leaves behind until the code comes back. Sealed at rest.
pub use crate::domain::signup::PendingSignup;

/// The network that a request comes from, as limits and session lists name it.
fn source(app: &App, request: &HttpRequest) -> String {
    network(client_ip(request.peer_addr(), request.headers(), &app.settings.trusted_proxies))
}

/// A new session for a user who has just proved who they are, in the transaction of the proof.
async fn open_session(
    app: &App,
    tx: &SystemTx,
    user: UserId,
    request: &HttpRequest,
) -> ApiResult<(OpenedSession, SessionView)> {
    let session = app.sessions.open(device(request), Some(source(app, request)));
    if !tx.sessions_of(user).insert(&session.row).await? {
        return Err(ApiError::internal("a session for a user who is not there"));
    }
    let profile = tx.account(user).profile().await?.ok_or_else(ApiError::not_found)?;
    let now = session.row.auth_time;
    let view = SessionView::SignedIn {
        user: session_user(&profile),
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

/// Browser and system in a few words, as the list of sessions shows them.
fn device(request: &HttpRequest) -> Option<String> {
    let agent = request.headers().get("user-agent")?.to_str().ok()?;
    let first = |names: &[(&str, &'static str)]| {
        names.iter().find(|(mark, _)| agent.contains(mark)).map(|(_, name)| *name)
    };
    // Order matters: Edge and Opera call themselves Chrome too, and Chrome calls itself Safari.
    let browser = first(&[
        ("Edg/", "Edge"),
        ("OPR/", "Opera"),
        ("Firefox/", "Firefox"),
        ("Chrome/", "Chrome"),
        ("Safari/", "Safari"),
    ]);
    let system = first(&[
        ("Android", "Android"),
        ("iPhone", "iPhone"),
        ("iPad", "iPad"),
        ("Windows", "Windows"),
        ("Mac OS", "macOS"),
        ("Linux", "Linux"),
    ]);
    match (browser, system) {
        (Some(browser), Some(system)) => Some(format!("{browser} on {system}")),
        (one, other) => one.or(other).map(str::to_owned),
    }
}

/// Ends the session that a browser had before it signed in anew.
async fn end_former(app: &Data<App>, former: Option<&crate::http::session::Authenticated>) -> ApiResult<()> {
    if let Some(former) = former {
        app.sessions.end(former).await?;
    }
    Ok(())
}
