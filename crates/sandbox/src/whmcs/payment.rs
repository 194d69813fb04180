//! The hook points of money, in the order in which WHMCS runs them.

use chrono::NaiveDateTime;
use serde_json::{Value, json};

use crate::ledger::whmcs::{PayError, Payment};
use crate::world::World;

/// Pays an invoice's whole balance, under a number of the payment's own or the gateway's next.
pub fn pay(world: &mut World, invoice_id: u64, transid: Option<String>) -> Result<(), PayError> {
    let now = world.clock.local();
    world.ledger.whmcs.pay(invoice_id, now, transid)?;
    world.hooks.fire("AddInvoicePayment", ids(world, invoice_id));
    paid(world, invoice_id);
    Ok(())
}

/// Records a payment of any size.
pub fn add(world: &mut World, invoice_id: u64, payment: Payment) {
    let settled = world.ledger.whmcs.add_payment(invoice_id, payment);
    world.hooks.fire("AddInvoicePayment", ids(world, invoice_id));
    if settled {
        paid(world, invoice_id);
    }
}

/// Uses the client's credit for an invoice.
pub fn apply_credit(world: &mut World, invoice_id: u64, now: NaiveDateTime) {
    if world.ledger.whmcs.apply_credit(invoice_id, now) {
        paid(world, invoice_id);
    }
}

/// An invoice's ids, as a hook file forwards them.
pub fn ids(world: &World, invoice_id: u64) -> Value {
    let client = world.ledger.whmcs.invoices.get(&invoice_id).map(|invoice| invoice.client_id);
    json!({ "invoiceid": invoice_id, "client_id": client })
}

/// What runs after an invoice became paid: its own hook points, its upgrades, and its order's.
pub fn paid(world: &mut World, invoice_id: u64) {
    let ids = ids(world, invoice_id);
    world.hooks.fire("InvoicePaidPreEmail", ids.clone());
    let upgrades = world.ledger.whmcs.run_upgrades(invoice_id);
    world.ledger.whmcs.renew_ordered(invoice_id);
    world.hooks.fire("InvoicePaid", ids);
    for (id, product) in upgrades {
        let event = if product { "AfterProductUpgrade" } else { "AfterConfigOptionsUpgrade" };
        world.hooks.fire(event, json!({ "upgradeid": id }));
    }
    if let Some(order) = world.ledger.whmcs.order_of_invoice(invoice_id) {
        let ids = json!({ "orderid": order.id, "client_id": order.client_id, "invoiceid": invoice_id });
        world.hooks.fire("OrderPaid", ids);
    }
}
