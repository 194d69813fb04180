//! The state behind the lock, and what every request handler shares.

use std::collections::VecDeque;
use std::sync::{Mutex, MutexGuard, PoisonError};

use chrono::{DateTime, Utc};
use serde::Serialize;
use serde_json::json;
use url::Url;

use crate::client_area::session::Sessions;
use crate::clock::Clock;
use crate::config::Config;
use crate::faults::{Faults, Target};
use crate::hooks::Hooks;
use crate::ledger::Ledger;
use crate::ledger::whmcs::PayError;
use crate::seed::{self, Seed};

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
        let clock = Clock::default();
        let ledger = seed::ledger(seed, clock.local());
        Self {
            seed,
            clock,
            config: Config::default(),
            ledger,
            sessions: Sessions::default(),
            faults: Faults::default(),
            hooks: Hooks::default(),
            requests: VecDeque::new(),
        }
    }

    /// Pays an invoice's whole balance and runs the hook points of a payment.
    pub fn pay(&mut self, invoice_id: u64) -> Result<(), PayError> {
        let now = self.clock.local();
        self.ledger.whmcs.pay(invoice_id, now)?;
        for event in ["AddInvoicePayment", "InvoicePaidPreEmail", "InvoicePaid"] {
            self.hooks.fire(event, json!({ "invoiceid": invoice_id }));
        }
        Ok(())
    }

    pub fn log(&mut self, target: Target, action: &str, status: Option<u16>, client_id: Option<u64>) {
        if self.requests.len() >= REQUESTS {
            self.requests.pop_front();
        }
        let at = self.clock.now();
        self.requests.push_back(LoggedRequest { at, target, action: action.to_owned(), status, client_id });
    }
}

/// Shared by the HTTP workers and the SMTP receiver.
#[derive(Debug)]
pub struct Shared {
    world: Mutex<World>,
    /// Where browsers and clients reach the sandbox, with a trailing slash.
    pub base: Url,
    /// Where the OpenID Connect provider may send codes, besides what the switches name.
    pub openid_redirect_uris: Vec<String>,
}

impl Shared {
    pub fn new(world: World, base: Url, openid_redirect_uris: Vec<String>) -> Self {
        Self { world: Mutex::new(world), base, openid_redirect_uris }
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
