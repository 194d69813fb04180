//! Builds the parts that talk to something outside: database, Redis, WHMCS, Salesforce. The only place that names adapters.

use std::{sync::Arc, time::Duration};

use secrecy::ExposeSecret;

use super::{StartError, generations::StoredGenerations};
use crate::{
    bus::{Bus, RedisLink},
    cache::{Cache, CacheParts, CacheSettings, RedisLevel},
    clock::Clock,
    config::{Config, Mode},
    crypto::{KeyRing, Purpose, Random, Sealer},
    passkeys::RelyingParty,
    store::{DatabaseSettings, Db},
    upstream::{
        billing::Billing,
        clients,
        crm::Crm,
        guard::{Guard, GuardSettings},
        identity::{BillingLogins, OpenIdLogin},
        mail::Mailer,
        salesforce_crm::SalesforceCrm,
        smtp_mail::SmtpMailer,
        whmcs_billing::WhmcsBilling,
        whmcs_logins::WhmcsLogins,
        whmcs_openid::{OpenIdSettings, WhmcsOpenId},
    },
};

/// How long WHMCS is spared checks of passwords when they fail.
const LOGIN_PAUSE: Duration = Duration::from_secs(30);
/// What Redis may cost a request.
const REDIS_BUDGET: Duration = Duration::from_millis(50);

/// Connects to the database and refuses what must not be served from it.
pub(super) async fn connect(
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

pub(super) fn bus(config: &Config, random: &Random, instance: &str) -> Result<Bus, StartError> {
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

pub(super) fn cache(
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

/// What all talk with WHMCS goes through.
pub(super) struct Whmcs {
    client: whmcs::Client,
    guard: Guard,
    /// For checks of passwords and signing in: WHMCS may ban the portal for guessing, and must then be left alone with these only.
    logins: Guard,
}

impl Whmcs {
    pub(super) fn new(config: &Config, http: reqwest::Client, random: &Random) -> Self {
        let client = clients::whmcs(&config.upstreams.whmcs, http);
        let guard = Guard::new("whmcs", GuardSettings::default(), random.clone());
        let few =
            GuardSettings { concurrent: 4, min_calls: 5, open_for: LOGIN_PAUSE, ..GuardSettings::default() };
        Self { client, guard, logins: Guard::new("whmcs_logins", few, random.clone()) }
    }

    pub(super) fn billing(&self, clock: &Clock) -> Arc<dyn Billing> {
        Arc::new(WhmcsBilling::new(self.client.clone(), self.guard.clone(), clock.clone()))
    }

    pub(super) fn logins(&self) -> Arc<dyn BillingLogins> {
        Arc::new(WhmcsLogins::new(self.client.clone(), self.guard.clone(), self.logins.clone()))
    }

    pub(super) fn openid(
        &self,
        config: &Config,
        http: reqwest::Client,
        clock: &Clock,
    ) -> Option<Arc<dyn OpenIdLogin>> {
        let openid = config.upstreams.whmcs.openid.clone()?;
        let settings = OpenIdSettings {
            base_url: config.upstreams.whmcs.base_url.clone(),
            client_id: openid.client_id,
            client_secret: openid.client_secret,
        };
        Some(Arc::new(WhmcsOpenId::new(http, settings, self.logins.clone(), clock.clone())))
    }
}

pub(super) fn crm(
    config: &Config,
    http: reqwest::Client,
    clock: &Clock,
    random: &Random,
) -> Result<Arc<dyn Crm>, StartError> {
    let client = clients::salesforce(&config.upstreams.salesforce, http, clock)
        .map_err(|error| StartError::unusable(format_args!("SF_PRIVATE_KEY_PATH: {error}")))?;
    let guard = Guard::new("salesforce", GuardSettings::default(), random.clone());
    Ok(Arc::new(SalesforceCrm::new(client, guard)))
}

pub(super) fn relying_party(config: &Config) -> Result<RelyingParty, StartError> {
    let server = &config.server;
    RelyingParty::new(&server.public_url, &server.allowed_origins, &server.app_name)
        .map_err(StartError::unusable)
}

pub(super) fn mailer(config: &Config) -> Result<Arc<dyn Mailer>, StartError> {
    Ok(Arc::new(SmtpMailer::new(&config.upstreams.mail).map_err(StartError::unusable)?))
}
