//! `portal doctor`: looks at everything that the portal needs of the systems around it, and says what is missing and how to mend it.
//!
//! It reads only, unless asked to write. It asks WHMCS and Salesforce past the ports, through their clients, since what it wants to
//! know is just what ports leave out: which refusal it was, and what to change over there. It goes on when a check fails; what
//! depends on that one is reported as not checked. Each call has a deadline.

mod clocks;
mod code;
mod database;
mod keys;
mod mail;
mod reach;
mod redis;
mod report;
mod salesforce;
mod whmcs;

use std::time::Duration;

use chrono::TimeDelta;
pub use code::{Code, Group};
pub use report::{Check, Report, State};
use tokio::time::Instant;

use crate::{clock::Clock, config::Config, crypto::Random, upstream::http_client};

/// What to do besides reading.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Options {
    /// Also the checks that leave something behind.
    pub write_checks: bool,
}

/// What all checks need.
struct Context<'a> {
    config: &'a Config,
    clock: &'a Clock,
    random: &'a Random,
    http: reqwest::Client,
    /// The longest that one call may take.
    patience: Duration,
    options: Options,
}

impl Context<'_> {
    fn deadline(&self) -> Instant {
        Instant::now() + self.patience
    }
}

/// Checks of a system, and how far its clock is ahead of ours.
struct Findings {
    checks: Vec<Check>,
    ahead: Option<TimeDelta>,
}

/// Looks at everything, the systems side by side.
pub async fn examine(
    config: &Config,
    clock: &Clock,
    random: &Random,
    options: Options,
) -> Result<Report, reqwest::Error> {
    let context = Context {
        config,
        clock,
        random,
        http: http_client::build()?,
        patience: config.upstreams.read_deadline,
        options,
    };
    let (whmcs, salesforce, mail, database, redis) = futures::join!(
        // The largest two; together with the rest they would be too much for a stack.
        Box::pin(whmcs::check(&context)),
        Box::pin(salesforce::check(&context)),
        mail::check(&context),
        database::check(&context),
        redis::check(&context),
    );
    let mut checks = whmcs.checks;
    checks.extend(salesforce.checks);
    checks.extend(mail);
    checks.extend(database);
    checks.extend(redis);
    checks.extend(keys::check(&context));
    checks.extend(clocks::check(whmcs.ahead, salesforce.ahead));
    Ok(Report { checks })
}
