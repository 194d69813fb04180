//! Nothing that is secret, nobody's data and no words of another system in what the doctor prints, whatever goes wrong.

use serde_json::json;

use super::{changed, said};
use crate::helpers::{TestApp, program, with_settings};

const CANARIES: &[(&str, &str)] = &[
    ("WHMCS_API_SECRET", "canary-whmcs-secret"),
    ("WHMCS_ACCESS_KEY", "canary-access-key"),
    ("SF_USERNAME", "canary-user@example.com"),
    ("SF_CLIENT_ID", "canary-consumer-key"),
    ("PORTAL_MAIL_URL", "smtp://canary-user:canary-password@127.0.0.1:1"),
    ("REDIS_URL", "redis://:canary-redis@127.0.0.1:1"),
    ("DATABASE_URL", "postgres://portal:canary-database@127.0.0.1:1/portal"),
];

/// People and things of the sandbox, and what was planted.
const FORBIDDEN: &[&str] = &[
    "canary",
    "ada@example.com",
    "lovelace",
    "mallory",
    sandbox::demo::SECRET,
    sandbox::demo::IDENTIFIER,
    sandbox::demo::SF_CLIENT_ID,
    sandbox::demo::SF_USERNAME,
    "BEGIN PRIVATE KEY",
    "Bearer",
];

fn look(app: &TestApp, changes: &[(&str, &str)]) {
    let mut changes = changes.to_vec();
    changes.push(("PORTAL_LOG", "trace"));
    let variables = changed(app, &changes);
    for arguments in [&["doctor"][..], &["doctor", "--json", "--write-checks"]] {
        let output = program::run(arguments, &variables);
        let said = said(&output);
        assert!(said.contains("whmcs.reach"), "{said}");
        for word in FORBIDDEN {
            assert!(!said.to_lowercase().contains(&word.to_lowercase()), "{word} in {said}");
        }
    }
}

#[actix_web::test]
async fn secrets_and_other_systems_words_stay_out() {
    with_settings(&[], async |app| {
        look(app, &[]);
        for one in CANARIES {
            look(app, &[*one]);
        }
        let words = "canary: Ada Lovelace, ada@example.com";
        for kind in ["error", "forbidden", "did_then_failed", "html"] {
            for target in ["whmcs", "salesforce"] {
                app.fault(json!({ "target": target, "action": "*", "kind": kind, "message": words })).await;
            }
            look(app, &[]);
            app.clear_faults().await;
        }
        // Past the login, each description is refused in words.
        for action in ["describe", "query"] {
            app.fault(json!({ "target": "salesforce", "action": action, "kind": "error", "message": words, "code": "INSUFFICIENT_ACCESS" }))
                .await;
        }
        look(app, &[]);
    })
    .await;
}
