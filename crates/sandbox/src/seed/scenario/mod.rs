//! A whole world from one JSON file. Strict: an unknown member or a reference to nothing refuses the file and names the place.
//! One file for each family of records.

mod billing;
mod orders;
mod people;
mod products;
mod rows;
mod support;

use std::fmt;

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};

use super::Seed;
use crate::config::Change;
use crate::control::webhooks::NewReceiver;
use crate::faults::Fault;
use crate::world::World;
use rows::Rows;

/// A scenario file.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Scenario {
    /// What the ledger holds before the scenario's own records.
    #[serde(default = "empty")]
    seed: Seed,
    /// The sandbox's present moment; dates are relative to it.
    clock: Option<DateTime<Utc>>,
    /// As `POST /_control/config` takes them; checked when the file is read, applied when the world is made.
    switches: Option<serde_json::Value>,
    /// Codes, in the order of their ids; absent: USD and EUR.
    currencies: Option<Vec<String>>,
    /// Absent: those of the demo.
    products: Option<Vec<products::Product>>,
    #[serde(default)]
    people: Vec<people::Person>,
    #[serde(default)]
    invoices: Rows<billing::Invoice>,
    #[serde(default)]
    services: Rows<billing::Service>,
    #[serde(default)]
    orders: Rows<orders::Order>,
    #[serde(default)]
    cases: Rows<support::Case>,
    #[serde(default)]
    faults: Vec<Fault>,
    #[serde(default)]
    webhooks: Vec<NewReceiver>,
}

fn empty() -> Seed {
    Seed::Empty
}

/// Why a scenario is refused, and where.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Trouble {
    /// For example `people[0].clients[1].currency`.
    pub path: String,
    #[serde(rename = "error")]
    pub reason: String,
}

impl Trouble {
    fn new(path: impl Into<String>, reason: impl Into<String>) -> Self {
        Self { path: path.into(), reason: reason.into() }
    }
}

impl fmt::Display for Trouble {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}", self.path, self.reason)
    }
}

impl Scenario {
    /// Reads a file.
    pub fn parse(json: &[u8]) -> Result<Self, Trouble> {
        let mut reader = serde_json::Deserializer::from_slice(json);
        let scenario: Self = serde_path_to_error::deserialize(&mut reader)
            .map_err(|error| Trouble::new(error.path().to_string(), error.inner().to_string()))?;
        reader.end().map_err(|error| Trouble::new(".", error.to_string()))?;
        Ok(scenario)
    }

    /// The world it describes, or nothing at all.
    pub fn build(&self) -> Result<World, Trouble> {
        let mut world = World::at(self.seed, self.clock);
        if let Some(switches) = &self.switches {
            let change: Change = serde_path_to_error::deserialize(switches).map_err(|error| {
                Trouble::new(format!("switches.{}", error.path()), error.inner().to_string())
            })?;
            world.ledger.salesforce.api_quota = change.api_quota.unwrap_or(world.ledger.salesforce.api_quota);
            world.config.apply(change);
        }
        if let Some(codes) = &self.currencies {
            people::currencies(&mut world, codes)?;
        }
        if let Some(products) = &self.products {
            products::replace(&mut world, products)?;
        }
        let clients = people::add(&mut world, &self.people)?;
        billing::invoices(&mut world, &clients, &self.invoices)?;
        billing::services(&mut world, &clients, &self.services)?;
        orders::add(&mut world, &clients, &self.orders)?;
        support::cases(&mut world, &clients, &self.cases)?;
        for (index, fault) in self.faults.iter().enumerate() {
            fault.check().map_err(|reason| Trouble::new(format!("faults[{index}]"), reason))?;
            world.faults.plant(fault.clone());
        }
        for (index, receiver) in self.webhooks.iter().enumerate() {
            let receiver = receiver
                .clone()
                .receiver(&world.ledger.salesforce)
                .map_err(|reason| Trouble::new(format!("webhooks[{index}]"), reason))?;
            world.hooks.register(receiver);
        }
        Ok(world)
    }
}
