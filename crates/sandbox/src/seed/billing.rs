//! The demo people's invoices and services: for Ada one of every kind, for the others a few of their own.

pub mod catalog;
pub mod extras;

use chrono::{Days, NaiveDate, NaiveDateTime, NaiveTime};

use super::people::{ADA_CLIENT, GRACE_CLIENT, LINUS_CLIENTS, MALLORY_CLIENT, TOVE_CLIENT};
use crate::ledger::invoice::{Invoice, InvoiceStatus, Item};
use crate::ledger::whmcs::{Billing, Cycle, GATEWAY, Service, ServiceStatus, Whmcs, item};
use crate::money::Money;

/// An invoice to make.
pub struct InvoicePlan {
    pub client_id: u64,
    pub status: InvoiceStatus,
    pub date: NaiveDate,
    pub due: NaiveDate,
    pub items: Vec<Item>,
    pub credit: Money,
    pub number: Option<String>,
    /// Paid so far; `Paid` and `Refunded` invoices are paid whole whatever this says.
    pub paid: Money,
}

/// The date `days` before or after `today`.
pub fn day(today: NaiveDate, days: i64) -> NaiveDate {
    let span = Days::new(days.unsigned_abs());
    let shifted = if days < 0 { today.checked_sub_days(span) } else { today.checked_add_days(span) };
    shifted.unwrap_or(today)
}

/// Makes an invoice whose dates and transactions fit its status.
pub fn invoice(whmcs: &mut Whmcs, plan: InvoicePlan, now: NaiveDateTime) -> u64 {
    let id = whmcs.next_invoice_id();
    let morning = plan.date.and_time(NaiveTime::MIN) + chrono::TimeDelta::hours(8);
    let settled = (plan.due.and_time(NaiveTime::MIN) - chrono::TimeDelta::hours(10)).min(now);
    let paid = matches!(plan.status, InvoiceStatus::Paid | InvoiceStatus::Refunded);
    let refunded = plan.status == InvoiceStatus::Refunded;
    let number = plan.number.unwrap_or_else(|| {
        if plan.status == InvoiceStatus::Draft { String::new() } else { format!("INV-{id:05}") }
    });
    let invoice = Invoice {
        id,
        client_id: plan.client_id,
        number,
        date: plan.date,
        due: plan.due,
        paid_at: paid.then_some(settled),
        refunded_at: refunded.then_some(now),
        cancelled_at: (plan.status == InvoiceStatus::Cancelled).then_some(now),
        items: plan.items,
        credit: plan.credit,
        tax_rate: 0,
        status: plan.status,
        gateway: GATEWAY,
        notes: String::new(),
        created_at: morning,
        updated_at: settled.max(morning).min(now),
        transactions: Vec::new(),
    };
    let whole = invoice.balance();
    whmcs.add_invoice(invoice);
    let came_in = if paid { whole } else { plan.paid };
    if came_in > Money(0) {
        whmcs.record(id, settled, came_in, Money(0));
    }
    if refunded {
        whmcs.record(id, now, Money(0), whole);
    }
    id
}

/// A service to make.
pub struct ServicePlan {
    pub client_id: u64,
    pub status: ServiceStatus,
    pub name: String,
    pub domain: String,
    pub billing: Billing,
    /// With the first payment only.
    pub setup: Money,
    /// The whole price when it is paid once.
    pub recurring: Money,
    pub registered: NaiveDate,
    pub next_due: Option<NaiveDate>,
}

/// How a service is paid that is due again then, or never.
pub fn monthly_or_once(next_due: Option<NaiveDate>) -> Billing {
    if next_due.is_none() { Billing::OneTime } else { Billing::Every(Cycle::Monthly) }
}

/// Makes a service, and the order it came from.
pub fn service(whmcs: &mut Whmcs, plan: ServicePlan) -> u64 {
    let (id, order_id) = (whmcs.next_service_id(), whmcs.next_order_id());
    // A name that is not in the catalogue belongs to a product that is gone.
    let product = whmcs.catalog.products.iter().find(|product| product.name == plan.name);
    let (pid, group) = product.map_or((0, 0), |product| (product.id, product.group));
    let custom_fields = product.map_or_else(Vec::new, |product| {
        product.custom_fields.iter().map(|field| (field.id, String::new())).collect()
    });
    let group = match whmcs.catalog.group_name(group) {
        "" => "Shared Hosting",
        name => name,
    };
    whmcs.add_service(Service {
        id,
        client_id: plan.client_id,
        order_id,
        order_number: (!id.is_multiple_of(3)).then(|| extras::number(order_id).to_string()),
        pid,
        registered: plan.registered,
        name: plan.name,
        group: group.to_owned(),
        domain: plan.domain,
        first_payment: plan.recurring + plan.setup,
        recurring: if plan.billing == Billing::OneTime { Money(0) } else { plan.recurring },
        cycle: plan.billing.label().to_owned(),
        quantity: 1,
        gateway: GATEWAY,
        promotion_id: 0,
        next_due: plan.next_due,
        status: plan.status,
        suspension_reason: if plan.status == ServiceStatus::Suspended { "Overdue on Payment" } else { "" },
        custom_fields,
        options: Vec::new(),
        malformed: false,
    });
    extras::order(whmcs, id);
    id
}

/// Status, days to the invoice's date, days to its due date, amount, credit, paid, whether it is taxed.
type Row = (InvoiceStatus, i64, i64, i64, i64, i64, bool);

const ADA_INVOICES: &[Row] = &[
    (InvoiceStatus::Paid, -400, -386, 15_900, 0, 0, false),
    (InvoiceStatus::Paid, -190, -176, 1_595, 0, 0, true),
    (InvoiceStatus::Refunded, -150, -136, 2_495, 0, 0, false),
    (InvoiceStatus::Cancelled, -120, -106, 4_200, 0, 0, false),
    (InvoiceStatus::Collections, -100, -86, 9_900, 0, 0, false),
    (InvoiceStatus::Unpaid, -40, -26, 3_795, 0, 0, false),
    (InvoiceStatus::Unpaid, -5, 9, 12_345, 0, 0, true),
    (InvoiceStatus::Unpaid, -3, 20, 10_000, 2_000, 3_000, false),
    (InvoiceStatus::PaymentPending, -2, 12, 1_595, 0, 0, false),
    (InvoiceStatus::Draft, 0, 14, 77_700, 0, 0, false),
];

const OTHER_INVOICES: &[(u64, Row)] = &[
    (GRACE_CLIENT, (InvoiceStatus::Unpaid, -4, 10, 2_000, 0, 0, false)),
    (LINUS_CLIENTS[0], (InvoiceStatus::Paid, -60, -46, 1_000, 0, 0, false)),
    (LINUS_CLIENTS[1], (InvoiceStatus::Unpaid, -20, -6, 5_050, 0, 0, false)),
    (MALLORY_CLIENT, (InvoiceStatus::Unpaid, -6, 8, 66_600, 0, 0, false)),
    (MALLORY_CLIENT, (InvoiceStatus::Paid, -66, -52, 66_600, 0, 0, false)),
    (TOVE_CLIENT, (InvoiceStatus::Unpaid, -7, 7, 4_321, 0, 0, false)),
];

/// Ada's invoices have the ids 1 to 10 in the order of the table, her services 1 to 8.
pub fn add(whmcs: &mut Whmcs, now: NaiveDateTime) {
    let ada = ADA_INVOICES.iter().map(|row| (ADA_CLIENT, *row));
    for (client_id, row) in ada.chain(OTHER_INVOICES.iter().copied()) {
        add_invoice(whmcs, client_id, row, now);
    }
    services(whmcs, now.date());
    extras::add(whmcs, now);
}

fn add_invoice(whmcs: &mut Whmcs, client_id: u64, row: Row, now: NaiveDateTime) {
    let (status, date, due, amount, credit, paid, taxed) = row;
    let (date, due) = (day(now.date(), date), day(now.date(), due));
    let period = format!("{} - {}", date.format("%d/%m/%Y"), day(date, 30).format("%d/%m/%Y"));
    let mut items = vec![
        item("Hosting", 1, format!("Starter - lovelace.example ({period})"), Money(amount - amount / 3)),
        item("", 0, "Support &amp; maintenance".to_owned(), Money(amount / 3)),
    ];
    for item in &mut items {
        item.taxed = taxed;
    }
    let plan = InvoicePlan {
        client_id,
        status,
        date,
        due,
        items,
        credit: Money(credit),
        number: None,
        paid: Money(paid),
    };
    let id = invoice(whmcs, plan, now);
    if let Some(invoice) = whmcs.invoices.get_mut(&id).filter(|_| taxed) {
        invoice.tax_rate = 20_000;
    }
}

fn services(whmcs: &mut Whmcs, today: NaiveDate) {
    let names =
        ["Starter", "Plus &amp; Backup", "VPS 2", "Starter", "Dedicated", "Starter", "Plus &amp; Backup"];
    for (status, name) in ServiceStatus::ALL.into_iter().zip(names) {
        let next_due = (status != ServiceStatus::Completed).then(|| day(today, 9));
        let domain = format!("{}.lovelace.example", status.label().to_lowercase());
        service(whmcs, plan(ADA_CLIENT, status, name, domain, today, next_due));
    }
    let more = [
        (ADA_CLIENT, ServiceStatus::Active, "analytical-engine.example"),
        (GRACE_CLIENT, ServiceStatus::Active, "cobol.example"),
        (LINUS_CLIENTS[0], ServiceStatus::Active, "kernel.example"),
        (MALLORY_CLIENT, ServiceStatus::Active, "mallory.example"),
        (TOVE_CLIENT, ServiceStatus::Suspended, "moomin.example"),
    ];
    for (client_id, status, domain) in more {
        let plan = plan(client_id, status, "Starter", domain.to_owned(), today, Some(day(today, 20)));
        service(whmcs, plan);
    }
}

fn plan(
    client_id: u64,
    status: ServiceStatus,
    name: &str,
    domain: String,
    today: NaiveDate,
    next_due: Option<NaiveDate>,
) -> ServicePlan {
    ServicePlan {
        client_id,
        status,
        name: name.to_owned(),
        domain,
        billing: monthly_or_once(next_due),
        setup: Money(0),
        recurring: Money(1295),
        registered: day(today, -200),
        next_due,
    }
}
