//! What the program can be told to do: one function per command.

use std::{io, sync::Arc, time::Duration};

use actix_web::rt::{System, signal};
use metrics_exporter_prometheus::{PrometheusBuilder, PrometheusHandle};
use secrecy::SecretString;
use shared_types::ids::UserId;
use tokio::sync::watch;

use crate::{
    app::{App, StartError},
    clock::Clock,
    config::{Config, Mode},
    crypto::{KeyRing, Random},
    doctor,
    jobs::Worker,
    server,
    store::{BillingIds, CrmIds, DatabaseSettings, Db, EmailAddress, NewUser},
    upstream::{Caller, crm::CrmCustomer},
};

/// Latency classes of the histograms, in seconds.
const BUCKETS: &[f64] =
    &[0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0];

/// Why a command failed.
#[derive(Debug, thiserror::Error)]
pub enum CommandError {
    /// The portal could not be built.
    #[error(transparent)]
    Start(#[from] StartError),
    /// The system refused: an address in use, a file that cannot be written.
    #[error("{0}")]
    Io(#[from] io::Error),
    /// The metrics recorder could not be installed.
    #[error("metrics cannot be recorded")]
    Metrics,
    /// The demo people are for development only, or the sandbox does not have them.
    #[error("{0}")]
    Demo(&'static str),
}

impl From<crate::store::StoreError> for CommandError {
    fn from(error: crate::store::StoreError) -> Self {
        Self::Start(error.into())
    }
}

/// Serves requests, and works on jobs unless told not to, until asked to stop.
pub fn serve(config: &Config) -> Result<(), CommandError> {
    System::new().block_on(async {
        let metrics = record_metrics()?;
        let app = Arc::new(App::build(config, Clock::system(), Random::system()).await?);
        app.readiness.look(&app.db).await;
        tokio::spawn(app.readiness.clone().watch(app.db.clone()));
        let public = server::start(&config.server, Arc::clone(&app))?;
        tracing::info!(address = %public.address, url = %config.server.public_url, "serving");
        tokio::spawn(greet_billing(Arc::clone(&app)));
        let private = match config.server.metrics_port {
            None => None,
            Some(port) => {
                let private = server::start_private(&config.server, port, metrics, Arc::clone(&app))?;
                tracing::info!(address = %private.address, "metrics");
                Some(private.server)
            }
        };
        let (stop, stopped) = watch::channel(false);
        let worker =
            config.jobs.embedded_worker.then(|| tokio::spawn(Worker::new(Arc::clone(&app)).run(stopped)));
        let handle = public.server.handle();
        let serving = tokio::spawn(public.server);
        if let Some(private) = private {
            tokio::spawn(private);
        }
        asked_to_stop().await?;
        tracing::info!("stopping");
        app.readiness.stop();
        stop.send_replace(true);
        handle.stop(true).await;
        finish(worker, config.server.shutdown_seconds).await;
        serving.await.map_err(io::Error::other)??;
        Ok(())
    })
}

/// Works on jobs until asked to stop.
pub fn work(config: &Config) -> Result<(), CommandError> {
    System::new().block_on(async {
        let metrics = record_metrics()?;
        let app = Arc::new(App::build(config, Clock::system(), Random::system()).await?);
        app.readiness.look(&app.db).await;
        if let Some(port) = config.server.metrics_port {
            let private = server::start_private(&config.server, port, metrics, Arc::clone(&app))?;
            tracing::info!(address = %private.address, "metrics");
            tokio::spawn(private.server);
        }
        let (stop, stopped) = watch::channel(false);
        let worker = tokio::spawn(Worker::new(app).run(stopped));
        tracing::info!("working");
        asked_to_stop().await?;
        stop.send_replace(true);
        finish(Some(worker), config.server.shutdown_seconds).await;
        Ok(())
    })
}

/// Brings the database to the schema of this version.
pub fn migrate(config: &Config) -> Result<(), CommandError> {
    System::new().block_on(async {
        let db = database(config).await?;
        db.migrate().await?;
        tracing::info!("the database has the schema of this version");
        Ok(())
    })
}

/// Looks at everything that the portal needs of the systems around it.
pub fn doctor(config: &Config, options: doctor::Options) -> Result<doctor::Report, CommandError> {
    let examined =
        System::new().block_on(doctor::examine(config, &Clock::system(), &Random::system(), options));
    examined.map_err(|_| StartError::Unusable("no HTTP client can be made".to_owned()).into())
}

/// The contract as JSON, ending with a line break.
#[must_use]
pub fn openapi() -> String {
    let mut json = server::document().to_pretty_json().unwrap_or_default();
    json.push('\n');
    json
}

/// Makes portal users for the sandbox's demo people who have one: for development only.
pub fn seed_demo(config: &Config, password: &SecretString, emails: &[String]) -> Result<(), CommandError> {
    if config.server.mode != Mode::Dev {
        return Err(CommandError::Demo("demo people are made in dev mode only"));
    }
    System::new().block_on(async {
        let app = App::build(config, Clock::system(), Random::system()).await?;
        for email in emails {
            seed_person(&app, email, password).await?;
        }
        Ok(())
    })
}

/// Makes the portal user of one of the sandbox's people, tied to the records that are there already.
pub async fn seed_person(app: &App, email: &str, password: &SecretString) -> Result<(), CommandError> {
    let address = EmailAddress::parse(email).map_err(|_| CommandError::Demo("not an e-mail address"))?;
    let tx = app.db.read_as_system().await?;
    let is_known = tx.users().by_email(&address).await?.is_some();
    drop(tx);
    if is_known {
        return Ok(());
    }
    let id = UserId::from_uuid(app.random.uuid(app.clock.now()));
    let caller = Caller { user: id, deadline: tokio::time::Instant::now() + app.settings.read_deadline };
    let missing = |_| CommandError::Demo("the sandbox does not know one of the demo people");
    let users = app.billing.users_by_email(caller, address.as_str()).await.map_err(missing)?;
    let found = users.first().and_then(|user| Some((user.user_id, *user.owned_clients.first()?)));
    let (user_id, client_id) =
        found.ok_or(CommandError::Demo("one of the demo people has no customer in the sandbox"))?;
    let account = crate::domain::account::BillingAccount { client_id, user_id };
    let contact = app.billing.contact(caller, account).await.map_err(missing)?;
    let customer = CrmCustomer {
        client_id,
        user_id,
        account_name: if contact.company_name.is_empty() {
            contact.last_name.clone()
        } else {
            contact.company_name.clone()
        },
        first_name: contact.first_name.clone(),
        last_name: contact.last_name.clone(),
        email: address.as_str().to_owned(),
        phone: None,
    };
    let crm = app
        .crm
        .upsert_customer(caller, &customer)
        .await
        .map_err(|_| CommandError::Demo("Salesforce refused a demo person"))?;
    let hash = app
        .passwords
        .hash(password)
        .await
        .map_err(|_| CommandError::Demo("the password cannot be hashed"))?;

    let number = |id: u64| i64::try_from(id).map_err(|_| CommandError::Demo("an id out of range"));
    let tx = app.db.as_system().await?;
    let user = NewUser {
        id,
        email: address,
        first_name: contact.first_name,
        last_name: contact.last_name,
        company_name: contact.company_name,
        password_hash: hash.into(),
    };
    tx.users().insert(&user).await?;
    tx.mappings().insert_pending(id, &app.new_marker()).await?;
    tx.mappings()
        .set_billing(id, BillingIds { user: Some(number(user_id)?), client: number(client_id)? })
        .await?;
    tx.mappings().set_crm(id, &CrmIds { account: crm.account, contact: crm.contact }).await?;
    tx.commit().await?;
    Ok(())
}

async fn database(config: &Config) -> Result<Db, CommandError> {
    use secrecy::ExposeSecret;
    let keys = KeyRing::parse(config.security.keys.expose_secret())
        .map_err(|error| CommandError::Start(StartError::Unusable(error.to_string())))?;
    let settings = DatabaseSettings::new(config.storage.database_url.clone());
    Ok(Db::connect(&settings, keys, Clock::system(), Random::system()).await?)
}

fn record_metrics() -> Result<PrometheusHandle, CommandError> {
    PrometheusBuilder::new()
        .set_buckets(BUCKETS)
        .and_then(PrometheusBuilder::install_recorder)
        .map_err(|_| CommandError::Metrics)
}

async fn asked_to_stop() -> io::Result<()> {
    let mut terminate = tokio::signal::unix::signal(tokio::signal::unix::SignalKind::terminate())?;
    tokio::select! {
        result = signal::ctrl_c() => result,
        _ = terminate.recv() => Ok(()),
    }
}

/// Says which WHMCS is behind, or that none answers: the first thing to know when invoices do not show. The portal serves either way.
async fn greet_billing(app: Arc<App>) {
    let deadline = tokio::time::Instant::now() + app.settings.read_deadline;
    match app.billing.version(deadline).await {
        Ok(version) => tracing::info!(version, "WHMCS answers"),
        Err(error) => tracing::warn!(%error, "WHMCS does not answer"),
    }
}

/// Lets the worker end the job in hand. What it cannot end, another worker takes over when the lease is out.
async fn finish(worker: Option<tokio::task::JoinHandle<()>>, seconds: u64) {
    if let Some(worker) = worker
        && tokio::time::timeout(Duration::from_secs(seconds), worker).await.is_err()
    {
        tracing::warn!("a job was left to be taken over");
    }
}
