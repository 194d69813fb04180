//! What a call of the client costs beyond `reqwest`: the same form is posted to the same address by the client
//! and by bare `reqwest`, in turns, and the CPU time of this process is compared. The secret is read from
//! standard input:
//!
//! ```text
//! cargo run --release -p whmcs --example whmcs_overhead -- http://127.0.0.1:4900/ IDENTIFIER CLIENT_ID < secret-file
//! ```
//!
//! `CLIENT_ID` is a client with some invoices. Linux only: the time is taken from `/proc`.

use std::{error::Error, fs, io, time::Duration};

use reqwest::header::{ACCEPT, CONTENT_TYPE};
use tokio::time::Instant;
use url::Url;
use whmcs::{Client, ClientId, InvoiceQuery, Settings, form::Form};

/// Calls of one kind in a row; short enough for both kinds to meet the same conditions.
const BATCH: u32 = 100;
const ROUNDS: u32 = 30;

type Failure = Box<dyn Error>;

/// CPU time of this process so far, of all its threads that still live.
fn cpu_time() -> Result<Duration, Failure> {
    let mut total = Duration::ZERO;
    for task in fs::read_dir("/proc/self/task")? {
        let text = fs::read_to_string(task?.path().join("schedstat"))?;
        let on_cpu = text.split_whitespace().next().ok_or("an empty schedstat")?;
        total += Duration::from_nanos(on_cpu.parse()?);
    }
    Ok(total)
}

/// Both ways to an installation.
struct Ways {
    client: Client,
    http: reqwest::Client,
    endpoint: Url,
    identifier: String,
    secret: String,
    client_id: ClientId,
}

/// What is asked.
#[derive(Clone, Copy)]
enum Question {
    Version,
    Invoices,
}

impl Question {
    const fn action(self) -> &'static str {
        match self {
            Self::Version => "WhmcsDetails",
            Self::Invoices => "GetInvoices",
        }
    }
}

impl Ways {
    async fn by_client(&self, question: Question) -> Result<(), Failure> {
        let deadline = Instant::now() + Duration::from_secs(15);
        match question {
            Question::Version => drop(self.client.whmcs_details(deadline).await?),
            Question::Invoices => {
                let page = self.client.invoices(self.client_id, &InvoiceQuery::default(), deadline).await?;
                drop(page);
            }
        }
        Ok(())
    }

    /// The form that the client sends for the question, made beforehand.
    fn form(&self, question: Question) -> String {
        let form = Form::new()
            .with("action", question.action())
            .with("identifier", self.identifier.as_str())
            .with("secret", self.secret.as_str())
            .with("responsetype", "json");
        match question {
            Question::Version => form,
            Question::Invoices => form
                .with("userid", self.client_id)
                .with("orderby", "id")
                .with("order", "desc")
                .with("limitstart", 0_u32)
                .with("limitnum", 25_u32),
        }
        .into_body()
    }

    async fn by_reqwest(&self, form: &str) -> Result<usize, Failure> {
        let response = self
            .http
            .post(self.endpoint.clone())
            .header(CONTENT_TYPE, "application/x-www-form-urlencoded")
            .header(ACCEPT, "application/json")
            .body(form.to_owned())
            .send()
            .await?;
        Ok(response.bytes().await?.len())
    }

    /// CPU time of one call, by the client and by bare `reqwest`; the median of the rounds.
    async fn compare(&self, question: Question) -> Result<(Duration, Duration, usize), Failure> {
        let form = self.form(question);
        // Connections are made and caches are warm before anything counts.
        self.by_client(question).await?;
        let size = self.by_reqwest(&form).await?;
        let (mut client, mut bare) = (Vec::new(), Vec::new());
        for _ in 0..ROUNDS {
            let start = cpu_time()?;
            for _ in 0..BATCH {
                self.by_client(question).await?;
            }
            let middle = cpu_time()?;
            for _ in 0..BATCH {
                self.by_reqwest(&form).await?;
            }
            client.push(middle.saturating_sub(start) / BATCH);
            bare.push(cpu_time()?.saturating_sub(middle) / BATCH);
        }
        Ok((median(client), median(bare), size))
    }
}

fn median(mut times: Vec<Duration>) -> Duration {
    times.sort_unstable();
    times.get(times.len() / 2).copied().unwrap_or_default()
}

fn micros(time: Duration) -> f64 {
    time.as_secs_f64() * 1e6
}

#[tokio::main(flavor = "current_thread")]
#[expect(clippy::print_stdout, reason = "printing is what the program is for")]
async fn main() -> Result<(), Failure> {
    let mut arguments = std::env::args().skip(1);
    let (Some(base_url), Some(identifier), Some(client_id)) =
        (arguments.next(), arguments.next(), arguments.next())
    else {
        return Err("usage: whmcs_overhead BASE_URL IDENTIFIER CLIENT_ID < SECRET_FILE".into());
    };
    let secret = io::read_to_string(io::stdin())?.trim().to_owned();
    let base_url: Url = base_url.parse()?;
    let mut endpoint = base_url.clone();
    endpoint.set_path(&format!("{}/includes/api.php", base_url.path().trim_end_matches('/')));
    let http = reqwest::Client::builder()
        .redirect(reqwest::redirect::Policy::none())
        .connect_timeout(Duration::from_secs(2))
        .build()?;
    let settings = Settings {
        base_url,
        identifier: identifier.clone(),
        secret: secret.as_str().into(),
        access_key: None,
        max_body: 2 * 1024 * 1024,
    };
    let client = Client::new(http.clone(), settings);
    let client_id = ClientId::new(client_id.parse()?);
    let ways = Ways { client, http, endpoint, identifier, secret, client_id };
    println!("CPU of one call in µs, median of {ROUNDS} rounds of {BATCH} calls");
    for question in [Question::Version, Question::Invoices] {
        let (client, bare, size) = ways.compare(question).await?;
        let difference = micros(client) - micros(bare);
        println!(
            "{:<13} {size:>6} bytes: client {:>7.1}, reqwest {:>7.1}, difference {difference:>7.1}",
            question.action(),
            micros(client),
            micros(bare),
        );
    }
    Ok(())
}
