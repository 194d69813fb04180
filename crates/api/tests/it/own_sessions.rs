//! `GET /api/me/sessions`, and ending them.

use serde_json::Value;

use crate::helpers::{Browser, PASSWORD, TestApp, eventually, on_both_engines};

on_both_engines!(
    asvs_7_5_2_sessions_are_listed,
    asvs_7_5_2_one_session_is_ended,
    asvs_7_5_2_all_others_are_ended,
    asvs_8_2_2_somebody_elses_session_is_not_found,
    a_session_ends_on_other_replicas,
);

const ADA: &str = "ada@example.com";

async fn sessions(browser: &Browser<'_>) -> Vec<Value> {
    browser.get("/api/me/sessions").await.expect(200).json()["data"].as_array().unwrap().clone()
}

async fn own_id(browser: &Browser<'_>) -> String {
    let own = sessions(browser).await.into_iter().find(|session| session["current"] == true).unwrap();
    own["id"].as_str().unwrap().to_owned()
}

async fn another<'a>(app: &'a TestApp, email: &str) -> Browser<'a> {
    let browser = app.browser();
    browser.log_in(email, PASSWORD).await.expect(200);
    browser
}

async fn asvs_7_5_2_sessions_are_listed(app: &TestApp) {
    let first = app.signed_in(ADA).await;
    app.advance(std::time::Duration::from_secs(90)).await;
    let second = another(app, ADA).await;
    app.signed_in("mallory@example.com").await;
    let listed = sessions(&second).await;
    assert_eq!(listed.len(), 2, "{listed:?}");
    assert_eq!((&listed[0]["current"], &listed[1]["current"]), (&true.into(), &false.into()), "newest first");
    assert_eq!(listed[0]["network"], "127.0.0.1");
    let members: Vec<&String> = listed[0].as_object().unwrap().keys().collect();
    assert_eq!(members, ["created_at", "current", "device", "id", "last_seen", "network"]);
    assert_eq!(sessions(&first).await.iter().filter(|session| session["current"] == true).count(), 1);
}

async fn asvs_7_5_2_one_session_is_ended(app: &TestApp) {
    let first = app.signed_in(ADA).await;
    let second = another(app, ADA).await;
    second.get("/api/me").await.expect(200);
    let id = own_id(&second).await;
    first.delete(&format!("/api/me/sessions/{id}")).await.expect(204);
    second.get("/api/me").await.expect_problem(401, "auth.required");
    assert_eq!(sessions(&first).await.len(), 1);
    first.delete(&format!("/api/me/sessions/{id}")).await.expect_problem(404, "not_found");
    // The one that asks: out at once, and the cookie is gone.
    let own = own_id(&first).await;
    let thief = first.copy();
    first.delete(&format!("/api/me/sessions/{own}")).await.expect(204);
    assert!(first.cookies().keys().all(|name| !name.contains("session")));
    thief.get("/api/me").await.expect_problem(401, "auth.required");
    let back = another(app, ADA).await;
    let activity = back.get("/api/me/activity").await.json();
    let ended = activity["data"].as_array().unwrap().iter().filter(|line| line["event"] == "session.revoke");
    assert_eq!(ended.count(), 2, "{activity}");
}

async fn asvs_7_5_2_all_others_are_ended(app: &TestApp) {
    let first = app.signed_in(ADA).await;
    let others = [another(app, ADA).await, another(app, ADA).await];
    let mallory = app.signed_in("mallory@example.com").await;
    for browser in others.iter().chain([&mallory]) {
        browser.get("/api/me").await.expect(200);
    }
    first.delete("/api/me/sessions").await.expect(204);
    for browser in &others {
        browser.get("/api/me").await.expect_problem(401, "auth.required");
    }
    for browser in [&first, &mallory] {
        browser.get("/api/me").await.expect(200);
    }
    first.delete("/api/me/sessions").await.expect(204);
    assert_eq!(sessions(&first).await.len(), 1);
}

async fn asvs_8_2_2_somebody_elses_session_is_not_found(app: &TestApp) {
    let ada = app.signed_in(ADA).await;
    let mallory = app.signed_in("mallory@example.com").await;
    let foreign = own_id(&ada).await;
    let unknown = "019a0000-0000-7000-8000-000000000000";
    let answers = [
        mallory.delete(&format!("/api/me/sessions/{foreign}")).await.expect_problem(404, "not_found"),
        mallory.delete(&format!("/api/me/sessions/{unknown}")).await.expect_problem(404, "not_found"),
    ];
    let plain = |answer: &crate::helpers::Answer| {
        let mut problem = answer.json();
        problem["instance"] = Value::Null;
        problem
    };
    assert_eq!(plain(&answers[0]), plain(&answers[1]));
    mallory.delete("/api/me/sessions/nonsense").await.expect_problem(404, "not_found");
    ada.get("/api/me").await.expect(200);
}

async fn a_session_ends_on_other_replicas(app: &TestApp) {
    let first = app.signed_in(ADA).await;
    let second = another(app, ADA).await;
    let replica = app.replica().await;
    let elsewhere = second.at(&replica.base);
    elsewhere.get("/api/me").await.expect(200);
    let id = own_id(&second).await;
    first.delete(&format!("/api/me/sessions/{id}")).await.expect(204);
    if app.has_redis() {
        eventually("the other replica has heard of it", async || {
            elsewhere.get("/api/me").await.status == 401
        })
        .await;
    }
    replica.stop().await;
}
