//! Who is asking: from the cookie's token to the user, through a short memory of the process.
//!
//! The database knows only the hash of a token. A session that ends here is forgotten at once; one that ends on another replica is
//! forgotten when the bus says so, and within five seconds in any case.

use std::{sync::Arc, time::Duration};

use actix_web::cookie::Cookie;
use moka::sync::Cache;
use sha2::{Digest, Sha256};
use shared_types::{
    account::AccountState,
    ids::{SessionId, UserId},
    problem::ProblemCode,
};

pub use super::current_user::{Authenticated, CurrentUser};
use super::{cookies::Cookies, origin::Origin, standing};
use crate::{
    bus::{Bus, Event},
    clock::Clock,
    crypto::{KeyRing, Random},
    domain::{account::RIGHTS_GROW_OLD, factor::Factors},
    error::{ApiError, ApiResult},
    store::{
        AccountLink, Db, LiveSession, Mapping, NewSession, SessionLevel, StoreError, SystemTx, TokenHash,
    },
    telemetry,
    tokens::Claims,
};

/// How long a replica may go on with a session that ended elsewhere (promised in `docs/SECURITY.md`).
const MEMORY: Duration = Duration::from_secs(5);
/// Sessions that a process remembers.
const REMEMBERED: u64 = 20_000;
/// While somebody else's account is used, WHMCS is asked for it again at most so often.
const ASK_AGAIN: Duration = Duration::from_secs(30);
/// The use of a session is written down at most so often.
const TOUCH: chrono::TimeDelta = chrono::TimeDelta::minutes(1);

/// A session just made: the token goes into the cookie and is forgotten.
pub struct OpenedSession {
    /// The token.
    pub token: [u8; 32],
    /// The row to insert in the transaction that proves the user.
    pub row: NewSession,
    /// The token of the device, which goes into a cookie of its own.
    pub device: Option<[u8; 32]>,
}

impl OpenedSession {
    /// The cookies that hand the session, and the device's token, to the browser.
    #[must_use]
    pub fn cookies(&self, cookies: Cookies) -> Vec<Cookie<'static>> {
        let session = cookies.set_session(&self.token);
        std::iter::once(session).chain(self.device.map(|token| cookies.set_device(&token))).collect()
    }
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
    /// Users whose accounts this process has asked to be read again a moment ago.
    asked: Cache<UserId, ()>,
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
        let asked = Cache::builder().max_capacity(REMEMBERED).time_to_live(ASK_AGAIN).build();
        Self { db, clock, random, keys, bus, idle, absolute, memory, asked }
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
        OpenedSession { token, row, device: None }
    }

    /// A session in which a second proof is due.
    #[must_use]
    pub fn open_pending(&self, factors: Factors, origin: &Origin, lifetime: Duration) -> OpenedSession {
        let mut session = self.open(factors, origin);
        session.row.level = SessionLevel::MfaPending;
        (session.row.idle, session.row.absolute) = (lifetime, lifetime);
        session
    }

    /// Puts a session with a new token in the place of another one, in the transaction of what made that necessary: the same account and
    /// device, no longer life. After the commit call [`SessionGate::announce_end`] for the former one.
    pub async fn renew(
        &self,
        tx: &SystemTx,
        former: &Authenticated,
        factors: Factors,
        origin: &Origin,
    ) -> ApiResult<OpenedSession> {
        let sessions = tx.sessions_of(former.user_id);
        if sessions.revoke(former.session_id).await?.is_none() {
            return Err(ApiError::new(ProblemCode::AuthRequired));
        }
        let mut session = self.open(factors, origin);
        session.row.absolute = (former.expires_at - session.row.auth_time).to_std().unwrap_or_default();
        session.row.device_id = former.device_id;
        session.row.active_client_id = former.active_client_id;
        if !sessions.insert(&session.row).await? {
            return Err(ApiError::new(ProblemCode::AuthRequired));
        }
        Ok(session)
    }

    /// A new session that access tokens name. It has no token of its own, so that no cookie stands for it.
    #[must_use]
    pub fn open_for_tokens(&self, factors: Factors, origin: &Origin) -> NewSession {
        let mut row = self.open(factors, origin).row;
        row.token_hash = hash_for_tokens(row.id);
        row
    }

    /// Notes the use of a session by its refresh token. `false` if it has ended.
    pub async fn touch_for_tokens(&self, tx: &SystemTx, session: SessionId) -> Result<bool, StoreError> {
        let live = tx.sessions().by_token_hash(&hash_for_tokens(session)).await?;
        Ok(live.is_some() && tx.sessions().touch(session, self.idle).await?)
    }

    /// Forgets a session of tokens that has ended, here and everywhere.
    pub fn announce_end_of_tokens(&self, session: SessionId) {
        let token_hash = hash_for_tokens(session);
        self.forget(&token_hash);
        self.bus.publish(Event::SessionRevoked { token_hash });
    }

    /// The user whom an access token names, if its session is alive.
    pub async fn recognise_claims(&self, claims: &Claims) -> Result<Option<Arc<Authenticated>>, StoreError> {
        let found = self.recognise_hash(hash_for_tokens(claims.sid)).await?;
        Ok(found.filter(|user| user.user_id == claims.sub && user.session_id == claims.sid))
    }

    /// The user behind a token, if the session is alive.
    pub async fn recognise(&self, token: &[u8; 32]) -> Result<Option<Arc<Authenticated>>, StoreError> {
        self.recognise_hash(Sha256::digest(token).into()).await
    }

    async fn recognise_hash(&self, token_hash: [u8; 32]) -> Result<Option<Arc<Authenticated>>, StoreError> {
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
        let links = tx.account_links(live.user_id).list().await?;
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
        let user = Arc::new(self.authenticated(&live, token_hash, mapping.as_ref(), &links));
        // While an account is being set up every answer may be the one in which it is ready. And who may act for several accounts is
        // read anew each time: after a switch no replica may go on with the former one.
        if user.connections.state == AccountState::Ready && links.len() < 2 {
            self.memory.insert(token_hash, Arc::clone(&user));
        }
        Ok(Some(user))
    }

    fn authenticated(
        &self,
        live: &LiveSession,
        token_hash: [u8; 32],
        mapping: Option<&Mapping>,
        links: &[AccountLink],
    ) -> Authenticated {
        let now = self.clock.now();
        let own = mapping.and_then(|mapping| mapping.whmcs_client_id);
        // A client that WHMCS no longer gives to the user leaves the session with the user's own.
        let guest = links
            .iter()
            .find(|link| live.active_client_id == Some(link.client_id) && own != live.active_client_id);
        let age = guest.map(|link| (now - link.refreshed_at).to_std().unwrap_or_default());
        Authenticated {
            session_id: live.id,
            user_id: live.user_id,
            level: live.level,
            factors: live.factors.clone(),
            device_id: live.device_id,
            active_client_id: live.active_client_id,
            auth_time: live.auth_time,
            last_seen: live.last_seen,
            idle_expires_at: live.idle_expires_at,
            expires_at: live.absolute_expires_at,
            connections: match guest {
                None => standing::of_own(mapping, links.iter().find(|link| Some(link.client_id) == own)),
                Some(link) => standing::of_guest(mapping, link, age.unwrap_or_default()),
            },
            acting_for: guest.map(|link| link.client_id),
            rights_grow_old: age.is_some_and(|age| age >= RIGHTS_GROW_OLD),
            token_hash,
            pseudonym: telemetry::pseudonym(&self.keys, live.user_id),
        }
    }

    /// Whether WHMCS should be asked again what the user may do for the account that the session acts for.
    pub(super) fn wants_rights_read(&self, user: &Authenticated) -> bool {
        let first = user.rights_grow_old && !self.asked.contains_key(&user.user_id);
        if first {
            self.asked.insert(user.user_id, ());
        }
        first
    }

    /// Forgets what this process knows of a session and tells the others to: it has changed.
    pub fn reread(&self, user: &Authenticated) {
        self.ended([user.token_hash]);
    }

    /// Forgets all sessions of a user, here and everywhere: some have ended, or what they may do has changed. Those that live on are
    /// read anew.
    pub fn reread_all(&self, user: UserId) {
        self.forget_user(user);
        self.bus.publish(Event::UserSessionsRevoked { user_id: user, epoch: 0 });
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

    /// A session ended, or has another token, since a transaction that is committed now: the former token is forgotten, here and
    /// everywhere.
    pub fn announce_end(&self, user: &Authenticated) {
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

/// What stands in the place of the hash of a cookie's token, for sessions of access tokens. Cookies hold 32 bytes and this is made of
/// more, so no cookie leads to it.
fn hash_for_tokens(session: SessionId) -> [u8; 32] {
    Sha256::new().chain_update(b"portal/session-of-tokens").chain_update(session.as_uuid()).finalize().into()
}
