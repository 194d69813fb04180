//! `bulk@example.com`: 5,000 invoices over two currencies (two clients), 800 services, 600 cases. The same every time.

use chrono::{NaiveDateTime, TimeDelta};

use super::billing::{InvoicePlan, ServicePlan, day, invoice, service};
use super::crm;
use super::people::BULK_CLIENTS;
use crate::ledger::Ledger;
use crate::ledger::invoice::InvoiceStatus;
use crate::ledger::whmcs::{Billing, Cycle, ServiceStatus, Whmcs, item};
use crate::money::Money;

const INVOICES: u32 = 5_000;
const SERVICES: u32 = 800;
const CASES: u32 = 600;

/// A number that looks random and is a function of `n`.
fn scatter(n: u32) -> u32 {
    n.wrapping_mul(2_654_435_761).rotate_left(13).wrapping_mul(2_246_822_519)
}

fn client(n: u32) -> u64 {
    // Three of five in dollars, so that the two lists differ in length.
    if n % 5 < 3 { BULK_CLIENTS[0] } else { BULK_CLIENTS[1] }
}

pub fn add(ledger: &mut Ledger, now: NaiveDateTime) {
    for n in 0..INVOICES {
        invoice_of(&mut ledger.whmcs, client(n), n, INVOICES, now);
    }
    let today = now.date();
    for n in 0..SERVICES {
        let status = if n % 10 == 9 { ServiceStatus::Suspended } else { ServiceStatus::Active };
        service(
            &mut ledger.whmcs,
            ServicePlan {
                client_id: client(n),
                status,
                name: "Starter".to_owned(),
                domain: format!("host-{n}.bulk.example"),
                billing: Billing::Every(Cycle::Monthly),
                setup: Money(0),
                recurring: Money(i64::from(500 + scatter(n) % 9_500)),
                registered: day(today, -i64::from(n % 700) - 1),
                next_due: Some(day(today, i64::from(n % 30) + 1)),
            },
        );
    }
    add_cases(ledger, now);
}

/// Makes `count` invoices for a client, four a day up to today, most of them paid. The same every time.
pub fn invoices(whmcs: &mut Whmcs, client_id: u64, count: u32, now: NaiveDateTime) {
    for n in 0..count {
        invoice_of(whmcs, client_id, n, count, now);
    }
}

/// The `n`th of `count` invoices.
fn invoice_of(whmcs: &mut Whmcs, client_id: u64, n: u32, count: u32, now: NaiveDateTime) {
    let age = i64::from(count - n) / 4;
    let status = match scatter(n) % 100 {
        _ if age < 10 => InvoiceStatus::Unpaid,
        0..=2 => InvoiceStatus::Unpaid,
        3..=5 => InvoiceStatus::Cancelled,
        6 => InvoiceStatus::Refunded,
        _ => InvoiceStatus::Paid,
    };
    let amount = Money(i64::from(100 + scatter(n.wrapping_add(7)) % 99_900));
    let plan = InvoicePlan {
        client_id,
        status,
        date: day(now.date(), -age),
        due: day(now.date(), 14 - age),
        items: vec![item("Hosting", u64::from(n % SERVICES), format!("Bulk line {n}"), amount)],
        credit: Money(0),
        number: None,
        paid: Money(0),
    };
    invoice(whmcs, plan, now);
}

fn add_cases(ledger: &mut Ledger, now: NaiveDateTime) {
    let accounts: Vec<String> =
        BULK_CLIENTS.iter().filter_map(|client| crm::account_of(ledger, *client)).collect();
    for (n, account) in (0..CASES).zip(accounts.iter().cycle()) {
        let status = if scatter(n).is_multiple_of(4) { "New" } else { "Closed" };
        let at = now.and_utc() - TimeDelta::hours(i64::from(CASES - n) * 6);
        crm::case(ledger, account, &format!("Bulk question {n}"), status, at);
    }
    ledger.salesforce.settle();
}

#[cfg(test)]
mod tests {
    use chrono::NaiveDate;

    use super::invoices;
    use crate::ledger::whmcs::Whmcs;

    /// Resident memory in bytes; `None` where the system does not tell.
    fn resident() -> Option<u64> {
        let status = std::fs::read_to_string("/proc/self/status").ok()?;
        let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:"))?;
        line.split_whitespace().next()?.parse::<u64>().ok().map(|kilobytes| kilobytes * 1024)
    }

    #[test]
    fn a_hundred_thousand_invoices_take_less_than_300_megabytes() {
        let now = NaiveDate::from_ymd_opt(2030, 1, 2).unwrap().and_hms_opt(3, 4, 5).unwrap();
        let mut whmcs = Whmcs::default();
        invoices(&mut whmcs, 1, 100_000, now);
        assert_eq!(whmcs.invoice_rows(Some(1)).len(), 100_000);
        let Some(bytes) = resident() else {
            println!("skipped: no /proc/self/status");
            return;
        };
        println!("{bytes} bytes resident");
        assert!(bytes < 300_000_000, "{bytes} bytes");
    }
}
