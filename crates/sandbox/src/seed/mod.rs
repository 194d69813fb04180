//! The demo people and their data. Ids are fixed; dates are relative to the clock at seed time.

pub mod billing;
pub mod bulk;
pub mod crm;
pub mod people;
pub mod scenario;

use chrono::NaiveDateTime;
use serde::{Deserialize, Serialize};

use crate::ledger::Ledger;
use crate::ledger::whmcs::Currency;

/// What the ledger holds after start or reset.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize, clap::ValueEnum)]
#[serde(rename_all = "snake_case")]
pub enum Seed {
    /// Currencies and the catalogue only.
    Empty,
    /// The demo people without `bulk@example.com`'s records.
    #[default]
    Demo,
    /// Everything: 5,000 invoices, 800 services and 600 cases more.
    DemoWithBulk,
}

/// A fresh ledger.
pub fn ledger(seed: Seed, now: NaiveDateTime) -> Ledger {
    let mut ledger = Ledger::default();
    ledger.whmcs.currencies = vec![
        Currency { id: 1, code: "USD", prefix: "$", suffix: " USD", format: "1", rate: "1.00000" },
        Currency { id: 2, code: "EUR", prefix: "€", suffix: " EUR", format: "1", rate: "0.92000" },
    ];
    ledger.whmcs.catalog = billing::catalog::catalog(now.date());
    if seed == Seed::Empty {
        return ledger;
    }
    people::add(&mut ledger.whmcs, now);
    billing::add(&mut ledger.whmcs, now);
    crm::add(&mut ledger, now.and_utc());
    if seed == Seed::DemoWithBulk {
        bulk::add(&mut ledger, now);
    }
    ledger
}
