//! The state behind the lock, and what every request handler shares.

use std::collections::VecDeque;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use chrono::{DateTime, Utc};
use serde::Serialize;
use url::Url;

use crate::client_area::session::Sessions;
use crate::clock::Clock;
use crate::config::Config;
use crate::faults::{Call, Faults, Target, Waiting};
use crate::hooks::Hooks;
use crate::hooks::sender::Sender;
use crate::ledger::Ledger;
use crate::ledger::whmcs::PayError;
use crate::seed::scenario::{Scenario, Trouble};
use crate::seed::{self, Seed};
use crate::whmcs;

/// How many past requests are remembered.
const REQUESTS: usize = 20_000;

/// One line of the request log. Never holds parameters, so never a secret.
#[derive(Debug, Serialize)]
pub struct LoggedRequest {
    pub at: DateTime<Utc>,
    pub target: Target,
    pub action: String,
    /// HTTP status or SMTP reply code; `null` when the connection was closed without an answer.
    pub status: Option<u16>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub client_id: Option<u64>,
}

/// Everything that a reset makes anew.
#[derive(Debug)]
pub struct World {
    pub seed: Seed,
    /// What the world was made from, if not from the seed alone.
    pub scenario: Option<Arc<Scenario>>,
    pub clock: Clock,
    pub config: Config,
    pub ledger: Ledger,
    pub sessions: Sessions,
    pub faults: Faults,
    pub hooks: Hooks,
    pub requests: VecDeque<LoggedRequest>,
}

impl World {
    pub fn new(seed: Seed) -> Self {
        Self::at(seed, None)
    }

    /// A world whose present is `moment`; the real one when absent.
    pub fn at(seed: Seed, moment: Option<DateTime<Utc>>) -> Self {
        let mut clock = Clock::default();
        if let Some(moment) = moment {
            clock.set(moment);
        }
        let ledger = seed::ledger(seed, clock.local());
        Self {
            seed,
            scenario: None,
            clock,
            config: Config::default(),
            ledger,
            sessions: Sessions::default(),
            faults: Faults::default(),
            hooks: Hooks::default(),
            requests: VecDeque::new(),
        }
    }

    /// Takes another world's place. Whoever waits for webhooks to send goes on waiting.
    pub fn replace(&mut self, mut new: Self) {
        new.hooks.keep_wake(self.hooks.wake());
        *self = new;
    }

    /// Everything as after the start, or as after a start with `seed`.
    pub fn start_again(&mut self, seed: Option<Seed>) -> Result<(), Trouble> {
        let scenario = self.scenario.clone().filter(|_| seed.is_none());
        let mut new = match &scenario {
            Some(scenario) => scenario.build()?,
            None => Self::new(seed.unwrap_or(self.seed)),
        };
        new.scenario = scenario;
        self.replace(new);
        Ok(())
    }

    /// Pays an invoice's whole balance and runs the hook points of a payment. `transid` is the payment's number where it
    /// has one already.
    pub fn pay(&mut self, invoice_id: u64, transid: Option<String>) -> Result<(), PayError> {
        whmcs::payment::pay(self, invoice_id, transid)
    }

    pub fn log(&mut self, call: Call, status: Option<u16>) {
        if self.requests.len() >= REQUESTS {
            self.requests.pop_front();
        }
        let at = self.clock.now();
        let Call { target, action, client_id } = call;
        self.requests.push_back(LoggedRequest { at, target, action, status, client_id });
    }
}

/// Shared by the HTTP workers and the SMTP receiver.
#[derive(Debug)]
pub struct Shared {
    world: Mutex<World>,
    /// The calls that faults hold back.
    pub waiting: Waiting,
    pub sender: Sender,
    /// Where browsers and clients reach the sandbox, with a trailing slash.
    pub base: Url,
    /// Where the OpenID Connect provider may send codes, besides what the switches name.
    pub openid_redirect_uris: Vec<String>,
}

impl Shared {
    pub fn new(world: World, base: Url, openid_redirect_uris: Vec<String>) -> Self {
        Self {
            world: Mutex::new(world),
            waiting: Waiting::default(),
            sender: Sender::default(),
            base,
            openid_redirect_uris,
        }
    }

    /// The state. Never held across an await. A panic elsewhere does not make the state unusable: tests want to look at it.
    pub fn world(&self) -> MutexGuard<'_, World> {
        self.world.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// An address under the base, without a trailing slash: `whmcs/viewinvoice.php?id=1`.
    pub fn address(&self, path: &str) -> String {
        format!("{}{}", self.base, path.trim_start_matches('/'))
    }
}
