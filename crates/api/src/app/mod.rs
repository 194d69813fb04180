//! Everything that lives as long as the process, built once and handed to every request and job. Adapters are named in `parts` only.

mod generations;
mod parts;

use std::{net::IpAddr, sync::Arc, time::Duration};

use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use secrecy::{ExposeSecret, SecretString};
use shared_types::{
    auth::PasskeyCeremonyView,
    ids::{ChallengeId, UserId},
    problem::ProblemCode,
};
use tokio::time::Instant;
use url::Url;
use zeroize::Zeroizing;

use crate::{
    audit::Event,
    bus::{Bus, Event as BusEvent},
    cache::Cache,
    clock::Clock,
    config::Config,
    crypto::{KeyRing, Random, TokenSigner},
    domain::account::BillingAccount,
    error::{ApiError, ApiResult},
    http::{
        cookies::Cookies, idempotency::Idempotency, origin::Origin, session::SessionGate, web_app::WebApp,
    },
    jobs::{Job, JobBoard},
    limits::Limits,
    passkeys::{self, Begun, RelyingParty},
    passwords::Passwords,
    readiness::Readiness,
    readings::{Reader, Readings},
    store::{CeremonyKind, CeremonyParty, Db, NewCeremony, StoreError},
    tokens::Tokens,
    upstream::{
        billing::Billing,
        crm::Crm,
        http_client,
        identity::{BillingLogins, OpenIdLogin},
        mail::Mailer,
    },
};

/// Why the portal cannot start.
#[derive(Debug, thiserror::Error)]
pub enum StartError {
    /// The database.
    #[error("database: {0}")]
    Store(#[from] StoreError),
    /// The schema is not that of this version.
    #[error("the database lacks {0} migration(s): run `portal migrate`")]
    PendingMigrations(usize),
    /// The login role of the database is not bound by row-level security.
    #[error(
        "the database role is a superuser or bypasses row-level security; production needs one that does not"
    )]
    UnsafeRole,
    /// A part of the configuration cannot be used. The text names it.
    #[error("{0}")]
    Unusable(String),
}

impl StartError {
    fn unusable(what: impl std::fmt::Display) -> Self {
        Self::Unusable(what.to_string())
    }
}

/// What handlers and jobs may know of the configuration.
#[derive(Clone, Debug)]
pub struct Settings {
    /// Name in mails.
    pub app_name: String,
    /// How customers reach the portal.
    pub public_url: Url,
    /// Proxies whose word on the client's address is believed.
    pub trusted_proxies: Vec<IpAddr>,
    /// Fewest characters of a new password.
    pub password_min: usize,
    /// How long a mailed code works.
    pub code_lifetime: Duration,
    /// How old a proof may be for changes of password, address and second factors.
    pub step_up: Duration,
    /// How old a sign-in may be for a link into WHMCS.
    pub sso_step_up: Duration,
    /// Whether a device that an account without a second factor does not know needs a mailed code.
    pub new_device_code: bool,
    /// Longest that a read of an upstream may take.
    pub read_deadline: Duration,
    /// Longest that a write may take.
    pub write_deadline: Duration,
    /// How long WHMCS may go on with a request after we gave up on it.
    pub settle: Duration,
    /// Lease of a job.
    pub job_lease: Duration,
    /// Whether `/api/docs` is served.
    pub docs: bool,
}

impl Settings {
    /// The address of a page of the web app.
    #[must_use]
    pub fn page(&self, path: &str) -> String {
        format!("{}/{path}", self.public_url.as_str().trim_end_matches('/'))
    }
}

/// Everything that lives as long as the process.
pub struct App {
    /// What handlers may know of the configuration.
    pub settings: Settings,
    /// Origins that may send writing requests.
    pub origins: Vec<String>,
    /// Origins of other front ends, which use tokens.
    pub token_origins: Vec<String>,
    /// A name for this process among the replicas.
    pub instance: String,
    /// Time.
    pub clock: Clock,
    /// Randomness.
    pub random: Random,
    /// The database.
    pub db: Db,
    /// News between replicas.
    pub bus: Bus,
    /// Copies of upstream answers.
    pub cache: Cache,
    /// Readings of upstreams.
    pub readings: Readings,
    /// Billing.
    pub billing: Arc<dyn Billing>,
    /// The logins of billing.
    pub logins: Arc<dyn BillingLogins>,
    /// Signing in at billing, where that is set up.
    pub openid: Option<Arc<dyn OpenIdLogin>>,
    /// Support.
    pub crm: Arc<dyn Crm>,
    /// Mail.
    pub mailer: Arc<dyn Mailer>,
    /// Passwords.
    pub passwords: Passwords,
    /// Passkeys.
    pub passkeys: RelyingParty,
    /// Sessions.
    pub sessions: Arc<SessionGate>,
    /// Access tokens of front ends on other origins.
    pub tokens: Tokens,
    /// Requests that are done once.
    pub idempotency: Idempotency,
    /// Rate limits.
    pub limits: Limits,
    /// Jobs.
    pub jobs: JobBoard,
    /// Names and flags of cookies.
    pub cookies: Cookies,
    /// The web app.
    pub web: WebApp,
    /// Whether requests are welcome.
    pub readiness: Readiness,
}

impl App {
    /// Builds everything. Must run on the Tokio runtime that outlives all requests.
    pub async fn build(config: &Config, clock: Clock, random: Random) -> Result<Self, StartError> {
        let keys = KeyRing::parse(config.security.keys.expose_secret()).map_err(StartError::unusable)?;
        let db = parts::connect(config, &keys, &clock, &random).await?;
        let instance = random.uuid(clock.now()).simple().to_string();
        let bus = parts::bus(config, &random, &instance)?;
        let cache = parts::cache(config, &keys, &random, &clock, &db, &bus)?;
        let http = http_client::build().map_err(|_| StartError::unusable("no HTTP client can be made"))?;
        let whmcs = parts::Whmcs::new(config, http.clone(), &random);
        let billing = whmcs.billing(&clock);
        let crm = parts::crm(config, http.clone(), &clock, &random)?;
        let openid = whmcs.openid(config, http, &clock);
        let mailer = parts::mailer(config)?;
        let security = &config.security;
        let sessions = SessionGate::new(
            db.clone(),
            clock.clone(),
            random.clone(),
            keys.clone(),
            bus.clone(),
            security.session_idle,
            security.session_absolute,
        );
        let sessions = Arc::new(sessions);
        tokio::spawn(follow_revocations(bus.clone(), Arc::clone(&sessions)));
        Ok(Self {
            settings: settings(config),
            origins: config.server.origins(),
            token_origins: config.server.token_origins.clone(),
            tokens: tokens(config, &keys, &clock)?,
            instance: instance.clone(),
            readings: Readings::new(cache.clone(), Arc::clone(&billing), Arc::clone(&crm)),
            passwords: Passwords::new(keys.clone(), security.password_queue).map_err(StartError::unusable)?,
            passkeys: parts::relying_party(config)?,
            idempotency: Idempotency::new(db.clone(), keys.clone(), instance),
            limits: Limits::new(db.clone(), keys, config.limits.clone()),
            jobs: JobBoard::new(clock.clone()),
            cookies: Cookies::new(config.server.public_url.scheme() == "https"),
            web: WebApp::load(&config.server.web_dir, &config.server.app_name)
                .map_err(|_| StartError::unusable("PORTAL_WEB_DIR cannot be read"))?,
            readiness: Readiness::default(),
            mailer,
            clock,
            random,
            db,
            bus,
            cache,
            billing,
            logins: whmcs.logins(),
            openid,
            crm,
            sessions,
        })
    }

    /// A reader who came just now: one deadline for all that the answer needs.
    #[must_use]
    pub fn reader(&self, user: UserId, account: BillingAccount, max_age: Option<Duration>) -> Reader {
        Reader { user, account, max_age, deadline: Instant::now() + self.settings.read_deadline }
    }

    /// Whether customers come by https.
    #[must_use]
    pub fn https(&self) -> bool {
        self.settings.public_url.scheme() == "https"
    }

    /// A mark for a record that we make in a system which cannot recognise a repetition: 128 random bits.
    #[must_use]
    pub fn new_marker(&self) -> String {
        let bytes: [u8; 16] = self.random.bytes();
        format!("portal_{}", URL_SAFE_NO_PAD.encode(bytes))
    }

    /// A password that nobody will ever type.
    #[must_use]
    pub fn random_password(&self) -> SecretString {
        // The suffix satisfies installations that ask for several kinds of characters.
        format!("{}-aA1!", URL_SAFE_NO_PAD.encode(self.random.token())).into()
    }

    /// Has a user's accounts read from billing by the next free worker.
    pub async fn read_accounts_soon(&self, user: UserId) -> ApiResult<()> {
        let tx = self.db.as_system().await?;
        self.jobs.enqueue(&tx.jobs(), Job::RefreshAccounts { user }).await?;
        tx.commit().await?;
        self.jobs.wake();
        Ok(())
    }

    /// Keeps the first half of a passkey ceremony; returns what goes to the browser.
    pub async fn keep_ceremony(
        &self,
        kind: CeremonyKind,
        party: CeremonyParty,
        begun: Begun,
    ) -> ApiResult<PasskeyCeremonyView> {
        let id = ChallengeId::from_uuid(self.random.uuid(self.clock.now()));
        let ceremony = NewCeremony { id, kind, party, state: &begun.state, lifetime: passkeys::CEREMONY };
        let tx = self.db.as_system().await?;
        tx.passkey_ceremonies().insert(&ceremony).await?;
        tx.commit().await?;
        Ok(PasskeyCeremonyView { ceremony_id: id, options: begun.options })
    }

    /// Uses a passkey ceremony up; refuses if it is not open for this party.
    pub async fn take_ceremony(
        &self,
        kind: CeremonyKind,
        party: &CeremonyParty,
        id: ChallengeId,
    ) -> ApiResult<Zeroizing<Vec<u8>>> {
        let tx = self.db.as_system().await?;
        let state = tx.passkey_ceremonies().take(kind, id, party).await?;
        tx.commit().await?;
        state.ok_or_else(|| ApiError::new(ProblemCode::PasskeyInvalid))
    }

    /// Writes a line of the audit log in a transaction of its own.
    pub async fn audit(&self, event: Event, user: Option<UserId>, origin: &Origin) -> ApiResult<()> {
        let tx = self.db.as_system().await?;
        tx.audit(user).append(&event.from_origin(origin)).await?;
        Ok(tx.commit().await?)
    }
}

/// The portal's public address makes tokens, for its own API.
fn tokens(config: &Config, keys: &KeyRing, clock: &Clock) -> Result<Tokens, StartError> {
    let settings = settings(config);
    let (issuer, audience) = (settings.public_url.to_string(), settings.page("api"));
    let signer = TokenSigner::new(keys, &issuer, &audience).map_err(StartError::unusable)?;
    Ok(Tokens::new(signer, issuer, audience, clock.clone()))
}

/// Sessions that ended on other replicas end here too.
async fn follow_revocations(bus: Bus, sessions: Arc<SessionGate>) {
    let mut events = bus.subscribe();
    loop {
        match events.recv().await {
            Ok(BusEvent::SessionRevoked { token_hash }) => sessions.forget(&token_hash),
            Ok(BusEvent::UserSessionsRevoked { user_id, .. }) => sessions.forget_user(user_id),
            Ok(BusEvent::Invalidated { .. }) => {}
            Err(tokio::sync::broadcast::error::RecvError::Lagged(_)) => sessions.forget_all(),
            Err(tokio::sync::broadcast::error::RecvError::Closed) => return,
        }
    }
}

fn settings(config: &Config) -> Settings {
    Settings {
        app_name: config.server.app_name.clone(),
        public_url: config.server.public_url.clone(),
        trusted_proxies: config.server.trusted_proxies.clone(),
        password_min: config.security.password_min,
        code_lifetime: config.security.code_lifetime,
        step_up: config.security.step_up,
        sso_step_up: config.security.sso_step_up,
        new_device_code: config.security.new_device_code,
        read_deadline: config.upstreams.read_deadline,
        write_deadline: config.upstreams.write_deadline,
        settle: config.jobs.settle,
        job_lease: config.jobs.lease,
        docs: config.server.docs,
    }
}
