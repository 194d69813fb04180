//! What a session cookie stands for: a signed-in user, a sign-in that waits for a second proof, or one that only looks like it.
//!
//! The last kind is for accounts under attack: a wrong password is answered there like a right one, so its cookie must look alike
//! everywhere. It has no session, only a challenge that no code meets.

use std::{future::Future, pin::Pin, sync::Arc};

use actix_web::{FromRequest, HttpMessage, HttpRequest, dev::Payload, web::Data};
use chrono::{DateTime, Utc};
use sha2::{Digest, Sha256};
use shared_types::{ids::ChallengeId, problem::ProblemCode};

use super::{bearer, edge::Pseudonym, session::Authenticated};
use crate::{
    app::App,
    error::{ApiError, ApiResult},
    store::{ChallengeKind, SessionLevel},
};

/// The challenge of the code that is mailed for a new device. It is bound to the cookie of the browser that gave the password, so that
/// a code works there and nowhere else (ASVS 6.6.2).
#[must_use]
pub fn code_of(token_hash: &[u8; 32]) -> ChallengeId {
    let digest: [u8; 32] = Sha256::digest(token_hash).into();
    let bytes = digest.first_chunk().copied().unwrap_or_default();
    ChallengeId::from_uuid(uuid::Builder::from_custom_bytes(bytes).into_uuid())
}

/// A sign-in without a session behind it.
#[derive(Clone, Copy, Debug)]
pub struct Decoy {
    /// Its challenge.
    pub challenge: ChallengeId,
    /// Its end.
    pub expires_at: DateTime<Utc>,
}

/// Extractor: whatever the cookie stands for.
#[derive(Clone, Debug)]
pub enum Presented {
    /// No cookie, or one of a session that has ended.
    Nothing,
    /// A signed-in user.
    User(Arc<Authenticated>),
    /// Somebody who has given a password.
    Pending(Arc<Authenticated>),
    /// The same to look at.
    Decoy(Decoy),
}

impl Presented {
    /// Looks behind the cookie of a request.
    pub async fn of(request: &HttpRequest) -> ApiResult<Self> {
        let app =
            request.app_data::<Data<App>>().ok_or_else(|| ApiError::internal("no App in this server"))?;
        let Some(token) = app.cookies.session_token(request) else {
            return Self::by_token(app, request).await;
        };
        let Some(session) = app.sessions.recognise(&token).await? else {
            let challenge = code_of(&Sha256::digest(token).into());
            let tx = app.db.read_as_system().await?;
            let open = tx.challenges().open_until(ChallengeKind::NewDevice, challenge).await?;
            return Ok(open.map_or(Self::Nothing, |expires_at| Self::Decoy(Decoy { challenge, expires_at })));
        };
        request.extensions_mut().insert(Pseudonym(session.pseudonym.clone()));
        Ok(match session.level {
            SessionLevel::Full | SessionLevel::StepUp => {
                if app.sessions.wants_rights_read(&session) {
                    app.read_accounts_soon(session.user_id).await?;
                }
                Self::User(session)
            }
            SessionLevel::MfaPending => Self::Pending(session),
            SessionLevel::LinkSetPassword => Self::Nothing,
        })
    }

    /// Without a cookie an access token may say who is there. The guard refuses both together before an operation is reached.
    async fn by_token(app: &App, request: &HttpRequest) -> ApiResult<Self> {
        let Some(claims) = bearer::token_of(request).and_then(|token| app.tokens.read(token)) else {
            return Ok(Self::Nothing);
        };
        let Some(session) = app.sessions.recognise_claims(&claims).await? else { return Ok(Self::Nothing) };
        request.extensions_mut().insert(Pseudonym(session.pseudonym.clone()));
        if app.sessions.wants_rights_read(&session) {
            app.read_accounts_soon(session.user_id).await?;
        }
        Ok(Self::User(session))
    }

    /// Ends it, whatever it is; says whose session it was.
    pub async fn end(&self, app: &App) -> ApiResult<Option<Arc<Authenticated>>> {
        match self {
            Self::Nothing => Ok(None),
            Self::User(session) | Self::Pending(session) => {
                app.sessions.end(session).await?;
                Ok(Some(Arc::clone(session)))
            }
            Self::Decoy(decoy) => {
                let tx = app.db.as_system().await?;
                tx.challenges().consume(decoy.challenge).await?;
                tx.commit().await?;
                Ok(None)
            }
        }
    }
}

impl FromRequest for Presented {
    type Error = ApiError;
    type Future = Pin<Box<dyn Future<Output = ApiResult<Self>>>>;

    fn from_request(request: &HttpRequest, _: &mut Payload) -> Self::Future {
        let request = request.clone();
        Box::pin(async move { Self::of(&request).await })
    }
}

/// Extractor: somebody who has given the password and owes a second proof.
#[derive(Clone, Debug)]
pub struct PendingUser(pub Arc<Authenticated>);

impl std::ops::Deref for PendingUser {
    type Target = Authenticated;
    fn deref(&self) -> &Authenticated {
        &self.0
    }
}

impl FromRequest for PendingUser {
    type Error = ApiError;
    type Future = Pin<Box<dyn Future<Output = ApiResult<Self>>>>;

    fn from_request(request: &HttpRequest, payload: &mut Payload) -> Self::Future {
        let found = PendingSignIn::from_request(request, payload);
        Box::pin(async move {
            // What only looks like a sign-in has no second factor that could be given.
            found.await?.session.map(Self).ok_or_else(|| ApiError::new(ProblemCode::StepOutOfOrder))
        })
    }
}

/// Extractor: a sign-in that waits for a second proof, or looks like it.
#[derive(Clone, Debug)]
pub struct PendingSignIn {
    /// The challenge of a mailed code, should there be one.
    pub challenge: ChallengeId,
    /// The session; none behind what only looks like a sign-in.
    pub session: Option<Arc<Authenticated>>,
    /// End of the wait.
    pub expires_at: DateTime<Utc>,
}

impl PendingSignIn {
    /// Of a session.
    #[must_use]
    pub fn of_session(session: Arc<Authenticated>) -> Self {
        Self {
            challenge: code_of(&session.token_hash),
            expires_at: session.expires_at,
            session: Some(session),
        }
    }

    /// Of what only looks like one.
    #[must_use]
    pub const fn of_decoy(decoy: Decoy) -> Self {
        Self { challenge: decoy.challenge, session: None, expires_at: decoy.expires_at }
    }
}

impl FromRequest for PendingSignIn {
    type Error = ApiError;
    type Future = Pin<Box<dyn Future<Output = ApiResult<Self>>>>;

    fn from_request(request: &HttpRequest, _: &mut Payload) -> Self::Future {
        let request = request.clone();
        Box::pin(async move {
            match Presented::of(&request).await? {
                Presented::Pending(session) => Ok(Self::of_session(session)),
                Presented::Decoy(decoy) => Ok(Self::of_decoy(decoy)),
                Presented::User(_) => Err(ApiError::new(ProblemCode::StepOutOfOrder)),
                Presented::Nothing => Err(ApiError::new(ProblemCode::AuthRequired)),
            }
        })
    }
}
