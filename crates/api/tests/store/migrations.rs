use std::sync::Arc;

use portal_api::store::StoreError;
use sea_orm::{ConnectionTrait as _, Statement};

use crate::support::{self, KEY_ONE, TestDb, on_both_engines, on_postgres_only};

on_both_engines!(each_migration_goes_down_and_up_again, migrating_twice_or_in_parallel_changes_nothing);
on_postgres_only!(
    a_schema_in_the_url_is_honoured,
    without_the_privilege_the_sql_for_an_administrator_is_given
);

/// Everything that the migrations made, as text.
async fn schema(t: &TestDb) -> Vec<String> {
    let sql = if t.is_sqlite() {
        "SELECT sql AS line FROM sqlite_master WHERE sql IS NOT NULL AND tbl_name <> 'seaql_migrations' ORDER BY name"
    } else {
        "SELECT line FROM (
            SELECT concat_ws(' ', table_name, column_name, data_type, is_nullable, column_default) AS line
              FROM information_schema.columns WHERE table_schema = 'public'
            UNION ALL SELECT indexdef FROM pg_indexes WHERE schemaname = 'public'
            UNION ALL SELECT concat_ws(' ', tablename, policyname, roles, cmd, qual, with_check) FROM pg_policies
            UNION ALL SELECT concat_ws(' ', conrelid::regclass, conname, pg_get_constraintdef(oid))
              FROM pg_constraint WHERE connamespace = 'public'::regnamespace
            UNION ALL SELECT concat_ws(' ', table_name, grantee, privilege_type)
              FROM information_schema.role_table_grants WHERE table_schema = 'public'
         ) AS lines WHERE line NOT LIKE '%seaql_migrations%' ORDER BY line"
    };
    let connection = t.unguarded().await;
    let statement = Statement::from_string(connection.get_database_backend(), sql);
    let rows = connection.query_all_raw(statement).await.unwrap();
    rows.iter().map(|row| row.try_get("", "line").unwrap()).collect()
}

async fn each_migration_goes_down_and_up_again(t: Arc<TestDb>) {
    let whole = schema(&t).await;
    assert!(t.db.pending_migrations().await.unwrap().is_empty());
    // Rows must not stand in the way of a step down.
    let ada = t.add_user("ada@example.com").await;
    t.add_session(ada).await;
    let mut smaller = whole.clone();
    let count = migrations::count();
    for pending in 1..=count {
        t.db.roll_back(1).await.unwrap();
        assert_eq!(t.db.pending_migrations().await.unwrap().len(), pending);
        let now = schema(&t).await;
        // A migration may change what an earlier one made, so the lines of before need not be a part of those of after.
        assert!(now.len() <= smaller.len() && now != smaller, "{pending} deep");
        t.db.migrate().await.unwrap();
        assert_eq!(schema(&t).await, whole, "down and up, {pending} deep");
        t.db.roll_back(u32::try_from(pending).unwrap()).await.unwrap();
        smaller = now;
    }
    assert!(smaller.is_empty(), "{smaller:?}");
}

async fn migrating_twice_or_in_parallel_changes_nothing(t: Arc<TestDb>) {
    let whole = schema(&t).await;
    t.db.roll_back(u32::try_from(migrations::count()).unwrap()).await.unwrap();
    let tasks = (0..4).map(|_| {
        let t = Arc::clone(&t);
        tokio::spawn(async move { t.with_keys(KEY_ONE).await.migrate().await })
    });
    for migrated in futures::future::join_all(tasks).await {
        migrated.unwrap().unwrap();
    }
    t.db.migrate().await.unwrap();
    assert_eq!(schema(&t).await, whole);
}

async fn a_schema_in_the_url_is_honoured(t: Arc<TestDb>) {
    let url = format!("{}?schema=Customer_portal", t.url);
    let db = support::connect(&url, KEY_ONE, 2, &t.clock, &t.random).await;
    assert_eq!(db.pending_migrations().await.unwrap().len(), migrations::count());
    db.migrate().await.unwrap();
    assert!(db.pending_migrations().await.unwrap().is_empty());
    let user = t.new_user("ada@example.com");
    let tx = db.as_system().await.unwrap();
    tx.users().insert(&user).await.unwrap();
    tx.commit().await.unwrap();
    let tx = db.read_as_user(user.id).await.unwrap();
    assert!(tx.account().profile().await.unwrap().is_some());
    drop(tx);
    // The other schema of the same database has no such user.
    let tx = t.db.read_as_user(user.id).await.unwrap();
    assert!(tx.account().profile().await.unwrap().is_none());
    drop(tx);
    db.close().await.unwrap();
}

async fn without_the_privilege_the_sql_for_an_administrator_is_given(t: Arc<TestDb>) {
    let admin = support::server().unwrap();
    let name = support::database_name();
    support::create_database(&admin, &name, &name).await;
    t.execute(&format!("ALTER ROLE {name} NOCREATEROLE")).await.unwrap();
    let url = support::with_login(&admin, &name, &name);
    let db = support::connect(&url, KEY_ONE, 2, &t.clock, &t.random).await;

    let error = db.migrate().await.unwrap_err();
    let StoreError::RolesNeedAdmin { sql } = error else { panic!("{error:?}") };
    assert!(!db.privileges().await.unwrap().takes_roles);
    let mut admin_here = admin.clone();
    admin_here.set_path(&name);
    let connection = sea_orm::Database::connect(admin_here.as_str()).await.unwrap();
    connection.execute_unprepared(&sql).await.unwrap();
    connection.close().await.unwrap();
    db.migrate().await.unwrap();
    assert!(db.privileges().await.unwrap().takes_roles);
    assert!(db.as_system().await.is_ok());
    db.close().await.unwrap();

    support::drop_database(&admin, &name).await;
    t.execute(&format!("DROP ROLE {name}")).await.unwrap();
}
