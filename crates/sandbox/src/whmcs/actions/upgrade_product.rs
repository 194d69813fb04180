//! `UpgradeProduct`: another product or other options for a service, with `calconly` only the price.

use chrono::NaiveDateTime;
use serde_json::{Value, json};

use crate::ledger::invoice::InvoiceStatus;
use crate::ledger::whmcs::promotion::Customer;
use crate::ledger::whmcs::{
    Billing, Change, Cycle, Line, Order, OrderStatus, PayType, Product, Service, Upgrade, Whmcs, item,
};
use crate::money::Money;
use crate::whmcs::invoicing::{self, NewInvoice};
use crate::whmcs::wire::fields;
use crate::whmcs::{Context, Fields, Params, Refusal, cart, orders};
use crate::world::World;

const CYCLE: &str = "Invalid Billing Cycle Requested";

pub fn run(context: &mut Context<'_>) -> Result<Fields, Refusal> {
    let params = context.params;
    let now = context.world.clock.local();
    let whmcs = &context.world.ledger.whmcs;
    let service_id = params.number("serviceid").unwrap_or(0);
    let service = whmcs.services.get(&service_id).ok_or("Service ID Not Found")?;
    let calculate = params.flag("calconly");
    let waiting = unpaid(whmcs, service_id);
    if waiting && !calculate {
        return Err(
            "Unable to accept upgrade order. Previous upgrade invoice for service is still unpaid.".into()
        );
    }
    let gateway = orders::gateway(&whmcs.catalog, params.text("paymentmethod"))?;
    let mut quote = match params.text("type") {
        "product" => product(context, service)?,
        "configoptions" => options(context, service)?,
        _ => return Err("Invalid Upgrade Type".into()),
    };
    quote.due = discounted(context, service, &quote);
    let mut answer = fields(json!({
        "oldproductid": service.pid.to_string(),
        "oldproductname": service.name,
        "newproductid": quote.product.id,
        "newproductname": quote.product.name,
        "daysuntilrenewal": quote.days,
        "totaldays": quote.period,
        "newproductbillingcycle": quote.cycle_key,
        "price": orders::formatted(whmcs, service.client_id, quote.due),
    }));
    if calculate {
        answer.insert("upgradeinprogress".to_owned(), json!(u8::from(waiting)));
        return Ok(answer);
    }
    let wish = Wish {
        service_id,
        client_id: service.client_id,
        gateway,
        due: quote.due,
        change: quote.change,
        text: format!("Upgrade/Downgrade: {} => {}", service.name, quote.product.name),
        cycle: quote.billing.order_label(),
        domain: service.domain.clone(),
        product_kind: quote.product.kind_label(),
        ip: context.ip.to_owned(),
    };
    answer.extend(order(context.world, wish, now));
    Ok(answer)
}

/// Whether an earlier upgrade of the service waits for its money.
fn unpaid(whmcs: &Whmcs, service_id: u64) -> bool {
    whmcs.upgrades.values().filter(|upgrade| upgrade.service_id == service_id && !upgrade.done).any(
        |upgrade| {
            let invoice = upgrade.invoice_id.and_then(|id| whmcs.invoices.get(&id));
            invoice.is_some_and(|invoice| invoice.status == InvoiceStatus::Unpaid)
        },
    )
}

/// What a change costs.
struct Quote<'a> {
    product: &'a Product,
    billing: Billing,
    cycle_key: &'static str,
    days: i64,
    period: i64,
    due: Money,
    change: Change,
}

/// Days until the renewal, and days of the whole period.
fn remaining(context: &Context<'_>, service: &Service) -> (i64, i64) {
    let today = context.today();
    match (service.next_due, Billing::of(&service.cycle)) {
        (Some(due), Billing::Every(cycle)) => {
            let period = (due - cycle.before(due)).num_days().max(1);
            ((due - today).num_days().clamp(0, period), period)
        }
        _ => (0, 0),
    }
}

fn product<'a>(context: &'a Context<'_>, service: &Service) -> Result<Quote<'a>, Refusal> {
    let params = context.params;
    let whmcs = &context.world.ledger.whmcs;
    let product = params.number("newproductid").and_then(|pid| whmcs.catalog.product(pid)).ok_or(CYCLE)?;
    let current = Billing::of(&service.cycle);
    let (billing, cycle_key) = billing(params, product, current)?;
    let prices = orders::currency_of(whmcs, service.client_id).and_then(|c| product.prices(c.id));
    let full = match billing {
        Billing::Free => Money(0),
        _ => prices.map(|prices| prices.of(billing.column())).ok_or(CYCLE)?,
    };
    if full < Money(0) {
        return Err(CYCLE.into());
    }
    let (days, period) = remaining(context, service);
    let unused = service.recurring.share(days, period);
    // The rest of the period for the same cycle; a new cycle starts with a whole period.
    let price = if billing == current && period > 0 { full.share(days, period) } else { full };
    let recurring = if matches!(billing, Billing::Every(_)) { full } else { Money(0) };
    let change = Change::Product { pid: product.id, billing, recurring };
    Ok(Quote { product, billing, cycle_key, days, period, due: price - unused, change })
}

fn billing(params: &Params, product: &Product, current: Billing) -> Result<(Billing, &'static str), Refusal> {
    match product.pay_type {
        PayType::Free => Ok((Billing::Free, "free")),
        PayType::OneTime => Ok((Billing::OneTime, "onetime")),
        PayType::Recurring => {
            let asked = params.text("newproductbillingcycle");
            let cycle = match (Cycle::named(asked), current) {
                (Some(cycle), _) => cycle,
                (None, Billing::Every(cycle)) if asked.is_empty() => cycle,
                _ => return Err(CYCLE.into()),
            };
            Ok((Billing::Every(cycle), cycle.key()))
        }
    }
}

fn options<'a>(context: &'a Context<'_>, service: &Service) -> Result<Quote<'a>, Refusal> {
    let whmcs = &context.world.ledger.whmcs;
    let product = whmcs.catalog.product(service.pid).ok_or("Service ID Not Found")?;
    let billing = Billing::of(&service.cycle);
    let currency = orders::currency_of(whmcs, service.client_id).map_or(1, |currency| currency.id);
    let chosen = cart::choices(product, context.params.array("configoptions"));
    let price = |options| cart::option_prices(product, options, currency, billing.column()).0;
    let difference = price(&chosen) - price(&service.options);
    let (days, period) = remaining(context, service);
    let cycle_key = match billing {
        Billing::Free => "free",
        Billing::OneTime => "onetime",
        Billing::Every(cycle) => cycle.key(),
    };
    let change = Change::Options { options: chosen, recurring: service.recurring + difference };
    Ok(Quote { product, billing, cycle_key, days, period, due: difference.share(days, period), change })
}

/// What is due after a promotion that holds for upgrades; others are ignored.
fn discounted(context: &Context<'_>, service: &Service, quote: &Quote<'_>) -> Money {
    let code = context.params.text("promocode");
    let whmcs = &context.world.ledger.whmcs;
    let customer = Customer {
        today: context.today(),
        orders: whmcs.order_rows(Some(service.client_id)).len(),
        used: false,
    };
    let found = whmcs.catalog.promotions.iter().find(|known| known.code.eq_ignore_ascii_case(code));
    let good = found.filter(|promotion| {
        promotion.upgrades
            && promotion.usable(customer)
            && promotion.covers(quote.product.id, quote.billing)
            && quote.due > Money(0)
    });
    good.map_or(quote.due, |promotion| (quote.due - promotion.discount(quote.due, Money(0))).max(Money(0)))
}

/// A change that is really wanted.
struct Wish {
    service_id: u64,
    client_id: u64,
    gateway: &'static str,
    due: Money,
    change: Change,
    text: String,
    cycle: &'static str,
    domain: String,
    product_kind: &'static str,
    ip: String,
}

/// Order, invoice when something is due, and the change at once when not.
fn order(world: &mut World, wish: Wish, now: NaiveDateTime) -> Fields {
    let order_id = world.ledger.whmcs.next_order_id();
    let upgrade_id = world.ledger.whmcs.add_upgrade(Upgrade {
        id: 0,
        order_id,
        service_id: wish.service_id,
        invoice_id: None,
        change: wish.change,
        done: false,
    });
    let amount = wish.due.max(Money(0));
    let invoice_id = (amount > Money(0)).then(|| {
        let new = NewInvoice {
            client_id: wish.client_id,
            status: InvoiceStatus::Unpaid,
            date: now.date(),
            due: now.date(),
            items: vec![item("Upgrade", upgrade_id, wish.text.clone(), amount)],
            gateway: wish.gateway,
            tax_rate: 0,
            notes: String::new(),
        };
        invoicing::create(world, new, now)
    });
    let whmcs = &mut world.ledger.whmcs;
    if let Some(upgrade) = whmcs.upgrades.get_mut(&upgrade_id) {
        upgrade.invoice_id = invoice_id;
    }
    let requestor_id = whmcs.clients.get(&wish.client_id).map_or(0, |client| client.owner_user_id);
    let number = orders::number(order_id);
    whmcs.add_order(Order {
        id: order_id,
        number,
        client_id: wish.client_id,
        requestor_id,
        date: now,
        promo_code: "",
        promo_type: "",
        promo_value: String::new(),
        amount,
        gateway: wish.gateway,
        invoice_id,
        status: OrderStatus::Pending,
        ip: wish.ip,
        lines: vec![Line {
            kind: "upgrade",
            relid: wish.service_id,
            product_kind: wish.product_kind,
            product: wish.text,
            domain: wish.domain,
            cycle: wish.cycle,
            amount,
            status: "Pending",
        }],
    });
    if let Some(id) = invoice_id {
        invoicing::release(world, id, true);
    } else {
        let product = matches!(
            world.ledger.whmcs.upgrades.get(&upgrade_id).map(|upgrade| &upgrade.change),
            Some(Change::Product { .. })
        );
        world.ledger.whmcs.run_upgrade(upgrade_id);
        let event = if product { "AfterProductUpgrade" } else { "AfterConfigOptionsUpgrade" };
        world.hooks.fire(event, json!({ "upgradeid": upgrade_id }));
    }
    fields(json!({
        "id": upgrade_id.to_string(),
        "orderid": order_id,
        "order_number": number.to_string(),
        // `null` when nothing is due: this one is documented.
        "invoiceid": invoice_id.map_or(Value::Null, |id| json!(id)),
    }))
}
