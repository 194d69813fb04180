//! A database of the test's own: a SQLite file, or a database on the throw-away Postgres server of `infra/services`.

use portal_api::{clock::Clock, crypto::Random};
use sea_orm::{ConnectionTrait as _, Database, DbBackend, Statement};
use tempfile::TempDir;
use url::Url;

/// The role as which the portal logs in: no superuser, but allowed to create roles, as in production.
const LOGIN: &str = "portal_test_login";

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Engine {
    Sqlite,
    Postgres,
}

pub struct TestDatabase {
    pub engine: Engine,
    pub url: String,
    pub redis: Option<String>,
    home: Home,
}

enum Home {
    Sqlite(TempDir),
    Postgres { admin: Url, name: String },
}

impl TestDatabase {
    pub fn sqlite() -> Self {
        let directory = tempfile::tempdir().unwrap();
        let url = format!("sqlite:{}", directory.path().join("portal.db").display());
        Self { engine: Engine::Sqlite, url, redis: None, home: Home::Sqlite(directory) }
    }

    /// `None`, with a word of explanation, where the test servers are not there.
    pub async fn postgres() -> Option<Self> {
        #[expect(clippy::disallowed_methods, reason = "the test's own configuration")]
        let [postgres, redis, ci] =
            ["TEST_POSTGRES_URL", "TEST_REDIS_URL", "CI"].map(|name| std::env::var(name).ok());
        let (Some(postgres), Some(redis)) = (postgres, redis) else {
            assert!(ci.is_none(), "TEST_POSTGRES_URL or TEST_REDIS_URL is not set");
            println!("skipped: TEST_POSTGRES_URL or TEST_REDIS_URL is not set");
            return None;
        };
        let admin: Url = postgres.parse().unwrap();
        let name = format!("portal_it_{}", Random::system().uuid(Clock::system().now()).simple());
        create(&admin, &name).await;
        let mut url = admin.clone();
        url.set_username(LOGIN).unwrap();
        url.set_password(Some("test")).unwrap();
        url.set_path(&name);
        Some(Self {
            engine: Engine::Postgres,
            url: url.into(),
            redis: Some(redis),
            home: Home::Postgres { admin, name },
        })
    }

    /// The same database with the rights of a superuser; `None` where there are no roles.
    pub fn as_superuser(&self) -> Option<Url> {
        let Home::Postgres { admin, name } = &self.home else { return None };
        let mut url = admin.clone();
        url.set_path(name);
        Some(url)
    }

    /// Everything stored, as its owner's files or a dump show it; binary columns of Postgres as their bytes.
    pub async fn bytes(&self) -> Vec<u8> {
        let Some(superuser) = self.as_superuser() else {
            let Home::Sqlite(directory) = &self.home else { return Vec::new() };
            let files = std::fs::read_dir(directory.path())
                .unwrap()
                .map(|file| std::fs::read(file.unwrap().path()).unwrap());
            return files.flatten().collect();
        };
        let connection = Database::connect(superuser.as_str()).await.unwrap();
        let rows = async |sql: String| {
            let rows =
                connection.query_all_raw(Statement::from_string(DbBackend::Postgres, sql)).await.unwrap();
            rows.iter().map(|row| row.try_get_by_index::<Vec<u8>>(0).unwrap()).collect::<Vec<_>>()
        };
        let columns = "SELECT convert_to(format('SELECT %s FROM %I.%I WHERE %I IS NOT NULL',
                CASE data_type WHEN 'bytea' THEN format('%I', column_name)
                ELSE format('convert_to(%I::text, ''UTF8'')', column_name) END, table_schema, table_name, column_name), 'UTF8')
            FROM information_schema.columns WHERE table_schema NOT IN ('pg_catalog', 'information_schema')";
        let mut bytes = Vec::new();
        for query in rows(columns.to_owned()).await {
            for value in rows(String::from_utf8(query).unwrap()).await {
                bytes.extend(value);
                bytes.push(b'\n');
            }
        }
        connection.close().await.unwrap();
        bytes
    }

    pub async fn remove(self) {
        match self.home {
            Home::Sqlite(directory) => directory.close().unwrap(),
            Home::Postgres { admin, name } => {
                let connection = Database::connect(admin.as_str()).await.unwrap();
                connection.execute_unprepared(&format!("DROP DATABASE {name} WITH (FORCE)")).await.unwrap();
                connection.close().await.unwrap();
            }
        }
    }
}

async fn create(admin: &Url, name: &str) {
    let connection = Database::connect(admin.as_str()).await.unwrap();
    let role = format!(
        "DO $$ BEGIN CREATE ROLE {LOGIN} LOGIN NOSUPERUSER NOBYPASSRLS CREATEROLE PASSWORD 'test';
         EXCEPTION WHEN duplicate_object OR unique_violation THEN NULL; END $$"
    );
    connection.execute_unprepared(&role).await.unwrap();
    connection.execute_unprepared(&format!("CREATE DATABASE {name} OWNER {LOGIN}")).await.unwrap();
    connection.close().await.unwrap();
}
