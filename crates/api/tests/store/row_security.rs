//! Row-level security on Postgres, tried past the repositories: what holds when they forget a condition.

use std::sync::Arc;

use portal_api::domain::account::BillingAccount;
use portal_api::store::{AuditEvent, Claim, ClaimRequest, NewAccountLink, Privileges};
use sea_orm::{
    ConnectOptions, ConnectionTrait as _, Database, DatabaseConnection, DatabaseTransaction, DbBackend,
    Statement, TransactionTrait as _,
};
use serde_json::json;
use shared_types::ids::UserId;
use std::time::Duration;

use crate::support::{TestDb, on_postgres_only};

on_postgres_only!(
    every_table_is_secured,
    a_user_reads_and_changes_own_rows_only,
    a_user_adds_rows_in_own_name_only,
    a_user_cannot_touch_what_belongs_to_the_portal,
    without_a_role_nothing_is_seen,
    a_reused_connection_has_no_identity,
    the_login_role_is_weak,
);

/// Tables with rows of users, and how to recognise one's own.
const OWNED: [(&str, &str); 12] = [
    ("account_links", "user_id = '{id}'"),
    ("users", "id = '{id}'"),
    ("id_mappings", "user_id = '{id}'"),
    ("sessions", "user_id = '{id}'"),
    ("audit_log", "user_id = '{id}'"),
    ("mfa_totp", "user_id = '{id}'"),
    ("mfa_recovery_codes", "user_id = '{id}'"),
    ("known_devices", "user_id = '{id}'"),
    ("profile_changes", "user_id = '{id}'"),
    ("idempotency_keys", "scope = 'u:{id}'"),
    ("cache_generations", "scope = 'u:{id}'"),
    ("passkeys", "user_id = '{id}'"),
];

/// A transaction as the portal begins one, on a connection of the test's own.
pub async fn identified(connection: &DatabaseConnection, user: Option<UserId>) -> DatabaseTransaction {
    let transaction = connection.begin().await.unwrap();
    let role = if user.is_some() { "portal_app" } else { "portal_worker" };
    let id = user.map(|id| id.to_string()).unwrap_or_default();
    let sql = "SELECT set_config('role', $1, true), set_config('app.user_id', $2, true)";
    let statement = Statement::from_sql_and_values(DbBackend::Postgres, sql, [role.into(), id.into()]);
    transaction.query_one_raw(statement).await.unwrap();
    transaction
}

async fn count(connection: &impl sea_orm::ConnectionTrait, from: &str) -> i64 {
    let statement = Statement::from_string(DbBackend::Postgres, format!("SELECT count(*) AS n FROM {from}"));
    connection.query_one_raw(statement).await.unwrap().unwrap().try_get("", "n").unwrap()
}

/// Two users with one row each in every owned table.
async fn two_users(t: &TestDb) -> [UserId; 2] {
    let users = [t.add_user("ada@example.com").await, t.add_user("mallory@example.com").await];
    for user in users {
        t.add_session(user).await;
        let tx = t.db.as_system().await.unwrap();
        tx.mappings().insert_pending(user, &format!("cus_{user}")).await.unwrap();
        tx.devices().remember(user, None, &t.random.bytes()).await.unwrap();
        let link = NewAccountLink {
            client_id: 44,
            is_owner: false,
            permissions: vec![],
            name: "Kernel Works".to_owned(),
        };
        tx.account_links(user).replace(&[link]).await.unwrap();
        tx.commit().await.unwrap();
        let tx = t.db.as_user(user).await.unwrap();
        let event = AuditEvent { event: "e", outcome: "ok", request_id: None, detail: json!({}) };
        tx.audit().append(&event).await.unwrap();
        tx.generations().bump("invoices").await.unwrap();
        assert!(tx.totp().offer(&[7; 20]).await.unwrap());
        tx.recovery_codes().replace(&[("AB".to_owned(), "$argon2id$".into())]).await.unwrap();
        tx.passkeys().insert(&t.new_passkey()).await.unwrap();
        let account = BillingAccount { client_id: 42, user_id: 41 };
        tx.profile_changes().ask(account, portal_api::domain::profile::Wish::ask_name).await.unwrap();
        let request = ClaimRequest {
            route: "POST /x",
            key_hash: &[1; 32],
            fingerprint: &[2; 32],
            owner: "w",
            lease: Duration::from_secs(30),
        };
        assert!(matches!(tx.idempotency().claim(&request).await.unwrap(), Claim::New(_)));
        tx.commit().await.unwrap();
    }
    users
}

async fn every_table_is_secured(t: Arc<TestDb>) {
    let connection = t.unguarded().await;
    let open = "pg_class WHERE relkind = 'r' AND relnamespace = 'public'::regnamespace
                AND relname <> 'seaql_migrations' AND NOT (relrowsecurity AND relforcerowsecurity)";
    assert_eq!(count(&connection, open).await, 0);
    let all = "pg_class WHERE relkind = 'r' AND relnamespace = 'public'::regnamespace";
    assert_eq!(count(&connection, all).await, 20);
}

async fn a_user_reads_and_changes_own_rows_only(t: Arc<TestDb>) {
    let [ada, mallory] = two_users(&t).await;
    let connection = t.bare().await;
    for (table, own) in OWNED {
        let transaction = identified(&connection, Some(mallory)).await;
        assert_eq!(count(&transaction, table).await, 1, "{table}");
        let of_ada = own.replace("{id}", &ada.to_string());
        assert_eq!(count(&transaction, &format!("{table} WHERE {of_ada}")).await, 0, "{table}");
        drop(transaction);

        let column = own.split(' ').next().unwrap();
        for sql in [
            format!("UPDATE {table} SET {column} = {column} WHERE {of_ada}"),
            format!("DELETE FROM {table} WHERE {of_ada}"),
        ] {
            // Either the privilege is missing or no row matches.
            let transaction = identified(&connection, Some(mallory)).await;
            let changed =
                transaction.execute_unprepared(&sql).await.map_or(0, |result| result.rows_affected());
            assert_eq!(changed, 0, "{sql}");
        }
    }
}

async fn a_user_adds_rows_in_own_name_only(t: Arc<TestDb>) {
    let [ada, mallory] = two_users(&t).await;
    let connection = t.bare().await;
    let insert = |user: UserId| {
        let id = t.random.uuid(t.clock.now());
        [
            format!("INSERT INTO audit_log VALUES ('{id}', now(), '{user}', 'e', 'ok', NULL, '{{}}')"),
            format!(
                "INSERT INTO known_devices (id, user_id, token_hash, created_at, last_seen)
                 VALUES ('{id}', '{user}', sha256('{id}'), now(), now())"
            ),
            format!(
                "INSERT INTO passkeys (id, user_id, credential_hash, credential_sealed, name_sealed, synced, created_at)
                 VALUES ('{id}', '{user}', sha256('{id}'), 'x', 'x', 0, now())"
            ),
            format!("INSERT INTO cache_generations VALUES ('u:{user}', 'cases', 1, now())"),
            format!(
                "INSERT INTO sessions (id, token_hash, user_id, level, auth_time, last_seen, idle_expires_at,
                     absolute_expires_at, epoch, created_at)
                 VALUES ('{id}', sha256('{id}'), '{user}', 'full', now(), now(), now(), now(), 0, now())"
            ),
            format!(
                "INSERT INTO idempotency_keys (id, scope, route, key_hash, fingerprint, state, lease_until,
                     lease_owner, attempt, created_at)
                 VALUES ('{id}', 'u:{user}', 'r', sha256('{id}'), sha256('x'), 'in_progress', now(), 'w', 1, now())"
            ),
        ]
    };
    for (foreign, own) in insert(ada).into_iter().zip(insert(mallory)) {
        let transaction = identified(&connection, Some(mallory)).await;
        let refused = transaction.execute_unprepared(&foreign).await.unwrap_err().to_string();
        assert!(refused.contains("row-level security"), "{refused}");
        drop(transaction);
        let transaction = identified(&connection, Some(mallory)).await;
        assert_eq!(transaction.execute_unprepared(&own).await.unwrap().rows_affected(), 1);
    }
    // Own rows cannot be given away either.
    for sql in [
        format!("UPDATE sessions SET user_id = '{ada}'"),
        format!("UPDATE known_devices SET user_id = '{ada}'"),
        format!("UPDATE mfa_recovery_codes SET user_id = '{ada}'"),
        format!("UPDATE passkeys SET user_id = '{ada}'"),
        format!("UPDATE cache_generations SET scope = 'u:{ada}', namespace = 'given'"),
        format!("UPDATE profile_changes SET user_id = '{ada}', whmcs_client_id = 43"),
        format!("UPDATE idempotency_keys SET scope = 'u:{ada}', route = 'given'"),
    ] {
        let transaction = identified(&connection, Some(mallory)).await;
        let refused = transaction.execute_unprepared(&sql).await.unwrap_err().to_string();
        assert!(refused.contains("row-level security"), "{refused}");
    }
}

async fn a_user_cannot_touch_what_belongs_to_the_portal(t: Arc<TestDb>) {
    let [_, mallory] = two_users(&t).await;
    let connection = t.bare().await;
    let refused = [
        "SELECT * FROM jobs",
        "UPDATE jobs SET state = 'done'",
        "SELECT * FROM challenges",
        "SELECT * FROM passkey_ceremonies",
        "UPDATE passkey_ceremonies SET used_at = NULL",
        "SELECT * FROM rate_limits",
        "SELECT * FROM sign_in_tries",
        "SELECT * FROM link_flows",
        "UPDATE account_links SET is_owner = 1",
        "SELECT * FROM refresh_tokens",
        "DELETE FROM users",
        "UPDATE id_mappings SET whmcs_client_id = 1",
        "INSERT INTO id_mappings (user_id, provision_state, marker, updated_at) VALUES (gen_random_uuid(), 'pending', 'm', now())",
        "SELECT * FROM seaql_migrations",
        "SET LOCAL ROLE portal_worker; TRUNCATE sessions",
    ];
    for sql in refused {
        let transaction = identified(&connection, Some(mallory)).await;
        let error = transaction.execute_unprepared(sql).await.unwrap_err().to_string();
        assert!(error.contains("permission denied"), "{sql}: {error}");
    }
}

/// Fails closed: the login role owns the tables, is a member of both roles, and sees nothing all the same.
async fn without_a_role_nothing_is_seen(t: Arc<TestDb>) {
    let [ada, _] = two_users(&t).await;
    let connection = t.bare().await;
    for table in OWNED.map(|(table, _)| table).into_iter().chain(["jobs", "challenges", "rate_limits"]) {
        assert_eq!(count(&connection, table).await, 0, "{table}");
    }
    // The user's name alone does not help, nor does the role alone.
    let transaction = connection.begin().await.unwrap();
    let named = format!("SELECT set_config('app.user_id', '{ada}', true)");
    transaction.execute_unprepared(&named).await.unwrap();
    let seen = count(&transaction, "jobs").await + count(&transaction, "challenges").await;
    assert_eq!(seen, 0);
    drop(transaction);
    let transaction = connection.begin().await.unwrap();
    transaction.execute_unprepared("SET LOCAL ROLE portal_app").await.unwrap();
    for (table, _) in OWNED {
        assert_eq!(count(&transaction, table).await, 0, "{table}");
    }
}

async fn a_reused_connection_has_no_identity(t: Arc<TestDb>) {
    let [ada, mallory] = two_users(&t).await;
    // The portal's own pool: its bare queries work only as the login role.
    let db = t.with_one_connection().await;
    for commit in [true, false] {
        let tx = db.as_user(ada).await.unwrap();
        assert!(tx.account().profile().await.unwrap().is_some());
        if commit {
            tx.commit().await.unwrap();
        } else {
            drop(tx);
        }
        assert!(db.privileges().await.unwrap().takes_roles);
        assert!(db.pending_migrations().await.unwrap().is_empty());
        let tx = db.as_user(mallory).await.unwrap();
        assert_eq!(tx.sessions().list().await.unwrap().len(), 1);
        assert_eq!(tx.account().profile().await.unwrap().unwrap().user_id, mallory);
    }
    db.close().await.unwrap();

    // The same on one bare connection, where the settings themselves can be read.
    let connection =
        Database::connect(ConnectOptions::new(&t.url).max_connections(1).to_owned()).await.unwrap();
    identified(&connection, Some(ada)).await.commit().await.unwrap();
    let sql = "SELECT current_user::text AS role, current_setting('app.user_id', true) AS id";
    let row =
        connection.query_one_raw(Statement::from_string(DbBackend::Postgres, sql)).await.unwrap().unwrap();
    assert_eq!(row.try_get::<String>("", "role").unwrap(), crate::support::LOGIN);
    assert_eq!(row.try_get::<Option<String>>("", "id").unwrap().unwrap_or_default(), "");
    assert_eq!(count(&connection, "users").await, 0);
}

async fn the_login_role_is_weak(t: Arc<TestDb>) {
    let expected = Privileges { superuser: false, bypass_rls: false, takes_roles: true };
    assert_eq!(t.db.privileges().await.unwrap(), expected);
}
