//! The program from its start to its end, as a service manager sees it.

use std::collections::BTreeMap;

use crate::helpers::{Answer, PASSWORD, TestApp, on_both_engines, program};

on_both_engines!(a_request_in_hand_is_answered_before_the_end);

/// The same installation with time to end what it has begun.
fn patient(app: &TestApp) -> BTreeMap<String, String> {
    let mut variables = app.variables.clone();
    variables.insert("PORTAL_SHUTDOWN_SECONDS".to_owned(), "20".to_owned());
    variables
}

async fn a_request_in_hand_is_answered_before_the_end(app: &TestApp) {
    let ada = app.signed_in("ada@example.com").await;
    let serving = program::Serving::start(&patient(app));
    for probe in ["/livez", "/readyz"] {
        let answer = Answer::of(app.http.get(format!("{}{probe}", serving.base)).send().await.unwrap()).await;
        assert_eq!(answer.status, 204, "{probe}");
    }
    let there = app.browser().at(&serving.base);
    there.log_in("ada@example.com", PASSWORD).await.expect(200);
    app.hold("whmcs", "GetInvoice", 1500).await;

    let (answer, ()) = futures::join!(there.get("/api/invoices/7"), async {
        app.until_faults_are_drawn().await;
        serving.ask_to_stop();
    });
    assert_eq!(answer.expect(200).json()["data"]["id"], 7);
    let (code, log) = serving.ended();
    assert_eq!(code, Some(0), "{log}");
    assert!(!log.contains("\"level\":\"ERROR\""), "{log}");
    ada.get("/api/me").await.expect(200);
}
