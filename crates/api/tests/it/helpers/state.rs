//! What lies in the database and in Redis, as somebody sees it who stole them.

use portal_api::store::EmailAddress;
use sea_orm::{ConnectionTrait as _, Database, Statement};
use shared_types::ids::UserId;

use super::TestApp;

impl TestApp {
    /// Every byte at rest: the files or rows of the database, and the keys and values of Redis.
    pub async fn bytes_at_rest(&self) -> Vec<u8> {
        let mut bytes = self.database.bytes().await;
        if let (Some(url), Some(prefix)) =
            (self.variables.get("REDIS_URL"), self.variables.get("PORTAL_REDIS_PREFIX"))
        {
            let client = redis::Client::open(url.as_str()).unwrap();
            let mut redis = client.get_multiplexed_async_connection().await.unwrap();
            let keys: Vec<Vec<u8>> =
                redis::cmd("KEYS").arg(format!("{prefix}*")).query_async(&mut redis).await.unwrap();
            assert!(!keys.is_empty(), "nothing in Redis: the test looks in the wrong place");
            for key in keys {
                let value: Vec<u8> = redis::cmd("GET").arg(&key).query_async(&mut redis).await.unwrap();
                bytes.extend(key);
                bytes.extend(value);
            }
        }
        bytes
    }

    /// How many lines of the audit log say this.
    pub async fn audited(&self, event: &str, outcome: &str) -> i64 {
        self.count(&format!("audit_log WHERE event = '{event}' AND outcome = '{outcome}'")).await
    }

    /// How many rows there are, past row-level security.
    pub async fn count(&self, rows: &str) -> i64 {
        let url = self.superuser_url().unwrap_or_else(|| self.database.url.clone());
        let connection = Database::connect(url).await.unwrap();
        let sql = format!("SELECT count(*) AS n FROM {rows}");
        let statement = Statement::from_string(connection.get_database_backend(), sql);
        let row = connection.query_one_raw(statement).await.unwrap().unwrap();
        connection.close().await.unwrap();
        row.try_get("", "n").unwrap()
    }

    /// The database with the rights of a superuser, on Postgres.
    pub fn superuser_url(&self) -> Option<String> {
        self.database.as_superuser().map(Into::into)
    }

    /// The address of a database of the same engine in which nothing has been made yet.
    pub fn empty_database_url(&self) -> String {
        let url = &self.database.url;
        if self.has_redis() {
            format!("{url}?schema=made_later")
        } else {
            url.replace("portal.db", "made-later.db")
        }
    }

    /// Lines of the audit log about an event, however it went out.
    pub async fn audit_lines(&self, event: &str) -> i64 {
        self.count(&format!("audit_log WHERE event = '{event}'")).await
    }

    /// The portal user with an address, if there is one.
    pub async fn seeded(&self, email: &str) -> Option<UserId> {
        let tx = self.app.db.read_as_system().await.unwrap();
        let found = tx.users().by_email(&EmailAddress::parse(email).unwrap()).await.unwrap();
        found.map(|user| user.user_id)
    }

    /// The portal user with an address.
    pub async fn user_id(&self, email: &str) -> UserId {
        self.seeded(email).await.unwrap_or_else(|| panic!("no user {email}"))
    }
}
