//! Salesforce cases.

use chrono::TimeDelta;
use serde::Deserialize;

use super::Trouble;
use super::rows::{ClientRef, Clients, Rows};
use crate::seed::crm;
use crate::world::World;

/// A case of a client's account.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Case {
    /// A client with `crm`.
    client: ClientRef,
    subject: String,
    #[serde(default = "new")]
    status: String,
    #[serde(default)]
    days_ago: u32,
}

fn new() -> String {
    "New".to_owned()
}

pub fn cases(world: &mut World, clients: &Clients, rows: &Rows<Case>) -> Result<(), Trouble> {
    let now = world.clock.now();
    rows.each("cases", |row| {
        let new = row.of;
        let client_id =
            clients.find(world, &new.client).ok_or_else(|| row.refuse("client", "no such client"))?;
        let account = crm::account_of(&world.ledger, client_id);
        let account = account.ok_or_else(|| row.refuse("client", "the client has no account: crm"))?;
        let at = now - TimeDelta::days(row.earlier.saturating_add(i64::from(new.days_ago)));
        crm::case(&mut world.ledger, &account, &row.text(&new.subject), &new.status, at)
            .map(drop)
            .ok_or_else(|| row.refuse("subject", "Salesforce does not take this case"))
    })
}
