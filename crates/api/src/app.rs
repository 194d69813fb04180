//! Everything that lives as long as the process, built once and handed to every request and job. Adapters are named here only.

use std::{net::IpAddr, sync::Arc, time::Duration};

use async_trait::async_trait;
use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use secrecy::{ExposeSecret, SecretString};
use shared_types::ids::UserId;
use tokio::time::Instant;
use url::Url;

use crate::{
    audit::Event,
    bus::{Bus, Event as BusEvent, RedisLink},
    cache::{
        Cache, CacheParts, CacheSettings, Change, Changes, Cursor, GenerationError, GenerationStore,
        Namespace, RedisLevel, Scope,
    },
    clock::Clock,
    config::{Config, Mode},
    crypto::{KeyRing, Purpose, Random, Sealer},
    domain::account::BillingAccount,
    error::ApiResult,
    http::{cookies::Cookies, idempotency::Idempotency, session::SessionGate, web_app::WebApp},
    jobs::JobBoard,
    limits::Limits,
    passwords::Passwords,
    readiness::Readiness,
    readings::{Reader, Readings},
    store::{DatabaseSettings, Db, GenerationScope, StoreError},
    upstream::{
        billing::Billing,
        crm::Crm,
        guard::{Guard, GuardSettings},
        http_client,
        mail::Mailer,
        salesforce_crm::SalesforceCrm,
        smtp_mail::SmtpMailer,
        whmcs_billing::WhmcsBilling,
    },
};

/// Largest answer of an upstream that is read, in bytes after decompression.
const MAX_UPSTREAM_BODY: usize = 2 * 1024 * 1024;
/// What Redis may cost a request.
const REDIS_BUDGET: Duration = Duration::from_millis(50);
/// How far back to look for raised generations: longer than any transaction may take.
const GENERATION_OVERLAP: Duration = Duration::from_secs(15);

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
    /// How old a sign-in may be for a link into WHMCS.
    pub sso_step_up: Duration,
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
    /// Support.
    pub crm: Arc<dyn Crm>,
    /// Mail.
    pub mailer: Arc<dyn Mailer>,
    /// Passwords.
    pub passwords: Passwords,
    /// Sessions.
    pub sessions: Arc<SessionGate>,
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
        let db = connect(config, &keys, &clock, &random).await?;
        let instance = random.uuid(clock.now()).simple().to_string();
        let bus = bus(config, &random, &instance)?;
        let cache = cache(config, &keys, &random, &clock, &db, &bus)?;
        let http = http_client::build().map_err(|_| StartError::unusable("no HTTP client can be made"))?;
        let billing = billing(config, http.clone(), &clock, &random);
        let crm = crm(config, http, &clock, &random)?;
        let mailer = SmtpMailer::new(&config.upstreams.mail).map_err(StartError::unusable)?;
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
            instance: instance.clone(),
            readings: Readings::new(cache.clone(), Arc::clone(&billing), Arc::clone(&crm)),
            passwords: Passwords::new(keys.clone(), security.password_queue).map_err(StartError::unusable)?,
            idempotency: Idempotency::new(db.clone(), keys.clone(), instance),
            limits: Limits::new(db.clone(), keys, config.limits.clone()),
            jobs: JobBoard::new(clock.clone()),
            cookies: Cookies::new(config.server.public_url.scheme() == "https"),
            web: WebApp::load(&config.server.web_dir)
                .map_err(|_| StartError::unusable("PORTAL_WEB_DIR cannot be read"))?,
            readiness: Readiness::default(),
            mailer: Arc::new(mailer),
            clock,
            random,
            db,
            bus,
            cache,
            billing,
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

    /// Writes a line of the audit log in a transaction of its own.
    pub async fn audit(&self, event: Event, user: Option<UserId>, request_id: &str) -> ApiResult<()> {
        let tx = self.db.as_system().await?;
        tx.audit(user).append(&event.in_request(Some(request_id))).await?;
        Ok(tx.commit().await?)
    }
}

/// Connects to the database and refuses what must not be served from it.
pub async fn connect(
    config: &Config,
    keys: &KeyRing,
    clock: &Clock,
    random: &Random,
) -> Result<Db, StartError> {
    let mut settings = DatabaseSettings::new(config.storage.database_url.clone());
    settings.max_connections = config.storage.database_connections;
    let db = Db::connect(&settings, keys.clone(), clock.clone(), random.clone()).await?;
    if config.server.mode == Mode::Dev {
        db.migrate().await?;
    }
    let pending = db.pending_migrations().await?.len();
    if pending > 0 {
        return Err(StartError::PendingMigrations(pending));
    }
    let privileges = db.privileges().await?;
    if !privileges.takes_roles {
        let what =
            "the database role may not take the portal's roles: run `portal migrate` with it, or grant them";
        return Err(StartError::unusable(what));
    }
    if config.server.mode == Mode::Production && (privileges.superuser || privileges.bypass_rls) {
        return Err(StartError::UnsafeRole);
    }
    Ok(db)
}

fn settings(config: &Config) -> Settings {
    Settings {
        app_name: config.server.app_name.clone(),
        public_url: config.server.public_url.clone(),
        trusted_proxies: config.server.trusted_proxies.clone(),
        password_min: config.security.password_min,
        code_lifetime: config.security.code_lifetime,
        sso_step_up: config.security.sso_step_up,
        read_deadline: config.upstreams.read_deadline,
        write_deadline: config.upstreams.write_deadline,
        settle: config.jobs.settle,
        job_lease: config.jobs.lease,
        docs: config.server.docs,
    }
}

fn bus(config: &Config, random: &Random, instance: &str) -> Result<Bus, StartError> {
    let Some(url) = &config.storage.redis_url else { return Ok(Bus::in_process()) };
    let client = redis::Client::open(url.expose_secret())
        .map_err(|_| StartError::unusable("REDIS_URL cannot be used"))?;
    let instance = instance.parse().map_err(StartError::unusable)?;
    Ok(Bus::with_redis(RedisLink {
        client,
        channel: format!("{}:events", config.storage.redis_prefix),
        instance,
        random: random.clone(),
    }))
}

fn cache(
    config: &Config,
    keys: &KeyRing,
    random: &Random,
    clock: &Clock,
    db: &Db,
    bus: &Bus,
) -> Result<Cache, StartError> {
    let redis = match &config.storage.redis_url {
        None => None,
        Some(url) => {
            let pool = RedisLevel::pool(url.expose_secret(), 8, REDIS_BUDGET)
                .map_err(|_| StartError::unusable("REDIS_URL cannot be used"))?;
            let sealer = Sealer::new(keys.clone(), random.clone(), Purpose::Cache);
            Some(RedisLevel::new(
                pool,
                format!("{}:", config.storage.redis_prefix),
                Box::new(sealer),
                REDIS_BUDGET,
            ))
        }
    };
    let settings = CacheSettings {
        invoices: config.cache.invoices,
        services: config.cache.services,
        client: config.cache.client,
        cases: config.cache.cases,
        memory_bytes: config.cache.memory_bytes,
        ..CacheSettings::default()
    };
    let generations = Arc::new(StoredGenerations { db: db.clone(), clock: clock.clone() });
    Ok(Cache::new(CacheParts { settings, clock: clock.clone(), generations, bus: bus.clone(), redis }))
}

fn billing(config: &Config, http: reqwest::Client, clock: &Clock, random: &Random) -> Arc<dyn Billing> {
    let whmcs = &config.upstreams.whmcs;
    let client = whmcs::Client::new(
        http,
        whmcs::Settings {
            base_url: whmcs.base_url.clone(),
            identifier: whmcs.identifier.clone(),
            secret: whmcs.secret.clone(),
            access_key: whmcs.access_key.clone(),
            max_body: MAX_UPSTREAM_BODY,
        },
    );
    let guard = Guard::new("whmcs", GuardSettings::default(), random.clone());
    Arc::new(WhmcsBilling::new(client, guard, clock.clone()))
}

fn crm(
    config: &Config,
    http: reqwest::Client,
    clock: &Clock,
    random: &Random,
) -> Result<Arc<dyn Crm>, StartError> {
    let salesforce = &config.upstreams.salesforce;
    let mut settings = salesforce::Settings::new(
        salesforce.login_url.clone(),
        salesforce.client_id.clone(),
        salesforce.username.clone(),
        salesforce.private_key_path.clone(),
    );
    settings.audience.clone_from(&salesforce.audience);
    settings.api_version.clone_from(&salesforce.api_version);
    settings.max_body = MAX_UPSTREAM_BODY;
    let clock = clock.clone();
    let client = salesforce::Client::new(http, settings, Arc::new(move || clock.now()))
        .map_err(|error| StartError::unusable(format_args!("SF_PRIVATE_KEY_PATH: {error}")))?;
    let guard = Guard::new("salesforce", GuardSettings::default(), random.clone());
    Ok(Arc::new(SalesforceCrm::new(client, guard)))
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

/// Generations of cached values, in the database.
struct StoredGenerations {
    db: Db,
    clock: Clock,
}

#[async_trait]
impl GenerationStore for StoredGenerations {
    async fn get(&self, scope: Scope, namespace: Namespace) -> Result<u64, GenerationError> {
        let read = async {
            let tx = self.db.read_as_system().await?;
            tx.generations().of(stored(scope)).get(namespace.name()).await
        };
        read.await.map(count).map_err(GenerationError::new)
    }

    async fn bump(&self, scope: Scope, namespace: Namespace) -> Result<u64, GenerationError> {
        let raise = async {
            let tx = self.db.as_system().await?;
            let raised = tx.generations().of(stored(scope)).bump(namespace.name()).await?;
            tx.commit().await?;
            Ok::<_, StoreError>(raised)
        };
        raise.await.map(count).map_err(GenerationError::new)
    }

    async fn changed_since(&self, cursor: Option<Cursor>) -> Result<Changes, GenerationError> {
        let now = Cursor(self.clock.now().timestamp_micros());
        let Some(since) = cursor.and_then(|cursor| chrono::DateTime::from_timestamp_micros(cursor.0)) else {
            return Ok(Changes { changes: Vec::new(), cursor: now });
        };
        let read = async {
            let tx = self.db.read_as_system().await?;
            tx.generations().changed_since(since, GENERATION_OVERLAP).await
        };
        let raised = read.await.map_err(GenerationError::new)?;
        let known = |row: crate::store::Generation| {
            // A namespace that this version does not know belongs to another one; nothing here is stored under it.
            let namespace = Namespace::from_name(&row.namespace)?;
            let scope = match row.scope {
                GenerationScope::Global => Scope::Public,
                GenerationScope::User(user) => Scope::User(user),
            };
            Some(Change { scope, namespace, generation: count(row.generation) })
        };
        Ok(Changes { changes: raised.into_iter().filter_map(known).collect(), cursor: now })
    }
}

const fn stored(scope: Scope) -> GenerationScope {
    match scope {
        Scope::Public => GenerationScope::Global,
        Scope::User(user) => GenerationScope::User(user),
    }
}

fn count(generation: i64) -> u64 {
    u64::try_from(generation).unwrap_or_default()
}
