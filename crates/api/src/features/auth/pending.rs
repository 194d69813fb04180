//! Between the password and the session: what is still due, and the wait for it.

use std::time::Duration;

use shared_types::{
    auth::{SecondFactor, SessionView},
    ids::{ChallengeId, UserId},
    problem::ProblemCode,
};

use crate::{
    app::App,
    audit::Event,
    domain::{
        factor::{Factor, Factors},
        signup::ATTEMPTS,
    },
    error::{ApiError, ApiResult},
    http::{
        origin::Origin,
        pending::{PendingSignIn, code_of},
        session::{Authenticated, OpenedSession},
    },
    jobs::Job,
    limits::{Action, Admission},
    store::{ChallengeKind, EmailAddress, NewChallenge, SystemTx},
};

/// How long a second factor is waited for.
const FACTOR_WAIT: Duration = Duration::from_mins(5);

/// What is due after the password.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Due {
    /// Nothing more.
    Nothing,
    /// One of the second factors.
    Factor,
    /// A code that is mailed to the address.
    EmailCode,
}

/// What is due of somebody whose password was right.
///
/// Under attack it is the mailed code first, whatever else there is: what is asked for must not depend on the password.
pub async fn due(app: &App, user: UserId, admission: Admission) -> ApiResult<Due> {
    if admission.under_attack {
        return Ok(Due::EmailCode);
    }
    let tx = app.db.read_as_system().await?;
    let factors = tx.factors_of(user).summary().await?;
    Ok(if factors.any() {
        Due::Factor
    } else if admission.device.is_none() && app.settings.new_device_code {
        Due::EmailCode
    } else {
        Due::Nothing
    })
}

/// Begins the wait.
pub async fn begin(
    app: &App,
    user: UserId,
    email: &EmailAddress,
    due: Due,
    admission: Admission,
    origin: &Origin,
) -> ApiResult<(OpenedSession, SessionView)> {
    if due == Due::EmailCode
        && let Err(refusal) = app.limits.take(Action::NewDeviceCode, email.as_str()).await
    {
        // A refusal would tell that the password is right, which under attack nobody learns without the code.
        let hide = admission.under_attack && refusal.code() == ProblemCode::RateLimited;
        return if hide { pretend(app, email, origin).await } else { Err(refusal) };
    }
    let wait = if due == Due::EmailCode { app.settings.code_lifetime } else { FACTOR_WAIT };
    let session = app.sessions.open_pending(Factors::of(Factor::Password), origin, wait);
    let tx = app.db.as_system().await?;
    insert(&tx, user, &session).await?;
    if due == Due::EmailCode {
        ask_for_code(app, &tx, code_of(&session.row.token_hash), email, Some(user)).await?;
    }
    tx.audit(Some(user)).append(&Event::SecondFactorAsked.from_origin(origin)).await?;
    tx.commit().await?;
    app.jobs.wake();
    let methods = match due {
        Due::EmailCode => vec![SecondFactor::EmailCode],
        _ => factors(app, user).await?,
    };
    let view = pending_view(&session, methods);
    Ok((session, view))
}

/// Looks like [`begin`] with a mailed code, for a password that was wrong.
pub async fn pretend(
    app: &App,
    email: &EmailAddress,
    origin: &Origin,
) -> ApiResult<(OpenedSession, SessionView)> {
    let session = app.sessions.open_pending(Factors::default(), origin, app.settings.code_lifetime);
    let tx = app.db.as_system().await?;
    ask_for_code(app, &tx, code_of(&session.row.token_hash), email, None).await?;
    tx.commit().await?;
    app.jobs.wake();
    let view = pending_view(&session, vec![SecondFactor::EmailCode]);
    Ok((session, view))
}

/// Goes on to the second factor, with a new token, after a mailed code that was not enough.
pub async fn go_on(
    app: &App,
    tx: &SystemTx,
    former: &Authenticated,
    methods: Vec<SecondFactor>,
    origin: &Origin,
) -> ApiResult<(OpenedSession, SessionView)> {
    let session =
        app.sessions.open_pending(former.factors.clone().and(Factor::EmailCode), origin, FACTOR_WAIT);
    insert(tx, former.user_id, &session).await?;
    let view = pending_view(&session, methods);
    Ok((session, view))
}

/// What can be given now.
pub async fn methods(app: &App, pending: &PendingSignIn) -> ApiResult<Vec<SecondFactor>> {
    let tx = app.db.read_as_system().await?;
    let code = tx.challenges().open_until(ChallengeKind::NewDevice, pending.challenge).await?;
    drop(tx);
    match (&pending.session, code) {
        (Some(session), None) => factors(app, session.user_id).await,
        _ => Ok(vec![SecondFactor::EmailCode]),
    }
}

/// The state of a sign-in that waits.
pub async fn view(app: &App, pending: &PendingSignIn) -> ApiResult<SessionView> {
    let methods = methods(app, pending).await?;
    Ok(SessionView::MfaPending { methods, expires_at: pending.expires_at })
}

async fn factors(app: &App, user: UserId) -> ApiResult<Vec<SecondFactor>> {
    let tx = app.db.read_as_system().await?;
    Ok(tx.factors_of(user).summary().await?.methods())
}

async fn insert(tx: &SystemTx, user: UserId, session: &OpenedSession) -> ApiResult<()> {
    if tx.sessions_of(user).insert(&session.row).await? {
        Ok(())
    } else {
        Err(ApiError::internal("a session for a user who is not there"))
    }
}

/// The job that mails the code makes it; for nobody's it does nothing.
async fn ask_for_code(
    app: &App,
    tx: &SystemTx,
    id: ChallengeId,
    email: &EmailAddress,
    user: Option<UserId>,
) -> ApiResult<()> {
    let challenge = NewChallenge {
        id,
        kind: ChallengeKind::NewDevice,
        user,
        email,
        code_hash: None,
        payload: None,
        attempts: ATTEMPTS,
        lifetime: app.settings.code_lifetime,
    };
    tx.challenges().insert(&challenge).await?;
    Ok(app.jobs.enqueue(&tx.jobs(), Job::MailCode { challenge: id }).await?)
}

fn pending_view(session: &OpenedSession, methods: Vec<SecondFactor>) -> SessionView {
    let expires_at = crate::clock::later(session.row.auth_time, session.row.absolute);
    SessionView::MfaPending { methods, expires_at }
}
