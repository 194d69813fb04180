use std::{sync::Arc, time::Duration};

use portal_api::store::AuditEvent;
use sea_orm::{ConnectionTrait as _, DbBackend, Statement};
use serde_json::json;

use crate::row_security::identified;
use crate::support::{TestDb, on_both_engines};

on_both_engines!(
    entries_are_kept_as_appended,
    entries_cannot_be_changed_or_deleted,
    pages_hold_own_entries_of_the_kinds_asked_for,
    own_data_is_ones_own,
);

fn event() -> AuditEvent<'static> {
    AuditEvent {
        event: "auth.login",
        outcome: "ok",
        request_id: Some("req-1"),
        detail: json!({"level": "full"}),
    }
}

async fn entries_are_kept_as_appended(t: Arc<TestDb>) {
    let ada = t.add_user("ada@example.com").await;
    let tx = t.db.as_user(ada).await.unwrap();
    tx.audit().append(&event()).await.unwrap();
    tx.commit().await.unwrap();
    let tx = t.db.as_system().await.unwrap();
    tx.audit(None).append(&AuditEvent { outcome: "refused", ..event() }).await.unwrap();
    tx.commit().await.unwrap();

    let connection = t.unguarded().await;
    let sql = "SELECT user_id, event, outcome, request_id, detail FROM audit_log ORDER BY id";
    let statement = Statement::from_string(connection.get_database_backend(), sql);
    let rows = connection.query_all_raw(statement).await.unwrap();
    let users: Vec<Option<uuid::Uuid>> = rows.iter().map(|row| row.try_get("", "user_id").unwrap()).collect();
    assert_eq!(users.iter().flatten().collect::<Vec<_>>(), [&ada.as_uuid()]);
    assert_eq!(rows.len(), 2);
    assert_eq!(rows[0].try_get::<String>("", "detail").unwrap(), r#"{"level":"full"}"#);
}

/// On Postgres no role has the privilege, and the owner is bound by row-level security; on SQLite triggers refuse.
async fn entries_cannot_be_changed_or_deleted(t: Arc<TestDb>) {
    let ada = t.add_user("ada@example.com").await;
    let tx = t.db.as_user(ada).await.unwrap();
    tx.audit().append(&event()).await.unwrap();
    tx.commit().await.unwrap();
    for sql in ["UPDATE audit_log SET outcome = 'x'", "DELETE FROM audit_log"] {
        if t.is_sqlite() {
            assert!(t.execute(sql).await.is_err(), "{sql}");
            continue;
        }
        let connection = t.bare().await;
        for user in [Some(ada), None] {
            let transaction = identified(&connection, user).await;
            assert!(transaction.execute_unprepared(sql).await.is_err(), "{sql}");
        }
        assert_eq!(connection.execute_unprepared(sql).await.unwrap().rows_affected(), 0, "{sql}");
    }
    let connection = t.unguarded().await;
    let backend = connection.get_database_backend();
    let sql = "SELECT count(*) AS n FROM audit_log WHERE outcome = 'ok'";
    let row = connection.query_one_raw(Statement::from_string(backend, sql)).await.unwrap().unwrap();
    assert_eq!(row.try_get::<i64>("", "n").unwrap(), 1);
    assert!(matches!(backend, DbBackend::Sqlite | DbBackend::Postgres));
}

async fn pages_hold_own_entries_of_the_kinds_asked_for(t: Arc<TestDb>) {
    let [ada, mallory] = [t.add_user("ada@example.com").await, t.add_user("mallory@example.com").await];
    let tx = t.db.as_system().await.unwrap();
    for number in 0..7 {
        t.clock.advance(Duration::from_secs(1));
        let event = if number % 3 == 2 { "inner.step" } else { "session.sign_in" };
        let entry = AuditEvent { event, detail: json!({ "number": number }), ..self::event() };
        tx.audit(Some(ada)).append(&entry).await.unwrap();
        tx.audit(Some(mallory))
            .append(&AuditEvent { event: "session.sign_in", ..self::event() })
            .await
            .unwrap();
    }
    tx.commit().await.unwrap();
    let tx = t.db.read_as_user(ada).await.unwrap();
    let numbers = |page: &[portal_api::store::AuditRecord]| {
        page.iter().map(|record| record.detail["number"].as_i64().unwrap()).collect::<Vec<_>>()
    };
    let first = tx.audit().page(&["session.sign_in"], None, 3).await.unwrap();
    assert_eq!(numbers(&first), [6, 4, 3]);
    let second = tx.audit().page(&["session.sign_in"], Some(first[2].id), 3).await.unwrap();
    assert_eq!(numbers(&second), [1, 0]);
    assert!(tx.audit().page(&[], None, 3).await.unwrap().is_empty());
    let newest = tx.audit().newest("inner.step", "ok").await.unwrap().unwrap();
    assert_eq!(numbers(&[newest]), [5]);
    assert!(tx.audit().newest("inner.step", "refused").await.unwrap().is_none());
}

async fn own_data_is_ones_own(t: Arc<TestDb>) {
    let [ada, mallory] = [t.add_user("ada@example.com").await, t.add_user("mallory@example.com").await];
    let connection = t.unguarded().await;
    let is_sqlite = t.is_sqlite();
    let bytes = |text: &str| {
        let hex = text.bytes().fold(String::new(), |hex, byte| hex + &format!("{byte:02x}"));
        if is_sqlite { format!("X'{hex}'") } else { format!("'\\x{hex}'::bytea") }
    };
    let id = |id: uuid::Uuid| if is_sqlite { format!("X'{}'", id.simple()) } else { format!("'{id}'") };
    let (owner, hash) = (id(ada.as_uuid()), bytes(&"h".repeat(32)));
    let time = "'2026-11-01 10:00:00+00:00'";
    let (key, device) = (id(uuid::Uuid::from_u128(7)), id(uuid::Uuid::from_u128(8)));
    let (code, used) = (id(uuid::Uuid::from_u128(9)), id(uuid::Uuid::from_u128(10)));
    let secret = bytes("secret");
    for sql in [
        format!("INSERT INTO mfa_totp VALUES ({owner}, {secret}, 0, {time}, {time})"),
        format!("INSERT INTO mfa_recovery_codes VALUES ({code}, {owner}, 'aa', 'h', {time}, NULL)"),
        format!("INSERT INTO mfa_recovery_codes VALUES ({used}, {owner}, 'bb', 'h', {time}, {time})"),
        format!("INSERT INTO passkeys VALUES ({key}, {owner}, {hash}, {secret}, {secret}, 1, {time}, NULL)"),
        format!("INSERT INTO known_devices VALUES ({device}, {owner}, {hash}, {time}, {time})"),
        format!(
            "INSERT INTO account_links VALUES ({owner}, 7, 1, 'profile,invoices', {secret}, NULL, NULL, {time})"
        ),
    ] {
        connection.execute_unprepared(&sql).await.unwrap_or_else(|error| panic!("{sql}: {error}"));
    }
    let own = t.db.read_as_user(ada).await.unwrap().own_data().await.unwrap();
    assert!(own.totp_since.is_some());
    assert_eq!((own.recovery_codes_left, own.passkeys.len(), own.devices.len()), (1, 1, 1));
    assert_eq!((own.accounts[0].client_id, own.accounts[0].owner), (7, true));
    assert!(own.passkeys[0].synced);
    let strangers = t.db.read_as_user(mallory).await.unwrap().own_data().await.unwrap();
    assert_eq!(strangers, portal_api::store::OwnData::default());
}
