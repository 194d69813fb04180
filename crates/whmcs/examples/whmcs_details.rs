//! Asks a real WHMCS for its version and its currencies. The secret is read from standard input, so that it
//! shows neither in the process list nor in the shell's history:
//!
//! ```text
//! cargo run -p whmcs --example whmcs_details -- https://billing.example.com/ IDENTIFIER < secret-file
//! ```

use std::{error::Error, io, time::Duration};

use tokio::time::Instant;
use whmcs::{Client, Settings};

#[tokio::main]
#[expect(clippy::print_stdout, reason = "printing is what the program is for")]
async fn main() -> Result<(), Box<dyn Error>> {
    let mut arguments = std::env::args().skip(1);
    let (Some(base_url), Some(identifier)) = (arguments.next(), arguments.next()) else {
        return Err("usage: whmcs_details BASE_URL IDENTIFIER < SECRET_FILE".into());
    };
    let secret = io::read_to_string(io::stdin())?;
    let http = reqwest::Client::builder()
        .redirect(reqwest::redirect::Policy::none())
        .connect_timeout(Duration::from_secs(2))
        .build()?;
    let settings = Settings {
        base_url: base_url.parse()?,
        identifier,
        secret: secret.trim().into(),
        access_key: None,
        max_body: 2 * 1024 * 1024,
    };
    let client = Client::new(http, settings);
    let deadline = Instant::now() + Duration::from_secs(15);
    println!("{:?}", client.whmcs_details(deadline).await?);
    for currency in client.currencies(deadline).await? {
        println!("{currency:?}");
    }
    Ok(())
}
