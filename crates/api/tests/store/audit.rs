use std::sync::Arc;

use portal_api::store::AuditEvent;
use sea_orm::{ConnectionTrait as _, DbBackend, Statement};
use serde_json::json;

use crate::row_security::identified;
use crate::support::{TestDb, on_both_engines};

on_both_engines!(entries_are_kept_as_appended, entries_cannot_be_changed_or_deleted);

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
