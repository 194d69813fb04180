//! `GetOrders` and `GetOrderStatuses`. Without `userid` everybody's orders; no way to sort them.

use serde_json::{Value, json};

use crate::config::Config;
use crate::ledger::whmcs::{Line, Order, OrderStatus, Whmcs};
use crate::whmcs::wire::{Page, fields, inner_list, moment, put_list};
use crate::whmcs::{Context, Fields, Refusal};

#[expect(clippy::unnecessary_wraps, reason = "the signature of every action")]
pub fn run(context: &mut Context<'_>) -> Result<Fields, Refusal> {
    let params = context.params;
    let world = &mut *context.world;
    let (config, whmcs) = (&mut world.config, &world.ledger.whmcs);
    let (id, requestor) = (params.number("id"), params.number("requestor_id"));
    let status = params.text("status");
    let rows = whmcs.order_rows(params.number("userid"));
    let all = id.is_none() && requestor.is_none() && status.is_empty();
    let known = all.then(|| rows.len());
    // Newest first, as the admin area lists them; nothing in the documentation promises it.
    let found = rows
        .iter(true)
        .filter(|order| id.is_none_or(|id| id == order.id))
        .filter(|order| requestor.is_none_or(|id| id == order.requestor_id))
        .filter(|order| status.is_empty() || order.status.label().eq_ignore_ascii_case(status));
    let page = Page::cut(config, params, known, found);
    let mut answer = page.members();
    let rows = page.rows.iter().map(|order| row(config, whmcs, order)).collect();
    put_list(config, &mut answer, "orders", Some("order"), rows);
    Ok(answer)
}

fn row(config: &mut Config, whmcs: &Whmcs, order: &Order) -> Value {
    let client = whmcs.clients.get(&order.client_id);
    let currency = client.and_then(|client| whmcs.currency_of(client));
    let invoice = order.invoice_id.and_then(|id| whmcs.invoices.get(&id));
    let mut row = fields(json!({
        "id": order.id,
        "ordernum": order.number,
        "userid": order.client_id,
        "contactid": 0,
        "requestor_id": order.requestor_id,
        "admin_requestor_id": 0,
        "date": moment(Some(order.date)),
        "nameservers": "",
        "transfersecret": "",
        "renewals": "",
        "renewalsByType": { "domains": [], "services": [], "addons": [] },
        "promocode": order.promo_code,
        "promotype": order.promo_type,
        "promovalue": order.promo_value,
        "orderdata": "}",
        "amount": order.amount,
        "paymentmethod": order.gateway,
        "invoiceid": order.invoice_id.unwrap_or(0),
        "status": order.status.label(),
        "ipaddress": order.ip,
        "fraudmodule": "",
    }));
    row.extend(fields(json!({
        "fraudoutput": "",
        "notes": "",
        "paymentmethodname": whmcs.catalog.gateway_name(order.gateway),
        "paymentstatus": invoice.map_or("", |invoice| invoice.status.label()),
        "name": client.map_or_else(String::new, |c| format!("{} {}", c.first_name, c.last_name)),
        "currencyprefix": currency.map_or("", |currency| currency.prefix),
        "currencysuffix": currency.map_or("", |currency| currency.suffix),
        "frauddata": "",
        "validationdata": "",
    })));
    let lines = order.lines.iter().map(line).collect();
    inner_list(config, &mut row, "lineitems", "lineitem", lines);
    Value::Object(row)
}

fn line(line: &Line) -> Value {
    json!({
        "type": line.kind,
        "relid": line.relid,
        "producttype": line.product_kind,
        "product": line.product,
        "domain": line.domain,
        "billingcycle": line.cycle,
        "amount": line.amount,
        "status": line.status,
    })
}

/// Every status with its count, the custom one among them.
#[expect(clippy::unnecessary_wraps, reason = "the signature of every action")]
pub fn statuses(context: &mut Context<'_>) -> Result<Fields, Refusal> {
    let world = &mut *context.world;
    let orders = &world.ledger.whmcs.orders;
    let rows: Vec<Value> = OrderStatus::ALL
        .into_iter()
        .map(|status| {
            let count = orders.values().filter(|order| order.status == status).count();
            json!({ "title": status.label(), "count": count })
        })
        .collect();
    let mut answer = fields(json!({ "totalresults": rows.len() }));
    put_list(&mut world.config, &mut answer, "statuses", Some("status"), rows);
    Ok(answer)
}
