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
        crm::Crm,
        guard::{Guard, GuardSettings},
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

pub(super) fn billing(
    config: &Config,
    http: reqwest::Client,
    clock: &Clock,
    random: &Random,
) -> Arc<dyn Billing> {
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

pub(super) fn crm(
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

pub(super) fn relying_party(config: &Config) -> Result<RelyingParty, StartError> {
    let server = &config.server;
    RelyingParty::new(&server.public_url, &server.allowed_origins, &server.app_name)
        .map_err(StartError::unusable)
}

pub(super) fn mailer(config: &Config) -> Result<Arc<dyn Mailer>, StartError> {
    Ok(Arc::new(SmtpMailer::new(&config.upstreams.mail).map_err(StartError::unusable)?))
}
