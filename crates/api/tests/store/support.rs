//! Test databases. `on_both_engines!` runs each test once per engine, on a fresh migrated database that is removed
//! afterwards.
//!
//! Postgres: `TEST_POSTGRES_URL` is a superuser's URL of a throw-away server. The portal itself never connects as
//! that superuser, but as a login role that may create roles, as in production. Without the variable the Postgres
//! half is skipped, except under `CI`, where it fails.

use std::panic::AssertUnwindSafe;
use std::sync::Arc;
use std::time::Duration;

use chrono::DateTime;
use futures::FutureExt as _;
use portal_api::clock::Clock;
use portal_api::crypto::{KeyRing, Random};
use portal_api::domain::factor::{Factor, Factors};
use portal_api::store::{DatabaseSettings, Db, EmailAddress, NewPasskey, NewSession, NewUser, SessionLevel};
use sea_orm::{ConnectionTrait as _, Database, DatabaseConnection, DbErr};
use secrecy::SecretString;
use shared_types::ids::{PasskeyId, SessionId, UserId};
use tempfile::TempDir;
use url::Url;

/// A root key, and another for rotation.
pub const KEY_ONE: &str = "one:AQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQE=";
pub const KEY_TWO: &str = "two:AgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgI=";
/// The role as which the portal logs in to Postgres.
pub const LOGIN: &str = "portal_test_login";

/// One test database.
pub struct TestDb {
    pub db: Db,
    pub clock: Clock,
    pub random: Random,
    pub url: String,
    home: Home,
}

enum Home {
    Sqlite { _directory: TempDir },
    Postgres { admin: Url, name: String },
}

/// Runs the named tests of this module on both engines.
macro_rules! on_both_engines {
    ($($name:ident),+ $(,)?) => {
        mod sqlite {
            $(#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
            async fn $name() {
                crate::support::on_sqlite(super::$name).await;
            })+
        }
        mod postgres {
            $(#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
            async fn $name() {
                crate::support::on_postgres(super::$name).await;
            })+
        }
    };
}
pub(crate) use on_both_engines;

/// Runs the named tests of this module on Postgres only.
macro_rules! on_postgres_only {
    ($($name:ident),+ $(,)?) => {
        mod postgres_only {
            $(#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
            async fn $name() {
                crate::support::on_postgres(super::$name).await;
            })+
        }
    };
}
pub(crate) use on_postgres_only;

pub async fn on_sqlite<F: Future<Output = ()>>(test: impl FnOnce(Arc<TestDb>) -> F) {
    let directory = tempfile::tempdir().unwrap();
    let url = format!("sqlite:{}", directory.path().join("below/portal.db").display());
    run(TestDb::migrated(url, Home::Sqlite { _directory: directory }).await, test).await;
}

pub async fn on_postgres<F: Future<Output = ()>>(test: impl FnOnce(Arc<TestDb>) -> F) {
    let Some(admin) = server() else { return };
    let name = database_name();
    create_database(&admin, &name, LOGIN).await;
    let url = with_login(&admin, &name, LOGIN);
    run(TestDb::migrated(url, Home::Postgres { admin, name }).await, test).await;
}

async fn run<F: Future<Output = ()>>(test_db: TestDb, test: impl FnOnce(Arc<TestDb>) -> F) {
    let test_db = Arc::new(test_db);
    let outcome = AssertUnwindSafe(test(Arc::clone(&test_db))).catch_unwind().await;
    test_db.db.close().await.unwrap();
    if let Home::Postgres { admin, name } = &test_db.home {
        drop_database(admin, name).await;
    }
    if let Err(panic) = outcome {
        std::panic::resume_unwind(panic);
    }
}

/// The throw-away server, if there is one.
pub fn server() -> Option<Url> {
    #[expect(clippy::disallowed_methods, reason = "the test's own configuration")]
    let (url, ci) = (std::env::var("TEST_POSTGRES_URL"), std::env::var("CI"));
    if let Ok(url) = url {
        return Some(url.parse().unwrap());
    }
    assert!(ci.is_err(), "TEST_POSTGRES_URL is not set");
    println!("skipped: TEST_POSTGRES_URL is not set");
    None
}

pub fn database_name() -> String {
    let random = Random::system();
    format!("portal_test_{}", random.uuid(Clock::system().now()).simple())
}

/// Makes a database that belongs to `login`, which is made too: no superuser, but allowed to create roles.
pub async fn create_database(admin: &Url, name: &str, login: &str) {
    let connection = Database::connect(admin.as_str()).await.unwrap();
    let role = format!(
        "DO $$ BEGIN CREATE ROLE {login} LOGIN NOSUPERUSER NOBYPASSRLS CREATEROLE PASSWORD 'test';
         EXCEPTION WHEN duplicate_object OR unique_violation THEN NULL; END $$"
    );
    connection.execute_unprepared(&role).await.unwrap();
    connection.execute_unprepared(&format!("CREATE DATABASE {name} OWNER {login}")).await.unwrap();
    connection.close().await.unwrap();
}

pub async fn drop_database(admin: &Url, name: &str) {
    let connection = Database::connect(admin.as_str()).await.unwrap();
    connection.execute_unprepared(&format!("DROP DATABASE {name} WITH (FORCE)")).await.unwrap();
    connection.close().await.unwrap();
}

pub fn with_login(admin: &Url, name: &str, login: &str) -> String {
    let mut url = admin.clone();
    url.set_username(login).unwrap();
    url.set_password(Some("test")).unwrap();
    url.set_path(name);
    url.into()
}

/// A handle of its own on a database.
pub async fn connect(url: &str, keys: &str, connections: u32, clock: &Clock, random: &Random) -> Db {
    let mut settings = DatabaseSettings::new(SecretString::from(url));
    settings.max_connections = connections;
    // Many tests share two cores.
    settings.acquire_timeout = Duration::from_secs(30);
    settings.sqlite_busy_timeout = Duration::from_secs(30);
    let keys = KeyRing::parse(keys).unwrap();
    Db::connect(&settings, keys, clock.clone(), random.clone()).await.unwrap()
}

impl TestDb {
    async fn migrated(url: String, home: Home) -> Self {
        let clock = Clock::fixed(DateTime::from_timestamp(1_790_000_000, 0).unwrap());
        let random = Random::seeded(1);
        let db = connect(&url, KEY_ONE, 8, &clock, &random).await;
        db.migrate().await.unwrap();
        Self { db, clock, random, url, home }
    }

    /// Another handle on the same database, with other keys.
    pub async fn with_keys(&self, keys: &str) -> Db {
        connect(&self.url, keys, 4, &self.clock, &self.random).await
    }

    /// Another handle on the same database, with one connection.
    pub async fn with_one_connection(&self) -> Db {
        connect(&self.url, KEY_ONE, 1, &self.clock, &self.random).await
    }

    /// A connection that row-level security does not bind, to look at and change what is stored.
    pub async fn unguarded(&self) -> DatabaseConnection {
        match &self.home {
            Home::Sqlite { .. } => Database::connect(&self.url).await.unwrap(),
            Home::Postgres { admin, name } => {
                let mut url = admin.clone();
                url.set_path(name);
                Database::connect(url.as_str()).await.unwrap()
            }
        }
    }

    /// The portal's own login, which owns the tables, without any role taken on.
    pub async fn bare(&self) -> DatabaseConnection {
        Database::connect(&self.url).await.unwrap()
    }

    pub fn is_sqlite(&self) -> bool {
        matches!(self.home, Home::Sqlite { .. })
    }

    /// Runs a statement past row-level security; returns how many rows it changed.
    pub async fn execute(&self, sql: &str) -> Result<u64, DbErr> {
        let connection = self.unguarded().await;
        let result = connection.execute_unprepared(sql).await;
        connection.close().await.unwrap();
        Ok(result?.rows_affected())
    }

    pub fn new_user(&self, email: &str) -> NewUser {
        NewUser {
            id: UserId::from_uuid(self.random.uuid(self.clock.now())),
            email: EmailAddress::parse(email).unwrap(),
            first_name: "Ada".to_owned(),
            last_name: "Lovelace".to_owned(),
            company_name: "Analytical Engines".to_owned(),
            password_hash: SecretString::from("$argon2id$first"),
        }
    }

    pub async fn add_user(&self, email: &str) -> UserId {
        let user = self.new_user(email);
        let tx = self.db.as_system().await.unwrap();
        tx.users().insert(&user).await.unwrap();
        tx.commit().await.unwrap();
        user.id
    }

    /// Adds a session of 30 minutes idle and 12 hours absolute; returns its id and the hash of its token.
    pub async fn add_session(&self, user: UserId) -> (SessionId, [u8; 32]) {
        let session = self.new_session();
        let tx = self.db.as_system().await.unwrap();
        assert!(tx.sessions_of(user).insert(&session).await.unwrap());
        tx.commit().await.unwrap();
        (session.id, session.token_hash)
    }

    pub fn new_session(&self) -> NewSession {
        NewSession {
            id: SessionId::from_uuid(self.random.uuid(self.clock.now())),
            token_hash: self.random.bytes(),
            level: SessionLevel::Full,
            auth_time: self.clock.now(),
            idle: Duration::from_mins(30),
            absolute: Duration::from_hours(12),
            device_label: Some("Firefox on Linux".to_owned()),
            coarse_ip: Some("192.0.2.0/24".to_owned()),
            factors: Factors::of(Factor::Password),
            device_id: None,
            active_client_id: None,
        }
    }

    pub fn new_passkey(&self) -> NewPasskey<'static> {
        NewPasskey {
            id: PasskeyId::from_uuid(self.random.uuid(self.clock.now())),
            credential_hash: self.random.bytes(),
            credential: b"credential of a laptop",
            name: "Laptop",
            synced: false,
        }
    }
}
