//! Who is asking: from the cookie's token to the user, through a short memory of the process.
//!
//! The database knows only the hash of a token. A session that ends here is forgotten at once; one that ends on another replica is
//! forgotten when the bus says so, and within five seconds in any case.

use std::{future::Future, pin::Pin, sync::Arc, time::Duration};

use actix_web::{FromRequest, HttpMessage, HttpRequest, dev::Payload, web::Data};
use chrono::{DateTime, Utc};
use moka::sync::Cache;
use sha2::{Digest, Sha256};
use shared_types::{
    account::AccountState,
    ids::{SessionId, UserId},
    problem::ProblemCode,
};

use super::{edge::Pseudonym, origin::Origin};
use crate::{
    app::App,
    bus::{Bus, Event},
    clock::Clock,
    crypto::{KeyRing, Random},
    domain::{
        account::{BillingAccount, Connections},
        factor::Factors,
    },
    error::{ApiError, ApiResult},
    store::{Db, LiveSession, NewSession, ProvisionState, SessionLevel, StoreError, TokenHash},
    telemetry,
};

/// How long a replica may go on with a session that ended elsewhere (promised in `docs/SECURITY.md`).
const MEMORY: Duration = Duration::from_secs(5);
/// Sessions that a process remembers.
const REMEMBERED: u64 = 20_000;
/// The use of a session is written down at most so often.
const TOUCH: chrono::TimeDelta = chrono::TimeDelta::minutes(1);

/// A request's user, proved.
#[derive(Clone, Debug)]
pub struct Authenticated {
    /// The session.
    pub session_id: SessionId,
    /// The user.
    pub user_id: UserId,
    /// When the password was proved.
    pub auth_time: DateTime<Utc>,
    /// Last use that was written down.
    pub last_seen: DateTime<Utc>,
    /// End of the session if nothing happens.
    pub idle_expires_at: DateTime<Utc>,
    /// End of the session in any case.
    pub expires_at: DateTime<Utc>,
    /// How far the user is connected to the systems behind.
    pub connections: Connections,
    token_hash: [u8; 32],
    pseudonym: String,
}

impl Authenticated {
    /// The customer of billing, or why there is none yet.
    pub fn billing(&self) -> ApiResult<BillingAccount> {
        self.connections
            .billing
            .ok_or_else(|| ApiError::new(ProblemCode::AccountNotReady).retry_after(Duration::from_secs(3)))
    }

    /// Refuses unless the password was proved within `window`.
    pub fn require_recent(&self, now: DateTime<Utc>, window: Duration) -> ApiResult<()> {
        let age = (now - self.auth_time).to_std().unwrap_or_default();
        if age <= window { Ok(()) } else { Err(ApiError::new(ProblemCode::StepUpRequired)) }
    }
}

/// A session just made: the token goes into the cookie and is forgotten.
pub struct OpenedSession {
    /// The token.
    pub token: [u8; 32],
    /// The row to insert in the transaction that proves the user.
    pub row: NewSession,
}

/// A token and what the database keeps of it.
pub struct NewToken {
    /// For the cookie.
    pub token: [u8; 32],
    /// For the row.
    pub hash: TokenHash,
}

/// Makes, recognises and ends sessions.
pub struct SessionGate {
    db: Db,
    clock: Clock,
    random: Random,
    keys: KeyRing,
    bus: Bus,
    idle: Duration,
    absolute: Duration,
    memory: Cache<[u8; 32], Arc<Authenticated>>,
}

impl SessionGate {
    /// A gate with the lifetimes of the configuration.
    #[must_use]
    pub fn new(
        db: Db,
        clock: Clock,
        random: Random,
        keys: KeyRing,
        bus: Bus,
        idle: Duration,
        absolute: Duration,
    ) -> Self {
        let memory = Cache::builder()
            .max_capacity(REMEMBERED)
            .time_to_live(MEMORY)
            .support_invalidation_closures()
            .build();
        Self { db, clock, random, keys, bus, idle, absolute, memory }
    }

    /// A new session for a user who has just proved who they are.
    #[must_use]
    pub fn open(&self, factors: Factors, origin: &Origin) -> OpenedSession {
        let token = self.random.token();
        let now = self.clock.now();
        let row = NewSession {
            id: SessionId::from_uuid(self.random.uuid(now)),
            token_hash: Sha256::digest(token).into(),
            level: SessionLevel::Full,
            auth_time: now,
            idle: self.idle,
            absolute: self.absolute,
            device_label: origin.device.clone(),
            coarse_ip: Some(origin.network.clone()),
            factors,
            device_id: None,
            active_client_id: None,
        };
        OpenedSession { token, row }
    }

    /// The user behind a token, if the session is alive.
    pub async fn recognise(&self, token: &[u8; 32]) -> Result<Option<Arc<Authenticated>>, StoreError> {
        let token_hash: [u8; 32] = Sha256::digest(token).into();
        let now = self.clock.now();
        if let Some(known) = self.memory.get(&token_hash)
            && known.idle_expires_at > now
            && known.expires_at > now
            && now - known.last_seen < TOUCH
        {
            return Ok(Some(known));
        }
        let tx = self.db.read_as_system().await?;
        let Some(mut live) = tx.sessions().by_token_hash(&token_hash).await? else {
            self.memory.invalidate(&token_hash);
            return Ok(None);
        };
        let mapping = tx.mappings().get(live.user_id).await?;
        drop(tx);
        if now - live.last_seen >= TOUCH {
            let tx = self.db.as_system().await?;
            if !tx.sessions().touch(live.id, self.idle).await? {
                return Ok(None);
            }
            tx.commit().await?;
            live.last_seen = now;
            live.idle_expires_at = crate::clock::later(now, self.idle).min(live.absolute_expires_at);
        }
        let user = Arc::new(self.authenticated(&live, token_hash, mapping.as_ref()));
        // While an account is being set up every answer may be the one in which it is ready.
        if user.connections.state == AccountState::Ready {
            self.memory.insert(token_hash, Arc::clone(&user));
        }
        Ok(Some(user))
    }

    fn authenticated(
        &self,
        live: &LiveSession,
        token_hash: [u8; 32],
        mapping: Option<&crate::store::Mapping>,
    ) -> Authenticated {
        Authenticated {
            session_id: live.id,
            user_id: live.user_id,
            auth_time: live.auth_time,
            last_seen: live.last_seen,
            idle_expires_at: live.idle_expires_at,
            expires_at: live.absolute_expires_at,
            connections: connections(mapping),
            token_hash,
            pseudonym: telemetry::pseudonym(&self.keys, live.user_id),
        }
    }

    /// Ends a session, here and everywhere.
    pub async fn end(&self, user: &Authenticated) -> Result<(), StoreError> {
        let tx = self.db.as_user(user.user_id).await?;
        tx.sessions().revoke(user.session_id).await?;
        tx.commit().await?;
        self.ended([user.token_hash]);
        Ok(())
    }

    /// A token to take the place of a session's present one.
    #[must_use]
    pub fn new_token(&self) -> NewToken {
        let token = self.random.token();
        NewToken { token, hash: Sha256::digest(token).into() }
    }

    /// The session of `user` has another token since a transaction that is committed now: the former one is forgotten everywhere.
    pub fn replaced(&self, user: &Authenticated) {
        self.ended([user.token_hash]);
    }

    /// Sessions ended in a transaction that is committed now: they are forgotten here at once, and elsewhere when the bus says so.
    pub fn ended(&self, token_hashes: impl IntoIterator<Item = TokenHash>) {
        for token_hash in token_hashes {
            self.forget(&token_hash);
            self.bus.publish(Event::SessionRevoked { token_hash });
        }
    }

    /// Forgets a session that ended elsewhere.
    pub fn forget(&self, token_hash: &[u8; 32]) {
        self.memory.invalidate(token_hash);
    }

    /// Forgets everything: news of ended sessions may have been missed.
    pub fn forget_all(&self) {
        self.memory.invalidate_all();
    }

    /// Forgets all sessions of a user.
    pub fn forget_user(&self, user: UserId) {
        if self.memory.invalidate_entries_if(move |_, known| known.user_id == user).is_err() {
            self.memory.invalidate_all();
        }
    }
}

fn connections(mapping: Option<&crate::store::Mapping>) -> Connections {
    let Some(mapping) = mapping else {
        return Connections { state: AccountState::Failed, billing: None, crm_account: None };
    };
    let state = match mapping.state {
        ProvisionState::Pending | ProvisionState::Sending => AccountState::SettingUp,
        ProvisionState::LinkedBilling => AccountState::BillingReady,
        ProvisionState::Ready => AccountState::Ready,
        ProvisionState::NeedsLink => AccountState::NeedsLink,
        ProvisionState::Failed => AccountState::Failed,
    };
    let number = |id: Option<i64>| id.and_then(|id| u64::try_from(id).ok());
    let billing = match (number(mapping.whmcs_client_id), number(mapping.whmcs_user_id)) {
        (Some(client_id), Some(user_id)) => Some(BillingAccount { client_id, user_id }),
        _ => None,
    };
    Connections { state, billing, crm_account: mapping.sf_account_id.clone() }
}

/// Extractor: the signed-in user. An operation without it is public, which the authorisation test lists.
#[derive(Clone, Debug)]
pub struct CurrentUser(pub Arc<Authenticated>);

impl std::ops::Deref for CurrentUser {
    type Target = Authenticated;
    fn deref(&self) -> &Authenticated {
        &self.0
    }
}

impl FromRequest for CurrentUser {
    type Error = ApiError;
    type Future = Pin<Box<dyn Future<Output = ApiResult<Self>>>>;

    fn from_request(request: &HttpRequest, payload: &mut Payload) -> Self::Future {
        let found = MaybeUser::from_request(request, payload);
        Box::pin(
            async move { found.await?.0.map(Self).ok_or_else(|| ApiError::new(ProblemCode::AuthRequired)) },
        )
    }
}

/// Extractor: the signed-in user, if there is one.
#[derive(Clone, Debug)]
pub struct MaybeUser(pub Option<Arc<Authenticated>>);

impl FromRequest for MaybeUser {
    type Error = ApiError;
    type Future = Pin<Box<dyn Future<Output = ApiResult<Self>>>>;

    fn from_request(request: &HttpRequest, _: &mut Payload) -> Self::Future {
        let request = request.clone();
        Box::pin(async move {
            let app =
                request.app_data::<Data<App>>().ok_or_else(|| ApiError::internal("no App in this server"))?;
            let Some(token) = app.cookies.session_token(&request) else { return Ok(Self(None)) };
            let user = app.sessions.recognise(&token).await?;
            if let Some(user) = &user {
                request.extensions_mut().insert(Pseudonym(user.pseudonym.clone()));
            }
            Ok(Self(user))
        })
    }
}
