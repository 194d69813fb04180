//! The portal under test: the real server on a free port, a database of its own, a sandbox of its own, a clock that stands still.

mod answer;
mod browser;
mod browser_passkeys;
mod database;
mod factors;
mod linking;
mod mail_server;
pub mod program;
mod recovery;
mod sandbox_control;
mod security_key;
mod state;
mod waiting;

use std::{collections::BTreeMap, panic::AssertUnwindSafe, sync::Arc, time::Duration};

pub use answer::Answer;
pub use browser::{Browser, new_key, sign_up_form};
pub use browser_passkeys::{LOGIN, PASSKEYS, STEP_UP, addition};
pub use database::TestDatabase;
pub use factors::Authenticator;
use futures::FutureExt as _;
pub use linking::{AtWhmcs, NEW_PASSWORD};
pub use mail_server::MailServer;
use portal_api::{app::App, clock::Clock, commands, config::Config, crypto::Random, jobs::Worker, server};
pub use recovery::{challenge, not};
use sandbox::{Sandbox, Seed};
pub use security_key::SecurityKey;
use tempfile::TempDir;
pub use waiting::eventually;

use database::Engine;

/// What a customer of the tests signs in with.
pub const PASSWORD: &str = sandbox::demo::PASSWORD;

/// Where another front end runs, which uses tokens.
pub const TOKEN_ORIGIN: &str = "https://partner.example.net";

/// The portal under test.
pub struct TestApp {
    pub app: Arc<App>,
    pub clock: Clock,
    pub sandbox: Sandbox,
    pub http: reqwest::Client,
    pub base: String,
    /// What the portal was told, for other processes of the same installation.
    pub variables: BTreeMap<String, String>,
    handle: actix_web::dev::ServerHandle,
    database: TestDatabase,
    _files: TempDir,
}

/// Runs the named tests of this module on SQLite, and on Postgres with Redis.
macro_rules! on_both_engines {
    ($($name:ident),+ $(,)?) => {
        mod sqlite {
            $(#[actix_web::test]
            async fn $name() {
                crate::helpers::on_sqlite(async |app| super::$name(app).await).await;
            })+
        }
        mod postgres {
            $(#[actix_web::test]
            async fn $name() {
                crate::helpers::on_postgres(async |app| super::$name(app).await).await;
            })+
        }
    };
}
pub(crate) use on_both_engines;

/// Runs a test on SQLite without Redis.
pub async fn on_sqlite(test: impl AsyncFnOnce(&TestApp)) {
    run(TestDatabase::sqlite(), &[], test).await;
}

/// Runs a test on Postgres with Redis; skipped where the test servers are not there, except under `CI`.
pub async fn on_postgres(test: impl AsyncFnOnce(&TestApp)) {
    if let Some(database) = TestDatabase::postgres().await {
        run(database, &[], test).await;
    }
}

/// Runs a test on SQLite with other settings than usual.
pub async fn with_settings(settings: &[(&str, &str)], test: impl AsyncFnOnce(&TestApp)) {
    run(TestDatabase::sqlite(), settings, test).await;
}

async fn run(database: TestDatabase, settings: &[(&str, &str)], test: impl AsyncFnOnce(&TestApp)) {
    let app = TestApp::start(database, settings).await;
    let outcome = AssertUnwindSafe(test(&app)).catch_unwind().await;
    let left = if outcome.is_ok() {
        // Mails about what happened; a job that cannot be done now is not due any more.
        app.run_jobs().await;
        app.due_jobs().await
    } else {
        0
    };
    app.stop().await;
    if let Err(panic) = outcome {
        std::panic::resume_unwind(panic);
    }
    assert_eq!(left, 0, "the test left jobs that nobody worked on");
}

impl TestApp {
    async fn start(database: TestDatabase, settings: &[(&str, &str)]) -> Self {
        let options = sandbox::Options { seed: Seed::Demo, ..sandbox::Options::default() };
        let sandbox = Sandbox::start(options).await.unwrap();
        let files = tempfile::tempdir().unwrap();
        let key = files.path().join("salesforce.pem");
        std::fs::write(&key, sandbox::demo::SF_PRIVATE_KEY_PEM).unwrap();
        let mut variables = variables(&database, &sandbox, &key.display().to_string(), &files);
        variables.extend(settings.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())));
        let config = Config::from_variables(variables.clone()).unwrap();
        let clock = Clock::fixed(Clock::system().now());
        let app = Arc::new(App::build(&config, clock.clone(), Random::system()).await.unwrap());
        app.readiness.look(&app.db).await;
        let listening = server::start(&config.server, Arc::clone(&app)).unwrap();
        let handle = listening.server.handle();
        actix_web::rt::spawn(listening.server);
        let http = reqwest::Client::builder()
            .redirect(reqwest::redirect::Policy::none())
            .no_proxy()
            // Bodies as they are sent.
            .no_gzip()
            .no_brotli()
            .build()
            .unwrap();
        let base = format!("http://{}", listening.address);
        Self { app, clock, sandbox, http, base, variables, handle, database, _files: files }
    }

    /// A second replica over the same database and Redis.
    pub async fn replica(&self) -> Replica {
        self.replica_with(&[]).await
    }

    /// A replica that was told something else, as during the roll-out of new settings.
    pub async fn replica_with(&self, settings: &[(&str, &str)]) -> Replica {
        let mut variables = self.variables.clone();
        variables.extend(settings.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())));
        let config = Config::from_variables(variables).unwrap();
        let app = Arc::new(App::build(&config, self.clock.clone(), Random::system()).await.unwrap());
        let listening = server::start(&config.server, Arc::clone(&app)).unwrap();
        let handle = listening.server.handle();
        actix_web::rt::spawn(listening.server);
        Replica { app, base: format!("http://{}", listening.address), handle }
    }

    async fn stop(self) {
        self.handle.stop(false).await;
        self.sandbox.stop().await;
        self.app.db.close().await.unwrap();
        drop(self.app);
        self.database.remove().await;
    }

    /// Makes the portal user of one of the sandbox's people.
    pub async fn seed(&self, email: &str) {
        commands::seed_person(&self.app, email, &PASSWORD.into()).await.unwrap();
    }

    /// A browser in which nobody is signed in.
    pub fn browser(&self) -> Browser<'_> {
        Browser::new(self, self.base.clone())
    }

    /// A browser in which one of the sandbox's people is signed in, as often before.
    pub async fn signed_in(&self, email: &str) -> Browser<'_> {
        self.seed(email).await;
        let browser = self.browser();
        self.make_known(email, &browser).await;
        browser.log_in(email, PASSWORD).await.expect(200);
        browser
    }

    /// Moves the portal's time, and the sandbox's with it.
    pub async fn advance(&self, by: Duration) {
        self.clock.advance(by);
        self.control("clock", serde_json::json!({ "advance_seconds": by.as_secs() })).await;
    }

    /// Works on every job that is due.
    pub async fn run_jobs(&self) {
        let worker = Worker::new(Arc::clone(&self.app));
        while worker.work_one().await.unwrap() {}
    }

    /// Jobs that wait or run.
    pub async fn due_jobs(&self) -> i64 {
        let tx = self.app.db.read_as_system().await.unwrap();
        let counts = tx.job_work().counts().await.unwrap();
        counts.queued + counts.running
    }

    /// Whether this is the run on Postgres with Redis.
    pub fn has_redis(&self) -> bool {
        self.database.engine == Engine::Postgres
    }
}

/// Another process of the same installation.
pub struct Replica {
    pub app: Arc<App>,
    pub base: String,
    handle: actix_web::dev::ServerHandle,
}

impl Replica {
    pub async fn stop(self) {
        self.handle.stop(false).await;
        self.app.db.close().await.unwrap();
    }
}

fn variables(
    database: &TestDatabase,
    sandbox: &Sandbox,
    key: &str,
    files: &TempDir,
) -> BTreeMap<String, String> {
    let base = sandbox.base_url();
    let mut variables: BTreeMap<String, String> = [
        ("PORTAL_MODE", "dev".to_owned()),
        ("BFF_PORT", "0".to_owned()),
        ("PORTAL_PUBLIC_URL", "http://localhost:4000".to_owned()),
        ("PORTAL_TOKEN_ORIGINS", TOKEN_ORIGIN.to_owned()),
        ("PORTAL_HTTP_WORKERS", "1".to_owned()),
        ("PORTAL_SHUTDOWN_SECONDS", "0".to_owned()),
        ("PORTAL_WEB_DIR", files.path().join("dist").display().to_string()),
        ("PORTAL_SETTLE_SECONDS", "90".to_owned()),
        ("PORTAL_UPSTREAM_READ_SECONDS", "3".to_owned()),
        ("PORTAL_UPSTREAM_WRITE_SECONDS", "3".to_owned()),
        ("DATABASE_URL", database.url.clone()),
        ("PORTAL_DATABASE_CONNECTIONS", "4".to_owned()),
        ("WHMCS_BASE_URL", format!("{base}whmcs")),
        ("WHMCS_API_IDENTIFIER", sandbox::demo::IDENTIFIER.to_owned()),
        ("WHMCS_API_SECRET", sandbox::demo::SECRET.to_owned()),
        ("WHMCS_OIDC_CLIENT_ID", sandbox::demo::OPENID_CLIENT_ID.to_owned()),
        ("WHMCS_OIDC_CLIENT_SECRET", sandbox::demo::OPENID_CLIENT_SECRET.to_owned()),
        ("SF_LOGIN_URL", format!("{base}salesforce")),
        ("SF_CLIENT_ID", sandbox::demo::SF_CLIENT_ID.to_owned()),
        ("SF_USERNAME", sandbox::demo::SF_USERNAME.to_owned()),
        ("SF_PRIVATE_KEY_PATH", key.to_owned()),
        ("PORTAL_MAIL_URL", format!("smtp://{}", sandbox.smtp_addr())),
    ]
    .into_iter()
    .map(|(name, value)| (name.to_owned(), value))
    .collect();
    if let Some(redis) = &database.redis {
        variables.insert("REDIS_URL".to_owned(), redis.clone());
        variables.insert("PORTAL_REDIS_PREFIX".to_owned(), format!("test:{}", new_key()));
    }
    variables
}
