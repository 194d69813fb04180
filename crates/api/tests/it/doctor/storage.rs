//! What can be wrong with database and Redis.

use super::{examine, examine_with};
use crate::{
    config::production,
    helpers::{TestApp, on_both_engines, on_postgres, with_settings},
};

on_both_engines!(pending_migrations_are_told);

/// Nothing of production's upstreams is there, which is wrong as well.
fn storage_states(found: &super::Examined) -> Vec<String> {
    found.in_state("wrong").into_iter().filter(|name| name.starts_with("database")).collect()
}

async fn pending_migrations_are_told(app: &TestApp) {
    let mut variables = production(app);
    variables.insert("DATABASE_URL".to_owned(), app.empty_database_url());
    let found = examine_with(&variables, &[]);
    if app.has_redis() {
        assert_eq!(storage_states(&found), ["database.schema"]);
        assert!(found.words("database.schema").contains("portal migrate"));
        assert_eq!(found.state("database.version"), "ok");
    } else {
        // Looking makes no file.
        assert_eq!(storage_states(&found), ["database.reach"]);
        let path = app.empty_database_url().replace("sqlite:", "");
        assert!(!std::path::Path::new(&path).exists());
    }
}

#[actix_web::test]
async fn a_role_that_bypasses_row_level_security_is_wrong_in_production() {
    on_postgres(async |app| {
        let superuser = app.superuser_url().unwrap();
        let mut variables = production(app);
        variables.insert("DATABASE_URL".to_owned(), superuser.clone());
        let found = examine_with(&variables, &[]);
        assert_eq!(storage_states(&found), ["database.role"]);
        assert!(found.words("database.role").contains("NOBYPASSRLS"));
        let found = examine(app, &[("DATABASE_URL", &superuser)]);
        found.expect_wrong(&[]);
        assert_eq!(found.state("database.role"), "warning");

        let url = app.variables["DATABASE_URL"].replace(":test@", ":another@");
        let absent = app.variables["DATABASE_URL"].replace("portal_it_", "absent_");
        let found = examine(app, &[("DATABASE_URL", &absent)]);
        found.expect_wrong(&["database.reach"]);
        assert!(
            found.words("database.reach").contains("CREATE DATABASE"),
            "{}",
            found.words("database.reach")
        );
        // Whether passwords are asked for is the test server's own affair.
        let refused = examine(app, &[("DATABASE_URL", &url)]);
        assert!(
            refused.in_state("wrong").is_empty() || refused.words("database.reach").contains("pg_hba.conf")
        );
    })
    .await;
}

#[actix_web::test]
async fn a_redis_or_postgres_that_is_not_there_is_told() {
    with_settings(&[], async |app| {
        let found = examine(
            app,
            &[("REDIS_URL", "redis://127.0.0.1:1"), ("DATABASE_URL", "postgres://portal@127.0.0.1:1/portal")],
        );
        found.expect_wrong(&["database.reach", "redis.reach"]);
        for name in ["database.schema", "database.role", "redis.version", "redis.eviction"] {
            assert_eq!(found.state(name), "not_checked");
        }
    })
    .await;
}
