//! Orders of products, each with the service it made and, where wanted, its first invoice.

use chrono::NaiveDate;
use serde::Deserialize;

use super::Trouble;
use super::rows::{ClientRef, Clients, Day, Row, Rows};
use crate::ledger::invoice::InvoiceStatus;
use crate::ledger::whmcs::catalog::prices_in;
use crate::ledger::whmcs::{Billing, OrderStatus, PayType, Product, ServiceStatus, item};
use crate::money::Money;
use crate::seed::billing::{InvoicePlan, ServicePlan, invoice, service};
use crate::world::World;

/// An order of one product.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Order {
    client: ClientRef,
    product: ProductRef,
    /// The shortest one that is offered when absent.
    cycle: Option<String>,
    #[serde(default)]
    status: Status,
    /// Today when absent.
    date: Option<Day>,
    #[serde(default)]
    domain: String,
    /// Status of its first invoice; absent: it has none.
    invoice: Option<InvoiceStatus>,
}

/// By id, or by name.
#[derive(Debug, Clone, Deserialize)]
#[serde(untagged, expecting = "a product's id or name")]
enum ProductRef {
    Id(u64),
    Name(String),
}

#[derive(Debug, Clone, Copy, Default, Deserialize)]
enum Status {
    #[default]
    Pending,
    Active,
    Fraud,
    Cancelled,
    #[serde(rename = "Awaiting Review")]
    AwaitingReview,
}

impl Status {
    fn of_order(self) -> OrderStatus {
        match self {
            Self::Pending => OrderStatus::Pending,
            Self::Active => OrderStatus::Active,
            Self::Fraud => OrderStatus::Fraud,
            Self::Cancelled => OrderStatus::Cancelled,
            Self::AwaitingReview => OrderStatus::AwaitingReview,
        }
    }

    fn of_service(self) -> ServiceStatus {
        match self {
            Self::Pending | Self::AwaitingReview => ServiceStatus::Pending,
            Self::Active => ServiceStatus::Active,
            Self::Fraud => ServiceStatus::Fraud,
            Self::Cancelled => ServiceStatus::Cancelled,
        }
    }
}

/// What one unit costs.
struct Offer {
    billing: Billing,
    price: Money,
    setup: Money,
}

pub fn add(world: &mut World, clients: &Clients, rows: &Rows<Order>) -> Result<(), Trouble> {
    rows.each("orders", |row| {
        let client_id =
            clients.find(world, &row.of.client).ok_or_else(|| row.refuse("client", "no such client"))?;
        place(world, client_id, row)
    })
}

fn place(world: &mut World, client_id: u64, row: &Row<'_, Order>) -> Result<(), Trouble> {
    let (new, now) = (row.of, world.clock.local());
    let whmcs = &mut world.ledger.whmcs;
    let found = whmcs.catalog.products.iter().find(|product| match &new.product {
        ProductRef::Id(id) => product.id == *id,
        ProductRef::Name(name) => crate::html::decode(&product.name) == *name,
    });
    let product = found.ok_or_else(|| row.refuse("product", "no such product"))?;
    let currency = whmcs.clients.get(&client_id).map_or(0, |client| client.currency);
    let offer = offer(product, currency, new.cycle.as_deref()).map_err(|why| row.refuse("cycle", why))?;
    let date = new.date.unwrap_or(Day::Offset(0)).on(now.date(), row.earlier);
    let name = product.name.to_string();
    let description = format!("{} - {name}", whmcs.catalog.group_name(product.group));
    let paid = new.invoice == Some(InvoiceStatus::Paid);
    let plan = ServicePlan {
        client_id,
        status: new.status.of_service(),
        name,
        domain: row.text(&new.domain),
        billing: offer.billing,
        setup: offer.setup,
        recurring: offer.price,
        registered: date,
        next_due: next_due(offer.billing, date, paid),
    };
    let service_id = service(whmcs, plan);
    let Some(order_id) = whmcs.services.get(&service_id).map(|service| service.order_id) else {
        return Ok(());
    };
    if let Some(order) = whmcs.orders.get_mut(&order_id) {
        order.status = new.status.of_order();
    }
    if let Some(status) = new.invoice {
        let plan = InvoicePlan {
            client_id,
            status,
            date,
            due: date,
            items: vec![item("Hosting", service_id, description, offer.price + offer.setup)],
            credit: Money(0),
            number: None,
            paid: Money(0),
        };
        let invoice_id = invoice(whmcs, plan, now);
        whmcs.link_order(order_id, invoice_id);
    }
    Ok(())
}

/// The price of a cycle in a currency, or why there is none.
fn offer(product: &Product, currency: u64, cycle: Option<&str>) -> Result<Offer, &'static str> {
    let wanted = match cycle {
        Some(text) => Billing::of(text),
        None => match product.pay_type {
            PayType::Free => Billing::Free,
            PayType::OneTime => Billing::OneTime,
            PayType::Recurring => Billing::Every(
                product.first_offered(currency).ok_or("the product has no price in the client's currency")?,
            ),
        },
    };
    let fits = matches!(
        (wanted, product.pay_type),
        (Billing::Free, PayType::Free)
            | (Billing::OneTime, PayType::OneTime)
            | (Billing::Every(_), PayType::Recurring)
    );
    if !fits {
        return Err("the product is not paid so");
    }
    let none = (Money(0), Money(0));
    let (price, setup) = match (wanted, prices_in(&product.pricing, currency)) {
        (Billing::Free, _) => none,
        (_, Some(prices)) => (prices.of(wanted.column()), prices.setup_of(wanted.column())),
        (_, None) => return Err("the product has no price in the client's currency"),
    };
    if price < Money(0) {
        return Err("the cycle is not offered");
    }
    Ok(Offer { billing: wanted, price, setup })
}

/// A first payment moves it by one period.
fn next_due(billing: Billing, date: NaiveDate, paid: bool) -> Option<NaiveDate> {
    let Billing::Every(cycle) = billing else { return None };
    Some(if paid { cycle.after(date) } else { date })
}
