//! Nobody sees another customer's data: not by id, and not when requests of two customers are mixed under load.

use futures::future::join_all;
use portal_api::crypto::Random;
use reqwest::Method;
use serde_json::{Value, json};

use crate::helpers::{Answer, Browser, TestApp, new_key, on_both_engines};

on_both_engines!(
    a_strangers_invoice_is_like_one_that_does_not_exist,
    two_customers_never_see_each_others_numbers,
    the_load_can_tell_a_portal_that_mixes_customers_up,
);

const UNKNOWN: u64 = 987_654;

/// An answer without what differs by its nature: the id of the request, and the time.
fn bare(answer: &Answer) -> (u16, Vec<(String, String)>, String) {
    let id = answer.header("x-request-id");
    let mut headers: Vec<_> = answer
        .headers
        .iter()
        .map(|(name, value)| (name.to_string(), value.to_str().unwrap().to_owned()))
        .filter(|(name, _)| name != "date" && name != "x-request-id")
        .collect();
    headers.sort();
    (answer.status, headers, String::from_utf8_lossy(&answer.body).replace(id, "ID"))
}

async fn a_strangers_invoice_is_like_one_that_does_not_exist(app: &TestApp) {
    let ada = app.signed_in("ada@example.com").await;
    let mallory = app.signed_in("mallory@example.com").await;
    let unknown = mallory.get(&format!("/api/invoices/{UNKNOWN}")).await.expect_problem(404, "not_found");
    let body = json!({ "purpose": "view" });
    let unknown_link =
        mallory.post_with_key(&format!("/api/invoices/{UNKNOWN}/sso-link"), &new_key(), &body).await;
    let unknown_link = unknown_link.expect_problem(404, "not_found");
    for id in 1..=10 {
        // Whether the owner has looked at it, so that a copy is at hand, makes no difference.
        if id % 2 == 0 {
            ada.get(&format!("/api/invoices/{id}")).await;
        }
        for _ in 0..2 {
            let strange = mallory.get(&format!("/api/invoices/{id}")).await;
            assert_eq!(bare(&strange), bare(&unknown), "{id}");
        }
        let fresh = mallory.get_fresh(&format!("/api/invoices/{id}")).await;
        assert_eq!(bare(&fresh), bare(&unknown), "{id}");
        let link = mallory.post_with_key(&format!("/api/invoices/{id}/sso-link"), &new_key(), &body).await;
        assert_eq!(bare(&link), bare(&unknown_link), "{id}");
    }
    assert_eq!(app.calls("whmcs", "CreateSsoToken").await, 0);
    ada.get("/api/invoices/7").await.expect(200);
}

const PATHS: &[&str] = &[
    "/api/me",
    "/api/me/billing",
    "/api/me/summary",
    "/api/auth/session",
    "/api/invoices",
    "/api/invoices?size=1",
    "/api/invoices?status=unpaid",
    "/api/invoices?sort=total",
    "/api/invoices/7",
    "/api/invoices/14",
];

/// What an answer says of its customer: everything but how old it is.
fn content(answer: &Answer) -> Value {
    fn strip(value: &mut Value) {
        match value {
            Value::Object(members) => {
                for name in ["meta", "instance", "idle_expires_at"] {
                    members.remove(name);
                }
                members.values_mut().for_each(strip);
            }
            Value::Array(items) => items.iter_mut().for_each(strip),
            _ => {}
        }
    }
    let mut value = answer.json();
    strip(&mut value);
    value
}

/// One customer in the load: the browser, what it gets when it is alone, and what may never be in an answer to it.
struct Reader<'a> {
    browser: Browser<'a>,
    alone: Vec<Value>,
    never: &'static [&'static str],
}

impl<'a> Reader<'a> {
    async fn of(browser: Browser<'a>, never: &'static [&'static str]) -> Self {
        let mut alone = Vec::new();
        for path in PATHS {
            alone.push(content(&browser.get(path).await));
        }
        Self { browser, alone, never }
    }

    /// Sends one request; the complaint, if the answer is not this customer's.
    async fn check(&self, base: &str, path: usize, fresh: bool) -> Option<String> {
        let mut request = self.browser.at(base).request(Method::GET, PATHS[path]);
        if fresh {
            request = request.header("cache-control", "no-cache");
        }
        let answer = Answer::of(request.send().await.unwrap()).await;
        let text = String::from_utf8_lossy(&answer.body).into_owned();
        let foreign = self.never.iter().find(|word| text.contains(**word));
        let differs = content(&answer) != self.alone[path];
        (foreign.is_some() || differs)
            .then(|| format!("{} {}: {foreign:?} in {text}", PATHS[path], answer.status))
    }
}

const ADAS: &[&str] = &["Lovelace", "ada@example.com", "INV-00007", "\"123.45\""];
const MALLORYS: &[&str] = &["Mallory", "mallory@example.com", "INV-00014", "\"666.00\""];

/// Requests of both customers in random order, twelve at a time, at two replicas; the complaints.
async fn mixed_load(app: &TestApp, readers: &[Reader<'_>], seed: u64) -> Vec<String> {
    let random = Random::seeded(seed);
    let other = app.replica().await;
    let mut complaints = Vec::new();
    for round in 0..25 {
        // Copies of all ages: fresh, to be renewed, and too old.
        app.clock.advance(std::time::Duration::from_secs([0, 1, 30, 95][round % 4]));
        let below = |bound: usize| usize::try_from(random.number() % 1_000_003).unwrap() % bound;
        let wave = (0..12).map(|_| {
            let reader = &readers[below(readers.len())];
            let base = [app.base.as_str(), other.base.as_str()][below(2)];
            reader.check(base, below(PATHS.len()), below(8) == 0)
        });
        let wave: Vec<_> = wave.collect();
        complaints.extend(join_all(wave).await.into_iter().flatten());
    }
    other.stop().await;
    complaints
}

async fn two_customers_never_see_each_others_numbers(app: &TestApp) {
    let ada = Reader::of(app.signed_in("ada@example.com").await, MALLORYS).await;
    let mallory = Reader::of(app.signed_in("mallory@example.com").await, ADAS).await;
    assert!(
        ada.alone[4].to_string().contains("INV-00007") && mallory.alone[4].to_string().contains("INV-00014")
    );
    let complaints = mixed_load(app, &[ada, mallory], 7).await;
    assert!(complaints.is_empty(), "{complaints:#?}");
}

/// The proof that the load above finds something: here the mix-up is real, since half way both browsers hold Ada's cookie.
async fn the_load_can_tell_a_portal_that_mixes_customers_up(app: &TestApp) {
    let ada = app.signed_in("ada@example.com").await;
    let mut mallory = Reader::of(app.signed_in("mallory@example.com").await, ADAS).await;
    mallory.browser = ada.copy();
    let ada = Reader::of(ada, MALLORYS).await;
    let complaints = mixed_load(app, &[ada, mallory], 7).await;
    assert!(complaints.iter().any(|complaint| complaint.contains("Lovelace")), "{complaints:#?}");
}
