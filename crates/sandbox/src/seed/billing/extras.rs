//! Orders, credit, pay methods, cancellations and the activity log of the demo people.

use chrono::{NaiveDateTime, NaiveTime, TimeDelta};

use crate::ledger::whmcs::{
    Billing, CancelType, Line, Order, OrderStatus, PayMethod, PayMethodType, Product, ServiceStatus, Whmcs,
};
use crate::money::Money;
use crate::seed::people::{ADA_CLIENT, LINUS_CLIENTS, MALLORY_CLIENT};

/// The order that a seeded service came from.
pub fn order(whmcs: &mut Whmcs, service_id: u64) {
    let Some(service) = whmcs.services.get(&service_id) else { return };
    let status = match service.status {
        ServiceStatus::Pending => OrderStatus::Pending,
        ServiceStatus::Cancelled => OrderStatus::Cancelled,
        ServiceStatus::Fraud => OrderStatus::Fraud,
        _ => OrderStatus::Active,
    };
    let owner = whmcs.clients.get(&service.client_id).map_or(0, |client| client.owner_user_id);
    let product = whmcs.catalog.product(service.pid);
    let line = Line {
        kind: "product",
        relid: service_id,
        product_kind: product.map_or("Other Product/Service", Product::kind_label),
        product: format!("{} - {}", service.group, service.name),
        domain: service.domain.clone(),
        cycle: Billing::of(&service.cycle).order_label(),
        amount: service.first_payment,
        status: service.status.label(),
    };
    let order = Order {
        id: service.order_id,
        number: number(service.order_id),
        client_id: service.client_id,
        requestor_id: owner,
        date: service.registered.and_time(NaiveTime::MIN) + TimeDelta::hours(9),
        promo_code: "",
        promo_type: "",
        promo_value: String::new(),
        amount: service.first_payment,
        gateway: service.gateway,
        invoice_id: None,
        status,
        ip: "203.0.113.9".to_owned(),
        lines: vec![line],
    };
    whmcs.add_order(order);
}

/// What people call a seeded order.
pub fn number(order_id: u64) -> u64 {
    7_000_000 + order_id * 37
}

fn card(brand: &'static str, last_four: &'static str, expiry: &'static str, remote: bool) -> PayMethodType {
    PayMethodType::Card { remote, last_four, expiry, brand }
}

fn pay_methods(whmcs: &mut Whmcs, now: NaiveDateTime) {
    let bank = |bank, remote| PayMethodType::Bank { remote, bank };
    let rows = [
        (
            ADA_CLIENT,
            "Default Card",
            "stripe",
            card("Visa", "4242", "02/31", true),
            "{\"customer\":\"sandbox\",\"method\":\"sandbox-token\"}",
        ),
        (ADA_CLIENT, "Card about to expire", "", card("MasterCard", "4444", "01/27", false), ""),
        (ADA_CLIENT, "Household account", "", bank("Bank of Babbage", false), ""),
        (ADA_CLIENT, "Direct debit", "gocardless", bank("", true), "MD-SANDBOX-1"),
        (
            MALLORY_CLIENT,
            "Mallory&#039;s card",
            "stripe",
            card("Visa", "0002", "09/30", true),
            "sandbox-token",
        ),
    ];
    for (id, (client_id, description, gateway, kind, token)) in (1..).zip(rows) {
        let updated = now - TimeDelta::days(90);
        whmcs.pay_methods.push(PayMethod { id, client_id, description, gateway, kind, token, updated });
    }
}

/// Everything of this module but the orders, which come with their services.
pub fn add(whmcs: &mut Whmcs, now: NaiveDateTime) {
    // Ada's first order was paid with her first invoice.
    whmcs.link_order(1, 1);
    pay_methods(whmcs, now);
    let days = |days| now - TimeDelta::days(days);
    let credits = [
        (ADA_CLIENT, 300, "Goodwill for the outage", 4_500),
        (ADA_CLIENT, 3, "Credit Applied to Invoice #8", -2_000),
        (LINUS_CLIENTS[0], 20, "Invoice #12 Overpayment", 1_000),
    ];
    for (client_id, age, text, amount) in credits {
        whmcs.add_credit(client_id, days(age), text.to_owned(), Money(amount));
    }
    let ends = [
        (6, 40, "Moving elsewhere", CancelType::Immediate),
        (8, 4, "No longer &quot;needed&quot;", CancelType::EndOfBillingPeriod),
    ];
    for (service_id, age, reason, kind) in ends {
        whmcs.add_cancel_request(service_id, days(age), reason.to_owned(), kind);
    }
    whmcs.log_activity(ADA_CLIENT, days(3), "Credit Applied - Invoice ID: 8".to_owned());
}
