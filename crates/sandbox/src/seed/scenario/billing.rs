//! Invoices and services.

use serde::Deserialize;

use super::Trouble;
use super::rows::{ClientRef, Clients, Day, Rows};
use crate::html::escape;
use crate::ledger::invoice::InvoiceStatus;
use crate::ledger::whmcs::{ServiceStatus, item};
use crate::money::Money;
use crate::seed::billing::{InvoicePlan, ServicePlan, invoice, monthly_or_once, service};
use crate::world::World;

/// An invoice of a client.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Invoice {
    client: ClientRef,
    #[serde(default = "unpaid")]
    status: InvoiceStatus,
    /// Today when absent.
    date: Option<Day>,
    /// 14 days after its date when absent.
    duedate: Option<Day>,
    lines: Vec<Line>,
    #[serde(default)]
    credit: Money,
    /// Paid so far; `Paid` and `Refunded` invoices are paid whole.
    #[serde(default)]
    paid: Money,
    number: Option<String>,
}

#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
struct Line {
    description: String,
    amount: Money,
    #[serde(default)]
    taxed: bool,
}

/// A service of a client.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Service {
    client: ClientRef,
    #[serde(default = "active")]
    status: ServiceStatus,
    #[serde(default = "starter")]
    name: String,
    #[serde(default)]
    domain: String,
    #[serde(default = "monthly")]
    recurring: Money,
    /// Today when absent.
    registered: Option<Day>,
    /// 30 days after today when absent; `null` for a service that is paid once.
    #[serde(default = "next_month")]
    nextduedate: Option<Day>,
}

fn unpaid() -> InvoiceStatus {
    InvoiceStatus::Unpaid
}

fn active() -> ServiceStatus {
    ServiceStatus::Active
}

fn starter() -> String {
    "Starter".to_owned()
}

fn monthly() -> Money {
    Money(1_295)
}

#[expect(clippy::unnecessary_wraps, reason = "serde's default for a member that may be null")]
fn next_month() -> Option<Day> {
    Some(Day::Offset(30))
}

pub fn invoices(world: &mut World, clients: &Clients, rows: &Rows<Invoice>) -> Result<(), Trouble> {
    let now = world.clock.local();
    rows.each("invoices", |row| {
        let new = row.of;
        let client_id =
            clients.find(world, &new.client).ok_or_else(|| row.refuse("client", "no such client"))?;
        if new.lines.is_empty() {
            return Err(row.refuse("lines", "an invoice has at least one line"));
        }
        let date = new.date.unwrap_or(Day::Offset(0)).on(now.date(), row.earlier);
        let due = new.duedate.map_or(Day::Offset(14).on(date, 0), |due| due.on(now.date(), row.earlier));
        let items = new.lines.iter().map(|line| {
            let mut item = item("", 0, escape(&row.text(&line.description)), line.amount);
            item.taxed = line.taxed;
            item
        });
        let plan = InvoicePlan {
            client_id,
            status: new.status,
            date,
            due,
            items: items.collect(),
            credit: new.credit,
            number: new.number.as_ref().map(|number| row.text(number)),
            paid: new.paid,
        };
        invoice(&mut world.ledger.whmcs, plan, now);
        Ok(())
    })
}

pub fn services(world: &mut World, clients: &Clients, rows: &Rows<Service>) -> Result<(), Trouble> {
    let today = world.clock.local().date();
    rows.each("services", |row| {
        let new = row.of;
        let client_id =
            clients.find(world, &new.client).ok_or_else(|| row.refuse("client", "no such client"))?;
        let next_due = new.nextduedate.map(|due| due.on(today, 0));
        let plan = ServicePlan {
            client_id,
            status: new.status,
            name: escape(&row.text(&new.name)),
            domain: row.text(&new.domain),
            billing: monthly_or_once(next_due),
            setup: Money(0),
            recurring: new.recurring,
            registered: new.registered.unwrap_or(Day::Offset(0)).on(today, row.earlier),
            next_due,
        };
        service(&mut world.ledger.whmcs, plan);
        Ok(())
    })
}
