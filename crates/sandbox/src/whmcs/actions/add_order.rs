//! `AddOrder`: a pending order with pending services and an unpaid invoice. Nothing is provisioned before `AcceptOrder`.

use chrono::{NaiveDate, NaiveDateTime};
use serde_json::json;

use crate::config::{BadPromocode, Firing, ZeroOrder};
use crate::ledger::invoice::InvoiceStatus;
use crate::ledger::whmcs::promotion::{Customer, Promotion};
use crate::ledger::whmcs::{
    Billing, ClientStatus, Line, Order, OrderStatus, Service, ServiceStatus, Whmcs, item,
};
use crate::money::Money;
use crate::whmcs::cart::{self, Item};
use crate::whmcs::invoicing::{self, NewInvoice};
use crate::whmcs::wire::fields;
use crate::whmcs::{Context, Fields, Params, Refusal, mail, orders, payment};

pub fn run(context: &mut Context<'_>) -> Result<Fields, Refusal> {
    let params = context.params;
    cart::check_arrays(&context.world.config, params)?;
    let whmcs = &context.world.ledger.whmcs;
    let client_id = params.number("clientid").unwrap_or(0);
    let client = whmcs.clients.get(&client_id).ok_or("Client ID Not Found")?;
    if client.status == ClientStatus::Closed {
        return Err("Unable to add order when client status is Closed".into());
    }
    let gateway = orders::gateway(&whmcs.catalog, params.text("paymentmethod"))?;
    renewals(whmcs, params, client_id)?;
    let currency = client.currency;
    let owner = client.owner_user_id;
    let mut items = cart::items(&context.world.config, &whmcs.catalog, currency, params);
    if items.is_empty() {
        return Err("No items added to cart so order cannot proceed".into());
    }
    let promotion = promotion(context, client_id, &items)?;
    let discount = promotion.map_or(Money(0), |promotion| cart::promote(promotion, &mut items));
    let now = context.world.clock.local();
    let bought = Bought {
        client_id,
        requestor_id: owner,
        gateway,
        promotion: promotion.cloned(),
        discount,
        ip: if params.given("clientip") { params.text("clientip") } else { context.ip }.to_owned(),
    };
    let drafts: Vec<Draft> = items.iter().map(|item| draft(whmcs, item, &bought, now.date())).collect();
    Ok(place(context, &bought, drafts, now))
}

/// Add-ons and renewals, of which the sandbox sells none: everything asked for is refused with the text that fits.
fn renewals(whmcs: &Whmcs, params: &Params, client_id: u64) -> Result<(), Refusal> {
    let list =
        |name: &str| cart::members(params, name).into_iter().filter(|(_, value)| !matches!(*value, "" | "0"));
    let owned = |id: &str| {
        let service = id.parse().ok().and_then(|id: u64| whmcs.services.get(&id));
        service.is_some_and(|service| service.client_id == client_id)
    };
    if params.given("addonid") || list("addonids").chain(list("addons")).next().is_some() {
        return Err("Addon ID invalid".into());
    }
    if list("domainrenewals").next().is_some() {
        return Err("Domain not owned by Client ID provided".into());
    }
    let mut services = list("serviceids").chain(list("servicerenewals")).map(|(_, id)| id);
    match services.next() {
        None => Ok(()),
        Some(id) if owned(id) => Err(Refusal(format!("Service ID {id} can not be renewed at this time."))),
        Some(_) => Err("Service ID not owned by Client ID provided".into()),
    }
}

/// The promotion that the order's code stands for, if it may be used here.
fn promotion<'a>(
    context: &'a Context<'_>,
    client_id: u64,
    items: &[Item<'_>],
) -> Result<Option<&'a Promotion>, Refusal> {
    let code = context.params.text("promocode");
    if code.is_empty() {
        return Ok(None);
    }
    let whmcs = &context.world.ledger.whmcs;
    let found = whmcs.catalog.promotions.iter().find(|known| known.code.eq_ignore_ascii_case(code));
    let before = whmcs.order_rows(Some(client_id));
    let good = found.filter(|promotion| {
        let customer = Customer {
            today: context.today(),
            orders: before.len(),
            used: before.iter(true).any(|order| order.promo_code == promotion.code),
        };
        let overridden = context.params.flag("promooverride");
        (overridden || promotion.usable(customer))
            && items.iter().any(|item| promotion.covers(item.product.id, item.billing))
    });
    match (good, context.world.config.bad_promocode) {
        (None, BadPromocode::Refused) => Err("Invalid Promotion Code".into()),
        (good, _) => Ok(good),
    }
}

/// Whose order it is.
struct Bought {
    client_id: u64,
    requestor_id: u64,
    gateway: &'static str,
    promotion: Option<Promotion>,
    discount: Money,
    ip: String,
}

/// A service without its ids, with its lines.
struct Draft {
    service: Service,
    product_kind: &'static str,
    order_cycle: &'static str,
    price: Money,
    setup: Money,
    description: String,
}

fn draft(whmcs: &Whmcs, item: &Item<'_>, bought: &Bought, today: NaiveDate) -> Draft {
    let group = whmcs.catalog.group_name(item.product.group);
    let mut description = format!("{group} - {}", item.product.name);
    if !item.domain.is_empty() {
        description = format!("{description} - {}", item.domain);
    }
    if let Billing::Every(cycle) = item.billing {
        let until = cycle.after(today).pred_opt().unwrap_or(today);
        description = format!("{description} ({} - {})", today.format("%d/%m/%Y"), until.format("%d/%m/%Y"));
    }
    let service = Service {
        id: 0,
        client_id: bought.client_id,
        order_id: 0,
        order_number: None,
        pid: item.product.id,
        registered: today,
        name: item.product.name.to_string(),
        group: group.to_owned(),
        domain: item.domain.clone(),
        first_payment: item.first(),
        recurring: item.recurring,
        cycle: item.billing.label().to_owned(),
        quantity: item.quantity,
        gateway: bought.gateway,
        promotion_id: bought.promotion.as_ref().map_or(0, |promotion| promotion.id),
        next_due: matches!(item.billing, Billing::Every(_)).then_some(today),
        status: ServiceStatus::Pending,
        suspension_reason: "",
        custom_fields: item.fields.clone(),
        options: item.options.clone(),
        malformed: false,
    };
    Draft {
        service,
        product_kind: item.product.kind_label(),
        order_cycle: item.billing.order_label(),
        price: item.price,
        setup: item.setup,
        description,
    }
}

fn place(context: &mut Context<'_>, bought: &Bought, drafts: Vec<Draft>, now: NaiveDateTime) -> Fields {
    let whmcs = &mut context.world.ledger.whmcs;
    let order_id = whmcs.next_order_id();
    let number = orders::number(order_id);
    let (mut lines, mut items, mut service_ids) = (Vec::new(), Vec::new(), Vec::new());
    for draft in drafts {
        let id = whmcs.next_service_id();
        lines.push(Line {
            kind: "product",
            relid: id,
            product_kind: draft.product_kind,
            product: format!("{} - {}", draft.service.group, draft.service.name),
            domain: draft.service.domain.clone(),
            cycle: draft.order_cycle,
            amount: draft.price + draft.setup,
            status: "Pending",
        });
        items.push(item("Hosting", id, draft.description.clone(), draft.price));
        if draft.setup > Money(0) {
            let text = format!("{} Setup Fee", draft.service.name);
            items.push(item("Setup", id, text, draft.setup));
        }
        let order_number = Some(number.to_string());
        whmcs.add_service(Service { id, order_id, order_number, ..draft.service });
        service_ids.push(id.to_string());
    }
    if let (Some(promotion), Some(first)) = (&bought.promotion, lines.first())
        && bought.discount > Money(0)
    {
        let text = format!("Promotional Code: {}", promotion.code);
        items.push(item("PromoHosting", first.relid, text, Money(0) - bought.discount));
    }
    let amount: Money = items.iter().map(|item| item.amount).sum();
    let wanted = !context.params.flag("noinvoice")
        && (amount > Money(0) || context.world.config.zero_order == ZeroOrder::PaidInvoice);
    let invoice_id = wanted.then(|| {
        let new = NewInvoice {
            client_id: bought.client_id,
            status: InvoiceStatus::Unpaid,
            date: now.date(),
            due: now.date(),
            items,
            gateway: bought.gateway,
            tax_rate: 0,
            notes: String::new(),
        };
        invoicing::create(context.world, new, now)
    });
    record(context, bought, order_id, lines, amount, invoice_id, now);
    announce(context, order_id, &service_ids, invoice_id, amount);
    let service_ids = service_ids.join(",");
    let mut answer = fields(json!({
        "orderid": order_id,
        // The legacy name of the same list.
        "productids": service_ids,
        "serviceids": service_ids,
        "addonids": "",
        "domainids": "",
    }));
    orders::put_invoice(&context.world.config, &mut answer, invoice_id);
    answer
}

fn record(
    context: &mut Context<'_>,
    bought: &Bought,
    id: u64,
    lines: Vec<Line>,
    amount: Money,
    invoice_id: Option<u64>,
    date: NaiveDateTime,
) {
    let whmcs = &mut context.world.ledger.whmcs;
    let promotion = bought.promotion.as_ref();
    if let Some(used) = promotion
        && let Some(stored) = whmcs.catalog.promotions.iter_mut().find(|known| known.id == used.id)
    {
        stored.uses += 1;
    }
    whmcs.add_order(Order {
        id,
        number: orders::number(id),
        client_id: bought.client_id,
        requestor_id: bought.requestor_id,
        date,
        promo_code: promotion.map_or("", |promotion| promotion.code),
        promo_type: promotion.map_or("", |promotion| promotion.kind.label()),
        promo_value: promotion.map_or_else(String::new, |promotion| promotion.value.to_string()),
        amount,
        gateway: bought.gateway,
        invoice_id,
        status: OrderStatus::Pending,
        ip: bought.ip.clone(),
        lines,
    });
}

/// Mail and hook points of a new order.
fn announce(
    context: &mut Context<'_>,
    order_id: u64,
    service_ids: &[String],
    invoice_id: Option<u64>,
    amount: Money,
) {
    let quiet = context.params.flag("noemail");
    let world = &mut *context.world;
    let Some(order) = world.ledger.whmcs.orders.get(&order_id) else { return };
    let (client_id, number) = (order.client_id, order.number);
    if let Some(id) = invoice_id {
        invoicing::release(world, id, !quiet && !context.params.flag("noinvoiceemail"));
        if amount <= Money(0) {
            let now = world.clock.local();
            if world.ledger.whmcs.settle(id, now) {
                payment::paid(world, id);
            }
        }
    }
    if !quiet {
        let text = format!("We have received your order. Your order number is {number}.");
        mail::to_client(world, client_id, "Order Confirmation", &text);
    }
    if world.config.checkout_hook == Firing::Fires {
        let services: Vec<u64> = service_ids.iter().filter_map(|id| id.parse().ok()).collect();
        let ids = json!({
            "orderid": order_id,
            "client_id": client_id,
            "serviceids": services,
            "invoiceid": invoice_id,
        });
        world.hooks.fire("AfterShoppingCartCheckout", ids);
    }
}
