//! `AcceptOrder`, `CancelOrder`, `PendingOrder`, `FraudOrder`, `DeleteOrder`. Their hook points run before the change.

use serde_json::json;

use crate::config::{CancelledOrder, Module};
use crate::ledger::invoice::InvoiceStatus;
use crate::ledger::whmcs::{OrderStatus, ServiceStatus};
use crate::whmcs::{Context, Fields, Refusal};
use crate::world::World;

const NOT_PENDING: &str = "Order ID not found or Status not Pending";
const NOT_FOUND: &str = "Order ID Not Found";

/// Activates the order and creates its services; nothing ties this to payment.
pub fn accept(context: &mut Context<'_>) -> Result<Fields, Refusal> {
    let id = pending(context)?;
    let world = &mut *context.world;
    fire(world, "AcceptOrder", id);
    let module = world.config.module;
    if module != Module::FailsPending {
        set(world, id, OrderStatus::Active, "Active");
    }
    for (service_id, client_id) in services(world, id) {
        let Some(service) = world.ledger.whmcs.services.get_mut(&service_id) else { continue };
        if service.status != ServiceStatus::Pending {
            continue;
        }
        let ids = json!({ "serviceid": service_id, "client_id": client_id });
        if module == Module::Works {
            service.status = ServiceStatus::Active;
            world.hooks.fire("AfterModuleCreate", ids);
        } else {
            world.hooks.fire("AfterModuleCreateFailed", ids);
        }
    }
    if module == Module::Works {
        Ok(Fields::new())
    } else {
        Err("Server and/or registrar response message".into())
    }
}

/// Only a pending order.
pub fn cancel(context: &mut Context<'_>) -> Result<Fields, Refusal> {
    let id = pending(context)?;
    Ok(end(context, id, "CancelOrder", OrderStatus::Cancelled, ServiceStatus::Cancelled))
}

pub fn fraud(context: &mut Context<'_>) -> Result<Fields, Refusal> {
    let id = known(context, NOT_FOUND)?;
    Ok(end(context, id, "FraudOrder", OrderStatus::Fraud, ServiceStatus::Fraud))
}

pub fn pending_again(context: &mut Context<'_>) -> Result<Fields, Refusal> {
    let id = known(context, NOT_FOUND)?;
    let world = &mut *context.world;
    fire(world, "PendingOrder", id);
    set(world, id, OrderStatus::Pending, "Pending");
    set_services(world, id, ServiceStatus::Pending);
    Ok(Fields::new())
}

/// Only a cancelled or fraudulent order; its services go with it.
pub fn delete(context: &mut Context<'_>) -> Result<Fields, Refusal> {
    let id = known(context, NOT_FOUND)?;
    let world = &mut *context.world;
    let status = world.ledger.whmcs.orders.get(&id).map(|order| order.status);
    if !matches!(status, Some(OrderStatus::Cancelled | OrderStatus::Fraud)) {
        return Err("The order status must be in Cancelled or Fraud to be deleted".into());
    }
    fire(world, "DeleteOrder", id);
    world.ledger.whmcs.remove_order(id);
    Ok(Fields::new())
}

fn known(context: &Context<'_>, otherwise: &str) -> Result<u64, Refusal> {
    let id = context.params.number("orderid").unwrap_or(0);
    if context.world.ledger.whmcs.orders.contains_key(&id) { Ok(id) } else { Err(otherwise.into()) }
}

fn pending(context: &Context<'_>) -> Result<u64, Refusal> {
    let id = known(context, NOT_PENDING)?;
    let status = context.world.ledger.whmcs.orders.get(&id).map(|order| order.status);
    if status == Some(OrderStatus::Pending) { Ok(id) } else { Err(NOT_PENDING.into()) }
}

fn fire(world: &mut World, event: &'static str, id: u64) {
    let client_id = world.ledger.whmcs.orders.get(&id).map(|order| order.client_id);
    world.hooks.fire(event, json!({ "orderid": id, "client_id": client_id }));
}

/// The services that an order made, with their client.
fn services(world: &World, id: u64) -> Vec<(u64, u64)> {
    let order = world.ledger.whmcs.orders.get(&id);
    order.map_or_else(Vec::new, |order| {
        let made = order.lines.iter().filter(|line| line.kind == "product");
        made.map(|line| (line.relid, order.client_id)).collect()
    })
}

fn set(world: &mut World, id: u64, status: OrderStatus, label: &'static str) {
    if let Some(order) = world.ledger.whmcs.orders.get_mut(&id) {
        order.status = status;
        order.lines.iter_mut().for_each(|line| line.status = label);
    }
}

fn set_services(world: &mut World, id: u64, status: ServiceStatus) {
    for (service_id, _) in services(world, id) {
        if let Some(service) = world.ledger.whmcs.services.get_mut(&service_id) {
            service.status = status;
        }
    }
}

fn end(
    context: &mut Context<'_>,
    id: u64,
    event: &'static str,
    status: OrderStatus,
    service: ServiceStatus,
) -> Fields {
    let now = context.world.clock.local();
    let world = &mut *context.world;
    fire(world, event, id);
    set(world, id, status, status.label());
    set_services(world, id, service);
    let invoice_id = world.ledger.whmcs.orders.get(&id).and_then(|order| order.invoice_id);
    if let Some(invoice) = invoice_id.and_then(|id| world.ledger.whmcs.invoices.get_mut(&id))
        && invoice.status == InvoiceStatus::Unpaid
        && world.config.cancelled_order == CancelledOrder::CancelsInvoice
    {
        invoice.status = InvoiceStatus::Cancelled;
        invoice.cancelled_at = Some(now);
        let ids = json!({ "invoiceid": invoice.id, "client_id": invoice.client_id });
        world.hooks.fire("InvoiceCancelled", ids);
    }
    Fields::new()
}
