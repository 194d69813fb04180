//! Acting for several accounts: what WHMCS permits is what the portal permits, and one account never shows in another.

use std::time::Duration;

use futures::future::join_all;
use serde_json::{Value, json};

use crate::helpers::{Answer, Browser, NEW_PASSWORD, TestApp, new_key, on_both_engines};

on_both_engines!(
    linus_acts_for_three_accounts,
    a_guest_may_do_what_whmcs_permits,
    without_a_word_about_permissions_a_guest_may_do_nothing,
    what_whmcs_takes_away_is_gone,
    rights_that_cannot_be_confirmed_hold_a_quarter_of_an_hour,
    an_account_never_shows_in_another,
    a_switch_holds_on_every_replica_at_once,
    accounts_of_others_are_like_none,
    a_person_with_one_account_has_nothing_to_switch,
    another_address_at_whmcs_is_no_loss,
);

const KERNEL: u64 = sandbox::demo::LINUS_CLIENTS[0];
const TUX: u64 = sandbox::demo::LINUS_CLIENTS[1];
const MOOMIN: u64 = sandbox::demo::TOVE_CLIENT;

fn data(answer: &Answer) -> Value {
    answer.json()["data"].clone()
}

/// The numbers of the accounts, and the one that is acted for.
async fn accounts(browser: &Browser<'_>) -> (Vec<u64>, u64) {
    let list = data(&browser.get("/api/me/accounts").await.expect(200));
    let list = list.as_array().unwrap();
    let number = |account: &Value| account["client_id"].as_u64().unwrap();
    let current: Vec<_> = list.iter().filter(|account| account["current"] == true).map(number).collect();
    assert_eq!(current.len(), 1, "{list:?}");
    (list.iter().map(number).collect(), current[0])
}

async fn permit(app: &TestApp, permissions: &str) {
    let (user, client) = (sandbox::demo::LINUS.to_string(), MOOMIN.to_string());
    let parameters =
        [("user_id", user.as_str()), ("client_id", client.as_str()), ("permissions", permissions)];
    app.whmcs("UpdateUserPermissions", &parameters).await;
}

async fn throw_out(app: &TestApp) {
    let (user, client) = (sandbox::demo::LINUS.to_string(), MOOMIN.to_string());
    app.whmcs("DeleteUserClient", &[("user_id", user.as_str()), ("client_id", client.as_str())]).await;
}

async fn linus_acts_for_three_accounts(app: &TestApp) {
    let linus = app.linked("linus@example.com", KERNEL).await;
    assert_eq!(accounts(&linus).await, (vec![KERNEL, TUX, MOOMIN], KERNEL));
    let session = data(&linus.get("/api/auth/session").await);
    assert_eq!((&session["account"]["client_id"], &session["can_switch"]), (&json!(KERNEL), &json!(true)));

    let switched = data(&linus.switch_to(TUX).await.expect(200));
    assert_eq!(switched["account"]["name"], "Tux Ltd");
    assert_eq!(switched["account"]["owner"], true);
    assert_eq!(accounts(&linus).await.1, TUX);
    let me = data(&linus.get("/api/me").await);
    assert_eq!(
        (&me["email"], &me["billing"]["data"]["currency"]),
        (&json!("linus@example.com"), &json!("EUR"))
    );

    let switched = data(&linus.switch_to(MOOMIN).await.expect(200));
    assert_eq!(switched["account"]["owner"], false);
    assert_eq!(switched["account"]["permissions"], json!(["services", "invoices"]));
    app.run_jobs().await;
    let ledger = app.ledger().await;
    let keys: Vec<_> = ledger["salesforce"]["records"]
        .as_array()
        .unwrap()
        .iter()
        .filter_map(|record| record["fields"]["WHMCS_Contact_Id__c"].as_str())
        .filter(|key| key.ends_with(&format!("-{}", sandbox::demo::LINUS)))
        .collect();
    for client in [KERNEL, TUX, MOOMIN] {
        let key = format!("{client}-{}", sandbox::demo::LINUS);
        assert_eq!(keys.iter().filter(|found| **found == key).count(), 1, "{keys:?}");
    }
    // Another browser of the same person begins at the own account.
    let other = app.browser();
    let session = data(&other.log_in("linus@example.com", NEW_PASSWORD).await.expect(200));
    assert_eq!(session["account"]["client_id"], KERNEL);
    assert_eq!(accounts(&linus).await.1, MOOMIN);
    linus.switch_to(KERNEL).await.expect(200);
    assert_eq!(accounts(&linus).await.1, KERNEL);
}

/// Each route and the permission of WHMCS that it takes. An invoice of Tove's, for those that need one.
async fn routes(app: &TestApp, linus: &Browser<'_>, invoice: u64, granted: &[&str]) {
    let expect = |permission: &str| if granted.contains(&permission) { 200 } else { 403 };
    let check = |answer: Answer, permission: &str| {
        if expect(permission) == 403 {
            answer.expect_problem(403, "auth.forbidden");
        } else {
            answer.expect(200);
        }
    };
    check(linus.get_fresh("/api/invoices").await, "invoices");
    check(linus.get_fresh(&format!("/api/invoices/{invoice}")).await, "invoices");
    let link = json!({ "purpose": "view" });
    let path = format!("/api/invoices/{invoice}/sso-link");
    check(linus.post_with_key(&path, &new_key(), &link).await, "invoices");
    let state = |permission| if expect(permission) == 200 { "ready" } else { "not_allowed" };
    let me = data(&linus.get_fresh("/api/me").await.expect(200));
    assert_eq!(me["billing"]["state"], state("profile"), "{granted:?}");
    app.run_jobs().await;
    let summary = data(&linus.get_fresh("/api/me/summary").await.expect(200));
    assert_eq!(summary["billing"]["state"], state("invoices"), "{granted:?}");
    assert_eq!(summary["services"]["state"], state("products"), "{granted:?}");
    assert_eq!(summary["support"]["state"], state("tickets"), "{granted:?}");
}

async fn toves_invoice(app: &TestApp) -> u64 {
    let invoice = json!({ "client_id": MOOMIN, "lines": [{ "description": "Island", "amount": "77.00" }] });
    app.control("invoices", invoice).await["id"].as_u64().unwrap()
}

async fn a_guest_may_do_what_whmcs_permits(app: &TestApp) {
    let invoice = toves_invoice(app).await;
    let linus = app.linked("linus@example.com", KERNEL).await;
    for granted in ["products,invoices", "profile,tickets", "orders", "invoices,emails,quotes"] {
        permit(app, granted).await;
        linus.switch_to(MOOMIN).await.expect(200);
        routes(app, &linus, invoice, &granted.split(',').collect::<Vec<_>>()).await;
    }
    // The owner of the account may do everything.
    linus.switch_to(KERNEL).await.expect(200);
    let summary = data(&linus.get("/api/me/summary").await);
    for part in ["billing", "services", "support"] {
        assert_eq!(summary[part]["state"], "ready", "{part}");
    }
}

async fn without_a_word_about_permissions_a_guest_may_do_nothing(app: &TestApp) {
    let invoice = toves_invoice(app).await;
    app.control("config", json!({ "user_permissions": "absent" })).await;
    let linus = app.linked("linus@example.com", KERNEL).await;
    let session = data(&linus.switch_to(MOOMIN).await.expect(200));
    assert_eq!(session["account"]["permissions"], json!([]));
    routes(app, &linus, invoice, &[]).await;
    assert_eq!(data(&linus.switch_to(TUX).await.expect(200))["account"]["owner"], true);
    linus.get("/api/invoices").await.expect(200);
}

async fn what_whmcs_takes_away_is_gone(app: &TestApp) {
    let invoice = toves_invoice(app).await;
    let linus = app.linked("linus@example.com", KERNEL).await;
    linus.switch_to(MOOMIN).await.expect(200);
    app.run_jobs().await;
    linus.get(&format!("/api/invoices/{invoice}")).await.expect(200);
    throw_out(app).await;
    // In use all the time. The portal asks again by itself, and no later than after a quarter of an hour nothing is shown.
    app.advance(Duration::from_mins(11)).await;
    linus.get(&format!("/api/invoices/{invoice}")).await.expect(200);
    app.run_jobs().await;
    linus.get(&format!("/api/invoices/{invoice}")).await.expect_problem(404, "not_found");
    assert_eq!(accounts(&linus).await, (vec![KERNEL, TUX], KERNEL));
    linus.switch_to(MOOMIN).await.expect_problem(404, "not_found");
    let session = data(&linus.get("/api/auth/session").await);
    assert_eq!(session["account"]["client_id"], KERNEL);

    // A switch asks at once.
    linus.switch_to(TUX).await.expect(200);
    app.run_jobs().await;
}

async fn rights_that_cannot_be_confirmed_hold_a_quarter_of_an_hour(app: &TestApp) {
    let linus = app.linked("linus@example.com", KERNEL).await;
    linus.switch_to(MOOMIN).await.expect(200);
    app.run_jobs().await;
    linus.get("/api/invoices").await.expect(200);
    app.cut_upstreams().await;
    app.advance(Duration::from_mins(14)).await;
    linus.get("/api/invoices").await.expect(200);
    linus.switch_to(TUX).await.expect(503);
    app.advance(Duration::from_mins(2)).await;
    linus.get("/api/invoices").await.expect_problem(503, "upstream.unavailable");
    let summary = data(&linus.get("/api/me/summary").await.expect(200));
    assert_eq!(summary["billing"]["state"], "unavailable");
    app.clear_faults().await;
    app.advance(Duration::from_mins(1)).await;
    app.run_jobs().await;
    linus.get("/api/invoices").await.expect(200);
}

async fn an_account_never_shows_in_another(app: &TestApp) {
    let mine = |client: u64, text: &str| json!({ "client_id": client, "lines": [{ "description": text, "amount": "11.00" }] });
    let kernel = app.control("invoices", mine(KERNEL, "kernel work")).await["id"].as_u64().unwrap();
    let tux = app.control("invoices", mine(TUX, "penguin food")).await["id"].as_u64().unwrap();
    let linus = app.linked("linus@example.com", KERNEL).await;
    let others = app.replica().await;
    for round in 0..4 {
        for (client, own, foreign, company, other_company) in
            [(KERNEL, kernel, tux, "Kernel Works", "Tux Ltd"), (TUX, tux, kernel, "Tux Ltd", "Kernel Works")]
        {
            linus.switch_to(client).await.expect(200);
            app.run_jobs().await;
            let elsewhere = linus.at(&others.base);
            for browser in [&linus, &elsewhere] {
                let paths = ["/api/invoices", "/api/me", "/api/me/summary", "/api/auth/session"];
                let answers = join_all(paths.iter().map(|path| browser.get(path))).await;
                for (path, answer) in paths.iter().zip(answers) {
                    let text = String::from_utf8_lossy(&answer.expect(200).body).into_owned();
                    let foreign = format!("\"id\":{foreign},");
                    assert!(
                        !text.contains(&foreign) && !text.contains(other_company),
                        "{round} {path}: {text}"
                    );
                }
                assert!(String::from_utf8_lossy(&browser.get("/api/me").await.body).contains(company));
                browser.get(&format!("/api/invoices/{own}")).await.expect(200);
                browser.get(&format!("/api/invoices/{foreign}")).await.expect_problem(404, "not_found");
            }
        }
        app.advance(Duration::from_secs([0, 1, 100, 1][round])).await;
    }
    others.stop().await;
}

async fn a_switch_holds_on_every_replica_at_once(app: &TestApp) {
    let linus = app.linked("linus@example.com", KERNEL).await;
    let other = app.replica().await;
    let elsewhere = linus.at(&other.base);
    for client in [TUX, KERNEL, TUX] {
        linus.switch_to(client).await.expect(200);
        let session = data(&elsewhere.get("/api/auth/session").await);
        assert_eq!(session["account"]["client_id"], client);
    }
    other.stop().await;
    app.run_jobs().await;
}

async fn accounts_of_others_are_like_none(app: &TestApp) {
    let linus = app.linked("linus@example.com", KERNEL).await;
    let mut refusals = Vec::new();
    for client in [sandbox::demo::ADA_CLIENT, 0, 987_654, u64::MAX] {
        let answer = linus.switch_to(client).await.expect_problem(404, "not_found");
        let mut body = answer.json();
        body.as_object_mut().unwrap().remove("instance");
        refusals.push(body);
    }
    assert!(refusals.iter().all(|refusal| *refusal == refusals[0]), "{refusals:?}");
    assert_eq!(accounts(&linus).await.1, KERNEL);
    // A closed account cannot be acted for.
    let (_, closed) = app.person(json!({ "email": "closed@example.com" })).await;
    app.whmcs("CloseClient", &[("clientid", closed.to_string().as_str())]).await;
    linus.switch_to(closed).await.expect_problem(404, "not_found");
}

async fn a_person_with_one_account_has_nothing_to_switch(app: &TestApp) {
    let ada = app.signed_in("ada@example.com").await;
    assert_eq!(accounts(&ada).await, (vec![sandbox::demo::ADA_CLIENT], sandbox::demo::ADA_CLIENT));
    let asked = app.calls("whmcs", "GetUsers").await;
    assert_eq!(accounts(&ada).await.0.len(), 1);
    assert_eq!(app.calls("whmcs", "GetUsers").await, asked, "what was said a moment ago is not asked again");
    ada.switch_to(sandbox::demo::ADA_CLIENT).await.expect(200);
    assert_eq!(data(&ada.get("/api/auth/session").await)["can_switch"], false);

    let hedy = app.browser();
    hedy.become_customer("hedy@example.com").await.expect(200);
    assert_eq!(data(&hedy.get("/api/me/accounts").await.expect(200)), json!([]));
    hedy.switch_to(1).await.expect_problem(409, "conflict.account_not_ready");
    app.run_jobs().await;
}

async fn another_address_at_whmcs_is_no_loss(app: &TestApp) {
    let linus = app.linked("linus@example.com", KERNEL).await;
    linus.get("/api/invoices").await.expect(200);
    // The user is found by the account, not by the address.
    let linus_id = sandbox::demo::LINUS.to_string();
    app.whmcs("UpdateUser", &[("user_id", linus_id.as_str()), ("email", "torvalds@example.com")]).await;
    app.advance(Duration::from_mins(16)).await;
    linus.log_in("linus@example.com", NEW_PASSWORD).await.expect(200);
    app.run_jobs().await;
    assert_eq!(accounts(&linus).await, (vec![KERNEL, TUX, MOOMIN], KERNEL));
    linus.get("/api/invoices").await.expect(200);
}
