//! The `stats` of `GetClientsDetails`: counts, and sums as text for people.

use chrono::NaiveDate;
use serde_json::json;

use crate::ledger::invoice::{Invoice, InvoiceStatus};
use crate::ledger::whmcs::{Client, ServiceStatus, Whmcs};
use crate::money::Money;
use crate::whmcs::wire::fields;
use crate::whmcs::{Fields, orders};

/// Statuses with the names of their count and of their sum.
const BY_STATUS: [(InvoiceStatus, &str, &str); 7] = [
    (InvoiceStatus::Draft, "numDraftInvoices", "draftInvoicesBalance"),
    (InvoiceStatus::Unpaid, "numunpaidinvoices", "unpaidinvoicesamount"),
    (InvoiceStatus::Paid, "numpaidinvoices", "paidinvoicesamount"),
    (InvoiceStatus::Cancelled, "numcancelledinvoices", "cancelledinvoicesamount"),
    (InvoiceStatus::Refunded, "numrefundedinvoices", "refundedinvoicesamount"),
    (InvoiceStatus::Collections, "numcollectionsinvoices", "collectionsinvoicesamount"),
    (InvoiceStatus::PaymentPending, "numpaymentpendinginvoices", "paymentpendinginvoicesamount"),
];

/// Kinds of product with the names of their active and of their whole count.
const BY_KIND: [(&str, &str, &str); 4] = [
    ("hostingaccount", "productsnumactivehosting", "productsnumhosting"),
    ("reselleraccount", "productsnumactivereseller", "productsnumreseller"),
    ("server", "productsnumactiveservers", "productsnumservers"),
    ("other", "productsnumactiveother", "productsnumother"),
];

/// What a settled invoice was worth, and what is still due of an open one.
fn worth(invoice: &Invoice) -> Money {
    if invoice.status == InvoiceStatus::Unpaid { invoice.balance() } else { invoice.gross() }
}

pub fn of(whmcs: &Whmcs, client: &Client, today: NaiveDate) -> Fields {
    let money = |amount: Money| orders::formatted(whmcs, client.id, amount);
    let mut stats = services(whmcs, client);
    let invoices = whmcs.invoices_of(Some(client.id));
    for (status, count, sum) in BY_STATUS {
        let these: Vec<&&Invoice> = invoices.iter().filter(|invoice| invoice.status == status).collect();
        stats.insert(count.to_owned(), json!(these.len()));
        stats.insert(sum.to_owned(), json!(money(these.iter().map(|invoice| worth(invoice)).sum())));
    }
    let due = || invoices.iter().filter(|invoice| invoice.status == InvoiceStatus::Unpaid);
    let overdue = || invoices.iter().filter(|invoice| invoice.overdue(today));
    let moved = || invoices.iter().flat_map(|invoice| &invoice.transactions);
    let (came, went): (Money, Money) =
        (moved().map(|t| t.amount_in).sum(), moved().map(|t| t.amount_out + t.fees).sum());
    stats.extend(fields(json!({
        "numdueinvoices": due().count(),
        "dueinvoicesbalance": money(due().map(|invoice| invoice.balance()).sum()),
        "incredit": client.credit > Money(0),
        "creditbalance": money(client.credit),
        "grossRevenue": money(came),
        "expenses": money(went),
        "income": money(came - went),
        "numoverdueinvoices": overdue().count(),
        "overdueinvoicesbalance": money(overdue().map(|invoice| invoice.balance()).sum()),
        // Domains, quotes, tickets and affiliates are not simulated: there are none.
        "numactivedomains": 0,
        "numdomains": 0,
        "numacceptedquotes": 0,
        "numquotes": 0,
        "numtickets": 0,
        "numactivetickets": 0,
        "numaffiliatesignups": 0,
        "isAffiliate": false,
    })));
    stats
}

fn services(whmcs: &Whmcs, client: &Client) -> Fields {
    let services = whmcs.services_of(Some(client.id));
    let mut stats = Fields::new();
    for (kind, active, all) in BY_KIND {
        let these = services.iter().filter(|service| {
            whmcs.catalog.product(service.pid).map_or("other", |product| product.kind) == kind
        });
        let (mut active_count, mut count) = (0, 0);
        for service in these {
            count += 1;
            active_count += u32::from(service.status == ServiceStatus::Active);
        }
        stats.insert(active.to_owned(), json!(active_count));
        stats.insert(all.to_owned(), json!(count));
    }
    let active = services.iter().filter(|service| service.status == ServiceStatus::Active).count();
    stats.insert("productsnumactive".to_owned(), json!(active));
    stats.insert("productsnumtotal".to_owned(), json!(services.len()));
    stats
}
