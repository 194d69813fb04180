//! Changing the name and the billing details: both systems behind follow, whatever fails in between, and the answer says how far it came.

use std::time::Duration;

use serde_json::{Value, json};

use crate::helpers::{Answer, Browser, TestApp, eventually, new_key, on_both_engines, with_settings};

on_both_engines!(
    a_name_reaches_the_login_and_the_contact,
    billing_details_reach_whmcs_and_salesforce,
    members_that_are_left_out_stay,
    what_whmcs_did_before_it_failed_counts_as_saved,
    without_an_answer_the_job_looks_before_it_sends_again,
    whmcs_down_loses_nothing,
    salesforce_down_loses_nothing,
    a_rule_of_support_is_told_and_not_tried_again,
    a_refused_field_is_named_and_nothing_changes,
    a_refusal_without_a_field_is_final,
    a_refused_change_leaves_the_earlier_one_open,
    a_later_change_wins_over_a_pending_one,
    what_arrives_late_does_not_win_over_what_came_later,
    a_role_that_may_not_write_is_waited_for,
    an_emptied_field_that_stays_filled_is_told,
    asvs_15_3_3_nothing_but_the_listed_members_can_be_changed,
    a_region_must_be_of_the_country,
    a_change_on_its_way_is_sealed,
    parallel_changes_are_all_kept,
    a_change_made_while_another_is_sent_follows_it,
    a_replica_that_dies_while_sending_loses_nothing,
);

const SETTLED: Duration = Duration::from_secs(91);

async fn patch(browser: &Browser<'_>, path: &str, body: &Value) -> Answer {
    browser.patch_with_key(path, &new_key(), body).await
}

async fn patch_billing(browser: &Browser<'_>, body: &Value) -> Answer {
    patch(browser, "/api/me/billing", body).await
}

/// `billing` and `support` of an answer.
fn states(answer: &Answer) -> (String, String) {
    let data = &answer.json()["data"];
    let word = |name: &str| data[name].as_str().unwrap().to_owned();
    (word("billing"), word("support"))
}

fn words(billing: &str, support: &str) -> (String, String) {
    (billing.to_owned(), support.to_owned())
}

/// The records of a table of WHMCS with an address: one.
async fn record(app: &TestApp, table: &str, email: &str) -> Value {
    let ledger = app.ledger().await;
    let rows = ledger["whmcs"][table].as_object().unwrap();
    let mut found = rows.values().filter(|row| row["email"] == email);
    let (row, none) = (found.next().unwrap().clone(), found.next());
    assert!(none.is_none());
    row
}

async fn client(app: &TestApp) -> Value {
    record(app, "clients", "ada@example.com").await
}

/// The fields of the Salesforce record with a key.
async fn support_record(app: &TestApp, object: &str, key: &str, value: &str) -> Value {
    let ledger = app.ledger().await;
    let records = ledger["salesforce"]["records"].as_array().unwrap();
    let found: Vec<&Value> =
        records.iter().filter(|record| record["type"] == object && record["fields"][key] == value).collect();
    assert_eq!(found.len(), 1, "{object} {value}");
    found[0]["fields"].clone()
}

async fn account_of_ada(app: &TestApp) -> Value {
    let id = client(app).await["id"].to_string();
    support_record(app, "Account", "WHMCS_Client_Id__c", &id).await
}

async fn contact_of_ada(app: &TestApp) -> Value {
    let client = client(app).await;
    let key = format!("{}-{}", client["id"], client["owner_user_id"]);
    support_record(app, "Contact", "WHMCS_Contact_Id__c", &key).await
}

async fn fault(app: &TestApp, target: &str, action: &str, mut fault: Value) {
    fault["target"] = json!(target);
    fault["action"] = json!(action);
    app.fault(fault).await;
}

/// Works on what is due, and after the time to settle on what waits for that.
async fn settle(app: &TestApp) {
    app.run_jobs().await;
    app.advance(SETTLED).await;
    app.run_jobs().await;
}

/// Works on what is left, some time after an outage: the portal spares a system for some seconds that has failed often.
async fn recover(app: &TestApp) {
    app.clear_faults().await;
    eventually("everything is where it should be", async || {
        app.advance(Duration::from_mins(1)).await;
        app.run_jobs().await;
        app.due_jobs().await == 0
    })
    .await;
}

async fn a_name_reaches_the_login_and_the_contact(app: &TestApp) {
    let ada = app.signed_in("ada@example.com").await;
    let mallory = record(app, "users", "mallory@example.com").await;
    let answer = patch(&ada, "/api/me", &json!({ "last_name": " King & Noël " })).await.expect(200);
    assert_eq!(states(&answer), words("saved", "saved"));
    let value = &answer.json()["data"]["value"];
    assert_eq!((&value["first_name"], &value["last_name"]), (&json!("Ada"), &json!("King & Noël")));
    assert_eq!(value["billing"]["data"]["last_name"], "Lovelace", "the name on invoices is another one");
    assert_eq!(ada.get("/api/me").await.json()["data"]["last_name"], "King & Noël");
    assert_eq!(ada.get("/api/auth/session").await.json()["data"]["user"]["last_name"], "King & Noël");
    let login = record(app, "users", "ada@example.com").await;
    assert_eq!((&login["first_name"], &login["last_name"]), (&json!("Ada"), &json!("King &amp; Noël")));
    assert_eq!(contact_of_ada(app).await["LastName"], "King & Noël");
    assert_eq!(account_of_ada(app).await["Name"], "Lovelace & Daughters");
    assert_eq!(record(app, "users", "mallory@example.com").await, mallory);
    app.run_jobs().await;
    assert_eq!(app.calls("whmcs", "UpdateUser").await, 1);
}

async fn billing_details_reach_whmcs_and_salesforce(app: &TestApp) {
    let ada = app.signed_in("ada@example.com").await;
    let mallory = record(app, "clients", "mallory@example.com").await;
    ada.get("/api/me/billing").await.expect(200);
    let change = json!({
        "first_name": "Augusta", "last_name": "O'King", "company_name": "Byron & Söhne <GmbH> \"A\"",
        "address1": "Unter den Linden 1", "address2": "", "city": "Berlin", "state": "Berlin",
        "postcode": "10117", "country": "DE", "phone": "+49 30 123456", "tax_id": "DE 123.456/789",
    });
    let answer = patch_billing(&ada, &change).await.expect(200);
    assert_eq!(states(&answer), words("saved", "saved"));
    // Read your own write, also past copies that were fresh a moment ago, byte for byte as it was typed.
    for read in
        [answer.json()["data"]["value"].clone(), ada.get("/api/me/billing").await.json()["data"].clone()]
    {
        for (name, value) in change.as_object().unwrap() {
            assert_eq!(&read[name], value, "{name}");
        }
        assert_eq!(read["email"], "ada@example.com");
    }
    assert_eq!(ada.get("/api/me").await.json()["data"]["billing"]["data"]["city"], "Berlin");
    let stored = client(app).await;
    assert_eq!(stored["company"], "Byron &amp; Söhne &lt;GmbH&gt; &quot;A&quot;", "as WHMCS stores it");
    assert_eq!((&stored["status"], &stored["email"]), (&json!("Active"), &json!("ada@example.com")));
    let account = account_of_ada(app).await;
    assert_eq!(account["Name"], "Byron & Söhne <GmbH> \"A\"");
    let contact = contact_of_ada(app).await;
    assert_eq!((&contact["Phone"], &contact["LastName"]), (&json!("+49 30 123456"), &json!("Lovelace")));
    let session = ada.get("/api/auth/session").await.json();
    assert_eq!(session["data"]["account"]["name"], "Byron & Söhne <GmbH> \"A\"");
    assert_eq!(record(app, "clients", "mallory@example.com").await, mallory, "nobody else's");
    app.run_jobs().await;
    assert_eq!(app.calls("whmcs", "UpdateClient").await, 1, "the job had nothing to do");
}

async fn members_that_are_left_out_stay(app: &TestApp) {
    let ada = app.signed_in("ada@example.com").await;
    let before = client(app).await;
    let upserts = app.calls("salesforce", "composite").await;
    let answer = patch_billing(&ada, &json!({ "city": "Bath" })).await.expect(200);
    assert_eq!(states(&answer), words("saved", "saved"));
    let mut expected = before;
    expected["city"] = json!("Bath");
    assert_eq!(client(app).await, expected);
    assert_eq!(app.calls("salesforce", "composite").await, upserts, "support does not know addresses");
    for path in ["/api/me", "/api/me/billing"] {
        assert_eq!(states(&patch(&ada, path, &json!({})).await.expect(200)), words("saved", "saved"));
    }
    assert_eq!((app.calls("whmcs", "UpdateClient").await, app.calls("whmcs", "UpdateUser").await), (1, 0));
    app.run_jobs().await;
}

async fn what_whmcs_did_before_it_failed_counts_as_saved(app: &TestApp) {
    let ada = app.signed_in("ada@example.com").await;
    for kind in ["did_then_failed", "null", "truncated_json"] {
        fault(app, "whmcs", "UpdateClient", json!({ "kind": kind, "times": 1 })).await;
        let change = json!({ "company_name": format!("Engines & {kind}") });
        let answer = patch_billing(&ada, &change).await.expect(200);
        assert_eq!(states(&answer), words("saved", "saved"), "{kind}");
        assert_eq!(answer.json()["data"]["value"]["company_name"], change["company_name"]);
        let calls = app.calls("whmcs", "UpdateClient").await;
        settle(app).await;
        assert_eq!(
            app.calls("whmcs", "UpdateClient").await,
            calls,
            "{kind}: it was looked at, not sent again"
        );
        assert_eq!(app.due_jobs().await, 0);
    }
}

async fn without_an_answer_the_job_looks_before_it_sends_again(app: &TestApp) {
    let ada = app.signed_in("ada@example.com").await;
    // Neither the write nor the look after it is answered.
    ada.get("/api/me/billing").await.expect(200);
    fault(app, "whmcs", "UpdateClient", json!({ "kind": "did_then_dropped", "times": 1 })).await;
    fault(app, "whmcs", "GetClientsDetails", json!({ "kind": "error", "message": "No", "times": 1 })).await;
    let answer = patch_billing(&ada, &json!({ "city": "Bath", "phone": "01225 1234" })).await.expect(200);
    assert_eq!(states(&answer), words("pending", "pending"));
    assert_eq!(answer.json()["data"]["value"]["city"], "Bath", "what it will be");
    app.run_jobs().await;
    assert_eq!(app.calls("whmcs", "UpdateClient").await, 1, "it was there already");
    assert_eq!(contact_of_ada(app).await["Phone"], "01225 1234");
    assert_eq!(ada.get("/api/me/billing").await.json()["data"]["city"], "Bath");
    settle(app).await;
    assert_eq!((app.calls("whmcs", "UpdateClient").await, app.due_jobs().await), (1, 0));
}

async fn whmcs_down_loses_nothing(app: &TestApp) {
    let ada = app.signed_in("ada@example.com").await;
    ada.get("/api/me/billing").await.expect(200);
    for action in ["UpdateClient", "UpdateUser"] {
        fault(app, "whmcs", action, json!({ "kind": "dropped" })).await;
    }
    // Of a kind that is not tried again: the portal should not come to spare WHMCS, which would take its time to end.
    fault(app, "whmcs", "GetClientsDetails", json!({ "kind": "error", "message": "No" })).await;
    let name = patch(&ada, "/api/me", &json!({ "first_name": "Augusta" })).await.expect(200);
    assert_eq!(states(&name), words("pending", "pending"));
    assert_eq!(name.json()["data"]["value"]["first_name"], "Augusta", "the portal has it");
    let billing = patch_billing(&ada, &json!({ "company_name": "Engines Ltd" })).await.expect(200);
    assert_eq!(states(&billing), words("pending", "pending"));
    assert_eq!(billing.json()["data"]["value"]["company_name"], "Engines Ltd");
    app.run_jobs().await;
    assert_eq!(client(app).await["company"], "Lovelace &amp; Daughters");
    recover(app).await;
    assert_eq!(client(app).await["company"], "Engines Ltd");
    assert_eq!(record(app, "users", "ada@example.com").await["first_name"], "Augusta");
    assert_eq!(contact_of_ada(app).await["FirstName"], "Augusta");
    assert_eq!(account_of_ada(app).await["Name"], "Engines Ltd");
}

async fn salesforce_down_loses_nothing(app: &TestApp) {
    let ada = app.signed_in("ada@example.com").await;
    for kind in ["dropped", "did_then_failed"] {
        fault(app, "salesforce", "composite", json!({ "kind": kind })).await;
        let change = json!({ "company_name": format!("Engines {kind}") });
        let answer = patch_billing(&ada, &change).await.expect(200);
        assert_eq!(states(&answer), words("saved", "pending"), "{kind}");
        let answer = patch(&ada, "/api/me", &json!({ "first_name": kind })).await.expect(200);
        assert_eq!(states(&answer), words("saved", "pending"), "{kind}");
        recover(app).await;
        assert_eq!(account_of_ada(app).await["Name"], change["company_name"], "{kind}");
        assert_eq!(contact_of_ada(app).await["FirstName"], kind);
    }
}

async fn a_rule_of_support_is_told_and_not_tried_again(app: &TestApp) {
    let ada = app.signed_in("ada@example.com").await;
    let rule =
        json!({ "object": "Account", "condition": "Name = 'Twins Ltd'", "message": "Not another one" });
    app.control("salesforce", json!({ "validation_rules": [rule] })).await;
    let answer = patch_billing(&ada, &json!({ "company_name": "Twins Ltd" })).await.expect(200);
    assert_eq!(states(&answer), words("saved", "refused"));
    assert_eq!(answer.json()["data"]["value"]["company_name"], "Twins Ltd");
    let duplicate = json!({ "kind": "error", "code": "DUPLICATES_DETECTED", "times": 1 });
    fault(app, "salesforce", "composite", duplicate).await;
    let answer = patch(&ada, "/api/me", &json!({ "first_name": "Augusta" })).await.expect(200);
    assert_eq!(states(&answer), words("saved", "refused"));
    let upserts = app.calls("salesforce", "composite").await;
    app.run_jobs().await;
    assert_eq!(app.calls("salesforce", "composite").await, upserts);
    assert_eq!(account_of_ada(app).await["Name"], "Lovelace & Daughters");
    assert_eq!(contact_of_ada(app).await["FirstName"], "Ada");
}

async fn a_refused_field_is_named_and_nothing_changes(app: &TestApp) {
    let ada = app.signed_in("ada@example.com").await;
    let before = client(app).await;
    for (message, expected) in [
        ("Valid country required", "/country choice"),
        ("You did not enter your  address line 1", "/address1 required"),
        ("You did not enter your city", "/city required"),
        ("Invalid telephone phone number", "/phone characters"),
    ] {
        fault(app, "whmcs", "UpdateClient", json!({ "kind": "error", "message": message, "times": 1 })).await;
        let change = json!({ "city": "Bath", "phone": "01225 1234" });
        let refused = patch_billing(&ada, &change).await.expect_problem(422, "validation");
        assert_eq!(refused.field_errors(), [expected]);
    }
    settle(app).await;
    assert_eq!(client(app).await, before, "neither then nor later");
    assert_eq!(app.calls("whmcs", "UpdateClient").await, 4);
}

async fn a_refusal_without_a_field_is_final(app: &TestApp) {
    let ada = app.signed_in("ada@example.com").await;
    let message = "canary text of the upstream";
    fault(app, "whmcs", "UpdateClient", json!({ "kind": "error", "message": message, "times": 1 })).await;
    let (key, change) = (new_key(), json!({ "city": "Bath" }));
    let refused = ada.patch_with_key("/api/me/billing", &key, &change).await;
    let refused = refused.expect_problem(409, "conflict.billing_refused");
    assert!(!String::from_utf8_lossy(&refused.body).contains("canary"));
    let again = ada.patch_with_key("/api/me/billing", &key, &change).await;
    assert_eq!((again.status, &again.body), (409, &refused.body));
    assert_eq!(client(app).await["city"], "London");
    // The portal keeps a name that WHMCS does not take, and says so.
    fault(app, "whmcs", "UpdateUser", json!({ "kind": "error", "message": message, "times": 1 })).await;
    let answer = patch(&ada, "/api/me", &json!({ "first_name": "Augusta" })).await.expect(200);
    assert_eq!(states(&answer), words("refused", "saved"));
    assert_eq!(contact_of_ada(app).await["FirstName"], "Augusta");
    app.run_jobs().await;
    assert_eq!(app.calls("whmcs", "UpdateUser").await, 1);
}

async fn a_refused_change_leaves_the_earlier_one_open(app: &TestApp) {
    let ada = app.signed_in("ada@example.com").await;
    fault(app, "whmcs", "UpdateClient", json!({ "kind": "dropped", "times": 1 })).await;
    patch_billing(&ada, &json!({ "city": "Bath", "address2": "Flat 2" })).await.expect(200);
    let message = "Valid country required";
    fault(app, "whmcs", "UpdateClient", json!({ "kind": "error", "message": message, "times": 1 })).await;
    patch_billing(&ada, &json!({ "city": "York" })).await.expect_problem(422, "validation");
    settle(app).await;
    let stored = client(app).await;
    assert_eq!((&stored["city"], &stored["address2"]), (&json!("Bath"), &json!("Flat 2")));
}

async fn a_later_change_wins_over_a_pending_one(app: &TestApp) {
    let ada = app.signed_in("ada@example.com").await;
    fault(app, "whmcs", "UpdateClient", json!({ "kind": "status", "status": 503, "times": 1 })).await;
    let first = patch_billing(&ada, &json!({ "city": "Bath", "address2": "Flat 2" })).await.expect(200);
    assert_eq!(states(&first), words("pending", "saved"));
    let second = patch_billing(&ada, &json!({ "city": "York" })).await.expect(200);
    assert_eq!(states(&second), words("saved", "saved"));
    for _ in 0..2 {
        let stored = client(app).await;
        assert_eq!((&stored["city"], &stored["address2"]), (&json!("York"), &json!("Flat 2")));
        settle(app).await;
    }
    assert_eq!(app.calls("whmcs", "UpdateClient").await, 2);
}

async fn what_arrives_late_does_not_win_over_what_came_later(app: &TestApp) {
    let ada = app.signed_in("ada@example.com").await;
    fault(app, "whmcs", "UpdateClient", json!({ "kind": "did_late", "ms": 4_500, "times": 1 })).await;
    let first = patch_billing(&ada, &json!({ "city": "Bath" })).await.expect(200);
    assert_eq!(states(&first).0, "pending");
    let second = patch_billing(&ada, &json!({ "city": "York" })).await.expect(200);
    assert_eq!(states(&second).0, "saved");
    app.control("settle", json!({})).await;
    assert_eq!(client(app).await["city"], "Bath", "the first one has arrived after the second");
    app.run_jobs().await;
    app.advance(SETTLED).await;
    // It cannot be looked at when the time is over: then later.
    fault(app, "whmcs", "GetClientsDetails", json!({ "kind": "error", "message": "No", "times": 1 })).await;
    app.run_jobs().await;
    app.advance(Duration::from_mins(1)).await;
    app.run_jobs().await;
    assert_eq!(app.due_jobs().await, 0);
    assert_eq!(client(app).await["city"], "York");
    assert_eq!(ada.get("/api/me/billing").await.json()["data"]["city"], "York");
}

async fn a_role_that_may_not_write_is_waited_for(app: &TestApp) {
    let ada = app.signed_in("ada@example.com").await;
    app.control("config", json!({ "denied_actions": ["updateclient"] })).await;
    let answer = patch_billing(&ada, &json!({ "city": "Bath" })).await.expect(200);
    assert_eq!(states(&answer).0, "pending");
    app.run_jobs().await;
    app.control("config", json!({ "denied_actions": [] })).await;
    app.advance(Duration::from_mins(1)).await;
    app.run_jobs().await;
    assert_eq!(client(app).await["city"], "Bath");
}

async fn an_emptied_field_that_stays_filled_is_told(app: &TestApp) {
    let ada = app.signed_in("ada@example.com").await;
    app.control("config", json!({ "empty_field": "ignored" })).await;
    let answer = patch_billing(&ada, &json!({ "company_name": "", "city": "Bath" })).await.expect(200);
    assert_eq!(states(&answer).0, "refused", "WHMCS took the change and did not empty the field");
    let value = &answer.json()["data"]["value"];
    assert_eq!((&value["company_name"], &value["city"]), (&json!("Lovelace & Daughters"), &json!("Bath")));
    app.control("config", json!({ "empty_field": "cleared" })).await;
    let answer = patch_billing(&ada, &json!({ "company_name": "" })).await.expect(200);
    assert_eq!(states(&answer), words("saved", "saved"));
    assert_eq!(answer.json()["data"]["value"]["company_name"], "");
    assert_eq!(account_of_ada(app).await["Name"], "Ada Lovelace");
    app.run_jobs().await;
}

async fn asvs_15_3_3_nothing_but_the_listed_members_can_be_changed(app: &TestApp) {
    let ada = app.signed_in("ada@example.com").await;
    let before = app.ledger().await["whmcs"].clone();
    for member in [
        "status",
        "currency",
        "groupid",
        "taxexempt",
        "notes",
        "email",
        "clientid",
        "client_id",
        "user_id",
        "whmcs_client_id",
        "credit",
        "email_verified",
        "skipvalidation",
        "customfields",
    ] {
        for path in ["/api/me", "/api/me/billing"] {
            let mut change = json!({ "first_name": "Augusta" });
            change[member] = json!("1");
            let refused = patch(&ada, path, &change).await.expect_problem(400, "request.malformed");
            assert_eq!(refused.field_errors(), [format!("/{member} unknown")]);
        }
    }
    for (change, expected) in [
        (json!({ "first_name": "" }), "/first_name required"),
        (json!({ "country": "UK" }), "/country choice"),
        (json!({ "phone": "call me" }), "/phone characters"),
        (json!({ "company_name": "a\u{0}b" }), "/company_name characters"),
        (json!({ "city": "x".repeat(101) }), "/city too_long"),
    ] {
        let refused = patch_billing(&ada, &change).await.expect_problem(422, "validation");
        assert_eq!(refused.field_errors(), [expected]);
    }
    assert_eq!(app.ledger().await["whmcs"], before);
    assert_eq!(app.due_jobs().await, 0);
}

async fn a_region_must_be_of_the_country(app: &TestApp) {
    let ada = app.signed_in("ada@example.com").await;
    for (change, expected) in [
        (json!({ "state": "Texas" }), "/state choice"),
        (json!({ "state": "" }), "/state required"),
        (json!({ "country": "US" }), "/state choice"),
        (json!({ "country": "US", "state": "texas" }), "/state choice"),
    ] {
        let refused = patch_billing(&ada, &change).await.expect_problem(422, "validation");
        assert_eq!(refused.field_errors(), [expected], "{change}");
    }
    for change in [
        json!({ "country": "US", "state": "Texas" }),
        json!({ "state": "Ohio" }),
        json!({ "country": "SE", "state": "Skåne län" }),
        json!({ "state": "" }),
    ] {
        patch_billing(&ada, &change).await.expect(200);
    }
    let list = app.browser().get("/api/reference/regions?country=US").await.expect(200);
    assert_eq!(list.json()["data"][0], "Alabama");
    assert_eq!(list.header("cache-control"), "public, max-age=3600");
    let free = app.browser().get("/api/reference/regions?country=SE").await.expect(200);
    assert_eq!(free.json(), json!({ "data": [] }));
    for query in ["", "?country=UK", "?country=us", "?country=US&country=DE", "?country=US&x=1"] {
        let refused = app.browser().get(&format!("/api/reference/regions{query}")).await;
        let refused = refused.expect_problem(400, "request.malformed");
        assert_eq!(refused.header("cache-control"), "no-store");
    }
    app.run_jobs().await;
}

async fn a_change_on_its_way_is_sealed(app: &TestApp) {
    let ada = app.signed_in("ada@example.com").await;
    fault(app, "whmcs", "UpdateClient", json!({ "kind": "dropped" })).await;
    patch_billing(&ada, &json!({ "address1": "Canary Wharf 7" })).await.expect(200);
    let at_rest = app.bytes_at_rest().await;
    let text: String = at_rest.iter().map(|byte| char::from(*byte)).collect();
    assert!(!text.contains("Canary Wharf"));
    assert!(text.contains("sync_profile"), "the search looks in the right place");
    recover(app).await;
    assert_eq!(client(app).await["address1"], "Canary Wharf 7");
}

async fn parallel_changes_are_all_kept(app: &TestApp) {
    let ada = app.signed_in("ada@example.com").await;
    let changes = [
        json!({ "city": "Bath" }),
        json!({ "address2": "Flat 2" }),
        json!({ "postcode": "BA1 1AA" }),
        json!({ "tax_id": "GB 2" }),
    ];
    let answers = changes.iter().map(|change| patch_billing(&ada, change));
    for answer in futures::future::join_all(answers).await {
        answer.expect(200);
    }
    app.run_jobs().await;
    let stored = client(app).await;
    for (field, value) in
        [("city", "Bath"), ("address2", "Flat 2"), ("postcode", "BA1 1AA"), ("tax_id", "GB 2")]
    {
        assert_eq!(stored[field], value, "{field}");
    }
    assert_eq!(app.due_jobs().await, 0);
}

/// A request of the browser that is on its way when this returns.
async fn send_and_hold(
    app: &TestApp,
    browser: &Browser<'_>,
    change: &Value,
    milliseconds: u64,
) -> tokio::task::JoinHandle<Result<reqwest::Response, reqwest::Error>> {
    app.hold("whmcs", "UpdateClient", milliseconds).await;
    let request = browser.request(reqwest::Method::PATCH, "/api/me/billing");
    let request = request.header("idempotency-key", new_key()).body(change.to_string());
    let sent = actix_web::rt::spawn(request.send());
    app.until_faults_are_drawn().await;
    sent
}

async fn a_change_made_while_another_is_sent_follows_it(app: &TestApp) {
    let ada = app.signed_in("ada@example.com").await;
    let first = json!({ "city": "Bath", "address2": "Flat 2" });
    let first = send_and_hold(app, &ada, &first, 1_000).await;
    let second = patch_billing(&ada, &json!({ "city": "York" })).await.expect(200);
    assert_eq!(states(&second), words("pending", "pending"));
    assert_eq!(second.json()["data"]["value"]["city"], "York");
    let first = Answer::of(first.await.unwrap().unwrap()).await.expect(200);
    assert_eq!(states(&first), words("saved", "saved"));
    assert_eq!(first.json()["data"]["value"]["city"], "Bath");
    app.run_jobs().await;
    let stored = client(app).await;
    assert_eq!((&stored["city"], &stored["address2"]), (&json!("York"), &json!("Flat 2")));
    assert_eq!(app.due_jobs().await, 0);
}

async fn a_replica_that_dies_while_sending_loses_nothing(app: &TestApp) {
    let ada = app.signed_in("ada@example.com").await;
    let replica = app.replica().await;
    let change = json!({ "company_name": "Engines Ltd" });
    let lost = send_and_hold(app, &ada.at(&replica.base), &change, 1_500).await;
    replica.stop().await;
    assert!(lost.await.unwrap().is_err(), "the replica died without an answer");
    let calls = app.calls("whmcs", "UpdateClient").await;
    app.run_jobs().await;
    assert_eq!(app.calls("whmcs", "UpdateClient").await, calls, "the dead sender's lease still runs");
    app.advance(Duration::from_mins(1)).await;
    app.run_jobs().await;
    assert_eq!(client(app).await["company"], "Engines Ltd");
    assert_eq!(account_of_ada(app).await["Name"], "Engines Ltd");
    assert_eq!(app.due_jobs().await, 0);
}

#[actix_web::test]
async fn before_there_is_a_customer_nothing_can_be_changed() {
    with_settings(&[], async |app| {
        let hedy = app.browser();
        let accepted = hedy.sign_up("hedy@example.com").await.expect(202);
        app.run_jobs().await;
        let code = app.mailed_code("hedy@example.com").await;
        hedy.confirm(&accepted.json()["data"]["challenge_id"], &code).await.expect(200);
        for path in ["/api/me", "/api/me/billing"] {
            let refused = patch(&hedy, path, &json!({ "first_name": "H" })).await;
            refused.expect_problem(409, "conflict.account_not_ready");
        }
        hedy.get("/api/me/billing").await.expect_problem(409, "conflict.account_not_ready");
        app.run_jobs().await;
        patch(&hedy, "/api/me", &json!({ "first_name": "H" })).await.expect(200);
        app.run_jobs().await;
    })
    .await;
}

#[actix_web::test]
async fn changes_are_limited() {
    with_settings(&[("PORTAL_LIMIT_PROFILE_CHANGES", "2")], async |app| {
        let ada = app.signed_in("ada@example.com").await;
        for city in ["Bath", "York"] {
            patch_billing(&ada, &json!({ "city": city })).await.expect(200);
        }
        let limited = patch(&ada, "/api/me", &json!({ "first_name": "A" })).await;
        limited.expect_problem(429, "rate_limited");
        app.run_jobs().await;
    })
    .await;
}

/// Nobody knows how the customer's record looks, so nothing can be acknowledged.
#[actix_web::test]
async fn without_any_copy_of_the_record_a_change_waits_for_whmcs() {
    with_settings(&[], async |app| {
        let ada = app.signed_in("ada@example.com").await;
        app.cut_upstreams().await;
        let refused = patch_billing(&ada, &json!({ "city": "Bath" })).await;
        refused.expect_problem(503, "upstream.unavailable");
        app.clear_faults().await;
        assert_eq!(app.due_jobs().await, 0);
    })
    .await;
}
