//! What a call through this client costs beyond the same GET by bare reqwest, in CPU time of the process.
//!
//! `cargo run --release -p salesforce --example salesforce_overhead -- LOGIN_URL CLIENT_ID USERNAME KEY_PATH [CALLS]`, against a
//! simulator: it makes ten rounds of CALLS (default 500) requests each way. Whatever the server costs is not in the
//! figures, as long as it is another process. The goal is a difference of at most 100 µs.
#![expect(clippy::print_stdout, reason = "the figures are what this program is for")]

use std::error::Error;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use chrono::{DateTime, Utc};
use jsonwebtoken::{Algorithm, EncodingKey, Header};
use reqwest::redirect::Policy;
use rustix::time::{ClockId, clock_gettime};
use salesforce::soql::{Query, Soql};
use salesforce::{Client, Object, Settings};
use serde::de::IgnoredAny;
use serde_json::{Value, json};
use tokio::time::Instant;
use url::Url;

const ROUNDS: usize = 10;

type Outcome<T> = Result<T, Box<dyn Error>>;

struct Arguments {
    login: Url,
    client_id: String,
    username: String,
    key: PathBuf,
    calls: u32,
}

fn main() -> Outcome<()> {
    let arguments = arguments()?;
    // One thread: no CPU goes into waking others.
    tokio::runtime::Builder::new_current_thread().enable_all().build()?.block_on(measure(&arguments))
}

fn arguments() -> Outcome<Arguments> {
    let mut given = std::env::args().skip(1);
    let mut next = |name: &str| given.next().ok_or_else(|| format!("missing {name}"));
    Ok(Arguments {
        login: Url::parse(&next("LOGIN_URL")?)?,
        client_id: next("CLIENT_ID")?,
        username: next("USERNAME")?,
        key: next("KEY_PATH")?.into(),
        calls: next("CALLS").map_or(Ok(500), |text| text.parse())?,
    })
}

async fn measure(arguments: &Arguments) -> Outcome<()> {
    let http = reqwest::Client::builder().redirect(Policy::none()).no_proxy().build()?;
    let settings = Settings::new(
        arguments.login.clone(),
        arguments.client_id.clone(),
        arguments.username.clone(),
        arguments.key.clone(),
    );
    let version = settings.api_version.clone();
    let client = Client::new(http.clone(), settings, Arc::new(now))?;
    let soql = Query::count(Object::new("Case")).build()?;
    let (url, authorization) = bare_session(&http, arguments, &version, &soql).await?;

    let (mut ours, mut bare) = (Vec::new(), Vec::new());
    // The first round warms up both ways, and is not counted.
    for round in 0..=ROUNDS {
        let started = cpu();
        for _ in 0..arguments.calls {
            client.query::<IgnoredAny>(&soql, Instant::now() + Duration::from_secs(10)).await?;
        }
        let between = cpu();
        for _ in 0..arguments.calls {
            let request = http.get(url.clone()).header("Authorization", &authorization);
            request.header("Accept", "application/json").send().await?.error_for_status()?.bytes().await?;
        }
        let ended = cpu();
        if round > 0 {
            ours.push(micros(between.saturating_sub(started), arguments.calls));
            bare.push(micros(ended.saturating_sub(between), arguments.calls));
        }
    }
    let (ours, bare) = (median(ours), median(bare));
    println!("bare reqwest   {bare:8.1} µs of CPU per call");
    println!("this client    {ours:8.1} µs of CPU per call");
    println!("difference     {:8.1} µs (goal: at most 100)", ours - bare);
    Ok(())
}

/// Logs in without the client, for the address and the token of the bare request.
async fn bare_session(
    http: &reqwest::Client,
    arguments: &Arguments,
    version: &str,
    soql: &Soql,
) -> Outcome<(Url, String)> {
    let login = arguments.login.as_str().trim_end_matches('/');
    let claims = json!({
        "iss": arguments.client_id, "sub": arguments.username, "aud": login, "exp": now().timestamp() + 150,
    });
    let assertion = jsonwebtoken::encode(&Header::new(Algorithm::RS256), &claims, &key(&arguments.key)?)?;
    let form = url::form_urlencoded::Serializer::new(String::new())
        .append_pair("grant_type", "urn:ietf:params:oauth:grant-type:jwt-bearer")
        .append_pair("assertion", &assertion)
        .finish();
    let answer = http
        .post(format!("{login}/services/oauth2/token"))
        .header("Content-Type", "application/x-www-form-urlencoded")
        .body(form)
        .send()
        .await?
        .error_for_status()?;
    let token: Value = serde_json::from_slice(&answer.bytes().await?)?;
    let member = |name: &str| token.get(name).and_then(Value::as_str).ok_or_else(|| format!("no {name}"));
    let mut url = Url::parse(&format!("{}/services/data/v{version}/query", member("instance_url")?))?;
    url.query_pairs_mut().append_pair("q", soql.as_str());
    Ok((url, format!("Bearer {}", member("access_token")?)))
}

fn key(path: &Path) -> Outcome<EncodingKey> {
    Ok(EncodingKey::from_rsa_pem(&std::fs::read(path)?)?)
}

fn now() -> DateTime<Utc> {
    std::time::SystemTime::now().into()
}

/// CPU time of this process, all its threads together.
fn cpu() -> Duration {
    let time = clock_gettime(ClockId::ProcessCPUTime);
    let seconds = u64::try_from(time.tv_sec).unwrap_or_default();
    Duration::from_secs(seconds) + Duration::from_nanos(u64::try_from(time.tv_nsec).unwrap_or_default())
}

fn micros(spent: Duration, calls: u32) -> f64 {
    spent.as_secs_f64() * 1e6 / f64::from(calls.max(1))
}

fn median(mut figures: Vec<f64>) -> f64 {
    figures.sort_by(f64::total_cmp);
    figures.get(figures.len() / 2).copied().unwrap_or_default()
}
